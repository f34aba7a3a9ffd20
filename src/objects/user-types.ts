// The types that a program defined. Each is known by its number, as long as the core has the type.
//
// A type's functions are entries of the WebAssembly table. The entries are given back when the core reports that the
// type is gone.

import * as C from "../core/constants.gen.js";
import { TableSlots, toWasmFunction, type WithTable } from "../core/table-functions.js";
import { ImageError } from "../ground/errors.js";
import type { Bridge } from "./bridge/bridge.js";
import { describe } from "./bridge/describe.js";
import { indexOf } from "./bridge/handle.js";
import {
  type Fields,
  type FieldType,
  layoutOf,
  readNumber,
  sizeOfType,
  type TypeLayout,
} from "./handles/type-layout.js";
import type { LastNumbers, PyInstance, PyType, TypeOptions } from "./handles/types.js";
import type { ObjectCalls } from "./object-calls.js";

/** The functions that are called when an instance of a type dies. */
export type TypeFunctions<F extends Fields = Fields, I extends FieldType = FieldType> = Pick<
  TypeOptions<F, I>,
  "finalize" | "dealloc"
>;

/** A type that the program defined, in the form in which an image has it. */
export interface SavedType {
  readonly hostId: number;
  readonly name: string;
  readonly fields: readonly (readonly [name: string, type: FieldType])[];
  readonly items: FieldType | null;
  /** Which functions it had: the functions themselves are not in the image. */
  readonly functions: readonly ("finalize" | "dealloc")[];
}

interface Entry {
  readonly layout: TypeLayout;
  /** Table indices; 0 if there is no such function. */
  readonly finalizer: number;
  readonly drop: number;
}

export class UserTypes {
  readonly #bridge: Bridge;
  readonly #calls: ObjectCalls;
  readonly #slots: TableSlots;
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  constructor(bridge: Bridge, calls: ObjectCalls, where: WithTable) {
    this.#bridge = bridge;
    this.#calls = calls;
    this.#slots = new TableSlots(where);
  }

  layout(hostId: number): TypeLayout | undefined {
    return this.#entries.get(hostId)?.layout;
  }

  define<F extends Fields, I extends FieldType>(name: string, options: TypeOptions<F, I>): PyType<F, I> {
    const { fields, items, weakReferences = false } = options;
    const layout = layoutOf(name, fields ?? {}, items);
    const { finalizer, drop } = this.#functions(layout, options);
    const hostId = ++this.#lastId;
    this.#entries.set(hostId, { layout, finalizer, drop });
    const { f } = this.#bridge;
    const { slots, dataBytes } = layout;
    const itemSize = items === undefined ? 0 : sizeOfType(items);
    const bits =
      (weakReferences ? C.WITH_WEAK_REFERENCES : 0) |
      (items === "object" ? C.WITH_OBJECT_ITEMS : 0) |
      (finalizer === 0 ? 0 : C.WITH_FINALIZER);
    try {
      this.#bridge.key(name);
      const type = this.#bridge.made(f.push_type(slots, dataBytes, itemSize, bits, hostId));
      if ((finalizer | drop) !== 0) f.set_type_functions(hostId, finalizer, drop);
      layout.dataAt = f.data_offset(indexOf(type, this.#bridge));
      layout.itemsAt = f.items_offset(indexOf(type, this.#bridge));
      return type as PyType<F, I>;
    } catch (error) {
      this.drop(hostId);
      throw error;
    }
  }

  /** The type's functions in the table. */
  #functions<F extends Fields, I extends FieldType>(layout: TypeLayout, { finalize, dealloc }: TypeFunctions<F, I>) {
    for (const [which, f] of Object.entries({ finalize, dealloc })) {
      if (f !== undefined && typeof f !== "function") {
        throw new TypeError(`Cannot use ${describe(f)} as ${which} of type ${layout.name}: it is not a function`);
      }
    }
    return {
      finalizer: finalize ? this.#put((object) => this.#finalize(object, finalize)) : 0,
      drop: dealloc ? this.#put((object) => this.#dealloc(object, layout, dealloc)) : 0,
    };
  }

  /** The highest number that was assigned. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The types as an image has them. */
  saved(): SavedType[] {
    return [...this.#entries].map(([hostId, { layout, finalizer, drop }]) => ({
      hostId,
      name: layout.name,
      fields: [...layout.places].map(([field, { type }]) => [field, type] as const),
      items: layout.items ?? null,
      functions: [...(finalizer === 0 ? [] : ["finalize" as const]), ...(drop === 0 ? [] : ["dealloc" as const])],
    }));
  }

  /**
   * Makes the types of a loaded image known here. Throws ImageError if a type is not what its metadata says, or if functions of it are
   * missing.
   */
  restore(types: readonly SavedType[], lastId: number, given: Readonly<Record<string, TypeFunctions>>): void {
    const { f } = this.#bridge;
    for (const { hostId, name, fields, items, functions } of types) {
      const slots = f.type_layout(hostId, C.TYPE_SLOTS);
      // A type without objects is not in the image.
      if (slots === -1) continue;
      if (hostId > lastId || this.#entries.has(hostId))
        throw new ImageError(`type ${name} has a number that it can't have`);
      const layout = layoutOf(name, Object.fromEntries(fields), items ?? undefined);
      layout.dataAt = f.type_layout(hostId, C.TYPE_DATA_AT);
      layout.itemsAt = f.type_layout(hostId, C.TYPE_ITEMS_AT);
      const itemSize = items === null ? 0 : sizeOfType(items);
      const isSame = slots === layout.slots && f.type_layout(hostId, C.TYPE_ITEM_SIZE) === itemSize;
      if (!isSame || layout.itemsAt < layout.dataAt + layout.dataBytes) {
        throw new ImageError(`type ${name} is not laid out as its metadata says`);
      }
      const own = given[name] ?? {};
      const [missing] = functions.filter((which) => own[which] === undefined);
      if (missing !== undefined) {
        throw new ImageError(
          `its type ${name} has a ${missing} function, which is not in an image; give it as types.${name}.${missing}`,
        );
      }
      const { finalizer, drop } = this.#functions(layout, own);
      this.#entries.set(hostId, { layout, finalizer, drop });
      if (f.set_type_functions(hostId, finalizer, drop) === 0) {
        throw new ImageError(`its type ${name} can't have a finalizer`);
      }
    }
    this.#lastId = lastId;
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
    const length = view.getUint32(C.VAR_SIZE, true);
    return Array.from({ length }, (_, k) => readNumber(view, items, itemsAt + k * sizeOfType(items)));
  }

  /** Called when the core no longer has a type with this number. */
  drop(hostId: number): void {
    const entry = this.#entries.get(hostId);
    this.#entries.delete(hostId);
    for (const index of [entry?.finalizer ?? 0, entry?.drop ?? 0]) if (index !== 0) this.#slots.remove(index);
  }
}
