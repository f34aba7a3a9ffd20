// A heap with Python objects: how TypeScript makes them, what it can do with them, and the collector.

import type { BinaryOperator, Comparison, UnaryOperator } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import { MOVE } from "../core/reentrancy.js";
import type { WholeCore } from "../core/whole-core.js";
import { type Address, toAddress } from "../ground/address.js";
import { HeapCorruption, ImageError } from "../ground/errors.js";
import type { ImageMetadata } from "../image/format.js";
import type { GuardedStack } from "../objects/bridge/border.js";
import { Bridge } from "../objects/bridge/bridge.js";
import { entered, pushEntries } from "../objects/bridge/entries.js";
import { Handle, indexOf } from "../objects/bridge/handle.js";
import { binary, compareValues, hashOf, iterated, pushIterated, reprOf, unary } from "../objects/bridge/operations.js";
import { pushValue } from "../objects/convert/from-js.js";
import { toValue } from "../objects/convert/to-js.js";
import { GarbageCollector } from "../objects/gc.js";
import { type Entries, PyDict } from "../objects/handles/dict.js";
import { PyExtensionObject, PyExtensionType, PyFunction, PyModule } from "../objects/handles/extension.js";
import { PyList } from "../objects/handles/list.js";
import type { PyObject } from "../objects/handles/object.js";
import { PyRef } from "../objects/handles/ref.js";
import { PyBool, PyBytes, PyFloat, PyInt, PyNone, PyStr } from "../objects/handles/scalars.js";
import { PyFrozenSet, PySet } from "../objects/handles/set.js";
import { PyTuple } from "../objects/handles/tuple.js";
import { type Fields, type FieldType, layoutOf } from "../objects/handles/type-layout.js";
import { PyInstance, PyType, type TypeOptions } from "../objects/handles/types.js";
import type { ObjectCalls } from "../objects/object-calls.js";
import { Roots } from "../objects/roots.js";
import { type ObjectStats, readObjectStats } from "../objects/statistics.js";
import { type TypeFunctions, UserTypes } from "../objects/user-types.js";
import type { CollectionEvent } from "../pressure/events.js";
import type { Recorder } from "../trace/recorder.js";
import { CoreHeap, type CoreHeapOptions, type Traceable } from "./core-heap.js";

/** What a JavaScript value is on the heap, as `heap.from` makes it, and what comes back of its parts: handles of containers, values of others. */
export type FromJS<T> = T extends PyObject
  ? T
  : T extends number
    ? number
    : T extends bigint
      ? number | bigint
      : T extends string
        ? string
        : T extends boolean
          ? boolean
          : T extends null | undefined
            ? null
            : T extends Uint8Array
              ? PyBytes
              : T extends ReadonlyMap<infer K, infer V>
                ? PyDict<FromJS<K>, FromJS<V>>
                : T extends ReadonlySet<infer I>
                  ? PySet<FromJS<I>>
                  : T extends readonly (infer I)[]
                    ? PyList<FromJS<I>>
                    : T extends object
                      ? PyDict<string, FromJS<T[keyof T]>>
                      : unknown;

/** The policies of object types, each of which can be switched off to see what it is worth. All are on by default. */
export interface Policies {
  /** Ints from -5 to 256 exist once. */
  readonly smallInts?: boolean;
  /** Strings of one Latin-1 character, bytes of one byte, and the empty ones exist once. */
  readonly characters?: boolean;
  /** Keys are strings of which there is one with their text. */
  readonly interning?: boolean;
  /** Freed ints, floats, tuples, lists and dicts are kept for the next ones. */
  readonly freeLists?: boolean;
  /** Dicts of one shape share their keys. */
  readonly keySharing?: boolean;
}

const POLICY_BITS: Readonly<Record<keyof Policies, number>> = {
  smallInts: C.POLICY_SMALL_INTS,
  characters: C.POLICY_CHARACTERS,
  interning: C.POLICY_INTERNING,
  freeLists: C.POLICY_FREE_LISTS,
  keySharing: C.POLICY_KEY_SHARING,
};

