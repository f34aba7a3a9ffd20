// Raises and clears errors that own objects, and tells the type of an error's exception.

import { error, exceptionOf, raiseMemory, setCode } from "./error";
import { E_RAISED } from "./errors.gen";
import { exceptionType } from "./api-types";
import { incref, xdecref } from "./refcount";
import { isSubtype } from "./subtype";
import { PyObject, PyType } from "./type";

/** Raises MemoryError for an allocation of `n` bytes. If C has set an error before, that one is released. */
export function raiseNoMemory(n: usize): void {
  clearError();
  raiseMemory(n);
}

/**
 * Raises an error, with new references to the objects that it mentions. An error that is already set is released. Callers use the
 * function that is generated for each error (raises.gen.ts).
 */
export function raiseError(
  code: u32,
  a: PyObject | null = null,
  b: PyObject | null = null,
  c: PyObject | null = null,
  x: i32 = 0,
  y: i32 = 0,
  z: i32 = 0,
): void {
  if (a) incref<PyObject>(a);
  if (b) incref<PyObject>(b);
  if (c) incref<PyObject>(c);
  clearError();
  const e = error();
  e.code = code;
  e.a = changetype<usize>(a);
  e.b = changetype<usize>(b);
  e.c = changetype<usize>(c);
  e.x = x;
  e.y = y;
  e.z = z;
}

/** PyErr_Clear: clears the error, and releases its objects. */
export function clearError(): void {
  const e = error();
  const a = changetype<PyObject | null>(e.a);
  const b = changetype<PyObject | null>(e.b);
  const c = changetype<PyObject | null>(e.c);
  setCode(0);
  xdecref(a);
  xdecref(b);
  xdecref(c);
}

/** The type of the exception that is set; null if there is none. */
export function raisedType(): PyType | null {
  const e = error();
  if (e.code == 0) return null;
  return e.code == E_RAISED ? changetype<PyObject>(e.a).type : exceptionType(exceptionOf(e.code));
}

/** Whether the exception that is set is number `k` or one derived from it. */
export function isRaised(k: u32): bool {
  const type = raisedType();
  return type !== null && isSubtype(type, exceptionType(k));
}
