// Turns an interpreter into bytes, and back: an image has its memory, with our heap in it, and what Pyodide's
// JavaScript side has to know.
//
//   an interpreter is started, imports what it is asked to, is collected and made small
//        |  its memory without pages of zeros              Pyodide's list of the JavaScript objects that Python holds
//   image
//        |  a new instance of the same build, whose constructors have run: its memory is replaced, and the
//        |  core takes over the heap in it
//   another interpreter, in the same state
//
// The table of functions is not in the memory. It is the same in both, because functions are put into it in the same
// order. See docs/python-images.md.

import type { PyodideAPI } from "pyodide";
import { coreChecksum } from "../../core/core.js";
import { Words } from "../../core/memory-words.js";
import { ImageError } from "../../ground/errors.js";
import { bytesOf, type ImageSource } from "../../image/stream.js";
import { type Base, decodeBase, encodeBase } from "../../trace/base.js";
import type { StartTally } from "../../trace/start-tally.js";
import { clearFreeMemory } from "./free-memory.js";
import {
  decodePythonImage,
  encodePythonImage,
  PYTHON_IMAGE_VERSION,
  type PythonImageInfo,
  type PythonImageMetadata,
  type PythonImageParts,
  runsOf,
} from "./image/format.js";
import { findProgram, MARKED_WORDS, type ProgramPlaces } from "./main-program.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { PythonHeap } from "./python-heap.js";

/** Pyodide's snapshots begin with a magic number, and then the offset at which the memory begins. */
const SNAPSHOT_MEMORY_AT = 1;

interface Snapshots {
  makeMemorySnapshot(options: { serializer: (value: unknown) => unknown }): Uint8Array;
}

/** The name by which an image refers to the JavaScript object `_pyheap`. */
const BRIDGE = "_pyheap";

/** The versions of the parts of pyheap on which an image depends: of the format, and of the structures in the memory. */
export const MADE_BY: readonly number[] = [PYTHON_IMAGE_VERSION, coreChecksum()];

/** Options of `loadPyodide` for an interpreter that an image is made of. */
export const OPTIONS_FOR_IMAGE = { _makeSnapshot: true, args: [...MARKED_WORDS] };

/** An interpreter of which an image can be made. */
export interface ImageSubject {
  readonly pyodide: PyodideAPI;
  readonly exports: PyodideExports;
  readonly heap: PythonHeap;
  /** The JavaScript object of its module `_pyheap`. */
  readonly bridge: object;
}

/**
 * The image of an interpreter that was loaded with OPTIONS_FOR_IMAGE, and that runs no code now. `tally` has counted from
 * the interpreter's first allocation on; it ends.
 */
export function captureImage(
  { pyodide, exports: python, heap, bridge }: ImageSubject,
  tally: StartTally,
  isCompressed: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  refuseFilesOf(pyodide);
  const modules = pyodide.runPython(
    "import gc, sys; sys.argv[:] = ['']; del sys.orig_argv[1:]; gc.collect(); len(sys.modules)",
  ) as number;
  heap.relieve();
  heap.trim();
  const { live } = heap.stats().account;
  // The tally's functions are not in the table of an interpreter that is made from the image.
  tally.end();
  const base = encodeBase(tally.base());
  clearFreeMemory(python, heap);
  const snapshot = (pyodide as unknown as Snapshots).makeMemorySnapshot({
    serializer: (value) => {
      if (value === bridge) return BRIDGE;
      throw cannotMake(`Python holds an object of JavaScript's that an image can't have: ${nameOf(value)}`);
    },
  });
  const memoryAt = new Uint32Array(snapshot.buffer, snapshot.byteOffset, 2)[SNAPSHOT_MEMORY_AT] ?? 0;
  const memory = snapshot.subarray(memoryAt);
  const metadata: PythonImageMetadata = {
    info: {
      pyodide: pyodide.version,
      python: heap.stack.version,
      made: new Date().toISOString(),
      modules,
      live: live.raw + live.mem + live.object,
      memory: memory.length,
      footprint: heap.footprint,
    },
    core: coreChecksum(),
    build: buildOf(python, heap.place.firstEntry),
    ...heap.place,
    ...(findProgram(python) ?? { command: 0, words: 0 }),
    head: btoa(String.fromCharCode(...snapshot.subarray(0, memoryAt))),
  };
  return encodePythonImage({ metadata, runs: runsOf(memory), base }, isCompressed);
}

function cannotMake(why: string): Error {
  return new Error(`Cannot make an image of Python: ${why}`);
}

