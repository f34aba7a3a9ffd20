// Types that a program defines, and their instances: fields that hold objects, and fields of plain numbers.

import type { Bridge } from "./bridge.js";
import { PyObject } from "./object.js";

/** What a field holds: any value of the heap, or a number that is stored as it is. */
export type FieldType = "object" | "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";
export type Fields = Readonly<Record<string, FieldType>>;

const BYTES = { int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, float32: 4, float64: 8 } as const;
const READ = {
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
} as const satisfies Record<keyof typeof BYTES, (view: DataView, at: number) => number>;
const WRITE = {
  int8: (view, at, v) => view.setInt8(at, v),
  uint8: (view, at, v) => view.setUint8(at, v),
  int16: (view, at, v) => view.setInt16(at, v, true),
  uint16: (view, at, v) => view.setUint16(at, v, true),
  int32: (view, at, v) => view.setInt32(at, v, true),
  uint32: (view, at, v) => view.setUint32(at, v, true),
  float32: (view, at, v) => view.setFloat32(at, v, true),
  float64: (view, at, v) => view.setFloat64(at, v, true),
} as const satisfies Record<keyof typeof BYTES, (view: DataView, at: number, v: number) => void>;

/** Where a field is: the number of a slot, or an offset in the data. */
export interface Place {
  readonly type: FieldType;
  readonly at: number;
}

export interface TypeOptions {
  /** Names and types of the fields. */
  readonly fields?: Fields;
  /** Bytes of an item, for instances that have a number of items of their own behind the fields. */
  readonly itemSize?: number;
  /** Whether there can be weak references to instances. */
  readonly weakReferences?: boolean;
  /**
   * Called once with a dying instance, before anything of it is gone. It may store the instance somewhere, and then that lives on.
   * The handle is released after the call.
   */
  readonly finalize?: (instance: PyInstance) => void;
}

/** How a type's fields lie in an instance: slots in the order of their names, data by falling size. */
export interface TypeLayout {
  readonly name: string;
  readonly places: ReadonlyMap<string, Place>;
  readonly slots: number;
  readonly dataBytes: number;
}

export function layoutOf(name: string, fields: Fields): TypeLayout {
  const places = new Map<string, Place>();
  let slots = 0;
  let dataBytes = 0;
  for (const [field, type] of Object.entries(fields)) {
    if (type === "object") places.set(field, { type, at: slots++ });
    else if (!(type in BYTES)) {
      throw new RangeError(`Cannot define field ${name}.${field} as ${type}: not "object" or a type of numbers`);
    }
  }
  for (const size of [8, 4, 2, 1]) {
    for (const [field, type] of Object.entries(fields)) {
      if (type === "object" || BYTES[type] !== size) continue;
      places.set(field, { type, at: dataBytes });
      dataBytes += size;
    }
  }
  return { name, places, slots, dataBytes };
}

export class PyType extends PyObject {
  override readonly typeName = "type";
  readonly #layout: TypeLayout;

  constructor(bridge: Bridge, index: number, layout: TypeLayout) {
    super(bridge, index);
    this.#layout = layout;
  }

  get name(): string {
    return this.#layout.name;
  }

  /** A new instance. Fields that are not given are None, or 0. `items` is how many items it has. */
  new(values: Readonly<Record<string, unknown>> = {}, items = 0): PyInstance {
    const { bridge } = this;
    const instance = bridge.made(bridge.f.push_instance(this.index, items, 0)) as PyInstance;
    try {
      for (const [field, value] of Object.entries(values)) instance.set(field, value);
    } catch (error) {
      instance.release();
      throw error;
    }
    return instance;
  }

  /** Instances that exist, and their bytes. */
  get stats(): { readonly live: number; readonly bytes: number } {
    const { f } = this.bridge;
    return { live: f.user_type_figure(this.index, 0) >>> 0, bytes: f.user_type_figure(this.index, 1) >>> 0 };
  }

  override clone(): this {
    const index = this.bridge.f.handle_copy(this.index);
    if (index === 0) this.bridge.raise();
    return new PyType(this.bridge, index, this.#layout) as this;
  }
}

export class PyInstance extends PyObject {
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

  #view(): DataView {
    const at = this.bridge.f.data_address(this.index) >>> 0;
    return new DataView(this.bridge.reader.bytes.buffer, at, this.#layout.dataBytes);
  }

  /** The value of a field. */
  get(field: string): unknown {
    const { type, at } = this.#place(field);
    if (type === "object") return this.bridge.value(this.bridge.f.slot_get(this.index, at));
    return READ[type](this.#view(), at);
  }

  /** Gives a field a value. */
  set(field: string, value: unknown): this {
    const { type, at } = this.#place(field);
    if (type === "object") {
      this.bridge.push(value);
      this.bridge.succeed(this.bridge.f.slot_set(this.index, at));
    } else if (typeof value === "number") WRITE[type](this.#view(), at, value);
    else throw new TypeError(`Cannot set field ${field} of ${this.typeName}: it holds a number, not a ${typeof value}`);
    return this;
  }

  override clone(): this {
    const index = this.bridge.f.handle_copy(this.index);
    if (index === 0) this.bridge.raise();
    return new PyInstance(this.bridge, index, this.#layout) as this;
  }
}
