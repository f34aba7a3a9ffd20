// A heap inside CPython's memory. CPython's three domains jump straight into the core; arenas and large blocks come from
// the host's malloc, so that what Python frees is free for the host's other code as well.

import type { HostFigures } from "../../alloc/stats.js";
import * as C from "../../core/constants.gen.js";
import { type Core, coreModule, instantiateCoreModule } from "../../core/core.js";
import { HostCalls } from "../../core/host-calls.js";
import { Words } from "../../core/memory-words.js";
import { RELEASE } from "../../core/reentrancy.js";
import type { DomainName } from "../../ground/errors.js";
import { CoreHeap, type CoreHeapOptions, NO_LIMIT } from "../../heap/core-heap.js";
import type { Trim } from "../../heap/trim.js";
import type { HeapEventName, Listener } from "../../pressure/events.js";
import type { Recorder, StackSource } from "../../trace/recorder.js";
import { PendingCall } from "./pending-call.js";
import type { PyodideExports } from "./pyodide-module.js";
import { PythonStack } from "./python-stack.js";
import { StackChunks } from "./stack-chunks.js";

/** The host's malloc, dlmalloc on wasm32, has a header of one word. */
const HOST_HEADER = 4;
/** Fields of `struct mallinfo` in words. */
const MALLINFO = { arena: 0, used: 7, free: 8, words: 10 } as const;
/** Words of a PyMemAllocatorEx. */
const ALLOCATOR_WORDS = 5;
const DOMAIN_NUMBERS: Readonly<Record<DomainName, number>> = { raw: C.RAW, mem: C.MEM, object: C.OBJECT };

/** A collection of the interpreter's that has ended; `begun` is as performance.now() had it. */
export interface PythonCollection {
  readonly generation: number;
  readonly collected: number;
  readonly uncollectable: number;
  readonly begun: number;
}

/** Tells of the interpreter's collections from now on. Answers what ends that. */
export type CollectionSource = (tell: (collection: PythonCollection) => void) => () => void;

/** Somebody who is told of collections, and what ends that. */
interface Watcher {
  readonly tell: (collection: PythonCollection) => void;
  end: (() => void) | undefined;
}

export interface PythonHeapOptions extends CoreHeapOptions {
  /** Hard limit, in bytes, of the footprint. Past it, Python sees MemoryError. */
  readonly limit?: number | undefined;
  /** CPython's debug hooks, ours: every fault with the Python file and line. */
  readonly debugHooks?: boolean | undefined;
}

export class PythonHeap extends CoreHeap {
  readonly #python: PyodideExports;
  readonly #inherited: number;
  /** What the interpreter's domains were given last: an allocator's five words. */
  readonly #served = new Map<number, string>();
  #collectionSource: CollectionSource | undefined;
  readonly #watchers = new Set<Watcher>();
  #emitsCollections = false;
  readonly #chunks: StackChunks;
  /** The Python stack of the interpreter. */
  readonly stack: PythonStack;

  private constructor(
    core: Core,
    calls: HostCalls,
    python: PyodideExports,
    stack: PythonStack,
    inherited: number,
    options: PythonHeapOptions,
  ) {
    super(core, calls, { ...options, locate: options.locate ?? (() => stack.place()) });
    this.#python = python;
    this.#inherited = inherited;
    this.stack = stack;
    this.#chunks = new StackChunks(python, core);
    this.measures.set("collect", () => python.PyGC_Collect());
    this.measures.set("trim", () => void python.malloc_trim(0));
    const pressed = new PendingCall(python, () => this.ladder.passed());
    calls.connect({
      ...this.allocatorParts,
      onWatermark: () => {
        if (!pressed.ask()) this.ladder.arm();
      },
    });
  }

  /**
   * Gives what is empty back to the host's malloc, and has that give back what it can. The memory stays as it is, because it is Python's:
   * what the heap gained is the host's other code's to use.
   */
  trim(): Trim {
    this.states.must(RELEASE, "trim the heap");
    this.release();
    this.#python.malloc_trim(0);
    const before = this.memory.buffer.byteLength;
    return { before, after: before, gained: 0, stays: "it is in Python's memory, of which others have parts" };
  }

