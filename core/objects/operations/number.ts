// Operators with one or two operands, and pow with a modulus: calls the function of the operands' types.

import { hasError } from "../model/error";
import { raiseNoMemory } from "../model/raise";
import { BOOL, BYTES, DICT, FLOAT, LIST, STR, TUPLE } from "../model/kinds.gen";
import {
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
} from "../model/operators.gen";
import {
  raiseConcatenate,
  raiseConcatenateBytes,
  raiseIndexSize,
  raiseOperands,
  raisePower,
  raisePowerIntegers,
  raiseRepeat,
  raiseUnary,
} from "../model/raises.gen";
import { decref } from "../model/refcount";
import { asBool, None, NotImplemented } from "../model/singletons";
import { isA, isAnySet, isInt, isKind, layoutOf, PyObject } from "../model/type";
import { PyStr, str_concat, str_repeat } from "../text/str";
import { bytes_concat, bytes_repeat, PyBytes } from "../types/bytes";
import { PyDict } from "../types/dict";
import { dict_copy, dict_update } from "../types/dict-merge";
import { float_binary, float_new, isNumber, PyFloat } from "../types/float";
import { PyLong } from "../types/int";
import {
  int_abs,
  int_add,
  int_floordiv,
  int_mod,
  int_mul,
  int_neg,
  int_pos,
  int_truediv,
} from "../types/int-arithmetic";
import { int_bitwise, int_invert, int_lshift, int_rshift } from "../types/int-bits";
import { int_pow } from "../types/int-power";
import { int_as_index, int_is_index } from "../types/int-values";
import { list_concat, list_repeat } from "../types/list";
import { PyList, PyTuple } from "../types/sequence";
import { PySet } from "../types/set-table";
import { NB_ABSOLUTE, NB_INVERT, NB_NEGATIVE, NB_POSITIVE, SQ_CONCAT, SQ_REPEAT } from "../model/slots.gen";
import { callBinary, callIndexed, callUnary, isOfC, numberSlot, sequenceSlot, slotBinary } from "../types/slots";
import { tuple_concat, tuple_repeat } from "../types/tuple";
import { sizeOf } from "./abstract";
import { hasIndex, indexOf } from "./index-of";
import { set_difference, set_intersection, set_symmetric_difference, set_union } from "./setops";

@inline
function isSequence(o: PyObject): bool {
  return isKind(o, STR) || isKind(o, LIST) || isKind(o, TUPLE) || isKind(o, BYTES);
}

function noOperator(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  raiseOperands(operator, a, b);
  return null;
}

/** a <operator> b: a new reference, or null with an error raised. */
export function binary(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  if (isInt(a) && isInt(b)) return intBinary(a, b, operator);
  if (isNumber(a) && isNumber(b)) return operator <= POW ? float_binary(a, b, operator) : noOperator(a, b, operator);
  if (isAnySet(a) && isAnySet(b)) return setBinary(a, b, operator);
  if (isOfC(a) || isOfC(b)) {
    const result = slotBinary(a, b, operator, None());
    if (result !== NotImplemented()) return result;
    if (operator == ADD && sequenceSlot(a, SQ_CONCAT) != 0) return callBinary(sequenceSlot(a, SQ_CONCAT), a, b);
    if (operator == MUL && sequenceSlot(a, SQ_REPEAT) != 0) return repeatOfC(sequenceSlot(a, SQ_REPEAT), a, b);
    if (operator == MUL && sequenceSlot(b, SQ_REPEAT) != 0 && !isSequence(a))
      return repeatOfC(sequenceSlot(b, SQ_REPEAT), b, a);
  }
  if (operator == ADD && isSequence(a)) return concat(a, b);
  if (operator == MUL && isSequence(a)) return repeat(a, b);
  if (operator == MUL && isSequence(b)) return repeat(b, a);
  if (operator == OR && isKind(a, DICT) && isKind(b, DICT)) return merge(changetype<PyDict>(a), changetype<PyDict>(b));
  return noOperator(a, b, operator);
}

export function intBinary(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  const x = changetype<PyLong>(a);
  const y = changetype<PyLong>(b);
  switch (operator) {
    case ADD:
      return int_add(x, y, false);
    case SUB:
      return int_add(x, y, true);
    case MUL:
      return int_mul(x, y);
    case TRUEDIV: {
      const quotient = int_truediv(x, y);
      return hasError() ? null : float_new(quotient);
    }
    case FLOORDIV:
      return int_floordiv(x, y);
    case MOD:
      return int_mod(x, y);
    case POW:
      return y.isNegative ? float_binary(a, b, POW) : int_pow(x, y, null);
    case LSHIFT:
      return int_lshift(x, y);
    case RSHIFT:
      return int_rshift(x, y);
    default: {
      const result = int_bitwise(x, y, operator);
      if (!result || !isKind(a, BOOL) || !isKind(b, BOOL)) return result;
      const isOne = !changetype<PyLong>(result).isZero;
      decref(result);
      return asBool(isOne);
    }
  }
}

export function setBinary(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  const s = changetype<PySet>(a);
  switch (operator) {
    case OR:
      return set_union(s, b);
    case AND:
      return set_intersection(s, b);
    case SUB:
      return set_difference(s, b);
    case XOR:
      return set_symmetric_difference(s, b);
    default:
      return noOperator(a, b, operator);
  }
}

