// Divides the time between the program and the ladder, and has an account for each measure, and for whatever else the ladder spends time
// on.
//
//   program + spent == time since the heap began       all time is the program's or the ladder's
//   isValid: each account is valid; and each gets an equal part of SHARE

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
/** The ladder's other activities that take time. */
const OTHERS = ["listeners", "look"] as const;
export type Spender = MeasureName | (typeof OTHERS)[number];

export class Books {
  readonly #measures: ReadonlyMap<MeasureName, unknown>;
  readonly #clock: Clock;
  readonly #accounts = new Map<Spender, Account>();
  readonly #begun: number;
  /** The time up to which everything is entered. */
  #booked: number;
  #programMs = 0;
  #spentMs = 0;

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
      account = new Account(SHARE / (this.#measures.size + OTHERS.length));
      this.#accounts.set(spender, account);
    }
    return account;
  }

  /** Whether a spender can begin now, in a heap of this many bytes. */
  affords(spender: Spender, urgency: Urgency, reserved: number): boolean {
    return this.of(spender).affords(urgency, reserved, this.#programMs);
  }

  /** Whether any measure can begin now. */
  affordAny(urgency: Urgency, reserved: number): boolean {
    return [...this.#measures.keys()].some((name) => this.affords(name, urgency, reserved));
  }

  /** Forgives all debts. */
  clear(): void {
    for (const account of this.#accounts.values()) account.clear();
  }

  summary(): PressureAccount {
    const measures: Partial<Record<MeasureName, Totals>> = {};
    let all = 0;
    for (const [name, { runs, ms, vainMs, gained }] of this.#accounts) {
      all += vainMs;
      if (runs > 0 && name !== "listeners" && name !== "look") measures[name] = { runs, ms, vainMs, gained };
    }
    return { programMs: this.#programMs, spentMs: this.#spentMs, vainMs: all, measures };
  }

  isValid(): boolean {
    return [...this.#accounts.values()].every((account) => account.isValid(this.#programMs));
  }
}