  override on<N extends HeapEventName>(name: N, listener: Listener<N>): () => void {
    const stop = super.on(name, listener);
    if (name === "collect" && !this.#emitsCollections) {
      this.#emitsCollections = true;
      this.#watch(({ begun, ...counts }) => this.events.emit("collect", { ...counts, ms: performance.now() - begun }));
    }
    return stop;
  }

  /** CPython can't collect in the middle of an operation. */
  protected override get isHelpless(): boolean {
    return true;
  }

  /** Before Python has started, and after it has ended, there is nobody to collect garbage. */
  protected override isBusy(): boolean {
    return super.isBusy() || this.#python.Py_IsInitialized() === 0;
  }

  /**
   * Puts a heap into an interpreter's memory; from then on it serves the interpreter's mem, object and raw domains. If
   * the interpreter has run before, blocks that it has keep going back to the malloc that they came from.
   */
  static async attach(python: PyodideExports, options: PythonHeapOptions = {}): Promise<PythonHeap> {
    return PythonHeap.attachAt(await coreModule(), python, options);
  }

  /** As attach, at once, with a module that is compiled. */
  static attachAt(module: WebAssembly.Module, python: PyodideExports, options: PythonHeapOptions): PythonHeap {
    const name = allocatorName(python);
    if (name !== "malloc") {
      throw new Error(
        `Cannot attach: this interpreter's allocator is ${name}; only one that runs on malloc can be taken over`,
      );
    }
    const { limit = NO_LIMIT, debugHooks = false } = options;
    const table = python.__indirect_function_table;
    const inherited = python.sbrk(0) >>> 0 > python.__heap_base.value >>> 0 ? hostInfo(python).used : 0;
    const control = python.malloc(C.CONTROL_BYTES) >>> 0;
    if (control === 0)
      throw new Error("Cannot attach: the interpreter has no memory left for the heap's control block");
    const calls = new HostCalls();
    const core = instantiateCoreModule(module, python.memory, table, control, calls);
    const host = [
      python.malloc,
      python.calloc,
      python.realloc,
      python.free,
      python.malloc_usable_size,
      python.malloc_footprint,
      python.malloc_set_footprint_limit,
    ];
    const first = table.grow(host.length);
    host.forEach((f, k) => {
      table.set(first + k, f);
    });
    const [malloc = 0, calloc = 0, realloc = 0, free = 0, asked = 0, footprint = 0, setLimit = 0] = host.map(
      (_, k) => first + k,
    );
    const usable = hasHeaders(python) ? 0 : asked;
    const most = Math.min(Math.floor(limit), NO_LIMIT);
    const { init_hosted } = core.functions;
    init_hosted(core.tableBase, malloc, calloc, realloc, free, usable, footprint, setLimit, most, inherited);
    const stack = new PythonStack(python.memory, python._PyRuntime.value >>> 0);
    const heap = new PythonHeap(core, calls, python, stack, inherited, options);
    if (debugHooks) {
      const words = new Words(python);
      words.set(control + C.FOREIGN_ALLOWED_AT, inherited === 0 ? 0 : 1);
      heap.setupDebugHooks();
    }
    heap.#serveInterpreter();
    return heap;
  }

