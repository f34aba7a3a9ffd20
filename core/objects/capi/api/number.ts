// PyNumber_*.

import { MAX_REQUEST } from "../../../ground/config";
import { error, hasError } from "../../model/error";
import { E_INT_RESULT, E_OPERANDS, E_OPERANDS_IN_PLACE } from "../../model/errors.gen";
import { BYTES, DICT, FLOAT, INT, LIST, SET, STR } from "../../model/kinds.gen";
import {
  ABS,
  ADD,
  AND,
  DIVMOD,
  FLOORDIV,
  INVERT,
  LSHIFT,
  MATMUL,
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
import { raiseError } from "../../model/raise";
import {
  raiseIndexSize,
  raiseIntArgument,
  raiseNullArgument,
  raiseOperands,
  raiseToBase,
} from "../../model/raises.gen";
import { decref, incref } from "../../model/refcount";
import { None, NotImplemented } from "../../model/singletons";
import { isA, isAnySet, isInt, isKind, PyObject } from "../../model/type";
import { indexOf } from "../../operations/index-of";
import { binary, powerModulo, repeatCount, repeatOfC, unary } from "../../operations/number";
import {
  set_difference_update,
  set_intersection_update,
  set_symmetric_difference_update,
  set_update,
} from "../../operations/setops";
import { PyStr } from "../../text/str";
import { newWriter } from "../../text/writer";
import { PyBytes } from "../../types/bytes";
import { PyDict } from "../../types/dict";
import { dict_update } from "../../types/dict-merge";
import { bitLength, digitAt } from "../../types/digits";
import { asF64, float_new, isNumber, PyFloat } from "../../types/float";
import { PyLong } from "../../types/int";
import { int_pos } from "../../types/int-arithmetic";
import { textOf } from "../../types/int-text";
import { int_as_index, int_from_f64, int_is_index } from "../../types/int-values";
import { list_extend_row, list_repeat_in_place } from "../../types/list";
import { reprOf } from "../../types/protocol";
import { PyList, setItemAt } from "../../types/sequence";
import { PySet } from "../../types/set-table";
import { NB_FLOAT, NB_INDEX, NB_INT, SQ_INPLACE_CONCAT, SQ_INPLACE_REPEAT } from "../../model/slots.gen";
import { listOf } from "../../operations/abstract";
import { PyDict_Merge, PyDict_MergeFromSeq2 } from "./dict";
import { callBinary, callUnary, numberSlot, sequenceSlot, slotBinary, slotInPlace } from "../../types/slots";
import { tuple_new } from "../../types/tuple";
import { floatOf } from "../runtime/convert";
import { ARGS, partOf, taken } from "../runtime/exceptions";
import { PyErr_SetObject } from "./errors";
import { PyFloat_FromString } from "./float";
import { readAll } from "./long";

export function PyNumber_Check(o: PyObject | null): i32 {
  if (!o) return 0;
  return isNumber(o) || (numberSlot(o, NB_INDEX) | numberSlot(o, NB_INT) | numberSlot(o, NB_FLOAT)) != 0 ? 1 : 0;
}

/** a <operator> b: a new reference; NULL with an error. */
@inline
function operate(a: PyObject | null, b: PyObject | null, operator: i32): PyObject | null {
  return a && b ? binary(a, b, operator) : nullGiven();
}

/** For operators that only types in C have: a @ b, and divmod() of objects that are not numbers. */
function unsupported(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  const result = slotBinary(a, b, operator, None());
  if (result !== NotImplemented()) return result;
  raiseOperands(operator, a, b);
  return null;
}

function nullGiven(): PyObject | null {
  raiseNullArgument();
  return null;
}

export function PyNumber_Add(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, ADD);
}

export function PyNumber_Subtract(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, SUB);
}

export function PyNumber_Multiply(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, MUL);
}

/** No built-in type has this operator. */
export function PyNumber_MatrixMultiply(a: PyObject | null, b: PyObject | null): PyObject | null {
  return a && b ? unsupported(a, b, MATMUL) : nullGiven();
}

