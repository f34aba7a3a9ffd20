// What the main thread and the thread that Python lives in say to each other.

import type { LeakReport } from "../hosts/c/leaks.js";
import type { HeapShape } from "../page/heap-shape.js";
import type { MeasureRun } from "../pressure/events.js";
import type { HeapStats } from "../stats.js";

export const ALLOCATORS = ["pyheap", "malloc", "mimalloc"] as const;
/** Ours, or one of stock CPython's. */
export type PythonAllocator = (typeof ALLOCATORS)[number];

/** A file, the text after -c, the name after -m, or a module in C. */
export interface Program {
  readonly kind: "script" | "code" | "module" | "wasm";
  readonly target: string;
  readonly args: readonly string[];
}

export interface TraceRequest {
  readonly file: string;
  /** It is open, and empty. */
  readonly fd: number;
  /** Mean distance between samples in bytes; undefined: everything is recorded. */
  readonly sample: number | undefined;
  readonly aggregate: boolean;
}

/** What the main thread asks for, once. */
export interface RunRequest {
  readonly program: Program;
  readonly allocator: PythonAllocator;
  readonly limit: number | undefined;
  readonly softLimit: number | undefined;
  readonly debugHooks: boolean;
  /** What is recorded, and where to. */
  readonly trace: TraceRequest | undefined;
  /** The recording, and what the heap looks like, are told to the main thread while the program runs. */
  readonly live: boolean;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The interrupt, and standard input: shared.ts says what stands where. */
  readonly shared: SharedArrayBuffer;
}

/** What is known of a program that has run: plain data, all sizes in bytes. */
export interface RunResult {
  readonly program: Program;
  readonly allocator: PythonAllocator;
  readonly limit: number | undefined;
  readonly exitCode: number;
  readonly startupSeconds: number;
  readonly seconds: number;
  readonly memoryBytes: number;
  /** Highest program break above the static data, and the break at the end. */
  readonly peakBytes: number;
  readonly platformBytes: number;
  /** In use and free in the host's malloc, headers included. */
  readonly hostUsed: number;
  readonly hostFree: number;
  /** The heap's statistics; undefined for a stock allocator. */
  readonly stats: HeapStats | undefined;
  /** What was done about pressure, the oldest first. */
  readonly measures?: readonly MeasureRun[];
  /** What a module in C did not free; undefined for Python. */
  readonly leaks?: LeakReport;
}

/** What the thread says. */
export type WorkerMessage =
  | { readonly kind: "started" }
  | { readonly kind: "read" }
  | { readonly kind: "trace"; readonly bytes: Uint8Array }
  | { readonly kind: "heap"; readonly shape: HeapShape }
  /** Without a result, there is nothing to report. */
  | { readonly kind: "done"; readonly exitCode: number; readonly result: RunResult | undefined };