export function policyBits(policies: Policies): number {
  for (const name of Object.keys(policies)) {
    if (!(name in POLICY_BITS)) {
      throw new RangeError(`Cannot set policy ${name}: the policies are ${Object.keys(POLICY_BITS).join(", ")}`);
    }
  }
  return Object.entries(POLICY_BITS).reduce(
    (bits, [name, bit]) => (policies[name as keyof Policies] === false ? bits : bits | bit),
    0,
  );
}

/** Of types that no program on this side defined. */
const NO_LAYOUT = layoutOf("object", {}, undefined);

/** Functions of the types in an image, by the names of the types: they are not in it themselves. */
export type TypesOfImage = Readonly<Record<string, TypeFunctions>>;

/** What a compaction did, in bytes. */
export interface Compaction {
  /** Copied to another place. */
  readonly moved: number;
  /** Of objects that had to stay: other WebAssembly modules refer to them, or they were hashed by their address. */
  readonly pinned: number;
  /** Given back to the platform. */
  readonly gained: number;
}

export abstract class ObjectHeap extends CoreHeap {
  /** The cycle collector: Python's gc module. */
  readonly gc: GarbageCollector;
  /** Objects under names, which an image has. */
  readonly roots: Roots;
  /** Its values and errors, there and back. */
  protected readonly bridge: Bridge;
  readonly #calls: ObjectCalls;
  readonly #types: UserTypes;

  protected constructor(core: WholeCore, calls: ObjectCalls, stack: GuardedStack, options: CoreHeapOptions) {
    super(core, calls, options);
    this.#calls = calls;
    this.bridge = new Bridge({
      core,
      states: calls.states,
      stack,
      rescuer: (attempt, bytes) => this.ladder.rescue(attempt, bytes),
      wrap: (bridge, index, kind, hostId) => this.#wrap(bridge, index, kind, hostId),
    });
    this.gc = new GarbageCollector(
      this.bridge,
      (run) => calls.guard(run),
      (event) => this.#collected(event),
    );
    this.#types = new UserTypes(this.bridge, calls, core);
    this.roots = new Roots(this.bridge);
    calls.connect({
      ...this.allocatorParts,
      bridge: this.bridge,
      gc: this.gc,
      types: this.#types,
      onWatermark: () => core.functions.mark_pressure_due(),
      onPressure: () => this.#pressed(),
    });
    this.measures.set("freeLists", () => this.emptyFreeLists());
    this.measures.set("collectYoung", () => this.gc.collect(1));
    this.measures.set("collect", () => this.gc.collect());
    this.measures.set("compact", () => this.#compactOnly());
  }

  /** Runs the measures that are due, aside from the operation at whose end or beginning this is. */
  #pressed(): void {
    this.#calls.guard(() => this.ladder.passed());
  }

