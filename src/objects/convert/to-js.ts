// Converts objects on the heap to whole JavaScript values: the reverse of from-js.ts.
//
//   int -> number, or bigint if it is not safe      str, float, bool, None -> string, number, boolean, null
//   list, tuple -> Array      dict -> plain object if all keys are strings, else Map      set, frozenset -> Set
//   bytes -> Uint8Array       all others, such as instances and types: can't be converted
//
// Objects are read in place, without a call for each. An object with several references becomes one object in
// JavaScript, too.

import * as C from "../../core/constants.gen.js";
import type { Bridge } from "../bridge/bridge.js";
import type { Reader } from "../bridge/reader.js";
import { ConversionError } from "./conversion-error.js";

class Reading {
  readonly #reader: Reader;
  /** The values of objects that have several references. */
  readonly #memo = new Map<number, unknown>();
  /** The texts of keys, because many dicts have the same keys. */
  readonly #texts = new Map<number, string>();

  constructor(bridge: Bridge) {
    this.#reader = bridge.reader;
  }

  value(object: number): unknown {
    const reader = this.#reader;
    const kind = reader.kind(object);
    switch (kind) {
      case C.INT:
        return reader.int(object);
      case C.STR:
        return reader.text(object);
      case C.FLOAT:
        return reader.float(object);
      case C.NONE:
        return null;
      case C.BOOL:
        return reader.int(object) === 1;
      default:
        if (reader.refcount(object) === 1) return this.#container(object, kind, false);
        if (this.#memo.has(object)) return this.#memo.get(object);
        return this.#container(object, kind, true);
    }
  }

  #container(object: number, kind: number, shared: boolean): unknown {
    switch (kind) {
      case C.LIST:
      case C.TUPLE:
        return this.#array(object, shared);
      case C.DICT:
        return this.#hasTextKeys(object) ? this.#record(object, shared) : this.#map(object, shared);
      case C.SET:
      case C.FROZENSET: {
        const set = new Set<unknown>();
        if (shared) this.#memo.set(object, set);
        this.#reader.members(object, (item) => set.add(this.value(item)));
        return set;
      }
      case C.BYTES: {
        const bytes = this.#reader.bytesOf(object);
        if (shared) this.#memo.set(object, bytes);
        return bytes;
      }
      default: {
        const name = this.#reader.typeName(object);
        throw new ConversionError("$", /^[aeiou]/i.test(name) ? `an ${name}` : `a ${name}`);
      }
    }
  }

  #array(object: number, shared: boolean): unknown[] {
    const reader = this.#reader;
    const { items, size } = reader.row(object);
    const array: unknown[] = [];
    if (shared) this.#memo.set(object, array);
    for (let k = 0; k < size; k++) array.push(this.#at(k, reader.word(items + 4 * k)));
    return array;
  }

  #hasTextKeys(dict: number): boolean {
    const reader = this.#reader;
    let texts = true;
    reader.entries(dict, (key) => {
      texts &&= reader.kind(key) === C.STR;
    });
    return texts;
  }

  #record(dict: number, shared: boolean): unknown {
    const record: Record<string, unknown> = {};
    if (shared) this.#memo.set(dict, record);
    this.#reader.entries(dict, (key, value) => {
      const name = this.#key(key);
      const part = this.#at(name, value);
      // Assigning to this name would not make a property.
      if (name === "__proto__") {
        Object.defineProperty(record, name, { value: part, enumerable: true, configurable: true, writable: true });
      } else record[name] = part;
    });
    return record;
  }

  #map(dict: number, shared: boolean): unknown {
    const map = new Map<unknown, unknown>();
    if (shared) this.#memo.set(dict, map);
    this.#reader.entries(dict, (key, value) => {
      const name = this.value(key);
      map.set(name, this.#at(name, value));
    });
    return map;
  }

  #key(key: number): string {
    let text = this.#texts.get(key);
    if (text === undefined) {
      text = this.#reader.text(key);
      this.#texts.set(key, text);
    }
    return text;
  }

  /** The value of a part. An error gets the part's place. */
  #at(key: unknown, object: number): unknown {
    try {
      return this.value(object);
    } catch (error) {
      throw error instanceof ConversionError ? error.within(key) : error;
    }
  }
}

/** The JavaScript value of a handle's object. Throws ConversionError if a part can't be converted. */
export function toValue(bridge: Bridge, index: number): unknown {
  bridge.reader.refresh();
  return new Reading(bridge).value(bridge.f.handle_address(index) >>> 0);
}
