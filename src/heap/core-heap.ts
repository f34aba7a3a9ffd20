// What every heap can do, wherever its memory is: a heap of our own (heap.ts) or one inside a host (hosts/).

import type { KnownBlock } from "../alloc/debug-hooks.js";
import { type AllocatorFunctions, type Domain, MAX_REQUEST } from "../alloc/domain.js";
import type { ArenaAllocator, InstalledAllocator, InstalledArenaAllocator, WasmAllocator } from "../alloc/hooks.js";
import type { HeapItem, HeapStats } from "../alloc/stats.js";
import { type ElementType, TypedBlock } from "../alloc/typed-block.js";
import * as C from "../core/constants.gen.js";
import { type Address, NULL } from "../ground/address.js";
import type { DomainName } from "../ground/errors.js";
import type { PressureAccount } from "../pressure/books.js";
import type { HeapEventName, Listener, MeasureRun } from "../pressure/events.js";
import { NO_LIMIT, type Policy } from "../pressure/policy.js";
import type { Relief, RelieveOptions } from "../pressure/relief.js";
import type { Base } from "../trace/base.js";
import type { Recorder } from "../trace/recorder.js";
import type { StartTally } from "../trace/start-tally.js";
import type { Tracemalloc } from "../tracemalloc/tracemalloc.js";
import type { Foundation } from "./foundation.js";
import { checkLimit, limitWord, noMemory } from "./limits.js";
import type { Traceable, TraceOptions } from "./recordings.js";

export { NO_LIMIT };

export abstract class CoreHeap {
  /** The three domains of the Python/C API. */
  readonly raw: Domain;
  readonly mem: Domain;
  readonly object: Domain;
  /** Python's tracemalloc, for whatever allocates on this heap. */
  readonly tracemalloc: Tracemalloc<Traceable>;
  protected readonly foundation: Foundation;

  protected constructor(foundation: Foundation) {
    const { raw, mem, object } = foundation.domains;
    this.foundation = foundation;
    this.raw = raw;
    this.mem = mem;
    this.object = object;
    this.tracemalloc = foundation.recordings.tracemalloc;
  }

  /**
   * The memory that the heap is in. Its buffer changes when the memory grows; after `heap.trim()` it is another memory. Only the heap may
   * grow it: the heap takes everything above its blocks for its own, so it would put blocks into pages that others added.
   */
  get memory(): WebAssembly.Memory {
    return this.foundation.core.memory;
  }

  // ---- Py_Malloc, Py_Realloc, Py_Free: like PyMem_*, but they throw MemoryError instead of returning NULL ----

  /** Py_Malloc: a block of at least `n` bytes. Throws MemoryError. */
  malloc(n: number): Address {
    const block = this.mem.malloc(n);
    return block === NULL ? this.#rescued(n, () => this.mem.malloc(n)) : block;
  }

  /**
   * Py_Realloc: changes the block's size to `n` bytes; the block may move. Throws MemoryError, and then the block is
   * unchanged.
   */
  realloc(block: Address, n: number): Address {
    const moved = this.mem.realloc(block, n);
    return moved === NULL ? this.#rescued(n, () => this.mem.realloc(block, n)) : moved;
  }

  /** Py_Free. */
  free(block: Address): void {
    this.mem.free(block);
  }

