// A heap that several workers use at once: the allocators, in a shared memory. docs/workers.md.
//
// Each worker has an instance of the core, and a SharedHeap over it. What they share is in the memory.

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
import { instantiateThread, TABLE_BASE, type ThreadCore, threadsChecksum, threadsModule } from "../core/threads.js";
import { type Address, formatAddress, NULL, toAddress } from "../ground/address.js";
import { HeapCorruption } from "../ground/errors.js";
import { NO_LIMIT } from "../pressure/policy.js";
import { checkLimit, checkState, limitWord, noMemory } from "./limits.js";

export interface SharedHeapOptions {
  /** The heap is for several workers. */
  readonly shared: true;
  /** Hard limit in bytes on the memory that the heap reserves, for all workers together; the default is no limit. */
  readonly limit?: number;
  /** Where in its memory the heap begins: a multiple of 65536, at least 65536, which is the default. */
  readonly base?: number;
}

/** What `postMessage` carries to one worker, which joins the heap with it: `await Heap.join(share)`. */
export interface HeapShare {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
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
const ALLOCATORS_ALONE = "a shared heap has the allocators alone";

const OPTIONS: readonly string[] = ["shared", "limit", "base"] satisfies (keyof SharedHeapOptions)[];

/** A heap that several workers use at once. Each of them has a SharedHeap. */
export class SharedHeap {
  /** The three domains of the Python/C API. */
  readonly raw: Domain;
  readonly mem: Domain;
  readonly object: Domain;
  readonly #core: ThreadCore;
  readonly #words: Words;
  readonly #domains: Domains;
  readonly #sites = new Sites(stackLocator);
  #visitor: Tally | undefined;
  #isLeft = false;
  /** What the core calls. */
  readonly #calls: ThreadImports = {
    visit: (...visit) => this.#visitor?.add(...visit),
    watermark: () => 0,
    fault: () => throwFault(readFault(this.#core, this.#words, this.#sites)),
    stalled: (holder) => this.#stalled(holder),
  };

  private constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, base: number, control: number) {
    this.#core = instantiateThread(module, memory, base, control, this.#calls);
    this.#words = new Words(this.#core);
    this.#domains = new Domains(this.#core);
    this.raw = this.#domains.raw;
    this.mem = this.#domains.mem;
    this.object = this.#domains.object;
  }

  /** Makes a heap; this worker is its first. See Heap.create. */
  static async create(options: SharedHeapOptions): Promise<SharedHeap> {
    const { limit = NO_LIMIT, base = WASM_PAGE } = options;
    const other = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (other !== undefined)
      throw new TypeError(`Cannot make a shared heap with the option ${other}: ${ALLOCATORS_ALONE}`);
    const memory = sharedMemoryFor(base + WASM_PAGE);
    const heap = new SharedHeap(await threadsModule(), memory, base, base);
    const { functions: f } = heap.#core;
    f.init_own(TABLE_BASE, 0, limitWord(limit), 1, C.SHARED_BYTES);
    f.thread_begin_first();
    checkState({ limit, reserved: heap.reserved });
    return heap;
  }

  /** Opens the heap that another worker shared with this one. See Heap.join. */
  static async join(share: HeapShare): Promise<SharedHeap> {
    mustBeSharable();
    const { module, memory, base, thread, turn, build } = share;
    if (build !== threadsChecksum()) throw new Error("Cannot join the heap: it was made by another build of pyheap");
    const heap = new SharedHeap(module, memory, base, thread);
    if (heap.#core.functions.thread_begin(TABLE_BASE, turn) === 0) {
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
    return { module, memory, base, thread, turn, build: threadsChecksum() };
  }

  /**
   * Leaves the heap, which this worker can't use any more. Its blocks stay as they are, and other workers can use and free them. Call it
   * before the worker ends.
   */
  leave(): void {
    this.#mustBeIn();
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
    if (this.#core.functions.thread_end(share.thread, share.turn) === 0) this.#stalled(C.BROKEN_LOCK);
  }

  /**
   * Sends back the blocks of other workers that this one has freed, and takes its own back. A worker does so by itself while it allocates and
   * frees; one that will do neither for long can call this.
   */
  flush(): void {
    this.#mustBeIn();
    this.#core.functions.thread_flush();
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

  /** Gives this worker's empty memory back to the platform. Returns the bytes given back. */
  release(): number {
    this.flush();
    return this.#core.functions.relieve_heap() >>> 0;
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
    } finally {
      this.#visitor = undefined;
    }
    return tally.finish(this.#words, memory.buffer.byteLength, null);
  }

  /**
   * Proves that every structure of all workers keeps its invariants; throws HeapCorruption if one does not. No other worker may use the heap
   * meanwhile.
   */
  check(): void {
    this.#mustBeIn();
    const answer = this.#core.functions.check_heap();
    if (answer !== 0n) throw corruptionOf(answer);
  }

  /** The lock is held by a thread that does not give it back. */
  #stalled(holder: number): never {
    if (holder === C.BROKEN_LOCK) throw new HeapCorruption("what a terminated worker left", toAddress(this.#core.base));
    throw new Error(
      `Cannot use the heap: the worker of thread ${formatAddress(toAddress(holder))} has held its lock for ten seconds. If it was terminated, call ended(share)`,
    );
  }
}

/** Makes members of other heaps that a shared heap lacks throw an error that names them. */
export function refuseMembersOf(prototypes: readonly object[], fields: readonly string[]): void {
  const names = new Set([...prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype)), ...fields]);
  for (const name of names) {
    if (name in SharedHeap.prototype || OWN_FIELDS.includes(name)) continue;
    const refuse = (): never => {
      throw new Error(`Cannot use heap.${name}: ${ALLOCATORS_ALONE}`);
    };
    Object.defineProperty(SharedHeap.prototype, name, { get: refuse, set: refuse });
  }
}
