// PyWeakref_*. Imports objects/weak, words.

import { FUNCTION, incref, isKind, None, PyObject, REF } from "../object";
import { PyCallable_Check } from "./call";
import { PyRef, ref_new, weak_clear_all } from "../weak";
import { badCall, raiseApi, W_CALLBACK, W_WEAKREF_EXPECTED } from "./words";

export function PyWeakref_Check(o: PyObject): i32 {
  return isKind(o, REF) ? 1 : 0;
}

export function PyWeakref_CheckRef(o: PyObject): i32 {
  return isKind(o, REF) ? 1 : 0;
}

/** A weak reference: a new reference; NULL with TypeError. The callback, called with it when the object is gone, may be NULL or None. */
export function PyWeakref_NewRef(o: PyObject, callback: PyObject | null): PyObject | null {
  if (!callback || callback === None()) return ref_new(o, null);
  if (isKind(callback, FUNCTION) || PyCallable_Check(callback) != 0) return ref_new(o, callback);
  raiseApi(W_CALLBACK, callback);
  return null;
}

/** The object, a new reference, to `*object`, and 1; NULL and 0 if it is gone; NULL and -1 with TypeError. */
export function PyWeakref_GetRef(r: PyObject, object: usize): i32 {
  store<usize>(object, 0);
  if (!isKind(r, REF)) {
    raiseApi(W_WEAKREF_EXPECTED);
    return -1;
  }
  const o = changetype<PyRef>(r).target;
  if (!o) return 0;
  store<PyObject>(object, incref<PyObject>(o));
  return 1;
}

/** The object, a reference that is nobody's; None if it is gone. */
export function PyWeakref_GetObject(r: PyObject | null): PyObject | null {
  if (!r || !isKind(r, REF)) return badCall();
  const o = changetype<PyRef>(r).target;
  return o ? o : None();
}

export function PyWeakref_GET_OBJECT(r: PyObject | null): PyObject | null {
  return PyWeakref_GetObject(r);
}

/** 1 if the object is gone, 0 if not, -1 with TypeError. */
export function PyWeakref_IsDead(r: PyObject): i32 {
  if (!isKind(r, REF)) {
    raiseApi(W_WEAKREF_EXPECTED);
    return -1;
  }
  return changetype<PyRef>(r).target ? 0 : 1;
}

/** All weak references to the object, which is about to go, are cleared, and their callbacks run. */
export function PyObject_ClearWeakRefs(o: PyObject): void {
  weak_clear_all(o);
}
