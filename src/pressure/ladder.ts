// The ladder: runs the measures that a policy chose, one after another, until enough was gained.
//
//   the heap passes its watermark ----> soft limit, or holes?  ---+
//   an allocation finds no memory ------------------------------- + --> measure, measure, ... enough
//   heap.relieve({ budgetMs }) ---------------------------------- +
//
// While nothing presses there is nothing to pay: the platform compares one number when it gives memory, and the watermark is where
// something is to be done. Measures never run inside of one another. Who gained nothing waits longer each time: the
// watermark moves up by a step that doubles, and an allocation that finds no memory is not helped again before the heap has changed.

import type { Events, MeasureRun } from "./events.js";
import { DEFAULT_POLICY, type MeasureName, NO_LIMIT, type Policy, type Pressure, type Reason } from "./policy.js";

/** What the ladder has to know of its heap, and can do there; sizes are in bytes. */
export interface Relievable {
  readonly reserved: number;
  readonly limit: number;
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
}

/** What `heap.relieve` did. */
export interface Relief {
  /** Bytes that are not in use any more, or went back to the platform, whichever are more. */
  readonly gained: number;
  readonly ms: number;
  readonly measures: readonly MeasureRun[];
}

export interface RelieveOptions {
  /** Milliseconds that may be spent. A measure that took longer than what is left, the last time, is not begun. */
  readonly budgetMs?: number;
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
const LOG_LENGTH = 256;

export class Ladder {
  readonly #heap: Relievable;
  readonly #events: Events;
  readonly #log: MeasureRun[] = [];
  readonly #lastMs = new Map<MeasureName, number>();
  readonly #begun = performance.now();
  #policy: Policy | undefined;
  #softLimit: number | undefined;
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
    this.#policy = policy;
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
    this.#policy = policy;
    this.arm();
  }

  /** What is set, or what the policy makes of the hard limit. */
  get softLimit(): number {
    return this.#softLimit ?? this.#policy?.softLimit(this.#heap.limit) ?? NO_LIMIT;
  }

  set softLimit(bytes: number | undefined) {
    if (bytes !== undefined && !(bytes > 0)) {
      throw new RangeError(`Cannot set the soft limit to ${bytes}: not a number of bytes`);
    }
    this.#softLimit = bytes === undefined ? undefined : Math.min(Math.floor(bytes), NO_LIMIT);
    this.#inVain = 0;
    this.arm();
  }

  // ---- when ----

  /** The watermark is where there will be something to do next. */
  arm(): void {
    this.#heap.setWatermark(this.#policy ? Math.min(this.#nextSoft(), this.#nextLook(), NO_LIMIT) : NO_LIMIT);
  }

  #nextSoft(): number {
    const { reserved } = this.#heap;
    const { softLimit } = this;
    if (reserved <= softLimit) return softLimit;
    return reserved + Math.max(LEAST_STEP, softLimit / 64) * 2 ** this.#inVain;
  }

  #nextLook(): number {
    return (this.#policy?.fragmentation ?? 1) < 1 ? 2 * this.#looked : NO_LIMIT;
  }

  /** The heap passed its watermark, and this is a moment at which measures can run. */
  passed(): void {
    if (this.#isRunning || !this.#policy) return;
    if (this.#heap.isBusy()) {
      // Nothing can be done as long as C, which waits for this, knows objects by their addresses.
      this.arm();
      return;
    }
    const { reserved } = this.#heap;
    const { softLimit } = this;
    if (reserved > softLimit) {
      const isEnough = () => {
        return this.#heap.reserved <= softLimit - softLimit * BELOW || this.#heap.allocated() <= softLimit * ROOM;
      };
      this.#run("soft limit", isEnough);
    } else if (reserved >= 2 * this.#looked) {
      this.#looked = reserved;
      const most = 1 - this.#policy.fragmentation;
      const isDense = () => this.#heap.live() >= most * this.#heap.reserved;
      if (!isDense()) this.#run("fragmentation", isDense);
    }
    this.arm();
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
    if (!this.#policy || this.#isRunning || this.#heap.isBusy()) return undefined;
    const before = this.#heap.allocated();
    if (this.#helpless >= 0 && Math.abs(before - this.#helpless) <= CHANGED * before) return undefined;
    let answer: T | undefined;
    this.#run("no memory", (run) => {
      if (run.gained > 0) answer = attempt();
      return answer !== undefined;
    });
    this.#helpless = answer === undefined ? this.#heap.allocated() : -1;
    this.arm();
    return answer;
  }

  /** Runs all measures of the policy, or those that the budget has time for. */
  relieve({ budgetMs = Number.POSITIVE_INFINITY }: RelieveOptions = {}): Relief {
    if (!(budgetMs >= 0)) throw new RangeError(`Cannot relieve the heap within ${budgetMs} ms: not a number from 0 up`);
    if (this.#isRunning || this.#heap.isBusy()) {
      throw new Error("Cannot relieve the heap: an operation is under way");
    }
    const relief = this.#run("asked", () => false, budgetMs);
    this.#looked = Math.max(LEAST_HEAP / 2, this.#heap.reserved);
    this.arm();
    return relief;
  }

  // ---- running ----

  #run(reason: Reason, isEnough: (run: MeasureRun) => boolean, budgetMs = Number.POSITIVE_INFINITY): Relief {
    const heap = this.#heap;
    const policy = this.#policy ?? DEFAULT_POLICY;
    const { reserved, limit } = heap;
    const pressure: Pressure = { reason, reserved, allocated: heap.allocated(), softLimit: this.softLimit, limit };
    const measures: MeasureRun[] = [];
    const begun = performance.now();
    this.#isRunning = true;
    try {
      this.#events.emit("pressure", pressure);
      for (const name of policy.measures(pressure)) {
        const measure = heap.measures.get(name);
        if (!measure) continue;
        const left = budgetMs - (performance.now() - begun);
        if (left <= 0) break;
        if ((this.#lastMs.get(name) ?? 0) > left) continue;
        const run = this.#runOne(name, measure, reason);
        measures.push(run);
        if (isEnough(run)) break;
      }
    } finally {
      this.#isRunning = false;
    }
    const gained = Math.max(0, pressure.reserved - heap.reserved, pressure.allocated - heap.allocated());
    this.#inVain = gained > WORTH * pressure.reserved ? 0 : this.#inVain + 1;
    return { gained, ms: performance.now() - begun, measures };
  }

  #runOne(measure: MeasureName, act: () => void, reason: Reason): MeasureRun {
    const heap = this.#heap;
    const [reserved, allocated, started] = [heap.reserved, heap.allocated(), performance.now()];
    act();
    const ms = performance.now() - started;
    this.#lastMs.set(measure, ms);
    const gained = Math.max(0, reserved - heap.reserved, allocated - heap.allocated());
    const run = { measure, reason, at: started - this.#begun, ms, gained };
    this.#log.push(run);
    if (this.#log.length > LOG_LENGTH) this.#log.shift();
    this.#events.emit("measure", run);
    return run;
  }
}
