// What the main thread and the thread that Python lives in say to each other.

import type { HeapShape } from "../page/heap-shape.js";
import type { Program, PythonAllocator, RunResult } from "../report/run-result.js";

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
  /** The program is shown on the terminal that it writes to. */
  readonly isOnScreen: boolean;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The interrupt, and standard input: shared.ts says what stands where. */
  readonly shared: SharedArrayBuffer;
}

/** What the thread says. */
export type WorkerMessage =
  | { readonly kind: "started" }
  | { readonly kind: "read" }
  | { readonly kind: "trace"; readonly bytes: Uint8Array }
  | { readonly kind: "heap"; readonly shape: HeapShape }
  /** Without a result, there is nothing to report. */
  | { readonly kind: "done"; readonly exitCode: number; readonly result: RunResult | undefined };
