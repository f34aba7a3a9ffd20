// Makes containers from the values on the stack, and takes over their references. All functions but fill_* are safe points.

import { safePoint } from "../collector/due";
import { handles } from "../model/handles";
import { DICT, FROZENSET, SET, TUPLE } from "../model/kinds.gen";
import { decref, incref } from "../model/refcount";
import { isKind, PyObject, typeOf } from "../model/type";
import { listOf, tupleOf } from "../operations/abstract";
import { set_from } from "../operations/setops";
import { dict_new, dict_set, PyDict } from "../types/dict";
import { dict_from } from "../types/dict-merge";
import { list_extend_from, list_new } from "../types/list";
import { PyList } from "../types/sequence";
import { set_add, set_new } from "../types/set";
import { PySet } from "../types/set-table";
import { dict_from_pairs } from "../types/shapes";
import { emptyTuple, tuple_new, tuple_track } from "../types/tuple";
import { dropAfter } from "./operands";

/** Pushes a list of the last `n` values. */
export function build_list(n: u32): bool {
  safePoint();
  const h = handles();
  const l = list_new(n);
  if (!l) {
    h.drop(n);
    return false;
  }
  memory.copy(l.items, h.last(n), (<usize>n) << 2);
  l.size = n;
  h.stackTop -= n;
  return h.push(l);
}

export function build_tuple(n: u32): bool {
  safePoint();
  const h = handles();
  if (n == 0) return h.push(emptyTuple());
  const t = tuple_new(n);
  if (!t) {
    h.drop(n);
    return false;
  }
  memory.copy(t.items, h.last(n), (<usize>n) << 2);
  tuple_track(t);
  h.stackTop -= n;
  return h.push(t);
}

/** Pushes a dict of the last `n` pairs of key and value. */
export function build_dict(n: u32): bool {
  safePoint();
  const h = handles();
  const d = dict_from_pairs(h.last(2 * n), n);
  h.drop(2 * n);
  return h.push(d);
}

/** Pushes a set of the last `n` values, added in order. */
export function build_set(n: u32, frozen: bool): bool {
  safePoint();
  const h = handles();
  const s = set_new(typeOf(frozen ? FROZENSET : SET));
  let added = s !== null;
  const first = h.last(n);
  for (let k: u32 = 0; added && k < n; k++) added = set_add(s!, load<PyObject>(first + ((<usize>k) << 2)));
  h.drop(n);
  if (added) return h.push(s);
  if (s) decref(s);
  return false;
}

/** Converts the top of the stack by list(x), tuple(x), set(x) or frozenset(x); or by dict(x), where x is a dict. */
export function convert_value(kind: u32): bool {
  safePoint();
  const h = handles();
  const o = h.pop();
  let made: PyObject | null;
  if (kind == TUPLE) made = tupleOf(o);
  else if (kind == DICT) made = dict_from(changetype<PyDict>(o));
  else if (kind == FROZENSET && isKind(o, FROZENSET)) made = incref<PyObject>(o);
  else if (kind == SET || kind == FROZENSET) made = set_from(typeOf(kind), o);
  else made = listOf(o);
  decref(o);
  return h.push(made);
}

/** Pushes an empty list, with room for `room` items, or an empty dict or set: to be filled while it is on the stack. */
export function build_empty(kind: u32, room: u32): bool {
  safePoint();
  const h = handles();
  if (kind == DICT) return h.push(dict_new());
  if (kind == SET || kind == FROZENSET) return h.push(set_new(typeOf(kind)));
  return h.push(list_new(room));
}

/** The last `n` values become the last items of the list that is below them. */
export function fill_list(n: u32): bool {
  const h = handles();
  const first = h.last(n);
  const filled = list_extend_from(changetype<PyList>(load<PyObject>(first - 4)), first, 1, n);
  h.drop(n);
  return filled;
}

/** The last two values become a key and its value in the dict that is below them. */
export function fill_dict(): bool {
  const h = handles();
  const value = h.pop();
  const key = h.pop();
  const filled = dict_set(changetype<PyDict>(load<PyObject>(h.last(1))), key, value);
  decref(key);
  decref(value);
  return filled;
}

/** The top of the stack becomes an item of the set that is below it. */
export function fill_set(): bool {
  const h = handles();
  const item = h.pop();
  return dropAfter<bool>(item, set_add(changetype<PySet>(load<PyObject>(h.last(1))), item));
}
