// The ladder: runs the measures that a policy chose, one after another, until enough is gained.
//
//   the heap passes its watermark ----> soft limit, or holes?  ---+
//   an allocation finds no memory ------------------------------- + --> measure, measure, ... enough
//   heap.relieve({ budgetMs }) ---------------------------------- +
//
// Every measure has a price, and an account that tells whether it can be paid (account.ts, books.ts). So the time that
// the ladder spends in vain by itself is at most a quarter of the program's time. The accounts are told:
//
//   urgent    a run for an allocation that found no memory; a run at the soft limit if the heap is twice what it was after the last run;
//             and, where nobody calls `rescue` when an allocation fails (CPython), a run above the middle between soft and hard limit
//   last      the first and the last of these, if the heap has grown so much since the last full collection that the next one could pay
//             for itself
//   clear     forgives all debts, at the 1st, 2nd, 4th, 8th ... time that an allocation found no memory, and at the 1st, 2nd, 4th ...
//             time that the heap fell by an eighth of what it was after the last run. Where nobody calls `rescue`, a failure counts
//             if the program has run for twice the price of all measures since debts were forgiven
//
// So the first allocation that fails is always helped, if that is possible. A later one is helped, too, because the program may have
// dropped objects that refer to each other. But if many allocations fail one after another, only some of them are helped.
//
// Without pressure there is no cost: the platform compares one number when it gives memory. The watermark is where the
// ladder looks again. A look has a price, too, so the watermark moves up by a step, which doubles with each look that
// did not help. Measures never run inside one another.
//
// Policies and listeners are code of the program: whatever they do, a run ends; exceptions that no caller waits for are
// reported.

import { MemoryError } from "../ground/errors.js";
import { type Account, LAST, ORDINARY, URGENT, type Urgency } from "./account.js";
import { Books, type Clock, type PressureAccount } from "./books.js";
import type { Events, MeasureRun } from "./events.js";
import {
  checkMeasure,
  DEFAULT_POLICY,
  type MeasureName,
  NO_LIMIT,
  namesIn,
  type Policy,
  type Pressure,
  type Reason,
  softLimitOf,
} from "./policy.js";
import type { Relief, Relievable, RelieveOptions } from "./relief.js";

/** A look helped if the measures that it started gained this part of the heap. */
const OF_USE = 1 / 32;
/** A soft limit is kept if the heap is below it by the part BELOW, or if at most the part ROOM of the limit is in use. */
const BELOW = 1 / 16;
const ROOM = 1 / 2;
/** The heap fell if it has become smaller by this part. */
const FALL = 1 / 8;
/** A helpless heap is under pressure at the latest when it is this part below its hard limit. */
const LAST_ROOM = 1 / 16;
/** Where nobody calls `rescue`: a failure counts if the program has run for so many times the price of all measures. */
const BETWEEN_PARDONS = 2;
/** Below this size, holes do not matter. */
const LEAST_HEAP = 32 * 2 ** 20;
/** The step between looks: at least these bytes, or the part STEP of the bytes at the first look. */
const LEAST_STEP = 2 ** 18;
/** The least step near the hard limit: heaps grow by arenas of this size, or more. */
const LEAST_GROWTH = 2 ** 16;
const STEP = 1 / 64;
/** How often the step is doubled at most. */
const MOST_DOUBLINGS = 3;
/** How many measures the log remembers. */
export const LOG_LENGTH = 256;
/** The most measures that a policy can name at a time: an endless sequence must not run for ever. */
const MOST_MEASURES = 64;

/** The sizes by which a run is judged. */
type Figures = Pick<Pressure, "reserved" | "allocated"> & { readonly memoryBytes: number };

/** Enters a run into the accounts. */
type Enter = (ms: number, gained: number, reserved: number) => void;

