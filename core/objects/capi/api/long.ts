// PyLong_* and PyBool_*: ints from and to the numbers of C. int, long and Py_ssize_t have 32 bits, long long has 64.
//
// What converts answers -1 with an error set if it can't; so do the masks, which cut what is too large.

import { bitLength, digitAt } from "../../types/digits";
import { hasError } from "../../model/error";
import { int_as_f64, int_from_f64, int_from_i64, int_from_magnitude, PyLong } from "../../types/int";
import { asBool, BOOL, decref, incref, INT, isInt, isKind, PyObject, STR } from "../../model/object";
import { PyStr } from "../../text/str";
import { indexOf } from "../../operations/index-of";
import { int_read, Text, textOf } from "../../types/int-text";
import { lengthOfC, str_from_utf8 } from "../runtime/utf8";
import {
  badCall,
  badCallNumber,
  raiseAboutRepr,
  raiseApi,
  W_BAD_ARGUMENT,
  W_BASE,
  W_INT,
  W_INT_LITERAL,
  W_INTEGER_EXPECTED,
  W_INTEGER_REQUIRED,
  W_LONG,
  W_NEGATIVE,
  W_NEGATIVE_LONG,
  W_NEGATIVE_SIZE,
  W_SIZE,
  W_SSIZE,
  W_TOO_BIG,
  W_UNSIGNED_LONG,
} from "../runtime/words";

export function PyLong_Check(o: PyObject): i32 {
  return isInt(o) ? 1 : 0;
}

export function PyLong_CheckExact(o: PyObject): i32 {
  return isKind(o, INT) ? 1 : 0;
}

export function PyBool_Check(o: PyObject): i32 {
  return isKind(o, BOOL) ? 1 : 0;
}

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

/** The int that a text is; null with ValueError, about `literal` or the text itself in UTF-8. */
export function readAll(t: Text, base: i32, literal: PyObject | null): PyObject | null {
  if ((base != 0 && base < 2) || base > 36) {
    raiseApi(W_BASE);
    return null;
  }
  const z = int_read(t, base);
  if (z || hasError()) return z;
  const about = literal ? incref<PyObject>(literal) : str_from_utf8(t.data, t.length);
  if (!about) return null;
  raiseAboutRepr(W_INT_LITERAL, about, base);
  decref(about);
  return null;
}

/** int(text, base) of a text that ends with a zero; `*end`, if there is an `end`, is where reading stopped. */
export function PyLong_FromString(text: usize, end: usize, base: i32): PyObject | null {
  const t = textOf(text, 1, lengthOfC(text));
  const z = readAll(t, base, null);
  if (end != 0) store<usize>(end, text + t.at);
  return z;
}

export function PyLong_FromUnicodeObject(o: PyObject, base: i32): PyObject | null {
  if (!isKind(o, STR)) {
    raiseApi(W_BAD_ARGUMENT);
    return null;
  }
  const s = changetype<PyStr>(o);
  return readAll(textOf(s.data, s.width, s.length), base, s);
}

// ---- to C ----

/** The lowest 64 bits of the value in two's complement. */
function lowBits(a: PyLong): u64 {
  let bits: u64 = 0;
  for (let k = min<u32>(a.digits, 3); k-- > 0; ) bits = (bits << 30) | digitAt(a.row, k);
  return a.isNegative ? 0 - bits : bits;
}

@inline
function bitsOf(a: PyLong): u32 {
  return bitLength(a.row, a.digits);
}

/** Whether the value fits `bits` bits with a sign. */
function fitsSigned(a: PyLong, bits: u32): bool {
  const n = bitsOf(a);
  return n < bits || (n == bits && a.isNegative && lowBits(a) << (64 - bits) == (<u64>1) << 63);
}

/** As a number of at most `bits` bits with a sign, of anything that has __index__: -1 with an error. */
function signed(o: PyObject | null, bits: u32, words: i32): i64 {
  if (!o) return badCallNumber();
  // A digit has fewer bits than any of C's numbers.
  if (isInt(o) && changetype<PyLong>(o).isCompact) return changetype<PyLong>(o).compactValue;
  const a = indexOf(o);
  if (!a) return -1;
  let v: i64 = -1;
  if (fitsSigned(a, bits)) v = <i64>lowBits(a);
  else raiseApi(words);
  decref(a);
  return v;
}

/** As a number of at most `bits` bits without a sign; the object is an int. */
function unsigned(o: PyObject | null, bits: u32, words: i32, negative: i32): u64 {
  if (!o) return <u64>(<i64>badCallNumber());
  if (!isInt(o)) {
    raiseApi(W_INTEGER_REQUIRED);
    return -1;
  }
  const a = changetype<PyLong>(o);
  if (a.isNegative || bitsOf(a) > bits) {
    raiseApi(a.isNegative ? negative : words);
    return -1;
  }
  return lowBits(a);
}

