// Lists, with the methods of an array and of Python's list. Where both have a name with different meanings, Python's is
// used: pop() of an empty list throws IndexError.

import type { Bridge } from "../bridge/bridge.js";
import { PyException } from "../bridge/exceptions.js";
import { iterated, pushIterated } from "../bridge/operations.js";
import { indexNumber, PyRow, sliceOf } from "./object.js";

export interface SortOptions<T> {
  /** The key by which items are ordered. */
  readonly key?: (item: T) => unknown;
  readonly reverse?: boolean;
}

export class PyList<T = unknown> extends PyRow<T> {
  override readonly typeName = "list";

  /**
   * The bridge, through a private name, which only lists have. So a method that is called on an object of another type
   * throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** Adds items at the end. Returns the new length. */
  push(...items: T[]): number {
    let length = 0;
    for (const item of items) length = this.#append(item);
    return items.length > 0 ? length : this.length;
  }

  /** l.append(item). */
  append(item: T): void {
    this.#append(item);
  }

  /** Like append; returns the new length. */
  #append(item: T): number {
    try {
      return this.#appendOnce(item);
    } catch (error) {
      // The closure uses variables of this block only, so the fast path above does not pay for it.
      const [list, again] = [this, item];
      return list.#bridge.again(error, () => list.#appendOnce(again));
    }
  }

  #appendOnce(item: T): number {
    const bridge = this.#bridge;
    const { index } = this;
    let length: number;
    if (typeof item === "number") length = bridge.f.list_push_number(index, item);
    else {
      bridge.push(item);
      length = bridge.f.list_push(index);
    }
    if (length === 0) bridge.raise();
    return length >>> 0;
  }

  /** l[index] = item. Throws IndexError. */
  set(index: number, item: T): this {
    const bridge = this.#bridge;
    bridge.pushAll([indexNumber(index), item]);
    bridge.succeed(bridge.f.set_item(this.index));
    return this;
  }

  /** del l[index]. Throws IndexError. */
  deleteItem(index: number): void {
    this.#bridge.push(indexNumber(index));
    this.#bridge.succeed(this.#bridge.f.del_item(this.index));
  }

  /** l.insert(index, item). An index out of range becomes the nearest end. */
  insert(index: number, item: T): void {
    const k = indexNumber(index);
    const bridge = this.#bridge;
    bridge.trying(() => {
      bridge.push(item);
      bridge.succeed(bridge.f.list_insert_at(this.index, k));
    });
  }

  /** l.pop(index): removes an item and returns it; by default the last one. Throws IndexError. */
  pop(index = -1): T {
    return this.#bridge.value(this.#bridge.f.list_pop_at(this.index, indexNumber(index))) as T;
  }

  /** l.remove(item): removes the first equal item. Throws ValueError if there is none. */
  remove(item: T): void {
    this.#bridge.push(item);
    this.#bridge.succeed(this.#bridge.f.list_remove_item(this.index));
  }

  /** l.extend(items), for an array, a handle, or any other iterable. */
  extend(items: Iterable<T>): void {
    const bridge = this.#bridge;
    const values = iterated(items);
    bridge.trying(() => {
      pushIterated(bridge, values);
      bridge.succeed(bridge.f.list_extend(this.indexAfter(1)));
    });
  }

  /** l.clear(). */
  clear(): void {
    this.#bridge.f.list_clear_all(this.index);
  }

  /** l.reverse(), in place. */
  reverse(): this {
    this.#bridge.f.list_reverse_all(this.index);
    return this;
  }

  /** l.sort(key=..., reverse=...): stable, in place. Throws TypeError if items can't be ordered. */
  sort(options: SortOptions<T> = {}): this {
    if (typeof options === "function") throw new TypeError("Cannot sort by comparing: give a key, as in sort({ key })");
    const { key, reverse = false } = options;
    const bridge = this.#bridge;
    const order = (withKeys: number) => bridge.succeed(bridge.f.list_sort_all(this.index, reverse ? 1 : 0, withKeys));
    if (!key) {
      bridge.trying(() => order(0));
      return this;
    }
    // The number of items before, because `key` may add some.
    const before = this.length;
    const keys: unknown[] = [];
    while (keys.length < before && this.length === before) keys.push(key(this.getItem(keys.length)));
    if (this.length !== before) throw new PyException("ValueError", "list modified during sort");
    bridge.trying(() => {
      pushIterated(bridge, keys);
      order(1);
    });
    return this;
  }

  /** l[start:stop:step]: a new list. */
  slice(start?: number, stop?: number, step?: number): PyList<T> {
    return this.sliceValue(start, stop, step) as PyList<T>;
  }

  /** l[start:stop:step] = items. */
  setSlice(items: Iterable<T>, start?: number, stop?: number, step?: number): void {
    const s = sliceOf(start, stop, step);
    const bridge = this.#bridge;
    const values = iterated(items);
    bridge.trying(() => {
      pushIterated(bridge, values);
      bridge.succeed(bridge.f.set_slice(this.indexAfter(1), s.start, s.stop, s.step, s.absent));
    });
  }

  /** del l[start:stop:step]. */
  deleteSlice(start?: number, stop?: number, step?: number): void {
    const s = sliceOf(start, stop, step);
    this.#bridge.succeed(this.#bridge.f.del_slice(this.index, s.start, s.stop, s.step, s.absent));
  }

  /** l *= count. */
  repeat(count: number | bigint): this {
    if (typeof count === "number") indexNumber(count);
    const bridge = this.#bridge;
    bridge.trying(() => {
      bridge.push(count);
      bridge.succeed(bridge.f.list_repeat_self(this.index));
    });
    return this;
  }

  /** l.copy(). */
  copy(): PyList<T> {
    return this.slice();
  }

  protected override notFound(): Error {
    return new PyException("ValueError", "list.index(x): x not in list");
  }
}
