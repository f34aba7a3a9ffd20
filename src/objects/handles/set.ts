// Sets and frozensets, with the methods of JavaScript's Set (ES2025) and of Python's.

import * as C from "../../core/constants.gen.js";
import type { Bridge } from "../bridge/bridge.js";
import { iterated, pushIterated } from "../bridge/operations.js";
import { PyObject } from "./object.js";

/** What sets and frozensets have in common. A result has the type of the set whose method was called. */
abstract class AnySet<T> extends PyObject implements Iterable<T> {
  /**
   * The bridge, through a private name, which only sets and frozensets have. So a method that is called on an object of
   * another type throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** len(s). */
  get size(): number {
    return this.#bridge.f.length_of(this.index);
  }

  /** item in s. */
  has(item: unknown): boolean {
    this.#bridge.push(item);
    return this.#bridge.number(this.#bridge.f.contains_item(this.index)) === 1;
  }

  #combine(operation: number, other: Iterable<unknown>): this {
    const bridge = this.#bridge;
    const values = iterated(other);
    return bridge.trying(() => {
      pushIterated(bridge, values);
      return bridge.value(bridge.f.set_combine(this.indexAfter(1), operation)) as this;
    });
  }

  /** s | other: the items of both sets. */
  union(other: Iterable<T>): this {
    return this.#combine(C.UNION, other);
  }

  /** s & other: the items that are in both. */
  intersection(other: Iterable<unknown>): this {
    return this.#combine(C.INTERSECTION, other);
  }

  /** s - other: the items that are not in the other. */
  difference(other: Iterable<unknown>): this {
    return this.#combine(C.DIFFERENCE, other);
  }

  /** s ^ other: the items that are in exactly one of them. */
  symmetricDifference(other: Iterable<T>): this {
    return this.#combine(C.SYMMETRIC_DIFFERENCE, other);
  }

  #relates(relation: number, other: Iterable<unknown>): boolean {
    const bridge = this.#bridge;
    const values = iterated(other);
    return bridge.trying(() => {
      pushIterated(bridge, values);
      return bridge.number(bridge.f.set_relation(this.indexAfter(1), relation)) === 1;
    });
  }

  /** s <= other: whether all items are in the other. */
  isSubsetOf(other: Iterable<unknown>): boolean {
    return this.#relates(C.SUBSET, other);
  }

  /** s >= other: whether all items of the other are here. */
  isSupersetOf(other: Iterable<unknown>): boolean {
    return this.#relates(C.SUPERSET, other);
  }

  /** Whether no item is in both. */
  isDisjointFrom(other: Iterable<unknown>): boolean {
    return this.#relates(C.DISJOINT, other);
  }

  /** s.copy(). */
  copy(): this {
    const bridge = this.#bridge;
    return bridge.trying(() => bridge.value(bridge.f.set_copy_all(this.index)) as this);
  }

  /** The items, in Python's order. Throws RuntimeError if the set's size changes meanwhile. */
  *values(): IterableIterator<T> {
    const { f } = this.#bridge;
    const { size } = this;
    for (let k = f.next_position(this.index, 0, size); k !== -1; k = f.next_position(this.index, k + 1, size)) {
      if (k < 0) this.#bridge.raise();
      yield this.#bridge.value(f.item_at_position(this.index, k)) as T;
    }
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.values();
  }
}

export class PyFrozenSet<T = unknown> extends AnySet<T> {
  override readonly typeName = "frozenset";
}

export class PySet<T = unknown> extends AnySet<T> {
  override readonly typeName = "set";

  /**
   * The bridge, through a private name, which only sets have. So a method that is called on an object of another type
   * throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** s.add(item). */
  add(item: T): this {
    const bridge = this.#bridge;
    const { index } = this;
    try {
      bridge.push(item);
      bridge.succeed(bridge.f.set_add_item(index));
      return this;
    } catch (error) {
      // The closure uses variables of this block only, so the fast path above does not pay for it.
      const [set, again] = [this, item];
      return set.#bridge.again(error, () => set.add(again));
    }
  }

  /** s.discard(item). Returns whether it was there. */
  delete(item: unknown): boolean {
    this.#bridge.push(item);
    return this.#bridge.number(this.#bridge.f.set_discard_item(this.index)) === 1;
  }

  /** s.remove(item). Throws KeyError. */
  remove(item: unknown): void {
    this.#bridge.push(item);
    this.#bridge.succeed(this.#bridge.f.set_remove_item(this.index));
  }

  /** s.pop(): removes an arbitrary item and returns it. Throws KeyError if there is none. */
  pop(): T {
    return this.#bridge.value(this.#bridge.f.set_pop_item(this.index)) as T;
  }

  /** s.clear(). */
  clear(): void {
    this.#bridge.f.set_clear_all(this.index);
  }

  #change(operation: number, other: Iterable<unknown>): this {
    const bridge = this.#bridge;
    const values = iterated(other);
    bridge.trying(() => {
      pushIterated(bridge, values);
      bridge.succeed(bridge.f.set_combine_update(this.indexAfter(1), operation));
    });
    return this;
  }

  /** s |= other. */
  update(other: Iterable<T>): this {
    return this.#change(C.UNION, other);
  }

  /** s &= other. */
  intersectionUpdate(other: Iterable<unknown>): this {
    return this.#change(C.INTERSECTION, other);
  }

  /** s -= other. */
  differenceUpdate(other: Iterable<unknown>): this {
    return this.#change(C.DIFFERENCE, other);
  }

  /** s ^= other. */
  symmetricDifferenceUpdate(other: Iterable<T>): this {
    return this.#change(C.SYMMETRIC_DIFFERENCE, other);
  }
}
