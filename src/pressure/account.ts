// What a measure may cost: an account of the milliseconds that it took in vain, against those that the program had.
//
//   price    what a run will take: what it took the last time for a byte of the heap, times the heap's bytes
//   vain     of what runs took, the part that their gain did not pay for
//   credit   what may go in vain. The program's time earns it, at a rate of `part`, which halves with each run in a row that was in vain
//   cleared  debts that were forgotten, because there may be more to gain than before (ladder.ts says when)
//
// Invariants (isValid), where `program` is the program's time so far, and `dearest` the most that one run took or was to take:
//   vain + credit <= part * program + cleared
//   credit >= -LOWEST * dearest
// So at most `part` of the program's time goes in vain, and a few runs for each time that the debt was cleared. That holds for every
// stretch of the program's time as well: a credit that nobody uses does not grow past the price of a run.

/** How urgent a run is: the credit with which it begins, in prices, and the part of the heap with which it has paid for itself. */
export interface Urgency {
  readonly credit: number;
  readonly worth: number;
}

/**
 *              begins with a credit of   has paid for itself with
 *   ordinary    the price                 half of the heap
 *   urgent      -1/2 price                a sixteenth
 */
export const ORDINARY: Urgency = { credit: 1, worth: 1 / 2 };
export const URGENT: Urgency = { credit: -1 / 2, worth: 1 / 16 };

/** How far a credit can fall: where an urgent run begins, what it takes, and as much for a try of the program's after it. */
const LOWEST = 2 - URGENT.credit;
/** A run that gains this part of the heap has also paid for those before it, as far as there is a debt. */
const PAYS_DEBT = 1 / 2;
/** So often the rate halves. */
const MOST_HALVINGS = 2;
/** Milliseconds: the credit to which a measure comes whose price is lower, or not known. */
const LEAST_CREDIT = 50;
/** Of sums of many milliseconds. */
const ROUNDING = 1e-6;

/** What runs took and gained, so far. */
export interface Totals {
  readonly runs: number;
  readonly ms: number;
  /** Of these milliseconds, what the gain did not pay for; nothing of runs that the program asked for. */
  readonly vainMs: number;
  /** Bytes. */
  readonly gained: number;
}

export class Account implements Totals {
  readonly #part: number;
  runs = 0;
  ms = 0;
  vainMs = 0;
  gained = 0;
  #credit = 0;
  #cleared = 0;
  /** The program's time for which credit was earned. */
  #earned = 0;
  /** Milliseconds for a byte of the heap. */
  #pace = 0;
  /** Runs in a row that were in vain. */
  #inVain = 0;
  #dearest = 0;

  /** `part`: so much of the program's time may go in vain. */
  constructor(part: number) {
    this.#part = part;
  }

  /** Milliseconds that a run will take in a heap of this many bytes; 0 if nothing is known. */
  price(reserved: number): number {
    return this.#pace * reserved;
  }

  /** Whether a run can begin, in a heap of this many bytes, when the program has had this many milliseconds. */
  affords(urgency: Urgency, reserved: number, program: number): boolean {
    const price = this.price(reserved);
    this.#earn(program, Math.max(LEAST_CREDIT, price));
    if (this.#credit < urgency.credit * price) return false;
    this.#dearest = Math.max(this.#dearest, price);
    return true;
  }

  #earn(program: number, most: number): void {
    const rate = this.#part / 2 ** this.#inVain;
    this.#credit = Math.min(this.#credit + rate * (program - this.#earned), most);
    this.#earned = program;
  }

  /** Enters a run: its milliseconds, the heap's bytes before it, and the bytes that it gained. Without an urgency, the program asked for it. */
  ran(ms: number, gained: number, reserved: number, urgency?: Urgency): void {
    this.runs++;
    this.ms += ms;
    this.gained += gained;
    this.#pace = ms / reserved;
    const paid = Math.min(1, gained / ((urgency ?? URGENT).worth * reserved));
    if (paid >= 1 / 2) this.#inVain = 0;
    else if (urgency) this.#inVain = Math.min(this.#inVain + 1, MOST_HALVINGS);
    if (urgency) this.waste(ms * (1 - paid));
    if (gained >= PAYS_DEBT * reserved) this.waste(Math.min(0, this.#credit));
  }

  /** So many milliseconds went in vain; or, below 0, they did not in the end. */
  waste(ms: number): void {
    this.vainMs += ms;
    this.#credit -= ms;
    this.#dearest = Math.max(this.#dearest, ms);
  }

  /** There may be more to gain than before: a debt is forgotten. */
  clear(): void {
    const debt = Math.max(0, -this.#credit);
    this.#cleared += debt;
    this.#credit += debt;
    this.#inVain = 0;
  }

  isValid(program: number): boolean {
    return (
      this.vainMs + this.#credit <= this.#part * program + this.#cleared + ROUNDING &&
      this.#credit >= -LOWEST * this.#dearest - ROUNDING
    );
  }
}
