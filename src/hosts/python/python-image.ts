// Turns an interpreter into bytes, and back: an image has its memory, with our heap in it, and what Pyodide's
// JavaScript side has to know.
//
//   an interpreter is started, and imports what it is asked to; its garbage is collected, and free memory is given back
//        |  its memory without pages of zeros              Pyodide's list of the JavaScript objects that Python holds
//   image
//        |  a new instance of the same build, whose constructors have run: its memory is replaced, and the
//        |  core takes over the heap in it
//   another interpreter, in the same state
//
// The table of functions is not in the memory. It is the same in both, because functions are put into it in the same
// order; libraries are linked at the places that the image names. See docs/python-images.md.

import type { PyodideAPI } from "pyodide";
import { bytesOfBase64 } from "../../core/base64.js";
import { coreChecksum } from "../../core/core.js";
import { Words } from "../../core/memory-words.js";
import { ImageError, messageOf } from "../../ground/errors.js";
import { bytesOf, type ImageSource } from "../../image/stream.js";
import { type Base, decodeBase, encodeBase } from "../../trace/base.js";
import type { StartTally } from "../../trace/start-tally.js";
import { GUARD } from "./callback-guard.js";
import { linkerOf } from "./emscripten-module.js";
import { clearFreeMemory, freeStack } from "./free-memory.js";
import {
  decodePythonImage,
  encodePythonImage,
  PYTHON_IMAGE_VERSION,
  type PythonImageInfo,
  type PythonImageMetadata,
  runsOf,
} from "./image/format.js";
import { type ImageInFile, type OpenedImage, openInFile, type Pages, withPages } from "./image/in-file.js";
import type { ImageFile, LinkRecord } from "./image/link-record.js";
import { packageFiles, readFile } from "./image-files.js";
import { loadedLibraries } from "./image-libraries.js";
import { keepValues, runApart } from "./kept-code.js";
import type { LibraryWatch } from "./library-watch.js";
import { LinkedLibraries } from "./linked-libraries.js";
import { findProgram, MARKED_WORDS, type ProgramPlaces } from "./main-program.js";
import type { PyodideExports } from "./pyodide-module.js";
import { PYHEAP_VERSION } from "./python-files.gen.js";
import type { PythonHeap } from "./python-heap.js";
import { WATCH_COLLECTIONS } from "./python-module.js";
import { versionText } from "./python-stack.js";
import { RENEW } from "./renewed.js";

export { PYTHON_IMAGE_MAGIC } from "./image/format.js";
export type { ImageInFile } from "./image/in-file.js";

/** Pyodide's snapshots begin with a magic number, and then the offset at which the memory begins. */
const SNAPSHOT_MEMORY_AT = 1;
/** The bytes before the list of JavaScript's objects, which is JSON. */
const SNAPSHOT_HEAD = 48;
const WASM_PAGE = 65_536;

interface Snapshots {
  makeMemorySnapshot(options: { serializer: (value: unknown) => unknown }): Uint8Array;
}

/** The name by which an image refers to the JavaScript object `_pyheap`. */
const BRIDGE = "_pyheap";

/** The code of ours whose values every image has. */
const OWN_CODE = [GUARD, RENEW, WATCH_COLLECTIONS];

/** The parts of pyheap on which an image depends: versions of the format and of the structures in the memory, and our code. */
export const MADE_BY: readonly (number | string)[] = [
  PYTHON_IMAGE_VERSION,
  coreChecksum(),
  ...OWN_CODE.map(({ source }) => source),
];

/** Options of `loadPyodide` for an interpreter that an image is made of. */
export const OPTIONS_FOR_IMAGE = { _makeSnapshot: true, args: [...MARKED_WORDS] };

/** An interpreter of which an image can be made. */
export interface ImageSubject {
  readonly pyodide: PyodideAPI;
  readonly exports: PyodideExports;
  readonly heap: PythonHeap;
  /** The JavaScript object of its module `_pyheap`. */
  readonly bridge: object;
  /** The libraries that were loaded since the interpreter began. */
  readonly libraries: LibraryWatch;
}

