// PyLong_* and PyBool_*: ints from and to the numbers of C. int, long and Py_ssize_t have 32 bits, long long has 64.
//
// A function that converts to a C number returns -1 with an error if it can't. PyLong_AsLong and related functions, also those that cut off
// the bits that do not fit, are in ../runtime/convert.ts.

import { hasError } from "../../model/error";
import {
  E_INT_LITERAL,
  E_NEGATIVE,
  E_NEGATIVE_TO_SIZE,
  E_NEGATIVE_TO_UNSIGNED_INT,
  E_TOO_LARGE_FOR_INT,
  E_TOO_LARGE_FOR_INT32,
  E_TOO_LARGE_FOR_INT64,
  E_TOO_LARGE_FOR_LONG,
  E_TOO_LARGE_FOR_SIZE,
  E_TOO_LARGE_FOR_UINT32,
  E_TOO_LARGE_FOR_UINT64,
  E_TOO_LARGE_FOR_UNSIGNED_LONG,
} from "../../model/errors.gen";
import { STR } from "../../model/kinds.gen";
import {
  raiseBadArgument,
  raiseBaseRange,
  raiseIntegerExpected,
  raiseIntegerRequired,
  raiseSignExpected,
} from "../../model/raises.gen";
import { decref, incref } from "../../model/refcount";
import { asBool } from "../../model/singletons";
import { isA, isAnInt, PyObject } from "../../model/type";
import { indexOf } from "../../operations/index-of";
import { PyStr } from "../../text/str";
import { PyLong } from "../../types/int";
import { baseInText, int_read, Text, textOf } from "../../types/int-text";
import { int_as_f64, int_from_f64, int_from_i64, int_from_magnitude } from "../../types/int-values";
import { orOverflow, signed, unsigned } from "../runtime/convert";
import { lengthOfC, str_from_utf8 } from "../runtime/utf8";
import { badCall, badCallNumber, raiseAboutRepr } from "../runtime/complaints";

export function PyBool_FromLong(v: i32): PyObject {
  return asBool(v != 0);
}

// ---- from C ----

export function PyLong_FromLong(v: i32): PyObject | null {
  return int_from_i64(v);
}

export function PyLong_FromUnsignedLong(v: u32): PyObject | null {
  return int_from_i64(<i64>v);
}

export function PyLong_FromLongLong(v: i64): PyObject | null {
  return int_from_i64(v);
}

export function PyLong_FromUnsignedLongLong(v: u64): PyObject | null {
  return int_from_magnitude(v, false);
}

export function PyLong_FromSsize_t(v: i32): PyObject | null {
  return int_from_i64(v);
}

export function PyLong_FromSize_t(v: u32): PyObject | null {
  return int_from_i64(<i64>v);
}

export function PyLong_FromInt32(v: i32): PyObject | null {
  return int_from_i64(v);
}

export function PyLong_FromUInt32(v: u32): PyObject | null {
  return int_from_i64(<i64>v);
}

export function PyLong_FromInt64(v: i64): PyObject | null {
  return int_from_i64(v);
}

export function PyLong_FromUInt64(v: u64): PyObject | null {
  return int_from_magnitude(v, false);
}

export function PyLong_FromVoidPtr(p: usize): PyObject | null {
  return int_from_i64(<i64>p);
}

export function PyLong_FromDouble(v: f64): PyObject | null {
  return int_from_f64(v);
}

@inline
function isBase(base: i32): bool {
  return base == 0 || (base >= 2 && base <= 36);
}

/** The int in a text. null with ValueError; the message shows `literal`, or if that is null, the text read as UTF-8. */
export function readAll(t: Text, base: i32, literal: PyObject | null): PyObject | null {
  if (!isBase(base)) {
    raiseBaseRange();
    return null;
  }
  const z = int_read(t, base);
  if (z || hasError()) return z;
  const about = literal ? incref<PyObject>(literal) : str_from_utf8(t.data, t.length);
  if (!about) return null;
  // As in CPython, the message for a text in C has the base that the text says.
  raiseAboutRepr(E_INT_LITERAL, about, base == 0 && !literal ? baseInText(t) : base);
  decref(about);
  return null;
}

/**
 * int(text, base), where the text ends with a zero byte. If `end` is not NULL, `*end` becomes the place where reading
 * stopped.
 */
export function PyLong_FromString(text: usize, end: usize, base: i32): PyObject | null {
  const t = textOf(text, 1, lengthOfC(text));
  const z = readAll(t, base, null);
  if (end != 0 && isBase(base)) store<usize>(end, text + t.at);
  return z;
}

