// The operations that every Python object has, whatever its type.

import type { Comparison } from "../../core/catalogue.gen.js";
import * as C from "../../core/constants.gen.js";
import type { Bridge, ObjectShare } from "../bridge/bridge.js";
import { Handle, indexOf } from "../bridge/handle.js";
import { compareValues, hashOf, reprOf } from "../bridge/operations.js";
import { toValue } from "../convert/to-js.js";
import { callMethod, callNamed, getAttribute, setAttribute } from "./attributes.js";

/** The method that Node's console.log and util.inspect call to show an object. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
/** A container with more items than this is shown by the number of its items. */
const MOST_SHOWN = 100;

export abstract class PyObject extends Handle {
  /** repr(o): the text with which Python shows the object. */
  repr(): string {
    return reprOf(this.bridge, this);
  }

  override toString(): string {
    return this.released ? `<released ${this.typeName}>` : this.repr();
  }

  [INSPECT](): string {
    if (this.released) return this.toString();
    const n = this.bridge.f.size_of(this.index);
    if (n < 0) return this.repr();
    try {
      if (n <= MOST_SHOWN) return `${this.typeName} ${this.repr()}`;
    } catch {
      // It is nested too deeply, or there is no memory for the text.
    }
    return `${this.typeName} of ${n} items`;
  }

  /** hash(o). Throws TypeError if the object has no hash, such as a list. */
  hash(): number {
    return hashOf(this.bridge, this);
  }

  /** o == other, by value. */
  equals(other: unknown): boolean {
    return compareValues(this.bridge, this, "==", other);
  }

  /** o < other and so on. Throws TypeError if the two can't be ordered. */
  compare(comparison: Comparison, other: unknown): boolean {
    return compareValues(this.bridge, this, comparison, other);
  }

  /** Whether the other handle is for the same object. */
  is(other: PyObject): boolean {
    return this.bridge.f.is_same(this.index, indexOf(other, this.bridge)) === 1;
  }

  /** sys.getrefcount: the number of references to the object, including that of this handle. */
  get refcount(): number {
    return this.bridge.f.handle_refcount(this.index) >>> 0;
  }

  /** sys.getsizeof: bytes of the object and of the blocks that only it owns, including the collector header. */
  get sizeof(): number {
    return this.bridge.f.sizeof_object(this.index) >>> 0;
  }

  /** gc.is_tracked: whether the cycle collector looks at the object. */
  get isTracked(): boolean {
    return this.bridge.f.is_tracked(this.index) === 1;
  }

  /** gc.is_finalized: whether the object's finalizer has run. */
  get isFinalized(): boolean {
    return this.bridge.f.is_finalized(this.index) === 1;
  }

  /** bool(o): false for empty containers, 0 and None. */
  get isTrue(): boolean {
    return this.bridge.number(this.bridge.f.is_true(this.index)) === 1;
  }

  /** The value for JSON.stringify: the object's JavaScript value, as heap.toJS returns it. */
  toJSON(): unknown {
    return toValue(this.bridge, this.index);
  }

  // ---- attributes and calls: of objects that C defined ----

  /** o.name: the value of an attribute. Throws AttributeError (a PyException). */
  getAttr(name: string): unknown {
    return getAttribute(this.bridge, this.index, name);
  }

  /** o.name = value. */
  setAttr(name: string, value: unknown): this {
    setAttribute(this.bridge, this.index, name, [value]);
    return this;
  }

  /** del o.name. */
  delAttr(name: string): this {
    setAttribute(this.bridge, this.index, name, []);
    return this;
  }

  /**
   * Names of the attributes: for a module, what is in it; for other objects, the attributes of their type and its
   * bases.
   */
  get attributeNames(): string[] {
    const names = this.bridge.value(this.bridge.f.attribute_names(this.index)) as PySequence<string>;
    const row = [...names];
    names.release();
    return row;
  }

  /**
   * o(...args): calls a function, or makes an instance of a type. Throws TypeError if the object can't be called, and
   * whatever C raises.
   */
  call(...args: unknown[]): unknown {
    const { bridge, index } = this;
    if (args.length === 1) bridge.push(args[0]);
    else bridge.pushAll(args);
    return bridge.call(index, args.length);
  }

  /** o(...args, **named). */
  callWith(args: readonly unknown[], named: Readonly<Record<string, unknown>> = {}): unknown {
    return callNamed(this.bridge, this.index, args, named);
  }

