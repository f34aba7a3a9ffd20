// Ints of any size: a sign and 30-bit digits, the lowest first.
//
//   refcnt | type | tag | digit, digit, ...        tag = digits << 3 | sign, sign 0: positive, 1: zero, 2: negative
//
// Ints from -5 to 256 exist once (POLICY_SMALL_INTS). Those with one digit have a free list. A bool is an int of its own type.
// Invariants (int_valid): the highest digit is not 0; sign is 1 iff there are no digits.
// Every function that answers an object answers a new reference, or null with an error raised.

import {
  BAD_DIGITS,
  BAD_NAN_TO_INT,
  BAD_NEGATIVE_SHIFT,
  BAD_NOT_INVERTIBLE,
  BAD_ZERO_MODULUS,
  E_DIVISION,
  E_OVERFLOW,
  E_VALUE,
  OVER_DIVISION,
  OVER_INFINITY_TO_INT,
  OVER_INT_TO_FLOAT,
  OVER_SHIFT,
  raiseCode,
} from "../model/error";
import { HASH_BITS, HASH_MODULUS, notError } from "../model/hash";
import { BOOL, INT } from "../model/kinds";
import { freeBlock, freeFixed, freeObject, newBlock, newFixed, newObject, shrinkObject } from "../model/memory";
import { AND, OR, XOR } from "../model/operators";
import { decref, incref, xdecref } from "../model/refcount";
import { hasPolicy, POLICY_SMALL_INTS } from "../model/settings";
import { asBool, False, NotImplemented, True } from "../model/singletons";
import { at, SMALL_INT_MIN, SMALL_INTS, SMALL_INTS_AT } from "../model/state";
import { isInt, isKind, PyObject, typeOf } from "../model/type";
import { Writer } from "../text/writer";
import {
  addDigits,
  bitLength,
  compareDigits,
  DIGIT_BITS,
  DIGIT_MASK,
  digitAt,
  divideByDigit,
  divideDigits,
  multiplyDigits,
  setDigitAt,
  shiftDown,
  shiftUp,
  subtractDigits,
  trimmed,
  workDigits,
} from "./digits";
import { fulfils } from "./protocol";

const HEADER: usize = 12;
const ONE_DIGIT_BYTES: usize = 16;
const POSITIVE: u32 = 0;
const ZERO: u32 = 1;
const NEGATIVE: u32 = 2;
/** More digits don't fit a request. */
const MOST_DIGITS: u32 = 0x1ffffff0;
/** More decimal digits are not written, as in CPython (sys.get_int_max_str_digits). */
export const MOST_DECIMALS: u32 = 4300;

@unmanaged
export class PyLong extends PyObject {
  tag: u32;
  /** The lowest digit; 0 for 0. */
  digit: u32;

  @inline
  get digits(): u32 {
    return this.tag >> 3;
  }

  @inline
  get row(): usize {
    return changetype<usize>(this) + HEADER;
  }

  @inline
  get isNegative(): bool {
    return (this.tag & 3) == NEGATIVE;
  }

  @inline
  get isZero(): bool {
    return (this.tag & 3) == ZERO;
  }

  @inline
  get sign(): i32 {
    return 1 - <i32>(this.tag & 3);
  }

  /** At most one digit: the value is `sign * digit`. */
  @inline
  get isCompact(): bool {
    return this.tag < 16;
  }

  @inline
  get compactValue(): i32 {
    return this.sign * <i32>this.digit;
  }
}

@inline
function tagOf(digits: u32, negative: bool): u32 {
  return digits == 0 ? ZERO : (digits << 3) | (negative ? NEGATIVE : POSITIVE);
}

export function int_sizeof(n: u32): usize {
  return n < 2 ? ONE_DIGIT_BYTES : HEADER + (<usize>n << 2);
}

@inline
function smallInt(v: i32): PyLong {
  return changetype<PyLong>(at(SMALL_INTS_AT) + <usize>(v - SMALL_INT_MIN) * ONE_DIGIT_BYTES);
}

@inline
function write(z: PyLong, v: i32): void {
  z.tag = tagOf(v == 0 ? 0 : 1, v < 0);
  z.digit = <u32>abs(v);
}

