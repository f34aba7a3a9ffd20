// The ladder: runs the measures that a policy chose, one after another, until enough was gained.
//
//   the heap passes its watermark ----> soft limit, or holes?  ---+
//   an allocation finds no memory ------------------------------- + --> measure, measure, ... enough
//   heap.relieve({ budgetMs }) ---------------------------------- +
//
// Every measure has a price, and an account that says whether it can be paid (account.ts, books.ts): so what the ladder does by itself and
// in vain takes at most a quarter of the program's time. What the accounts are told:
//
//   urgent    is a run for an allocation that found no memory; and at the soft limit if the heap is twice what it was after the last run,
//             or, where nobody asks for help when an allocation fails (CPython), past the middle between soft and hard limit
//   clear     all debts, at the 1st, 2nd, 4th, 8th ... time that an allocation found no memory, and that the heap fell by an eighth of what
//             it was after the last run
//
// So the first allocation that fails is always helped, if it can be, and so is the next one, for which the program may have dropped objects
// that refer to each other; but not each of many that fail one after another.
//
// While nothing presses there is nothing to pay: the platform compares one number when it gives memory, and the watermark is where
// something is to be looked at. To look has a price too, so the watermark moves up by a step, which doubles with each look that did not help.
// Measures never run inside of one another.
//
// Policies and listeners are the program's: whatever they do, a run ends, and what they throw where nobody asked is reported.

import { MemoryError } from "../ground/errors.js";
import { type Account, ORDINARY, URGENT, type Urgency } from "./account.js";
import { Books, type Clock, type PressureAccount } from "./books.js";
import type { Events, MeasureRun } from "./events.js";
import {
  checkMeasure,
  checkPolicy,
  DEFAULT_POLICY,
  type MeasureName,
  NO_LIMIT,
  type Policy,
  type Pressure,
  type Reason,
} from "./policy.js";

/** What the ladder has to know of its heap, and can do there; sizes are in bytes. */
export interface Relievable {
  readonly reserved: number;
  readonly limit: number;
  /** The WebAssembly memory's size: what the process has. */
  readonly memoryBytes: number;
  /** Nobody asks for help when an allocation fails: measures have to run before. */
  readonly isHelpless: boolean;
  /** In use: large blocks, and pools with at least one block in use. */
  allocated(): number;
  /** In use, holes in pools not counted: a walk over all pools. */
  live(): number;
  /** The platform tells when it has given more than the one, or less than the other. */
  setMarks(watermark: number, lowMark: number): void;
  /** Whether something is under way that measures would disturb. */
  isBusy(): boolean;
  /** The measures that this heap has. */
  readonly measures: ReadonlyMap<MeasureName, () => void>;
  /** What is done about an error of the policy's, or of a measure, that nobody waits for. */
  report(error: unknown): void;
}

/** What `heap.relieve` did. */
export interface Relief {
  /** Bytes that are not in use any more, or went back to the platform or to the system, whichever are most. */
  readonly gained: number;
  readonly ms: number;
  readonly measures: readonly MeasureRun[];
}

export interface RelieveOptions {
  /**
   * Milliseconds that may be spent. A measure is not begun if it would take longer than what is left, at the pace (for a byte of the heap) that it
   * had the last time; nor, if it is the policy's choice, while the times before that were in vain have taken too much of the program's time.
   */
  readonly budgetMs?: number;
  /** These measures, in this order; the default is the policy's. */
  readonly measures?: Iterable<MeasureName>;
}

/** A look that made measures run was of use if they gained this part of the heap. */
const OF_USE = 1 / 32;
/** A soft limit is kept when the heap is below it by this part, or so much of it is free inside the heap that it need not grow. */
const BELOW = 1 / 16;
const ROOM = 1 / 2;
/** The heap fell when it has become smaller by this part. */
const FALL = 1 / 8;
/** A heap that is helpless is pressed this part below its hard limit at the latest. */
const LAST_ROOM = 1 / 16;
/** Below this size nobody minds holes. */
const LEAST_HEAP = 32 * 2 ** 20;
/** The step between looks: at least these bytes, or this part of the bytes at the first look; and how often it is doubled at most. */
const LEAST_STEP = 2 ** 18;
const STEP = 1 / 64;
const MOST_DOUBLINGS = 3;
/** How many measures the log remembers. */
export const LOG_LENGTH = 256;
/** How many measures a policy can name at a time: one that does not end would never. */
const MOST_MEASURES = 64;

/** What a run is measured by. */
type Figures = Pick<Pressure, "reserved" | "allocated"> & { readonly memoryBytes: number };

interface RunOptions {
  /** Asked after each measure, and without one when no measure is left. */
  readonly isEnough: (run?: MeasureRun) => boolean;
  /** undefined: the program asked, and measures run whatever they cost. */
  readonly urgency: Urgency | undefined;
  readonly budgetMs?: number;
}

