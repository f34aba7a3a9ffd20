// Python on the heap: CPython from the npm package `pyodide`, with our heap under it from its first allocation on.

import type { PyodideAPI } from "pyodide";
import type { FaultHandler } from "../../alloc/debug-hooks.js";
import { coreModule } from "../../core/core.js";
import type { ImageSource } from "../../image/stream.js";
import type { Clock } from "../../pressure/books.js";
import type { Policy } from "../../pressure/policy.js";
import type { StartTally } from "../../trace/start-tally.js";
import { CallbackGuard } from "./callback-guard.js";
import { linkerOf } from "./emscripten-module.js";
import { writeFiles } from "./image-files.js";
import { dropValues, sitePackagesOf } from "./kept-code.js";
import { LibraryWatch } from "./library-watch.js";
import type { LinkedLibraries } from "./linked-libraries.js";
import { noteFactory, showFactory } from "./module-factory.js";
import { guardNests } from "./nest-guard.js";
import { ProxyWatch, type WatchedModule } from "./proxies.js";
import { exportsOfRunning, type PyodideExports } from "./pyodide-module.js";
import { refuseSnapshots, refuseSnapshotsOf } from "./pyodide-snapshots.js";
import { PythonHeap } from "./python-heap.js";
import { captureImage, type ImageSubject, OPTIONS_FOR_IMAGE, PythonImage } from "./python-image.js";
import { bridgeTo, installPythonModule, writePythonFiles } from "./python-module.js";
import { environmentOf, renew } from "./renewed.js";
import { KNOWN_PYODIDES, KNOWN_VERSIONS } from "./versions/versions.js";
import { type LoadWatch, watchInstantiation } from "./watched-load.js";

export { EDGE, FLAG, NODE, type ObjectGraph } from "../../snapshot/graph.js";
export type { SnapshotOptions, SnapshotSummary } from "../../snapshot/take.js";
export type { PythonFrame } from "./frame-reader.js";
export type { PythonImageInfo } from "./image/format.js";
export { LiveProxies, type LiveProxy, type ProxyGroup } from "./live-proxies.js";
export { SnapshotError } from "./pyodide-snapshots.js";
export { PythonHeap, type PythonHeapOptions } from "./python-heap.js";
export { PythonImage } from "./python-image.js";
export { PythonStack } from "./python-stack.js";

type LoadPyodide = typeof import("pyodide").loadPyodide;
export type PyodideOptions = NonNullable<Parameters<LoadPyodide>[0]>;

export interface LoadPythonOptions {
  /** Options of `loadPyodide`: indexURL, env, stdin, packages, ... */
  readonly pyodide?: PyodideOptions;
  /** The function that loads Pyodide, for example one from a CDN; the default is that of the npm package. */
  readonly loadPyodide?: LoadPyodide;
  /** Hard limit, in bytes, on the memory that Python's memory manager takes. Beyond it Python gets MemoryError. */
  readonly limit?: number;
  /**
   * Measures run when more than this many bytes are taken; the first is a full collection between two bytecodes. The
   * default is seven eighths of the limit.
   */
  readonly softLimit?: number;
  /** What to do about pressure; false: the heap does nothing by itself. */
  readonly policy?: Policy | false;
  /** A clock in milliseconds that times the measures against pressure; the default is performance.now. */
  readonly clock?: Clock;
  /** Whether to check every block: overflows, double frees and so on are reported with the Python file and line. */
  readonly debugHooks?: boolean;
  /**
   * Whether modules in C (packages such as numpy) get their memory through the heap, so that it is counted by module, limited and
   * recorded; the default is true.
   */
  readonly native?: boolean;
  /** What to do about a fault that the debug hooks find; the default throws. */
  readonly onFault?: FaultHandler;
  /**
   * Gets a line of text about each feature that works only in part with this interpreter; the default writes it to the
   * console.
   */
  readonly onWarning?: (text: string) => void;
  /**
   * Whether a heap snapshot has the JavaScript stack of the creation of each PyProxy. Each proxy then takes some
   * microseconds longer to make, and up to a few kilobytes; the default is false.
   */
  readonly proxyStacks?: boolean;
  /** An image that createImage made. The interpreter continues from it, with its memory, modules and objects. */
  readonly image?: ImageSource | PythonImage;
  /** Called with the heap when it is in place, before Python starts: it can start a trace of Python's own start. */
  readonly onAttach?: (heap: PythonHeap) => void;
}