  /** o.name(...args). */
  callMethod(name: string, ...args: unknown[]): unknown {
    return callMethod(this.bridge, this.index, name, args);
  }

  /** Another handle for the same object, with its own reference. */
  clone(): this {
    return new (this.constructor as new (bridge: Bridge, index: number) => this)(this.bridge, this.copiedIndex());
  }

  /**
   * Shares the object with one other worker, which gets a handle of its own by `heap.adopt(share)`. The object lives at least until then.
   * Throws if the heap is not shared.
   */
  share(): ObjectShare {
    return this.bridge.sharing.pass(this);
  }

  /** The number of a new handle for the same object. */
  protected copiedIndex(): number {
    const { bridge } = this;
    return bridge.trying(() => {
      const index = bridge.f.handle_copy(this.index);
      return index === 0 ? bridge.raise() : index;
    });
  }
}

// ---- what sequences have in common ----

const INT_MAX = 0x7fff_ffff;

/** A bound of a slice as an i32. A bit tells whether it is absent. */
export interface Slice {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly absent: number;
}

/** A number as a C int, or the nearest C int: as an index, any larger number is out of range, too. */
export function bound(value: number | undefined): number {
  return value === undefined ? 0 : Math.max(-INT_MAX - 1, Math.min(INT_MAX, Math.trunc(value)));
}

export function sliceOf(start: number | undefined, stop: number | undefined, step = 1): Slice {
  return {
    start: bound(start),
    stop: bound(stop),
    step: bound(step),
    absent: (start === undefined ? C.NO_START : 0) | (stop === undefined ? C.NO_STOP : 0),
  };
}

/** An index of a sequence, which must be a whole number. */
export function indexNumber(index: number): number {
  if (!Number.isInteger(index)) throw new TypeError(`Cannot use ${index} as an index: not a whole number`);
  return bound(index);
}

export abstract class PySequence<T> extends PyObject implements Iterable<T> {
  /**
   * The bridge, through a private name, which only sequences have. So a method that is called on an object of another
   * type throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** len(s). */
  get length(): number {
    return this.#bridge.f.length_of(this.index);
  }

  /** The item at an index, which counts from the end if it is negative; undefined if there is none. */
  at(index: number): T | undefined {
    const n = this.length;
    const k = Math.trunc(index) || 0;
    return k >= n || k < -n ? undefined : this.getItem(k);
  }

  /** s[index]. Throws IndexError. */
  getItem(index: number): T {
    return this.#bridge.value(this.#bridge.f.get_index(this.index, indexNumber(index))) as T;
  }

  /** item in s, by value. */
  includes(item: unknown): boolean {
    this.#bridge.push(item);
    return this.#bridge.number(this.#bridge.f.contains_item(this.index)) === 1;
  }

  protected sliceValue(start?: number, stop?: number, step?: number): unknown {
    const s = sliceOf(start, stop, step);
    const bridge = this.#bridge;
    return bridge.trying(() => bridge.value(bridge.f.get_slice(this.index, s.start, s.stop, s.step, s.absent)));
  }

  /** The items. The length is read anew at each step. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let k = 0; k < this.length; k++) yield this.getItem(k);
  }
}

/** Sequences of references: lists and tuples. */
export abstract class PyRow<T> extends PySequence<T> {
  /**
   * The bridge, through a private name, which only lists and tuples have. So a method that is called on an object of
   * another type throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** The index of the first equal item; -1 if there is none. */
  indexOf(item: T, start = 0): number {
    return this.#find(item, start, INT_MAX);
  }

  /** s.index(item, start, stop): throws ValueError if it is not there. */
  findIndex(item: T, start = 0, stop = INT_MAX): number {
    const k = this.#find(item, start, stop);
    if (k < 0) throw this.notFound();
    return k;
  }

  protected abstract notFound(): Error;

  #find(item: T, start: number, stop: number): number {
    const { f } = this.#bridge;
    const n = this.length;
    const inside = (k: number) => (k < 0 ? Math.max(0, k + n) : k);
    this.#bridge.push(item);
    const k = f.row_find(this.index, inside(bound(start)), inside(bound(stop)));
    return k === -2 ? this.#bridge.raise() : k;
  }

  /** s.count(item): the number of equal items. */
  count(item: T): number {
    this.#bridge.push(item);
    return this.#bridge.number(this.#bridge.f.row_count(this.index));
  }
}
