// What every heap can do, wherever its memory is: a heap of our own (heap.ts) or one inside a host (hosts/).

import {
  type FaultHandler,
  type KnownBlock,
  type Locator,
  readFault,
  Sites,
  throwFault,
} from "../alloc/debug-hooks.js";
import { type AllocatorFunctions, Domain, type DomainCalls, MAX_REQUEST, rebind } from "../alloc/domain.js";
import {
  AllocatorHooks,
  type ArenaAllocator,
  type InstalledAllocator,
  type InstalledArenaAllocator,
  type WasmAllocator,
} from "../alloc/hooks.js";
import { stackLocator } from "../alloc/locator.js";
import { type HeapItem, type HeapStats, type HostFigures, itemOf, Tally } from "../alloc/stats.js";
import { type ElementType, forgetView, TypedBlock, type Viewers } from "../alloc/typed-block.js";
import { BLOCK_DOMAINS } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { AllocatorParts, HostCalls, Visitor } from "../core/host-calls.js";
import { Words } from "../core/memory-words.js";
import { MEASURE, RELEASE, type Reentrancy } from "../core/reentrancy.js";
import { type Address, NULL, toAddress } from "../ground/address.js";
import { type DomainName, type Fault, HeapCorruption, MemoryError } from "../ground/errors.js";
import type { PyObject } from "../objects/handles/object.js";
import type { Clock, PressureAccount } from "../pressure/books.js";
import { Events, type HeapEventName, type Listener, type MeasureRun } from "../pressure/events.js";
import { Ladder, type Relief, type RelieveOptions } from "../pressure/ladder.js";
import { DEFAULT_POLICY, type MeasureName, NO_LIMIT, type Policy } from "../pressure/policy.js";
import { Analysis } from "../trace/analysis.js";
import type { TraceMetadata } from "../trace/format.js";
import { JAVASCRIPT_STACKS } from "../trace/javascript-stack.js";
import { Recorder, type RecordOptions, type StackSource } from "../trace/recorder.js";
import { TotalsWriter } from "../trace/totals-writer.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "../trace/writer.js";
import { Tracemalloc } from "../tracemalloc/tracemalloc.js";

export { NO_LIMIT };

export interface TraceOptions extends RecordOptions {
  /** Takes the bytes of the trace, in order. They are only valid during the call. An error that it throws ends the recording. */
  readonly write: TraceSink;
  /** Write the totals by stack and the peak when the recording ends, instead of events: a small file. */
  readonly aggregate?: boolean | undefined;
}

export interface CoreHeapOptions {
  /** What is done about a fault that the debug hooks find; the default throws a HeapFault. */
  readonly onFault?: FaultHandler | undefined;
  /** Says where the program is, for the debug hooks' reports. */
  readonly locate?: Locator | undefined;
  /** What is done about pressure; false: nothing by itself. The default runs the measures, the cheap ones first. */
  readonly policy?: Policy | false | undefined;
  /** Bytes from the platform past which measures run; the default is up to the policy. */
  readonly softLimit?: number | undefined;
  /** Milliseconds, by which measures are given time; the default is performance.now. */
  readonly clock?: Clock | undefined;
}

/** What was allocated: a block's address, a typed block, an object's handle, or in a Python guest an object's id(). */
export type Traceable = number | TypedBlock<ElementType> | PyObject;

function domainCalls({ functions: f }: Core): Record<DomainName, DomainCalls> {
  return {
    raw: {
      malloc: f.PyMem_RawMalloc,
      calloc: f.PyMem_RawCalloc,
      realloc: f.PyMem_RawRealloc,
      free: f.PyMem_RawFree,
    },
    mem: { malloc: f.PyMem_Malloc, calloc: f.PyMem_Calloc, realloc: f.PyMem_Realloc, free: f.PyMem_Free },
    object: {
      malloc: f.PyObject_Malloc,
      calloc: f.PyObject_Calloc,
      realloc: f.PyObject_Realloc,
      free: f.PyObject_Free,
    },
  };
}

const systemClock: Clock = () => performance.now();

