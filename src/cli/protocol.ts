// The messages between the main thread and the thread in which Python runs.

import type { HeapShape } from "../page/heap-shape.js";
import type { Program, PythonAllocator, RunResult } from "../report/run-result.js";
import type { NoMemory } from "./dump.js";
import type { Wanted } from "./packages/provider.js";
import type { Place } from "./places.js";
import type { VirtualEnvironment } from "./virtual-environment.js";

export interface TraceRequest {
  readonly file: string;
  /** A descriptor of the file, which is open and empty. */
  readonly fd: number;
  /** Mean distance between samples in bytes; undefined: everything is recorded. */
  readonly sample: number | undefined;
  readonly aggregate: boolean;
  /** The interpreter's start is recorded as well, and not only its sums. Of a sampled recording it always is. */
  readonly withStart: boolean;
  /** Where the recording is copied to when memory runs out; undefined: nowhere. */
  readonly dump: string | undefined;
}

/** What there is of packages. */
export interface PackageRequest {
  /** Modules that can be had. */
  readonly offered: readonly string[];
  /** Folders of packages that are there already. */
  readonly folders: readonly string[];
}

/** A heap snapshot is wanted when the program has ended. */
export interface SnapshotRequest {
  readonly file: string;
  /** It is open, and empty. */
  readonly fd: number;
}

/** The request that the main thread sends, once. */
export interface RunRequest {
  readonly program: Program;
  readonly allocator: PythonAllocator;
  readonly limit: number | undefined;
  readonly softLimit: number | undefined;
  readonly debugHooks: boolean;
  /** What to record, and where to. */
  readonly trace: TraceRequest | undefined;
  readonly snapshot: SnapshotRequest | undefined;
  /** Whether the main thread gets the recording, and the heap's layout, while the program runs. */
  readonly live: boolean;
  /** Whether a live view is drawn on the terminal that the program writes to. */
  readonly isOnScreen: boolean;
  readonly folder: string;
  /** Folders that the program sees in other places. */
  readonly places: readonly Place[];
  /** Whether it sees nothing else. */
  readonly isSandboxed: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** The virtual environment whose packages the program sees. */
  readonly virtual: VirtualEnvironment | undefined;
  /** undefined: the program gets no packages. */
  readonly packages: PackageRequest | undefined;
  /** Memory for the interrupt, standard input and more: see shared.ts. */
  readonly shared: SharedArrayBuffer;
}

/** The messages of the thread. */
export type WorkerMessage =
  | { readonly kind: "started" }
  | { readonly kind: "read" }
  /** Packages are asked for. The thread waits for an answer of type Provided[], by a message of its own. */
  | { readonly kind: "provide"; readonly wanted: readonly Wanted[] }
  | { readonly kind: "trace"; readonly bytes: Uint8Array }
  | { readonly kind: "heap"; readonly shape: HeapShape }
  /** No memory is left: sums that the main thread has are to be dumped. */
  | { readonly kind: "dump"; readonly noMemory: NoMemory }
  /** `result` is undefined if there is nothing to report. */
  | { readonly kind: "done"; readonly exitCode: number; readonly result: RunResult | undefined };
