// The error that is set (PyErr_Occurred): a code, and up to three objects and three numbers that its sentence mentions
// (protocol/errors.mjs). The host makes an exception of it, and has the sentences.
//
// An operation that fails returns null, false or -1, and sets `code` to a number other than 0. Otherwise `code` is 0.

import { E_MEMORY } from "./errors.gen";
import { at, ERROR_AT, SETTINGS_AT } from "./state";

@unmanaged
export class ErrorState {
  /** One of E_*: the number of the exception << 8 | the number of the error. */
  code: u32;
  /** Objects, each a reference that the error owns; then numbers. Both in the order in which the sentence uses them. */
  a: usize;
  b: usize;
  c: usize;
  x: i32;
  y: i32;
  z: i32;
}

/** The offsets of the objects that an error owns. */
export const ERROR_A: usize = offsetof<ErrorState>("a");
export const ERROR_B: usize = offsetof<ErrorState>("b");
export const ERROR_C: usize = offsetof<ErrorState>("c");

if (offsetof<ErrorState>() > SETTINGS_AT - ERROR_AT) ERROR("ErrorState does not fit its region");

@inline
export function error(): ErrorState {
  return changetype<ErrorState>(at(ERROR_AT));
}

/**
 * Sets the code, and everything else to 0. This does not release the objects of an earlier error: the caller has taken
 * them over, or there are none.
 */
export function setCode(code: u32): void {
  const e = error();
  e.code = code;
  e.a = 0;
  e.b = 0;
  e.c = 0;
  e.x = 0;
  e.y = 0;
  e.z = 0;
}

/** Raises MemoryError for an allocation of `n` bytes. */
export function raiseMemory(n: usize): void {
  setCode(E_MEMORY);
  error().x = <i32>n;
}

@inline
export function hasError(): bool {
  return error().code != 0;
}

/** The number of the exception that an error becomes (exceptions.gen.ts). */
@inline
export function exceptionOf(code: u32): u32 {
  return code >> 8;
}
