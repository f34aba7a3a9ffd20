// What a heap with objects can do with them: make them, convert whole values, run operations on any values.

import type { BinaryOperator, Comparison, UnaryOperator } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import { type Address, toAddress } from "../ground/address.js";
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
import { type ObjectStats, readObjectStats } from "../objects/statistics.js";
import type { ObjectGraph } from "../snapshot/graph.js";
import { type SnapshotOptions, type SnapshotSummary, takeSnapshot } from "../snapshot/take.js";
import type { FromJS } from "./converted.js";
import { CoreHeap } from "./core-heap.js";
import type { Objects } from "./objects.js";

/** A heap with Python's objects: what a heap of its own and one that several workers use have in common. */
export class ObjectHeap extends CoreHeap {
  /** The cycle collector: Python's gc module. */
  readonly gc: GarbageCollector;
  /** @internal */
  protected readonly objects: Objects;
  readonly #bridge: Bridge;

  /** @internal */
  constructor(objects: Objects) {
    super(objects.foundation);
    this.objects = objects;
    this.#bridge = objects.bridge;
    this.gc = objects.gc;
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
      const id = callback ? this.objects.calls.register((handle) => callback(handle as PyRef<T>)) : 0;
      const done = this.#bridge.f.push_ref(index, id);
      if (done === 0) this.objects.calls.drop(id);
      return this.#made(done);
    });
  }

  /** Defines a type: `heap.type("Point", { fields: { x: "float64", y: "float64", next: "object" } })`. */
  type<const F extends Fields = Record<never, never>, I extends FieldType = never>(
    name: string,
    options: TypeOptions<F, I> = {},
  ): PyType<F, I> {
    return this.#bridge.trying(() => this.objects.types.define(name, options));
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
    const handle = this.objects.wrap(index, kind, this.#bridge.f.handle_host_id(index));
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
    this.objects.calls.report = report;
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
    return this.objects.graph(this);
  }

  /** Writes the graph in V8's format, `.heapsnapshot`, which Chrome's DevTools opens. Throws what `graph` or `write` throws. */
  snapshot(options: SnapshotOptions): SnapshotSummary {
    return takeSnapshot(() => this.graph(), options);
  }

  override check(): void {
    super.check();
    this.objects.check();
  }
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
