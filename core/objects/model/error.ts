// The error that an operation leaves behind, as PyErr_Occurred would tell: a code, and up to two objects and two numbers
// that its message speaks of. The host makes an exception of it, with words; there is no text in the core.
//
// An operation that can fail answers null, false or -1 when it did, and then `code` is not 0; otherwise `code` is 0.

import { at, ERROR_AT, SETTINGS_AT } from "./state";

// What went wrong. In brackets: what a, b, x and y are.
/** [x: bytes asked for] */
export const E_MEMORY: u32 = 1;
/** unhashable type [a; b: the key that it is or is part of, x: what for, one of the constants below, y: 1 if it is a weak reference that is dead] */
export const E_UNHASHABLE: u32 = 2;
/** key not found [a: the key] */
export const E_KEY: u32 = 3;
/** index out of range [a: the sequence; x: what was done, one of the constants below] */
export const E_INDEX: u32 = 4;
/** unsupported operands [a, b; x: the operator] */
export const E_OPERANDS: u32 = 5;
/** not comparable [a, b; x: the comparison] */
export const E_ORDER: u32 = 6;
export const E_DIVISION: u32 = 7;
/** [x: which one, as the constants below say] */
export const E_OVERFLOW: u32 = 8;
export const E_VALUE: u32 = 9;
export const E_RECURSION: u32 = 10;
/** dictionary or set changed while it was iterated over [a] */
export const E_CHANGED: u32 = 11;
/** pop from an empty container [a] */
export const E_EMPTY: u32 = 12;
/** not of the type that is needed [a: the object, x: what was needed, one of the constants below, some with b and y] */
export const E_TYPE: u32 = 13;
/** an exception that C raised [a: the exception, an instance of a type that has EXCEPTION] */
export const E_RAISED: u32 = 14;
/** an error of a function of the Python/C API [x: its words, of capi/words; y, z: numbers, a, b: objects that the words have] */
export const E_API: u32 = 15;

// Operations on an index.
export const AT_GET: i32 = 0;
export const AT_SET: i32 = 1;
export const AT_POP: i32 = 2;

// What a key without a hash was needed for.
export const AS_DICT_KEY: i32 = 1;
export const AS_SET_ITEM: i32 = 2;

// What overflowed, what was no good value.
export const OVER_INT_TO_FLOAT: i32 = 0;
export const OVER_DIVISION: i32 = 1;
export const OVER_SIZE: i32 = 2;
export const OVER_SHIFT: i32 = 3;
export const OVER_INFINITY_TO_INT: i32 = 4;
export const OVER_POWER: i32 = 5;
export const BAD_NEGATIVE_SHIFT: i32 = 0;
export const BAD_STEP: i32 = 1;
export const BAD_NOT_IN_LIST: i32 = 2;
export const BAD_NOT_IN_TUPLE: i32 = 3;
/** [y: items given, z: items of the slice] */
export const BAD_SLICE_LENGTH: i32 = 4;
export const BAD_NAN_TO_INT: i32 = 5;
export const BAD_DIGITS: i32 = 6;
export const BAD_BYTE: i32 = 7;
export const BAD_NOT_INVERTIBLE: i32 = 8;
export const BAD_ZERO_MODULUS: i32 = 9;
export const BAD_UPDATE_LENGTH: i32 = 10;
export const BAD_SORT: i32 = 11;
/** A power that would be a complex number. */
export const BAD_COMPLEX: i32 = 12;

// What was needed.
export const NEED_ITERABLE: i32 = 0;
export const NEED_LENGTH: i32 = 1;
export const NEED_CONTAINER: i32 = 2;
export const NEED_SUBSCRIPT: i32 = 3;
export const NEED_ITEM_ASSIGNMENT: i32 = 4;
export const NEED_ITEM_DELETION: i32 = 5;
export const NEED_STR_IN: i32 = 6;
export const NEED_WEAKLY_REFERABLE: i32 = 7;
export const NEED_INTEGER: i32 = 8;
export const NEED_BYTES_IN: i32 = 9;
export const NEED_LIST_INDEX: i32 = 10;
export const NEED_PAIRS: i32 = 11;
/** [y: the unary operator] */
export const NEED_NUMBER: i32 = 12;
/** The object of a weak reference is gone. */
export const NEED_LIVE: i32 = 13;
export const NEED_SET: i32 = 14;
export const NEED_INSTANCE: i32 = 15;
/** [a: what can't be added, b: the sequence] */
export const NEED_SAME_SEQUENCE: i32 = 16;
/** [a: how often a sequence can't be repeated] */
export const NEED_COUNT: i32 = 17;
export const NEED_ITERABLE_FOR_SLICE: i32 = 20;
/** [a, b, c: what pow() of three got, none of them a float] */
export const NEED_POWER: i32 = 19;
/** [a: what __index__ answered] */
export const NEED_INT_OF_INDEX: i32 = 21;
/** [a: what can't be an index of a sequence in C] */
export const NEED_SEQUENCE_INDEX: i32 = 22;
export const NEED_ITERATOR: i32 = 23;
/** pow() of three, one of them a float. */
export const NEED_INTEGERS: i32 = 18;

@unmanaged
export class ErrorState {
  code: u32;
  /** Objects, each with a reference that the error owns. */
  a: usize;
  b: usize;
  x: i32;
  y: i32;
  z: i32;
  /** A third object. */
  c: usize;
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

/** Raises an error with numbers only. */
export function raiseCode(code: u32, x: i32, y: i32): void {
  const e = error();
  e.code = code;
  e.a = 0;
  e.b = 0;
  e.x = x;
  e.y = y;
  e.z = 0;
  e.c = 0;
}

/** MemoryError: `n` bytes are not to be had. */
export function raiseMemory(n: usize): void {
  raiseCode(E_MEMORY, <i32>n, 0);
}

@inline
export function hasError(): bool {
  return error().code != 0;
}
