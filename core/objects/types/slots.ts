// Calls the functions of types in C for operators, items and iteration: those in the tables tp_as_number, tp_as_sequence and tp_as_mapping,
// and tp_iter and tp_iternext (include/object.h has them in this order). Built-in types have none of these, but the iterators of containers
// have the last two.
//
// Such a function returns a new reference, or null with an error; or a number, or -1 with an error.

import { hasError } from "../model/error";
import {
  ADD,
  AND,
  DIVMOD,
  FLOORDIV,
  LSHIFT,
  MATMUL,
  MOD,
  MUL,
  OR,
  RSHIFT,
  SUB,
  TRUEDIV,
  XOR,
} from "../model/operators.gen";
import { None, NotImplemented } from "../model/singletons";
import {
  MP_LENGTH,
  NB_ADD,
  NB_AND,
  NB_BOOL,
  NB_DIVMOD,
  NB_FLOOR_DIVIDE,
  NB_INPLACE_ADD,
  NB_INPLACE_FLOOR_DIVIDE,
  NB_INPLACE_MATRIX_MULTIPLY,
  NB_INPLACE_POWER,
  NB_LSHIFT,
  NB_MATRIX_MULTIPLY,
  NB_MULTIPLY,
  NB_OR,
  NB_POWER,
  NB_REMAINDER,
  NB_RSHIFT,
  NB_SUBTRACT,
  NB_TRUE_DIVIDE,
  NB_XOR,
  SQ_LENGTH,
} from "../model/slots.gen";
import { IS_C_TYPE, PyObject, PyType } from "../model/type";

@inline
export function isOfC(o: PyObject): bool {
  return (o.type.flags & IS_C_TYPE) != 0;
}

@inline
function wordOf(table: usize, k: u32): u32 {
  return table == 0 ? 0 : load<u32>(table + ((<usize>k) << 2));
}

@inline
export function numberSlot(o: PyObject, k: u32): u32 {
  return isOfC(o) ? wordOf(o.type.tp_as_number, k) : 0;
}

@inline
export function sequenceSlot(o: PyObject, k: u32): u32 {
  return isOfC(o) ? wordOf(o.type.tp_as_sequence, k) : 0;
}

@inline
export function mappingSlot(o: PyObject, k: u32): u32 {
  return isOfC(o) ? wordOf(o.type.tp_as_mapping, k) : 0;
}

@inline
export function iterSlot(o: PyObject): u32 {
  return o.type.tp_iter;
}

@inline
export function nextSlot(o: PyObject): u32 {
  return o.type.tp_iternext;
}

// ---- calls ----

@inline
export function callUnary(f: u32, o: PyObject): PyObject | null {
  return call_indirect<PyObject | null>(f, o);
}

@inline
export function callBinary(f: u32, a: PyObject, b: PyObject): PyObject | null {
  return call_indirect<PyObject | null>(f, a, b);
}

@inline
export function callIndexed(f: u32, o: PyObject, k: i32): PyObject | null {
  return call_indirect<PyObject | null>(f, o, k);
}

@inline
function callInquiry(f: u32, o: PyObject): i32 {
  return call_indirect<i32>(f, o);
}

@inline
export function callContains(f: u32, o: PyObject, item: PyObject): i32 {
  return call_indirect<i32>(f, o, item);
}

@inline
export function callAssign(f: u32, o: PyObject, key: PyObject, value: PyObject | null): i32 {
  return call_indirect<i32>(f, o, key, value);
}

@inline
export function callAssignIndexed(f: u32, o: PyObject, k: i32, value: PyObject | null): i32 {
  return call_indirect<i32>(f, o, k, value);
}

// ---- operators ----

/** The place of a binary operator in tp_as_number. */
function placeOf(operator: i32): u32 {
  switch (operator) {
    case ADD:
      return NB_ADD;
    case SUB:
      return NB_SUBTRACT;
    case MUL:
      return NB_MULTIPLY;
    case TRUEDIV:
      return NB_TRUE_DIVIDE;
    case FLOORDIV:
      return NB_FLOOR_DIVIDE;
    case MOD:
      return NB_REMAINDER;
    case DIVMOD:
      return NB_DIVMOD;
    case LSHIFT:
      return NB_LSHIFT;
    case RSHIFT:
      return NB_RSHIFT;
    case AND:
      return NB_AND;
    case OR:
      return NB_OR;
    case XOR:
      return NB_XOR;
    case MATMUL:
      return NB_MATRIX_MULTIPLY;
    default:
      return NB_POWER;
  }
}