export function PyLong_FromUnicodeObject(o: PyObject, base: i32): PyObject | null {
  if (!isA(o, STR)) {
    raiseBadArgument();
    return null;
  }
  const s = changetype<PyStr>(o);
  return readAll(textOf(s.data, s.width, s.length), base, s);
}

export function PyLong_AsInt(o: PyObject | null): i32 {
  return <i32>signed(o, 32, E_TOO_LARGE_FOR_INT);
}

export function PyLong_AsLongAndOverflow(o: PyObject | null, overflow: usize): i32 {
  return <i32>orOverflow(o, 32, overflow);
}

export function PyLong_AsLongLongAndOverflow(o: PyObject | null, overflow: usize): i64 {
  return orOverflow(o, 64, overflow);
}

export function PyLong_AsSize_t(o: PyObject | null): u32 {
  return <u32>unsigned(o, 32, E_TOO_LARGE_FOR_SIZE, E_NEGATIVE_TO_SIZE);
}

/** Stores the value in `*target`: 0, or -1 with an error. */
export function PyLong_AsInt32(o: PyObject | null, target: usize): i32 {
  const v = signed(o, 32, E_TOO_LARGE_FOR_INT32);
  if (v == -1 && hasError()) return -1;
  store<i32>(target, <i32>v);
  return 0;
}

export function PyLong_AsInt64(o: PyObject | null, target: usize): i32 {
  const v = signed(o, 64, E_TOO_LARGE_FOR_INT64);
  if (v == -1 && hasError()) return -1;
  store<i64>(target, v);
  return 0;
}

/** Unlike PyLong_AsUnsignedLong, it accepts any object that has __index__. */
function toUnsigned(o: PyObject | null, bits: u32, target: usize): i32 {
  if (!o) return badCallNumber();
  const a = indexOf(o);
  if (!a) return -1;
  const v = unsigned(a, bits, bits == 32 ? E_TOO_LARGE_FOR_UINT32 : E_TOO_LARGE_FOR_UINT64, E_NEGATIVE);
  decref(a);
  if (v == -1 && hasError()) return -1;
  if (bits == 32) store<u32>(target, <u32>v);
  else store<u64>(target, v);
  return 0;
}

export function PyLong_AsUInt32(o: PyObject | null, target: usize): i32 {
  return toUnsigned(o, 32, target);
}

export function PyLong_AsUInt64(o: PyObject | null, target: usize): i32 {
  return toUnsigned(o, 64, target);
}

export function PyLong_AsDouble(o: PyObject | null): f64 {
  if (!o) {
    badCall();
    return -1;
  }
  if (!isAnInt(o)) {
    raiseIntegerRequired();
    return -1;
  }
  const v = int_as_f64(changetype<PyLong>(o));
  return hasError() ? -1 : v;
}

/** The pointer that was given to PyLong_FromVoidPtr; NULL with an error. */
export function PyLong_AsVoidPtr(o: PyObject | null): usize {
  if (o && !isAnInt(o)) {
    raiseIntegerRequired();
    return 0;
  }
  const isNegative = o !== null && changetype<PyLong>(o).isNegative;
  const v = isNegative
    ? <u64>signed(o, 32, E_TOO_LARGE_FOR_LONG)
    : unsigned(o, 32, E_TOO_LARGE_FOR_UNSIGNED_LONG, E_NEGATIVE_TO_UNSIGNED_INT);
  return hasError() ? 0 : <usize>v;
}

// ---- signs ----

/** Stores -1, 0 or 1 in `*sign`. */
export function PyLong_GetSign(o: PyObject, sign: usize): i32 {
  if (!isAnInt(o)) {
    raiseIntegerExpected(o);
    return -1;
  }
  store<i32>(sign, changetype<PyLong>(o).sign);
  return 0;
}

const NO_SIGN: i32 = 2;

function signOf(o: PyObject): i32 {
  if (isAnInt(o)) return changetype<PyLong>(o).sign;
  raiseSignExpected(o);
  return NO_SIGN;
}

export function PyLong_IsPositive(o: PyObject): i32 {
  const sign = signOf(o);
  return sign == NO_SIGN ? -1 : sign > 0 ? 1 : 0;
}

export function PyLong_IsNegative(o: PyObject): i32 {
  const sign = signOf(o);
  return sign == NO_SIGN ? -1 : sign < 0 ? 1 : 0;
}

export function PyLong_IsZero(o: PyObject): i32 {
  const sign = signOf(o);
  return sign == NO_SIGN ? -1 : sign == 0 ? 1 : 0;
}
