// A heap inside CPython's memory. CPython's three domains call the core directly. Arenas and large blocks come from the
// host's malloc, so memory that Python frees can be used by the host's other code.

import * as C from "../../core/constants.gen.js";
import { type Core, coreModule, instantiateCoreModule } from "../../core/core.js";
import { HostCalls } from "../../core/host-calls.js";
import { Words } from "../../core/memory-words.js";
import { RELEASE } from "../../core/reentrancy.js";
import { ImageError } from "../../ground/errors.js";
import { CoreHeap, NO_LIMIT } from "../../heap/core-heap.js";
import { type CoreHeapOptions, Foundation } from "../../heap/foundation.js";
import type { Trim } from "../../heap/trim.js";
import type { HeapEventName, Listener } from "../../pressure/events.js";
import type { ObjectGraph } from "../../snapshot/graph.js";
import { type SnapshotOptions, type SnapshotSummary, takeSnapshot } from "../../snapshot/take.js";
import type { EmscriptenLinker } from "./emscripten-module.js";
import { PythonObjects } from "./heap-snapshot.js";
import { LiveProxies } from "./live-proxies.js";
import { NativeMemory } from "./native-memory.js";
import { ownBlocks } from "./own-blocks.js";
import { PendingCall } from "./pending-call.js";
import { HOST_FUNCTIONS, proveHeap } from "./proven-heap.js";
import type { ProxyWatch } from "./proxies.js";
import type { PyodideExports } from "./pyodide-module.js";
import { type CollectionSource, footprintOf, HOST_HEADER, hostInfo, PythonSide } from "./python-side.js";
import { PythonStack } from "./python-stack.js";

export { footprintOf, hostInfo };

export interface PythonHeapOptions extends CoreHeapOptions {
  /** Hard limit, in bytes, on the footprint. Beyond it, Python gets MemoryError. */
  readonly limit?: number | undefined;
  /**
   * Whether to install our debug hooks, the counterpart of CPython's: every fault is reported with the Python file and
   * line.
   */
  readonly debugHooks?: boolean | undefined;
  /**
   * Whether modules in C get their memory through the heap: it is then counted, limited and recorded. The default is true. It
   * concerns the modules that are loaded from then on.
   */
  readonly native?: boolean | undefined;
}

/** The place of a heap in an interpreter's memory. */
export interface HeapPlace {
  /** The address of the control block. */
  readonly control: number;
  /** The table index of the first function that was added for the heap. */
  readonly firstEntry: number;
  /** Bytes that the interpreter had allocated before the heap was attached. */
  readonly inherited: number;
}

/** A core over an interpreter's memory. */
interface Placed {
  readonly core: Core;
  readonly calls: HostCalls;
  /** The table index of the first of the host's functions. */
  readonly firstEntry: number;
}

/** Adds the host's functions and then the core's to the interpreter's table. The memory does not change. */
function putInto(module: WebAssembly.Module, python: PyodideExports, control: number): Placed {
  const { memory, __indirect_function_table: table } = python;
  const calls = new HostCalls();
  const firstEntry = table.grow(HOST_FUNCTIONS.length);
  HOST_FUNCTIONS.forEach(([name], k) => {
    table.set(firstEntry + k, python[name]);
  });
  return { core: instantiateCoreModule(module, memory, table, control, calls), calls, firstEntry };
}

/** Makes a heap over the interpreter's malloc. The `inherited` bytes count towards the limit. */
function initialize({ core, firstEntry }: Placed, python: PyodideExports, limit: number, inherited: number): void {
  core.functions.init_hosted(core.tableBase, Math.min(Math.floor(limit), NO_LIMIT), inherited);
  const words = new Words(python);
  HOST_FUNCTIONS.forEach(([, at], k) => {
    words.set(core.control + at, firstEntry + k);
  });
  // If this word is 0, the core reads the size of a block in the block's header, and does not call the host for it.
  if (hasHeaders(python)) words.set(core.control + C.HOST_USABLE_SIZE_AT, 0);
}

export class PythonHeap extends CoreHeap {
  readonly #side: PythonSide;
  readonly #objects: PythonObjects;
  /** The Python stack of the interpreter. */
  readonly stack: PythonStack;