export function PyNumber_FloorDivide(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, FLOORDIV);
}

export function PyNumber_TrueDivide(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, TRUEDIV);
}

export function PyNumber_Remainder(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, MOD);
}

export function PyNumber_Lshift(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, LSHIFT);
}

export function PyNumber_Rshift(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, RSHIFT);
}

export function PyNumber_And(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, AND);
}

export function PyNumber_Or(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, OR);
}

export function PyNumber_Xor(a: PyObject | null, b: PyObject | null): PyObject | null {
  return operate(a, b, XOR);
}

/** (a // b, a % b) for numbers. */
export function PyNumber_Divmod(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  if (!isNumber(a) || !isNumber(b)) return unsupported(a, b, DIVMOD);
  const quotient = binary(a, b, FLOORDIV);
  return quotient ? pairOf(quotient, binary(a, b, MOD)) : null;
}

/** The tuple of a quotient and its remainder. Takes over both references, also if it fails because there is no remainder. */
export function pairOf(quotient: PyObject, rest: PyObject | null): PyObject | null {
  const pair = rest ? tuple_new(2) : null;
  if (pair) {
    setItemAt(pair.items, 0, quotient);
    setItemAt(pair.items, 1, rest!);
    return pair;
  }
  decref(quotient);
  if (rest) decref(rest);
  return null;
}

/** pow(a, b, modulus); without a modulus if that is None. */
export function PyNumber_Power(a: PyObject | null, b: PyObject | null, modulus: PyObject | null): PyObject | null {
  return a && b && modulus ? powerModulo(a, b, modulus) : nullGiven();
}

export function PyNumber_Negative(o: PyObject | null): PyObject | null {
  return o ? unary(o, NEG) : nullGiven();
}

export function PyNumber_Positive(o: PyObject | null): PyObject | null {
  return o ? unary(o, POS) : nullGiven();
}

export function PyNumber_Absolute(o: PyObject | null): PyObject | null {
  return o ? unary(o, ABS) : nullGiven();
}

export function PyNumber_Invert(o: PyObject | null): PyObject | null {
  return o ? unary(o, INVERT) : nullGiven();
}

// ---- in place: a list, set or dict changes itself and is the result ----

/**
 * a <operator>= b for all other objects: by the function that a's type has for the operator in place, or else by the
 * plain operator. The message of an error names the operator in place, such as `+=`.
 */
function otherwise(a: PyObject, b: PyObject, operator: i32): PyObject | null {
  const own = slotInPlace(a, b, operator, None());
  if (own !== NotImplemented()) return own;
  const f = operator == ADD ? sequenceSlot(a, SQ_INPLACE_CONCAT) : 0;
  if (f != 0) return callBinary(f, a, b);
  const g = operator == MUL ? sequenceSlot(a, SQ_INPLACE_REPEAT) : 0;
  if (g != 0) {
    const product = slotBinary(a, b, MUL, None());
    return product !== NotImplemented() ? product : repeatOfC(g, a, b);
  }
  // A dict or a set is a sequence that can't be repeated, so what b could do is not asked.
  const isMarked = operator == MATMUL || (operator == MUL && (isA(a, DICT) || isAnySet(a)));
  const result = isMarked ? unsupported(a, b, operator) : binary(a, b, operator);
  if (!result && error().code == E_OPERANDS) error().code = E_OPERANDS_IN_PLACE;
  return result;
}

@inline
function itself(o: PyObject, done: bool): PyObject | null {
  return done ? incref<PyObject>(o) : null;
}

function extended(l: PyList, items: PyObject): PyObject | null {
  const row = l === items ? incref<PyObject>(items) : listOf(items);
  if (!row) return null;
  const done = list_extend_row(l, row, true);
  decref(row);
  return itself(l, done);
}

export function PyNumber_InPlaceAdd(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  return isKind(a, LIST) ? extended(changetype<PyList>(a), b) : otherwise(a, b, ADD);
}