  /**
   * Runs measures for an allocation that found no memory, and tries it again. Returns its block, or throws MemoryError.
   */
  #rescued(n: number, attempt: () => Address): Address {
    const block = n > MAX_REQUEST ? undefined : this.foundation.ladder.rescue(() => attempt() || undefined, n);
    if (block === undefined) throw noMemory(n, this);
    return block;
  }

  // ---- PyMem_New, PyMem_Resize, PyMem_Del ----

  /** PyMem_New: a block of `length` elements. Throws MemoryError. */
  new<T extends ElementType>(type: T, length: number): TypedBlock<T> {
    return new TypedBlock(this, this.foundation.core, this.foundation.domains.viewers, type, length);
  }

  // ---- limits and the account ----

  /** Hard limit, in bytes, on the memory that the heap reserves. At the limit, allocations fail. */
  get limit(): number {
    return this.foundation.word(C.LIMIT_AT);
  }

  set limit(bytes: number) {
    checkLimit(bytes);
    this.foundation.setWord(C.LIMIT_AT, limitWord(bytes));
    this.foundation.ladder.limited();
  }

  /**
   * Soft limit, in bytes, on the memory that the heap reserves. When it is passed, measures run at the next moment at
   * which nothing is under way. If it is set to undefined, the policy derives it from the hard limit; NO_LIMIT means
   * that there is none.
   */
  get softLimit(): number {
    return this.foundation.ladder.softLimit;
  }

  set softLimit(bytes: number | undefined) {
    this.foundation.ladder.softLimit = bytes;
  }

  /** What to do about pressure. If it is undefined, no measure runs by itself. */
  get policy(): Policy | undefined {
    return this.foundation.ladder.policy;
  }

  set policy(policy: Policy | undefined) {
    this.foundation.ladder.policy = policy;
  }

  /** The measures that ran last, the oldest first. */
  get measureLog(): readonly MeasureRun[] {
    return this.foundation.ladder.log;
  }

  /**
   * Calls the listener at each event: `pressure` before measures run, `measure` after each of them, `collect` and
   * `compact` after each collection or compaction, also those that the program itself asked for. Returns a function
   * that ends this. Exceptions of a listener are reported, and change nothing.
   */
  on<N extends HeapEventName>(name: N, listener: Listener<N>): () => void {
    return this.foundation.events.on(name, listener);
  }

  /** Ends what `on` began. Returns whether the listener was there. */
  off<N extends HeapEventName>(name: N, listener: Listener<N>): boolean {
    return this.foundation.events.off(name, listener);
  }

  /**
   * The program's time that measures have taken so far, the part of it that was in vain, and the bytes that they
   * gained.
   */
  get pressureAccount(): PressureAccount {
    return this.foundation.ladder.account;
  }

  /** Bytes that the heap has from the platform now. */
  get reserved(): number {
    return this.foundation.reserved;
  }

  /** The account and the statistics, as of now: one walk over chunks, arenas and pools. */
  stats(): HeapStats {
    return this.foundation.stats();
  }

  /**
   * Calls `visit` with everything in the heap: chunks, arenas, pools and, unless `blocks` is false, every block of every pool. Changes
   * nothing.
   */
  walk(visit: (item: HeapItem) => void, { blocks = true }: { readonly blocks?: boolean } = {}): void {
    this.foundation.survey.walk(visit, blocks);
  }

  /** The live blocks that the debug hooks know, in no order; empty if there are no debug hooks. */
  knownBlocks(): KnownBlock[] {
    return this.foundation.survey.knownBlocks();
  }

  /** The live block that starts at an address, if the debug hooks know it. */
  knownBlock(address: Address): KnownBlock | undefined {
    return this.foundation.survey.knownBlock(address);
  }

  /**
   * Proves that every structure keeps its invariants and, with debug hooks, that the bytes around every block are
   * intact. Reports a block's fault to `onFault`; throws HeapCorruption if the heap itself is broken.
   */
  check(): void {
    this.foundation.survey.check();
  }

  /**
   * Gives empty memory back to the platform: free lists of types, pools, arenas, the top. Returns the bytes given back.
   * Throws in the middle of a walk, or while an allocator of the program is being called.
   */
  release(): number {
    return this.foundation.release();
  }

  /**
   * Makes the heap smaller while nobody needs it. Runs all measures of the policy, the cheap ones first, as long as the
   * budget lasts; or the measures that are named. Throws if an operation is under way.
   */
  relieve(options?: RelieveOptions): Relief {
    return this.foundation.ladder.relieve(options);
  }

  // ---- allocators and debug hooks ----

  /** PyMem_GetAllocator. */
  getAllocator(domain: DomainName): InstalledAllocator {
    return this.foundation.hooks.get(domain);
  }

  /** PyMem_SetAllocator. Blocks that exist already will be freed through the new allocator. */
  setAllocator(domain: DomainName, allocator: AllocatorFunctions | WasmAllocator | InstalledAllocator): void {
    this.foundation.hooks.set(domain, allocator);
  }

  /** PyObject_GetArenaAllocator. */
  getArenaAllocator(): InstalledArenaAllocator {
    return this.foundation.hooks.getArena();
  }

  /** PyObject_SetArenaAllocator. Arenas that exist already will be freed through the new allocator. */
  setArenaAllocator(allocator: ArenaAllocator | InstalledArenaAllocator): void {
    this.foundation.hooks.setArena(allocator);
  }

  /**
   * PyMem_SetupDebugHooks. Call it before the first allocation: the hooks know only the blocks that are allocated
   * later.
   */
  setupDebugHooks(): void {
    this.foundation.core.functions.PyMem_SetupDebugHooks();
  }

  // ---- traces ----

  /**
   * Begins to record every allocation, resize and free (with `sample`, those of some blocks), with the stack of the program. The recorder's
   * `stop` ends this. There can be one recording at a time. Throws if there is no memory for the tracer's tables.
   */
  trace(options: TraceOptions): Recorder {
    return this.foundation.recordings.trace(options);
  }

  /**
   * Counts what is allocated from now on, without stacks, at a third of the cost of a recording. It is used while
   * an interpreter starts. The recording of the program then begins with these sums: they are passed to it as the
   * option `start`. If this heap is a copy of another heap, and has not been used since, `earlier` has the counts of
   * that heap.
   */
  tallyStart(earlier?: Base): StartTally {
    return this.foundation.recordings.tallyStart(earlier);
  }

  /** Whether a recording is under way. */
  get isTracing(): boolean {
    return this.foundation.recordings.isRunning;
  }
}
