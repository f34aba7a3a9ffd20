// Values of programs as data, and the same values on our heap.
//
//   ["v", n]  the result of step n        ["n"]  None             ["b", true]  bool       ["i", "-1f"]  int, hexadecimal
//   ["f", "-0"]  float                    ["s", "text"]  str      ["y", [1, 2]]  bytes
//   ["t" | "l" | "S" | "F", items]  tuple, list, set, frozenset   ["d", [key, value, ...]]  dict

import { type Heap, PyObject, PyRef } from "../../src/index.js";

export type Spec =
  | readonly ["v", number]
  | readonly ["n"]
  | readonly ["b", boolean]
  | readonly ["i" | "f" | "s", string]
  | readonly ["y", readonly number[]]
  | readonly ["t" | "l" | "S" | "F" | "d", readonly Spec[]];

/** A variable's value: a handle, or a JavaScript value for a bool, an int or None. */
export type Value = PyObject | number | bigint | boolean | string | null;

export function bigOf(hex: string): bigint {
  return hex.startsWith("-") ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`);
}

/**
 * The value on the heap. Scalars are JavaScript values if that keeps their meaning. So both forms of arguments are tested.
 */
export function evaluate(heap: Heap, spec: Spec, variables: readonly Value[]): Value {
  const all = (specs: readonly Spec[]) => specs.map((item) => evaluate(heap, item, variables));
  switch (spec[0]) {
    case "v":
      return variables[spec[1]] ?? null;
    case "n":
      return null;
    case "b":
      return spec[1];
    case "s":
      return spec[1];
    case "i": {
      const v = bigOf(spec[1]);
      return Number.isSafeInteger(Number(v)) ? Number(v) : v;
    }
    case "f": {
      const v = Number(spec[1]);
      // As a JavaScript number, NaN would not be the same object at each use.
      return Number.isInteger(v) || Number.isNaN(v) ? heap.float(v) : v;
    }
    case "y":
      return heap.bytes(spec[1]);
    case "t":
      return heap.tuple(all(spec[1]));
    case "l":
      return heap.list(all(spec[1]));
    case "S":
      return heap.set(all(spec[1]));
    case "F":
      return heap.frozenset(all(spec[1]));
    case "d":
      return heap.dict(pairs(all(spec[1])));
  }
}

function pairs(values: readonly Value[]): [Value, Value][] {
  return values.flatMap((key, k) => (k % 2 === 0 ? [[key, values[k + 1] ?? null] as [Value, Value]] : []));
}

/** The name of a value's type in Python. */
export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (value instanceof PyObject) return value instanceof PyRef ? "weakref.ReferenceType" : value.typeName;
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  return typeof value === "bigint" || (Number.isInteger(value) && !Object.is(value, -0)) ? "int" : "float";
}

/** The value as Python source. */
export function source(spec: Spec): string {
  const all = (specs: readonly Spec[]) => specs.map(source).join(", ");
  switch (spec[0]) {
    case "v":
      return `v${spec[1]}`;
    case "n":
      return "None";
    case "b":
      return spec[1] ? "True" : "False";
    case "s":
      return JSON.stringify(spec[1]);
    case "i":
      return String(bigOf(spec[1]));
    case "f":
      return `float("${spec[1]}")`;
    case "y":
      return `bytes([${spec[1].join(", ")}])`;
    case "t":
      return `(${all(spec[1])}${spec[1].length === 1 ? "," : ""})`;
    case "l":
      return `[${all(spec[1])}]`;
    case "S":
      return `set([${all(spec[1])}])`;
    case "F":
      return `frozenset([${all(spec[1])}])`;
    case "d":
      return `dict(pairs(${all(spec[1])}))`;
  }
}