/** Makes the small ints, False and True. */
export function int_begin(refcnt: u32): void {
  for (let v = SMALL_INT_MIN; v < SMALL_INT_MIN + SMALL_INTS; v++) {
    const z = smallInt(v);
    z.refcnt = refcnt;
    z.type = typeOf(INT);
    write(z, v);
  }
  write(changetype<PyLong>(False()), 0);
  write(changetype<PyLong>(True()), 1);
}

/** An int of `n` >= 1 digits that are not yet written. */
export function newLong(n: u32): PyLong | null {
  const o = n == 1 ? newFixed(typeOf(INT)) : newObject(typeOf(INT), n > MOST_DIGITS ? 0x7ffffff8 : int_sizeof(n));
  if (o) changetype<PyLong>(o).tag = n << 3;
  return changetype<PyLong | null>(o);
}

/** The int whose `n` digits were written to `z`, which newLong(n) made: without leading zeros, and shared if it is small. */
export function finish(z: PyLong, n: u32, negative: bool): PyObject | null {
  const left = trimmed(z.row, n);
  if (left < 2) {
    const digit = left == 0 ? 0 : <i32>z.digit;
    const v = negative ? -digit : digit;
    const small = hasPolicy(POLICY_SMALL_INTS) && v >= SMALL_INT_MIN && v < SMALL_INT_MIN + SMALL_INTS;
    if (n > 1 || small) {
      // The block of two digits could not go to the free list of those with one.
      z.tag = n << 3;
      int_dealloc(z);
      return int_from_i32(v);
    }
    write(z, v);
    return z;
  }
  const whole = left == n ? z : changetype<PyLong>(shrinkObject(z, int_sizeof(n), int_sizeof(left)));
  whole.tag = tagOf(left, negative);
  return whole;
}

export function int_dealloc(o: PyObject): void {
  const n = changetype<PyLong>(o).digits;
  if (n < 2) freeFixed(o);
  else freeObject(o, int_sizeof(n));
}

// ---- from and to values ----

/** |v| < 2^30 */
export function int_from_i32(v: i32): PyObject | null {
  if (v >= SMALL_INT_MIN && v < SMALL_INT_MIN + SMALL_INTS && hasPolicy(POLICY_SMALL_INTS)) return smallInt(v);
  const z = changetype<PyLong | null>(newFixed(typeOf(INT)));
  if (z) write(z, v);
  return z;
}

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
    raiseCode(E_VALUE, BAD_NAN_TO_INT, 0);
    return null;
  }
  if (!isFinite(v)) {
    raiseCode(E_OVERFLOW, OVER_INFINITY_TO_INT, 0);
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
  memory.fill(z.row, 0, <usize>n << 2);
  const row = z.row + (<usize>skip << 2);
  for (let k: u32 = 0; k < 3; k++) setDigitAt(row, k, <u32>(v >> (<u64>k * DIGIT_BITS)) & DIGIT_MASK);
  shiftUp(row, row, 3, shift % DIGIT_BITS);
  return finish(z, n, negative);
}

