// What a page shows of a trace: sums by stack, size class and domain over stretches of time, instead of the events.
//
//   time      |  0  |  1 |   2   | 3 | ...      at most 4096 buckets: none has more than a small share of the time, or of the events
//                                               (stretches.ts)
//   row       account x bucket: what was allocated, the temporary part of it, how much more is live, and how much more was
//             live at the bucket's highest moments: of everything, and of what the program added
//   crossing  account x bucket of birth x bucket of death: what was freed in another bucket than it was allocated in
//
// From these follow, for any span [a, b) of buckets:
//   end(account)     = sum of net over the buckets before b
//   peak(account)    = sum of net over the buckets before p, and the row's peak in p, where p is the bucket with the highest moment
//   leaks(account)   = sum of net over [a, b), and the crossings with birth < a and a <= death < b
//   allocated, temporary(account) = sums over [a, b); a temporary block counts where it was freed, so a span may have one that was
//                                   born just before it
//
// An account belongs to the interpreter's start or to the program (eras.ts). What the program added is the sum over its
// own accounts, and what was there before is the sum over the others: at every moment, end = base + own. The program's
// peak is at the highest moment of its own sum, where rows have their own peak.

import type { HeapStats } from "../alloc/stats.js";
import type { CollectionPoint } from "../trace/collections.js";
import type { TraceFunction } from "../trace/format.js";

/**
 * The values of a row, in this order: bytes and counts of blocks. `net` and the peaks are relative to the bucket's
 * beginning.
 */
export const ROW = {
  bytes: 0,
  count: 1,
  temporary: 2,
  temporaryCount: 3,
  net: 4,
  netCount: 5,
  peak: 6,
  peakCount: 7,
  ownPeak: 8,
  ownPeakCount: 9,
};
export const ROW_VALUES = 10;

/** The name of all types that are too small to be told apart on a page. */
export const OTHER_TYPES_NAME = "other types";

/**
 * The figures of a stretch of time. Times are microseconds from the beginning of the program; times of the interpreter's
 * start are negative.
 */
export interface Bucket {
  /** Its beginning. It ends where the next one begins. */
  readonly time: number;
  /** The time of its last event, or the time mark before it. From then until its end nothing happened. */
  readonly last: number;
  /**
   * The value by which the highest moments of buckets are compared: bytes; or, in a sampled trace, whose bytes are
   * estimates, how much more was live than at the beginning.
   */
  readonly rank: number;
  readonly ownRank: number;
  /** The highest moment of what was live. */
  readonly peakBytes: number;
  readonly peakBlocks: number;
  readonly peakTime: number;
  /** The highest moment of what the program added; in buckets of the interpreter's start, of what the start added. */
  readonly ownPeakBytes: number;
  readonly ownPeakBlocks: number;
  readonly ownPeakTime: number;
  readonly endBytes: number;
  readonly endBlocks: number;
  /** The part of what is live at its end that was there before the program. */
  readonly base: number;
  readonly baseBlocks: number;
  readonly reserved: number;
}

export interface PageFunction extends TraceFunction {
  /** Set if the interpreter called it before the program began. */
  readonly ofStart?: true;
}

/** What a page of totals shows over time. It has only one bucket. */
export interface PageTotals {
  /** The bytes of the interpreter's start that are live at the end. */
  readonly start: number;
  /** What the program had at the highest moment of each stretch of time: microseconds and bytes. */
  readonly line: readonly (readonly [time: number, live: number])[];
}