/** The place of the in-place operator (+= for +). */
function placeInPlace(operator: i32): u32 {
  const place = placeOf(operator);
  if (place == NB_FLOOR_DIVIDE || place == NB_TRUE_DIVIDE) return place - NB_FLOOR_DIVIDE + NB_INPLACE_FLOOR_DIVIDE;
  if (place == NB_MATRIX_MULTIPLY) return NB_INPLACE_MATRIX_MULTIPLY;
  if (place == NB_POWER) return NB_INPLACE_POWER;
  // The operators from + to % have consecutive places, and so have those from << to |.
  return place < NB_DIVMOD ? NB_INPLACE_ADD + place : NB_INPLACE_POWER + 1 + place - NB_LSHIFT;
}

@inline
function apply(f: u32, place: u32, a: PyObject, b: PyObject, modulus: PyObject): PyObject | null {
  if (place == NB_POWER || place == NB_INPLACE_POWER) return call_indirect<PyObject | null>(f, a, b, modulus);
  return call_indirect<PyObject | null>(f, a, b);
}

function isDerived(type: PyType, base: PyType): bool {
  let at: PyType | null = type.base;
  while (at) {
    if (at === base) return true;
    at = at.base;
  }
  return false;
}

/**
 * a <operator> b by the functions of their types: first b's if its type is derived from a's, then a's, then b's; for a power with a
 * modulus, also the modulus's. NotImplemented if none of them can do it.
 */
export function slotBinary(a: PyObject, b: PyObject, operator: i32, modulus: PyObject): PyObject | null {
  const place = placeOf(operator);
  // Built-in types have these functions, too: an int is the left operand of a type that is derived from int.
  let left = wordOf(a.type.tp_as_number, place);
  let right = a.type === b.type ? 0 : wordOf(b.type.tp_as_number, place);
  if (left == right) right = 0;
  if (left != 0 && right != 0 && isDerived(b.type, a.type)) {
    const result = apply(right, place, a, b, modulus);
    if (result !== NotImplemented()) return result;
    right = 0;
  }
  if (left != 0) {
    const result = apply(left, place, a, b, modulus);
    if (result !== NotImplemented()) return result;
  }
  if (right != 0) {
    const result = apply(right, place, a, b, modulus);
    if (result !== NotImplemented()) return result;
  }
  if (place != NB_POWER || modulus === None()) return NotImplemented();
  const third = wordOf(modulus.type.tp_as_number, place);
  return third == 0 || third == left || third == right ? NotImplemented() : apply(third, place, a, b, modulus);
}

/**
 * a <operator>= b by the function of a's type. NotImplemented if the type has no such function, or if the function
 * can't do it.
 */
export function slotInPlace(a: PyObject, b: PyObject, operator: i32, modulus: PyObject): PyObject | null {
  const place = placeInPlace(operator);
  const f = numberSlot(a, place);
  return f == 0 ? NotImplemented() : apply(f, place, a, b, modulus);
}

// ---- length, truth, items ----

/** len(o) by the type's functions; NO_LENGTH if the type has none; -1 with an error. */
export function slotLength(o: PyObject): i32 {
  const f = sequenceSlot(o, SQ_LENGTH);
  if (f != 0) return callInquiry(f, o);
  const g = mappingSlot(o, MP_LENGTH);
  return g != 0 ? callInquiry(g, o) : NO_LENGTH;
}

export const NO_LENGTH: i32 = -2;

/** Whether the object is true, by the type's functions: 1 or 0; -1 with an error. */
export function slotTruth(o: PyObject): i32 {
  const f = numberSlot(o, NB_BOOL);
  if (f != 0) return callInquiry(f, o);
  const n = slotLength(o);
  return n == NO_LENGTH ? 1 : n > 0 ? 1 : n;
}

/**
 * The index to pass to sq_item: a negative one counts from the end. It is still negative if it is out of range;
 * FAILED_INDEX with an error.
 */
export function slotIndex(o: PyObject, k: i32): i32 {
  if (k >= 0 || sequenceSlot(o, SQ_LENGTH) == 0) return k;
  const n = callInquiry(sequenceSlot(o, SQ_LENGTH), o);
  // FAILED_INDEX itself is given in with an empty object: any other negative index says the same.
  return n < 0 && hasError() ? FAILED_INDEX : max(k + n, FAILED_INDEX + 1);
}

export const FAILED_INDEX: i32 = i32.MIN_VALUE;