interface RunOptions {
  /** Called after each measure; and without a run when no measure remains. */
  readonly isEnough: (run?: MeasureRun) => boolean;
  /** undefined: the program asked for the run, and measures run at any price. */
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
  /** The soft limit that the policy derives from the hard limit. */
  #policySoftLimit = NO_LIMIT;
  /** Whether to look when the heap grows next: a limit or the policy was set, or an operation was under way. */
  #isDue = true;
  #isRunning = false;
  /** The number of looks in a row that did not help. */
  #looksInVain = 0;
  #watermark = NO_LIMIT;
  #lowMark = 0;
  /** Whether an allocation has found no memory in a heap where nobody calls `rescue`. */
  #isShort = false;
  /** The size of the heap after the last run; less if it has become smaller since. */
  #settled = 0;
  /** The same for the last full collection of the ladder. */
  #collected = 0;
  /** How often the heap fell, and how many failures of allocations counted. */
  #falls = 0;
  #failures = 0;
  /** The size of the heap when its holes were counted last. */
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

  /** undefined: no measures run by themselves. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  set policy(policy: Policy | undefined) {
    this.#policySoftLimit = softLimitOf(policy || undefined, this.#heap.limit);
    this.#policy = policy || undefined;
    this.#restart();
  }

  /** The soft limit that was set, or that the policy derives from the hard limit. */
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

  /** To be called when the hard limit has changed. */
  limited(): void {
    this.#policySoftLimit = softLimitOf(this.#policy, this.#heap.limit);
    this.#restart();
  }

  /**
   * Makes the ladder look when the heap grows next, because the heap may already be above its soft limit. A call from
   * within a run has no effect, because runs would otherwise never end. The accounts stay as they are.
   */
  #restart(): void {
    if (this.#isRunning) return;
    this.#isDue = true;
    this.#looksInVain = 0;
    this.arm();
  }

  /** How much of the program's time measures have taken, in total and by measure. */
  get account(): PressureAccount {
    if (!this.#isRunning) this.#books.earn();
    return this.#books.summary();
  }

  /** Whether the books are valid. */
  isValid(): boolean {
    return this.#books.isValid();
  }

  /** Forgives debts if an event after which there may be more to gain has happened 1, 2, 4, 8 ... times. */
  #hope(times: number): void {
    if ((times & (times - 1)) === 0) this.#books.clear();
  }

  // ---- when ----

