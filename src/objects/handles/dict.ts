// Dicts, with the methods of a Map and of Python's dict. They keep the order of insertion. Keys are equal by value, so
// a tuple can be a key.

import type { Bridge } from "../bridge/bridge.js";
import { entered, pushEntries } from "../bridge/entries.js";
import { PyObject } from "./object.js";

/** The sources from which a dict can be updated. */
export type Entries<K, V> = Map<K, V> | Iterable<readonly [K, V]> | Readonly<Record<string, V>> | PyDict<K, V>;

export class PyDict<K = unknown, V = unknown> extends PyObject implements Iterable<[K, V]> {
  override readonly typeName = "dict";

  /**
   * The bridge, through a private name, which only dicts have. So a method that is called on an object of another type
   * throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** len(d). */
  get size(): number {
    return this.#bridge.f.length_of(this.index);
  }

  /** d.get(key): undefined if it is not there. */
  get(key: K): V | undefined {
    const bridge = this.#bridge;
    const { index } = this;
    let found: number;
    if (typeof key === "string") found = bridge.f.dict_get_text(index, bridge.values.write(key), bridge.values.width);
    else {
      bridge.push(key);
      found = bridge.f.dict_get_value(index);
    }
    return (Number.isNaN(found) ? bridge.special() : found) as V | undefined;
  }

  /** d[key]. Throws KeyError. */
  getItem(key: K): V {
    this.#bridge.push(key);
    return this.#bridge.value(this.#bridge.f.get_item(this.index)) as V;
  }

  /** d[key] = value. */
  set(key: K, value: V): this {
    const bridge = this.#bridge;
    const { index } = this;
    let waiting = 0;
    try {
      if (typeof key === "string") bridge.key(key);
      else bridge.push(key);
      waiting = 1;
      bridge.push(value);
      waiting = 0;
      bridge.succeed(bridge.f.set_item(index));
      return this;
    } catch (error) {
      bridge.f.drop_values(waiting);
      // The closure uses variables of this block only, so the fast path above does not pay for it.
      const [dict, k, v] = [this, key, value];
      return dict.#bridge.again(error, () => dict.set(k, v));
    }
  }

  /** key in d. */
  has(key: unknown): boolean {
    this.#bridge.push(key);
    return this.#bridge.number(this.#bridge.f.contains_item(this.index)) === 1;
  }

  /** Removes a key. Returns whether it was there. */
  delete(key: K): boolean {
    if (this.size === 0 || !this.has(key)) return false;
    this.deleteItem(key);
    return true;
  }

  /** del d[key]. Throws KeyError. */
  deleteItem(key: K): void {
    this.#bridge.push(key);
    this.#bridge.succeed(this.#bridge.f.del_item(this.index));
  }

  /** d.pop(key): removes the key, and returns its value. Throws KeyError, unless there is a default. */
  pop(key: K, ...missing: [V?]): V {
    if (missing.length > 0 && (this.size === 0 || !this.has(key))) return missing[0] as V;
    this.#bridge.push(key);
    return this.#bridge.value(this.#bridge.f.dict_pop_value(this.index)) as V;
  }

  /** d.popitem(): removes the last entry, and returns its key and value. Throws KeyError if there is none. */
  popItem(): [K, V] {
    const bridge = this.#bridge;
    const last = bridge.f.dict_last_position(this.index);
    const pair: unknown[] = [];
    try {
      if (last >= 0) pair.push(this.#keyAt(last), this.#valueAt(last));
      bridge.succeed(bridge.f.dict_drop_last(this.index));
      return pair as [K, V];
    } catch (error) {
      for (const part of pair) if (part instanceof PyObject) part.release();
      throw error;
    }
  }

  /** d.setdefault(key, value): the existing value, or else the new one. */
  setDefault(key: K, value: V): V {
    const bridge = this.#bridge;
    return bridge.trying(() => {
      bridge.pushAll([key, value]);
      return bridge.value(bridge.f.dict_set_default_value(this.index)) as V;
    });
  }

  /** d.update(entries). */
  update(entries: Entries<K, V>): void {
    const bridge = this.#bridge;
    const source = entries instanceof PyDict ? entries : entered(entries);
    bridge.trying(() => {
      if (source instanceof PyDict) bridge.push(source);
      else pushEntries(bridge, source);
      bridge.succeed(bridge.f.dict_update_from(this.indexAfter(1)));
    });
  }

  /** d.clear(). */
  clear(): void {
    this.#bridge.f.dict_clear_all(this.index);
  }

  /** d.copy(). */
  copy(): PyDict<K, V> {
    return this.#bridge.made(this.#bridge.f.dict_push_copy(this.index)) as PyDict<K, V>;
  }

  /** The positions of the entries. Throws RuntimeError if the dict's size changes meanwhile. */
  *#positions(): IterableIterator<number> {
    const { f } = this.#bridge;
    const { size } = this;
    for (let k = f.next_position(this.index, 0, size); k !== -1; k = f.next_position(this.index, k + 1, size)) {
      if (k < 0) this.#bridge.raise();
      yield k;
    }
  }

  #keyAt(position: number): K {
    return this.#bridge.value(this.#bridge.f.item_at_position(this.index, position)) as K;
  }

  #valueAt(position: number): V {
    return this.#bridge.value(this.#bridge.f.dict_value_at(this.index, position)) as V;
  }

  /** d.keys(), in order. */
  *keys(): IterableIterator<K> {
    for (const k of this.#positions()) yield this.#keyAt(k);
  }

  /** d.values(), in the order of the keys. */
  *values(): IterableIterator<V> {
    for (const k of this.#positions()) yield this.#valueAt(k);
  }

  /** d.items(). */
  *entries(): IterableIterator<[K, V]> {
    for (const k of this.#positions()) yield [this.#keyAt(k), this.#valueAt(k)];
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }
}
