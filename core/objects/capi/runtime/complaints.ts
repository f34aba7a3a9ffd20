// Errors that many functions of the Python/C API raise. badCall and badCallNumber return the value that their caller
// then returns.

import { raiseError } from "../../model/raise";
import { raiseBadCall } from "../../model/raises.gen";
import { decref } from "../../model/refcount";
import { PyObject } from "../../model/type";
import { reprOf } from "../../types/protocol";

/** PyErr_BadInternalCall. Returns null. */
export function badCall(): PyObject | null {
  raiseBadCall();
  return null;
}

/** Like badCall, for functions that return -1. */
export function badCallNumber(): i32 {
  raiseBadCall();
  return -1;
}

/** Raises an error whose sentence contains the repr of an object, and perhaps a number. */
export function raiseAboutRepr(code: u32, o: PyObject, x: i32 = 0): void {
  const text = reprOf(o);
  if (!text) return;
  raiseError(code, text, null, null, x);
  decref(text);
}
