// The functions in the number slots of int, float, set, frozenset and dict. C calls them, and types that C derived from these types inherit
// them. They look only at the layouts of the operands (isA). An operand that they do not know: NotImplemented.

import { DICT, FLOAT, SET } from "../../model/kinds.gen";
import {
  ABS,
  ADD,
  AND,
  FLOORDIV,
  INVERT,
  LSHIFT,
  MOD,
  MUL,
  NEG,
  OR,
  POS,
  POW,
  RSHIFT,
  SUB,
  TRUEDIV,
  XOR,
} from "../../model/operators.gen";
import { incref } from "../../model/refcount";
import { None, NotImplemented } from "../../model/singletons";
import { isA, isAnInt, isASet, PyObject } from "../../model/type";
import { intBinary, intUnary, merge, setBinary } from "../../operations/number";
import {
  set_difference_update,
  set_intersection_update,
  set_symmetric_difference_update,
  set_update,
} from "../../operations/setops";
import { PyDict } from "../../types/dict";
import { asF64, float_binary, float_new, PyFloat } from "../../types/float";
import { PyLong } from "../../types/int";
import { int_pos } from "../../types/int-arithmetic";
import { int_pow } from "../../types/int-power";
import { int_from_f64 } from "../../types/int-values";
import { PySet } from "../../types/set-table";
import { hasError } from "../../model/error";
import { PyDict_MergeFromSeq2, PyDict_Update } from "./dict";
import { pairOf } from "./number";

@inline
function isANumber(o: PyObject): bool {
  return isAnInt(o) || isA(o, FLOAT);
}

/** An operator of numbers. */
function arithmetic(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  if (isAnInt(a) && isAnInt(b)) return intBinary(a, b, operator);
  return isANumber(a) && isANumber(b) ? float_binary(a, b, operator) : NotImplemented();
}

/** An operator of bits, or of sets. */
function logical(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  if (isAnInt(a) && isAnInt(b)) return intBinary(a, b, operator);
  return isASet(a) && isASet(b) ? setBinary(a, b, operator) : NotImplemented();
}

export function base_add(a: PyObject, b: PyObject): PyObject | null {
  return arithmetic(a, b, ADD);
}

export function base_subtract(a: PyObject, b: PyObject): PyObject | null {
  return isASet(a) || isASet(b) ? logical(a, b, SUB) : arithmetic(a, b, SUB);
}

export function base_multiply(a: PyObject, b: PyObject): PyObject | null {
  return arithmetic(a, b, MUL);
}

export function base_remainder(a: PyObject, b: PyObject): PyObject | null {
  return arithmetic(a, b, MOD);
}

export function base_divmod(a: PyObject, b: PyObject): PyObject | null {
  if (!isANumber(a) || !isANumber(b)) return NotImplemented();
  const quotient = arithmetic(a, b, FLOORDIV);
  return quotient ? pairOf(quotient, arithmetic(a, b, MOD)) : null;
}

export function base_power(a: PyObject, b: PyObject, modulus: PyObject): PyObject | null {
  if (modulus === None()) return arithmetic(a, b, POW);
  if (!isAnInt(a) || !isAnInt(b) || !isAnInt(modulus)) return NotImplemented();
  return int_pow(changetype<PyLong>(a), changetype<PyLong>(b), changetype<PyLong>(modulus));
}

export function base_floor_divide(a: PyObject, b: PyObject): PyObject | null {
  return arithmetic(a, b, FLOORDIV);
}

export function base_true_divide(a: PyObject, b: PyObject): PyObject | null {
  return arithmetic(a, b, TRUEDIV);
}

export function base_lshift(a: PyObject, b: PyObject): PyObject | null {
  return logical(a, b, LSHIFT);
}

export function base_rshift(a: PyObject, b: PyObject): PyObject | null {
  return logical(a, b, RSHIFT);
}

export function base_and(a: PyObject, b: PyObject): PyObject | null {
  return logical(a, b, AND);
}

export function base_xor(a: PyObject, b: PyObject): PyObject | null {
  return logical(a, b, XOR);
}

export function base_or(a: PyObject, b: PyObject): PyObject | null {
  if (isA(a, DICT) && isA(b, DICT)) return merge(changetype<PyDict>(a), changetype<PyDict>(b));
  return logical(a, b, OR);
}

function unaryOf(o: PyObject, operator: i32): PyObject | null {
  if (isAnInt(o)) return intUnary(changetype<PyLong>(o), operator);
  const v = changetype<PyFloat>(o).value;
  return float_new(operator == NEG ? -v : operator == POS ? v : abs(v));
}

export function base_negative(o: PyObject): PyObject | null {
  return unaryOf(o, NEG);
}

export function base_positive(o: PyObject): PyObject | null {
  return unaryOf(o, POS);
}

export function base_absolute(o: PyObject): PyObject | null {
  return unaryOf(o, ABS);
}

/** Of int only. */
export function base_invert(o: PyObject): PyObject | null {
  return unaryOf(o, INVERT);
}

export function base_bool(o: PyObject): i32 {
  return (isAnInt(o) ? !changetype<PyLong>(o).isZero : changetype<PyFloat>(o).value != 0) ? 1 : 0;
}

/** nb_int, and nb_index of int. */
export function base_int(o: PyObject): PyObject | null {
  return isAnInt(o) ? int_pos(changetype<PyLong>(o)) : int_from_f64(changetype<PyFloat>(o).value);
}

export function base_float(o: PyObject): PyObject | null {
  const v = asF64(o);
  return hasError() ? null : float_new(v);
}

// ---- in place: a set or a dict changes itself and is the result ----

@inline
function areSets(a: PyObject, b: PyObject): bool {
  return isA(a, SET) && isASet(b);
}

@inline
function itself(o: PyObject, done: bool): PyObject | null {
  return done ? incref<PyObject>(o) : null;
}

export function base_inplace_subtract(a: PyObject, b: PyObject): PyObject | null {
  return areSets(a, b) ? itself(a, set_difference_update(changetype<PySet>(a), b)) : NotImplemented();
}

export function base_inplace_and(a: PyObject, b: PyObject): PyObject | null {
  return areSets(a, b) ? itself(a, set_intersection_update(changetype<PySet>(a), b)) : NotImplemented();
}

export function base_inplace_xor(a: PyObject, b: PyObject): PyObject | null {
  return areSets(a, b) ? itself(a, set_symmetric_difference_update(changetype<PySet>(a), b)) : NotImplemented();
}

export function base_inplace_or(a: PyObject, b: PyObject): PyObject | null {
  if (isA(a, DICT)) return itself(a, (isA(b, DICT) ? PyDict_Update(a, b) : PyDict_MergeFromSeq2(a, b, 1)) == 0);
  return areSets(a, b) ? itself(a, set_update(changetype<PySet>(a), b)) : NotImplemented();
}