/** From `n` words of 32 bits, the lowest first: how the host hands over large numbers. */
export function int_from_words(words: usize, n: u32, negative: bool): PyObject | null {
  const digits = <u32>((<u64>n * 32 + DIGIT_BITS - 1) / DIGIT_BITS);
  const z = newLong(max<u32>(1, digits));
  if (!z) return null;
  z.digit = 0;
  let bits: u64 = 0;
  let have: u32 = 0;
  let k: u32 = 0;
  for (let j: u32 = 0; j < n; j++) {
    bits |= (<u64>load<u32>(words + (<usize>j << 2))) << have;
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

/** How many words int_to_words writes. */
export function int_words(a: PyLong): u32 {
  return (bitLength(a.row, a.digits) + 31) >> 5;
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

/** At most two digits: |value| < 2^60. */
@inline
function isShort(a: PyLong): bool {
  return a.tag < 24;
}

@inline
function shortValue(a: PyLong): i64 {
  let v: i64 = a.digit;
  if (a.tag >= 16) v |= (<i64>digitAt(a.row, 1)) << DIGIT_BITS;
  return a.isNegative ? -v : v;
}

/** The value, or the i32 nearest to it: as an index, any number that large is out of range. */
export function int_as_index(a: PyLong): i32 {
  if (a.isCompact) return a.compactValue;
  if (isShort(a)) {
    const v = shortValue(a);
    if (v >= i32.MIN_VALUE && v <= i32.MAX_VALUE) return <i32>v;
  }
  return a.isNegative ? i32.MIN_VALUE : i32.MAX_VALUE;
}

/** Whether int_as_index answers the value itself. */
export function int_is_index(a: PyLong): bool {
  return isShort(a) && shortValue(a) == <i64>int_as_index(a);
}

/** The value is at most 2^53 - 1 in size, so that a double holds it and its neighbours. */
export function int_is_safe(a: PyLong): bool {
  return isShort(a) && bitLength(a.row, a.digits) <= 53;
}

/** The highest 64 bits of a magnitude of more than 64, of which the lowest is set if any below it is. */
function topBits(a: PyLong): u64 {
  const n = a.digits;
  const row = a.row;
  const bits = bitLength(row, n);
  const shift = bits - 64;
  let k = shift / DIGIT_BITS;
  const within = shift % DIGIT_BITS;
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
function scaled(x: f64, e: i32): f64 {
  while (e > 1023) {
    x *= reinterpret<f64>(<u64>2046 << 52);
    e -= 1023;
  }
  while (e < -1022) {
    x *= reinterpret<f64>(<u64>1 << 52);
    e += 1022;
  }
  return x * reinterpret<f64>(<u64>(e + 1023) << 52);
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
  } else if (bits <= 1024) v = scaled(<f64>topBits(a), bits - 64);
  if (!isFinite(v)) {
    raiseCode(E_OVERFLOW, OVER_INT_TO_FLOAT, 0);
    return 0;
  }
  return a.isNegative ? -v : v;
}

// ---- comparison and hash ----

export function int_order(a: PyLong, b: PyLong): i32 {
  if (isShort(a) && isShort(b)) {
    const x = shortValue(a);
    const y = shortValue(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
  const order = compareDigits(a.row, a.digits, b.row, b.digits);
  return a.isNegative ? -order : order;
}

/** Compares with a float that is a number, exactly. */
export function int_compare_f64(a: PyLong, x: f64): i32 {
  if (!isFinite(x)) return x > 0 ? -1 : 1;
  if (int_is_safe(a)) {
    const v = <f64>shortValue(a);
    return v < x ? -1 : v > x ? 1 : 0;
  }
  const sign = x > 0 ? 1 : x < 0 ? -1 : 0;
  if (a.sign != sign) return a.sign < sign ? -1 : 1;
  const bits = <i32>bitLength(a.row, a.digits);
  const floatBits = reinterpret<u64>(abs(x));
  const exponent = <i32>(floatBits >> 52) - 1022;
  if (bits != exponent) return bits < exponent ? -sign : sign;
  // As many bits: the float's 53 first ones, then zeros, against all of the int's.
  const mantissa = ((floatBits & 0x000fffffffffffff) | 0x0010000000000000) << 11;
  const m = bits > 64 ? topBits(a) : wholeMagnitude(a) << <u64>(64 - bits);
  return m < mantissa ? -sign : m > mantissa ? sign : 0;
}

function wholeMagnitude(a: PyLong): u64 {
  let m: u64 = 0;
  for (let k = a.digits; k-- > 0; ) m = (m << DIGIT_BITS) | digitAt(a.row, k);
  return m;
}

export function int_richcompare(a: PyObject, b: PyObject, op: i32): PyObject {
  if (!isInt(b)) return NotImplemented();
  return asBool(fulfils(int_order(changetype<PyLong>(a), changetype<PyLong>(b)), op));
}

export function int_hash(o: PyObject): i32 {
  const a = changetype<PyLong>(o);
  if (a.isCompact) return notError(a.compactValue);
  let x: u32 = 0;
  for (let k = a.digits; k-- > 0; ) {
    x = ((x << DIGIT_BITS) & HASH_MODULUS) | (x >> (HASH_BITS - DIGIT_BITS));
    x += digitAt(a.row, k);
    if (x >= HASH_MODULUS) x -= HASH_MODULUS;
  }
  return notError(a.isNegative ? -<i32>x : <i32>x);
}

// ---- arithmetic ----

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
  const words = workDigits(an, bn);
  let work: usize = 0;
  if (words != 0) {
    work = newBlock(<usize>words << 2);
    if (work == 0) return null;
  }
  const z = newLong(an + bn);
  if (z) multiplyDigits(z.row, a.row, an, b.row, bn, work);
  if (work != 0) freeBlock(work);
  return z ? finish(z, an + bn, a.isNegative != b.isNegative) : null;
}

/** The magnitudes' quotient or remainder. */
function divide(a: PyLong, b: PyLong, quotient: bool): PyObject | null {
  const an = a.digits;
  const bn = b.digits;
  const negative = quotient ? a.isNegative != b.isNegative : a.isNegative;
  if (compareDigits(a.row, an, b.row, bn) < 0) {
    if (quotient) return int_from_i32(0);
    return incref<PyObject>(exact(a));
  }
  if (bn == 1) {
    const z = newLong(an);
    if (!z) return null;
    const left = divideByDigit(z.row, a.row, an, b.digit);
    if (quotient) return finish(z, an, negative);
    int_dealloc(z);
    return int_from_i64(negative ? -<i64>left : left);
  }
  const qn = an - bn + 1;
  const q = newLong(qn);
  const r = newLong(an + 1);
  const divisor = newBlock(<usize>(bn + 1) << 2);
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

/** The int itself; for a bool, the int of the same value, which is a small one. */
@inline
function exact(a: PyLong): PyObject {
  return isKind(a, BOOL) ? smallInt(a.compactValue) : a;
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
  // Rounded towards zero so far: one less if there is a remainder.
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
  raiseCode(E_DIVISION, 0, 0);
  return null;
}

/**
 * a / b, the nearest float: a quotient with two bits more than a float has, and a last bit that tells of a remainder, is rounded
 * once. hasError() tells of division by zero, overflow and memory.
 */
export function int_truediv(a: PyLong, b: PyLong): f64 {
  if (b.isZero) {
    divisionByZero();
    return 0;
  }
  if (int_is_safe(a) && int_is_safe(b)) return <f64>shortValue(a) / <f64>shortValue(b);
  if (a.isZero) return b.isNegative ? -0.0 : 0;
  const difference = <i32>bitLength(a.row, a.digits) - <i32>bitLength(b.row, b.digits);
  if (difference > 1024) return tooLarge();
  const negative = a.isNegative != b.isNegative;
  if (difference < -1076) return negative ? -0.0 : 0;
  const shift = max(difference, -1021) - 55;
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
  const half = <u64>1 << (extra - 1);
  const low = m & (half | (half - 1));
  m >>= extra;
  if (low > half || (low == half && (m & 1) == 1)) m++;
  const v = scaled(<f64>m, shift + <i32>extra);
  if (!isFinite(v)) return tooLarge();
  return negative ? -v : v;
}

function tooLarge(): f64 {
  raiseCode(E_OVERFLOW, OVER_DIVISION, 0);
  return 0;
}

/** |a| << bits */
function shifted(a: PyLong, bits: u32): PyObject | null {
  const skip = bits / DIGIT_BITS;
  const n = a.digits;
  const z = newLong(n + skip + 1);
  if (!z) return null;
  memory.fill(z.row, 0, <usize>skip << 2);
  shiftUp(z.row + (<usize>skip << 2), a.row, n, bits % DIGIT_BITS);
  return finish(z, n + skip + 1, false);
}

export function int_lshift(a: PyLong, b: PyLong): PyObject | null {
  if (b.isNegative) return negativeShift();
  if (a.isZero) return int_from_i32(0);
  const bits = int_as_index(b);
  if (bits == i32.MAX_VALUE || <u64>bits / DIGIT_BITS + a.digits > MOST_DIGITS) {
    raiseCode(E_OVERFLOW, OVER_SHIFT, 0);
    return null;
  }
  if (a.isCompact && bits < 32) return int_from_i64(<i64>a.compactValue << bits);
  const z = shifted(a, bits);
  return z && a.isNegative ? negated(z) : z;
}

/** The positive int with the other sign; takes over its reference. */
function negated(z: PyObject): PyObject | null {
  const answer = int_neg(changetype<PyLong>(z));
  decref(z);
  return answer;
}

function negativeShift(): PyObject | null {
  raiseCode(E_VALUE, BAD_NEGATIVE_SHIFT, 0);
  return null;
}

/** a >> b, rounded down. */
export function int_rshift(a: PyLong, b: PyLong): PyObject | null {
  if (b.isNegative) return negativeShift();
  const bits = int_as_index(b);
  if (isShort(a)) return int_from_i64(shortValue(a) >> min<i64>(bits, 63));
  const skip = <u32>bits / DIGIT_BITS;
  const within = <u32>bits % DIGIT_BITS;
  const n = a.digits;
  if (skip >= n) return int_from_i32(a.isNegative ? -1 : 0);
  const left = n - skip;
  const z = newLong(left + 1);
  if (!z) return null;
  shiftDown(z.row, a.row + (<usize>skip << 2), left, within);
  setDigitAt(z.row, left, 0);
  if (a.isNegative) {
    // Bits that fell off make the magnitude one larger.
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

/** a & b, a | b, a ^ b, of numbers in two's complement with as many digits as it takes. */
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

export function int_neg(a: PyLong): PyObject | null {
  if (a.isCompact) return int_from_i32(-a.compactValue);
  return withSign(a, !a.isNegative);
}

export function int_abs(a: PyLong): PyObject | null {
  if (!a.isNegative) return incref<PyObject>(exact(a));
  return int_neg(a);
}

/** +a: for a bool, an int. */
export function int_pos(a: PyLong): PyObject | null {
  return incref<PyObject>(exact(a));
}

function withSign(a: PyLong, negative: bool): PyObject | null {
  const n = a.digits;
  const z = newLong(n);
  if (!z) return null;
  memory.copy(z.row, a.row, <usize>n << 2);
  return finish(z, n, negative);
}

/** ~a == -a - 1 */
export function int_invert(a: PyLong): PyObject | null {
  if (a.isCompact) return int_from_i64(-<i64>a.compactValue - 1);
  const z = int_add(a, changetype<PyLong>(True()), false);
  return z ? negatedAny(z) : null;
}

function negatedAny(z: PyObject): PyObject | null {
  const answer = int_neg(changetype<PyLong>(z));
  decref(z);
  return answer;
}

export function int_bit_length(a: PyLong): u32 {
  return bitLength(a.row, a.digits);
}

/** Takes over `x`; answers x * y, reduced if there is a modulus. */
function timesModulo(x: PyObject, y: PyLong, modulus: PyLong | null): PyObject | null {
  const product = int_mul(changetype<PyLong>(x), y);
  decref(x);
  if (!product || !modulus) return product;
  const left = int_mod(changetype<PyLong>(product), modulus);
  decref(product);
  return left;
}

/** a ** b for b >= 0, or pow(a, b, modulus): square and multiply, from the highest bit down. */
export function int_pow(a: PyLong, b: PyLong, modulus: PyLong | null): PyObject | null {
  if (modulus && modulus.isZero) {
    raiseCode(E_VALUE, BAD_ZERO_MODULUS, 0);
    return null;
  }
  let base: PyObject | null = null;
  if (b.isNegative) base = inverse(a, modulus!);
  else if (modulus) base = int_mod(a, modulus);
  else base = int_pos(a);
  if (!base) return null;
  let z: PyObject | null = int_from_i32(1);
  if (z && modulus) {
    const one = z;
    z = int_mod(changetype<PyLong>(one), modulus);
    decref(one);
  }
  for (let bit = int_bit_length(b); z && bit-- > 0; ) {
    z = timesModulo(z, changetype<PyLong>(z), modulus);
    const isSet = ((digitAt(b.row, bit / DIGIT_BITS) >> (bit % DIGIT_BITS)) & 1) == 1;
    if (z && isSet) z = timesModulo(z, changetype<PyLong>(base), modulus);
  }
  decref(base);
  return z;
}

/** The number whose product with `a` leaves 1: Euclid's algorithm, with what each remainder is a multiple of. */
function inverse(a: PyLong, modulus: PyLong): PyObject | null {
  let r: PyObject | null = int_mod(a, modulus);
  let last: PyObject | null = int_pos(modulus);
  let x: PyObject | null = int_from_i32(1);
  let lastX: PyObject | null = int_from_i32(0);
  while (r && last && x && lastX && !changetype<PyLong>(r).isZero) {
    const q = int_floordiv(changetype<PyLong>(last), changetype<PyLong>(r));
    const product = q ? int_mul(changetype<PyLong>(q), changetype<PyLong>(r)) : null;
    const productX = q ? int_mul(changetype<PyLong>(q), changetype<PyLong>(x)) : null;
    const next = product ? int_add(changetype<PyLong>(last), changetype<PyLong>(product), true) : null;
    const nextX = productX ? int_add(changetype<PyLong>(lastX), changetype<PyLong>(productX), true) : null;
    xdecref(q);
    xdecref(product);
    xdecref(productX);
    decref(last);
    decref(lastX);
    last = r;
    lastX = x;
    r = next;
    x = nextX;
  }
  let answer: PyObject | null = null;
  if (r && last && x && lastX) {
    const unit = changetype<PyLong>(last);
    if (unit.isCompact && (unit.compactValue == 1 || unit.compactValue == -1)) {
      const positive = unit.isNegative ? int_neg(changetype<PyLong>(lastX)) : int_pos(changetype<PyLong>(lastX));
      if (positive) answer = int_mod(changetype<PyLong>(positive), modulus);
      xdecref(positive);
    } else raiseCode(E_VALUE, BAD_NOT_INVERTIBLE, 0);
  }
  xdecref(r);
  xdecref(last);
  xdecref(x);
  xdecref(lastX);
  return answer;
}

// ---- text ----

const BILLION: u32 = 1000000000;

/** The decimal digits. ValueError if there are more than MOST_DECIMALS. */
export function int_repr(o: PyObject, w: Writer): bool {
  const a = changetype<PyLong>(o);
  if (a.isZero) return w.put(0x30);
  const n = a.digits;
  // A digit has 30 log10(2) = 9.03 decimals.
  if (n > MOST_DECIMALS / 9 + 2) return tooManyDecimals();
  // n digits are at most n * 1.00344 groups of nine decimals, rounded up: n + n / 256 + 1.
  const work = newBlock(<usize>(2 * n + n / 256 + 1) << 2);
  if (work == 0) return false;
  memory.copy(work, a.row, <usize>n << 2);
  // Groups of nine decimals, the lowest first, behind the digits that are left.
  const groups = work + (<usize>n << 2);
  let count: u32 = 0;
  let left = n;
  while (left > 0) {
    setDigitAt(groups, count++, divideByDigit(work, work, left, BILLION));
    left = trimmed(work, left);
  }
  let decimals = (count - 1) * 9;
  for (let top = digitAt(groups, count - 1); top != 0; top /= 10) decimals++;
  const done = decimals > MOST_DECIMALS ? tooManyDecimals() : (!a.isNegative || w.put(0x2d)) && putGroups(w, groups, count);
  freeBlock(work);
  return done;
}

function tooManyDecimals(): bool {
  raiseCode(E_VALUE, BAD_DIGITS, MOST_DECIMALS);
  return false;
}

function putGroups(w: Writer, groups: usize, count: u32): bool {
  for (let k = count; k-- > 0; ) {
    const group = digitAt(groups, k);
    let power: u32 = BILLION / 10;
    if (k == count - 1) while (power > group) power /= 10;
    for (; power != 0; power /= 10) if (!w.put(0x30 + (group / power) % 10)) return false;
  }
  return true;
}

export function int_valid(a: PyLong): bool {
  const n = a.digits;
  for (let k: u32 = 0; k < n; k++) if (digitAt(a.row, k) > DIGIT_MASK) return false;
  return n == 0 ? a.tag == ZERO : digitAt(a.row, n - 1) != 0 && !a.isZero && (a.tag & 7) != 3;
}
