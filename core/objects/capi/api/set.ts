// PySet_*, PyFrozenSet_*, PyAnySet_*.

import { E_UNHASHABLE_ITEM } from "../../model/errors.gen";
import { FROZENSET, SET } from "../../model/kinds.gen";
import { decref } from "../../model/refcount";
import { isA, isASet, PyObject, PyType, typeOf } from "../../model/type";
import { set_update } from "../../operations/setops";
import { hashAs } from "../../types/protocol";
import { set_add, set_clear, set_contains_known, set_discard_known, set_new, set_pop } from "../../types/set";
import { PySet } from "../../types/set-table";
import { badCall, badCallNumber } from "../runtime/complaints";

function newOf(type: PyType, items: PyObject | null): PyObject | null {
  const s = set_new(type);
  if (!s || !items) return s;
  if (set_update(s, items)) return s;
  decref(s);
  return null;
}

/** set(items); an empty set if `items` is NULL. */
export function PySet_New(items: PyObject | null): PyObject | null {
  return newOf(typeOf(SET), items);
}

/** A new frozenset of the items; empty if `items` is NULL. */
export function PyFrozenSet_New(items: PyObject | null): PyObject | null {
  return newOf(typeOf(FROZENSET), items);
}

export function PySet_Size(o: PyObject): i32 {
  return isASet(o) ? <i32>changetype<PySet>(o).used : badCallNumber();
}

/** 1 or 0; -1 with an error. Unlike with `in`, a key that is a set is not converted to a frozenset: it is unhashable. */
export function PySet_Contains(o: PyObject, key: PyObject): i32 {
  if (!isASet(o)) return badCallNumber();
  const hash = hashAs(key, E_UNHASHABLE_ITEM);
  return hash == -1 ? -1 : set_contains_known(changetype<PySet>(o), key, hash);
}

/** Adds to a set, or to a frozenset that only its maker has a reference to. */
export function PySet_Add(o: PyObject, key: PyObject): i32 {
  if (!isA(o, SET) && !(isA(o, FROZENSET) && o.refcnt == 1)) return badCallNumber();
  return set_add(changetype<PySet>(o), key) ? 0 : -1;
}

/** Removes the key: 1; 0 if it was not there; -1 with an error. */
export function PySet_Discard(o: PyObject, key: PyObject): i32 {
  if (!isA(o, SET)) return badCallNumber();
  const hash = hashAs(key, E_UNHASHABLE_ITEM);
  return hash == -1 ? -1 : set_discard_known(changetype<PySet>(o), key, hash);
}

/** Removes an arbitrary item and returns it: a new reference; NULL with KeyError. */
export function PySet_Pop(o: PyObject): PyObject | null {
  return isA(o, SET) ? set_pop(changetype<PySet>(o)) : badCall();
}

export function PySet_Clear(o: PyObject): i32 {
  if (!isA(o, SET)) return badCallNumber();
  set_clear(changetype<PySet>(o));
  return 0;
}
