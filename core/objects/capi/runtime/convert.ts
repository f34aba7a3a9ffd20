// Converts ints and floats to numbers of C. int, long and Py_ssize_t have 32 bits, long long has 64.
//
// A conversion that fails returns -1 and sets an error. The ...Mask functions do not fail for large values: they keep the lowest bits.

import { hasError } from "../../model/error";
import {
  E_INT_TOO_BIG,
  E_NEGATIVE_TO_UNSIGNED,
  E_NEGATIVE_TO_UNSIGNED_INT,
  E_TOO_LARGE_FOR_LONG,
  E_TOO_LARGE_FOR_SSIZE,
  E_TOO_LARGE_FOR_UNSIGNED_LONG,
} from "../../model/errors.gen";
import { raiseError } from "../../model/raise";
import { raiseBadArgument, raiseFloatResult, raiseIntegerRequired, raiseRealRequired } from "../../model/raises.gen";
import { FLOAT } from "../../model/kinds.gen";
import { decref } from "../../model/refcount";
import { isA, isAnInt, isInt, PyObject } from "../../model/type";
import { indexOf } from "../../operations/index-of";
import { bitLength, digitAt } from "../../types/digits";
import { asF64 } from "../../types/float";
import { PyLong } from "../../types/int";
import { NB_FLOAT, NB_INDEX } from "../../model/slots.gen";
import { callUnary, numberSlot } from "../../types/slots";
import { badCallNumber } from "./complaints";

/** The lowest 64 bits of the value in two's complement. */
function lowBits(a: PyLong): u64 {
  let bits: u64 = 0;
  for (let k = min<u32>(a.digits, 3); k-- > 0; ) bits = (bits << 30) | digitAt(a.row, k);
  return a.isNegative ? 0 - bits : bits;
}

@inline
function bitsOf(a: PyLong): u64 {
  return bitLength(a.row, a.digits);
}

/** Whether the value fits `bits` bits with a sign. */
function fitsSigned(a: PyLong, bits: u32): bool {
  const n = bitsOf(a);
  return n < bits || (n == bits && a.isNegative && lowBits(a) << (64 - bits) == (<u64>1) << 63);
}

/** The value of anything that has __index__, as a number of at most `bits` bits with a sign; -1 with an error. */
export function signed(o: PyObject | null, bits: u32, code: u32): i64 {
  if (!o) return badCallNumber();
  // A digit has fewer bits than any of C's numbers.
  if (isAnInt(o) && changetype<PyLong>(o).isCompact) return changetype<PyLong>(o).compactValue;
  const a = indexOf(o);
  if (!a) return -1;
  let v: i64 = -1;
  if (fitsSigned(a, bits)) v = <i64>lowBits(a);
  else raiseError(code);
  decref(a);
  return v;
}

/** The value of an int, as a number of at most `bits` bits without a sign; -1 with an error. */
export function unsigned(o: PyObject | null, bits: u32, code: u32, negative: u32): u64 {
  if (!o) return <u64>(<i64>badCallNumber());
  if (!isAnInt(o)) {
    raiseIntegerRequired();
    return -1;
  }
  const a = changetype<PyLong>(o);
  if (a.isNegative || bitsOf(a) > bits) {
    raiseError(a.isNegative ? negative : code);
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

/** Like signed, but a value that does not fit sets `*overflow` to 1 or -1, without an error. */
export function orOverflow(o: PyObject | null, bits: u32, overflow: usize): i64 {
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
  return <i32>signed(o, 32, E_TOO_LARGE_FOR_LONG);
}

export function PyLong_AsLongLong(o: PyObject | null): i64 {
  return signed(o, 64, E_INT_TOO_BIG);
}

/** For ints only: __index__ is not called. */
export function PyLong_AsSsize_t(o: PyObject | null): i32 {
  if (o && !isAnInt(o)) {
    raiseIntegerRequired();
    return -1;
  }
  return <i32>signed(o, 32, E_TOO_LARGE_FOR_SSIZE);
}

export function PyLong_AsUnsignedLong(o: PyObject | null): u32 {
  return <u32>unsigned(o, 32, E_TOO_LARGE_FOR_UNSIGNED_LONG, E_NEGATIVE_TO_UNSIGNED_INT);
}

export function PyLong_AsUnsignedLongLong(o: PyObject | null): u64 {
  return unsigned(o, 64, E_INT_TOO_BIG, E_NEGATIVE_TO_UNSIGNED);
}

export function PyLong_AsUnsignedLongMask(o: PyObject | null): u32 {
  return <u32>masked(o);
}

export function PyLong_AsUnsignedLongLongMask(o: PyObject | null): u64 {
  return masked(o);
}

/** Like floatOf; also -1 with an error if `o` is NULL. */
export function PyFloat_AsDouble(o: PyObject | null): f64 {
  if (!o) {
    raiseBadArgument();
    return -1;
  }
  return floatOf(o);
}

/** The value of a number, or of an object with __float__ or __index__; -1 with an error. */
export function floatOf(o: PyObject): f64 {
  if (isA(o, FLOAT) || isInt(o)) {
    const v = asF64(o);
    return hasError() ? -1 : v;
  }
  const f = numberSlot(o, NB_FLOAT);
  const number: PyObject | null = f != 0 ? callUnary(f, o) : numberSlot(o, NB_INDEX) != 0 ? indexOf(o) : null;
  if (!number) {
    if (!hasError()) raiseRealRequired(o);
    return -1;
  }
  let v: f64 = -1;
  if (f != 0 && !isA(number, FLOAT)) raiseFloatResult(number);
  else v = asF64(number);
  decref(number);
  return hasError() ? -1 : v;
}
