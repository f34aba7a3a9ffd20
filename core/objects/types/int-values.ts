// Converts numbers and words of 32 bits to ints, and back.

import { raiseInfinityToInt, raiseIntToFloat, raiseNanToInt } from "../model/raises.gen";
import { PyObject } from "../model/type";
import { bitLength, DIGIT_BITS, DIGIT_MASK, digitAt, setDigitAt, shiftUp } from "./digits";
import { finish, int_from_i32, newLong, PyLong } from "./int";

export function int_from_i64(v: i64): PyObject | null {
  if (v > -(1 << 30) && v < 1 << 30) return int_from_i32(<i32>v);
  return int_from_magnitude(v < 0 ? <u64>-v : <u64>v, v < 0);
}

export function int_from_magnitude(v: u64, negative: bool): PyObject | null {
  const n: u32 = v >> 30 == 0 ? 1 : v >> 60 == 0 ? 2 : 3;
  const z = newLong(n);
  if (!z) return null;
  for (let k: u32 = 0; k < n; k++) {
    setDigitAt(z.row, k, <u32>v & DIGIT_MASK);
    v >>= DIGIT_BITS;
  }
  return finish(z, n, negative);
}

/** PyLong_FromDouble: the whole part. */
export function int_from_f64(v: f64): PyObject | null {
  if (isNaN(v)) {
    raiseNanToInt();
    return null;
  }
  if (!isFinite(v)) {
    raiseInfinityToInt();
    return null;
  }
  const size = abs(v);
  if (size < 1073741824.0) return int_from_i32(<i32>v);
  if (size < 9223372036854775808.0) return int_from_i64(<i64>v);
  const bits = reinterpret<u64>(size);
  const mantissa = (bits & 0x000fffffffffffff) | 0x0010000000000000;
  return shiftedMagnitude(mantissa, <u32>(bits >> 52) - 1075, v < 0);
}

function shiftedMagnitude(v: u64, shift: u32, negative: bool): PyObject | null {
  const skip = shift / DIGIT_BITS;
  const n = skip + 4;
  const z = newLong(n);
  if (!z) return null;
  memory.fill(z.row, 0, (<usize>n) << 2);
  const row = z.row + ((<usize>skip) << 2);
  for (let k: u32 = 0; k < 3; k++) setDigitAt(row, k, <u32>(v >> (<u64>k * DIGIT_BITS)) & DIGIT_MASK);
  shiftUp(row, row, 3, shift % DIGIT_BITS);
  return finish(z, n, negative);
}

/** The int of `n` words of 32 bits, the lowest first. The host passes large numbers in this form. */
export function int_from_words(words: usize, n: u32, negative: bool): PyObject | null {
  const digits = <u32>((<u64>n * 32 + DIGIT_BITS - 1) / DIGIT_BITS);
  const z = newLong(max<u32>(1, digits));
  if (!z) return null;
  z.digit = 0;
  let bits: u64 = 0;
  let have: u32 = 0;
  let k: u32 = 0;
  for (let j: u32 = 0; j < n; j++) {
    bits |= (<u64>load<u32>(words + ((<usize>j) << 2))) << have;
    have += 32;
    while (have >= DIGIT_BITS) {
      setDigitAt(z.row, k++, <u32>bits & DIGIT_MASK);
      bits >>= DIGIT_BITS;
      have -= DIGIT_BITS;
    }
  }
  if (k < digits) setDigitAt(z.row, k++, <u32>bits);
  return finish(z, max<u32>(1, digits), negative);
}

/** The number of words that int_to_words writes. */
export function int_words(a: PyLong): u32 {
  return <u32>((bitLength(a.row, a.digits) + 31) >> 5);
}

/** Writes the magnitude as words of 32 bits, the lowest first. */
export function int_to_words(a: PyLong, words: usize): void {
  const n = a.digits;
  let bits: u64 = 0;
  let have: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    bits |= (<u64>digitAt(a.row, k)) << have;
    have += DIGIT_BITS;
    if (have >= 32) {
      store<u32>(words, <u32>bits);
      words += 4;
      bits >>= 32;
      have -= 32;
    }
  }
  if (bits != 0) store<u32>(words, <u32>bits);
}

/** Whether an int has at most two digits: |value| < 2^60. */
@inline
export function isShort(a: PyLong): bool {
  return a.tag < 24;
}

/** The value of a short int. */
@inline
export function shortValue(a: PyLong): i64 {
  let v: i64 = a.digit;
  if (a.tag >= 16) v |= (<i64>digitAt(a.row, 1)) << DIGIT_BITS;
  return a.isNegative ? -v : v;
}

/** The value, or the nearest i32. As an index, a number beyond i32 is out of range anyway. */
export function int_as_index(a: PyLong): i32 {
  if (a.isCompact) return a.compactValue;
  if (isShort(a)) {
    const v = shortValue(a);
    if (v >= i32.MIN_VALUE && v <= i32.MAX_VALUE) return <i32>v;
  }
  return a.isNegative ? i32.MIN_VALUE : i32.MAX_VALUE;
}

/** Whether int_as_index returns the value itself. */
export function int_is_index(a: PyLong): bool {
  return isShort(a) && shortValue(a) == <i64>int_as_index(a);
}

/** Whether the value is at most 2^53 - 1 in size, so that a double holds it and its neighbours exactly. */
export function int_is_safe(a: PyLong): bool {
  return isShort(a) && bitLength(a.row, a.digits) <= 53;
}

/** The highest 64 bits of a magnitude with more than 64 bits. The lowest of them is also set if any bit below it is set. */
export function topBits(a: PyLong): u64 {
  const n = a.digits;
  const row = a.row;
  const bits = bitLength(row, n);
  const shift = bits - 64;
  let k = <u32>(shift / DIGIT_BITS);
  const within = <u32>(shift % DIGIT_BITS);
  let top = <u64>digitAt(row, k) >> within;
  let sticky = (digitAt(row, k) & ((1 << within) - 1)) != 0;
  let have = DIGIT_BITS - within;
  for (let j = k + 1; j < n; j++) {
    top |= (<u64>digitAt(row, j)) << have;
    have += DIGIT_BITS;
  }
  while (!sticky && k-- > 0) sticky = digitAt(row, k) != 0;
  return sticky ? top | 1 : top;
}

/** x * 2^e, exact if the result can be represented. */
export function scaled(x: f64, e: i32): f64 {
  while (e > 1023) {
    x *= reinterpret<f64>((<u64>2046) << 52);
    e -= 1023;
  }
  while (e < -1022) {
    x *= reinterpret<f64>((<u64>1) << 52);
    e += 1022;
  }
  return x * reinterpret<f64>((<u64>(e + 1023)) << 52);
}

/** The nearest float, ties to even. OverflowError if there is none. */
export function int_as_f64(a: PyLong): f64 {
  if (isShort(a)) return <f64>shortValue(a);
  const bits = bitLength(a.row, a.digits);
  let v: f64 = Infinity;
  if (bits <= 64) {
    let m: u64 = 0;
    for (let k = a.digits; k-- > 0; ) m = (m << DIGIT_BITS) | digitAt(a.row, k);
    v = <f64>m;
  } else if (bits <= 1024) v = scaled(<f64>topBits(a), <i32>(bits - 64));
  if (!isFinite(v)) {
    raiseIntToFloat();
    return 0;
  }
  return a.isNegative ? -v : v;
}
