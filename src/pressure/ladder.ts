// The ladder: runs the measures that a policy chose, one after another, until enough was gained.
//
//   the heap passes its watermark ----> soft limit, or holes?  ---+
//   an allocation finds no memory ------------------------------- + --> measure, measure, ... enough
//   heap.relieve({ budgetMs }) ---------------------------------- +
//
// While nothing presses there is nothing to pay: the platform compares one number when it gives memory, and the watermark is where
// something is to be done. Measures never run inside of one another. Who gained nothing waits longer each time: the
// watermark moves up by a step that doubles, and an allocation that finds no memory is not helped again before the heap has changed.
//
// Policies and listeners are the program's: whatever they do, a run ends, and what they throw where nobody asked is reported.

import { MemoryError } from "../errors.js";
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
  /** In use: large blocks, and pools with at least one block in use. */
  allocated(): number;
  /** In use, holes in pools not counted: a walk over all pools. */
  live(): number;
  /** The platform tells when it has given more than this. */
  setWatermark(bytes: number): void;
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
   * had the last time.
   */
  readonly budgetMs?: number;
  /** These measures, in this order; the default is the policy's. */
  readonly measures?: Iterable<MeasureName>;
}

/** Of a run that was no use: less than this part of the heap was gained. */
const WORTH = 1 / 32;
/** A soft limit is kept when the heap is below it by this part, or so much of it is free inside the heap that it need not grow. */
const BELOW = 1 / 16;
const ROOM = 1 / 2;
/** The heap is another one when what is in use has changed by this part. */
const CHANGED = 1 / 16;
/** Below this size nobody minds holes. */
const LEAST_HEAP = 32 * 2 ** 20;
const LEAST_STEP = 2 ** 18;
/** How many measures the log remembers. */
export const LOG_LENGTH = 256;
/** How many measures a policy can name at a time: one that does not end would never. */
const MOST_MEASURES = 64;

/** What a run is measured by. */
type Figures = Pick<Pressure, "reserved" | "allocated"> & { readonly memoryBytes: number };

export class Ladder {
  readonly #heap: Relievable;
  readonly #events: Events;
  readonly #log: MeasureRun[] = [];
  /** Milliseconds for a byte of the heap that a measure took the last time. */
  readonly #pace = new Map<MeasureName, number>();
  readonly #begun = performance.now();
  #policy: Policy | undefined;
  #softLimit: number | undefined;
  /** What the policy makes of the hard limit. */
  #policySoftLimit = NO_LIMIT;
  /** The limit or the policy was set, and nothing was done about it yet. */
  #isFresh = true;
  /** The watermark. */
  #mark = NO_LIMIT;
  #isRunning = false;
  /** Runs that were no use since the last one that was. */
  #inVain = 0;
  /** How large the heap was when its holes were counted last. */
  #looked = LEAST_HEAP / 2;
  /** What was in use when an allocation could not be helped. */
  #helpless = -1;

