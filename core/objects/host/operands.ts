// What the functions that the host calls have in common: objects of handles, arguments from the stack, and results.
//
// Arguments are removed from the stack, whether the function succeeds or not. A function returns
//   f64    a value, as `answer` hands it over (exchange.ts)
//   i32    a number; or 1 or 0 for yes or no; -1 if an error is raised
//   bool   false if an error is raised

import { pressurePoint } from "../collector/due";
import { handles } from "../model/handles";
import { decref, incref } from "../model/refcount";
import { PyObject } from "../model/type";
import { listOf } from "../operations/abstract";
import { PyDict } from "../types/dict";
import { isRow, PyList } from "../types/sequence";
import { PySet } from "../types/set-table";
import { answer } from "./exchange";

@inline
export function object(handle: u32): PyObject {
  return handles().at(handle);
}
@inline
export function list(handle: u32): PyList {
  return changetype<PyList>(object(handle));
}
@inline
export function dict(handle: u32): PyDict {
  return changetype<PyDict>(object(handle));
}
@inline
export function set(handle: u32): PySet {
  return changetype<PySet>(object(handle));
}

/**
 * The handle's object, with a new reference. Used by operations that release references before they have finished,
 * because this may run code that releases the handle.
 */
@inline
export function hold(handle: u32): PyObject {
  return incref<PyObject>(object(handle));
}

/** Releases a held object and an argument, and passes the result on. */
@inline
export function letGo<T>(held: PyObject, argument: PyObject, result: T): T {
  decref(argument);
  decref(held);
  return result;
}

/** Releases an argument, and passes the result on. */
@inline
export function dropAfter<T>(argument: PyObject, result: T): T {
  decref(argument);
  return result;
}

/** Like dropAfter, for a result that is an object: hands it to the host. */
@inline
export function answerAndDrop(argument: PyObject, result: PyObject | null): f64 {
  decref(argument);
  return answer(result);
}

/** Runs measures that are due after an operation that can make the heap grow, and passes the result on. */
@inline
export function afterGrowth<T>(result: T): T {
  pressurePoint();
  return result;
}

/** The list or tuple on the stack; for another iterable, a list of its items. A new reference. */
export function rowOnStack(): PyObject | null {
  const given = handles().pop();
  if (isRow(given)) return given;
  const row = listOf(given);
  decref(given);
  return row;
}