/** Refuses an interpreter with files that it needs and that are not in its memory. */
function refuseFilesOf(pyodide: PyodideAPI): void {
  const { _module: module, FS } = pyodide as unknown as {
    readonly _module: { readonly LDSO: { readonly loadedLibsByName: Readonly<Record<string, unknown>> } };
    readonly FS: { readdir(path: string): string[] };
  };
  const [library] = Object.keys(module.LDSO.loadedLibsByName).filter((name) => name !== "__main__");
  if (library !== undefined) throw cannotMake(`a module in C was loaded, which is not in Python's memory: ${library}`);
  const folder = pyodide.runPython("import site; site.getsitepackages()[0]") as string;
  const kept = [".", "..", "pyheap", "__pycache__"];
  const [file] = FS.readdir(folder).filter((name) => !kept.includes(name));
  if (file !== undefined) throw cannotMake(`files of packages are not in Python's memory: ${folder}/${file}`);
}

function nameOf(value: unknown): string {
  const name = (value as { name?: unknown }).name;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return typeof name === "string" && name !== "" ? `${kind} ${name}` : kind;
}

/**
 * A value that is the same in every instance of one build of CPython, and almost certainly different in other builds.
 * `functions` is the length of its table before a heap comes.
 */
function buildOf(python: PyodideExports, functions: number): string {
  const { Py_Version, __heap_base, _PyRuntime } = python.data;
  const version = new Words(python).get(Py_Version);
  return [version, __heap_base, _PyRuntime, functions, Object.keys(python).length].join("-");
}

/** An image of Python that was read and is whole. Interpreters can be made from it again and again. */
export class PythonImage {
  /** @internal */
  readonly metadata: PythonImageMetadata;
  readonly #runs: PythonImageParts["runs"];
  readonly #base: Uint8Array;

  private constructor({ metadata, runs, base }: PythonImageParts) {
    this.metadata = metadata;
    this.#runs = runs;
    this.#base = base;
  }

  /** Throws ImageError if the image is broken, or was made by another build of pyheap. */
  static async from(source: ImageSource): Promise<PythonImage> {
    const parts = await decodePythonImage(await bytesOf(source));
    if (parts.metadata.core !== coreChecksum()) {
      throw new ImageError("another build of pyheap made it; make it again with this one");
    }
    return new PythonImage(parts);
  }

  /** What it says of itself. */
  get info(): PythonImageInfo {
    return this.metadata.info;
  }

  /**
   * What was allocated until the image was made, for `tallyStart` of a heap that was loaded from it. Throws ImageError if
   * that is broken.
   */
  get base(): Base {
    try {
      return decodeBase(this.#base);
    } catch (error) {
      throw new ImageError(`the sums of its start are broken: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** @internal Where the interpreter's configuration says what its main function runs. */
  get program(): ProgramPlaces | undefined {
    const { command, words } = this.metadata;
    return command === 0 || words === 0 ? undefined : { command, words };
  }

  /**
   * @internal Options of `loadPyodide` for an interpreter that gets its memory from the image. `bridge` becomes the object of its
   * module `_pyheap`.
   */
  optionsFor(bridge: () => object): object {
    const head = Uint8Array.from(atob(this.metadata.head), (char) => char.charCodeAt(0));
    // Pyodide uses the length as the size of the memory, and copies what follows the head, which is nothing.
    Object.defineProperty(head, "length", { value: this.metadata.info.memory });
    return { _loadSnapshot: head, _snapshotDeserializer: bridge };
  }

  /**
   * @internal Replaces an interpreter's memory with the image's. The interpreter was instantiated, and has not run anything yet. Throws
   * ImageError, and changes nothing, if the interpreter is of another build than the image.
   */
  putInto(python: PyodideExports): void {
    const { build, info } = this.metadata;
    const here = buildOf(python, python.__indirect_function_table.length);
    if (here !== build) {
      throw new ImageError(
        `it is of Pyodide ${info.pyodide} (CPython ${info.python}), and this is another build of Pyodide (${here} instead of ${build})`,
      );
    }
    const top = python.sbrk(0) >>> 0;
    const missing = info.memory - python.memory.buffer.byteLength;
    // The memory grows through Emscripten, which has views of it. The break is then the image's.
    if (missing > 0 && python.sbrk(missing) >>> 0 === 2 ** 32 - 1)
      throw new ImageError(`there is no memory of ${info.memory} bytes for it`);
    const memory = new Uint8Array(python.memory.buffer);
    let at = 0;
    for (const { address, bytes } of this.#runs) {
      if (at < top) memory.fill(0, at, Math.min(address, top));
      memory.set(bytes, address);
      at = address + bytes.length;
    }
    if (at < top) memory.fill(0, at, top);
  }
}
