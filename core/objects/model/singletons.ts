// Objects that exist once, at fixed places: None, NotImplemented, False, True, and the empty tuple, string and bytes.

import { at, SINGLETONS_AT } from "./state";
import { PyObject } from "./type";

export const NONE_AT: usize = SINGLETONS_AT;
export const NOT_IMPLEMENTED_AT: usize = SINGLETONS_AT + 8;
export const FALSE_AT: usize = SINGLETONS_AT + 16;
export const TRUE_AT: usize = SINGLETONS_AT + 32;

@inline
function singleton(offset: usize): PyObject {
  return changetype<PyObject>(at(offset));
}
@inline
export function None(): PyObject {
  return singleton(NONE_AT);
}
@inline
export function NotImplemented(): PyObject {
  return singleton(NOT_IMPLEMENTED_AT);
}
@inline
export function False(): PyObject {
  return singleton(FALSE_AT);
}
@inline
export function True(): PyObject {
  return singleton(TRUE_AT);
}
/** The empty tuple, which has a collector header; the empty string; the empty bytes. */
export const EMPTY_TUPLE_AT: usize = SINGLETONS_AT + 56;
export const EMPTY_STR_AT: usize = SINGLETONS_AT + 80;
export const EMPTY_BYTES_AT: usize = SINGLETONS_AT + 104;

@inline
export function asBool(value: bool): PyObject {
  return value ? True() : False();
}
