// Operations that every object has, through its type's functions: hash, comparison, repr.
//
// A type's functions, by table index:
//   dealloc(o)                       the last reference is gone
//   hash(o): i32                     -1: an error is raised
//   compare(a, b, op): PyObject      True, False, NotImplemented (all immortal), or null with an error raised
//   repr(o, writer): bool            false: an error is raised

import { error } from "../model/error";
import { E_DEAD, E_DEAD_ITEM, E_DEAD_KEY, E_UNHASHABLE, E_UNHASHABLE_KEY } from "../model/errors.gen";
import { STR } from "../model/kinds.gen";
import { EQ, GE, GT, LE, LT, NE } from "../model/operators.gen";
import { raiseError } from "../model/raise";
import { raiseOrder } from "../model/raises.gen";
import { enter, leave } from "../model/recursion";
import { decref, incref } from "../model/refcount";
import { isSubtype } from "../model/subtype";
import { asBool, False, NotImplemented, True } from "../model/singletons";
import { HAS_GC, IS_C_TYPE, isA, isKind, PyObject, typeOf } from "../model/type";
import { PyStr, str_equal, str_hash, str_order } from "../text/str";
import { newWriter, Writer } from "../text/writer";

/** The comparison for exchanged sides. */
@inline
function swapped(op: i32): i32 {
  return op == LT ? GT : op == LE ? GE : op == GT ? LT : op == GE ? LE : op;
}

/** Whether the result of an ordering (negative, 0, positive) fulfils a comparison. */
@inline
export function fulfils(order: i32, op: i32): boolean {
  if (op == EQ) return order == 0;
  if (op == NE) return order != 0;
  if (op == LT) return order < 0;
  if (op == LE) return order <= 0;
  return op == GT ? order > 0 : order >= 0;
}

/** PyObject_Hash. */
@inline
export function hashOf(o: PyObject): i32 {
  if (o.type === typeOf(STR)) {
    const hash = changetype<PyStr>(o).hash;
    return hash != -1 ? hash : str_hash(o);
  }
  return call_indirect<i32>(o.type.hash, o);
}

/** Like hashOf, but with the error for a dict's key (E_UNHASHABLE_KEY) or a set's item (E_UNHASHABLE_ITEM) if the object has no hash. */
@inline
export function hashAs(key: PyObject, use: u32): i32 {
  const hash = hashOf(key);
  return hash != -1 ? hash : unusable(key, use);
}

function unusable(key: PyObject, use: u32): i32 {
  const e = error();
  if (e.code == E_UNHASHABLE) raiseError(use, key, changetype<PyObject>(e.a));
  else if (e.code == E_DEAD) raiseError(use == E_UNHASHABLE_KEY ? E_DEAD_KEY : E_DEAD_ITEM, key);
  return -1;
}

@inline
function compareVia(o: PyObject, other: PyObject, op: i32): PyObject | null {
  return call_indirect<PyObject | null>(o.type.compare, o, other, op);
}

/**
 * Whether a comparison or a repr of objects with these types' flags can run a function in C: of the object itself, or of
 * what it contains. The function may change anything, such as the container that has the only reference to the object.
 */
@inline
function canRunCode(flags: u32): bool {
  return (flags & (HAS_GC | IS_C_TYPE)) != 0;
}

/** PyObject_RichCompare: True, False, or null with an error raised. */
export function compare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  if (!canRunCode(a.type.flags | b.type.flags)) return compareBoth(a, b, op);
  const deep = a.type.hasGC;
  if (deep && !enter()) return null;
  incref<PyObject>(a);
  incref<PyObject>(b);
  const result = compareBoth(a, b, op);
  decref(a);
  decref(b);
  if (deep) leave();
  return result;
}

function compareBoth(a: PyObject, b: PyObject, op: i32): PyObject | null {
  // The function of a type that C derived from the other's type has the first word.
  const isReversed = (b.type.flags & IS_C_TYPE) != 0 && a.type !== b.type && isSubtype(b.type, a.type);
  let result = isReversed ? compareVia(b, a, swapped(op)) : compareVia(a, b, op);
  if (result === NotImplemented()) result = isReversed ? compareVia(a, b, op) : compareVia(b, a, swapped(op));
  if (result !== NotImplemented()) return result;
  if (op == EQ) return a === b ? True() : False();
  if (op == NE) return a !== b ? True() : False();
  raiseOrder(op, a, b);
  return null;
}

/** PyObject_RichCompareBool: 1 or 0, -1 if an error is raised. An object equals itself. */
export function compareBool(a: PyObject, b: PyObject, op: i32): i32 {
  if (a === b) {
    if (op == EQ) return 1;
    if (op == NE) return 0;
  }
  const result = compare(a, b, op);
  if (!result) return -1;
  return result === True() ? 1 : 0;
}

/** a == b as containers compare it: 1 or 0; -1 with an error. */
@inline
export function equal(a: PyObject, b: PyObject): i32 {
  if (a === b) return 1;
  if (isKind(a, STR) && isKind(b, STR)) return str_equal(changetype<PyStr>(a), changetype<PyStr>(b)) ? 1 : 0;
  return compareBool(a, b, EQ);
}

/** Adds the object's repr to the text. */
export function writeRepr(o: PyObject, w: Writer): bool {
  if (!canRunCode(o.type.flags)) return call_indirect<bool>(o.type.repr, o, w);
  const deep = o.type.hasGC;
  if (deep && !enter()) return false;
  incref<PyObject>(o);
  const done = call_indirect<bool>(o.type.repr, o, w);
  decref(o);
  if (deep) leave();
  return done;
}

/** PyObject_Repr. */
export function reprOf(o: PyObject): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  if (writeRepr(o, w)) return w.finish();
  w.discard();
  return null;
}

/** The compare of types whose objects are equal only to themselves, and have no order. */
export function identity_compare(a: PyObject, b: PyObject, op: i32): PyObject {
  if (op == EQ && a === b) return True();
  if (op == NE && a === b) return False();
  return NotImplemented();
}

/** The compare of strings: by code points. */
export function str_compare(a: PyObject, b: PyObject, op: i32): PyObject {
  if (!isA(b, STR)) return NotImplemented();
  const x = changetype<PyStr>(a);
  const y = changetype<PyStr>(b);
  if (op == EQ || op == NE) return asBool(str_equal(x, y) == (op == EQ));
  return asBool(fulfils(str_order(x, y), op));
}
