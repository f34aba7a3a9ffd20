// Arithmetic of ints. Quotients are rounded down, and remainders have the divisor's sign, as in Python.

import { raiseDivision, raiseDivisionToFloat } from "../model/raises.gen";
import { INT } from "../model/kinds.gen";
import { freeBlock, newBlock, requestFor } from "../model/memory";
import { decref, incref, xdecref } from "../model/refcount";
import { True } from "../model/singletons";
import { isKind, PyObject } from "../model/type";
import {
  addDigits,
  bitLength,
  compareDigits,
  DIGIT_BITS,
  divideByDigit,
  divideDigits,
  multiplyDigits,
  setDigitAt,
  shiftUp,
  subtractDigits,
  workDigits,
} from "./digits";
import { finish, int_dealloc, int_from_i32, newLong, PyLong } from "./int";
import { wholeMagnitude } from "./int-compare";
import { int_from_i64, int_is_safe, isShort, scaled, shortValue } from "./int-values";

/** a + b, or a - b. */
export function int_add(a: PyLong, b: PyLong, subtract: bool): PyObject | null {
  if (isShort(a) && isShort(b)) {
    const y = shortValue(b);
    return int_from_i64(shortValue(a) + (subtract ? -y : y));
  }
  const negativeB = b.isNegative != subtract;
  const order = compareDigits(a.row, a.digits, b.row, b.digits);
  const large = order < 0 ? b : a;
  const less = order < 0 ? a : b;
  const n = large.digits;
  if (a.isNegative == negativeB) {
    const z = newLong(n + 1);
    if (!z) return null;
    addDigits(z.row, large.row, n, less.row, less.digits);
    return finish(z, n + 1, a.isNegative);
  }
  const z = newLong(max<u32>(1, n));
  if (!z) return null;
  subtractDigits(z.row, large.row, n, less.row, less.digits);
  return finish(z, n, order < 0 ? negativeB : a.isNegative);
}

export function int_mul(a: PyLong, b: PyLong): PyObject | null {
  if (a.isCompact && b.isCompact) return int_from_i64(<i64>a.compactValue * <i64>b.compactValue);
  const an = a.digits;
  const bn = b.digits;
  if (an == 0 || bn == 0) return int_from_i32(0);
  const digits = workDigits(an, bn);
  const work = digits == 0 ? <usize>0 : newBlock(requestFor(0, digits, 4));
  if (work == 0 && digits != 0) return null;
  const z = newLong(an + bn);
  if (z) multiplyDigits(z.row, a.row, an, b.row, bn, work);
  if (work != 0) freeBlock(work);
  return z ? finish(z, an + bn, a.isNegative != b.isNegative) : null;
}

/** The quotient, rounded towards zero, or the remainder that belongs to it, which has the sign of `a`. */
function divide(a: PyLong, b: PyLong, quotient: bool): PyObject | null {
  const an = a.digits;
  const bn = b.digits;
  const negative = quotient ? a.isNegative != b.isNegative : a.isNegative;
  if (compareDigits(a.row, an, b.row, bn) < 0) {
    if (quotient) return int_from_i32(0);
    return exact(a);
  }
  if (bn == 1) {
    const z = newLong(an);
    if (!z) return null;
    const left = divideByDigit(z.row, a.row, an, b.digit);
    if (quotient) return finish(z, an, negative);
    int_dealloc(z);
    return int_from_i64(negative ? -(<i64>left) : left);
  }
  const qn = an - bn + 1;
  const q = newLong(qn);
  const r = newLong(an + 1);
  const divisor = newBlock((<usize>(bn + 1)) << 2);
  let answer: PyObject | null = null;
  if (q && r && divisor != 0) {
    divideDigits(q.row, r.row, a.row, an, b.row, bn, divisor);
    if (quotient) answer = finish(q, qn, negative);
    else {
      for (let k = bn; k <= an; k++) setDigitAt(r.row, k, 0);
      answer = finish(r, an + 1, negative);
    }
  }
  if (divisor != 0) freeBlock(divisor);
  if (q && (!quotient || divisor == 0 || !r)) int_dealloc(q);
  if (r && (quotient || divisor == 0 || !q)) int_dealloc(r);
  return answer;
}

/** The int itself, a new reference; for a bool, or an int of a derived type, an int with the same value. */
function exact(a: PyLong): PyObject | null {
  if (isKind(a, INT)) return incref<PyObject>(a);
  return a.isCompact ? int_from_i32(a.compactValue) : withSign(a, a.isNegative);
}