export function PyNumber_InPlaceMultiply(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  if (!isKind(a, LIST) || !isInt(b)) return otherwise(a, b, MUL);
  const l = changetype<PyList>(a);
  const times = repeatCount(l.size, changetype<PyLong>(b));
  return times < 0 ? null : itself(l, list_repeat_in_place(l, times));
}

@inline
function areSets(a: PyObject, b: PyObject): bool {
  return isKind(a, SET) && isAnySet(b);
}

export function PyNumber_InPlaceSubtract(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  return areSets(a, b) ? itself(a, set_difference_update(changetype<PySet>(a), b)) : otherwise(a, b, SUB);
}

export function PyNumber_InPlaceAnd(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  return areSets(a, b) ? itself(a, set_intersection_update(changetype<PySet>(a), b)) : otherwise(a, b, AND);
}

export function PyNumber_InPlaceXor(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  return areSets(a, b) ? itself(a, set_symmetric_difference_update(changetype<PySet>(a), b)) : otherwise(a, b, XOR);
}

/** As d.update(b): b is a dict or an iterable of pairs. */
function merged(d: PyObject, b: PyObject): bool {
  return (isA(b, DICT) ? PyDict_Merge(d, b, 1) : PyDict_MergeFromSeq2(d, b, 1)) == 0;
}

export function PyNumber_InPlaceOr(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  if (areSets(a, b)) return itself(a, set_update(changetype<PySet>(a), b));
  if (isKind(a, DICT) && isKind(b, DICT)) return itself(a, dict_update(changetype<PyDict>(a), changetype<PyDict>(b)));
  if (isKind(a, DICT)) return itself(a, merged(a, b));
  return otherwise(a, b, OR);
}

@inline
function inPlace(a: PyObject | null, b: PyObject | null, operator: i32): PyObject | null {
  return a && b ? otherwise(a, b, operator) : nullGiven();
}

export function PyNumber_InPlaceMatrixMultiply(a: PyObject | null, b: PyObject | null): PyObject | null {
  return inPlace(a, b, MATMUL);
}

export function PyNumber_InPlaceFloorDivide(a: PyObject | null, b: PyObject | null): PyObject | null {
  return inPlace(a, b, FLOORDIV);
}

export function PyNumber_InPlaceTrueDivide(a: PyObject | null, b: PyObject | null): PyObject | null {
  return inPlace(a, b, TRUEDIV);
}

export function PyNumber_InPlaceRemainder(a: PyObject | null, b: PyObject | null): PyObject | null {
  return inPlace(a, b, MOD);
}

export function PyNumber_InPlaceLshift(a: PyObject | null, b: PyObject | null): PyObject | null {
  return inPlace(a, b, LSHIFT);
}

export function PyNumber_InPlaceRshift(a: PyObject | null, b: PyObject | null): PyObject | null {
  return inPlace(a, b, RSHIFT);
}

export function PyNumber_InPlacePower(
  a: PyObject | null,
  b: PyObject | null,
  modulus: PyObject | null,
): PyObject | null {
  if (!a || !b || !modulus) return nullGiven();
  const own = slotInPlace(a, b, POW, modulus);
  if (own !== NotImplemented()) return own;
  const result = powerModulo(a, b, modulus);
  if (!result && error().code == E_OPERANDS) error().code = E_OPERANDS_IN_PLACE;
  return result;
}

// ---- conversions ----

/** operator.index(o): an int. */
export function PyNumber_Index(o: PyObject | null): PyObject | null {
  const a = o ? indexOf(o) : null;
  if (!o) return nullGiven();
  if (!a || isKind(a, INT)) return a;
  const whole = int_pos(a);
  decref(a);
  return whole;
}

/**
 * The value as a Py_ssize_t. If it does not fit: the nearest Py_ssize_t if `type` is NULL, else -1 with an exception of
 * that type.
 */
