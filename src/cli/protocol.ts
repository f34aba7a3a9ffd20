// The messages between the main thread and the thread in which Python, or a module in C, runs.

import type { HeapShape } from "../page/heap-shape.js";
import type { Metric } from "../profiles/metrics.js";
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
  /** Whether the interpreter's start is recorded with its events, and not only as sums. */
  readonly withStart: boolean;
  /** Whether the types of objects are recorded. */
  readonly types: boolean;
  /** The file of the dump: when an allocation first finds no memory, it gets what was recorded until then. undefined: there is no dump. */
  readonly dump: string | undefined;
}

/** The packages that the program can import. */
export interface PackageRequest {
  /** Modules that packages offer. */
  readonly offered: readonly string[];
  /** Folders of the packages that are already unpacked. */
  readonly folders: readonly string[];
}

/** The heap snapshots of a run (run-snapshots.ts). */
export interface SnapshotRequest {
  readonly file: string;
  /**
   * The snapshot at the program's end is written to this descriptor. Its file is open and empty, and gets the name `file` when it is whole.
   * undefined: no snapshot is taken at the end.
   */
  readonly fd: number | undefined;
  /** Whether the file is written when an allocation first finds no memory. */
  readonly onMemoryError: boolean;
  /** Milliseconds between two numbered snapshots; undefined: they are taken only when the user asks for one. */
  readonly every: number | undefined;
  /** How many numbered files stay. */
  readonly keep: number;
  /** Whether files are overwritten, whatever they are. */
  readonly force: boolean;
}

export interface ImageRequest {
  readonly file: string;
  /** Whether Python starts without the image if it can't be used. */
  readonly isOptional: boolean;
  /** The SHA-256 of an image that somebody else made, and that the user trusts. */
  readonly trusted: string | undefined;
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
  /**
   * Set if the main thread serves profiles and metrics: it then gets the recording and the heap's metrics. `sample` is the mean distance
   * between samples, in bytes, of a recording that is neither written to a file nor shown.
   */
  readonly served: { readonly sample: number } | undefined;
  /** Whether a live view is drawn on the terminal that the program writes to. */
  readonly isOnScreen: boolean;
  readonly folder: string;
  /** The folders that the options --mount and --sandbox show to the program. */
  readonly places: readonly Place[];
  /** Whether the program sees only these folders. */
  readonly isSandboxed: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** The virtual environment whose packages the program sees. */
  readonly virtual: VirtualEnvironment | undefined;
  /** The folder of the Pyodide to run with; undefined: the one that comes with pyheap. */
  readonly pyodide: string | undefined;
  /** The image that the user named. */
  readonly image: ImageRequest | undefined;
  /** The folder in which the command keeps images of the interpreter; undefined: no kept image is used. */
  readonly images: string | undefined;
  /** undefined: the program gets no packages. */
  readonly packages: PackageRequest | undefined;
  /** Memory for the interrupt, standard input and more: see shared.ts. */
  readonly shared: SharedArrayBuffer;
}

/** The messages of the thread. */
export type WorkerMessage =
  /** Python has started, and the program begins. */
  | { readonly kind: "started" }
  /** The program waits for bytes of standard input. */
  | { readonly kind: "read" }
  /** The thread asks for packages, and waits for the main thread's answer, a message with Provided[]. */
  | { readonly kind: "provide"; readonly wanted: readonly Wanted[] }
  | { readonly kind: "trace"; readonly bytes: Uint8Array }
  | { readonly kind: "heap"; readonly shape: HeapShape }
  | { readonly kind: "metrics"; readonly metrics: readonly Metric[] }
  /** A numbered snapshot was taken, or there was a problem. */
  | { readonly kind: "snapshot"; readonly file: string; readonly problem?: string }
  /** An allocation found no memory, and only sums are recorded: the main thread has them, and has to write the dump. */
  | { readonly kind: "dump"; readonly noMemory: NoMemory }
  /** `result` is undefined if there is nothing to report. `ownBytes`: what was live at the end only because the end was noticed. `hasSnapshot`: the file that --snapshot names was written. */
  | {
      readonly kind: "done";
      readonly exitCode: number;
      readonly result: RunResult | undefined;
      readonly hasSnapshot?: boolean;
      readonly ownBytes?: number;
    };
