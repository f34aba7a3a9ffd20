// Divides the time between the program and the ladder, and has an account for each measure, and for whatever else the ladder spends time
// on.
//
//   program + spent == time since the heap began       all time is the program's or the ladder's
//   isValid: each account is valid; half of SHARE is the reserve's, and each other account gets an equal part of the rest
//
// The reserve pays for a full collection at the hard limit, where otherwise a MemoryError follows, if the collection's own account can't:
// debts of earlier runs must not deny the run that would free garbage.

import { Account, type Totals, type Urgency } from "./account.js";
import type { MeasureName } from "./policy.js";

/** A clock in milliseconds; its zero does not matter. */
export type Clock = () => number;

/** How much of the program's time measures have taken, in total and by measure, in milliseconds. */
export interface PressureAccount {
  readonly programMs: number;
  /**
   * Milliseconds spent in measures, and in what belongs to them: listeners, searches for holes, and repeated attempts
   * of an operation that failed again.
   */
  readonly spentMs: number;
  /** The part of these milliseconds that no gain paid for: at most a quarter of the program's time, plus a few runs. */
  readonly vainMs: number;
  /** The measures that have run. */
  readonly measures: Readonly<Partial<Record<MeasureName, Totals>>>;
}

/** The part of the program's time that may be spent in vain. */
export const SHARE = 1 / 4;
/** The part of SHARE that is the reserve's. */
const RESERVE = 1 / 2;

/** The ladder's other activities that take time. */
const OTHERS = ["listeners", "look"] as const;
export type Spender = MeasureName | (typeof OTHERS)[number];

export class Books {
  readonly #measures: ReadonlyMap<MeasureName, unknown>;
  readonly #clock: Clock;
  readonly #accounts = new Map<Spender, Account>();
  readonly #reserve = new Account(SHARE * RESERVE);
  readonly #begun: number;
  /** The time up to which everything is entered. */
  #booked: number;
  #programMs = 0;
  #spentMs = 0;
  /** The program's time when debts were forgiven last. */
  #clearedMs = 0;

  constructor(measures: ReadonlyMap<MeasureName, unknown>, clock: Clock) {
    this.#measures = measures;
    this.#clock = clock;
    this.#begun = this.#booked = clock();
  }

  /** Milliseconds since the heap began. */
  get now(): number {
    return this.#clock() - this.#begun;
  }

  get programMs(): number {
    return this.#programMs;
  }

  #lap(): number {
    const now = this.#clock();
    const ms = Math.max(0, now - this.#booked);
    this.#booked = now;
    return ms;
  }

  /** Enters the time since the last entry as the program's. */
  earn(): void {
    this.#programMs += this.#lap();
  }

  /** Enters the time since the last entry as the ladder's. Returns the milliseconds. */
  spend(): number {
    const ms = this.#lap();
    this.#spentMs += ms;
    return ms;
  }

  /** The account of a measure, or of another spender. */
  of(spender: Spender): Account {
    let account = this.#accounts.get(spender);
    if (!account) {
      account = new Account((SHARE * (1 - RESERVE)) / (this.#measures.size + OTHERS.length));
      this.#accounts.set(spender, account);
    }
    return account;
  }

  /** The account that can pay for a run of a spender now, in a heap of this many bytes; undefined if none can. */
  payer(spender: Spender, urgency: Urgency, reserved: number): Account | undefined {
    const own = this.of(spender);
    const price = own.price(reserved);
    const accounts = urgency.hasReserve && spender === "collect" ? [own, this.#reserve] : [own];
    return accounts.find((account) => account.affords(urgency, price, this.#programMs));
  }

  /** Whether any measure can begin now. */
  affordAny(urgency: Urgency, reserved: number): boolean {
    return [...this.#measures.keys()].some((name) => this.payer(name, urgency, reserved));
  }

  get #all(): Account[] {
    return [...this.#accounts.values(), this.#reserve];
  }

  /** Whether the program has run for `times` what a run of every measure takes since debts were forgiven last. */
  hasWorked(times: number, reserved: number): boolean {
    let price = 0;
    for (const account of this.#accounts.values()) price += account.price(reserved);
    return this.#programMs - this.#clearedMs >= times * price;
  }

  /** Forgives all debts, except those of the reserve: only time pays for these. */
  clear(): void {
    this.#clearedMs = this.#programMs;
    for (const account of this.#accounts.values()) account.clear();
  }

  summary(): PressureAccount {
    const measures: Partial<Record<MeasureName, Totals>> = {};
    for (const [name, { runs, ms, vainMs, gained }] of this.#accounts) {
      if (runs > 0 && name !== "listeners" && name !== "look") measures[name] = { runs, ms, vainMs, gained };
    }
    const vainMs = this.#all.reduce((sum, account) => sum + account.vainMs, 0);
    return { programMs: this.#programMs, spentMs: this.#spentMs, vainMs, measures };
  }

  isValid(): boolean {
    return this.#all.every((account) => account.isValid(this.#programMs));
  }
}