/** The lowest 64 bits of anything that has __index__. */
function masked(o: PyObject | null): u64 {
  if (!o) return <u64>(<i64>badCallNumber());
  const a = indexOf(o);
  if (!a) return -1;
  const bits = lowBits(a);
  decref(a);
  return bits;
}

/** As signed, but what does not fit is told by `*overflow`, 1 or -1, and no error. */
function orOverflow(o: PyObject | null, bits: u32, overflow: usize): i64 {
  store<i32>(overflow, 0);
  if (!o) return badCallNumber();
  const a = indexOf(o);
  if (!a) return -1;
  let v: i64 = -1;
  if (fitsSigned(a, bits)) v = <i64>lowBits(a);
  else store<i32>(overflow, a.isNegative ? -1 : 1);
  decref(a);
  return v;
}

export function PyLong_AsLong(o: PyObject | null): i32 {
  return <i32>signed(o, 32, W_LONG);
}

export function PyLong_AsInt(o: PyObject | null): i32 {
  return <i32>signed(o, 32, W_INT);
}

export function PyLong_AsLongLong(o: PyObject | null): i64 {
  return signed(o, 64, W_TOO_BIG);
}

export function PyLong_AsLongAndOverflow(o: PyObject | null, overflow: usize): i32 {
  return <i32>orOverflow(o, 32, overflow);
}

export function PyLong_AsLongLongAndOverflow(o: PyObject | null, overflow: usize): i64 {
  return orOverflow(o, 64, overflow);
}

/** Of an int only: no __index__ is asked. */
export function PyLong_AsSsize_t(o: PyObject | null): i32 {
  if (o && !isInt(o)) {
    raiseApi(W_INTEGER_REQUIRED);
    return -1;
  }
  return <i32>signed(o, 32, W_SSIZE);
}

export function PyLong_AsUnsignedLong(o: PyObject | null): u32 {
  return <u32>unsigned(o, 32, W_UNSIGNED_LONG, W_NEGATIVE_LONG);
}

export function PyLong_AsSize_t(o: PyObject | null): u32 {
  return <u32>unsigned(o, 32, W_SIZE, W_NEGATIVE_SIZE);
}

export function PyLong_AsUnsignedLongLong(o: PyObject | null): u64 {
  return unsigned(o, 64, W_TOO_BIG, W_NEGATIVE);
}

export function PyLong_AsUnsignedLongMask(o: PyObject | null): u32 {
  return <u32>masked(o);
}

export function PyLong_AsUnsignedLongLongMask(o: PyObject | null): u64 {
  return masked(o);
}

/** Writes the value to `*target`: 0, or -1 with an error. */
export function PyLong_AsInt32(o: PyObject | null, target: usize): i32 {
  const v = signed(o, 32, W_TOO_BIG);
  if (v == -1 && hasError()) return -1;
  store<i32>(target, <i32>v);
  return 0;
}

export function PyLong_AsInt64(o: PyObject | null, target: usize): i32 {
  const v = signed(o, 64, W_TOO_BIG);
  if (v == -1 && hasError()) return -1;
  store<i64>(target, v);
  return 0;
}

/** Of anything that has __index__, unlike PyLong_AsUnsignedLong. */
function toUnsigned(o: PyObject | null, bits: u32, target: usize): i32 {
  if (!o) return badCallNumber();
  const a = indexOf(o);
  if (!a) return -1;
  const v = unsigned(a, bits, W_TOO_BIG, W_NEGATIVE);
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
  if (!isInt(o)) {
    raiseApi(W_INTEGER_REQUIRED);
    return -1;
  }
  const v = int_as_f64(changetype<PyLong>(o));
  return hasError() ? -1 : v;
}

/** The pointer that PyLong_FromVoidPtr was given; NULL with an error. */
export function PyLong_AsVoidPtr(o: PyObject | null): usize {
  if (o && !isInt(o)) {
    raiseApi(W_INTEGER_REQUIRED);
    return 0;
  }
  const isNegative = o !== null && changetype<PyLong>(o).isNegative;
  const v = isNegative ? <u64>signed(o, 32, W_LONG) : unsigned(o, 32, W_UNSIGNED_LONG, W_NEGATIVE_LONG);
  return hasError() ? 0 : <usize>v;
}

// ---- signs ----

/** -1, 0 or 1 to `*sign`. */
export function PyLong_GetSign(o: PyObject, sign: usize): i32 {
  const v = signOf(o);
  if (v == NO_SIGN) return -1;
  store<i32>(sign, v);
  return 0;
}

const NO_SIGN: i32 = 2;

function signOf(o: PyObject): i32 {
  if (isInt(o)) return changetype<PyLong>(o).sign;
  raiseApi(W_INTEGER_EXPECTED, o);
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