  #collected(event: CollectionEvent): void {
    this.#calls.guard(() => {
      this.ladder.collected();
      this.events.emit("collect", event);
    });
  }

  protected override moved(): void {
    super.moved();
    this.bridge.reader.refresh();
  }

  protected override unraisable(error: unknown): void {
    this.#calls.unraisable(error);
  }

  #wrap(bridge: Bridge, index: number, kind: number, hostId: number): Handle {
    switch (kind) {
      case C.LIST:
        return new PyList(bridge, index);
      case C.DICT:
        return new PyDict(bridge, index);
      case C.TUPLE:
        return new PyTuple(bridge, index);
      case C.STR:
        return new PyStr(bridge, index);
      case C.BYTES:
        return new PyBytes(bridge, index);
      case C.SET:
        return new PySet(bridge, index);
      case C.FROZENSET:
        return new PyFrozenSet(bridge, index);
      case C.INT:
        return new PyInt(bridge, index);
      case C.FLOAT:
        return new PyFloat(bridge, index);
      case C.BOOL:
        return new PyBool(bridge, index);
      case C.NONE:
        return new PyNone(bridge, index);
      case C.REF:
        return new PyRef(bridge, index);
      case C.TYPE:
        if (hostId === C.ID_EXTENSION) return new PyExtensionType(bridge, index);
        return new PyType(bridge, index, this.#types.layout(hostId) ?? NO_LAYOUT);
      default:
        if (hostId >= C.ID_MODULE) return wrapOfC(bridge, index, hostId);
        return new PyInstance(bridge, index, this.#types.layout(hostId) ?? NO_LAYOUT);
    }
  }

  #made<T extends Handle>(done: number): T {
    return this.bridge.made(done) as T;
  }

  #converted<T extends Handle>(items: Iterable<unknown>, kind: number): T {
    const values = iterated(items);
    return this.bridge.trying(() => {
      pushIterated(this.bridge, values);
      return this.#made(this.bridge.f.convert_value(kind));
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

  /** dict(entries): of a Map, pairs, a plain object, or another dict. */
  dict<V>(entries: Readonly<Record<string, V>>): PyDict<string, V>;
  dict<K = unknown, V = unknown>(entries?: Entries<K, V>): PyDict<K, V>;
  dict<K, V>(entries: Entries<K, V> = []): PyDict<K, V> {
    if (entries instanceof PyDict) return entries.copy();
    const source = entered(entries);
    return this.bridge.trying(() => {
      pushEntries(this.bridge, source);
      return this.bridge.popHandle() as PyDict<K, V>;
    });
  }

  /** A str object. Strings need none to be stored: every place for a value takes a JavaScript string. */
  str(text: string): PyStr {
    return this.bridge.trying(() => {
      this.bridge.push(String(text));
      return this.bridge.popHandle() as PyStr;
    });
  }

  /** The one str object with this text: sys.intern. */
  intern(text: string): PyStr {
    return this.bridge.trying(() => {
      this.bridge.key(String(text));
      return this.bridge.popHandle() as PyStr;
    });
  }

  /** A bytes object. */
  bytes(bytes: Uint8Array | readonly number[]): PyBytes {
    for (const byte of bytes) {
      if (!Number.isInteger(byte) || byte < 0 || byte > 255)
        throw new RangeError(`Cannot make a byte of ${byte}: not 0 to 255`);
    }
    return this.bridge.trying(() => {
      this.bridge.pushBytes(Uint8Array.from(bytes));
      return this.bridge.popHandle() as PyBytes;
    });
  }

  /** An int object, of any size. */
  int(value: number | bigint): PyInt {
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new RangeError(`Cannot make an int of ${value}: not a whole number`);
    }
    return this.bridge.trying(() => {
      this.bridge.push(BigInt(value));
      return this.bridge.popHandle() as PyInt;
    });
  }

  /** A float object, also of a whole number. */
  float(value: number): PyFloat {
    return this.bridge.trying(() => this.#made(this.bridge.f.push_float(value)));
  }

  /** A weak reference: it knows the object without keeping it alive. `callback` is called when the object is gone. */
  ref<T extends PyObject>(object: T, callback?: (ref: PyRef<T>) => void): PyRef<T> {
    const index = indexOf(object, this.bridge);
    return this.bridge.trying(() => {
      const id = callback ? this.#calls.register((handle) => callback(handle as PyRef<T>)) : 0;
      const done = this.bridge.f.push_ref(index, id);
      if (done === 0) this.#calls.drop(id);
      return this.#made(done);
    });
  }

  /** A type of one's own: `heap.type("Point", { fields: { x: "float64", y: "float64", next: "object" } })`. */
  type<const F extends Fields = Record<never, never>, I extends FieldType = never>(
    name: string,
    options: TypeOptions<F, I> = {},
  ): PyType<F, I> {
    return this.bridge.trying(() => this.#types.define(name, options));
  }

  // ---- whole values ----

  /**
   * A whole JavaScript value on the heap: arrays become lists, Maps and plain objects dicts, Sets sets, Uint8Arrays bytes; shared
   * references and cycles stay. Scalars are answered as they are. Throws ConversionError, which says where in the value.
   */
  from<T>(value: T): FromJS<T> {
    return this.bridge.trying(() => this.#from(value));
  }

  #from<T>(value: T): FromJS<T> {
    pushValue(this.bridge, value);
    const index = this.bridge.f.pop_handle();
    if (index === 0) this.bridge.raise();
    const kind = this.bridge.f.handle_kind(index);
    const handle = this.#wrap(this.bridge, index, kind, this.bridge.f.handle_host_id(index));
    return (isScalar(value) ? this.#scalar(handle) : handle) as FromJS<T>;
  }

  #scalar(handle: Handle): unknown {
    const value = this.toJS(handle);
    handle.release();
    return value;
  }

  /** The JavaScript value of an object, all the way down. Scalars are answered as they are. */
  toJS(value: unknown): unknown {
    return value instanceof Handle ? toValue(this.bridge, indexOf(value, this.bridge)) : value;
  }

  // ---- operations on any values ----

  /** a <operator> b, as in Python: `heap.binary(2, "**", 100)`. */
  binary(a: unknown, operator: BinaryOperator, b: unknown): unknown {
    return binary(this.bridge, a, operator, b);
  }

  /** -a, +a, ~a, abs(a). */
  unary(operator: UnaryOperator, a: unknown): unknown {
    return unary(this.bridge, operator, a);
  }

  /** pow(a, b, modulus) of ints. */
  pow(a: unknown, b: unknown, modulus: unknown): unknown {
    return this.bridge.trying(() => {
      this.bridge.pushAll([a, b, modulus]);
      return this.bridge.value(this.bridge.f.power_modulo());
    });
  }

  /** Compares two values as Python does. */
  compare(a: unknown, comparison: Comparison, b: unknown): boolean {
    return compareValues(this.bridge, a, comparison, b);
  }

  /** hash(value). */
  hash(value: unknown): number {
    return hashOf(this.bridge, value);
  }

  /** repr(value). */
  repr(value: unknown): string {
    return reprOf(this.bridge, value);
  }

  /** Runs a function, and releases all handles that were made in it, but for the one that it answers. */
  scope<T>(run: () => T): T {
    return this.bridge.scope(run);
  }

  /**
   * Runs a function in which every result of an operation is a handle, also for numbers and strings: so an int of 3 can be told
   * from a float of 3.0, and nothing is copied.
   */
  exact<T>(run: () => T): T {
    const before = this.bridge.f.set_exact(1);
    try {
      return run();
    } finally {
      this.bridge.f.set_exact(before);
    }
  }

  /**
   * Where an object is, for another WebAssembly module that calls the heap: good until the handle is released or the heap is compacted,
   * unless the module counts a reference of its own (Py_IncRef). What such a module does wrong can corrupt the heap.
   */
  addressOf(object: PyObject): Address {
    return toAddress(this.bridge.f.handle_address(indexOf(object, this.bridge)));
  }

  protected override watchCollections(recorder: Recorder): () => void {
    let begun = 0;
    this.gc.watch = (isEnd, { generation, collected }) => {
      if (isEnd) recorder.noteCollection(generation, collected, begun);
      else begun = performance.now();
    };
    return () => {
      this.gc.watch = undefined;
    };
  }

  protected override placeOf(object: Traceable): number {
    return typeof object === "object" && object instanceof Handle ? this.addressOf(object) : super.placeOf(object);
  }

  /** What is done about an exception in a callback or a finalizer, which can't be thrown there. The default prints it. */
  set onUnraisable(report: (error: unknown) => void) {
    this.#calls.report = report;
  }

  // ---- the account ----

  /** Objects by type, what sharing saves, and all bytes that the object layer has in the mem and object domains. */
  objectStats(): ObjectStats {
    return readObjectStats(this.bridge);
  }

  // ---- images ----

  /** What an image says besides the memory. */
  protected imageMetadata(): ImageMetadata {
    return {
      control: this.core.control,
      tableBase: this.core.tableBase,
      roots: this.roots.numbers(),
      types: this.#types.saved(),
      lastCallback: this.#calls.lastId,
      lastType: this.#types.lastId,
    };
  }

  /** The objects that the heap's memory has are those of an image with this metadata. */
  protected restore({ roots, types, lastCallback, lastType }: ImageMetadata, functions: TypesOfImage): void {
    const { f } = this.bridge;
    this.#calls.lastId = lastCallback;
    this.#types.restore(types, lastType, functions);
    const numbers = new Set(roots.map(([, index]) => index));
    if (numbers.size !== roots.length || f.handle_count() >>> 0 !== roots.length) {
      throw new ImageError("its roots are not those that its memory has");
    }
    for (const [name, index] of roots) {
      if (index === 0 || f.next_handle(index - 1) !== index)
        throw new ImageError(`it has no object for the root ${name}`);
      this.roots.keep(name, this.#wrap(this.bridge, index, f.handle_kind(index), f.handle_host_id(index)) as PyObject);
    }
  }

  override check(): void {
    super.check();
    const broken = this.bridge.f.objects_check() >>> 0;
    if (broken !== 0) throw new HeapCorruption("the object", toAddress(broken));
  }

  /**
   * Moves objects together, so that the memory above them goes back: garbage is collected, and free lists are emptied. Handles stay good.
   * Throws MemoryError if there is no room for a list of all objects.
   */
  compact(): Compaction {
    this.states.must(MOVE, "compact the heap");
    const [before, begun] = [this.reserved, performance.now()];
    // If nothing was made since the last full collection, there is hardly any garbage: moving tells whether there is.
    const isCollected = this.gc.count.some((count) => count !== 0);
    if (isCollected) this.gc.collect();
    const first = this.#moveTogether();
    const again = !isCollected && first.unrooted > 0 && this.gc.collect() > 0 ? this.#moveTogether() : undefined;
    const { pinned } = again ?? first;
    return this.#compacted({ moved: first.moved + (again?.moved ?? 0), pinned, gained: before - this.reserved }, begun);
  }

  /** The measure: without a collection, behind which a policy puts it or not. */
  #compactOnly(): void {
    const [before, begun] = [this.reserved, performance.now()];
    const { moved, pinned } = this.#moveTogether();
    this.#compacted({ moved, pinned, gained: before - this.reserved }, begun);
  }

  #compacted(done: Compaction, begun: number): Compaction {
    this.events.emit("compact", { ...done, ms: performance.now() - begun });
    return done;
  }

  #moveTogether(): { readonly moved: number; readonly pinned: number; readonly unrooted: number } {
    const { f } = this.bridge;
    this.release();
    const answer = this.states.uninterrupted(() => f.compact_objects());
    if (answer === C.BUSY) throw new Error("Cannot compact the heap: an operation is under way");
    if (answer === C.BROKEN) throw new HeapCorruption("the reference count of an object", toAddress(f.broken_object()));
    if (answer !== C.COMPACTED) this.bridge.raise();
    this.bridge.forgetBuffer();
    this.release();
    return {
      moved: f.moved_bytes() >>> 0,
      pinned: f.pinned_bytes() >>> 0,
      unrooted: f.unrooted_objects() >>> 0,
    };
  }

  protected override emptyFreeLists(): void {
    this.bridge.f.objects_relieve();
    this.bridge.forgetBuffer();
  }
}

function wrapOfC(bridge: Bridge, index: number, hostId: number): Handle {
  if (hostId === C.ID_MODULE) return new PyModule(bridge, index);
  return hostId === C.ID_FUNCTION ? new PyFunction(bridge, index) : new PyExtensionObject(bridge, index);
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