export interface CreateImageOptions extends Pick<LoadPythonOptions, "pyodide" | "loadPyodide" | "onWarning"> {
  /** Called with the interpreter before its image is made, to run Python code in it, for example imports. */
  readonly prepare?: (pyodide: PyodideAPI) => void | Promise<void>;
  /** Whether the image is compressed. It is then smaller (about 40 percent of the size), and loads more slowly. */
  readonly compress?: boolean;
  /**
   * Called after `prepare`. Returns folders of the machine that programs from the image need as well, because modules were imported from
   * there; the image names them (`info.needs`).
   */
  readonly needs?: () => readonly string[];
}

interface Loaded extends Python, Omit<ImageSubject, "libraries"> {
  readonly guard: CallbackGuard;
}

export interface Python {
  readonly pyodide: PyodideAPI;
  readonly heap: PythonHeap;
  /** What the interpreter's module exports. */
  readonly exports: PyodideExports;
}

/**
 * Loads CPython with its raw, mem and object domains on one of our heaps, from its first allocation on; or continues
 * from an image of an interpreter. Throws SnapshotError, before anything is loaded, if `pyodide` asks for a memory
 * snapshot; and ImageError if the image cannot be loaded.
 */
export async function loadPython(options: LoadPythonOptions = {}): Promise<Python> {
  refuseSnapshots(options.pyodide ?? {});
  const { image } = options;
  const python =
    image === undefined
      ? await begin(options)
      : await resume(options, image instanceof PythonImage ? image : await PythonImage.from(image));
  python.guard.arm(python.pyodide);
  if (image !== undefined) dropValues(python.pyodide);
  python.heap.proxyWatch?.beginProgram();
  return python;
}

async function begin(options: LoadPythonOptions): Promise<Loaded> {
  const module = await coreModule();
  const place = (exports: PyodideExports) => PythonHeap.attachAt(module, exports, options);
  return load(options, options.pyodide ?? {}, place);
}

async function resume(options: LoadPythonOptions, image: PythonImage): Promise<Loaded> {
  const [module, libraries] = await Promise.all([coreModule(), image.libraries()]);
  let linked: LinkedLibraries | undefined;
  let bridge: object | undefined;
  let files: PyodideAPI["FS"] | undefined;
  let environment: Map<string, string> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const proceed = () => {
    if (failure) throw failure.error;
  };
  const resumed = image.optionsFor(() => bridge ?? {}, proceed);
  const place = (exports: PyodideExports) => {
    environment = environmentOf(exports);
    image.putInto(exports);
    const heap = PythonHeap.resumeAt(module, exports, image.metadata, options);
    linked = image.link(exports, libraries);
    bridge = bridgeTo(heap, () => files as PyodideAPI["FS"]);
    return heap;
  };
  const stop = (error: unknown) => {
    failure = { error };
  };
  const loaded = (pyodide: PyodideAPI) => linked?.connect(linkerOf(pyodide));
  const python = await load(options, { ...options.pyodide, ...resumed }, place, { isLate: true, stop, loaded });
  files = python.pyodide.FS;
  writeFiles(python.pyodide, image.files);
  Object.assign(python.pyodide.loadedPackages, image.metadata.packages);
  if (environment) renew(python.pyodide, python.exports, environment);
  return python;
}

/** The function that loads the program's package `pyodide`. */
async function installedPyodide(): Promise<LoadPyodide> {
  try {
    return (await import("pyodide")).loadPyodide;
  } catch (cause) {
    throw new Error(
      `Cannot load Python: the package pyodide can't be imported (npm install pyodide; pyheap works with ${KNOWN_PYODIDES}), and no loadPyodide was given`,
      { cause },
    );
  }
}

/** Loads Pyodide, with the heap that `place` returns. */
async function load(
  options: LoadPythonOptions,
  pyodideOptions: PyodideOptions,
  place: (exports: PyodideExports) => PythonHeap,
  how: Omit<LoadWatch, "guard"> = {},
): Promise<Loaded> {
  const loadPyodide = options.loadPyodide ?? (await installedPyodide());
  let attached: { heap: PythonHeap; exports: PyodideExports } | undefined;
  const ready = (exports: PyodideExports) => {
    attached = { exports, heap: place(exports) };
    warnOf(attached.heap, options);
    options.onAttach?.(attached.heap);
  };
  const guard = new CallbackGuard();
  const pyodide = await loadWatched(loadPyodide, pyodideOptions, ready, { ...how, guard });
  if (!attached)
    throw new Error("Cannot attach: Pyodide started, but the constructors of its module were not seen to run");
  const bridge = bridgeTo(attached.heap, () => pyodide.FS);
  watchProxies(pyodide, attached.heap, options);
  attached.heap.linker = linkerOf(pyodide);
  installPythonModule(pyodide, attached.heap, bridge, options.image !== undefined);
  return { pyodide, ...attached, bridge, guard };
}

