// Calls code outside of the core: finalizers and other functions of types, and the callbacks of weak references.
//
// They can run whenever a reference count falls to 0, even while an error is set. So the error is saved before the call and restored
// after it; an error that such code sets itself is dropped (as with PyErr_GetRaisedException and PyErr_SetRaisedException).

import { error, setCode } from "../model/error";
import { clearError } from "../model/raise";
import { enter, leave } from "../model/recursion";
import { enterState, leaveState, OUTSIDE } from "../model/reentrancy";
import { decref, incref, xdecref } from "../model/refcount";
import { PyObject } from "../model/type";
import { setItemAt } from "./sequence";
import { tuple_new, tuple_track } from "./tuple";

/** Calls the host's function number `id` with an object. */
@external("host", "call")
declare function hostCall(id: u32, argument: PyObject): void;

// The kinds of calls: a function by its table index, a function of the host by its number, or an object.
const VOID_FUNCTION: u32 = 0;
const INT_FUNCTION: u32 = 1;
const HOST_FUNCTION: u32 = 2;
const CALLABLE: u32 = 3;

/** Calls the function with this table index, of the type void(object). */
export function callFunction(index: u32, o: PyObject): void {
  apart(VOID_FUNCTION, index, null, o);
}

/** Calls the function with this table index, of the type int(object): a type's clear, whose result has no meaning. */
export function callClear(index: u32, o: PyObject): void {
  apart(INT_FUNCTION, index, null, o);
}

/** Calls the host's function number `id`. */
export function callHost(id: u32, o: PyObject): void {
  apart(HOST_FUNCTION, id, null, o);
}

/** Calls a callable object. */
export function callObject(callable: PyObject, o: PyObject): void {
  apart(CALLABLE, 0, callable, o);
}

/** Makes the call with no error set, and restores the error afterwards. */
function apart(what: u32, index: u32, callable: PyObject | null, o: PyObject): void {
  const e = error();
  const code = e.code;
  const a = e.a;
  const b = e.b;
  const c = e.c;
  const x = e.x;
  const y = e.y;
  const z = e.z;
  setCode(0);
  enterState(OUTSIDE);
  if (what == VOID_FUNCTION) call_indirect<void>(index, o);
  else if (what == INT_FUNCTION) call_indirect<i32>(index, o);
  else if (what == HOST_FUNCTION) hostCall(index, o);
  else callThroughType(callable!, o);
  leaveState(OUTSIDE);
  clearError();
  e.code = code;
  e.a = a;
  e.b = b;
  e.c = c;
  e.x = x;
  e.y = y;
  e.z = z;
}

/** callable(o), by tp_call, which every type with callable objects has. */
function callThroughType(callable: PyObject, o: PyObject): void {
  const f = callable.type.tp_call;
  const t = f != 0 ? tuple_new(1) : null;
  if (!t) return;
  setItemAt(t.items, 0, incref<PyObject>(o));
  tuple_track(t);
  if (enter()) {
    xdecref(call_indirect<PyObject | null>(f, callable, t, <PyObject | null>null));
    leave();
  }
  decref(t);
}
