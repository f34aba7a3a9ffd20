// Floats: 64 bits, IEEE 754. Freed floats stay in a free list.
//
//   refcnt | type | value

import { hasError } from "../model/error";
import { hashFloat, hashPointer } from "../model/hash";
import { FLOAT } from "../model/kinds.gen";
import { freeBlock, freeFixed, newBlock, newFixed } from "../model/memory";
import { ADD, EQ, FLOORDIV, GT, LE, LT, MUL, NE, POW, SUB, TRUEDIV } from "../model/operators.gen";
import { raiseComplex, raiseDivision, raisePowerRange, raiseZeroToNegative } from "../model/raises.gen";
import { asBool, NotImplemented } from "../model/singletons";
import { isA, isAnInt, isInt, isKind, PyObject, typeOf } from "../model/type";
import { Writer } from "../text/writer";
import { PyLong } from "./int";
import { int_compare_f64 } from "./int-compare";
import { int_as_f64 } from "./int-values";
import { fulfils } from "./protocol";

/** Writes Python's repr of a float to memory, in ASCII: the shortest decimal that reads back as the same number. Returns its length. */
@external("host", "formatFloat")
declare function hostFormatFloat(v: f64, target: usize): u32;

/** x to the power y as IEEE 754-2019 defines it; NaN if both are finite, x is negative, and y is not whole. */
@external("host", "pow")
declare function hostPow(x: f64, y: f64): f64;

/** Room for the longest repr of a float. */
const REPR_BYTES: usize = 40;

@unmanaged
export class PyFloat extends PyObject {
  value: f64;
}

export function float_new(v: f64): PyObject | null {
  const o = newFixed(typeOf(FLOAT));
  if (o) changetype<PyFloat>(o).value = v;
  return o;
}

export function float_dealloc(o: PyObject): void {
  freeFixed(o);
}

export function float_hash(o: PyObject): i32 {
  const v = changetype<PyFloat>(o).value;
  return isNaN(v) ? hashPointer(changetype<usize>(o)) : hashFloat(v);
}

export function float_repr(o: PyObject, w: Writer): bool {
  const buffer = newBlock(REPR_BYTES);
  if (buffer == 0) return false;
  // What the host writes is not in the journal of a shared heap; the fill is.
  memory.fill(buffer, 0, REPR_BYTES);
  const n = hostFormatFloat(changetype<PyFloat>(o).value, buffer);
  const done = w.putChars(buffer, 1, n);
  freeBlock(buffer);
  return done;
}

/** Compares with floats and, exactly, with ints. */
export function float_compare(a: PyObject, b: PyObject, op: i32): PyObject {
  const x = changetype<PyFloat>(a).value;
  if (isA(b, FLOAT)) {
    const y = changetype<PyFloat>(b).value;
    if (op == EQ) return asBool(x == y);
    if (op == NE) return asBool(x != y);
    if (op == LT) return asBool(x < y);
    if (op == LE) return asBool(x <= y);
    return asBool(op == GT ? x > y : x >= y);
  }
  if (!isAnInt(b)) return NotImplemented();
  if (isNaN(x)) return asBool(op == NE);
  return asBool(fulfils(-int_compare_f64(changetype<PyLong>(b), x), op));
}

/** The number as a float. The object is an int or a float, or of a type derived from one. hasError() tells whether it is too large. */
@inline
export function asF64(o: PyObject): f64 {
  return isA(o, FLOAT) ? changetype<PyFloat>(o).value : int_as_f64(changetype<PyLong>(o));
}

@inline
export function isNumber(o: PyObject): bool {
  return isKind(o, FLOAT) || isInt(o);
}

// ---- arithmetic on values: raises the errors that Python raises ----

/** x % y with the sign of y. y is not 0. */
function modulo(x: f64, y: f64): f64 {
  const left = x % y;
  if (left == 0) return copysign<f64>(0, y);
  return left < 0 != y < 0 ? left + y : left;
}

/** x // y. y is not 0. */
function floorDivide(x: f64, y: f64): f64 {
  const left = x % y;
  let quotient = (x - left) / y;
  if (left != 0 && left < 0 != y < 0) quotient -= 1;
  if (quotient == 0) return copysign<f64>(0, x / y);
  const whole = floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

function power(x: f64, y: f64): f64 {
  if (x == 0 && y < 0) {
    raiseZeroToNegative();
    return 0;
  }
  const result = hostPow(x, y);
  if (isFinite(x) && isFinite(y)) {
    if (isNaN(result)) raiseComplex();
    else if (!isFinite(result)) raisePowerRange();
  }
  return result;
}

/** The result of an arithmetic operator (ADD to POW) for two numbers; at least one is a float. */
export function float_binary(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  const x = asF64(a);
  const y = asF64(b);
  if (hasError()) return null;
  let result: f64 = 0;
  if (operator == ADD) result = x + y;
  else if (operator == SUB) result = x - y;
  else if (operator == MUL) result = x * y;
  else if (operator == POW) result = power(x, y);
  else if (y == 0) raiseDivision();
  else if (operator == TRUEDIV) result = x / y;
  else result = operator == FLOORDIV ? floorDivide(x, y) : modulo(x, y);
  return hasError() ? null : float_new(result);
}
