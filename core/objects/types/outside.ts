// Calls to code that is not the core's: finalizers and other functions of types, and the callbacks of weak references.
//
// They run in the middle of things, whenever a reference count falls to 0. So an error that is pending then is set aside and
// pending again afterwards, and none that such code leaves behind is seen (PyErr_GetRaisedException and its pair).

import { PyObject_CallOneArg } from "../capi/runtime/call";
import { error, raiseCode } from "../model/error";
import { clearError, PyObject, settings, xdecref } from "../model/object";

/** Calls the host's function number `id` with an object. */
@external("host", "call")
declare function hostCall(id: u32, argument: PyObject): void;

// What is called.
const HOST: i32 = 0;
const VOID: i32 = 1;
const INT: i32 = 2;
const OBJECT: i32 = 3;

/** Calls the function with this table index, of the type void(object). */
export function callFunction(index: u32, o: PyObject): void {
  call(VOID, index, o);
}

/** Calls the function with this table index, of the type int(object): a type's clear, whose answer says nothing. */
export function callClear(index: u32, o: PyObject): void {
  call(INT, index, o);
}

/** Calls the host's function number `id`. */
export function callHost(id: u32, o: PyObject): void {
  call(HOST, id, o);
}

/** Calls an object that can be called. */
export function callObject(callable: PyObject, o: PyObject): void {
  call(OBJECT, <u32>changetype<usize>(callable), o);
}

function call(what: i32, id: u32, o: PyObject): void {
  const e = error();
  const code = e.code;
  const a = e.a;
  const b = e.b;
  const c = e.c;
  const x = e.x;
  const y = e.y;
  const z = e.z;
  raiseCode(0, 0, 0);
  settings().outside++;
  if (what == VOID) call_indirect<void>(id, o);
  else if (what == INT) call_indirect<i32>(id, o);
  else if (what == OBJECT) xdecref(PyObject_CallOneArg(changetype<PyObject>(<usize>id), o));
  else hostCall(id, o);
  settings().outside--;
  clearError();
  e.code = code;
  e.a = a;
  e.b = b;
  e.c = c;
  e.x = x;
  e.y = y;
  e.z = z;
}
