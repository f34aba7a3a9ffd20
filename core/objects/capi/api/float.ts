// PyFloat_*.

import { hasError } from "../../model/error";
import { asF64, float_new, isNumber, PyFloat } from "../../types/float";
import { indexOf } from "../../operations/index-of";
import { BYTES, decref, FLOAT, isKind, PyObject, STR } from "../../model/object";
import { callUnary, NB_FLOAT, NB_INDEX, numberSlot } from "../../types/slots";
import { PyBytes } from "../../types/bytes";
import { PyStr } from "../../text/str";
import { at, RESULT_AT } from "../../model/state";
import { raiseAboutRepr, raiseApi, W_BAD_ARGUMENT, W_FLOAT_ARGUMENT, W_FLOAT_LITERAL, W_FLOAT_RESULT, W_REAL_REQUIRED } from "../runtime/words";

/** Writes the number that `n` characters of `width` bytes are, as float() reads them, to memory. False if they are none. */
@external("host", "parseFloat")
declare function hostParseFloat(data: usize, width: u32, n: u32, target: usize): bool;

export function PyFloat_Check(o: PyObject): i32 {
  return isKind(o, FLOAT) ? 1 : 0;
}

export function PyFloat_CheckExact(o: PyObject): i32 {
  return isKind(o, FLOAT) ? 1 : 0;
}

export function PyFloat_FromDouble(v: f64): PyObject | null {
  return float_new(v);
}

/** The value of a float or an int; -1 with an error. */
export function PyFloat_AsDouble(o: PyObject | null): f64 {
  if (!o) {
    raiseApi(W_BAD_ARGUMENT);
    return -1;
  }
  return floatOf(o);
}

/** The value of a number, or of what has __float__ or __index__; -1 with an error. */
export function floatOf(o: PyObject): f64 {
  if (isNumber(o)) {
    const v = asF64(o);
    return hasError() ? -1 : v;
  }
  const f = numberSlot(o, NB_FLOAT);
  const number: PyObject | null = f != 0 ? callUnary(f, o) : numberSlot(o, NB_INDEX) != 0 ? indexOf(o) : null;
  if (!number) {
    if (!hasError()) raiseApi(W_REAL_REQUIRED, o);
    return -1;
  }
  let v: f64 = -1;
  if (f != 0 && !isKind(number, FLOAT)) raiseApi(W_FLOAT_RESULT, number);
  else v = asF64(number);
  decref(number);
  return hasError() ? -1 : v;
}

/** float(o) of a str or of bytes. */
export function PyFloat_FromString(o: PyObject): PyObject | null {
  const target = at(RESULT_AT) + TARGET_OFFSET;
  let found = false;
  if (isKind(o, STR)) {
    const s = changetype<PyStr>(o);
    found = hostParseFloat(s.data, s.width, s.length, target);
  } else if (isKind(o, BYTES)) {
    const b = changetype<PyBytes>(o);
    found = hostParseFloat(b.data, 1, b.size, target);
  } else {
    raiseApi(W_FLOAT_ARGUMENT, o);
    return null;
  }
  if (found) return float_new(load<f64>(target));
  raiseAboutRepr(W_FLOAT_LITERAL, o);
  return null;
}

/** Behind the words of a result (exchange.ts). */
const TARGET_OFFSET: usize = 24;

export function PyFloat_GetMax(): f64 {
  return f64.MAX_VALUE;
}

/** The smallest normal number. */
export function PyFloat_GetMin(): f64 {
  return reinterpret<f64>(<u64>1 << 52);
}
