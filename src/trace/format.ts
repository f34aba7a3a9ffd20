// The trace file, as constants and types: docs/trace-format.md has the pictures. Nothing else is here.
//
//   file   = MAGIC, version (u32), block, block, ...
//   block  = kind (u8), 0 (three bytes), length (u32), CRC-32 (u32) of these eight bytes and the content, content
//
// All numbers are little-endian. A reader skips blocks of a kind that it does not know, and refuses a version that is
// higher than its own. What events are told by is the core's (core/trace/events.ts).

import * as C from "../core/constants.gen.js";

/** First bytes of every trace: a byte that no text has, a name, and a line end that a transfer as text would change. */
export const MAGIC: readonly number[] = [0x89, 0x70, 0x79, 0x68, 0x65, 0x61, 0x70, 0x0a];
export const TRACE_VERSION = 2;
/** Bytes before the first block, and before the content of each. */
export const FILE_HEADER = 12;
export const BLOCK_HEADER = 12;
/** No block's content is longer. */
export const MOST_BLOCK_BYTES = 64 * 2 ** 20;

export const BLOCK = {
  /** JSON, a TraceMetadata. The first block. Added in version 1. */
  metadata: 1,
  /** Functions, in the order of their numbers, from the one after the last of the block before. Added in version 1. */
  functions: 2,
  /** Events: EVENT says how they are told. Added in version 1. */
  events: 3,
  /** What was left of the events of an aggregated trace in version 1, which is not read any more. */
  oldTotals: 4,
  /** JSON, a TraceEnd. The last block of a recording that was ended in order. Added in version 1. */
  end: 5,
  /** Collections that have ended, each as four numbers: the fields of TraceCollection. Readers before it skip it. Added in version 1, later. */
  collections: 6,
  /** What is left of the events of an aggregated trace: totals.ts says how it is told. Added in version 2. */
  totals: 7,
} as const;

/** The two highest bits of an event's first byte. core/trace/events.ts writes what follows. */
export const EVENT = { free: 0, allocate: 1, resize: 2, other: 3 } as const;
/** First bytes of what is not an event. */
export const OTHER = {
  /** Microseconds since the mark before (number). */
  time: C.TRACE_TIME,
  /** A new stack: its number less its caller's, function, line (three numbers). */
  node: C.TRACE_NODE,
  /** What the platform gave, in units of 64 KiB (number). */
  reserved: C.TRACE_RESERVED,
  /** The interpreter has started; what follows is the program's own. */
  program: 0xc3,
  /** So many blocks came to life that were not sampled (number). Added in version 2. */
  others: C.TRACE_OTHERS,
  /** What is live, less what was when it was told last, in units of 8 bytes (zigzag). Added in version 2. */
  live: C.TRACE_LIVE,
} as const;
/** Lengths of the tables of addresses and of sites. */
export const SLOTS = C.TRACE_SLOTS;
export const RESERVED_UNIT = 2 ** C.TRACE_RESERVED_SHIFT;
/** A free or resize tells an address by how many events ago it was, up to this many; an allocation, up to the second. */
export const NEAR = { free: C.TRACE_FREE_NEAR, allocate: C.TRACE_ALLOCATE_NEAR } as const;
/** In a site's tag: the domain, and whether the block was cleared. */
export const TAG = { domain: C.DOMAINS - 1, cleared: C.TRACE_CLEARED } as const;

/** What the first block says. */
export interface TraceMetadata {
  /** The program, as words of a command line. */
  readonly command: readonly string[];
  /** When the recording began: ISO 8601. */
  readonly started: string;
  /** What stacks are made of. */
  readonly stacks: "python" | "javascript";
  /** Python's version: "3.14.2". Absent where there is no Python. */
  readonly python?: string;
  /** Mean distance between samples, in bytes; 0 if every allocation was recorded. */
  readonly sample: number;
  /** The trace has totals instead of events. */
  readonly aggregated?: boolean;
}

/** A run of the cycle collector. */
export interface TraceCollection {
  /** Microseconds from the start of the recording to its begin. */
  readonly time: number;
  readonly generation: number;
  /** How long it took, in microseconds. */
  readonly duration: number;
  /** Unreachable objects that were found. */
  readonly collected: number;
}

/** What the last block says. */
export interface TraceEnd {
  /** Microseconds from the start to the end of the recording. */
  readonly duration: number;
  /** Stacks that were cut short because there was no memory to record them. */
  readonly cutStacks: number;
  /** How many events there were, of an aggregated trace. */
  readonly events?: number;
}

/** A function that stands on a stack. */
export interface TraceFunction {
  /** Qualified name: `Parser.expect`, `<module>`. */
  readonly name: string;
  readonly file: string;
  /** The line at which its definition begins; 0 if that is not known. */
  readonly firstLine: number;
}
