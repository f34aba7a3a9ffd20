// Calls code outside of the core: finalizers and other functions of types, and the callbacks of weak references.
//
// They can run whenever a reference count falls to 0, even while an error is set. So the error is saved before the call and restored
// after it; an error that such code sets itself is dropped (as with PyErr_GetRaisedException and PyErr_SetRaisedException).
//
// Code that releases a reference may be in the middle of something: a list that is being cleared, a collection. So such a call always
// returns. A function in C can end in a trap, or in an exception of a function in JavaScript that it calls; it is called through the host,
// which catches both and reports them. Frames that ended in this way have not left the states that they entered, so the counts of these
// states are set back here.

import { error, setCode } from "../model/error";
import { clearError } from "../model/raise";
import { enter, leave } from "../model/recursion";
import { entered, enterState, OUTSIDE, setEntered } from "../model/reentrancy";
import { decref, incref, setTrashDepth, trashDepth, xdecref } from "../model/refcount";
import { settings } from "../model/settings";
import { IS_C_TYPE, PyObject } from "../model/type";
import { setItemAt } from "./sequence";
import { tuple_new, tuple_track } from "./tuple";

/** Calls the host's function number `id` with an object. */
@external("host", "call")
declare function hostCall(id: u32, argument: PyObject): void;

/**
 * Calls the function with this table index with as many of the arguments as it takes. Returns its result; 0 if it has
 * none, or if it ended in a trap or an exception, which the host reports.
 */
@external("host", "guarded")
declare function hostGuarded(index: u32, a: usize, b: usize, c: usize): u32;

// The kinds of calls: a function by its table index, a function of the host by its number, or an object.
// C_FUNCTION is a function by its table index, too; a trap or an exception of it is never caught.
const VOID_FUNCTION: u32 = 0;
const INT_FUNCTION: u32 = 1;
const HOST_FUNCTION: u32 = 2;
const CALLABLE: u32 = 3;
const C_FUNCTION: u32 = 4;

/** Calls the function with this table index, of the type void(object). */
export function callFunction(index: u32, o: PyObject): void {
  apart(VOID_FUNCTION, index, null, o);
}

/** Like callFunction, for a call that C itself asked for. A trap or an exception is not caught: it also ends the code in C that asked. */
export function callDirectly(index: u32, o: PyObject): void {
  apart(C_FUNCTION, index, null, o);
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
  const depth = settings().depth;
  const outside = entered(OUTSIDE);
  const freeing = trashDepth();
  enterState(OUTSIDE);
  if (what == HOST_FUNCTION) hostCall(index, o);
  else if (what == CALLABLE) callThroughType(callable!, o);
  else if (what != C_FUNCTION && (o.type.flags & IS_C_TYPE) != 0) hostGuarded(index, changetype<usize>(o), 0, 0);
  else if (what == INT_FUNCTION) call_indirect<i32>(index, o);
  else call_indirect<void>(index, o);
  settings().depth = depth;
  setEntered(OUTSIDE, outside);
  setTrashDepth(freeing);
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
    xdecref(changetype<PyObject | null>(hostGuarded(f, changetype<usize>(callable), changetype<usize>(t), 0)));
    leave();
  }
  decref(t);
}
