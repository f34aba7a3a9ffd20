// The types of JavaScript values after their conversion to objects.

import type { PyDict } from "../objects/handles/dict.js";
import type { PyList } from "../objects/handles/list.js";
import type { PyObject } from "../objects/handles/object.js";
import type { PyBytes } from "../objects/handles/scalars.js";
import type { PySet } from "../objects/handles/set.js";

/**
 * The type of `heap.from(value)`: containers are handles, and their parts are read as handles of containers or as plain
 * values.
 */
export type FromJS<T> = T extends PyObject
  ? T
  : T extends number
    ? number
    : T extends bigint
      ? number | bigint
      : T extends string
        ? string
        : T extends boolean
          ? boolean
          : T extends null | undefined
            ? null
            : T extends Uint8Array
              ? PyBytes
              : T extends ReadonlyMap<infer K, infer V>
                ? PyDict<FromJS<K>, FromJS<V>>
                : T extends ReadonlySet<infer I>
                  ? PySet<FromJS<I>>
                  : T extends readonly (infer I)[]
                    ? PyList<FromJS<I>>
                    : T extends object
                      ? PyDict<string, FromJS<T[keyof T]>>
                      : unknown;