/**
 * The image of an interpreter that was loaded with OPTIONS_FOR_IMAGE, and that runs no code now. `tally` has counted from
 * the interpreter's first allocation on; captureImage ends it.
 */
export function captureImage(
  { pyodide, exports: python, heap, bridge, libraries }: ImageSubject,
  tally: StartTally,
  { isCompressed, needs }: { readonly isCompressed: boolean; readonly needs: readonly string[] },
): Promise<Uint8Array<ArrayBuffer>> {
  const link = linkOf(pyodide, python, heap, libraries);
  const files = filesOf(pyodide, link);
  const packages = takePackages(pyodide);
  keepValues(pyodide, OWN_CODE);
  const modules = runApart(
    pyodide,
    "import gc, sys; sys.argv[:] = ['']; del sys.orig_argv[1:]; gc.collect(); len(sys.modules)",
  ) as number;
  heap.relieve();
  heap.trim();
  const { live } = heap.stats().account;
  // The tally's functions are not in the table of an interpreter that is made from the image. No copy of them may stay in
  // CPython's static data.
  tally.end(new Uint32Array(python.memory.buffer, 0, python.data.__heap_base >>> 2));
  const base = encodeBase(tally.base());
  clearFreeMemory(python, heap);
  const snapshot = (pyodide as unknown as Snapshots).makeMemorySnapshot({
    serializer: (value) => {
      if (value === bridge) return BRIDGE;
      throw cannotMake(`Python holds a JavaScript object that an image can't contain: ${nameOf(value)}`);
    },
  });
  const memoryAt = new Uint32Array(snapshot.buffer, snapshot.byteOffset, 2)[SNAPSHOT_MEMORY_AT] ?? 0;
  const memory = snapshot.subarray(memoryAt);
  const metadata: PythonImageMetadata = {
    info: {
      pyheap: PYHEAP_VERSION,
      pyodide: pyodide.version,
      python: heap.stack.version,
      made: new Date().toISOString(),
      modules,
      live: live.raw + live.mem + live.object,
      memory: memory.length,
      footprint: heap.footprint,
      needs,
    },
    core: coreChecksum(),
    build: buildOf(python, heap.place.firstEntry),
    ...heap.place,
    ...(findProgram(python) ?? { command: 0, words: 0 }),
    head: btoa(String.fromCharCode(...snapshot.subarray(0, memoryAt))),
    link,
    packages,
  };
  return encodePythonImage({ metadata, runs: runsOf(memory), files, base }, isCompressed);
}

function cannotMake(why: string): Error {
  return new Error(`Cannot make an image of Python: ${why}`);
}

/** The packages that Pyodide has loaded. Its list becomes empty: Pyodide makes snapshots only while it is. */
function takePackages({ loadedPackages }: PyodideAPI): Record<string, string> {
  const packages = { ...loadedPackages };
  for (const name of Object.keys(packages)) delete loadedPackages[name];
  return packages;
}

/** The libraries that an interpreter has loaded, if any. */
function linkOf(
  pyodide: PyodideAPI,
  python: PyodideExports,
  heap: PythonHeap,
  libraries: LibraryWatch,
): LinkRecord | undefined {
  try {
    return loadedLibraries(linkerOf(pyodide), libraries, python, heap.place.firstEntry);
  } catch (error) {
    throw cannotMake(messageOf(error));
  }
}

