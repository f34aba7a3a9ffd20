// Roots: objects that a heap keeps under names. In a loaded image they are found by these names.

import type { Bridge } from "./bridge/bridge.js";
import { indexOf } from "./bridge/handle.js";
import { PyObject } from "./handles/object.js";

export class Roots {
  readonly #bridge: Bridge;
  readonly #handles = new Map<string, PyObject>();

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  get size(): number {
    return this.#handles.size;
  }

  /** Keeps an object under a name, with its own reference. The object that had the name before is released. */
  set(name: string, object: PyObject): this {
    if (typeof name !== "string")
      throw new TypeError(`Cannot use a ${typeof name} as the name of a root: names are strings`);
    if (!(object instanceof PyObject)) {
      throw new TypeError(
        `Cannot make ${name} a root: it is not an object on the heap; convert it with heap.from() first`,
      );
    }
    indexOf(object, this.#bridge);
    this.keep(
      name,
      this.#bridge.aside(() => object.clone()),
    );
    return this;
  }

  /** @internal Keeps a handle, which belongs to the root from now on. */
  keep(name: string, handle: PyObject): void {
    this.#handles.get(name)?.release();
    this.#handles.set(name, handle);
  }

  /** The object under a name, as a new handle; undefined if there is none. */
  get<T extends PyObject = PyObject>(name: string): T | undefined {
    return this.#handles.get(name)?.clone() as T | undefined;
  }

  has(name: string): boolean {
    return this.#handles.has(name);
  }

  /** Releases the object under a name. Returns whether there was one. */
  delete(name: string): boolean {
    this.#handles.get(name)?.release();
    return this.#handles.delete(name);
  }

  clear(): void {
    for (const name of [...this.#handles.keys()]) this.delete(name);
  }

  /** The names, in the order in which they were first set. */
  keys(): IterableIterator<string> {
    return this.#handles.keys();
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.keys();
  }

  /** @internal Names, each with the number of its handle. */
  numbers(): [string, number][] {
    return [...this.#handles].map(([name, handle]) => [name, indexOf(handle, this.#bridge)]);
  }
}
