// PyWeakref_*.

import { raiseWeakrefExpected } from "../../model/raises.gen";
import { REF } from "../../model/kinds.gen";
import { incref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isKind, PyObject } from "../../model/type";
import { PyRef, ref_new } from "../../types/weak";
import { badCall } from "../runtime/complaints";

/**
 * A weak reference, as a new reference; NULL with TypeError. The callback is called with the weak reference after the
 * object is gone; it may be NULL or None.
 */
export function PyWeakref_NewRef(o: PyObject, callback: PyObject | null): PyObject | null {
  return ref_new(o, callback === None() ? null : callback);
}

/**
 * Stores the object, a new reference, in `*object` and returns 1; NULL and 0 if it is gone; NULL and -1 with TypeError.
 */
export function PyWeakref_GetRef(r: PyObject, object: usize): i32 {
  store<usize>(object, 0);
  if (!isKind(r, REF)) {
    raiseWeakrefExpected();
    return -1;
  }
  const o = changetype<PyRef>(r).target;
  if (!o) return 0;
  store<PyObject>(object, incref<PyObject>(o));
  return 1;
}

/** The object, a borrowed reference; None if it is gone. */
export function PyWeakref_GetObject(r: PyObject | null): PyObject | null {
  if (!r || !isKind(r, REF)) return badCall();
  const o = changetype<PyRef>(r).target;
  return o ? o : None();
}

/** 1 if the object is gone, 0 if not, -1 with TypeError. */
export function PyWeakref_IsDead(r: PyObject): i32 {
  if (!isKind(r, REF)) {
    raiseWeakrefExpected();
    return -1;
  }
  return changetype<PyRef>(r).target ? 0 : 1;
}