/** a // b */
export function int_floordiv(a: PyLong, b: PyLong): PyObject | null {
  if (b.isZero) return divisionByZero();
  if (isShort(a) && isShort(b)) {
    const x = shortValue(a);
    const y = shortValue(b);
    const q = x / y;
    return int_from_i64(x % y != 0 && x < 0 != y < 0 ? q - 1 : q);
  }
  const q = divide(a, b, true);
  if (!q || a.isNegative == b.isNegative) return q;
  // So far the quotient is rounded towards zero. If there is a remainder, the quotient has to be one less.
  const r = divide(a, b, false);
  if (!r) {
    decref(q);
    return null;
  }
  const whole = changetype<PyLong>(r).isZero;
  decref(r);
  if (whole) return q;
  const lower = int_add(changetype<PyLong>(q), changetype<PyLong>(True()), true);
  decref(q);
  return lower;
}

/** a % b, which has the sign of b. */
export function int_mod(a: PyLong, b: PyLong): PyObject | null {
  if (b.isZero) return divisionByZero();
  if (isShort(a) && isShort(b)) {
    const y = shortValue(b);
    const left = shortValue(a) % y;
    return int_from_i64(left != 0 && left < 0 != y < 0 ? left + y : left);
  }
  const r = divide(a, b, false);
  if (!r || changetype<PyLong>(r).isZero || a.isNegative == b.isNegative) return r;
  const answer = int_add(changetype<PyLong>(r), b, false);
  decref(r);
  return answer;
}

function divisionByZero(): PyObject | null {
  raiseDivision();
  return null;
}

/**
 * a / b, the nearest float. The quotient is computed with at least two bits more than a float has, and its last bit is set if
 * there is a remainder; then it is rounded once. hasError() reports division by zero, overflow and lack of memory.
 */
export function int_truediv(a: PyLong, b: PyLong): f64 {
  if (b.isZero) {
    divisionByZero();
    return 0;
  }
  if (int_is_safe(a) && int_is_safe(b)) return <f64>shortValue(a) / <f64>shortValue(b);
  if (a.isZero) return b.isNegative ? -0.0 : 0;
  const difference = <i64>bitLength(a.row, a.digits) - <i64>bitLength(b.row, b.digits);
  if (difference > 1024) return tooLarge();
  const negative = a.isNegative != b.isNegative;
  if (difference < -1076) return negative ? -0.0 : 0;
  const shift = <i32>max<i64>(difference, -1021) - 55;
  const x = shift < 0 ? shifted(a, -shift) : int_abs(a);
  const y = shift > 0 ? shifted(b, shift) : int_abs(b);
  const q = x && y ? divide(changetype<PyLong>(x), changetype<PyLong>(y), true) : null;
  const r = q ? divide(changetype<PyLong>(x!), changetype<PyLong>(y!), false) : null;
  xdecref(x);
  xdecref(y);
  if (!r) {
    xdecref(q);
    return 0;
  }
  let m = wholeMagnitude(changetype<PyLong>(q!));
  if (!changetype<PyLong>(r).isZero) m |= 1;
  decref(q!);
  decref(r);
  const bits = 64 - <i32>clz<u64>(m);
  const extra = <u64>(max(bits, -1021 - shift) - 53);
  const half = (<u64>1) << (extra - 1);
  const low = m & (half | (half - 1));
  m >>= extra;
  if (low > half || (low == half && (m & 1) == 1)) m++;
  const v = scaled(<f64>m, shift + <i32>extra);
  if (!isFinite(v)) return tooLarge();
  return negative ? -v : v;
}

function tooLarge(): f64 {
  raiseDivisionToFloat();
  return 0;
}

/** The negative of an int. Takes over its reference. */
export function negated(z: PyObject): PyObject | null {
  const answer = int_neg(changetype<PyLong>(z));
  decref(z);
  return answer;
}

export function int_neg(a: PyLong): PyObject | null {
  if (a.isCompact) return int_from_i32(-a.compactValue);
  return withSign(a, !a.isNegative);
}

export function int_abs(a: PyLong): PyObject | null {
  if (!a.isNegative) return exact(a);
  return int_neg(a);
}

/** +a: for a bool, an int. */
export function int_pos(a: PyLong): PyObject | null {
  return exact(a);
}

function withSign(a: PyLong, negative: bool): PyObject | null {
  const n = a.digits;
  const z = newLong(n);
  if (!z) return null;
  memory.copy(z.row, a.row, (<usize>n) << 2);
  return finish(z, n, negative);
}

/** |a| << bits */
export function shifted(a: PyLong, bits: u64): PyObject | null {
  const skip = <u32>(bits / DIGIT_BITS);
  const n = a.digits;
  const z = newLong(n + skip + 1);
  if (!z) return null;
  memory.fill(z.row, 0, (<usize>skip) << 2);
  shiftUp(z.row + ((<usize>skip) << 2), a.row, n, <u32>(bits % DIGIT_BITS));
  return finish(z, n + skip + 1, false);
}
