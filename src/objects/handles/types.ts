// Types that a program defines, and their instances: named fields, and a row of items if the type has items.

import type { Bridge } from "../bridge/bridge.js";
import { indexNumber, PyObject } from "./object.js";
import {
  type Fields,
  type FieldType,
  type Place,
  readNumber,
  sizeOfType,
  type TypeLayout,
  type ValueOf,
  writeNumber,
} from "./type-layout.js";

/** Values for fields, by name. */
export type FieldValues<F extends Fields> = { readonly [K in keyof F]?: ValueOf<F[K]> };
/** What a dealloc function receives: the fields and items that are numbers. */
export type LastNumbers<F extends Fields> = { readonly [K in keyof F as F[K] extends "object" ? never : K]: number };

export interface TypeOptions<F extends Fields = Fields, I extends FieldType = FieldType> {
  /** Names and types of the fields. */
  readonly fields?: F;
  /**
   * The type of the items. The number of items is chosen for each instance when it is made. By default there are none.
   */
  readonly items?: I;
  /** Whether there can be weak references to instances. */
  readonly weakReferences?: boolean;
  /**
   * Called once with a dying instance, while it is still complete. The function may store the instance somewhere; the
   * instance then lives on. The handle is released after the call. Exceptions go to `heap.onUnraisable`.
   */
  readonly finalize?: (instance: PyInstance<F, I>) => void;
  /**
   * Called once after an instance was destroyed, with its numbers: the place to free a block whose address is in a
   * field. The instance does not exist any more, so it can't be stored. Exceptions go to `heap.onUnraisable`.
   */
  readonly dealloc?: (fields: LastNumbers<F>, items: readonly number[]) => void;
}

/** Whether an item is read or assigned, for the message of an IndexError. */
const AT_GET = 0;
const AT_SET = 1;
const MOST_ITEMS = 0xffff_ffff;

export class PyType<F extends Fields = Fields, I extends FieldType = FieldType> extends PyObject {
  override readonly typeName = "type";
  readonly #layout: TypeLayout;

  constructor(bridge: Bridge, index: number, layout: TypeLayout) {
    super(bridge, index);
    this.#layout = layout;
  }

  get name(): string {
    return this.#layout.name;
  }

  /**
   * A new instance. Fields without a value are None or 0. `items` are its items, or their number: each is then None or
   * 0.
   */
  new(values: FieldValues<F> = {}, items: number | Iterable<ValueOf<I>> = 0): PyInstance<F, I> {
    const row = typeof items === "number" ? [] : [...items];
    const count = typeof items === "number" ? items : row.length;
    this.#checkCount(count);
    return this.bridge.trying(() => this.#instance(values, row, count));
  }

  #instance(values: FieldValues<F>, row: readonly ValueOf<I>[], count: number): PyInstance<F, I> {
    const { bridge } = this;
    const instance = bridge.made(bridge.f.push_instance(this.index, count)) as PyInstance<F, I>;
    try {
      for (const [field, value] of Object.entries(values)) instance.set(field, value as ValueOf<F[string]>);
      for (const [k, item] of row.entries()) instance.setItem(k, item);
    } catch (error) {
      instance.release();
      throw error;
    }
    return instance;
  }

  #checkCount(count: number): void {
    if (count === 0) return;
    if (this.#layout.items === undefined) {
      throw new RangeError(`Cannot make a ${this.name} of ${count} items: the type has none`);
    }
    if (!Number.isInteger(count) || count < 0 || count > MOST_ITEMS) {
      throw new RangeError(`Cannot make a ${this.name} of ${count} items: not a number from 0 to ${MOST_ITEMS}`);
    }
  }

  /** Instances that exist, and their bytes, collector headers included. */
  get stats(): { readonly live: number; readonly bytes: number } {
    const { f } = this.bridge;
    return { live: f.user_type_figure(this.index, 0) >>> 0, bytes: f.user_type_figure(this.index, 1) >>> 0 };
  }

  override clone(): this {
    return new PyType(this.bridge, this.copiedIndex(), this.#layout) as this;
  }
}

export class PyInstance<F extends Fields = Fields, I extends FieldType = FieldType> extends PyObject {
  readonly #layout: TypeLayout;

  constructor(bridge: Bridge, index: number, layout: TypeLayout) {
    super(bridge, index);
    this.#layout = layout;
  }

  override get typeName(): string {
    return this.#layout.name;
  }

  #place(field: string): Place {
    const place = this.#layout.places.get(field);
    if (place) return place;
    const names = [...this.#layout.places.keys()].join(", ");
    throw new RangeError(`Cannot find field ${field} in ${this.typeName}: its fields are ${names}`);
  }

  /** A view of the memory from an offset in the instance on. */
  #view(offset: number): DataView {
    const { f, reader } = this.bridge;
    return new DataView(reader.bytes.buffer, (f.handle_address(this.index) >>> 0) + offset);
  }

  /** The value of a field. */
  get<K extends keyof F & string>(field: K): ValueOf<F[K]> {
    const { type, at } = this.#place(field);
    const { bridge } = this;
    if (type === "object") return bridge.value(bridge.f.slot_get(this.index, at)) as ValueOf<F[K]>;
    return readNumber(this.#view(this.#layout.dataAt), type, at) as ValueOf<F[K]>;
  }

  /** Sets a field. */
  set<K extends keyof F & string>(field: K, value: ValueOf<F[K]>): this {
    const { type, at } = this.#place(field);
    const { bridge } = this;
    if (type === "object") {
      bridge.push(value);
      bridge.succeed(bridge.f.slot_set(this.index, at));
    } else writeNumber(this.#view(this.#layout.dataAt), type, at, this.#number(value, `field ${field} of`));
    return this;
  }

  #number(value: unknown, where: string): number {
    if (typeof value === "number") return value;
    throw new TypeError(`Cannot set ${where} ${this.typeName}: it holds a number, not a ${typeof value}`);
  }

  /** The number of items. */
  get length(): number {
    return this.bridge.f.item_count(this.index) >>> 0;
  }

  #itemNumber(index: number, what: number): number {
    return this.bridge.number(this.bridge.f.item_number(this.index, indexNumber(index), what));
  }

  /** The item at an index, which counts from the end if it is negative. Throws IndexError. */
  getItem(index: number): ValueOf<I> {
    const k = this.#itemNumber(index, AT_GET);
    const { items = "object", itemsAt } = this.#layout;
    const { bridge } = this;
    if (items === "object") return bridge.value(bridge.f.instance_item(this.index, k)) as ValueOf<I>;
    return readNumber(this.#view(itemsAt), items, k * sizeOfType(items)) as ValueOf<I>;
  }

  /** Sets an item. Throws IndexError. */
  setItem(index: number, value: ValueOf<I>): this {
    const k = this.#itemNumber(index, AT_SET);
    const { items = "object", itemsAt } = this.#layout;
    const { bridge } = this;
    if (items === "object") {
      bridge.push(value);
      bridge.f.set_instance_item(this.index, k);
    } else writeNumber(this.#view(itemsAt), items, k * sizeOfType(items), this.#number(value, "an item of"));
    return this;
  }

  /** The items, in order. */
  *[Symbol.iterator](): IterableIterator<ValueOf<I>> {
    for (let k = 0; k < this.length; k++) yield this.getItem(k);
  }

  override clone(): this {
    return new PyInstance(this.bridge, this.copiedIndex(), this.#layout) as this;
  }
}
