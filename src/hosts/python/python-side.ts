// What is special about the heap of an interpreter: it serves the interpreter's domains, over its malloc, and reads its
// stack and its collections.

import { DOMAIN_NUMBERS } from "../../alloc/hooks.js";
import type { HostFigures } from "../../alloc/stats.js";
import * as C from "../../core/constants.gen.js";
import type { Core } from "../../core/core.js";
import { Words } from "../../core/memory-words.js";
import type { HeapSide } from "../../heap/foundation.js";
import type { TracedSide } from "../../heap/recordings.js";
import type { Events } from "../../pressure/events.js";
import type { Recorder, StackSource } from "../../trace/recorder.js";
import type { NativeMemory } from "./native-memory.js";
import { ObjectTypes } from "./object-types.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { PythonStack } from "./python-stack.js";
import { SpareBlock } from "./spare-block.js";
import { StackChunks } from "./stack-chunks.js";
import { TaskChain } from "./task-chain.js";
import { stackLayout, taskLayout } from "./versions/versions.js";

/** The host's malloc (dlmalloc on wasm32) has a header of one word. */
export const HOST_HEADER = 4;
/** The offsets of fields in `struct mallinfo`, and its length, in words. */
const MALLINFO = { arena: 0, used: 7, free: 8, words: 10 } as const;
/** Words of a PyMemAllocatorEx. */
const ALLOCATOR_WORDS = 5;

/** A collection of the interpreter that has ended; `begun` is a time of performance.now(). */
export interface PythonCollection {
  readonly generation: number;
  readonly collected: number;
  readonly uncollectable: number;
  readonly begun: number;
}

/** Reports the interpreter's collections to `tell` from now on. Returns a function that ends this. */
export interface CollectionSource {
  (tell: (collection: PythonCollection) => void): () => void;
  /** Whether a collection is under way. It is known once somebody is told of collections. */
  readonly isCollecting: () => boolean;
  /** Empties the interpreter's free lists. */
  readonly emptyFreeLists: (python: PyodideExports) => void;
}

/** A function that is called for each collection, and the function that ends this. */
interface Watcher {
  readonly tell: (collection: PythonCollection) => void;
  end: (() => void) | undefined;
}

export class PythonSide implements HeapSide, TracedSide {
  readonly python: PyodideExports;
  /** The Python stack of the interpreter. */
  readonly stack: PythonStack;
  readonly #core: Core;
  readonly #words: Words;
  readonly #chunks: StackChunks;
  readonly #types: ObjectTypes | undefined;
  /** The number of bytes that the interpreter had allocated before the heap was attached. */
  readonly inherited: number;
  /** The five words of the allocator that each of the interpreter's domains was given last. */
  readonly #served = new Map<number, string>();
  readonly spare: SpareBlock;
  /** The memory of modules in C, if it goes through the heap. */
  native: NativeMemory | undefined;
  #collectionSource: CollectionSource | undefined;
  readonly #watchers = new Set<Watcher>();
  #emitsCollections = false;

  constructor(core: Core, python: PyodideExports, stack: PythonStack, inherited: number) {
    this.#core = core;
    this.#words = new Words(core);
    this.python = python;
    this.stack = stack;
    this.#chunks = new StackChunks(python, core);
    this.spare = new SpareBlock(python, core);
    this.#types = ObjectTypes.of(python);
    this.inherited = inherited;
  }

  get traced(): TracedSide {
    return this;
  }

  /** True, because CPython can't collect in the middle of an operation. */
  get isHelpless(): boolean {
    return true;
  }

  /** False before Python has started and after it has ended: then it can't collect garbage. */
  canMeasure(): boolean {
    return this.python.Py_IsInitialized() !== 0;
  }

  unraisable(error: unknown): void {
    console.error("Exception ignored in a measure against pressure:", error);
  }

  emptyFreeLists(): void {}

  /** The name of an object's type; undefined if it is not known where this version has it. */
  typeName(object: number): string | undefined {
    return this.#types?.nameFor(object);
  }

