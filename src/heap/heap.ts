// A heap in a WebAssembly memory of its own: Python objects, made and used from TypeScript; modules in C; images.

import type { BinaryOperator, Comparison, UnaryOperator } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import { pick } from "../core/core.js";
import { MEMORY_API } from "../core/functions.gen.js";
import { memoryFor, WASM_PAGE } from "../core/memory.js";
import { Words } from "../core/memory-words.js";
import { instantiateWhole, OBJECT_API, type WholeCore, wholeChecksum, wholeModule } from "../core/whole-core.js";
import { type Address, toAddress } from "../ground/address.js";
import type { CModule } from "../hosts/c/c-module.js";
import type { LoadOptions } from "../hosts/c/load.js";
import type { WasmSource } from "../hosts/c/source.js";
import { CStack } from "../hosts/c/stack.js";
import { loadImage } from "../image/load.js";
import { bytesOf, type ImageSource, streamOf } from "../image/stream.js";
import type { Bridge } from "../objects/bridge/bridge.js";
import { entered, pushEntries } from "../objects/bridge/entries.js";
import { Handle, indexOf } from "../objects/bridge/handle.js";
import { binary, compareValues, hashOf, iterated, pushIterated, reprOf, unary } from "../objects/bridge/operations.js";
import { pushValue } from "../objects/convert/from-js.js";
import { toValue } from "../objects/convert/to-js.js";
import type { GarbageCollector } from "../objects/gc.js";
import { type Entries, PyDict } from "../objects/handles/dict.js";
import type { PyList } from "../objects/handles/list.js";
import type { PyObject } from "../objects/handles/object.js";
import type { PyRef } from "../objects/handles/ref.js";
import type { PyBytes, PyFloat, PyInt, PyStr } from "../objects/handles/scalars.js";
import type { PyFrozenSet, PySet } from "../objects/handles/set.js";
import type { PyTuple } from "../objects/handles/tuple.js";
import type { Fields, FieldType } from "../objects/handles/type-layout.js";
import type { PyType, TypeOptions } from "../objects/handles/types.js";
import { ObjectCalls } from "../objects/object-calls.js";
import type { Roots } from "../objects/roots.js";
import { type ObjectStats, readObjectStats } from "../objects/statistics.js";
import type { ObjectGraph } from "../snapshot/graph.js";
import { type SnapshotOptions, type SnapshotSummary, takeSnapshot } from "../snapshot/take.js";
import type { Compaction } from "./compaction.js";
import type { FromJS } from "./converted.js";
import { CoreHeap, NO_LIMIT } from "./core-heap.js";
import { Images } from "./images.js";
import { checkState, limitWord } from "./limits.js";
import { Modules } from "./modules.js";
import { Objects } from "./objects.js";
import {
  ALLOCATOR_NAMES,
  type HeapImports,
  type HeapOptions,
  type LoadImageOptions,
  type SaveOptions,
} from "./options.js";
import { policyBits } from "./policies.js";
import { Residence } from "./residence.js";
import { type HeapShare, refuseMembersOf, SharedHeap, type SharedHeapOptions } from "./shared-heap.js";
import type { Trim } from "./trim.js";

/**
 * Where a heap begins. The bytes below are the stack of modules in C. It is so large that the recursion limit is reached
 * before the stack ends. As long as no module is loaded, these bytes cost nothing.
 */
const DEFAULT_BASE = 256 * 1024;

/** A private heap: memory outside the JavaScript heap, with a limit and an account of every byte. */
export class Heap extends CoreHeap {
  /** The cycle collector: Python's gc module. */
  readonly gc: GarbageCollector;
  /** Objects with names. An image contains them, and everything that they lead to. */
  readonly roots: Roots;
  readonly #core: WholeCore;
  readonly #objects: Objects;
  readonly #bridge: Bridge;
  readonly #modules: Modules;
  readonly #residence: Residence;
  readonly #images: Images;
  #imports: HeapImports | undefined;