export function PyNumber_AsSsize_t(o: PyObject | null, type: PyObject | null): i32 {
  const a = o ? indexOf(o) : null;
  if (!o) nullGiven();
  if (!a) return -1;
  const fits = int_is_index(a);
  const v = int_as_index(a);
  decref(a);
  if (fits || !type) return v;
  raiseIndexSize();
  const e = taken();
  if (e) {
    PyErr_SetObject(type, partOf(e, ARGS));
    decref(e);
  }
  return -1;
}

/** int(o) for a number, a text or bytes. */
export function PyNumber_Long(o: PyObject | null): PyObject | null {
  if (!o) return nullGiven();
  if (isKind(o, INT)) return incref<PyObject>(o);
  if (isInt(o)) return int_pos(changetype<PyLong>(o));
  if (isKind(o, FLOAT)) return int_from_f64(changetype<PyFloat>(o).value);
  if (isA(o, STR)) {
    const s = changetype<PyStr>(o);
    return readAll(textOf(s.data, s.width, s.length), 10, s);
  }
  const f = numberSlot(o, NB_INT);
  if (f != 0) return checked(callUnary(f, o), INT, E_INT_RESULT);
  if (numberSlot(o, NB_INDEX) != 0) return indexOf(o);
  if (isA(o, BYTES)) return readAll(textOf(changetype<PyBytes>(o).data, 1, changetype<PyBytes>(o).size), 10, o);
  raiseIntArgument(o);
  return null;
}

/**
 * Checks the result of a type's function: returns it if it has the kind that it must have, else null with TypeError.
 */
function checked(result: PyObject | null, kind: u32, code: u32): PyObject | null {
  if (!result || isKind(result, kind)) return result;
  raiseError(code, result);
  decref(result);
  return null;
}

/** float(o). */
export function PyNumber_Float(o: PyObject | null): PyObject | null {
  if (!o) return nullGiven();
  if (isKind(o, FLOAT)) return incref<PyObject>(o);
  if (numberSlot(o, NB_FLOAT) != 0 || numberSlot(o, NB_INDEX) != 0) {
    const number = floatOf(o);
    return hasError() ? null : float_new(number);
  }
  if (!isInt(o)) return PyFloat_FromString(o);
  const v = asF64(o);
  return hasError() ? null : float_new(v);
}

/** The int as a text in base 2, 8, 10 or 16, with its prefix. */
export function PyNumber_ToBase(o: PyObject | null, base: i32): PyObject | null {
  if (base != 2 && base != 8 && base != 10 && base != 16) {
    raiseToBase();
    return null;
  }
  const a = o ? indexOf(o) : null;
  if (!o) nullGiven();
  if (!a) return null;
  const text = base == 10 ? decimal(a) : inBase(a, base == 2 ? 1 : base == 8 ? 3 : 4);
  decref(a);
  return text;
}

/** The digits, also of a bool. */
function decimal(a: PyLong): PyObject | null {
  const whole = int_pos(a);
  const text = whole ? reprOf(whole) : null;
  if (whole) decref(whole);
  return text;
}

/** The int as a text in base 2, 8 or 16. `bits` is the number of bits in a digit. */
function inBase(a: PyLong, bits: u32): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  const letter: u32 = bits == 1 ? 0x62 : bits == 3 ? 0x6f : 0x78;
  const n = max<u64>(1, (bitLength(a.row, a.digits) + bits - 1) / bits);
  let done =
    w.reserve(<u32>min<u64>(n + 3, MAX_REQUEST), 1) && (!a.isNegative || w.put(0x2d)) && w.put(0x30) && w.put(letter);
  for (let k = n; done && k-- > 0; ) done = w.putHex(bitsAt(a, k * bits) & ((1 << bits) - 1), 1);
  if (done) return w.finish();
  w.discard();
  return null;
}

/** Bits of the magnitude, starting at bit `from`; only the lowest four bits of the result are valid. */
function bitsAt(a: PyLong, from: u64): u32 {
  const k = <u32>(from / 30);
  const within = <u32>(from % 30);
  let v = k < a.digits ? digitAt(a.row, k) >> within : 0;
  if (within > 26 && k + 1 < a.digits) v |= digitAt(a.row, k + 1) << (30 - within);
  return v;
}
