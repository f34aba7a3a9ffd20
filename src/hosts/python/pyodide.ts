// Python on the heap: CPython as the npm package `pyodide` has it, with our heap under it from its first allocation.

import type { PyodideAPI } from "pyodide";
import type { FaultHandler } from "../../alloc/debug-hooks.js";
import { coreModule } from "../../core/core.js";
import type { Clock } from "../../pressure/books.js";
import type { Policy } from "../../pressure/policy.js";
import { exportsOfRunning, type PyodideExports, watchInstantiation } from "./pyodide-module.js";
import { refuseSnapshots, refuseSnapshotsOf } from "./pyodide-snapshots.js";
import { PythonHeap } from "./python-heap.js";
import { installPythonModule, PYTHON_MODULE_SOURCE } from "./python-module.js";
import { KNOWN_VERSIONS } from "./versions/versions.js";

export { SnapshotError } from "./pyodide-snapshots.js";
export { PythonHeap, type PythonHeapOptions } from "./python-heap.js";
export type { PythonFrame } from "./python-stack.js";
export { PythonStack } from "./python-stack.js";

type LoadPyodide = typeof import("pyodide").loadPyodide;
export type PyodideOptions = NonNullable<Parameters<LoadPyodide>[0]>;

export interface LoadPythonOptions {
  /** Options of `loadPyodide`: indexURL, env, stdin, packages, ... */
  readonly pyodide?: PyodideOptions;
  /** The function to load Pyodide with, for one that does not come from the npm package: a CDN's, say. */
  readonly loadPyodide?: LoadPyodide;
  /** Hard limit, in bytes, of what Python's memory manager takes; past it Python sees MemoryError. */
  readonly limit?: number;
  /** Bytes past which measures run: a full collection between two bytecodes first. The default is seven eighths of the limit. */
  readonly softLimit?: number;
  /** What is done about pressure; false: nothing by itself. */
  readonly policy?: Policy | false;
  /** Milliseconds, by which measures against pressure are given time; the default is performance.now. */
  readonly clock?: Clock;
  /** Check every block: overflows, double frees and so on are reported with the Python file and line. */
  readonly debugHooks?: boolean;
  /** What is done about a fault that the debug hooks find; the default throws. */
  readonly onFault?: FaultHandler;
  /** Told, in one line, of what works only in part with this interpreter; the default writes it to the console. */
  readonly onWarning?: (text: string) => void;
  /** Called with the heap when it is in place and Python has not started: to trace Python's start as well. */
  readonly onAttach?: (heap: PythonHeap) => void;
}

export interface Python {
  readonly pyodide: PyodideAPI;
  readonly heap: PythonHeap;
  /** What the interpreter's module exports. */
  readonly exports: PyodideExports;
}

/**
 * Loads CPython with its raw, mem and object domains on a heap of ours, from its first allocation on. Throws SnapshotError, before anything
 * is loaded, if `pyodide` asks for a memory snapshot.
 */
export async function loadPython(options: LoadPythonOptions = {}): Promise<Python> {
  refuseSnapshots(options.pyodide ?? {});
  const { limit, softLimit, policy, clock, debugHooks, onFault } = options;
  const load = options.loadPyodide ?? (await import("pyodide")).loadPyodide;
  const module = await coreModule();
  let attached: { heap: PythonHeap; exports: PyodideExports } | undefined;
  const pyodide = await loadWatched(load, options.pyodide ?? {}, (exports) => {
    attached = {
      exports,
      heap: PythonHeap.attachAt(module, exports, { limit, softLimit, policy, clock, debugHooks, onFault }),
    };
    warnOf(attached.heap, options);
    options.onAttach?.(attached.heap);
  });
  if (!attached) throw new Error("Cannot attach: Pyodide started without its fsInit hook");
  installPythonModule(pyodide, attached.heap);
  return { pyodide, ...attached };
}

/**
 * Loads Pyodide as it is, and hands `ready` the exports of its module after the memory is there and before Python starts.
 */
export function loadWatched(
  load: LoadPyodide,
  options: PyodideOptions,
  ready: (exports: PyodideExports) => void,
): Promise<PyodideAPI> {
  const { fsInit } = options;
  return watchInstantiation(ready, (filesBegin) =>
    load({
      ...options,
      fsInit: async (FS, info) => {
        filesBegin();
        FS.writeFile(`${info.sitePackages}/pyheap.py`, PYTHON_MODULE_SOURCE);
        await fsInit?.(FS, info);
      },
    }),
  );
}

/**
 * Puts a heap under an interpreter that runs already. What it allocated before stays where it is and goes back to where
 * it came from; what it allocates from now on is on the heap. Throws SnapshotError if the interpreter is one to make a snapshot of.
 */
export async function attach(
  pyodide: PyodideAPI,
  options: Omit<LoadPythonOptions, "pyodide" | "loadPyodide" | "onAttach"> = {},
): Promise<PythonHeap> {
  refuseSnapshotsOf(pyodide);
  const heap = await PythonHeap.attach(exportsOfRunning(pyodide), options);
  warnOf(heap, options);
  const where = pyodide.runPython("import site; site.getsitepackages()[0]") as string;
  pyodide.FS.writeFile(`${where}/pyheap.py`, PYTHON_MODULE_SOURCE);
  installPythonModule(pyodide, heap);
  return heap;
}

/** Says what does not work with an interpreter: its stacks, if nobody knows where it has them. */
function warnOf({ stack }: PythonHeap, { onWarning = console.warn }: LoadPythonOptions): void {
  if (stack.isReadable) return;
  onWarning(
    `pyheap: no Python stacks in recordings and faults: where CPython ${stack.version} has them is not known (of ${KNOWN_VERSIONS} it is); the heap itself works`,
  );
}
