// The error that an operation leaves behind, as PyErr_Occurred would tell: a code, and up to three objects and three numbers that its
// sentence speaks of (protocol/errors.mjs). The host makes an exception of it, with the sentence; there is no text in the core.
//
// An operation that can fail answers null, false or -1 when it did, and then `code` is not 0; otherwise `code` is 0.

import { E_MEMORY } from "./errors.gen";
import { at, ERROR_AT, SETTINGS_AT } from "./state";

@unmanaged
export class ErrorState {
  /** E_*: the number of its exception << 8 | its own. */
  code: u32;
  /** Objects, each with a reference that the error owns; numbers. In the order in which the sentence has them. */
  a: usize;
  b: usize;
  c: usize;
  x: i32;
  y: i32;
  z: i32;
}

/** Where the objects that an error owns stand in it. */
export const ERROR_A: usize = offsetof<ErrorState>("a");
export const ERROR_B: usize = offsetof<ErrorState>("b");
export const ERROR_C: usize = offsetof<ErrorState>("c");

if (offsetof<ErrorState>() > SETTINGS_AT - ERROR_AT) ERROR("ErrorState does not fit its region");

@inline
export function error(): ErrorState {
  return changetype<ErrorState>(at(ERROR_AT));
}

/** There is an error of this code and no more: whatever another one owned is somebody else's now. */
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

/** MemoryError: `n` bytes are not to be had. */
export function raiseMemory(n: usize): void {
  setCode(E_MEMORY);
  error().x = <i32>n;
}

@inline
export function hasError(): bool {
  return error().code != 0;
}

/** Number of the exception that an error becomes (exceptions.gen.ts). */
@inline
export function exceptionOf(code: u32): u32 {
  return code >> 8;
}
