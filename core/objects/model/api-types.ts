// The types that exist for the Python/C API: exceptions, and the iterator of the built-in containers.
//
//   table   exception 0 .. EXCEPTIONS-1 | iterator | a MemoryError, for when there is no memory to make one
//
// The word of an exception is a variable of C: that of ValueError is PyExc_ValueError. The types are made when the first module in C that
// may need them is loaded (exceptions.ts), and stay as long as the heap.

import { EXCEPTIONS } from "./exceptions.gen";
import { xdecref } from "./refcount";
import { API_TYPES_AT, at, TYPES_AT } from "./state";
import { PyObject, PyType } from "./type";

const ITERATOR: u32 = EXCEPTIONS;
const SPARE_ERROR: u32 = EXCEPTIONS + 1;
export const API_TYPES: u32 = EXCEPTIONS + 2;

if (<usize>API_TYPES * 4 > TYPES_AT - API_TYPES_AT) ERROR("there is no room for so many types of exceptions");

/** The address of the word that holds an exception's type. */
@inline
export function exceptionSlot(k: u32): usize {
  return at(API_TYPES_AT) + ((<usize>k) << 2);
}

@inline
export function exceptionType(k: u32): PyType {
  return load<PyType>(exceptionSlot(k));
}

/** The address of the word that holds the type of iterators. */
@inline
export function iteratorSlot(): usize {
  return exceptionSlot(ITERATOR);
}

/** The address of the word that holds the preallocated MemoryError. */
@inline
export function spareErrorSlot(): usize {
  return exceptionSlot(SPARE_ERROR);
}

@inline
export function isIterator(o: PyObject): bool {
  return changetype<usize>(o.type) == load<usize>(iteratorSlot());
}

/** Empties the table, from the last word to the first, so that a derived type is released before its base. */
export function dropApiTypes(): void {
  for (let k = API_TYPES; k-- > 0; ) {
    const slot = exceptionSlot(k);
    const o = load<PyObject | null>(slot);
    store<usize>(slot, 0);
    xdecref(o);
  }
}
