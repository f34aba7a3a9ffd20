// PyList_*. The items of a new list are None until they are set, so that a half-filled list can be released.

import { E_ITERABLE_ASSIGNED } from "../../model/errors.gen";
import { raiseIndex, raiseListAssignment, raiseListExpected } from "../../model/raises.gen";
import { LIST } from "../../model/kinds.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isA, isKind, PyObject } from "../../model/type";
import { listOf, getSlice, setSlice } from "../../operations/abstract";
import { list_append, list_clear, list_extend_row, list_insert, list_new, list_reverse } from "../../types/list";
import { itemAt, PyList, setItemAt } from "../../types/sequence";
import { list_sort } from "../../types/sort";
import { tuple_from } from "../../types/tuple";
import { badCall } from "../runtime/complaints";
import { fastOf } from "./fast";

@inline
function asList(o: PyObject | null): PyList | null {
  if (o && isA(o, LIST)) return changetype<PyList>(o);
  badCall();
  return null;
}

/** A list of `n` items, all None. */
export function PyList_New(n: i32): PyObject | null {
  if (n < 0) return badCall();
  const l = list_new(n);
  if (!l) return null;
  for (let k: i32 = 0; k < n; k++) setItemAt(l.items, k, None());
  l.size = n;
  return l;
}

export function PyList_Size(o: PyObject): i32 {
  const l = asList(o);
  return l ? <i32>l.size : -1;
}

/** A borrowed reference to item `k`. If `k` is negative or too large: NULL with IndexError. */
export function PyList_GetItem(o: PyObject, k: i32): PyObject | null {
  const l = asList(o);
  if (!l) return null;
  if (<u32>k < l.size) return itemAt(l.items, k);
  raiseIndex(l);
  return null;
}

/** A new reference to item `k`. If `k` is negative or too large: NULL with IndexError. If `o` is not a list: NULL with TypeError. */
export function PyList_GetItemRef(o: PyObject, k: i32): PyObject | null {
  if (!isA(o, LIST)) {
    raiseListExpected();
    return null;
  }
  const item = PyList_GetItem(o, k);
  return item ? incref<PyObject>(item) : null;
}

/**
 * Sets item `k`, to None if `item` is NULL. Takes over the reference to `item`, even on failure. If `k` is negative or too large: -1 with
 * IndexError.
 */
export function PyList_SetItem(o: PyObject, k: i32, item: PyObject | null): i32 {
  const l = asList(o);
  if (!l || <u32>k >= l.size) {
    xdecref(item);
    if (l) raiseListAssignment();
    return -1;
  }
  const old = itemAt(l.items, k);
  setItemAt(l.items, k, item ? item : None());
  decref(old);
  return 0;
}

export function PyList_Insert(o: PyObject, index: i32, item: PyObject | null): i32 {
  const l = item ? asList(o) : asList(null);
  return l && list_insert(l, index, item!) ? 0 : -1;
}

export function PyList_Append(o: PyObject, item: PyObject | null): i32 {
  const l = item ? asList(o) : asList(null);
  return l && list_append(l, item!) ? 0 : -1;
}

/** l.extend(items). */
export function PyList_Extend(o: PyObject, items: PyObject): i32 {
  const l = asList(o);
  if (!l) return -1;
  const row = l === items ? incref<PyObject>(items) : extension(items);
  if (!row) return -1;
  const done = list_extend_row(l, row, true);
  decref(row);
  return done ? 0 : -1;
}

function extension(items: PyObject): PyObject | null {
  return isKind(items, LIST) ? incref<PyObject>(items) : listOf(items);
}

export function PyList_Clear(o: PyObject): i32 {
  const l = asList(o);
  if (l) list_clear(l);
  return l ? 0 : -1;
}

/** l[low:high]. Indices out of range are clamped; negative ones count as 0. */
export function PyList_GetSlice(o: PyObject, low: i32, high: i32): PyObject | null {
  return asList(o) ? getSlice(o, max(low, 0), max(high, 0), 1, 0) : null;
}

/** l[low:high] = items; if `items` is NULL, del l[low:high]. Indices are as in PyList_GetSlice. */
export function PyList_SetSlice(o: PyObject, low: i32, high: i32, items: PyObject | null): i32 {
  const l = asList(o);
  if (!l) return -1;
  const row = items ? fastOf(items, E_ITERABLE_ASSIGNED) : null;
  if (items && !row) return -1;
  const start = max(low, 0);
  const done = setSlice(l, start, max(high, min<i32>(start, l.size)), 1, 0, row);
  xdecref(row);
  return done ? 0 : -1;
}

export function PyList_Sort(o: PyObject): i32 {
  const l = asList(o);
  return l && list_sort(l, null, false) ? 0 : -1;
}

export function PyList_Reverse(o: PyObject): i32 {
  const l = asList(o);
  if (l) list_reverse(l);
  return l ? 0 : -1;
}

export function PyList_AsTuple(o: PyObject): PyObject | null {
  const l = asList(o);
  return l ? tuple_from(l.items, 1, l.size) : null;
}
