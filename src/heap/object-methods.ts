// The methods that a shared heap has from a heap with objects: each calls that of the worker's own objects, which takes their lock.

import type { ObjectHeap } from "./object-heap.js";

const NAMES = [
  ...(["list", "tuple", "set", "frozenset", "dict", "str", "intern", "bytes", "int", "float", "from", "toJS"] as const),
  ...(["binary", "unary", "pow", "compare", "hash", "repr", "exact", "addressOf", "objectStats"] as const),
] satisfies readonly (keyof ObjectHeap)[];

export type ObjectMethods = Pick<ObjectHeap, (typeof NAMES)[number]>;

/** A class with these methods. `heapOf` has the objects that an instance works on. */
export function objectMethods(heapOf: (instance: object) => ObjectHeap): new () => ObjectMethods {
  class Methods {}
  for (const name of NAMES) {
    const value = function (this: object, ...args: unknown[]): unknown {
      return (heapOf(this)[name] as (...args: unknown[]) => unknown)(...args);
    };
    Object.defineProperty(Methods.prototype, name, { value, configurable: true, writable: true });
  }
  return Methods as new () => ObjectMethods;
}