  constructor(heap: Relievable, events: Events, policy: Policy | undefined) {
    this.#heap = heap;
    this.#events = events;
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

  /** A heap that is above its soft limit already is pressed when it grows next. Not from within a run, or that would never be the last. */
  #restart(): void {
    if (this.#isRunning) return;
    this.#isFresh = true;
    this.#inVain = 0;
    this.#helpless = -1;
    this.arm();
  }

  // ---- when ----

  /** The watermark is where there will be something to do next; what measures need for themselves is nothing to be done about. */
  arm(): void {
    const isWaiting = this.#policy !== undefined && !this.#isRunning;
    this.#mark = isWaiting ? Math.min(this.#nextSoft(), this.#nextLook(), NO_LIMIT) : NO_LIMIT;
    this.#heap.setWatermark(this.#mark);
  }

  #nextSoft(): number {
    const { reserved } = this.#heap;
    const { softLimit } = this;
    if (reserved <= softLimit || this.#isFresh) return softLimit;
    const next = reserved + Math.max(LEAST_STEP, softLimit / 64) * 2 ** this.#inVain;
    // Not past the hard limit: when the heap comes here again, there may be more to gain.
    return Math.min(next, Math.max(reserved + LEAST_STEP, (reserved + this.#heap.limit) / 2));
  }

  #nextLook(): number {
    return (this.#policy?.fragmentation ?? 1) < 1 ? 2 * this.#looked : NO_LIMIT;
  }

  /** The heap passed its watermark, and this is a moment at which measures can run. */
  passed(): void {
    const policy = this.#policy;
    if (this.#isRunning || !policy) return;
    if (this.#heap.isBusy()) {
      // C, which waits for this, knows objects by their addresses: when the heap grows next, that may be over.
      this.#heap.setWatermark(this.#heap.reserved);
      return;
    }
    this.#isFresh = false;
    // It may have been above its watermark for a moment only.
    if (this.#heap.reserved > this.#mark) this.#reporting(() => this.#press(policy));
    this.arm();
  }

  #press(policy: Policy): void {
    const { reserved } = this.#heap;
    const { softLimit } = this;
    const choose = (pressure: Pressure) => policy.measures(pressure);
    if (reserved > softLimit) {
      const isEnough = () => {
        return this.#heap.reserved <= softLimit - softLimit * BELOW || this.#heap.allocated() <= softLimit * ROOM;
      };
      this.#run("soft limit", choose, isEnough);
    } else if (reserved >= 2 * this.#looked) {
      this.#looked = reserved;
      const most = 1 - policy.fragmentation;
      const isDense = () => this.#heap.live() >= most * this.#heap.reserved;
      if (!isDense()) this.#run("fragmentation", choose, isDense);
    }
  }

  #reporting(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#heap.report(error);
    }
  }

  /** A collection ended: the heap may be below its soft limit again. */
  collected(): void {
    this.#looked = Math.max(LEAST_HEAP / 2, Math.min(this.#looked, this.#heap.reserved));
    if (!this.#isRunning && this.#heap.reserved <= this.softLimit) this.arm();
  }

  /**
   * An allocation found no memory. Runs a measure at a time, and tries again after each that gained something; undefined if all was
   * in vain, or nothing may run now.
   */
  rescue<T>(attempt: () => T | undefined): T | undefined {
    const policy = this.#policy;
    if (!policy || this.#isRunning || this.#heap.isBusy()) return undefined;
    const before = this.#heap.allocated();
    if (this.#helpless >= 0 && Math.abs(before - this.#helpless) <= CHANGED * before) return undefined;
    let outcome: (() => T) | undefined;
    const isHelped = ({ gained }: MeasureRun) => {
      if (gained > 0) outcome = outcomeOf(attempt);
      return outcome !== undefined;
    };
    this.#reporting(() => this.#run("no memory", (pressure) => policy.measures(pressure), isHelped));
    this.#helpless = outcome === undefined ? this.#heap.allocated() : -1;
    this.arm();
    return outcome?.();
  }

  /** Runs all measures of the policy, or those that are named, as far as the budget has time for them. */
  relieve({ budgetMs = Number.POSITIVE_INFINITY, measures }: RelieveOptions = {}): Relief {
    if (!(budgetMs >= 0)) throw new RangeError(`Cannot relieve the heap within ${budgetMs} ms: not a number from 0 up`);
    if (this.#isRunning || this.#heap.isBusy()) {
      throw new Error("Cannot relieve the heap: an operation is under way");
    }
    const { policy = DEFAULT_POLICY } = this;
    try {
      return this.#run(
        "asked",
        (pressure) => measures ?? policy.measures(pressure),
        () => false,
        budgetMs,
      );
    } finally {
      this.#looked = Math.max(LEAST_HEAP / 2, this.#heap.reserved);
      this.arm();
    }
  }

  // ---- running ----

  #run(
    reason: Reason,
    choose: (pressure: Pressure) => Iterable<MeasureName>,
    isEnough: (run: MeasureRun) => boolean,
    budgetMs = Number.POSITIVE_INFINITY,
  ): Relief {
    const heap = this.#heap;
    const before = this.#figures();
    const pressure: Pressure = {
      ...{ reason, reserved: before.reserved, allocated: before.allocated },
      ...{ softLimit: this.softLimit, limit: heap.limit },
    };
    const measures: MeasureRun[] = [];
    const begun = performance.now();
    this.#isRunning = true;
    this.arm();
    try {
      this.#events.emit("pressure", pressure);
      let named = 0;
      for (const name of namesIn(choose(pressure))) {
        if (++named > MOST_MEASURES) break;
        checkMeasure(name);
        const measure = heap.measures.get(name);
        if (!measure) continue;
        const left = budgetMs - (performance.now() - begun);
        if (left <= 0) break;
        if ((this.#pace.get(name) ?? 0) * heap.reserved > left) continue;
        const run = this.#runOne(name, measure, reason);
        measures.push(run);
        if (isEnough(run)) break;
      }
    } finally {
      this.#isRunning = false;
      this.#inVain = this.#gainedSince(before) > WORTH * before.reserved ? 0 : this.#inVain + 1;
    }
    return { gained: this.#gainedSince(before), ms: performance.now() - begun, measures };
  }

  #runOne(measure: MeasureName, act: () => void, reason: Reason): MeasureRun {
    const [before, started] = [this.#figures(), performance.now()];
    try {
      act();
    } catch (error) {
      // Where there is no memory, there may be none for a measure: the next one may need less.
      if (!(error instanceof MemoryError)) throw error;
    }
    const ms = performance.now() - started;
    this.#pace.set(measure, ms / before.reserved);
    const run = { measure, reason, at: started - this.#begun, ms, gained: this.#gainedSince(before) };
    this.#log.push(run);
    if (this.#log.length > LOG_LENGTH) this.#log.shift();
    this.#events.emit("measure", run);
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
  throw new TypeError(`Cannot run measures: there is no iterating over their names, which are ${names}`);
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
