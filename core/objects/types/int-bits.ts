// Operations on the bits of ints, in two's complement: << >> & | ^ ~, and bit_length.

import { raiseNegativeShift, raiseShiftSize } from "../model/raises.gen";
import { AND, OR } from "../model/operators.gen";
import { True } from "../model/singletons";
import { PyObject } from "../model/type";
import { bitLength, DIGIT_BITS, DIGIT_MASK, digitAt, setDigitAt, shiftDown } from "./digits";
import { finish, int_from_i32, MOST_DIGITS, newLong, PyLong } from "./int";
import { int_add, negated, shifted } from "./int-arithmetic";
import { int_from_i64, isShort, shortValue } from "./int-values";

export function int_lshift(a: PyLong, b: PyLong): PyObject | null {
  if (b.isNegative) return negativeShift();
  if (a.isZero) return int_from_i32(0);
  const bits = bitsOfShift(b);
  if (bits / DIGIT_BITS + a.digits > MOST_DIGITS) {
    raiseShiftSize();
    return null;
  }
  if (a.isCompact && bits < 32) return int_from_i64((<i64>a.compactValue) << bits);
  const z = shifted(a, bits);
  return z && a.isNegative ? negated(z) : z;
}

/** The distance of a shift by an int that is not negative. From 2^60 on, returns a distance that no int is long enough for. */
function bitsOfShift(b: PyLong): u64 {
  return isShort(b) ? <u64>shortValue(b) : u64.MAX_VALUE;
}

function negativeShift(): PyObject | null {
  raiseNegativeShift();
  return null;
}

/** a >> b, rounded down. */
export function int_rshift(a: PyLong, b: PyLong): PyObject | null {
  if (b.isNegative) return negativeShift();
  const bits = bitsOfShift(b);
  if (isShort(a)) return int_from_i64(shortValue(a) >> min<u64>(bits, 63));
  const n = a.digits;
  if (bits / DIGIT_BITS >= n) return int_from_i32(a.isNegative ? -1 : 0);
  const skip = <u32>(bits / DIGIT_BITS);
  const within = <u32>(bits % DIGIT_BITS);
  const left = n - skip;
  const z = newLong(left + 1);
  if (!z) return null;
  shiftDown(z.row, a.row + ((<usize>skip) << 2), left, within);
  setDigitAt(z.row, left, 0);
  if (a.isNegative) {
    // If a bit that was shifted out is set, the magnitude is one larger.
    let lost = (digitAt(a.row, skip) & ((1 << within) - 1)) != 0;
    for (let k: u32 = 0; k < skip && !lost; k++) lost = digitAt(a.row, k) != 0;
    for (let k: u32 = 0; lost; k++) {
      const digit = digitAt(z.row, k) + 1;
      setDigitAt(z.row, k, digit & DIGIT_MASK);
      lost = digit > DIGIT_MASK;
    }
  }
  return finish(z, left + 1, a.isNegative);
}

/** Digit `k` of the number in two's complement; `carry` is 1 as long as all digits below were 0. */
@inline
function complementDigit(a: PyLong, k: u32, carry: u32): u32 {
  const digit = k < a.digits ? digitAt(a.row, k) : 0;
  return a.isNegative ? (digit ^ DIGIT_MASK) + carry : digit;
}

@inline
function bitsOf(x: u32, y: u32, operator: i32): u32 {
  return operator == AND ? x & y : operator == OR ? x | y : x ^ y;
}

/** a & b, a | b, a ^ b, in two's complement, with as many digits as needed. */
export function int_bitwise(a: PyLong, b: PyLong, operator: i32): PyObject | null {
  if (isShort(a) && isShort(b)) {
    const x = shortValue(a);
    const y = shortValue(b);
    return int_from_i64(operator == AND ? x & y : operator == OR ? x | y : x ^ y);
  }
  const n = max(a.digits, b.digits) + 1;
  const z = newLong(n);
  if (!z) return null;
  const negative = bitsOf(a.isNegative ? 1 : 0, b.isNegative ? 1 : 0, operator) != 0;
  let carryA: u32 = 1;
  let carryB: u32 = 1;
  let carryZ: u32 = 1;
  for (let k: u32 = 0; k < n; k++) {
    const x = complementDigit(a, k, carryA);
    const y = complementDigit(b, k, carryB);
    carryA = x >> DIGIT_BITS;
    carryB = y >> DIGIT_BITS;
    let digit = bitsOf(x & DIGIT_MASK, y & DIGIT_MASK, operator);
    if (negative) {
      digit = (digit ^ DIGIT_MASK) + carryZ;
      carryZ = digit >> DIGIT_BITS;
    }
    setDigitAt(z.row, k, digit & DIGIT_MASK);
  }
  return finish(z, n, negative);
}

/** ~a == -a - 1 */
export function int_invert(a: PyLong): PyObject | null {
  if (a.isCompact) return int_from_i64(-(<i64>a.compactValue) - 1);
  const z = int_add(a, changetype<PyLong>(True()), false);
  return z ? negated(z) : null;
}

export function int_bit_length(a: PyLong): u64 {
  return bitLength(a.row, a.digits);
}
