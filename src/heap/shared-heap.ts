// A heap that several workers use at once: the allocators and Python's objects, in a shared memory. docs/workers.md.
//
// Each worker has a SharedHeap: an instance of the allocators (this file), and one of the objects (shared-objects.ts). What workers share is
// in the memory.

import { readFault, Sites, throwFault } from "../alloc/debug-hooks.js";
import { type Domain, MAX_REQUEST, rebind } from "../alloc/domain.js";
import { Domains } from "../alloc/domains.js";
import { stackLocator } from "../alloc/locator.js";
import { type HeapStats, Tally } from "../alloc/stats.js";
import { corruptionOf } from "../alloc/survey.js";
import { type ElementType, TypedBlock } from "../alloc/typed-block.js";
import * as C from "../core/constants.gen.js";
import type { ThreadImports } from "../core/functions.gen.js";
import { mustBeSharable, sharedMemoryFor, WASM_PAGE } from "../core/memory.js";
import { Words } from "../core/memory-words.js";
import { sharedWholeModule } from "../core/shared-module.js";
import { instantiateThread, TABLE_BASE, type ThreadCore, threadsChecksum, threadsModule } from "../core/threads.js";
import { wholeChecksum } from "../core/whole-core.js";
import { type Address, formatAddress, NULL, toAddress } from "../ground/address.js";
import { HeapCorruption } from "../ground/errors.js";
import type { ObjectShare } from "../objects/bridge/bridge.js";
import { Handle } from "../objects/bridge/handle.js";
import type { GarbageCollector } from "../objects/gc.js";
import type { PyDict } from "../objects/handles/dict.js";
import type { PyObject } from "../objects/handles/object.js";
import type { PyRef } from "../objects/handles/ref.js";
import { NO_LIMIT } from "../pressure/policy.js";
import { workerNumber } from "./heap-lock.js";
import { spillMemory } from "./journal.js";
import { checkLimit, checkState, limitWord, noMemory } from "./limits.js";
import type { ObjectHeap } from "./object-heap.js";
import { objectMethods } from "./object-methods.js";
import { SharedObjects } from "./shared-objects.js";
import { type ObjectSource, type ObjectsOfAll, SharedCounter, SharedQueue } from "./shared-queue.js";

export interface SharedHeapOptions {
  /** The heap is for several workers. */
  readonly shared: true;
  /** Hard limit in bytes on the memory that the heap reserves, for all workers together; the default is no limit. */
  readonly limit?: number;
  /** Where in its memory the heap begins: a multiple of 65536, at least 65536, which is the default. */
  readonly base?: number;
  /** The key of str and bytes hashes, two 64-bit numbers; the default is random. */
  readonly hashKey?: readonly [bigint, bigint];
}

/** What `postMessage` carries to one worker, which joins the heap with it: `await Heap.join(share)`. */
export interface HeapShare {
  readonly memory: WebAssembly.Memory;
  /** The module of the allocators, and that of the objects. */
  readonly module: WebAssembly.Module;
  readonly objects: WebAssembly.Module;
  /** What a worker has to be able to undo, as far as it does not fit into the heap's memory. */
  readonly spill: SharedArrayBuffer;
  /** Where the heap begins. */
  readonly base: number;
  /** Which of the heap's threads the worker is, and how many workers were it before. */
  readonly thread: number;
  readonly turn: number;
  /** A checksum of the build of pyheap, which must be the same in all workers. */
  readonly build: number;
}

/** The members that a shared heap has, and its prototype has not. */
const OWN_FIELDS: readonly string[] = ["raw", "mem", "object"] satisfies (keyof SharedHeap)[];
const NOT_THERE = "a shared heap does not have it yet";

const OPTIONS: readonly string[] = ["shared", "limit", "base", "hashKey"] satisfies (keyof SharedHeapOptions)[];

let objectsOf: (heap: SharedHeap) => ObjectHeap;