/** The files of the packages that are in the interpreter's memory, and those of all libraries. */
function filesOf(pyodide: PyodideAPI, link: LinkRecord | undefined): ImageFile[] {
  const files = packageFiles(pyodide);
  for (const { name: path } of link?.libraries ?? []) {
    if (files.some((file) => file.path === path)) continue;
    try {
      files.push({ path, bytes: readFile(pyodide, path), isOutside: true });
    } catch {
      throw cannotMake(`the file of a module in C is not there any more: ${path}`);
    }
  }
  return files;
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

/**
 * What an interpreter is that is not of the build `made` of an image, for an error: `known` is CPython's version in the image. Pyodide gives
 * its interpreter one function more in an engine that can suspend WebAssembly, and nothing else differs then.
 */
function differenceOf(python: PyodideExports, made: string, known: string): string {
  const version = pythonVersion(python);
  if (version !== known) return `this is CPython ${version}`;
  const functions = Number(made.split("-")[3]);
  const canSuspend = "Suspending" in WebAssembly;
  if (buildOf(python, functions) !== made) return "this is another build of it";
  const [there, here] = canSuspend ? ["can't", "can"] : ["can", "can't"];
  return `was made in an engine that ${there} suspend WebAssembly, as this one ${here}; make it again in this engine`;
}

/** CPython's version, before it has started: "3.14.2". */
function pythonVersion(python: PyodideExports): string {
  return versionText(new Words(python).get(python.data.Py_Version));
}

/** The head of Pyodide's own snapshot. Throws ImageError unless it ends where the memory begins, and lists the module `_pyheap`. */
function headOf({ head: text }: PythonImageMetadata): Uint8Array<ArrayBuffer> {
  try {
    const head = bytesOfBase64(text);
    const [, memoryAt, length = 0] = new Uint32Array(head.buffer, 0, 3);
    const listed = new TextDecoder().decode(head.subarray(SNAPSHOT_HEAD, SNAPSHOT_HEAD + length));
    const { hiwireKeys } = JSON.parse(listed) as { hiwireKeys: readonly ({ serialized?: unknown } | null)[] };
    if (memoryAt === head.length && hiwireKeys.some((key) => key?.serialized === BRIDGE)) return head;
  } catch {
    // It is not in base64, or not JSON, or too short.
  }
  throw new ImageError("what it says of JavaScript's objects is not valid");
}

/** Sets a part of a memory to zero, except the free C stack, which is never read before it is written, and was never used so far. */
function clear(memory: Uint8Array, from: number, to: number, [begin, end]: readonly [number, number]): void {
  if (from < to) {
    memory.fill(0, from, Math.max(from, Math.min(to, begin)));
    memory.fill(0, Math.min(to, Math.max(from, end)), to);
  }
}

const noMemory = (bytes: number) => new ImageError(`there is no memory of ${bytes} bytes for it`);

/** An image of Python that was read and is whole. Interpreters can be made from it again and again. */
export class PythonImage {
  /** @internal */
  readonly metadata: PythonImageMetadata;
  readonly #pages: Pages;
  /** @internal */
  readonly files: readonly ImageFile[];
  readonly #base: Uint8Array;
  #libraries: Promise<WebAssembly.Module[]> | undefined;

  private constructor({ metadata, pages, files, base }: OpenedImage) {
    this.metadata = metadata;
    this.#pages = pages;
    this.files = files;
    this.#base = base;
  }

  /** Throws ImageError if the image is broken, or was made by another build of pyheap. */
  static async from(source: ImageSource): Promise<PythonImage> {
    return PythonImage.#of(withPages(await decodePythonImage(await bytesOf(source))));
  }

  /**
   * @internal An image in a file that stays open until an interpreter has its memory. Throws ImageError as `from` does, except for broken
   * pages: those are found when they are in the interpreter's memory, and then the load fails.
   */
  static inFile(file: ImageInFile): PythonImage {
    return PythonImage.#of(openInFile(file));
  }

  static #of(opened: OpenedImage): PythonImage {
    const { core, info } = opened.metadata;
    if (core !== coreChecksum()) {
      const other = info.pyheap === PYHEAP_VERSION ? "another build of it" : `pyheap ${info.pyheap}`;
      throw new ImageError(
        `this is pyheap ${PYHEAP_VERSION}, and ${other} made the image; make it again with this one`,
      );
    }
    return new PythonImage(opened);
  }

  /** What the image says about itself. */
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
      throw new ImageError(`the sums of its start are broken: ${messageOf(error)}`);
    }
  }

  /** @internal The memory in the image, without an interpreter. Throws ImageError if there is not so much memory. */
  memory(): WebAssembly.Memory {
    const { memory } = this.metadata.info;
    let made: WebAssembly.Memory;
    try {
      made = new WebAssembly.Memory({ initial: memory / WASM_PAGE });
    } catch {
      throw noMemory(memory);
    }
    const bytes = new Uint8Array(made.buffer);
    for (const k of this.#pages.places.keys()) this.#pages.put(k, bytes);
    this.#pages.check(bytes);
    return made;
  }

  /** @internal The code of its libraries. Throws ImageError. */
  libraries(): Promise<WebAssembly.Module[]> {
    this.#libraries ??= Promise.all(
      (this.metadata.link?.libraries ?? []).map(async ({ name }) => {
        const { bytes = new Uint8Array() } = this.files.find(({ path }) => path === name) ?? {};
        return WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>).catch((error: unknown) => {
          throw new ImageError(`its library ${name} is broken: ${messageOf(error)}`);
        });
      }),
    );
    return this.#libraries;
  }

  /** @internal Links the libraries. The interpreter has the image's memory. Throws ImageError. */
  link(python: PyodideExports, modules: readonly WebAssembly.Module[]): LinkedLibraries | undefined {
    const { link } = this.metadata;
    return link && LinkedLibraries.link(link, modules, python);
  }

  /** @internal Where the interpreter's configuration says what its main function runs. */
  get program(): ProgramPlaces | undefined {
    const { command, words } = this.metadata;
    return command === 0 || words === 0 ? undefined : { command, words };
  }

  /**
   * @internal Options of `loadPyodide` for an interpreter that gets its memory from the image. `bridge` becomes the object of its
   * module `_pyheap`. `proceed` is called before anything runs in the memory; if it throws, the load ends.
   */
  optionsFor(bridge: () => object, proceed: () => void): object {
    const head = headOf(this.metadata);
    const { buffer } = head;
    const get = () => {
      proceed();
      return buffer;
    };
    // Pyodide uses the length as the size of the memory, and copies what follows the head, which is nothing. It looks at
    // the buffer when the memory has been replaced.
    Object.defineProperties(head, { length: { value: this.metadata.info.memory }, buffer: { get } });
    return { _loadSnapshot: head, _snapshotDeserializer: bridge };
  }

  /**
   * @internal Replaces an interpreter's memory with the image's. The interpreter was instantiated, and has not run
   * anything yet. Throws ImageError if the interpreter is of another build than the image, or if the image is broken; the
   * interpreter can't be used then.
   */
  putInto(python: PyodideExports): void {
    const { build, info } = this.metadata;
    const here = buildOf(python, python.__indirect_function_table.length);
    if (here !== build) {
      const difference = differenceOf(python, build, info.python);
      throw new ImageError(`it is of Pyodide ${info.pyodide} (CPython ${info.python}), and ${difference}`);
    }
    const top = python.sbrk(0) >>> 0;
    const missing = info.memory - python.memory.buffer.byteLength;
    // The memory grows through Emscripten, which has views of it. The break is then the image's.
    if (missing > 0 && python.sbrk(missing) >>> 0 === 2 ** 32 - 1) throw noMemory(info.memory);
    const memory = new Uint8Array(python.memory.buffer);
    const unused = freeStack(python);
    let at = 0;
    for (const [k, { address, size }] of this.#pages.places.entries()) {
      clear(memory, at, Math.min(address, top), unused);
      this.#pages.put(k, memory);
      at = address + size;
    }
    clear(memory, at, top, unused);
    this.#pages.check(memory);
  }
}
