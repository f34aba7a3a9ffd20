// Ints of any size: a sign, and digits of 30 bits, the lowest first. This file makes them; int-*.ts have their
// operations.
//
//   refcnt | type | tag | digit, digit, ...        tag = digits << 3 | sign, sign 0: positive, 1: zero, 2: negative
//
// Ints from -5 to 256 exist once (POLICY_SMALL_INTS). Ints of one digit have a free list. A bool has the layout of an int, and another type.
// Invariants (int_valid): the highest digit is not 0; sign is 1 iff there are no digits.
// Every function that returns an object returns a new reference, or null with an error raised.

import { MAX_REQUEST } from "../../ground/config";
import { INT } from "../model/kinds.gen";
import { freeFixed, freeObject, newFixed, newObject, requestFor, shrinkObject } from "../model/memory";
import { hasPolicy, POLICY_SMALL_INTS } from "../model/settings";
import { False, True } from "../model/singletons";
import { at, SMALL_INT_MIN, SMALL_INTS, SMALL_INTS_AT } from "../model/state";
import { PyObject, typeOf } from "../model/type";
import { DIGIT_MASK, digitAt, trimmed } from "./digits";

const HEADER: usize = 12;
const ONE_DIGIT_BYTES: usize = 16;
const POSITIVE: u32 = 0;
const ZERO: u32 = 1;
const NEGATIVE: u32 = 2;
/** The bits of the tag that hold the sign; above them is the number of digits. */
export const SIGN_MASK: u32 = 3;
export const SIZE_SHIFT: u32 = 3;
/** The most digits that fit into the largest request. */
export const MOST_DIGITS: u32 = <u32>((MAX_REQUEST - HEADER) / 4);
/** The largest number of decimal digits that is read or written, as in CPython (sys.get_int_max_str_digits). */
export const MOST_DECIMALS: u32 = 4300;

@unmanaged
export class PyLong extends PyObject {
  tag: u32;
  /** The lowest digit; 0 for 0. */
  digit: u32;

  @inline
  get digits(): u32 {
    return this.tag >> SIZE_SHIFT;
  }

  @inline
  get row(): usize {
    return changetype<usize>(this) + HEADER;
  }

  @inline
  get isNegative(): bool {
    return (this.tag & SIGN_MASK) == NEGATIVE;
  }

  @inline
  get isZero(): bool {
    return (this.tag & SIGN_MASK) == ZERO;
  }

  @inline
  get sign(): i32 {
    return 1 - <i32>(this.tag & SIGN_MASK);
  }

  /** Whether there is at most one digit: the value is then `sign * digit`. */
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
  return n < 2 ? ONE_DIGIT_BYTES : HEADER + ((<usize>n) << 2);
}

@inline
export function smallInt(v: i32): PyLong {
  return changetype<PyLong>(at(SMALL_INTS_AT) + <usize>(v - SMALL_INT_MIN) * ONE_DIGIT_BYTES);
}

@inline
function writeSmall(z: PyLong, v: i32): void {
  z.tag = tagOf(v == 0 ? 0 : 1, v < 0);
  z.digit = <u32>abs(v);
}

/** Makes the small ints, False and True. */
export function int_begin(refcnt: u32): void {
  for (let v = SMALL_INT_MIN; v < SMALL_INT_MIN + SMALL_INTS; v++) {
    const z = smallInt(v);
    z.refcnt = refcnt;
    z.type = typeOf(INT);
    writeSmall(z, v);
  }
  writeSmall(changetype<PyLong>(False()), 0);
  writeSmall(changetype<PyLong>(True()), 1);
}

/** An int of `n` >= 1 digits, which are not written yet. */
export function newLong(n: u32): PyLong | null {
  const o = n == 1 ? newFixed(typeOf(INT)) : newObject(typeOf(INT), requestFor(HEADER, n, 4));
  if (o) changetype<PyLong>(o).tag = n << SIZE_SHIFT;
  return changetype<PyLong | null>(o);
}

/** Completes an int from newLong(n) whose `n` digits were written: removes leading zeros, and returns the shared int if it is small. */
export function finish(z: PyLong, n: u32, negative: bool): PyObject | null {
  const left = trimmed(z.row, n);
  if (left < 2) {
    const digit = left == 0 ? 0 : <i32>z.digit;
    const v = negative ? -digit : digit;
    const small = hasPolicy(POLICY_SMALL_INTS) && v >= SMALL_INT_MIN && v < SMALL_INT_MIN + SMALL_INTS;
    if (n > 1 || small) {
      // This block may be too large for the free list of ints with one digit.
      z.tag = n << SIZE_SHIFT;
      int_dealloc(z);
      return int_from_i32(v);
    }
    writeSmall(z, v);
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

export function int_valid(a: PyLong): bool {
  const n = a.digits;
  for (let k: u32 = 0; k < n; k++) if (digitAt(a.row, k) > DIGIT_MASK) return false;
  return n == 0 ? a.tag == ZERO : digitAt(a.row, n - 1) != 0 && !a.isZero && (a.tag & 7) != 3;
}

/** The int for a number with |v| < 2^30. */
export function int_from_i32(v: i32): PyObject | null {
  if (v >= SMALL_INT_MIN && v < SMALL_INT_MIN + SMALL_INTS && hasPolicy(POLICY_SMALL_INTS)) return smallInt(v);
  const z = changetype<PyLong | null>(newFixed(typeOf(INT)));
  if (z) writeSmall(z, v);
  return z;
}