/** A heap that several workers use at once. Each of them has a SharedHeap. */
export class SharedHeap extends objectMethods((heap) => objectsOf(heap as SharedHeap)) {
  /** The three domains of the Python/C API. */
  readonly raw: Domain;
  readonly mem: Domain;
  readonly object: Domain;
  readonly #core: ThreadCore;
  readonly #words: Words;
  readonly #domains: Domains;
  readonly #sites = new Sites(stackLocator);
  readonly #objects: SharedObjects;
  #visitor: Tally | undefined;
  #isLeft = false;
  /** What the core calls. */
  readonly #calls: ThreadImports = {
    visit: (...visit) => this.#visitor?.add(...visit),
    watermark: () => 0,
    fault: () => throwFault(readFault(this.#core, this.#words, this.#sites)),
    stalled: (holder) => this.#stalled(holder),
    spill: () => this.#objects.journal.spill(),
  };
  readonly #spill: SharedArrayBuffer;

  private constructor({ module, memory, base, thread, turn, objects, spill }: Omit<HeapShare, "build">) {
    super();
    this.#spill = spill;
    this.#core = instantiateThread(module, memory, base, thread, this.#calls);
    this.#words = new Words(this.#core);
    const self = workerNumber(thread, turn);
    this.#objects = new SharedObjects(this.#core, objects, spill, self, (holder) => this.#stalled(holder));
    this.#domains = new Domains(this.#core);
    this.raw = this.#domains.raw;
    this.mem = this.#domains.mem;
    this.object = this.#domains.object;
  }

  /** Makes a heap; this worker is its first. See Heap.create. */
  static async create(options: SharedHeapOptions): Promise<SharedHeap> {
    const { limit = NO_LIMIT, base = WASM_PAGE, hashKey } = options;
    const other = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (other !== undefined) throw new TypeError(`Cannot make a shared heap with the option ${other}: ${NOT_THERE}`);
    const memory = sharedMemoryFor(base + WASM_PAGE);
    const [module, objects] = await Promise.all([threadsModule(), sharedWholeModule()]);
    const heap = new SharedHeap({ module, objects, memory, spill: spillMemory(), base, thread: base, turn: 0 });
    const { functions: f } = heap.#core;
    f.init_own(TABLE_BASE, 0, limitWord(limit), 1, C.SHARED_BYTES);
    f.thread_begin_first();
    heap.#objects.begin(hashKey ?? crypto.getRandomValues(new BigUint64Array(2)));
    checkState({ limit, reserved: heap.reserved });
    return heap;
  }

  /** Opens the heap that another worker shared with this one. See Heap.join. */
  static async join(share: HeapShare): Promise<SharedHeap> {
    mustBeSharable();
    if (share.build !== buildChecksum())
      throw new Error("Cannot join the heap: it was made by another build of pyheap");
    const heap = new SharedHeap(share);
    if (heap.#core.functions.thread_begin(TABLE_BASE, share.turn) === 0) {
      throw new Error(
        "Cannot join the heap: another worker has joined with this share. Call share() once for each worker",
      );
    }
    return heap;
  }

  // ---- workers ----

  /** Makes what one worker needs to join the heap. Throws MemoryError. */
  share(): HeapShare {
    this.#mustBeIn();
    const { module, memory, base, functions } = this.#core;
    const thread = functions.thread_open() >>> 0;
    if (thread === NULL) throw noMemory(0, this);
    const turn = this.#words.get(thread + C.TURN_AT);
    const { module: objects } = this.#objects;
    return { module, objects, memory, spill: this.#spill, base, thread, turn, build: buildChecksum() };
  }

  /**
   * Leaves the heap, which this worker can't use any more. Its handles are released. Its blocks stay as they are, and other workers can use
   * and free them. Call it before the worker ends.
   */
  leave(): void {
    this.#mustBeIn();
    this.#objects.leave();
    this.#core.functions.thread_leave();
    this.#isLeft = true;
    const refuse = () => this.#mustBeIn();
    const none = () => {
      refuse();
      return NULL;
    };
    for (const domain of [this.raw, this.mem, this.object])
      rebind(domain, { malloc: none, calloc: none, realloc: none, free: refuse });
  }

  /**
   * To be called when the worker that joined with `share` has ended without leaving the heap: it was terminated, or failed. Other workers
   * get what it left. Never call it while the worker may still run. It does nothing if the worker has left.
   */
  ended(share: HeapShare): void {
    this.#mustBeIn();
    if (share.memory !== this.#core.memory || share.thread === this.#core.control)
      throw new Error("Cannot end a worker of another heap, or this worker itself");
    const { thread, turn } = share;
    // The allocators come first: the release of handles needs them.
    const isWhole = this.#core.functions.thread_end(thread, turn) !== 0;
    if (!this.#objects.ended(thread, turn) || !isWhole) this.#stalled(C.BROKEN_LOCK);
  }

  /**
   * Sends back the blocks of other workers that this one has freed, and takes its own back. A worker does so by itself while it allocates and
   * frees; one that will do neither for long can call this.
   */
  flush(): void {
    this.#mustBeIn();
    this.#core.functions.thread_flush();
  }

  /** Leaves the heap, unless this worker has left it already: for `await using heap = await Heap.join(share)`. */
  [Symbol.dispose](): void {
    if (!this.#isLeft) this.leave();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
  }

  #mustBeIn(): void {
    if (this.#isLeft) throw new Error("Cannot use the heap: this worker has left it");
  }

  // ---- allocation ----

  /** The memory that the heap is in. Only the heap may grow it. Its buffer changes when any worker makes it grow. */
  get memory(): WebAssembly.Memory {
    return this.#core.memory;
  }

  /** Py_Malloc: a block of at least `n` bytes. Throws MemoryError. */
  malloc(n: number): Address {
    return this.#rescued(n, () => this.mem.malloc(n));
  }

  /** Py_Realloc: changes the block's size to `n` bytes; the block may move. Throws MemoryError, and then the block is unchanged. */
  realloc(block: Address, n: number): Address {
    return this.#rescued(n, () => this.mem.realloc(block, n));
  }

  /** Py_Free. */
  free(block: Address): void {
    this.mem.free(block);
  }

  /** PyMem_New: a block of `length` elements. Throws MemoryError. */
  new<T extends ElementType>(type: T, length: number): TypedBlock<T> {
    return new TypedBlock(this, this.#core, this.#domains.viewers, type, length);
  }

  /** Tries an allocation, and once more after this worker's empty memory has gone back. */
  #rescued(n: number, attempt: () => Address): Address {
    let block = attempt();
    if (block === NULL && n <= MAX_REQUEST) {
      this.release();
      block = attempt();
    }
    if (block === NULL) throw noMemory(n, this);
    return block;
  }

  /** Gives empty memory of this worker, and of the objects, back to the platform. Returns the bytes given back. */
  release(): number {
    this.flush();
    if (this.#objects.exist) this.#objects.open.heap.release();
    return this.#core.functions.relieve_heap() >>> 0;
  }

  // ---- objects ----

  /**
   * Runs a function while this worker has the lock of the objects: no other worker uses them until it returns. Every operation on objects
   * takes the lock by itself; this makes several of them one. The function must not wait for other workers, and can't be async.
   */
  locked<T>(run: () => T): T {
    this.#mustBeIn();
    return this.#objects.lock.run(() => {
      const result = run();
      if (result instanceof Promise)
        throw new TypeError("Cannot hold the lock for an async function: others would have it after the first await");
      return result;
    });
  }

  /** A handle for the object that another worker has shared by `object.share()`. */
  adopt<T extends PyObject = PyObject>(share: ObjectShare): T {
    this.#mustBeIn();
    return this.#objects.adopt(share);
  }

  /** A queue for all workers: a new one, or the one that another worker has shared. */
  queue<T = unknown>(source?: ObjectSource): SharedQueue<T> {
    return new SharedQueue<T>(
      this.#ofAll,
      this.#opened(source, () => this.scope(() => this.tuple([this.list(), this.list()]))),
    );
  }

  /** A counter for all workers: a new one, which begins at 0, or the one that another worker has shared. */
  counter(source?: ObjectSource): SharedCounter {
    return new SharedCounter(
      this.#ofAll,
      this.#opened(source, () => this.list([0])),
    );
  }

  get #ofAll(): ObjectsOfAll {
    return { locked: this.#objects.lock.run, changes: this.#objects.changes };
  }

  /** An object of which the caller owns the handle. */
  #opened<T extends PyObject>(source: ObjectSource | undefined, make: () => T): T {
    this.#mustBeIn();
    if (source === undefined) return make();
    return (source instanceof Handle ? source.clone() : this.adopt(source)) as T;
  }

  /** A weak reference: it refers to the object without keeping it alive. */
  ref<T extends PyObject>(object: T): PyRef<T> {
    this.#mustBeIn();
    return this.#objects.open.heap.ref(object);
  }

  /** Runs a function, then releases all handles that were made in it, except the one that it returns. */
  scope<T>(run: () => T): T {
    this.#mustBeIn();
    return this.#objects.open.objects.bridge.scope(run);
  }

  /** Objects with names, for all workers: a dict. */
  get roots(): PyDict<string, PyObject> {
    this.#mustBeIn();
    return this.#objects.open.roots;
  }

  /** The cycle collector: Python's gc module. */
  get gc(): GarbageCollector {
    this.#mustBeIn();
    return this.#objects.open.gc;
  }

  static {
    objectsOf = (heap) => {
      heap.#mustBeIn();
      return heap.#objects.open.heap;
    };
  }

  // ---- limit and account, of all workers together ----

  #word(offset: number): number {
    return this.#words.get(this.#core.base + offset);
  }

  /** Hard limit, in bytes, on the memory that the heap reserves. At the limit, allocations fail. */
  get limit(): number {
    return this.#word(C.LIMIT_AT);
  }

  set limit(bytes: number) {
    checkLimit(bytes);
    this.#words.set(this.#core.base + C.LIMIT_AT, limitWord(bytes));
  }

  /** Bytes that the heap has from the platform now. */
  get reserved(): number {
    return this.#word(C.RESERVED_AT);
  }

  /**
   * The account and the statistics. They are exact if no other worker uses the heap meanwhile. Otherwise they may or may not contain what
   * others do while the heap is walked.
   */
  stats(): HeapStats {
    this.#mustBeIn();
    const { functions, base, memory } = this.#core;
    const tally = new Tally({ control: base });
    this.#visitor = tally;
    try {
      functions.walk_heap(C.DEPTH_POOLS);
      this.#objects.walk(tally);
    } finally {
      this.#visitor = undefined;
    }
    return tally.finish(this.#words, memory.buffer.byteLength, null, this.#objects.control);
  }

  /**
   * Proves that every structure of all workers keeps its invariants; throws HeapCorruption if one does not. No other worker may use the heap
   * meanwhile.
   */
  check(): void {
    this.#mustBeIn();
    const answer = this.#core.functions.check_heap();
    if (answer !== 0n) throw corruptionOf(answer);
    if (this.#objects.exist) this.#objects.open.heap.check();
  }

  /** The lock is held by a thread that does not give it back. */
  #stalled(holder: number): never {
    if (holder === C.BROKEN_LOCK) throw new HeapCorruption("what a terminated worker left", toAddress(this.#core.base));
    throw new Error(
      `Cannot use the heap: the worker of thread ${formatAddress(toAddress(holder))} has held its lock for ten seconds. If it was terminated, call ended(share)`,
    );
  }
}

/** A checksum that tells this build of the core from others. */
function buildChecksum(): number {
  return (threadsChecksum() ^ wholeChecksum()) >>> 0;
}

/** Makes members of other heaps that a shared heap lacks throw an error that names them. */
export function refuseMembersOf(prototypes: readonly object[], fields: readonly string[]): void {
  const names = new Set([...prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype)), ...fields]);
  for (const name of names) {
    if (name in SharedHeap.prototype || OWN_FIELDS.includes(name)) continue;
    const refuse = (): never => {
      throw new Error(`Cannot use heap.${name}: ${NOT_THERE}`);
    };
    Object.defineProperty(SharedHeap.prototype, name, { get: refuse, set: refuse });
  }
}
