// The trace file, as constants and types: docs/trace-format.md has the pictures.
//
//   file   = MAGIC, version (u32), block, block, ...
//   block  = kind (u8), 0 (three bytes), length (u32), CRC-32 (u32) of these eight bytes and the content, content
//
// All numbers are little-endian. A reader skips blocks of a kind that it does not know, and refuses a version above its
// own. The encoding of events is defined in core/trace/events.ts.

import * as C from "../core/constants.gen.js";

/**
 * The first bytes of every trace: a byte that occurs in no text, a name, and a line end that a transfer as text would
 * change.
 */
export const MAGIC: readonly number[] = [0x89, 0x70, 0x79, 0x68, 0x65, 0x61, 0x70, 0x0a];
export const TRACE_VERSION = 5;
/** The versions of a recording that has no sums, which older readers can read: with types, and without. */
export const TRACE_VERSION_WITH_TYPES = 4;
export const TRACE_VERSION_WITHOUT_TYPES = 3;
/** The number of bytes before the first block, and before the content of each block. */
export const FILE_HEADER = 12;
export const BLOCK_HEADER = 12;
/** The limit for the length of a block's content. */
export const MOST_BLOCK_BYTES = 64 * 2 ** 20;

export const BLOCK = {
  /** JSON, a TraceMetadata. The first block. Added in version 1. */
  metadata: 1,
  /** Functions, in the order of their numbers, which continue from block to block. Added in version 1. */
  functions: 2,
  /** Events, encoded as EVENT says. Added in version 1. */
  events: 3,
  /** The totals of an aggregated trace in version 1, which is not read any more. */
  oldTotals: 4,
  /** JSON, a TraceEnd. The last block of a recording that was ended properly. Added in version 1. */
  end: 5,
  /**
   * Collections that have ended, each as four numbers: the fields of TraceCollection. Added in version 1, later than
   * the others; older readers skip it.
   */
  collections: 6,
  /** The totals of an aggregated trace of samples, as totals.ts describes. Added in version 2. */
  totals: 7,
  /** The blocks and sums of the interpreter's start, as base.ts encodes them. Added in version 3. */
  base: 8,
  /** The sums of an aggregated recording that was not ended, in versions 3 and 4, which are not read any more. */
  oldSums: 9,
  /**
   * Names of types. Types and functions are numbered in one sequence, as they occur in the file. Added in version 4.
   */
  types: 10,
  /** The sums of an aggregated recording of all events, as sums-content.ts encodes them. Added in version 5. */
  sums: 11,
} as const;

/** The two highest bits of an event's first byte. core/trace/events.ts writes what follows. */
export const EVENT = { free: 0, allocate: 1, resize: 2, other: 3 } as const;
/** The first bytes of records other than events. */
export const OTHER = {
  /** Microseconds since the last such record (number). */
  time: C.TRACE_TIME,
  /** A new stack: its number minus its caller's, its function, its line (three numbers). */
  node: C.TRACE_NODE,
  /** What the platform has given, in units of 64 KiB (number). */
  reserved: C.TRACE_RESERVED,
  /** The interpreter has started; what follows is the program's own. */
  program: 0xc3,
  /** The number of blocks that were allocated, but not sampled (number). Added in version 2. */
  others: C.TRACE_OTHERS,
  /** The change of what is live since the last such record, in units of 8 bytes (zigzag). Added in version 2. */
  live: C.TRACE_LIVE,
} as const;
/** The lengths of the tables of addresses and of sites. */
export const SLOTS = C.TRACE_SLOTS;
export const RESERVED_UNIT = 2 ** C.TRACE_RESERVED_SHIFT;
/**
 * How many earlier events an event can refer to, to use their address: `free` for a free or a resize, `allocate` for an
 * allocation.
 */
export const NEAR = { free: C.TRACE_FREE_NEAR, allocate: C.TRACE_ALLOCATE_NEAR } as const;
/** The parts of a site's tag: the domain, and whether the block was cleared. */
export const TAG = { domain: C.DOMAINS - 1, cleared: C.TRACE_CLEARED } as const;

/** The content of the first block. */
export interface TraceMetadata {
  /** The program, as the words of a command line. */
  readonly command: readonly string[];
  /** The time when the recording began: ISO 8601. */
  readonly started: string;
  /** The language of the functions on the stacks. */
  readonly stacks: "python" | "javascript";
  /** Python's version: "3.14.2". Absent if there is no Python. */
  readonly python?: string;
  /** The mean distance between samples, in bytes; 0 if every allocation was recorded. */
  readonly sample: number;
  /** Whether the trace has totals instead of events. */
  readonly aggregated?: boolean;
  /** Whether the innermost node of an object's stack is the object's type. Added in version 4. */
  readonly types?: boolean;
}

/** A run of the cycle collector. */
export interface TraceCollection {
  /** Microseconds from the start of the recording to the beginning of the collection. */
  readonly time: number;
  readonly generation: number;
  /** Its duration, in microseconds. */
  readonly duration: number;
  /** The number of unreachable objects that it found. */
  readonly collected: number;
}

/** The content of the last block. */
export interface TraceEnd {
  /** Microseconds from the start to the end of the recording. */
  readonly duration: number;
  /** The number of stacks that were cut because there was no memory to record them. */
  readonly cutStacks: number;
  /** The number of events; only in an aggregated trace. */
  readonly events?: number;
}

/** A function on a stack; or a type: that of the object that was allocated, as the innermost frame, at line 0. */
export interface TraceFunction {
  /** Qualified name: `Parser.expect`, `<module>`. */
  readonly name: string;
  readonly file: string;
  /** The first line of its definition; 0 if it is not known. */
  readonly firstLine: number;
  /** Whether this is a type; its name has the module in it, and it has no file. */
  readonly isType?: true;
}

/** A type in the form of a function, as a stack has it. */
export const typeFunction = (name: string): TraceFunction => ({ name, file: "", firstLine: 0, isType: true });