/** All heaps of this program that have not been collected, to say whose a block is that is not one's own. */
const heaps = new Set<WeakRef<CoreHeap>>();

export abstract class CoreHeap {
  /** The three domains of the Python/C API. */
  readonly raw: Domain;
  readonly mem: Domain;
  readonly object: Domain;
  protected readonly core: Core;
  protected readonly words: Words;
  /** What this heap can do about pressure. */
  protected readonly measures = new Map<MeasureName, () => void>();
  protected readonly events: Events;
  protected readonly ladder: Ladder;
  readonly #viewers: Viewers = new Set();
  readonly #hooks: AllocatorHooks;
  readonly #calls: HostCalls;
  protected readonly states: Reentrancy;
  /** What the core calls, but for what depends on the kind of heap. */
  protected readonly allocatorParts: Omit<AllocatorParts, "onWatermark">;
  readonly #sites: Sites;

  protected constructor(core: Core, calls: HostCalls, options: CoreHeapOptions) {
    const { onFault = throwFault, locate, policy = DEFAULT_POLICY, softLimit, clock = systemClock } = options;
    this.core = core;
    this.words = new Words(core);
    this.#hooks = new AllocatorHooks(core, this.words, calls.states);
    this.#calls = calls;
    this.states = calls.states;
    this.events = new Events((error) => this.unraisable(error));
    this.ladder = new Ladder(this.#relievable(), this.events, policy || undefined, clock);
    this.measures.set("release", () => core.functions.relieve_heap());
    if (softLimit !== undefined) this.ladder.softLimit = softLimit;
    const sites = new Sites(locate ?? stackLocator);
    this.#sites = sites;
    this.allocatorParts = {
      sites,
      tracked: this.tracemalloc,
      onFault: () => {
        const fault = this.#withOwner(readFault(core, this.words, sites));
        if (!this.states.putOff(() => onFault(fault))) onFault(fault);
      },
    };
    for (const ref of heaps) if (!ref.deref()) heaps.delete(ref);
    heaps.add(new WeakRef(this));
    const { raw, mem, object } = domainCalls(core);
    this.raw = new Domain("raw", raw);
    this.mem = new Domain("mem", mem);
    this.object = new Domain("object", object);
  }

  /** The core is over another memory, with the same content at the same addresses: whoever has its functions gets the new ones. */
  protected moved(): void {
    const { raw, mem, object } = domainCalls(this.core);
    rebind(this.raw, raw);
    rebind(this.mem, mem);
    rebind(this.object, object);
    // A view knows the memory that it is of, and would keep it.
    this.words.refresh();
    for (const ref of this.#viewers) {
      const block = ref.deref();
      if (block) forgetView(block);
    }
    this.#viewers.clear();
  }

  /** If the address is no block of ours: what another heap has there. */
  #withOwner(fault: Fault): Fault {
    if (fault.kind !== "not a block") return fault;
    for (const ref of heaps) {
      const heap = ref.deref();
      const elsewhere = heap === this ? undefined : heap?.knownBlock(fault.address);
      if (elsewhere) return { ...fault, elsewhere };
    }
    return fault;
  }

  /** The memory that the heap is in. Its buffer changes when the memory grows, and it is another one after `heap.trim()`. */
  get memory(): WebAssembly.Memory {
    return this.core.memory;
  }

  /** What a host's malloc knows; null if the memory is the heap's own. */
  protected abstract hostFigures(): HostFigures | null;

