// What a page shows of a trace: sums by stack, size class and domain over stretches of time, instead of the events.
//
//   time      |  0  |  1 |   2   | 3 | ...      at most 4096 buckets: none is longer than a small share of the whole, nor has more of
//                                               its events (stretches.ts)
//   row       account x bucket: what came to life, what of it was temporary, how much more is live, and how much more was
//             live at the bucket's highest moments: of everything, and of what the program added
//   crossing  account x bucket of birth x bucket of death: what was freed in another bucket than it was born in
//
// From these a page has, at once and for any span [a, b) of buckets:
//   end(account)     = sum of net over the buckets before b
//   peak(account)    = sum of net over the buckets before p, and the row's peak in p, where p is the bucket with the highest moment
//   leaks(account)   = sum of net over [a, b), and the crossings with birth < a and a <= death < b
//   allocated, temporary(account) = sums over [a, b); a temporary block counts where it was freed, so a span may have one that was
//                                   born just before it
//
// Accounts are of the interpreter's start or of the program (eras.ts). What the program added is the sum over its own accounts, and
// what was there before it over the others: at every moment, end = base + own. Its peak is where its own sum was highest, with the
// row's own peak.

import type { HeapStats } from "../alloc/stats.js";
import type { CollectionPoint } from "../trace/collections.js";
import type { TraceFunction } from "../trace/format.js";

/** Values of a row, in this order. Bytes and counts of blocks; `net` and the peaks are relative to the bucket's beginning. */
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

/** A stretch of time: its figures. Times are microseconds from the start of the recording. */
export interface Bucket {
  /** Its begin; it ends where the next one begins. */
  readonly time: number;
  /** When its last event was, or the one before it: from then on nothing happened until it ended. */
  readonly last: number;
  /** By which the highest moments of buckets are compared: bytes; of samples, whose bytes are estimates, how much more was live than in the beginning. */
  readonly rank: number;
  readonly ownRank: number;
  /** The highest moment of what was live. */
  readonly peakBytes: number;
  readonly peakBlocks: number;
  readonly peakTime: number;
  /** The highest moment of what the program added to what was there before it, or the interpreter's start to nothing. */
  readonly ownPeakBytes: number;
  readonly ownPeakBlocks: number;
  readonly ownPeakTime: number;
  readonly endBytes: number;
  readonly endBlocks: number;
  /** Of what is live at its end, what was there before the program. */
  readonly base: number;
  readonly baseBlocks: number;
  readonly reserved: number;
}

export interface PageFunction extends TraceFunction {
  /** The interpreter called it before the program began. */
  readonly ofStart?: true;
}

/** What is known of a page's program. */
export interface PageHeader {
  readonly version: number;
  readonly command: readonly string[];
  /** When the recording began: ISO 8601. */
  readonly started: string;
  readonly python: string | null;
  /** Mean distance of samples in bytes; 0 if every allocation was recorded. */
  readonly sample: number;
  /** Why not all of the trace could be read. */
  readonly problem: string | null;
  /** The trace has totals only: there are no spans and no blocks, and what the interpreter's start has left is one figure, in bytes; 0 if there is none. */
  readonly totals?: { readonly start: number };
  readonly events: number;
  /** Microseconds from the start to the end of what is shown. */
  readonly duration: number;
  /** Stacks before small ones were put together. */
  readonly stacks: number;
  /** The bucket that the program begins with; 0 if nothing of the interpreter's start was recorded. */
  readonly program: number;
  /** When that was, in microseconds. */
  readonly programTime: number;
  /** Accounts below this number are of the interpreter's start. */
  readonly startAccounts: number;
  readonly collections: readonly CollectionPoint[];
  readonly functions: readonly PageFunction[];
  /** By file and line, the source lines that stand on stacks and those around them, as far as they are known. */
  readonly sources?: Readonly<Record<string, Readonly<Record<number, string>>>>;
  /** The heap's own statistics, where the page is of a running program. */
  readonly stats: HeapStats | null;
}

/** Stacks: node k's caller, function and line. Node 0 is the root; a caller's number is lower. */
export interface PageNodes {
  readonly parents: Uint32Array;
  readonly functions: Uint32Array;
  readonly lines: Uint32Array;
}

/** Accounts: a stack, a domain and a size class each; and an era, which their order tells. */
export interface PageAccounts {
  readonly nodes: Uint32Array;
  readonly domains: Uint32Array;
  readonly sizeClasses: Uint32Array;
}

export interface PageRows {
  readonly accounts: Uint32Array;
  readonly buckets: Uint32Array;
  /** ROW_VALUES to a row. */
  readonly values: Float64Array;
}

export interface PageCrossings {
  readonly accounts: Uint32Array;
  readonly births: Uint32Array;
  readonly deaths: Uint32Array;
  readonly bytes: Float64Array;
  readonly counts: Float64Array;
}

/** Blocks by address, and by time where several had one: those that are live at one of the moments at least. */
export interface PageBlocks {
  /** The moments that the heap map can show: what was live from then until then, in microseconds. The last is the end. */
  readonly froms: Float64Array;
  readonly untils: Float64Array;
  /** The page has one in `step` blocks: 1, or more if there are too many blocks. */
  readonly step: number;
  readonly addresses: Float64Array;
  readonly sizes: Uint32Array;
  readonly accounts: Uint32Array;
  /** Buckets that they were born in. */
  readonly births: Uint32Array;
  /** Indexes of the moments that they are live at, the first and the last. */
  readonly firsts: Uint32Array;
  readonly lasts: Uint32Array;
}

/** Pools by address, and for each which of its blocks are in use: a bit each, from `bitsAt` on. */
export interface PagePools {
  readonly addresses: Float64Array;
  readonly sizes: Uint32Array;
  /** Bytes of a block; 0 for a pool that no size class uses. */
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

export const PAGE_VERSION = 5;