/** a + b for two sequences of the same layout; TypeError for others. */
export function concat(a: PyObject, b: PyObject): PyObject | null {
  const kind = layoutOf(a);
  if (kind != layoutOf(b)) {
    if (kind == BYTES) raiseConcatenateBytes(b, a);
    else raiseConcatenate(a, b);
    return null;
  }
  if (kind == STR) return str_concat(changetype<PyStr>(a), changetype<PyStr>(b));
  if (kind == LIST) return list_concat(changetype<PyList>(a), changetype<PyList>(b));
  if (kind == TUPLE) return tuple_concat(changetype<PyTuple>(a), changetype<PyTuple>(b));
  return bytes_concat(changetype<PyBytes>(a), changetype<PyBytes>(b));
}

/**
 * How often to repeat a sequence of `n` items, for the int `count`: 0 if the int is negative; -1 with an error if the
 * int does not fit an index, or if the result would be too long.
 */
export function repeatCount(n: i32, count: PyLong): i32 {
  if (!int_is_index(count)) {
    raiseIndexSize();
    return -1;
  }
  return checkedTimes(n, int_as_index(count));
}

/** `times`, or 0 if it is negative; -1 with MemoryError if a sequence of `n` items, repeated so often, would be too long. */
export function checkedTimes(n: i32, times: i32): i32 {
  if (times <= 0) return 0;
  if (<u64>times * <u64>n > 0x7fffffff) {
    raiseNoMemory(0x7fffffff);
    return -1;
  }
  return times;
}

/**
 * `count`, which may be any object, as an int; null with an error, which is TypeError if the object has no __index__.
 */
function countOf(count: PyObject): PyLong | null {
  if (hasIndex(count)) return indexOf(count);
  raiseRepeat(count);
  return null;
}

/** o * count or o *= count, by sq_repeat or sq_inplace_repeat: the function `f`. */
export function repeatOfC(f: u32, o: PyObject, count: PyObject): PyObject | null {
  const number = countOf(count);
  if (!number) return null;
  const times = int_as_index(number);
  const fits = int_is_index(number);
  decref(number);
  if (fits) return callIndexed(f, o, times);
  raiseIndexSize();
  return null;
}

/** The sequence repeated `count` times; `count` may be any object. */
function repeat(o: PyObject, count: PyObject): PyObject | null {
  const number = countOf(count);
  if (!number) return null;
  const times = repeatCount(sizeOf(o), number);
  decref(number);
  return times < 0 ? null : repeatAs(o, times);
}

/** A sequence repeated `times` times, by its layout. */
export function repeatAs(o: PyObject, times: u32): PyObject | null {
  if (isA(o, STR)) return str_repeat(changetype<PyStr>(o), times);
  if (isA(o, LIST)) return list_repeat(changetype<PyList>(o), times);
  if (isA(o, TUPLE)) return tuple_repeat(changetype<PyTuple>(o), times);
  return bytes_repeat(changetype<PyBytes>(o), times);
}

/** {**a, **b} */
export function merge(a: PyDict, b: PyDict): PyObject | null {
  const d = dict_copy(a);
  if (d && !dict_update(d, b)) {
    decref(d);
    return null;
  }
  return d;
}

/** -a, +a, ~a, abs(a) of an int, a bool, or an int of a derived type. */
export function intUnary(x: PyLong, operator: i32): PyObject | null {
  if (operator == NEG) return int_neg(x);
  if (operator == POS) return int_pos(x);
  return operator == INVERT ? int_invert(x) : int_abs(x);
}

/** -a, +a, ~a, abs(a): a new reference, or null with an error raised. */
export function unary(a: PyObject, operator: i32): PyObject | null {
  if (isInt(a)) return intUnary(changetype<PyLong>(a), operator);
  if (isKind(a, FLOAT) && operator != INVERT) {
    const v = changetype<PyFloat>(a).value;
    return float_new(operator == NEG ? -v : operator == POS ? v : abs(v));
  }
  const place =
    operator == NEG ? NB_NEGATIVE : operator == POS ? NB_POSITIVE : operator == INVERT ? NB_INVERT : NB_ABSOLUTE;
  const f = numberSlot(a, place);
  if (f != 0) return callUnary(f, a);
  raiseUnary(operator, a);
  return null;
}

/** pow(a, b, modulus), for ints and for objects of types in C. If the modulus is None, a ** b. */
export function powerModulo(a: PyObject, b: PyObject, modulus: PyObject): PyObject | null {
  if (modulus === None()) return binary(a, b, POW);
  if (isOfC(a) || isOfC(b) || isOfC(modulus)) {
    const result = slotBinary(a, b, POW, modulus);
    if (result !== NotImplemented()) return result;
  }
  if (!isInt(a) || !isInt(b) || !isInt(modulus)) {
    const hasFloat = isKind(a, FLOAT) || isKind(b, FLOAT) || isKind(modulus, FLOAT);
    if (hasFloat) raisePowerIntegers();
    else raisePower(a, b, modulus);
    return null;
  }
  return int_pow(changetype<PyLong>(a), changetype<PyLong>(b), changetype<PyLong>(modulus));
}