  #word(offset: number): number {
    return this.words.get(this.core.control + offset);
  }

  // ---- Py_Malloc, Py_Realloc, Py_Free: as PyMem_*, but they throw where those answer NULL ----

  /** Py_Malloc: a block of at least `n` bytes. Throws MemoryError. */
  malloc(n: number): Address {
    const block = this.mem.malloc(n);
    return block === NULL ? this.#rescued(n, () => this.mem.malloc(n)) : block;
  }

  /** Py_Realloc: the block with `n` bytes, perhaps elsewhere. Throws MemoryError, and then the block is as it was. */
  realloc(block: Address, n: number): Address {
    const moved = this.mem.realloc(block, n);
    return moved === NULL ? this.#rescued(n, () => this.mem.realloc(block, n)) : moved;
  }

  /** Py_Free. */
  free(block: Address): void {
    this.mem.free(block);
  }

  /** What an allocation that found no memory gets after measures. */
  #rescued(n: number, attempt: () => Address): Address {
    const block = n > MAX_REQUEST ? undefined : this.ladder.rescue(() => attempt() || undefined, n);
    if (block !== undefined) return block;
    if (n > MAX_REQUEST) throw new MemoryError(n, `a block has at most ${MAX_REQUEST} bytes`);
    const limit = this.limit;
    const within =
      limit === NO_LIMIT ? "the platform has no more" : `the limit is ${limit} bytes, ${this.reserved} are reserved`;
    throw new MemoryError(n, within);
  }

  // ---- PyMem_New, PyMem_Resize, PyMem_Del ----

  /** PyMem_New: a block of `length` elements. Throws MemoryError. */
  new<T extends ElementType>(type: T, length: number): TypedBlock<T> {
    return new TypedBlock(this, this.core, this.#viewers, type, length);
  }

  // ---- limits and the account ----

  /** Hard limit, in bytes, of what the heap reserves. At the limit, an allocation answers NULL. */
  get limit(): number {
    return this.#word(C.LIMIT_AT);
  }

  set limit(bytes: number) {
    if (!(bytes >= 0)) throw new RangeError(`Cannot set the limit to ${bytes}: not a number of bytes`);
    this.words.set(this.core.control + C.LIMIT_AT, Math.min(Math.floor(bytes), NO_LIMIT));
    this.ladder.limited();
  }

  /**
   * Soft limit, in bytes, of what the heap reserves: past it, measures run at the next moment at which nothing is under way.
   * undefined: what the policy makes of the hard limit; NO_LIMIT: none.
   */
  get softLimit(): number {
    return this.ladder.softLimit;
  }

  set softLimit(bytes: number | undefined) {
    this.ladder.softLimit = bytes;
  }

  /** What is done about pressure; undefined: nothing by itself. */
  get policy(): Policy | undefined {
    return this.ladder.policy;
  }

  set policy(policy: Policy | undefined) {
    this.ladder.policy = policy;
  }

  /** The measures that ran last, the oldest first. */
  get measureLog(): readonly MeasureRun[] {
    return this.ladder.log;
  }

  /**
   * Calls the listener at an event: `pressure` before measures run, `measure` after each of them, `collect` and `compact` after a collection
   * or compaction, whoever began it. Answers a function that ends this. What a listener throws is reported, and changes nothing.
   */
  on<N extends HeapEventName>(name: N, listener: Listener<N>): () => void {
    return this.events.on(name, listener);
  }

  /** Ends what `on` began. Answers whether the listener was there. */
  off<N extends HeapEventName>(name: N, listener: Listener<N>): boolean {
    return this.events.off(name, listener);
  }

  /** What measures took of the program's time so far, what of that was in vain, and what they gained. */
  get pressureAccount(): PressureAccount {
    return this.ladder.account;
  }

  #relievable() {
    const { control } = this.core;
    const word = (offset: number) => this.words.get(control + offset);
    const heap = this;
    return {
      get reserved() {
        return heap.reserved;
      },
      get limit() {
        return heap.limit;
      },
      get memoryBytes() {
        return heap.memory.buffer.byteLength;
      },
      measures: this.measures,
      allocated: () => word(C.LARGE_AT) - word(C.LARGE_BYTES_AT + 4 * C.INTERNAL) + word(C.POOLS_AT) * C.POOL_SIZE,
      live: () => {
        const { live, escaped } = this.stats().account;
        return live.raw + live.mem + live.object + escaped;
      },
      isHelpless: this.isHelpless,
      setMarks: (watermark: number, lowMark: number) => {
        this.words.set(control + C.WATERMARK_AT, watermark);
        this.words.set(control + C.LOW_MARK_AT, lowMark);
      },
      isBusy: () => this.isBusy(),
      report: (error: unknown) => this.unraisable(error),
    };
  }

  /** Whether allocations fail before anybody can help: then measures have to run earlier. */
  protected get isHelpless(): boolean {
    return false;
  }

  /** Whether something is under way that a measure would disturb. */
  protected isBusy(): boolean {
    return !this.states.may(MEASURE);
  }

  /** What is done about an error that can't be thrown where it happened. */
  protected unraisable(error: unknown): void {
    console.error("Exception ignored in what was done about pressure:", error);
  }

  /** Bytes that the heap has from the platform now. */
  get reserved(): number {
    return this.#word(C.RESERVED_AT);
  }

  /** The account and the statistics, as of now: one walk over arenas and pools. */
  stats(): HeapStats {
    const tally = new Tally(this.core);
    this.#visit(C.DEPTH_POOLS, (...visit) => tally.add(...visit));
    return tally.finish(this.words, this.core.memory.buffer.byteLength, this.hostFigures());
  }

  /** Everything in the heap: chunks, arenas, pools, and, unless told otherwise, every block of every pool. Changes nothing. */
  walk(visit: (item: HeapItem) => void, { blocks = true }: { readonly blocks?: boolean } = {}): void {
    this.#visit(blocks ? C.DEPTH_BLOCKS : C.DEPTH_POOLS, (...args) => visit(itemOf(...args)));
  }

  #visit(depth: number, visitor: Visitor): void {
    this.#calls.visiting(visitor, () => this.core.functions.walk_heap(depth));
  }

  /** The live blocks that the debug hooks know, in no order: none without them. */
  knownBlocks(): KnownBlock[] {
    const found: KnownBlock[] = [];
    this.#calls.visiting(
      (_kind, address, size, domain, site) => {
        found.push(this.#known(address, size, domain, site));
      },
      () => this.core.functions.walk_known(),
    );
    return found;
  }

  /** The live block that starts at an address, if the debug hooks know it. */
  knownBlock(address: Address): KnownBlock | undefined {
    if (this.core.functions.debug_find(address) === 0) return undefined;
    return this.#known(
      this.#word(C.FAULT_ADDRESS_AT),
      this.#word(C.FAULT_SIZE_AT),
      this.#word(C.FAULT_DOMAIN_AT),
      this.#word(C.FAULT_SITE_AT),
    );
  }

  #known(address: number, size: number, domain: number, site: number): KnownBlock {
    const allocatedAt = this.#sites.place(site);
    return {
      address: toAddress(address),
      size: size >>> 0,
      domain: BLOCK_DOMAINS[domain] ?? "raw",
      ...(allocatedAt && { allocatedAt }),
    };
  }

  /**
   * Proves that every structure keeps its invariants and, with debug hooks, that every block's surroundings are whole.
   * Reports a block's fault to `onFault`; throws HeapCorruption if the heap itself is broken.
   */
  check(): void {
    const answer = this.core.functions.check_heap();
    if (answer === 0n) return;
    const kind = Number(answer >> 32n);
    if (kind === C.CHECK_BLOCK) {
      this.#calls.fault();
      return;
    }
    throw new HeapCorruption(this.#structureName(kind), toAddress(Number(answer & 0xffff_ffffn)));
  }

  #structureName(kind: number): string {
    const names: Record<number, string> = {
      [C.CHECK_PLATFORM]: "the break",
      [C.CHECK_LEDGER]: "the ledger",
      [C.CHECK_RAW]: "the raw allocator's chunk",
      [C.CHECK_ARENAS]: "the arena",
      [C.CHECK_POOL]: "the pool",
      [C.CHECK_POOL_COUNT]: "the count of pools in the control block",
    };
    return names[kind] ?? "a structure";
  }

  /** Blocks that types of objects keep for their next ones are free, and tables fit what they have. */
  protected emptyFreeLists(): void {}

  /**
   * Gives what is empty back to the platform: free lists of types, pools, arenas, the top. Answers the bytes given back. Throws in the
   * middle of a walk, or of what an allocator of the program's is called for.
   */
  release(): number {
    this.states.must(RELEASE, "release memory");
    this.emptyFreeLists();
    return this.core.functions.relieve_heap() >>> 0;
  }

  /**
   * Makes the heap smaller while nobody needs it: runs all measures of the policy, the cheap ones first, as long as the budget lasts; or
   * the measures that are named. Throws if an operation is under way.
   */
  relieve(options?: RelieveOptions): Relief {
    return this.ladder.relieve(options);
  }

  // ---- allocators and debug hooks ----

  /** PyMem_GetAllocator. */
  getAllocator(domain: DomainName): InstalledAllocator {
    return this.#hooks.get(domain);
  }

  /** PyMem_SetAllocator. Blocks that are there will be freed through the new allocator. */
  setAllocator(domain: DomainName, allocator: AllocatorFunctions | WasmAllocator | InstalledAllocator): void {
    this.#hooks.set(domain, allocator);
  }

  /** PyObject_GetArenaAllocator. */
  getArenaAllocator(): InstalledArenaAllocator {
    return this.#hooks.getArena();
  }

  /** PyObject_SetArenaAllocator. Arenas that are there go to the new allocator's `free`. */
  setArenaAllocator(allocator: ArenaAllocator | InstalledArenaAllocator): void {
    this.#hooks.setArena(allocator);
  }

  /** PyMem_SetupDebugHooks: to be called before the first allocation, for blocks are known from then on. */
  setupDebugHooks(): void {
    this.core.functions.PyMem_SetupDebugHooks();
  }

  // ---- traces ----

  /** Where the stacks of a trace come from. */
  protected stackSource(): StackSource {
    return JAVASCRIPT_STACKS;
  }

  /** The allocators that stand in the domains are others than before. */
  protected domainsChanged(): void {}

  /**
   * Records every allocation, resize and free from now on, with the stack of the program, until the recorder's `stop`. One
   * recording at a time. Throws if there is no memory for the tracer's tables.
   */
  trace({ write, aggregate = false, ...options }: TraceOptions): Recorder {
    return this.record(options, (metadata) =>
      aggregate ? new TotalsWriter(write, metadata, new Analysis()) : new TraceWriter(write, metadata),
    );
  }

  /** Whether a recording is under way. */
  get isTracing(): boolean {
    return this.#calls.tracer !== undefined;
  }

  /** As trace, to any output. */
  protected record(options: RecordOptions, makeOutput: (metadata: TraceMetadata) => TraceOutput): Recorder {
    if (this.#calls.tracer) throw new Error("Cannot trace: a recording is under way");
    this.checkTraceable();
    const source = this.stackSource();
    let ends: (() => void)[] = [];
    const recorder = new Recorder(this.core, this.words, this.#calls, source, options, makeOutput, (isRunning) => {
      this.domainsChanged();
      for (const end of ends) end();
      ends = [];
      if (!isRunning) return;
      ends.push(this.watchStack());
      if (options.collections !== false) ends.push(this.watchCollections(recorder));
    });
    recorder.start();
    return recorder;
  }

  /** Python's tracemalloc, for whatever allocates on this heap. */
  readonly tracemalloc: Tracemalloc<Traceable> = new Tracemalloc<Traceable>({
    record: (output) => this.record({ collections: false }, () => output),
    frames: () => this.stackSource().frames?.() ?? [],
    placeOf: (object) => this.placeOf(object),
  });

  /** Where in memory something is. */
  protected placeOf(object: Traceable): number {
    if (typeof object === "number") return object;
    if (object instanceof TypedBlock) return object.address;
    throw new TypeError("Cannot say where this object is: it is not on the heap");
  }

  /** Reports runs of the heap's cycle collector to a recording while it runs. Answers what ends that. */
  protected watchCollections(_recorder: Recorder): () => void {
    return () => undefined;
  }

  /** Tells the tracer what it can't see of the program's stack, while a recording runs. Answers what ends that. */
  protected watchStack(): () => void {
    return () => undefined;
  }

  /** Throws if a recording would not see what the program allocates. */
  protected checkTraceable(): void {}
}
