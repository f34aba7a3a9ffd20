// The operations of random programs: what a Python user writes, and what a TypeScript user writes instead.
//
// The table is used for the comparison with CPython (differential.test.ts), and for tests in which memory runs out
// (out-of-memory.test.ts).

import type {
  BinaryOperator,
  Comparison,
  Heap,
  PyBytes,
  PyDict,
  PyFrozenSet,
  PyInt,
  PyList,
  PyObject,
  PyRef,
  PySequence,
  PySet,
  PyStr,
  PyTuple,
  UnaryOperator,
} from "../../src/index.js";
import { typeName } from "./values.js";

type AnySet = PySet | PyFrozenSet;
type Row = PyList | PyTuple;
type Index = number | undefined;

/** The kinds of arguments, and what the TypeScript function gets for each. programs.ts says which values are made. */
interface Kinds {
  any: unknown;
  hashable: unknown;
  number: unknown;
  integer: unknown;
  exponent: unknown;
  bits: unknown;
  iterable: Iterable<unknown>;
  list: PyList;
  tuple: PyTuple;
  row: Row;
  dict: PyDict;
  set: PySet;
  anyset: AnySet;
  str: PyStr;
  bytes: PyBytes;
  sequence: PySequence<unknown>;
  int: PyInt;
  object: PyObject;
  referable: PyObject;
  ref: PyRef;
  /** An int in Python, a JavaScript number here. */
  index: number;
  position: number;
  count: number;
  /** Like index, or None. */
  bound: Index;
  step: Index;
  /** A str in Python, a JavaScript string here. */
  text: string;
}
export type Kind = keyof Kinds;

/** The types that an argument of a kind must have, on both sides; other kinds accept anything. */
export const TYPES: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  list: ["list"],
  tuple: ["tuple"],
  row: ["list", "tuple"],
  dict: ["dict"],
  set: ["set"],
  anyset: ["set", "frozenset"],
  str: ["str"],
  bytes: ["bytes"],
  sequence: ["list", "tuple", "str", "bytes"],
  int: ["int"],
  ref: ["weakref.ReferenceType"],
};

export interface Operation {
  /** The Python expression, with a, b, c and d. */
  readonly python: string;
  readonly kinds: readonly Kind[];
  /** The probable type of the result: a kind, or "" if it is not known. */
  readonly result: Kind | "";
  readonly run: (heap: Heap, args: readonly unknown[]) => unknown;
}

export const OPERATIONS: Operation[] = [];

function op<const K extends readonly Kind[]>(
  kinds: K,
  python: string,
  run: (heap: Heap, ...args: { [I in keyof K]: Kinds[K[I]] }) => unknown,
  result: Kind | "" = "",
): void {
  const relay = (heap: Heap, args: readonly unknown[]) =>
    run(heap, ...(args as unknown as { [I in keyof K]: Kinds[K[I]] }));
  OPERATIONS.push({ python, kinds, result, run: relay });
}

// ---- any objects ----

for (const comparison of ["<", "<=", "==", "!=", ">", ">="] as const satisfies Comparison[]) {
  op(["any", "any"], `a ${comparison} b`, (heap, a, b) => heap.compare(a, comparison, b));
  op(["number", "number"], `a ${comparison} b`, (heap, a, b) => heap.compare(a, comparison, b));
  op(["row", "row"], `a ${comparison} b`, (heap, a, b) => heap.compare(a, comparison, b));
  op(["anyset", "anyset"], `a ${comparison} b`, (heap, a, b) => heap.compare(a, comparison, b));
  op(["str", "str"], `a ${comparison} b`, (heap, a, b) => heap.compare(a, comparison, b));
}
op(["dict", "dict"], "a == b", (heap, a, b) => heap.compare(a, "==", b));
for (const operator of ["+", "-", "*", "/", "//", "%", "&", "|", "^"] as const satisfies BinaryOperator[]) {
  op(["any", "any"], `a ${operator} b`, (heap, a, b) => heap.binary(a, operator, b));
  op(["number", "number"], `a ${operator} b`, (heap, a, b) => heap.binary(a, operator, b), "number");
  op(["integer", "integer"], `a ${operator} b`, (heap, a, b) => heap.binary(a, operator, b), "integer");
}
op(["number", "exponent"], "a ** b", (heap, a, b) => heap.binary(a, "**", b), "number");
op(["integer", "bits"], "a << b", (heap, a, b) => heap.binary(a, "<<", b), "integer");
op(["integer", "bits"], "a >> b", (heap, a, b) => heap.binary(a, ">>", b), "integer");
op(["integer", "integer", "integer"], "pow(a, b, c)", (heap, a, b, c) => heap.pow(a, b, c), "integer");
op(["any", "any", "any"], "pow(a, b, c)", (heap, a, b, c) => heap.pow(a, b, c));
for (const [operator, python] of [
  ["-", "-a"],
  ["+", "+a"],
  ["~", "~a"],
  ["abs", "abs(a)"],
] as const satisfies [UnaryOperator, string][]) {
  op(["number"], python, (heap, a) => heap.unary(operator, a), "number");
  op(["any"], python, (heap, a) => heap.unary(operator, a));
}
op(["int"], "a.bit_length()", (_, a) => a.bitLength, "integer");
for (const kind of ["row", "dict", "anyset"] as const) op([kind, kind], "a is b", (_, a, b) => a.is(b));
op(["object"], "bool(a)", (_, a) => a.isTrue);
op(["iterable"], "list(a)", (heap, a) => heap.list(a), "list");
op(["iterable"], "tuple(a)", (heap, a) => heap.tuple(a), "tuple");
op(["iterable"], "set(a)", (heap, a) => heap.set(a), "set");
op(["iterable"], "frozenset(a)", (heap, a) => heap.frozenset(a), "anyset");
op(["dict"], "dict(a)", (heap, a) => heap.dict(a), "dict");

