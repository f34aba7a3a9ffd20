// What workers need most often on a shared heap: a queue, whose `get` waits for what another worker puts into it, and a counter.
//
//   queue:    tuple of two lists:  arrived -> ... newest        leaving: newest ... -> oldest      (turned round when `leaving` is empty)
//   counter:  list of one int
//
// Both are objects of the heap, and all of their operations take its lock. Whoever finds a queue empty sleeps until any queue of the heap has
// changed: so a queue needs no word of its own that would have to be freed.

import type { ObjectShare } from "../objects/bridge/bridge.js";
import type { PyList } from "../objects/handles/list.js";
import type { PyObject } from "../objects/handles/object.js";
import type { PyTuple } from "../objects/handles/tuple.js";

/** What a queue or a counter is opened with in another worker: what `share()` has made, or its object. */
export type ObjectSource = ObjectShare | PyObject;

/** What they need from their heap. */
export interface ObjectsOfAll {
  readonly locked: <T>(run: () => T) => T;
  readonly changes: Changes;
}

/** Tells sleeping workers that a queue has changed. */
export class Changes {
  readonly #words: Int32Array;

  /** `at` is the address of two words: how often queues have changed, and how many workers sleep. */
  constructor(memory: WebAssembly.Memory, at: number) {
    this.#words = new Int32Array(memory.buffer, at, 2);
  }

  get count(): number {
    return Atomics.load(this.#words, 0);
  }

  tell(): void {
    Atomics.add(this.#words, 0, 1);
    if (Atomics.load(this.#words, 1) !== 0) Atomics.notify(this.#words, 0);
  }

  /** Sleeps until there were more changes than `seen`, at most for `milliseconds`. */
  sleep(seen: number, milliseconds: number): void {
    // If this worker is terminated here, one too many counts as asleep, and others tell what nobody hears.
    Atomics.add(this.#words, 1, 1);
    Atomics.wait(this.#words, 0, seen, milliseconds);
    Atomics.sub(this.#words, 1, 1);
  }
}

/** What a queue and a counter have in common: an object of the heap, which others can open. */
abstract class OfAll<O extends PyObject> {
  protected readonly heap: ObjectsOfAll;
  /** The object that all workers share. It can be put into other objects, such as `heap.roots`. */
  readonly object: O;

  constructor(heap: ObjectsOfAll, object: O) {
    this.heap = heap;
    this.object = object;
  }

  /** Shares it with one other worker. */
  share(): ObjectShare {
    return this.object.share();
  }

  /** Releases this worker's handles. */
  release(): void {
    this.object.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** A queue, first in, first out: any worker puts items in, any worker gets them. */
export class SharedQueue<T = unknown> extends OfAll<PyTuple> {
  readonly #arrived: PyList<T>;
  readonly #leaving: PyList<T>;

  /** @internal */
  constructor(heap: ObjectsOfAll, object: PyTuple) {
    super(heap, object);
    this.#arrived = object.getItem(0) as PyList<T>;
    this.#leaving = object.getItem(1) as PyList<T>;
  }

  get length(): number {
    return this.heap.locked(() => this.#arrived.length + this.#leaving.length);
  }

  put(item: T): void {
    this.#arrived.push(item);
    this.heap.changes.tell();
  }

  /** Puts several items in, which stay together. */
  putAll(items: Iterable<T>): void {
    this.#arrived.extend(items);
    this.heap.changes.tell();
  }

  /** Takes the oldest item; undefined if there is none. */
  tryGet(): T | undefined {
    return this.heap.locked(() => {
      if (this.#leaving.length === 0) {
        if (this.#arrived.length === 0) return undefined;
        this.#leaving.extend(this.#arrived);
        this.#arrived.clear();
        this.#leaving.reverse();
      }
      return this.#leaving.pop() as T;
    });
  }

  /** Takes the oldest item; sleeps while there is none. Returns undefined if there is none for `timeout` milliseconds; the default is for ever. */
  get({ timeout = Number.POSITIVE_INFINITY }: { readonly timeout?: number } = {}): T | undefined {
    const end = performance.now() + timeout;
    for (;;) {
      const seen = this.heap.changes.count;
      const item = this.tryGet();
      const left = end - performance.now();
      if (item !== undefined || left <= 0) return item;
      this.heap.changes.sleep(seen, left);
    }
  }

  override release(): void {
    this.#arrived.release();
    this.#leaving.release();
    super.release();
  }
}

/** A whole number that workers count up and down. */
export class SharedCounter extends OfAll<PyList<number | bigint>> {
  get value(): number | bigint {
    return this.object.getItem(0);
  }

  /** Adds `n`, and returns the new value. */
  add(n: number | bigint = 1): number | bigint {
    return this.heap.locked(() => {
      const sum = BigInt(this.object.getItem(0)) + BigInt(n);
      const value = Number.isSafeInteger(Number(sum)) ? Number(sum) : sum;
      this.object.set(0, value);
      return value;
    });
  }
}