export class Ladder {
  readonly #heap: Relievable;
  readonly #events: Events;
  readonly #books: Books;
  readonly #log: MeasureRun[] = [];
  #policy: Policy | undefined;
  #softLimit: number | undefined;
  /** What the policy makes of the hard limit. */
  #policySoftLimit = NO_LIMIT;
  /** A look is due when the heap grows next: a limit or the policy was set, or something was under way. */
  #isDue = true;
  #isRunning = false;
  /** The number of looks in a row that did not help. */
  #looksInVain = 0;
  /** What the heap had after the last run, or less, if it has become smaller since. */
  #settled = 0;
  /** How often the heap fell, and an allocation found no memory. */
  #falls = 0;
  #failures = 0;
  /** How large the heap was when its holes were counted last. */
  #looked = LEAST_HEAP / 2;

  constructor(heap: Relievable, events: Events, policy: Policy | undefined, clock: Clock) {
    this.#heap = heap;
    this.#events = events;
    this.#books = new Books(heap.measures, clock);
    this.policy = policy;
  }

  /** The measures that ran last, the oldest first. */
  get log(): readonly MeasureRun[] {
    return this.#log;
  }

  /** undefined: nothing runs by itself. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  set policy(policy: Policy | undefined) {
    this.#policySoftLimit = softLimitOf(policy || undefined, this.#heap.limit);
    this.#policy = policy || undefined;
    this.#restart();
  }

  /** What is set, or what the policy makes of the hard limit. */
  get softLimit(): number {
    return this.#softLimit ?? this.#policySoftLimit;
  }

  set softLimit(bytes: number | undefined) {
    if (bytes !== undefined && !(bytes > 0)) {
      throw new RangeError(`Cannot set the soft limit to ${bytes}: not a number of bytes`);
    }
    this.#softLimit = bytes === undefined ? undefined : Math.min(Math.floor(bytes), NO_LIMIT);
    this.#restart();
  }

  /** The hard limit is another. */
  limited(): void {
    this.#policySoftLimit = softLimitOf(this.#policy, this.#heap.limit);
    this.#restart();
  }

  /**
   * A heap that is above its soft limit already is pressed when it grows next; not if this is from within a run, or that would never be
   * the last. What measures may cost stays as it is.
   */
  #restart(): void {
    if (this.#isRunning) return;
    this.#isDue = true;
    this.#looksInVain = 0;
    this.arm();
  }

  /** What measures took of the program's time, and what for. */
  get account(): PressureAccount {
    if (!this.#isRunning) this.#books.earn();
    return this.#books.summary();
  }

  /** Whether the books are in order. */
  isValid(): boolean {
    return this.#books.isValid();
  }

  /** Something happened for that many times, after which there may be more to gain. */
  #hope(times: number): void {
    if ((times & (times - 1)) === 0) this.#books.clear();
  }

  // ---- when ----

