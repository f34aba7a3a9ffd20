// What the ladder needs of a heap, and what a program asks of it (ladder.ts).

import type { MeasureRun } from "./events.js";
import type { MeasureName } from "./policy.js";

/** The parts of a heap that the ladder uses. Sizes are in bytes. */
export interface Relievable {
  readonly reserved: number;
  readonly limit: number;
  /** The size of the WebAssembly memory: what the process has. */
  readonly memoryBytes: number;
  /** Whether nobody calls `rescue` when an allocation fails, as in CPython: then measures have to run earlier. */
  readonly isHelpless: boolean;
  /** Bytes in use: large blocks, and pools with at least one block in use. */
  allocated(): number;
  /** Bytes in use without the holes in pools. This walks over all pools. */
  live(): number;
  /** The platform reports when the heap has more than `watermark` bytes from it, or less than `lowMark`. */
  setMarks(watermark: number, lowMark: number): void;
  /** Whether an operation is under way that measures would disturb. */
  isBusy(): boolean;
  /** The measures that this heap has. */
  readonly measures: ReadonlyMap<MeasureName, () => void>;
  /** Reports an error of the policy or of a measure that no caller waits for. */
  report(error: unknown): void;
}

/** What `heap.relieve` achieved. */
export interface Relief {
  /** Bytes that are not in use any more, that the platform got back, or that the system got back: the largest. */
  readonly gained: number;
  readonly ms: number;
  readonly measures: readonly MeasureRun[];
}

export interface RelieveOptions {
  /**
   * The milliseconds that may be spent. A measure is not begun if it would probably take longer than the rest of the
   * budget, at its last speed (for a byte of the heap). A measure that the policy chooses is also not begun if its runs
   * in vain have taken too much of the program's time.
   */
  readonly budgetMs?: number;
  /** The measures to run, in this order; the default is the policy's. */
  readonly measures?: Iterable<MeasureName>;
}
