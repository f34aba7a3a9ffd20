// The types that a program defined, by the number under which the core knows each, for as long as it exists there.
//
// A type's functions stand in the WebAssembly table; they are given back when the core says that the type is gone.

import { TableSlots, toWasmFunction } from "../table-functions.js";
import type { Bridge } from "./bridge.js";
import type { ObjectCalls } from "./calls.js";
import { indexOf } from "./handle.js";
import { type Fields, type FieldType, layoutOf, readNumber, sizeOfType, type TypeLayout } from "./type-layout.js";
import type { LastNumbers, PyInstance, PyType, TypeOptions } from "./types.js";

/** By the numbers of core/objects/instance.ts. */
const WITH_WEAK_REFERENCES = 1;
const WITH_OBJECT_ITEMS = 2;

interface Entry {
  readonly layout: TypeLayout;
  readonly functions: readonly number[];
}

export class UserTypes {
  readonly #bridge: Bridge;
  readonly #calls: ObjectCalls;
  readonly #slots: TableSlots;
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  constructor(bridge: Bridge, calls: ObjectCalls, table: WebAssembly.Table) {
    this.#bridge = bridge;
    this.#calls = calls;
    this.#slots = new TableSlots(table);
  }

  layout(hostId: number): TypeLayout | undefined {
    return this.#entries.get(hostId)?.layout;
  }

  define<F extends Fields, I extends FieldType>(name: string, options: TypeOptions<F, I>): PyType<F, I> {
    const { fields, items, weakReferences = false, finalize, dealloc } = options;
    const layout = layoutOf(name, fields ?? {}, items);
    const finalizer = finalize ? this.#put((object) => this.#finalize(object, finalize)) : 0;
    const drop = dealloc ? this.#put((object) => this.#dealloc(object, layout, dealloc)) : 0;
    const hostId = ++this.#lastId;
    this.#entries.set(hostId, { layout, functions: [finalizer, drop].filter((index) => index !== 0) });
    const { f } = this.#bridge;
    const { slots, dataBytes } = layout;
    const itemSize = items === undefined ? 0 : sizeOfType(items);
    const bits = (weakReferences ? WITH_WEAK_REFERENCES : 0) | (items === "object" ? WITH_OBJECT_ITEMS : 0);
    try {
      this.#bridge.key(name);
      const type = this.#bridge.made(f.push_type(slots, dataBytes, itemSize, bits, 0, 0, finalizer, drop, hostId));
      layout.dataAt = f.data_offset(indexOf(type, this.#bridge));
      layout.itemsAt = f.items_offset(indexOf(type, this.#bridge));
      return type as PyType<F, I>;
    } catch (error) {
      this.drop(hostId);
      throw error;
    }
  }

  #put(f: (object: number) => void): number {
    const relay = (object = 0): undefined => f(object) as undefined;
    return this.#slots.put(toWasmFunction(relay, { parameters: 1, results: 0 }));
  }

  #finalize<F extends Fields, I extends FieldType>(object: number, finalize: (o: PyInstance<F, I>) => void): void {
    this.#calls.withHandle(object, (handle) => finalize(handle as PyInstance<F, I>));
  }

  #dealloc<F extends Fields>(
    object: number,
    layout: TypeLayout,
    dealloc: (fields: LastNumbers<F>, items: readonly number[]) => void,
  ): void {
    this.#calls.guard(() => {
      const view = new DataView(this.#bridge.reader.bytes.buffer, object >>> 0);
      const fields: Record<string, number> = {};
      for (const [field, { type, at }] of layout.places) {
        if (type !== "object") fields[field] = readNumber(view, type, layout.dataAt + at);
      }
      dealloc(fields as LastNumbers<F>, this.#numbers(view, layout));
    });
  }

  /** The items of an instance, if they are numbers. */
  #numbers(view: DataView, { items, itemsAt }: TypeLayout): number[] {
    if (items === undefined || items === "object") return [];
    const length = view.getUint32(this.#bridge.c.VAR_SIZE, true);
    return Array.from({ length }, (_, k) => readNumber(view, items, itemsAt + k * sizeOfType(items)));
  }

  /** The core has no type of this number any more. */
  drop(hostId: number): void {
    const entry = this.#entries.get(hostId);
    this.#entries.delete(hostId);
    for (const index of entry?.functions ?? []) this.#slots.remove(index);
  }
}