  private constructor(foundation: Foundation, side: PythonSide) {
    super(foundation);
    this.#side = side;
    this.stack = side.stack;
    const { core, recordings, survey } = foundation;
    this.#objects = new PythonObjects(side, this, {
      hasHooks: () => foundation.word(C.HOOKS_INSTALLED_AT) !== 0,
      stacks: () => recordings.liveStacks(),
      poolBlocks: (pools, visit) => survey.poolBlocks(pools, visit),
      ownBlocks: () => ownBlocks(new Words(core), core.control).add(side.spare.address),
    });
  }

  /**
   * Every object of the interpreter, the references to it with their names, and the memory that belongs to no object.
   * Nothing is allocated in the interpreter, and no code of the program runs. Throws if it is not known where this
   * version of CPython stores its objects.
   */
  graph(): ObjectGraph {
    return this.#objects.graph();
  }

  /** Writes the graph in V8's format, `.heapsnapshot`, which Chrome's DevTools opens. Throws what `graph` or `write` throws. */
  snapshot(options: SnapshotOptions): SnapshotSummary {
    return takeSnapshot(() => this.graph(), options);
  }

  /** Appends objects to a Python list. The list and the objects are given by their id(). */
  extendList(list: number, objects: readonly number[]): void {
    const { python } = this.#side;
    for (const object of objects) {
      if (python.PyList_Append?.(list, object) !== 0) throw new Error("Cannot make a list of the objects");
    }
  }

  /**
   * Gives empty memory back to the host's malloc, which then gives back what it can. The memory is not replaced,
   * because it is Python's: what the heap gives back can be used by the host's other code.
   */
  trim(): Trim {
    this.foundation.states.must(RELEASE, "trim the heap");
    this.release();
    this.#side.python.malloc_trim(0);
    const before = this.memory.buffer.byteLength;
    return { before, after: before, gained: 0, stays: "it is in Python's memory, of which others have parts" };
  }

  override on<N extends HeapEventName>(name: N, listener: Listener<N>): () => void {
    const stop = super.on(name, listener);
    if (name === "collect") this.#side.emitCollections(this.foundation.events);
    return stop;
  }

  /**
   * Puts a heap into an interpreter's memory. From then on it serves the interpreter's mem, object and raw domains. If
   * the interpreter has run before, its earlier blocks will still be freed by the malloc that they came from.
   */
  static async attach(python: PyodideExports, options: PythonHeapOptions = {}): Promise<PythonHeap> {
    return PythonHeap.attachAt(await coreModule(), python, options);
  }

  /** Like attach, but synchronous, with a compiled module. */
  static attachAt(module: WebAssembly.Module, python: PyodideExports, options: PythonHeapOptions): PythonHeap {
    const name = allocatorName(python);
    if (name !== "malloc") {
      throw new Error(
        `Cannot attach: this interpreter's allocator is ${name}; only one that runs on malloc can be taken over`,
      );
    }
    const inherited = python.sbrk(0) >>> 0 > python.data.__heap_base ? hostInfo(python).used : 0;
    const control = python.malloc(C.CONTROL_BYTES) >>> 0;
    if (control === 0)
      throw new Error("Cannot attach: the interpreter has no memory left for the heap's control block");
    const place = putInto(module, python, control);
    const { limit = NO_LIMIT, debugHooks = false } = options;
    initialize(place, python, limit, inherited);
    const heap = PythonHeap.#over(place, python, inherited, options);
    if (debugHooks) heap.#checkBlocks(inherited !== 0);
    heap.#beginNative(place, options);
    heap.#side.domainsChanged();
    return heap;
  }

  /**
   * The heap that an interpreter's memory already has, because the memory is a copy of another interpreter's. The two
   * interpreters' tables have the same functions. Throws ImageError if what is in the memory is not a valid heap.
   */
  static resumeAt(
    module: WebAssembly.Module,
    python: PyodideExports,
    from: HeapPlace,
    options: PythonHeapOptions,
  ): PythonHeap {
    if (from.control + C.CONTROL_BYTES > python.memory.buffer.byteLength)
      throw new ImageError("its heap is not in its memory");
    const place = putInto(module, python, from.control);
    if (place.firstEntry !== from.firstEntry) throw new ImageError("its functions are at other places of the table");
    const heap = PythonHeap.#over(place, python, from.inherited, options);
    heap.prove(place.firstEntry);
    const { limit, debugHooks = false } = options;
    heap.limit = limit ?? NO_LIMIT;
    if (debugHooks) heap.#checkBlocks(true);
    heap.#beginNative(place, options);
    heap.#side.domainsChanged();
    return heap;
  }

  /** @internal Throws ImageError unless what is in the memory is a valid heap (proven-heap.ts). */
  prove(firstEntry: number): void {
    proveHeap(this.foundation.core, firstEntry, () => this.check());
  }

  /** The objects around a core: a heap on the memory of an interpreter. */
  static #over(
    { core, calls }: Placed,
    python: PyodideExports,
    inherited: number,
    options: PythonHeapOptions,
  ): PythonHeap {
    const { _PyRuntime, Py_Version } = python.data;
    const version = new Words(python).get(Py_Version);
    const stack = new PythonStack(python.memory, _PyRuntime, version);
    const side = new PythonSide(core, python, stack, inherited);
    const locate = options.locate ?? (() => stack.place());
    const foundation = new Foundation(core, calls, { ...options, locate }, side);
    const { ladder, measures } = foundation;
    measures.set("collect", () => python.PyGC_Collect());
    measures.set("trim", () => void python.malloc_trim(0));
    const { spare } = side;
    measures.set("release", () => {
      spare.give();
      core.functions.relieve_heap();
    });
    const pressed = new PendingCall(python, () => {
      ladder.passed();
      if (ladder.policy) spare.take(foundation.word(C.LIMIT_AT));
    });
    calls.connect({
      ...foundation.parts,
      onWatermark: () => {
        const hasRoom = ladder.noteShortage() && spare.give();
        if (!pressed.ask()) ladder.arm();
        return hasRoom;
      },
    });
    return new PythonHeap(foundation, side);
  }

  /** From now on, modules in C get their memory through the heap. */
  #beginNative({ core, calls }: Placed, { native = true }: PythonHeapOptions): void {
    if (native) this.#side.native = NativeMemory.begin(core, calls, this.#side.python);
  }

  override setupDebugHooks(): void {
    super.setupDebugHooks();
    this.#side.native?.serve();
  }

  /** @internal The linker of the interpreter, from which modules in C have their names. */
  set linker(linker: EmscriptenLinker) {
    if (this.#side.native) this.#side.native.linker = linker;
  }

  /** Installs debug hooks in front of the allocators. They don't check blocks that were allocated before. */
  #checkBlocks(hasOthers: boolean): void {
    this.foundation.setWord(C.FOREIGN_ALLOWED_AT, hasOthers ? 1 : 0);
    this.setupDebugHooks();
  }

  /** The place of the heap, which is needed to resume it from a copy of the memory. */
  get place(): HeapPlace {
    const { control, tableBase } = this.foundation.core;
    return { control, firstEntry: tableBase - HOST_FUNCTIONS.length, inherited: this.#side.inherited };
  }

  /** Whether the interpreter collects garbage now. It is known as long as there is a listener to `collect`. */
  get isCollecting(): boolean {
    return this.#side.isCollecting;
  }

  /** @internal Frees what the interpreter keeps for reuse, so that it is not taken for memory of the program. */
  emptyFreeLists(): void {
    this.#side.emptyInterpretersFreeLists();
  }

  /**
   * The live PyProxies, by which JavaScript holds objects of the interpreter. A proxy is live until it is destroyed, or
   * until JavaScript's collector has freed it. With `retained`, a snapshot of the heap is taken for the bytes that each one
   * holds alone. There are none in a heap that was attached to a module without Pyodide.
   */
  proxies({ retained = false }: { readonly retained?: boolean } = {}): LiveProxies {
    const graph = retained ? this.graph() : undefined;
    return new LiveProxies(this.proxyWatch ?? [], (object) => this.typeName(object), graph);
  }

  /** Watches PyProxies as they are made. Undefined in a heap that was attached to a module without Pyodide. */
  get proxyWatch(): ProxyWatch | undefined {
    return this.#objects.proxies;
  }

  /** @internal */
  set proxyWatch(watch: ProxyWatch | undefined) {
    this.#objects.proxies = watch;
  }

  /** The name of the type of the object with this id(), with its module unless it is built in; undefined if it is not known. */
  typeName(object: number): string | undefined {
    return this.#side.typeName(object);
  }

  /** The source of the interpreter's collections; set when there is an interpreter that can report them. */
  set collectionSource(source: CollectionSource) {
    this.#side.collectionSource = source;
  }

  /** What the host's malloc has taken from the platform, in bytes: the program break above the static data. */
  get footprint(): number {
    return footprintOf(this.#side.python);
  }
}

/** Whether the word before a block of the host has the block's size, as in dlmalloc. This tries blocks of all kinds. */
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

/** The name of the interpreter's present allocator, as it is written in PYTHONMALLOC. */
function allocatorName(python: PyodideExports): string {
  const at = python._PyMem_GetCurrentAllocatorName() >>> 0;
  if (at === 0) return "an unknown one";
  const bytes = new Uint8Array(python.memory.buffer, at, 32);
  return String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0)));
}
