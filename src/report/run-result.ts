// The result of a run, from which its report is made.

import type { HeapStats } from "../alloc/stats.js";
import type { LeakReport } from "../hosts/c/leaks.js";
import type { MeasureRun } from "../pressure/events.js";

export const ALLOCATORS = ["pyheap", "malloc", "mimalloc"] as const;
/** pyheap, or one of stock CPython's allocators. */
export type PythonAllocator = (typeof ALLOCATORS)[number];

/** The program: a file, the text after -c, the name after -m, or a module in C. */
export interface Program {
  readonly kind: "script" | "code" | "module" | "wasm";
  readonly target: string;
  readonly args: readonly string[];
}

/** What is known about a program that has run: plain data, all sizes in bytes. */
export interface RunResult {
  readonly program: Program;
  readonly allocator: PythonAllocator;
  readonly limit: number | undefined;
  readonly exitCode: number;
  readonly startupSeconds: number;
  readonly seconds: number;
  readonly memoryBytes: number;
  /** What the platform had given, above the static data, when the program began: what the interpreter's start took. */
  readonly startBytes: number;
  /** The highest program break above the static data, and the break at the end. */
  readonly peakBytes: number;
  readonly platformBytes: number;
  /** Bytes in use and free in the host's malloc, including headers. */
  readonly hostUsed: number;
  readonly hostFree: number;
  /** The heap's statistics; undefined for a stock allocator. */
  readonly stats: HeapStats | undefined;
  /** The measures against pressure, the oldest first. */
  readonly measures?: readonly MeasureRun[];
  /** The blocks that a module in C did not free; undefined for Python. */
  readonly leaks?: LeakReport;
}
