// PyTuple_*. The items of a new tuple are None until they are set, so that a half-filled tuple can be released.

import { raiseIndex, raiseTupleAssignment } from "../../model/raises.gen";
import { track } from "../../model/gc-head";
import { TUPLE } from "../../model/kinds.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isA, isKind, PyObject } from "../../model/type";
import { getSlice } from "../../operations/abstract";
import { itemAt, PyTuple, setItemAt } from "../../types/sequence";
import { emptyTuple, tuple_new } from "../../types/tuple";
import { badCall, badCallNumber } from "../runtime/complaints";

/** A tuple of `n` items, all None. */
export function PyTuple_New(n: i32): PyObject | null {
  if (n < 0) return badCall();
  if (n == 0) return emptyTuple();
  const t = tuple_new(n);
  if (!t) return null;
  for (let k: i32 = 0; k < n; k++) setItemAt(t.items, k, None());
  track(t);
  return t;
}

export function PyTuple_Size(o: PyObject): i32 {
  return isA(o, TUPLE) ? <i32>changetype<PyTuple>(o).size : badCallNumber();
}

/** A borrowed reference to item `k`. If `k` is negative or too large: NULL with IndexError. */
export function PyTuple_GetItem(o: PyObject, k: i32): PyObject | null {
  if (!isA(o, TUPLE)) return badCall();
  const t = changetype<PyTuple>(o);
  if (<u32>k < t.size) return itemAt(t.items, k);
  raiseIndex(t);
  return null;
}

/**
 * Sets item `k` of a tuple that only its maker has a reference to. Takes over the reference to `item`, even on failure.
 */
export function PyTuple_SetItem(o: PyObject, k: i32, item: PyObject | null): i32 {
  if (!isA(o, TUPLE) || o.refcnt != 1) {
    xdecref(item);
    return badCallNumber();
  }
  const t = changetype<PyTuple>(o);
  if (<u32>k >= t.size) {
    xdecref(item);
    raiseTupleAssignment();
    return -1;
  }
  const old = itemAt(t.items, k);
  setItemAt(t.items, k, item ? item : None());
  decref(old);
  return 0;
}

/** t[low:high]. Indices out of range are clamped; negative ones count as 0. */
export function PyTuple_GetSlice(o: PyObject, low: i32, high: i32): PyObject | null {
  return isA(o, TUPLE) ? getSlice(o, max(low, 0), max(high, 0), 1, 0) : badCall();
}

/**
 * Gives the tuple in `*slot` a size of `n` items; there must be no other reference to it. 0; or -1 with an error, and
 * then the tuple is released and `*slot` is NULL.
 */
export function _PyTuple_Resize(slot: usize, n: i32): i32 {
  const o = load<PyObject | null>(slot);
  if (!o || !isKind(o, TUPLE) || n < 0 || (changetype<PyTuple>(o).size != 0 && o.refcnt != 1)) {
    store<usize>(slot, 0);
    xdecref(o);
    return badCallNumber();
  }
  const t = changetype<PyTuple>(o);
  if (t.size == <u32>n) return 0;
  const fresh = PyTuple_New(n);
  store<PyObject | null>(slot, fresh);
  if (fresh) {
    const items = changetype<PyTuple>(fresh).items;
    for (let k: u32 = 0; k < min<u32>(n, t.size); k++) setItemAt(items, k, incref<PyObject>(itemAt(t.items, k)));
  }
  decref(t);
  return fresh ? 0 : -1;
}