  /** Where a heap is pressed. */
  get #pressedAt(): number {
    const { limit, isHelpless } = this.#heap;
    return isHelpless ? Math.min(this.softLimit, limit - limit * LAST_ROOM) : this.softLimit;
  }

  /** The marks are where there will be something to look at next; what measures need for themselves is nothing to be done about. */
  arm(): void {
    if (!this.#policy || this.#isRunning) {
      this.#heap.setMarks(NO_LIMIT, 0);
      return;
    }
    const { reserved } = this.#heap;
    const floor = Math.min(this.#pressedAt, this.#nextLook());
    if (reserved < floor / 2) this.#looksInVain = 0;
    const step = this.#isDue ? 0 : this.#step(floor);
    const watermark = Math.min(Math.max(floor, reserved + step), NO_LIMIT);
    const lowMark = watermark > floor && step > 0 ? reserved - step : 0;
    this.#heap.setMarks(watermark, Math.max(lowMark, Math.min(reserved, this.#fallen)));
  }

  /** A heap that has no more than this fell. */
  get #fallen(): number {
    return Math.floor(this.#settled - this.#settled * FALL);
  }

  #step(floor: number): number {
    const { reserved, limit, isHelpless } = this.#heap;
    const step = Math.max(LEAST_STEP, floor * STEP) * 2 ** this.#looksInVain;
    // Not past the hard limit: when the heap comes here again, there may be more to gain.
    return isHelpless ? Math.min(step, Math.max(LEAST_STEP, (limit - reserved) / 2)) : step;
  }

  #nextLook(): number {
    return (this.#policy?.fragmentation ?? 1) < 1 ? 2 * this.#looked : NO_LIMIT;
  }

  /** The heap passed one of its marks, and this is a moment at which measures can run. */
  passed(): void {
    const policy = this.#policy;
    if (this.#isRunning || !policy) return;
    // C, which waits for this, knows objects by their addresses: when the heap grows next, that may be over.
    this.#isDue = this.#heap.isBusy();
    if (!this.#isDue) {
      const isOfUse = this.#reporting(() => this.#press(policy)) ?? false;
      this.#looksInVain = isOfUse ? 0 : Math.min(this.#looksInVain + 1, MOST_DOUBLINGS);
    }
    this.arm();
  }

  /** Returns whether that was of use. */
  #press(policy: Policy): boolean {
    this.#books.earn();
    const { reserved, limit, isHelpless } = this.#heap;
    this.#noteFall(reserved);
    const soft = this.#pressedAt;
    if (reserved > soft) {
      const isUrgent = reserved >= 2 * this.#settled || (isHelpless && reserved > (soft + limit) / 2);
      const isEnough = () => {
        return this.#heap.reserved <= soft - soft * BELOW || this.#heap.allocated() <= soft * ROOM;
      };
      return this.#pressBy("soft limit", policy, isUrgent ? URGENT : ORDINARY, isEnough);
    }
    return reserved >= 2 * this.#looked && this.#lookForHoles(policy);
  }

  #pressBy(reason: Reason, policy: Policy, urgency: Urgency, isEnough: RunOptions["isEnough"]): boolean {
    const { reserved } = this.#heap;
    if (!this.#books.affordAny(urgency, reserved)) return false;
    const { gained } = this.#run(reason, (pressure) => policy.measures(pressure), { urgency, isEnough });
    return gained > OF_USE * reserved;
  }

  #noteFall(reserved: number): void {
    if (reserved > this.#fallen) return;
    this.#settled = reserved;
    this.#hope(++this.#falls);
  }

  #lookForHoles(policy: Policy): boolean {
    const { reserved } = this.#heap;
    const account = this.#books.of("look");
    if (!this.#books.affords("look", ORDINARY, reserved)) return false;
    this.#looked = reserved;
    const most = 1 - policy.fragmentation;
    const isDense = () => this.#heap.live() >= most * this.#heap.reserved;
    const isInVain = isDense();
    account.ran(this.#books.spend(), isInVain ? 0 : reserved, reserved, ORDINARY);
    return !isInVain && this.#pressBy("fragmentation", policy, ORDINARY, isDense);
  }

  #reporting<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.#heap.report(error);
      return undefined;
    }
  }

  /** A collection ended, after which the heap may be a smaller one with holes. */
  collected(): void {
    const { reserved } = this.#heap;
    if (this.#isRunning || reserved >= this.#looked || this.#looked <= LEAST_HEAP / 2) return;
    this.#looked = Math.max(LEAST_HEAP / 2, reserved);
    this.arm();
  }

  /**
   * An allocation of this many bytes found no memory (0: it is not known how many). Runs a measure at a time, and tries again when they have
   * gained as much, and when there is none left; undefined if all was in vain, or nothing may run now.
   */
  rescue<T>(attempt: () => T | undefined, bytes = 0): T | undefined {
    const policy = this.#policy;
    if (!policy || this.#isRunning || this.#heap.isBusy() || bytes > this.#heap.limit) return undefined;
    this.#books.earn();
    this.#hope(++this.#failures);
    if (!this.#books.affordAny(URGENT, this.#heap.reserved)) return undefined;
    let outcome: (() => T) | undefined;
    let untried = 0;
    const isEnough = (run?: MeasureRun) => {
      untried += run?.gained ?? 0;
      if (untried === 0 || (run && untried < bytes)) return false;
      untried = 0;
      outcome = outcomeOf(attempt);
      return outcome !== undefined;
    };
    const choose = (pressure: Pressure) => policy.measures(pressure);
    this.#reporting(() => this.#run("no memory", choose, { urgency: URGENT, isEnough }));
    this.arm();
    return outcome?.();
  }

  /** Runs all measures of the policy, or those that are named, as far as the budget has time for them. */
  relieve({ budgetMs = Number.POSITIVE_INFINITY, measures }: RelieveOptions = {}): Relief {
    if (!(budgetMs >= 0)) throw new RangeError(`Cannot relieve the heap within ${budgetMs} ms: not a number from 0 up`);
    if (this.#isRunning || this.#heap.isBusy()) {
      throw new Error("Cannot relieve the heap: an operation is under way");
    }
    this.#books.earn();
    const { policy = DEFAULT_POLICY } = this;
    // Who has a budget comes again and again.
    const urgency = measures || budgetMs === Number.POSITIVE_INFINITY ? undefined : URGENT;
    const choose = (pressure: Pressure) => measures ?? policy.measures(pressure);
    try {
      return this.#run("asked", choose, { urgency, budgetMs, isEnough: () => false });
    } finally {
      this.#looked = Math.max(LEAST_HEAP / 2, this.#heap.reserved);
      this.arm();
    }
  }

  // ---- running ----

  #run(
    reason: Reason,
    choose: (pressure: Pressure) => Iterable<MeasureName>,
    { isEnough, urgency, budgetMs = Number.POSITIVE_INFINITY }: RunOptions,
  ): Relief {
    const heap = this.#heap;
    const before = this.#figures();
    const pressure: Pressure = {
      ...{ reason, reserved: before.reserved, allocated: before.allocated },
      ...{ softLimit: this.softLimit, limit: heap.limit },
    };
    const measures: MeasureRun[] = [];
    const begun = this.#books.now;
    this.#isRunning = true;
    this.arm();
    try {
      this.#tell(pressure, urgency);
      let last: Account | undefined;
      let named = 0;
      let isDone = false;
      for (const name of namesIn(choose(pressure))) {
        if (++named > MOST_MEASURES) break;
        checkMeasure(name);
        const act = heap.measures.get(name);
        const account = this.#books.of(name);
        const left = budgetMs - (this.#books.now - begun);
        if (left <= 0) break;
        if (!act || account.price(heap.reserved) > left) continue;
        if (urgency && !this.#books.affords(name, urgency, heap.reserved)) continue;
        last = account;
        const run = this.#runOne(name, act, reason, account, urgency);
        measures.push(run);
        isDone = this.#isEnough(isEnough, account, urgency, run);
        if (isDone) break;
      }
      if (last && !isDone) this.#isEnough(isEnough, last, urgency);
    } finally {
      this.#books.spend();
      this.#isRunning = false;
      if (urgency && measures.length > 0) this.#settled = heap.reserved;
    }
    return { gained: this.#gainedSince(before), ms: this.#books.now - begun, measures };
  }

  /** Listeners get their chance, unless that was in vain too often. */
  #tell(pressure: Pressure, urgency: Urgency | undefined): void {
    const account = this.#books.of("listeners");
    const before = this.#figures();
    if (urgency && !this.#books.affords("listeners", urgency, before.reserved)) return;
    this.#events.emit("pressure", pressure);
    account.ran(this.#books.spend(), this.#gainedSince(before), before.reserved, urgency);
  }

  /** The time of a try that helped is the program's. */
  #isEnough(
    isEnough: RunOptions["isEnough"],
    account: Account,
    urgency: Urgency | undefined,
    run?: MeasureRun,
  ): boolean {
    const isDone = isEnough(run);
    if (isDone) this.#books.earn();
    else if (urgency) account.waste(this.#books.spend());
    else this.#books.spend();
    return isDone;
  }

  #runOne(
    measure: MeasureName,
    act: () => void,
    reason: Reason,
    account: Account,
    urgency: Urgency | undefined,
  ): MeasureRun {
    const [before, at] = [this.#figures(), this.#books.now];
    const ends = () => account.ran(this.#books.spend(), this.#gainedSince(before), before.reserved, urgency);
    try {
      act();
    } catch (error) {
      // Where there is no memory, there may be none for a measure: the next one may need less.
      if (!(error instanceof MemoryError)) {
        ends();
        throw error;
      }
    }
    const run = { measure, reason, at, ms: this.#books.now - at, gained: this.#gainedSince(before) };
    this.#log.push(run);
    if (this.#log.length > LOG_LENGTH) this.#log.shift();
    this.#events.emit("measure", run);
    // Listeners are part of the price.
    ends();
    return run;
  }

  #figures(): Figures {
    const { reserved, memoryBytes } = this.#heap;
    return { reserved, memoryBytes, allocated: this.#heap.allocated() };
  }

  #gainedSince(before: Figures): number {
    const now = this.#figures();
    const gains = [
      before.reserved - now.reserved,
      before.allocated - now.allocated,
      before.memoryBytes - now.memoryBytes,
    ];
    return Math.max(0, ...gains);
  }
}

/** Throws if the policy is none. */
function softLimitOf(policy: Policy | undefined, limit: number): number {
  if (!policy) return NO_LIMIT;
  checkPolicy(policy);
  const bytes = policy.softLimit(limit);
  if (!(bytes >= 0)) throw new RangeError(`Cannot use the policy's soft limit ${bytes}: not a number of bytes`);
  return Math.min(Math.floor(bytes), NO_LIMIT);
}

function namesIn(names: Iterable<MeasureName>): Iterable<MeasureName> {
  if (typeof names?.[Symbol.iterator] === "function") return names;
  throw new TypeError(`Cannot run measures: their names are not iterable: ${names}`);
}

/** What an attempt answers or throws, for later; undefined if it was in vain. */
function outcomeOf<T>(attempt: () => T | undefined): (() => T) | undefined {
  try {
    const answer = attempt();
    return answer === undefined ? undefined : () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