  /** The size from which the heap is under pressure. */
  get #pressedAt(): number {
    const { limit, isHelpless } = this.#heap;
    return isHelpless ? Math.min(this.softLimit, limit - limit * LAST_ROOM) : this.softLimit;
  }

  /**
   * Sets the marks to where there will be something to do next. During a run there are no marks, because measures need
   * memory themselves.
   */
  arm(): void {
    if (!this.#policy || this.#isRunning) {
      this.#setMarks(NO_LIMIT, 0);
      return;
    }
    const { reserved } = this.#heap;
    const floor = Math.min(this.#pressedAt, this.#nextLook(), this.#preparesAt);
    if (reserved < floor / 2) this.#looksInVain = 0;
    const step = this.#isDue ? 0 : this.#step(floor);
    const watermark = Math.min(Math.max(floor, reserved + step), NO_LIMIT);
    const lowMark = watermark > floor && step > 0 ? reserved - step : 0;
    const fallen = Math.max(this.#fallen, this.#collected * (1 - LAST.worth));
    this.#setMarks(watermark, Math.max(lowMark, Math.min(reserved, fallen)));
  }

  #setMarks(watermark: number, lowMark: number): void {
    this.#watermark = watermark;
    this.#lowMark = lowMark;
    this.#heap.setMarks(watermark, lowMark);
  }

  /** Where a helpless heap prepares for allocations that find no memory; NO_LIMIT above that. */
  get #preparesAt(): number {
    const { reserved, limit, isHelpless } = this.#heap;
    const half = Math.floor(limit / 2);
    return isHelpless && limit !== NO_LIMIT && reserved < half ? half : NO_LIMIT;
  }

  /** To be called at a report of the platform. Returns whether an allocation by the program found no memory: that makes measures urgent. */
  noteShortage(): boolean {
    const { reserved } = this.#heap;
    if (!this.#policy || this.#isRunning) return false;
    const isBetween = reserved <= this.#watermark && reserved >= this.#lowMark;
    this.#isShort ||= isBetween;
    return isBetween;
  }

  /** The heap fell if it is not larger than this. */
  get #fallen(): number {
    return Math.floor(this.#settled - this.#settled * FALL);
  }

  #step(floor: number): number {
    const { reserved, limit, isHelpless } = this.#heap;
    const step = Math.max(LEAST_STEP, floor * STEP) * 2 ** this.#looksInVain;
    // The step does not reach beyond the hard limit: when the heap comes there again, there may be more to gain.
    return isHelpless ? Math.min(step, Math.max(LEAST_GROWTH, (limit - reserved) / 2)) : step;
  }

  #nextLook(): number {
    return (this.#policy?.fragmentation ?? 1) < 1 ? 2 * this.#looked : NO_LIMIT;
  }

  /** Handles the heap's passing of one of its marks, at a moment when measures can run. */
  passed(): void {
    const policy = this.#policy;
    if (this.#isRunning || !policy) return;
    // If the heap is busy, a function in C waits for this call, and refers to objects by their addresses. The ladder looks
    // again when the heap grows next: the function may have ended by then.
    this.#isDue = this.#heap.isBusy();
    if (!this.#isDue) {
      const isOfUse = this.#reporting(() => this.#press(policy)) ?? false;
      this.#looksInVain = isOfUse ? 0 : Math.min(this.#looksInVain + 1, MOST_DOUBLINGS);
    }
    this.arm();
  }

  /** Runs measures if the heap is under pressure. Returns whether that helped. */
  #press(policy: Policy): boolean {
    this.#books.earn();
    const { reserved } = this.#heap;
    this.#noteFall(reserved);
    this.#collected = Math.min(reserved, this.#collected);
    if (this.#isShort) {
      this.#isShort = false;
      if (this.#books.hasWorked(BETWEEN_PARDONS, reserved)) this.#hope(++this.#failures);
      return this.#pressBy("no memory", policy, this.#atLimit(), () => false);
    }
    const soft = this.#pressedAt;
    if (reserved > soft) {
      const isEnough = () => {
        return this.#heap.reserved <= soft - soft * BELOW || this.#heap.allocated() <= soft * ROOM;
      };
      return this.#pressBy("soft limit", policy, this.#urgencyAbove(soft), isEnough);
    }
    return reserved >= 2 * this.#looked && this.#lookForHoles(policy);
  }

  /** How urgent a run is in a heap that is above this soft limit. */
  #urgencyAbove(soft: number): Urgency {
    const { reserved, limit, isHelpless } = this.#heap;
    if (isHelpless && reserved > (soft + limit) / 2) return this.#atLimit();
    return reserved >= 2 * this.#settled ? URGENT : ORDINARY;
  }

  /** How urgent a run is where a MemoryError may follow. */
  #atLimit(): Urgency {
    const { reserved } = this.#heap;
    return reserved - this.#collected >= LAST.worth * reserved ? LAST : URGENT;
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
    const account = this.#books.payer("look", ORDINARY, reserved);
    if (!account) return false;
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

  /** Notes the end of a collection, after which the heap may be smaller and have holes. */
  collected(): void {
    const { reserved } = this.#heap;
    if (this.#isRunning || reserved >= this.#looked || this.#looked <= LEAST_HEAP / 2) return;
    this.#looked = Math.max(LEAST_HEAP / 2, reserved);
    this.arm();
  }

  /**
   * Helps an allocation of this many bytes that found no memory (0: the number is not known). Runs one measure after
   * another, and tries again when they have gained enough, and at the end. Returns undefined if all attempts failed, or
   * if no measure may run now.
   */
  rescue<T>(attempt: () => T | undefined, bytes = 0): T | undefined {
    const policy = this.#policy;
    if (!policy || this.#isRunning || this.#heap.isBusy() || bytes > this.#heap.limit) return undefined;
    this.#books.earn();
    this.#hope(++this.#failures);
    const urgency = this.#atLimit();
    if (!this.#books.affordAny(urgency, this.#heap.reserved)) return undefined;
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
    this.#reporting(() => this.#run("no memory", choose, { urgency, isEnough }));
    this.arm();
    return outcome?.();
  }

  /** Runs all measures of the policy, or those that are named, as long as the budget lasts. */
  relieve({ budgetMs = Number.POSITIVE_INFINITY, measures }: RelieveOptions = {}): Relief {
    if (!(budgetMs >= 0)) throw new RangeError(`Cannot relieve the heap within ${budgetMs} ms: not a number from 0 up`);
    if (this.#isRunning || this.#heap.isBusy()) {
      throw new Error("Cannot relieve the heap: an operation is under way");
    }
    this.#books.earn();
    const { policy = DEFAULT_POLICY } = this;
    // A program with a budget calls this again and again, so its runs are limited like the ladder's own.
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
      let lastPayer: Account | undefined;
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
        const payer = urgency ? this.#books.payer(name, urgency, heap.reserved) : account;
        if (!payer) continue;
        lastPayer = payer;
        const enter: Enter = (ms, gained, reserved) => account.ran(ms, gained, reserved, urgency, payer);
        const run = this.#runOne(name, act, reason, enter);
        measures.push(run);
        isDone = this.#isEnough(isEnough, payer, urgency, run);
        if (isDone) break;
      }
      if (lastPayer && !isDone) this.#isEnough(isEnough, lastPayer, urgency);
    } finally {
      this.#books.spend();
      this.#isRunning = false;
      if (urgency && measures.length > 0) this.#settled = heap.reserved;
      if (measures.some(({ measure }) => measure === "collect")) this.#collected = heap.reserved;
    }
    return { gained: this.#gainedSince(before), ms: this.#books.now - begun, measures };
  }

  /** Calls the listeners, unless they were called in vain too often. */
  #tell(pressure: Pressure, urgency: Urgency | undefined): void {
    const account = this.#books.of("listeners");
    const before = this.#figures();
    const payer = urgency ? this.#books.payer("listeners", urgency, before.reserved) : account;
    if (!payer) return;
    this.#events.emit("pressure", pressure);
    account.ran(this.#books.spend(), this.#gainedSince(before), before.reserved, urgency, payer);
  }

  /** Whether enough was gained. If so, the time of the attempt counts as the program's. */
  #isEnough(isEnough: RunOptions["isEnough"], payer: Account, urgency: Urgency | undefined, run?: MeasureRun): boolean {
    const isDone = isEnough(run);
    if (isDone) this.#books.earn();
    else if (urgency) payer.waste(this.#books.spend());
    else this.#books.spend();
    return isDone;
  }

  /** `enter` enters the run into the accounts. */
  #runOne(measure: MeasureName, act: () => void, reason: Reason, enter: Enter): MeasureRun {
    const [before, at] = [this.#figures(), this.#books.now];
    const ends = () => enter(this.#books.spend(), this.#gainedSince(before), before.reserved);
    try {
      act();
    } catch (error) {
      // Without memory, this measure itself may have failed; the next one may need less.
      if (!(error instanceof MemoryError)) {
        ends();
        throw error;
      }
    }
    const run = { measure, reason, at, ms: this.#books.now - at, gained: this.#gainedSince(before) };
    this.#log.push(run);
    if (this.#log.length > LOG_LENGTH) this.#log.shift();
    this.#events.emit("measure", run);
    // The time of listeners is part of the price.
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

/** Runs an attempt, and keeps its result or its exception for later; undefined if it was in vain. */
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