  private constructor(core: WholeCore, calls: ObjectCalls, options: HeapOptions) {
    const stack = new CStack(core, options.memory === undefined ? core.control : 0);
    const objects = new Objects(core, calls, stack, options);
    super(objects.foundation);
    this.#core = core;
    this.#objects = objects;
    this.#bridge = objects.bridge;
    this.gc = objects.gc;
    this.roots = objects.roots;
    this.#modules = new Modules(this, objects, stack);
    this.#residence = new Residence(objects);
    this.#images = new Images(objects, this.#modules);
    if (options.memory || options.table) this.#residence.stay("its memory or its table is not the heap's own");
    objects.foundation.measures.set("trim", () => this.#residence.trimIfWorth());
  }

  static {
    refuseMembersOf([Heap.prototype, CoreHeap.prototype], ["gc", "roots", "tracemalloc"]);
  }

  /** Makes a heap. It takes memory when it needs it, up to the limit. With `shared: true`, several workers can use it, but not for objects. */
  static create(options: SharedHeapOptions): Promise<SharedHeap>;
  static create(options?: HeapOptions): Promise<Heap>;
  static create(options: HeapOptions | SharedHeapOptions = {}): Promise<Heap | SharedHeap> {
    return "shared" in options && options.shared ? SharedHeap.create(options) : Heap.#create(options);
  }

  /** Opens the heap that another worker shared with this one by `share()`, and sent with postMessage. */
  static join(share: HeapShare): Promise<SharedHeap> {
    return SharedHeap.join(share);
  }

  static async #create(options: HeapOptions): Promise<Heap> {
    const { limit = NO_LIMIT, allocator = "default", base = options.memory ? WASM_PAGE : DEFAULT_BASE } = options;
    if (!ALLOCATOR_NAMES.includes(allocator)) {
      throw new RangeError(`Cannot use allocator "${allocator}": the names are ${ALLOCATOR_NAMES.join(", ")}`);
    }
    if (!(limit > 0)) throw new RangeError(`Cannot set the limit to ${limit}: not a number of bytes`);
    if (!(Number.isInteger(base) && base >= WASM_PAGE && base % WASM_PAGE === 0 && base < 2 ** 32 - WASM_PAGE)) {
      throw new RangeError(`Cannot begin a heap at ${base}: not a multiple of ${WASM_PAGE} from ${WASM_PAGE} up`);
    }
    const memory = options.memory ?? memoryFor(base + WASM_PAGE);
    const have = memory.buffer.byteLength;
    if (have < base + WASM_PAGE) memory.grow((base + WASM_PAGE - have) / WASM_PAGE);
    const table = options.table ?? new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    const policies = policyBits(options.policies ?? {});
    const [key0, key1] = options.hashKey ?? crypto.getRandomValues(new BigUint64Array(2));
    const calls = new ObjectCalls();
    const core = instantiateWhole(await wholeModule(), memory, table, base, calls);
    const { functions: f } = core;
    const pools = allocator !== "malloc" && allocator !== "malloc_debug";
    f.init_own(core.tableBase, 0, limitWord(limit), pools ? 1 : 0, C.STATE_BYTES);
    const reserved = new DataView(memory.buffer).getUint32(base + C.RESERVED_AT, true);
    checkState({ limit, reserved });
    if (allocator.endsWith("debug")) f.PyMem_SetupDebugHooks();
    f.begin_objects(key0 ?? 0n, key1 ?? 0n, policies);
    return new Heap(core, calls, options);
  }

  /**
   * A heap with the objects of an image: `heap.roots` leads to them. Throws ImageError if the image is broken,
   * incomplete, or made by another build of pyheap, and RangeError if it does not fit the limit; no heap is made then.
   */
  static async load(source: ImageSource, options: LoadImageOptions = {}): Promise<Heap> {
    const { limit = NO_LIMIT, types = {}, verify = false } = options;
    const image = await bytesOf(source);
    const { core, calls, metadata } = await loadImage(image, await wholeModule(), wholeChecksum(), verify);
    const words = new Words(core);
    const reserved = words.get(core.control + C.RESERVED_AT);
    if (!(reserved <= limit)) {
      throw new RangeError(`Cannot load a heap image within ${limit} bytes: it takes ${reserved}`);
    }
    words.set(core.control + C.LIMIT_AT, limitWord(limit));
    const heap = new Heap(core, calls, options);
    heap.#objects.restore(metadata, types);
    return heap;
  }