/** Loads an interpreter, and makes its image. */
export async function createImage(options: CreateImageOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  refuseSnapshots(options.pyodide ?? {});
  const { pyodide, compress = false, prepare, needs = () => [] } = options;
  const module = await coreModule();
  let tally: StartTally | undefined;
  const place = (exports: PyodideExports) => {
    const heap = PythonHeap.attachAt(module, exports, { native: false });
    tally = heap.tallyStart();
    return heap;
  };
  const libraries = LibraryWatch.begin();
  try {
    const python = await load(options, { ...pyodide, ...OPTIONS_FOR_IMAGE }, place, { isLate: true });
    await prepare?.(python.pyodide);
    if (!tally) throw new Error("Cannot make an image of Python: its heap was not counted");
    return await captureImage({ ...python, libraries }, tally, { isCompressed: compress, needs: needs() });
  } finally {
    libraries.end();
  }
}

/**
 * Loads Pyodide, writes the package pyheap into its files, and lets it free nests of any depth. Passes the exports of its module to
 * `ready` after the memory exists, and before Python starts; if `how.isLate`, at the last moment before Python starts. Throws if this
 * Pyodide does not know the option fsInit.
 */
export async function loadWatched(
  load: LoadPyodide,
  options: PyodideOptions,
  ready: (exports: PyodideExports) => void,
  how: LoadWatch = {},
): Promise<PyodideAPI> {
  const { fsInit } = options;
  let isPrepared = false;
  const begin = async (filesBegin: () => void) => {
    showFactory(load);
    const pyodide = await load({
      ...options,
      fsInit: async (FS, info) => {
        isPrepared = true;
        filesBegin();
        writePythonFiles(FS, info.sitePackages);
        await fsInit?.(FS, info);
      },
    });
    if (isPrepared) return pyodide;
    throw new Error(
      `Cannot use Pyodide ${pyodide.version}: it does not know the option fsInit. A heap needs Pyodide ${KNOWN_PYODIDES}`,
    );
  };
  let python: PyodideExports | undefined;
  const found = (exports: PyodideExports) => {
    noteFactory(load);
    python = exports;
    ready(exports);
  };
  const pyodide = await watchInstantiation(found, begin, how);
  how.loaded?.(pyodide);
  if (python) guardNests(python);
  return pyodide;
}

/**
 * Puts a heap under an interpreter that is already running. Blocks that it allocated before stay where they are, and
 * are freed by their own allocator; later blocks are on the heap. Throws SnapshotError if the interpreter was started
 * to make a snapshot.
 */
export async function attach(
  pyodide: PyodideAPI,
  options: Omit<LoadPythonOptions, "pyodide" | "loadPyodide" | "onAttach"> = {},
): Promise<PythonHeap> {
  refuseSnapshotsOf(pyodide);
  const exports = exportsOfRunning(pyodide);
  const heap = await PythonHeap.attach(exports, options);
  guardNests(exports);
  warnOf(heap, options);
  watchProxies(pyodide, heap, options);
  heap.linker = linkerOf(pyodide);
  writePythonFiles(pyodide.FS, sitePackagesOf(pyodide));
  installPythonModule(
    pyodide,
    heap,
    bridgeTo(heap, () => pyodide.FS),
    false,
  );
  heap.proxyWatch?.beginProgram();
  return heap;
}

/** From now on notes which Python objects JavaScript gets and holds, so that the heap's snapshots can show it. */
function watchProxies(pyodide: PyodideAPI, heap: PythonHeap, { proxyStacks = false }: LoadPythonOptions): void {
  const { _module: module } = pyodide as unknown as { readonly _module: WatchedModule };
  heap.proxyWatch = new ProxyWatch(module, proxyStacks);
}

/** Warns about features that do not work with an interpreter: stacks, if their place in its memory is not known. */
function warnOf({ stack }: PythonHeap, { onWarning = console.warn }: LoadPythonOptions): void {
  if (stack.isReadable) return;
  onWarning(
    `pyheap: no Python stacks in recordings and faults: pyheap does not know where CPython ${stack.version} has them (it knows ${KNOWN_VERSIONS}); the heap itself works`,
  );
}
