// Objects that exist once, at fixed places: None, NotImplemented, False, True, and the empty tuple, string and bytes.

import { at, SINGLETONS_AT } from "./state";
import { PyObject } from "./type";

@inline
function singleton(offset: usize): PyObject {
  return changetype<PyObject>(at(SINGLETONS_AT + offset));
}
@inline
export function None(): PyObject {
  return singleton(0);
}
@inline
export function NotImplemented(): PyObject {
  return singleton(8);
}
@inline
export function False(): PyObject {
  return singleton(16);
}
@inline
export function True(): PyObject {
  return singleton(32);
}
/** The empty tuple, which has a collector header; the empty string; the empty bytes. */
export const EMPTY_TUPLE_AT: usize = SINGLETONS_AT + 56;
export const EMPTY_STR_AT: usize = SINGLETONS_AT + 80;
export const EMPTY_BYTES_AT: usize = SINGLETONS_AT + 104;

@inline
export function asBool(value: bool): PyObject {
  return value ? True() : False();
}
