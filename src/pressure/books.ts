// The ladder's books: whose time it is, and an account for each measure that it spends time on.
//
//   program + spent == time since the heap began       all of the time is the program's, or the ladder's
//   isValid: each account is in order, and gets an equal part of SHARE

import { Account, type Totals, type Urgency } from "./account.js";
import type { MeasureName } from "./policy.js";

/** Milliseconds since some moment. */
export type Clock = () => number;

/** What measures took of a program's time, and what for. Times are in milliseconds, since the heap began. */
export interface PressureAccount {
  readonly programMs: number;
  /** In measures, and in what belongs to them: listeners, looks for holes, tries of an operation that failed again. */
  readonly spentMs: number;
  /** Of these, what no gain paid for: at most a quarter of the program's time, and a few runs. */
  readonly vainMs: number;
  /** Those that ran. */
  readonly measures: Readonly<Partial<Record<MeasureName, Totals>>>;
}

/** This part of the program's time may go in vain. */
export const SHARE = 1 / 4;
/** Besides the measures, these take time. */
const OTHERS = ["listeners", "look"] as const;
export type Spender = MeasureName | (typeof OTHERS)[number];

export class Books {
  readonly #measures: ReadonlyMap<MeasureName, unknown>;
  readonly #clock: Clock;
  readonly #accounts = new Map<Spender, Account>();
  readonly #begun: number;
  /** The time up to which all is in the books. */
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

  /** The time that is not in the books yet was the program's. */
  earn(): void {
    this.#programMs += this.#lap();
  }

  /** It was the ladder's. Returns how many milliseconds. */
  spend(): number {
    const ms = this.#lap();
    this.#spentMs += ms;
    return ms;
  }

  /** A spender's account. */
  of(spender: Spender): Account {
    let account = this.#accounts.get(spender);
    if (!account) {
      account = new Account(SHARE / (this.#measures.size + OTHERS.length));
      this.#accounts.set(spender, account);
    }
    return account;
  }

  /** Whether one can begin now, in a heap of this many bytes. */
  affords(spender: Spender, urgency: Urgency, reserved: number): boolean {
    return this.of(spender).affords(urgency, reserved, this.#programMs);
  }

  /** Whether there is a measure that can begin now. */
  affordAny(urgency: Urgency, reserved: number): boolean {
    return [...this.#measures.keys()].some((name) => this.affords(name, urgency, reserved));
  }

  /** What went in vain so far is forgotten. */
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