/** What is known about a page's program. */
export interface PageHeader {
  readonly version: number;
  readonly command: readonly string[];
  /** The time when the recording began: ISO 8601. */
  readonly started: string;
  readonly python: string | null;
  /** The mean distance between samples in bytes; 0 if every allocation was recorded. */
  readonly sample: number;
  /** Why the trace could be read only in part. */
  readonly problem: string | null;
  /** Set if the trace has totals only: there are then no spans and no blocks. */
  readonly totals?: PageTotals;
  readonly events: number;
  /** The time of the end, in microseconds: how long the program ran. */
  readonly duration: number;
  /** The number of stacks before small ones were merged. */
  readonly stacks: number;
  /** The bucket with which the program begins; 0 if nothing of the interpreter's start was recorded. */
  readonly program: number;
  /** The time when the recording began, in microseconds: 0, or below if it has the interpreter's start. */
  readonly begin: number;
  /** Accounts below this number belong to the interpreter's start. */
  readonly startAccounts: number;
  readonly collections: readonly CollectionPoint[];
  readonly functions: readonly PageFunction[];
  /** The source lines of frames and the lines around them, by file and line, as far as they are known. */
  readonly sources?: Readonly<Record<string, Readonly<Record<number, string>>>>;
  /** The names of the types of blocks, if the recording or a heap snapshot tells them. */
  readonly types?: readonly string[];
  /** The heap's own statistics; only for a program that is running. */
  readonly stats: HeapStats | null;
}

/** Stacks: for each node its caller, function and line. Node 0 is the root; a caller has a lower number. */
export interface PageNodes {
  readonly parents: Uint32Array;
  readonly functions: Uint32Array;
  readonly lines: Uint32Array;
}

/** Accounts: each has a stack, a domain and a size class; its number tells its era. */
export interface PageAccounts {
  readonly nodes: Uint32Array;
  readonly domains: Uint32Array;
  readonly sizeClasses: Uint32Array;
}

export interface PageRows {
  readonly accounts: Uint32Array;
  readonly buckets: Uint32Array;
  /** ROW_VALUES numbers for each row. */
  readonly values: Float64Array;
}

export interface PageCrossings {
  readonly accounts: Uint32Array;
  readonly births: Uint32Array;
  readonly deaths: Uint32Array;
  readonly bytes: Float64Array;
  readonly counts: Float64Array;
}

/** Blocks by address, and blocks at the same address by time. Each is live at one of the moments at least. */
export interface PageBlocks {
  /**
   * The moments that the heap map can show. What it shows of a moment holds from `froms` to `untils`, in microseconds.
   * The last moment is the end.
   */
  readonly froms: Float64Array;
  readonly untils: Float64Array;
  /** The page has one of every `step` blocks. `step` is more than 1 only if there are too many blocks. */
  readonly step: number;
  readonly addresses: Float64Array;
  readonly sizes: Uint32Array;
  readonly accounts: Uint32Array;
  /** The buckets in which they were allocated. */
  readonly births: Uint32Array;
  /** The indexes of the first and the last moment at which they are live. */
  readonly firsts: Uint32Array;
  readonly lasts: Uint32Array;
  /**
   * For each block, the number of its object's type in the header's list, from 1; 0 if it is not known, or if the block
   * has no object. Types from a heap snapshot are known only for blocks that are live at the end. Empty if no types are
   * known.
   */
  readonly types: Uint32Array;
}

/**
 * Pools by address. For each, one bit for each of its blocks tells whether it is in use; the bits begin at `bitsAt`.
 */
export interface PagePools {
  readonly addresses: Float64Array;
  readonly sizes: Uint32Array;
  /** The size of a block in bytes; 0 for a pool that no size class uses. */
  readonly blockSizes: Uint32Array;
  readonly domains: Uint32Array;
  readonly used: Uint32Array;
  readonly bitsAt: Uint32Array;
  readonly bits: Uint8Array;
}

/** Arenas by address. */
export interface PageArenas {
  readonly addresses: Float64Array;
  readonly sizes: Uint32Array;
}

export interface PageData {
  readonly header: PageHeader;
  readonly buckets: readonly Bucket[];
  readonly nodes: PageNodes;
  readonly accounts: PageAccounts;
  readonly rows: PageRows;
  readonly crossings: PageCrossings;
  readonly blocks: PageBlocks;
  readonly arenas: PageArenas;
  readonly pools: PagePools;
}

export const PAGE_VERSION = 6;
