// PyFloat_*.

import { E_FLOAT_LITERAL } from "../../model/errors.gen";
import { raiseFloatArgument } from "../../model/raises.gen";
import { BYTES, STR } from "../../model/kinds.gen";
import { Result, result } from "../../model/result";
import { isA, PyObject } from "../../model/type";
import { PyStr } from "../../text/str";
import { PyBytes } from "../../types/bytes";
import { float_new } from "../../types/float";
import { raiseAboutRepr } from "../runtime/complaints";

/**
 * Reads `n` characters of `width` bytes as float() does, and stores the number in memory. False if they are not a
 * number.
 */
@external("host", "parseFloat")
declare function hostParseFloat(data: usize, width: u32, n: u32, target: usize): bool;

export function PyFloat_FromDouble(v: f64): PyObject | null {
  return float_new(v);
}

/** float(o) for a str or bytes. */
export function PyFloat_FromString(o: PyObject): PyObject | null {
  const r = result();
  const target = changetype<usize>(r) + offsetof<Result>("parsed");
  let found = false;
  if (isA(o, STR)) {
    const s = changetype<PyStr>(o);
    found = hostParseFloat(s.data, s.width, s.length, target);
  } else if (isA(o, BYTES)) {
    const b = changetype<PyBytes>(o);
    found = hostParseFloat(b.data, 1, b.size, target);
  } else {
    raiseFloatArgument(o);
    return null;
  }
  if (found) return float_new(r.parsed);
  raiseAboutRepr(E_FLOAT_LITERAL, o);
  return null;
}

export function PyFloat_GetMax(): f64 {
  return f64.MAX_VALUE;
}

/** The smallest normal number. */
export function PyFloat_GetMin(): f64 {
  return reinterpret<f64>((<u64>1) << 52);
}
