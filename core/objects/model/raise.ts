// Errors that speak of objects: raised, cleared, and asked for their exception's type.

import { exceptionType } from "./api-types";
import {
  E_API,
  E_CHANGED,
  E_DIVISION,
  E_EMPTY,
  E_INDEX,
  E_KEY,
  E_MEMORY,
  E_OVERFLOW,
  E_RAISED,
  E_RECURSION,
  E_VALUE,
  error,
  raiseCode,
  raiseMemory,
} from "./error";
import {
  EXC_INDEX,
  EXC_KEY,
  EXC_MEMORY,
  EXC_OVERFLOW,
  EXC_RECURSION,
  EXC_RUNTIME,
  EXC_TYPE,
  EXC_VALUE,
  EXC_ZERO_DIVISION,
} from "./exceptions.gen";
import { LIST } from "./kinds.gen";
import { incref, xdecref } from "./refcount";
import { isSubtype } from "./subtype";
import { isKind, PyObject, PyType } from "./type";

/** MemoryError is raised; an error that C left set is gone. */
export function raiseNoMemory(n: usize): void {
  clearError();
  raiseMemory(n);
}

/** Raises an error about one or two objects, to which it holds references; one that C left set is gone. */
export function raiseAbout(code: u32, a: PyObject | null, b: PyObject | null, x: i32): void {
  if (a) incref<PyObject>(a);
  if (b) incref<PyObject>(b);
  clearError();
  raiseCode(code, x, 0);
  error().a = changetype<usize>(a);
  error().b = changetype<usize>(b);
}

/** PyErr_Clear: there is no error, and its objects are released. */
export function clearError(): void {
  const e = error();
  const a = changetype<PyObject | null>(e.a);
  const b = changetype<PyObject | null>(e.b);
  const c = changetype<PyObject | null>(e.c);
  raiseCode(0, 0, 0);
  xdecref(a);
  xdecref(b);
  xdecref(c);
}

/** Number of the exception that an error of the core is. */
export function numberOf(code: u32, x: i32): u32 {
  switch (code) {
    case E_MEMORY:
      return EXC_MEMORY;
    case E_KEY:
      return EXC_KEY;
    case E_INDEX:
      return EXC_INDEX;
    case E_DIVISION:
      return EXC_ZERO_DIVISION;
    case E_OVERFLOW:
      return EXC_OVERFLOW;
    case E_VALUE:
      return EXC_VALUE;
    case E_RECURSION:
      return EXC_RECURSION;
    case E_CHANGED:
      return EXC_RUNTIME;
    case E_EMPTY:
      return isKind(changetype<PyObject>(error().a), LIST) ? EXC_INDEX : EXC_KEY;
    case E_API:
      return x >> 8;
    default:
      return EXC_TYPE;
  }
}

/** The type of the exception that is set; null if there is none. */
export function raisedType(): PyType | null {
  const e = error();
  if (e.code == 0) return null;
  return e.code == E_RAISED ? changetype<PyObject>(e.a).type : exceptionType(numberOf(e.code, e.x));
}

/** Whether the exception that is set is number `k` or one derived from it. */
export function isRaised(k: u32): bool {
  const type = raisedType();
  return type !== null && isSubtype(type, exceptionType(k));
}