  hostFigures(): HostFigures {
    const host = readHostInfo(this.python, this.#core.control + C.SCRATCH_AT);
    const { inherited, native, spare } = this;
    // What is held back serves the next allocation that finds nothing else.
    const [used, free] = [host.used - spare.bytes, host.free + spare.bytes];
    // The break never moves down, so it is its own peak.
    const platform = footprintOf(this.python);
    const modules = native?.modules() ?? [];
    return { platform, platformPeak: platform, used, free, header: HOST_HEADER, inherited, modules };
  }

  /**
   * Gives the interpreter's three domains our allocators. If another allocator was put in front since the last call
   * (tracemalloc does that), it stays, and passes calls on to the allocator that it found.
   */
  domainsChanged(): void {
    const scratch = this.#core.control + C.SCRATCH_AT;
    const words = () => this.#wordsAt(scratch);
    for (const domain of Object.values(DOMAIN_NUMBERS)) {
      this.python.PyMem_GetAllocator(domain, scratch);
      const served = this.#served.get(domain);
      if (served !== undefined && served !== words()) continue;
      this.#core.functions.PyMem_GetAllocator(domain, scratch);
      this.python.PyMem_SetAllocator(domain, scratch);
      this.#served.set(domain, words());
    }
  }

  stackSource(): StackSource {
    const { stack } = this;
    const functionAt = (code: number) => stack.functionAt(code);
    const tasks = chainOfTasks(this.python, functionAt);
    return {
      kind: "python",
      python: stack.version,
      words: stack.isReadable ? [...stack.tracerWords, ...this.#chunks.tracerWords, ...(tasks?.tracerWords ?? [])] : [],
      functionAt,
      types: this.#types,
      frames: () => tasks?.places() ?? [],
    };
  }

  /** This heap has no objects of its own. An id() of the interpreter is an address, so it needs no conversion. */
  addressOf(): undefined {
    return undefined;
  }

  /** The source of the interpreter's collections; it exists once there is an interpreter. */
  set collectionSource(source: CollectionSource) {
    this.#collectionSource = source;
    for (const watcher of this.#watchers) watcher.end = source(watcher.tell);
  }

  /** Whether a collection is under way; false as long as nobody listens to collections. */
  get isCollecting(): boolean {
    return this.#collectionSource?.isCollecting() ?? false;
  }

  /** Gives the interpreter's free lists back to the heap. To be called only where Python code can run. */
  emptyInterpretersFreeLists(): void {
    this.#collectionSource?.emptyFreeLists(this.python);
  }

  /** Reports collections as events from now on. */
  emitCollections(events: Events): void {
    if (this.#emitsCollections) return;
    this.#emitsCollections = true;
    this.#watch(({ begun, ...counts }) => events.emit("collect", { ...counts, ms: performance.now() - begun }));
  }

  #watch(tell: Watcher["tell"]): () => void {
    const watcher: Watcher = { tell, end: this.#collectionSource?.(tell) };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      watcher.end?.();
    };
  }

  watchCollections(recorder: Recorder): () => void {
    return this.#watch(({ generation, collected, begun }) => recorder.noteCollection(generation, collected, begun));
  }

  watchStack(): () => void {
    return this.stack.isReadable ? this.#chunks.watch() : () => undefined;
  }

  checkTraceable(): void {
    const scratch = this.#core.control + C.SCRATCH_AT;
    for (const [name, domain] of Object.entries(DOMAIN_NUMBERS)) {
      this.python.PyMem_GetAllocator(domain, scratch);
      if (this.#served.get(domain) === this.#wordsAt(scratch)) continue;
      throw new Error(
        `Cannot trace: another allocator stands in front of the ${name} domain, as tracemalloc's does; stop that first`,
      );
    }
  }

  #wordsAt(address: number): string {
    return Array.from({ length: ALLOCATOR_WORDS }, (_, k) => this.#words.get(address + 4 * k)).join();
  }
}

/** A reader of the tasks that wait for the running task; undefined if it is not known where the interpreter stores them. */
function chainOfTasks(python: PyodideExports, functionAt: StackSource["functionAt"]): TaskChain | undefined {
  const { memory, data } = python;
  const version = new Words(python).get(data.Py_Version);
  const stack = stackLayout(memory, data._PyRuntime, version);
  const tasks = taskLayout(memory, data._PyRuntime, version, data.__heap_base);
  return stack && tasks && new TaskChain(memory, data._PyRuntime, { stack, tasks }, functionAt);
}

/** The program break above the static data, in bytes. It works for any CPython on WebAssembly. */
export function footprintOf(python: PyodideExports): number {
  return (python.sbrk(0) >>> 0) - python.data.__heap_base;
}

/** Bytes in use and free in the host's malloc. The call itself allocates a few bytes for its result. */
export function hostInfo(python: PyodideExports): { used: number; free: number } {
  const at = python.malloc(MALLINFO.words * 4) >>> 0;
  if (at === 0) return { used: 0, free: 0 };
  const answer = readHostInfo(python, at);
  python.free(at);
  return answer;
}

/** Like hostInfo, but the result goes to existing memory at `at`, which is then as it was before. */
function readHostInfo(python: PyodideExports, at: number): { used: number; free: number } {
  const words = new Uint32Array(python.memory.buffer, at, MALLINFO.words);
  const before = words.slice();
  python.mallinfo(at);
  const { [MALLINFO.used]: used = 0, [MALLINFO.free]: free = 0 } = words;
  words.set(before);
  return { used, free };
}