  #made<T extends Handle>(done: number): T {
    return this.#bridge.made(done) as T;
  }

  #converted<T extends Handle>(items: Iterable<unknown>, kind: number): T {
    const values = iterated(items);
    return this.#bridge.trying(() => {
      pushIterated(this.#bridge, values);
      return this.#made(this.#bridge.f.convert_value(kind));
    });
  }

  // ---- making objects ----

  /** list(items). */
  list<T = unknown>(items: Iterable<T> = []): PyList<T> {
    return this.#converted(items, C.LIST);
  }

  /** tuple(items). */
  tuple<T = unknown>(items: Iterable<T> = []): PyTuple<T> {
    return this.#converted(items, C.TUPLE);
  }

  /** set(items). */
  set<T = unknown>(items: Iterable<T> = []): PySet<T> {
    return this.#converted(items, C.SET);
  }

  /** frozenset(items). */
  frozenset<T = unknown>(items: Iterable<T> = []): PyFrozenSet<T> {
    return this.#converted(items, C.FROZENSET);
  }

  /** dict(entries), for a Map, pairs, a plain object, or another dict. */
  dict<V>(entries: Readonly<Record<string, V>>): PyDict<string, V>;
  dict<K = unknown, V = unknown>(entries?: Entries<K, V>): PyDict<K, V>;
  dict<K, V>(entries: Entries<K, V> = []): PyDict<K, V> {
    const source = entries instanceof PyDict ? entries : entered(entries);
    return this.#bridge.trying(() => {
      if (source instanceof PyDict) {
        this.#bridge.push(source);
        return this.#made(this.#bridge.f.convert_value(C.DICT));
      }
      pushEntries(this.#bridge, source);
      return this.#bridge.popHandle() as PyDict<K, V>;
    });
  }

  /**
   * A str object. It is needed only for the object itself: wherever a value can be stored, a JavaScript string can be
   * given.
   */
  str(text: string): PyStr {
    return this.#bridge.trying(() => {
      this.#bridge.push(String(text));
      return this.#bridge.popHandle() as PyStr;
    });
  }

  /** The one str object with this text: sys.intern. */
  intern(text: string): PyStr {
    return this.#bridge.trying(() => {
      this.#bridge.key(String(text));
      return this.#bridge.popHandle() as PyStr;
    });
  }

  /** A bytes object. */
  bytes(bytes: Uint8Array | readonly number[]): PyBytes {
    for (const byte of bytes) {
      if (!Number.isInteger(byte) || byte < 0 || byte > 255)
        throw new RangeError(`Cannot make a byte of ${byte}: not 0 to 255`);
    }
    return this.#bridge.trying(() => {
      this.#bridge.pushBytes(Uint8Array.from(bytes));
      return this.#bridge.popHandle() as PyBytes;
    });
  }

  /** An int object, of any size. */
  int(value: number | bigint): PyInt {
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new RangeError(`Cannot make an int of ${value}: not a whole number`);
    }
    return this.#bridge.trying(() => {
      this.#bridge.push(BigInt(value));
      return this.#bridge.popHandle() as PyInt;
    });
  }

  /** A float object, even for a whole number. */
  float(value: number): PyFloat {
    return this.#bridge.trying(() => this.#made(this.#bridge.f.push_float(value)));
  }

  /**
   * A weak reference: it refers to the object without keeping it alive. `callback` is called when the object is gone.
   */
  ref<T extends PyObject>(object: T, callback?: (ref: PyRef<T>) => void): PyRef<T> {
    const index = indexOf(object, this.#bridge);
    return this.#bridge.trying(() => {
      const id = callback ? this.#objects.calls.register((handle) => callback(handle as PyRef<T>)) : 0;
      const done = this.#bridge.f.push_ref(index, id);
      if (done === 0) this.#objects.calls.drop(id);
      return this.#made(done);
    });
  }

  /** Defines a type: `heap.type("Point", { fields: { x: "float64", y: "float64", next: "object" } })`. */
  type<const F extends Fields = Record<never, never>, I extends FieldType = never>(
    name: string,
    options: TypeOptions<F, I> = {},
  ): PyType<F, I> {
    return this.#bridge.trying(() => this.#objects.types.define(name, options));
  }

  // ---- whole values ----

  /**
   * Puts a whole JavaScript value on the heap. Arrays become lists, Maps and plain objects dicts, Sets sets, and
   * Uint8Arrays bytes; shared references and cycles are kept. Scalars are returned unchanged. Throws ConversionError,
   * which tells where in the value the problem is.
   */
  from<T>(value: T): FromJS<T> {
    return this.#bridge.trying(() => this.#from(value));
  }

  #from<T>(value: T): FromJS<T> {
    pushValue(this.#bridge, value);
    const index = this.#bridge.f.pop_handle();
    if (index === 0) this.#bridge.raise();
    const kind = this.#bridge.f.handle_kind(index);
    const handle = this.#objects.wrap(index, kind, this.#bridge.f.handle_host_id(index));
    return (isScalar(value) ? this.#scalar(handle) : handle) as FromJS<T>;
  }

  #scalar(handle: Handle): unknown {
    const value = this.toJS(handle);
    handle.release();
    return value;
  }

  /** The JavaScript value of an object, with all its parts. Scalars are returned unchanged. */
  toJS(value: unknown): unknown {
    return value instanceof Handle ? toValue(this.#bridge, indexOf(value, this.#bridge)) : value;
  }

  // ---- operations on all values ----

  /** a <operator> b, as in Python: `heap.binary(2, "**", 100)`. */
  binary(a: unknown, operator: BinaryOperator, b: unknown): unknown {
    return binary(this.#bridge, a, operator, b);
  }

  /** -a, +a, ~a, abs(a). */
  unary(operator: UnaryOperator, a: unknown): unknown {
    return unary(this.#bridge, operator, a);
  }

  /** pow(a, b, modulus) of ints. */
  pow(a: unknown, b: unknown, modulus: unknown): unknown {
    return this.#bridge.trying(() => {
      this.#bridge.pushAll([a, b, modulus]);
      return this.#bridge.value(this.#bridge.f.power_modulo());
    });
  }

  /** Compares two values as Python does. */
  compare(a: unknown, comparison: Comparison, b: unknown): boolean {
    return compareValues(this.#bridge, a, comparison, b);
  }

  /** hash(value). */
  hash(value: unknown): number {
    return hashOf(this.#bridge, value);
  }

  /** repr(value). */
  repr(value: unknown): string {
    return reprOf(this.#bridge, value);
  }

  /** Runs a function, then releases all handles that were made in it, except the one that it returns. */
  scope<T>(run: () => T): T {
    return this.#bridge.scope(run);
  }

  /**
   * Runs a function in which every result of an operation is a handle, even for numbers and strings. So the int 3 and
   * the float 3.0 can be told apart, and nothing is copied.
   */
  exact<T>(run: () => T): T {
    const before = this.#bridge.f.set_exact(1);
    try {
      return run();
    } finally {
      this.#bridge.f.set_exact(before);
    }
  }

  /**
   * The address of an object, for another WebAssembly module that calls the heap. It is valid until the handle is
   * released or the heap is compacted, unless the module counts its own reference (Py_IncRef). A mistake of such a
   * module can corrupt the heap.
   */
  addressOf(object: PyObject): Address {
    return toAddress(this.#bridge.f.handle_address(indexOf(object, this.#bridge)));
  }

  /** What to do about an exception in a callback or a finalizer, which can't be thrown there. The default prints it. */
  set onUnraisable(report: (error: unknown) => void) {
    this.#objects.calls.report = report;
  }

  // ---- the account ----

  /** Objects by type, what sharing saves, and all bytes of the object layer in the mem and object domains. */
  objectStats(): ObjectStats {
    return readObjectStats(this.#bridge);
  }

  /**
   * Every object of the heap, the references to it with their names, and the memory that belongs to no object. Nothing is
   * allocated in the heap. Throws in the middle of a collection or a compaction, and while a value is being converted.
   */
  graph(): ObjectGraph {
    return this.#objects.graph(this);
  }

  /** Writes the graph in V8's format, `.heapsnapshot`, which Chrome's DevTools opens. Throws what `graph` or `write` throws. */
  snapshot(options: SnapshotOptions): SnapshotSummary {
    return takeSnapshot(() => this.graph(), options);
  }

  override check(): void {
    super.check();
    this.#objects.check();
  }

  // ---- giving memory back ----

  /**
   * Moves objects together, so that the memory above them can be given back. Garbage is collected before, and free
   * lists are emptied. Handles stay valid. Throws MemoryError if there is no memory for a list of all objects.
   */
  compact(): Compaction {
    return this.#objects.compactor.compact();
  }

  /**
   * Moves the heap to a smaller memory, because a WebAssembly memory never shrinks. Addresses, handles and typed blocks
   * stay valid; but `heap.memory` is another memory, and views of the old one can't be used any more. The process keeps
   * the old memory until JavaScript's collector finds it. Compact first: only memory above the highest block is given
   * back. Throws an Error in the middle of an operation, and MemoryError if the engine can't have both memories at the
   * same time; then nothing has changed.
   */
  trim(): Trim {
    return this.#residence.trim();
  }

  /** The number of reservations so far. With `failReservation`, tests can try what a program does when memory runs out. */
  get reservations(): number {
    return this.foundation.word(C.RESERVATIONS_AT);
  }

  /**
   * Makes a reservation fail: if `after` is 1, the next one, if it is 2, the one after that, and so on; if `forever`, all
   * later ones too. 0 ends this. A reservation is a request to the platform, not to the heap.
   */
  failReservation(after: number, forever = false): void {
    this.foundation.setWord(C.FAIL_AT_AT, after === 0 ? 0 : this.reservations + after);
    this.foundation.setWord(C.FAIL_FOREVER_AT, forever ? 1 : 0);
  }

  // ---- modules ----

  /** Notes that modules of others use the memory from now on, and can own references to objects. */
  #lend(why: string): void {
    this.#residence.stay(why);
    this.#core.functions.lend_objects();
  }

  /**
   * The core's functions and memory, for another module to import: it calls them directly, from wasm to wasm. Once this
   * was read, `trim` no longer moves the heap to another memory, because that module would go on using the old one.
   */
  get imports(): HeapImports {
    if (this.#imports) return this.#imports;
    this.#lend("other modules may be bound to the memory: heap.imports was asked for");
    const { functions: f, memory, table } = this.#core;
    this.#imports = {
      ...pick(f, [...MEMORY_API, ...OBJECT_API]),
      memory,
      __indirect_function_table: table,
    };
    return this.#imports;
  }

  /**
   * Loads a module in C (a dynamic library in WebAssembly, as `pyheap cc` makes them) onto this heap: its data, its
   * stack and its blocks are in the heap's memory, and it calls the heap directly. The modules of an array are loaded
   * together: they may need each other. Throws LinkError, which names everything that is not defined, and MemoryError.
   */
  load(sources: readonly WasmSource[], options?: LoadOptions): Promise<CModule[]>;
  load(source: WasmSource, options?: LoadOptions): Promise<CModule>;
  async load(source: WasmSource | readonly WasmSource[], options: LoadOptions = {}): Promise<CModule | CModule[]> {
    this.#lend("modules in C were loaded, which are bound to the memory");
    if (Array.isArray(source)) return this.#modules.load(source as readonly WasmSource[], options);
    const [module] = await this.#modules.load([source as WasmSource], options);
    return module as CModule;
  }

  // ---- images ----

  /**
   * The heap's objects as an image, from which `Heap.load` makes the same heap again. The image has all objects that
   * `heap.roots` leads to at the moment of the call. It is returned as bytes, or with `{ stream: true }` as a stream,
   * for `pipeTo` or for the body of a request or response. The heap does not change. Throws if the heap has blocks that are not objects,
   * modules in C, debug hooks or allocators of the program; and while a recording or another operation is under way.
   */
  save(options: SaveOptions & { readonly stream: true }): Promise<ReadableStream<Uint8Array>>;
  save(options?: SaveOptions & { readonly stream?: false }): Promise<Uint8Array>;
  async save(
    options: SaveOptions & { readonly stream?: boolean } = {},
  ): Promise<Uint8Array | ReadableStream<Uint8Array>> {
    const { compress: isCompressed = false, stream = false } = options;
    const image = await this.#images.save(isCompressed);
    return stream ? streamOf(image) : image;
  }
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
