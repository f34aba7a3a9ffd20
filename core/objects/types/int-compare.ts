// Compares ints with each other and with floats, and hashes them.

import { HASH_BITS, HASH_MODULUS, notError } from "../model/hash";
import { asBool, NotImplemented } from "../model/singletons";
import { isAnInt, PyObject } from "../model/type";
import { bitLength, compareDigits, DIGIT_BITS, digitAt } from "./digits";
import { PyLong } from "./int";
import { int_is_safe, isShort, shortValue, topBits } from "./int-values";
import { fulfils } from "./protocol";

function int_order(a: PyLong, b: PyLong): i32 {
  if (isShort(a) && isShort(b)) {
    const x = shortValue(a);
    const y = shortValue(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
  const order = compareDigits(a.row, a.digits, b.row, b.digits);
  return a.isNegative ? -order : order;
}

/** Compares with a float other than NaN, exactly: -1, 0 or 1. */
export function int_compare_f64(a: PyLong, x: f64): i32 {
  if (!isFinite(x)) return x > 0 ? -1 : 1;
  if (int_is_safe(a)) {
    const v = <f64>shortValue(a);
    return v < x ? -1 : v > x ? 1 : 0;
  }
  const sign = x > 0 ? 1 : x < 0 ? -1 : 0;
  if (a.sign != sign) return a.sign < sign ? -1 : 1;
  const bits = <i64>bitLength(a.row, a.digits);
  const floatBits = reinterpret<u64>(abs(x));
  const exponent = <i64>(floatBits >> 52) - 1022;
  if (bits != exponent) return bits < exponent ? -sign : sign;
  // Both have the same number of bits: compare the float's 53 bits, followed by zeros, with all bits of the int.
  const mantissa = ((floatBits & 0x000fffffffffffff) | 0x0010000000000000) << 11;
  const m = bits > 64 ? topBits(a) : wholeMagnitude(a) << (64 - bits);
  return m < mantissa ? -sign : m > mantissa ? sign : 0;
}

export function wholeMagnitude(a: PyLong): u64 {
  let m: u64 = 0;
  for (let k = a.digits; k-- > 0; ) m = (m << DIGIT_BITS) | digitAt(a.row, k);
  return m;
}

export function int_richcompare(a: PyObject, b: PyObject, op: i32): PyObject {
  if (!isAnInt(b)) return NotImplemented();
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
  return notError(a.isNegative ? -(<i32>x) : <i32>x);
}
