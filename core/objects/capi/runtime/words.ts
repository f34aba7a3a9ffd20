// What the Python/C API says when something is wrong with what C gave to it: by number, for the text is the host's
// (src/objects/api-words.ts, in the same order).
//
//   x of the error   number of the exception << 8 | number of the words

import { E_API, error, raiseCode } from "../../model/error";
import {
  EXC_ATTRIBUTE,
  EXC_INDEX,
  EXC_OVERFLOW,
  EXC_SYSTEM,
  EXC_TYPE,
  EXC_UNICODE_DECODE,
  EXC_UNICODE_ENCODE,
  EXC_VALUE,
} from "../../model/exceptions.gen";
import { clearError } from "../../model/raise";
import { decref, incref } from "../../model/refcount";
import { PyObject } from "../../model/type";
import { reprOf } from "../../types/protocol";

export const W_LONG: i32 = (EXC_OVERFLOW << 8) | 0;
export const W_INT: i32 = (EXC_OVERFLOW << 8) | 1;
export const W_SSIZE: i32 = (EXC_OVERFLOW << 8) | 2;
export const W_UNSIGNED_LONG: i32 = (EXC_OVERFLOW << 8) | 3;
export const W_SIZE: i32 = (EXC_OVERFLOW << 8) | 4;
export const W_TOO_BIG: i32 = (EXC_OVERFLOW << 8) | 5;
export const W_NEGATIVE_LONG: i32 = (EXC_OVERFLOW << 8) | 6;
export const W_NEGATIVE_SIZE: i32 = (EXC_OVERFLOW << 8) | 7;
export const W_NEGATIVE: i32 = (EXC_OVERFLOW << 8) | 8;
export const W_INTEGER_REQUIRED: i32 = (EXC_TYPE << 8) | 9;
/** [a: what was given] */
export const W_INTEGER_EXPECTED: i32 = (EXC_TYPE << 8) | 10;
/** [a: what was given] */
export const W_REAL_REQUIRED: i32 = (EXC_TYPE << 8) | 11;
export const W_BAD_CALL: i32 = (EXC_SYSTEM << 8) | 12;
export const W_NULL: i32 = (EXC_SYSTEM << 8) | 13;
export const W_BAD_ARGUMENT: i32 = (EXC_TYPE << 8) | 14;
export const W_BASE: i32 = (EXC_VALUE << 8) | 15;
/** [a: repr of the text; z: the base] */
export const W_INT_LITERAL: i32 = (EXC_VALUE << 8) | 16;
/** [a: repr of the text] */
export const W_FLOAT_LITERAL: i32 = (EXC_VALUE << 8) | 17;
/** [a: what was given] */
export const W_FLOAT_ARGUMENT: i32 = (EXC_TYPE << 8) | 18;
/** [a: what was given] */
export const W_INT_ARGUMENT: i32 = (EXC_TYPE << 8) | 19;
export const W_TO_BASE: i32 = (EXC_SYSTEM << 8) | 20;
/** [y: 1 << 8 | the byte; z: its position] */
export const W_START_BYTE: i32 = (EXC_UNICODE_DECODE << 8) | 21;
/** [y: how many bytes << 8 | the first; z: its position] */
export const W_CONTINUATION_BYTES: i32 = (EXC_UNICODE_DECODE << 8) | 22;
/** [as above] */
export const W_END_OF_DATA: i32 = (EXC_UNICODE_DECODE << 8) | 23;
/** [as above] */
export const W_DECODE_ASCII: i32 = (EXC_UNICODE_DECODE << 8) | 24;
/** [y: how many characters; a: the string; z: position of the first] */
export const W_SURROGATE: i32 = (EXC_UNICODE_ENCODE << 8) | 25;
/** [as above] */
export const W_ENCODE_LATIN: i32 = (EXC_UNICODE_ENCODE << 8) | 26;
/** [as above] */
export const W_ENCODE_ASCII: i32 = (EXC_UNICODE_ENCODE << 8) | 27;
export const W_NEGATIVE_STR: i32 = (EXC_SYSTEM << 8) | 28;
export const W_NEGATIVE_STR_FROM: i32 = (EXC_SYSTEM << 8) | 29;
export const W_NULL_STR: i32 = (EXC_SYSTEM << 8) | 30;
export const W_MAX_CHARACTER: i32 = (EXC_SYSTEM << 8) | 31;
export const W_CHARACTER: i32 = (EXC_VALUE << 8) | 32;
export const W_TOO_LARGE_CHARACTER: i32 = (EXC_VALUE << 8) | 33;
export const W_IN_USE: i32 = (EXC_SYSTEM << 8) | 34;
export const W_STRING_INDEX: i32 = (EXC_INDEX << 8) | 35;
/** [a: what was given] */
export const W_MUST_BE_STR: i32 = (EXC_TYPE << 8) | 36;
/** [a: what was given] */
export const W_NO_STR: i32 = (EXC_TYPE << 8) | 37;
/** [a, b: what was given] */
export const W_CANT_COMPARE: i32 = (EXC_TYPE << 8) | 38;
/** [a: what was given] */
export const W_SEPARATOR: i32 = (EXC_TYPE << 8) | 39;
/** [a: the item; z: its place] */
export const W_JOIN_ITEM: i32 = (EXC_TYPE << 8) | 40;
/** [a: the item; z: its place] */
export const W_JOIN_BYTES: i32 = (EXC_TYPE << 8) | 41;
export const W_JOIN_ITERABLE: i32 = (EXC_TYPE << 8) | 42;
export const W_EMPTY_SEPARATOR: i32 = (EXC_VALUE << 8) | 43;
/** [a: what was given] */
export const W_BYTES_EXPECTED: i32 = (EXC_TYPE << 8) | 44;
/** [a: what was given] */
export const W_BYTES_FROM: i32 = (EXC_TYPE << 8) | 45;
export const W_BYTES_RANGE: i32 = (EXC_VALUE << 8) | 46;
export const W_NEGATIVE_BYTES: i32 = (EXC_SYSTEM << 8) | 47;
export const W_NULL_BYTE: i32 = (EXC_VALUE << 8) | 48;
export const W_TUPLE_ASSIGNMENT: i32 = (EXC_INDEX << 8) | 49;
export const W_LIST_ASSIGNMENT: i32 = (EXC_INDEX << 8) | 50;
export const W_LIST_EXPECTED: i32 = (EXC_TYPE << 8) | 51;
export const W_ITERABLE_ASSIGNED: i32 = (EXC_TYPE << 8) | 52;
/** [z: its place] */
export const W_PAIR: i32 = (EXC_TYPE << 8) | 53;
/** [y: its length; z: its place] */
export const W_PAIR_LENGTH: i32 = (EXC_VALUE << 8) | 54;
/** [a: what was given] */
export const W_NO_KEYS: i32 = (EXC_ATTRIBUTE << 8) | 55;
/** [a: what was given] */
export const W_NO_VALUES: i32 = (EXC_ATTRIBUTE << 8) | 56;
/** [a: what was given] */
export const W_NO_ITEMS: i32 = (EXC_ATTRIBUTE << 8) | 57;
/** [a: what was given] */
export const W_ITER_RESULT: i32 = (EXC_TYPE << 8) | 58;
/** [a: what was given] */
export const W_NOT_SEQUENCE: i32 = (EXC_TYPE << 8) | 59;
/** [a: what was given] */
export const W_NOT_MAPPING: i32 = (EXC_TYPE << 8) | 60;
/** [a: what was given] */
export const W_NO_INDEXING: i32 = (EXC_TYPE << 8) | 61;
/** [a: what was given] */
export const W_NO_SLICES: i32 = (EXC_TYPE << 8) | 62;
/** [a: what was given] */
export const W_NO_SLICE_ASSIGNMENT: i32 = (EXC_TYPE << 8) | 63;
/** [a: what was given] */
export const W_NO_SLICE_DELETION: i32 = (EXC_TYPE << 8) | 64;
/** [a: what was given] */
export const W_NO_CONCAT: i32 = (EXC_TYPE << 8) | 65;
/** [a: what was given] */
export const W_NO_REPEAT: i32 = (EXC_TYPE << 8) | 66;
export const W_NOT_FOUND: i32 = (EXC_VALUE << 8) | 67;
export const W_FILL_CHARACTER: i32 = (EXC_VALUE << 8) | 68;
export const W_WEAKREF_EXPECTED: i32 = (EXC_TYPE << 8) | 69;
/** [a: its repr] */
export const W_NOT_EXCEPTION: i32 = (EXC_SYSTEM << 8) | 70;
export const W_EXCEPTION_NAME: i32 = (EXC_SYSTEM << 8) | 71;
/** [a: what __int__ answered] */
export const W_INT_RESULT: i32 = (EXC_TYPE << 8) | 72;
/** [a: what __float__ answered] */
export const W_FLOAT_RESULT: i32 = (EXC_TYPE << 8) | 73;
export const W_KIND: i32 = (EXC_SYSTEM << 8) | 74;
export const W_BUFFER: i32 = (EXC_SYSTEM << 8) | 75;

/** Raises an error of these words; one that was there before is gone. */
export function raiseApi(words: i32, a: PyObject | null = null, y: i32 = 0, z: i32 = 0, b: PyObject | null = null): void {
  clearError();
  raiseCode(E_API, words, y);
  const e = error();
  e.z = z;
  if (a) e.a = changetype<usize>(incref<PyObject>(a));
  if (b) e.b = changetype<usize>(incref<PyObject>(b));
}

/** PyErr_BadInternalCall. Answers null, as what calls it does. */
export function badCall(): PyObject | null {
  raiseApi(W_BAD_CALL);
  return null;
}

/** As badCall, for functions that answer -1. */
export function badCallNumber(): i32 {
  raiseApi(W_BAD_CALL);
  return -1;
}

/** As raiseApi, of words that have the repr of an object. */
export function raiseAboutRepr(words: i32, o: PyObject, z: i32 = 0): void {
  const text = reprOf(o);
  if (!text) return;
  raiseApi(words, text, 0, z);
  decref(text);
}