// ---- sequences ----

op(["sequence"], "len(a)", (_, a) => a.length, "integer");
op(["sequence", "index"], "a[b]", (_, a, b) => a.getItem(b));
op(["sequence", "any"], "b in a", (_, a, b) => a.includes(b));
op(["sequence", "bound", "bound", "step"], "a[b:c:d]", (_, a, b, c, d) => sliced(a, b, c, d), "sequence");
op(["sequence", "bound", "bound"], "a[b:c]", (_, a, b, c) => sliced(a, b, c), "sequence");
op(["sequence", "sequence"], "a + b", (heap, a, b) => heap.binary(a, "+", b), "sequence");
op(["sequence", "count"], "a * b", (heap, a, b) => heap.binary(a, "*", b), "sequence");
op(["count", "sequence"], "a * b", (heap, a, b) => heap.binary(a, "*", b), "sequence");
op(["list", "list"], "a + b", (heap, a, b) => heap.binary(a, "+", b), "list");
op(["tuple", "tuple"], "a + b", (heap, a, b) => heap.binary(a, "+", b), "tuple");
op(["str", "str"], "a + b", (heap, a, b) => heap.binary(a, "+", b), "str");
op(["bytes", "bytes"], "a + b", (heap, a, b) => heap.binary(a, "+", b), "bytes");
op(["row", "any"], "a.index(b)", (_, a, b) => a.findIndex(b), "integer");
op(["row", "any", "index", "index"], "a.index(b, c, d)", (_, a, b, c, d) => a.findIndex(b, c, d), "integer");
op(["row", "any"], "a.count(b)", (_, a, b) => a.count(b), "integer");
op(["str", "text"], "a.find(b)", (_, a, b) => a.indexOf(b), "integer");
op(["str", "text", "position"], "a.find(b, c)", (_, a, b, c) => a.indexOf(b, c), "integer");
op(["str", "str"], "b in a", (_, a, b) => a.includes(b));
op(["bytes", "bytes"], "b in a", (_, a, b) => a.includes(b));

function sliced(a: PySequence<unknown>, start: Index, stop: Index, step?: Index): unknown {
  return (a as PyList).slice(start, stop, step);
}

// ---- lists ----

op(["list", "any"], "a.append(b)", (_, a, b) => a.append(b));
op(["list", "index", "any"], "a.insert(b, c)", (_, a, b, c) => a.insert(b, c));
op(["list"], "a.pop()", (_, a) => a.pop());
op(["list", "index"], "a.pop(b)", (_, a, b) => a.pop(b));
op(["list", "iterable"], "a.extend(b)", (_, a, b) => a.extend(b));
op(["list", "any"], "a.remove(b)", (_, a, b) => a.remove(b));
op(["list"], "a.sort()", (_, a) => void a.sort());
op(["list"], "a.sort(reverse=True)", (_, a) => void a.sort({ reverse: true }));
op(["list"], "a.sort(key=repr)", (heap, a) => void a.sort({ key: (item) => heap.repr(item) }));
op(
  ["list"],
  "a.sort(key=lambda item: type(item).__name__, reverse=True)",
  (_, a) => void a.sort({ key: (item) => typeName(item as PyObject).replace(/^.*[.]/, ""), reverse: true }),
);
op(["list"], "a.reverse()", (_, a) => void a.reverse());
op(["list"], "a.copy()", (_, a) => a.copy(), "list");
op(["list"], "a.clear()", (_, a) => a.clear());
op(["list", "count"], "a.__imul__(b) is a", (_, a, b) => a.repeat(b) === a);
op(["list", "index", "any"], "setitem(a, b, c)", (_, a, b, c) => void a.set(b, c));
op(["list", "index"], "delitem(a, b)", (_, a, b) => a.deleteItem(b));
op(["list", "iterable", "bound", "bound"], "setitem(a, slice(c, d), b)", (_, a, b, c, d) => a.setSlice(b, c, d));
op(["list", "iterable", "bound", "step"], "setitem(a, slice(c, None, d), b)", (_, a, b, c, d) =>
  a.setSlice(b, c, undefined, d),
);
op(["list", "list", "step"], "setitem(a, slice(None, None, c), b)", (_, a, b, c) =>
  a.setSlice(b, undefined, undefined, c),
);
op(["list", "bound", "bound"], "delitem(a, slice(b, c))", (_, a, b, c) => a.deleteSlice(b, c));
op(["list", "bound", "bound", "step"], "delitem(a, slice(b, c, d))", (_, a, b, c, d) => a.deleteSlice(b, c, d));