  /**
   * The interpreter's three domains become what ours are. Where somebody has put an allocator in front since the last time
   * (tracemalloc does), it stays, and keeps handing on to what it found.
   */
  #serveInterpreter(): void {
    const scratch = this.core.control + C.SCRATCH_AT;
    const words = () => this.#wordsAt(scratch);
    for (const domain of Object.values(DOMAIN_NUMBERS)) {
      this.#python.PyMem_GetAllocator(domain, scratch);
      const served = this.#served.get(domain);
      if (served !== undefined && served !== words()) continue;
      this.core.functions.PyMem_GetAllocator(domain, scratch);
      this.#python.PyMem_SetAllocator(domain, scratch);
      this.#served.set(domain, words());
    }
  }

  protected override stackSource(): StackSource {
    const { stack } = this;
    return {
      kind: "python",
      python: stack.version,
      words: [...stack.tracerWords, ...this.#chunks.tracerWords],
      functionAt: (code) => stack.functionAt(code),
    };
  }

  /** What tells of the interpreter's collections, once there is an interpreter that can be asked. */
  set collectionSource(source: CollectionSource) {
    this.#collectionSource = source;
    for (const watcher of this.#watchers) watcher.end = source(watcher.tell);
  }

  #watch(tell: Watcher["tell"]): () => void {
    const watcher: Watcher = { tell, end: this.#collectionSource?.(tell) };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
      watcher.end?.();
    };
  }

  protected override watchCollections(recorder: Recorder): () => void {
    return this.#watch(({ generation, collected, begun }) => recorder.noteCollection(generation, collected, begun));
  }

  protected override watchStack(): () => void {
    return this.#chunks.watch();
  }

  protected override checkTraceable(): void {
    const scratch = this.core.control + C.SCRATCH_AT;
    for (const [name, domain] of Object.entries(DOMAIN_NUMBERS)) {
      this.#python.PyMem_GetAllocator(domain, scratch);
      if (this.#served.get(domain) === this.#wordsAt(scratch)) continue;
      throw new Error(
        `Cannot trace: another allocator stands in front of the ${name} domain, as tracemalloc's does; stop that first`,
      );
    }
  }

  #wordsAt(address: number): string {
    return Array.from({ length: ALLOCATOR_WORDS }, (_, k) => this.words.get(address + 4 * k)).join();
  }

  protected override domainsChanged(): void {
    this.#serveInterpreter();
  }

  /** What the host's malloc has from the platform: the program break above the static data, in bytes. */
  get footprint(): number {
    return footprintOf(this.#python);
  }

  protected override hostFigures(): HostFigures {
    const { used, free } = hostInfo(this.#python);
    // The break never falls, so what it is now is its peak as well.
    const platform = this.footprint;
    return { platform, platformPeak: platform, used, free, header: HOST_HEADER, inherited: this.#inherited };
  }
}

/** Whether the word before a block of the host's says how large it is, as dlmalloc's does. Tried with blocks of all kinds. */
function hasHeaders(python: PyodideExports): boolean {
  return [1, 12, 13, 100, 257, 5000, 70_000].every((size) => {
    const block = python.malloc(size) >>> 0;
    if (block === 0) return false;
    const header = new DataView(python.memory.buffer).getUint32(block - 4, true);
    const usable = python.malloc_usable_size(block) >>> 0;
    python.free(block);
    return (header & ~7) - HOST_HEADER === usable;
  });
}

/** The program break above the static data, in bytes, of any CPython on WebAssembly. */
export function footprintOf(python: PyodideExports): number {
  return (python.sbrk(0) >>> 0) - (python.__heap_base.value >>> 0);
}

/** PYTHONMALLOC's name for what serves the interpreter now. */
export function allocatorName(python: PyodideExports): string {
  const at = python._PyMem_GetCurrentAllocatorName() >>> 0;
  if (at === 0) return "an unknown one";
  const bytes = new Uint8Array(python.memory.buffer, at, 32);
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}

/** Bytes in use and free in the host's malloc. It asks for a few bytes itself, for the answer. */
export function hostInfo(python: PyodideExports): { used: number; free: number } {
  const at = python.malloc(MALLINFO.words * 4) >>> 0;
  if (at === 0) return { used: 0, free: 0 };
  python.mallinfo(at);
  const words = new Uint32Array(python.memory.buffer, at, MALLINFO.words);
  const answer = { used: words[MALLINFO.used] ?? 0, free: words[MALLINFO.free] ?? 0 };
  python.free(at);
  return answer;
}
