// Limits what a measure may cost: compares the milliseconds that it took in vain with the program's time.
//
//   price    what a run will probably take: the typical time for a byte of the heap, times the heap's bytes
//   typical  the middle of the last three runs; the lower one of two
//   vain     the part of the runs' time that their gain did not pay for
//   credit   what may be spent in vain. The program's time earns it, at a rate of `part`. The rate halves with each run in a row that was in vain
//   cleared  debts that were forgiven, because there may be more to gain than before (ladder.ts says when)
//
// Invariants (isValid), where `program` is the program's time so far, and `dearest` the longest time of a run so far, expected or real:
//   vain + credit <= part * program + cleared
//   credit >= -LOWEST * dearest
// So at most `part` of the program's time is spent in vain, plus a few runs for each time that the debt was cleared.
// That also holds for each period of the program's time, because unused credit does not grow beyond the price of a run.
//
// Time is what a clock on the wall shows, and the machine may do other work during a run. So a single run that takes much longer than
// typical ones does not change the price, and counts as a typical one. If runs stay that long, they are the typical ones.

/**
 * How urgent a run is: the credit with which it begins, as a multiple of its price; the part of the heap that it must
 * gain to pay for itself; and whether the reserve (books.ts) may pay for it, if the measure's own account can't.
 */
export interface Urgency {
  readonly credit: number;
  readonly worth: number;
  readonly hasReserve: boolean;
}

/**
 *              begins with a credit of   has paid for itself with
 *   ordinary    the price                 half of the heap
 *   urgent      -1/2 price                a sixteenth
 *   last        as an urgent one, or with the reserve's
 */
export const ORDINARY: Urgency = { credit: 1, worth: 1 / 2, hasReserve: false };
export const URGENT: Urgency = { credit: -1 / 2, worth: 1 / 16, hasReserve: false };
export const LAST: Urgency = { ...URGENT, hasReserve: true };

/**
 * How far the credit can fall: an urgent run begins at its lowest credit, takes its price, and the program's attempt
 * after it may take as much.
 */
const LOWEST = 2 - URGENT.credit;
/** A run that gains this part of the heap also pays the debt of earlier runs. */
const PAYS_DEBT = 1 / 2;
/** How often the rate is halved at most. */
const MOST_HALVINGS = 2;
/** How many runs tell what is typical. */
const REMEMBERED = 3;
/** A run counts in full if it is at most so many times as long as a typical one. */
const FAIR = 4;
/** Milliseconds: the highest credit of a measure whose price is lower, or not known. */
const LEAST_CREDIT = 50;
/** The tolerance for rounding errors in sums of milliseconds. */
const ROUNDING = 1e-6;

/** What runs have taken and gained so far. */
export interface Totals {
  readonly runs: number;
  readonly ms: number;
  /** The part of these milliseconds that the gain did not pay for. Runs that the program asked for do not count. */
  readonly vainMs: number;
  /** Bytes. */
  readonly gained: number;
}

/** The last numbers of a sequence. */
class Recent {
  readonly #numbers: number[] = [];

  add(number: number): void {
    this.#numbers.push(number);
    if (this.#numbers.length > REMEMBERED) this.#numbers.shift();
  }

  /** The one in the middle, or the lower one of two in the middle; 0 if there is none. */
  get typical(): number {
    const { length } = this.#numbers;
    return [...this.#numbers].sort((a, b) => a - b)[(length - 1) >> 1] ?? 0;
  }
}

export class Account implements Totals {
  readonly #part: number;
  runs = 0;
  ms = 0;
  vainMs = 0;
  gained = 0;
  #credit = 0;
  #cleared = 0;
  /** The program's time for which credit was already earned. */
  #earned = 0;
  readonly #lengths = new Recent();
  /** Milliseconds for a byte of the heap. */
  readonly #paces = new Recent();
  /** The number of runs in a row that were in vain. */
  #inVain = 0;
  #dearest = 0;

  /** `part` is the part of the program's time that may be spent in vain. */
  constructor(part: number) {
    this.#part = part;
  }

  /** The milliseconds that a run will probably take in a heap of this many bytes; 0 if there was no run yet. */
  price(reserved: number): number {
    return this.#paces.typical * reserved;
  }

  /** Whether a run of this price can begin, when the program has had this many milliseconds. */
  affords(urgency: Urgency, price: number, program: number): boolean {
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

  /**
   * Enters a run: its milliseconds, the heap's bytes before it, and the bytes that it gained. Without an urgency, the
   * program asked for the run. `payer` is the account that is charged with what was in vain.
   */
  ran(ms: number, gained: number, reserved: number, urgency?: Urgency, payer: Account = this): void {
    const usual = Math.max(this.price(reserved), this.#lengths.typical);
    const counted = this.runs > 0 && ms > FAIR * usual ? usual : ms;
    this.runs++;
    this.ms += ms;
    this.gained += gained;
    this.#lengths.add(ms);
    this.#paces.add(ms / reserved);
    const paid = Math.min(1, gained / ((urgency ?? URGENT).worth * reserved));
    if (paid >= 1 / 2) this.#inVain = 0;
    else if (urgency) this.#inVain = Math.min(this.#inVain + 1, MOST_HALVINGS);
    if (urgency) payer.waste(counted * (1 - paid));
    if (gained >= PAYS_DEBT * reserved) this.waste(Math.min(0, this.#credit));
  }

  /** Enters milliseconds that were spent in vain. A negative number corrects earlier ones. */
  waste(ms: number): void {
    this.vainMs += ms;
    this.#credit -= ms;
    this.#dearest = Math.max(this.#dearest, ms);
  }

  /** Forgives the debt, because there may be more to gain than before. */
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