// ---- dicts ----

op(["dict"], "len(a)", (_, a) => a.size, "integer");
op(["dict", "hashable"], "a.get(b)", (_, a, b) => a.get(b));
op(["dict", "text"], "a.get(b)", (_, a, b) => a.get(b));
op(["dict", "hashable"], "a[b]", (_, a, b) => a.getItem(b));
op(["dict", "hashable"], "b in a", (_, a, b) => a.has(b));
op(["dict", "hashable", "any"], "setitem(a, b, c)", (_, a, b, c) => void a.set(b, c));
op(["dict", "text", "any"], "setitem(a, b, c)", (_, a, b, c) => void a.set(b, c));
op(["dict", "hashable"], "delitem(a, b)", (_, a, b) => a.deleteItem(b));
op(["dict", "hashable"], "a.pop(b, ...) is not ...", (_, a, b) => a.delete(b));
op(["dict", "hashable"], "a.pop(b)", (_, a, b) => a.pop(b));
op(["dict", "hashable", "any"], "a.pop(b, c)", (_, a, b, c) => a.pop(b, c));
op(["dict"], "a.popitem()[0]", (_, a) => a.popItem()[0]);
op(["dict"], "a.popitem()[1]", (_, a) => a.popItem()[1]);
op(["dict", "hashable", "any"], "a.setdefault(b, c)", (_, a, b, c) => a.setDefault(b, c));
op(["dict", "dict"], "a.update(b)", (_, a, b) => a.update(b));
op(["dict", "dict"], "a | b", (heap, a, b) => heap.binary(a, "|", b), "dict");
op(["dict"], "a.copy()", (_, a) => a.copy(), "dict");
op(["dict"], "a.clear()", (_, a) => a.clear());
op(["dict"], "tuple(a.keys())", (heap, a) => heap.tuple(a.keys()), "tuple");
op(["dict"], "tuple(a.values())", (heap, a) => heap.tuple(a.values()), "tuple");
op(["dict"], "tuple(a.items())", (heap, a) => heap.tuple([...a].map((pair) => heap.tuple(pair))), "tuple");

// ---- sets and frozensets ----

op(["anyset"], "len(a)", (_, a) => a.size, "integer");
op(["anyset", "hashable"], "b in a", (_, a, b) => a.has(b));
op(["set", "hashable"], "a.add(b)", (_, a, b) => void a.add(b));
op(["set", "hashable"], "a.discard(b)", (_, a, b) => void a.delete(b));
op(["set", "hashable"], "a.remove(b)", (_, a, b) => a.remove(b));
op(["set"], "a.pop()", (_, a) => a.pop());
op(["set"], "a.clear()", (_, a) => a.clear());
op(["anyset"], "a.copy()", (_, a) => a.copy(), "anyset");
op(["anyset"], "tuple(iter(a))", (heap, a) => heap.tuple(a.values()), "tuple");
for (const operator of ["|", "&", "-", "^"] as const satisfies BinaryOperator[]) {
  op(["anyset", "anyset"], `a ${operator} b`, (heap, a, b) => heap.binary(a, operator, b), "anyset");
}
for (const kind of ["anyset", "iterable"] as const) {
  op(["anyset", kind], "a.union(b)", (_, a, b) => a.union(b), "anyset");
  op(["anyset", kind], "a.intersection(b)", (_, a, b) => a.intersection(b), "anyset");
  op(["anyset", kind], "a.difference(b)", (_, a, b) => a.difference(b), "anyset");
  op(["anyset", kind], "a.symmetric_difference(b)", (_, a, b) => a.symmetricDifference(b), "anyset");
  op(["anyset", kind], "a.issubset(b)", (_, a, b) => a.isSubsetOf(b));
  op(["anyset", kind], "a.issuperset(b)", (_, a, b) => a.isSupersetOf(b));
  op(["anyset", kind], "a.isdisjoint(b)", (_, a, b) => a.isDisjointFrom(b));
  op(["set", kind], "a.update(b)", (_, a, b) => void a.update(b));
  op(["set", kind], "a.intersection_update(b)", (_, a, b) => void a.intersectionUpdate(b));
  op(["set", kind], "a.difference_update(b)", (_, a, b) => void a.differenceUpdate(b));
  op(["set", kind], "a.symmetric_difference_update(b)", (_, a, b) => void a.symmetricDifferenceUpdate(b));
}

// ---- weak references ----

op(["referable"], "ref(a)", (heap, a) => heap.ref(a), "ref");
op(["ref"], "a()", (_, a) => a.deref());
