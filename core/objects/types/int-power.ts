// Powers of ints, with or without a modulus.

import { raiseNoMemory } from "../model/raise";
import { raiseNotInvertible, raiseZeroModulus } from "../model/raises.gen";
import { MAX_REQUEST } from "../../ground/config";
import { freeBlock, newBlock, requestFor } from "../model/memory";
import { decref, xdecref } from "../model/refcount";
import { PyObject } from "../model/type";
import { DIGIT_BITS, digitAt, workDigits } from "./digits";
import { int_dealloc, int_from_i32, MOST_DIGITS, newLong, PyLong } from "./int";
import { int_add, int_floordiv, int_mod, int_mul, int_neg, int_pos } from "./int-arithmetic";
import { int_bit_length } from "./int-bits";
import { isShort, shortValue } from "./int-values";

/** Takes over `x`; returns x * y, reduced if there is a modulus. */
function timesModulo(x: PyObject, y: PyLong, modulus: PyLong | null): PyObject | null {
  const product = int_mul(changetype<PyLong>(x), y);
  decref(x);
  if (!product || !modulus) return product;
  const left = int_mod(changetype<PyLong>(product), modulus);
  decref(product);
  return left;
}

/** A power with fewer bits than this is computed without checking the memory first. */
const FEW_BITS: f64 = 65536;

/**
 * Whether there may be memory for the last step of a ** b. This is checked first, because otherwise all steps before it
 * could be in vain.
 */
function mayHavePower(a: PyLong, b: PyLong): bool {
  const bits = int_bit_length(a);
  // A lower bound of the power's bits. The last step squares a number with half of them.
  const least = bits < 2 ? 0 : isShort(b) ? <f64>(bits - 1) * <f64>shortValue(b) : Infinity;
  if (least < FEW_BITS) return true;
  if (least > <f64>MOST_DIGITS * DIGIT_BITS) {
    raiseNoMemory(MAX_REQUEST);
    return false;
  }
  const half = <u32>(least / (2 * DIGIT_BITS));
  const digits = workDigits(half, half);
  const work = digits == 0 ? <usize>0 : newBlock(requestFor(0, digits, 4));
  if (work == 0 && digits != 0) return false;
  const root = newLong(half);
  const power = root ? newLong(2 * half) : null;
  if (power) int_dealloc(power);
  if (root) int_dealloc(root);
  if (work != 0) freeBlock(work);
  return power !== null;
}

/** a ** b for b >= 0, or pow(a, b, modulus): square and multiply, from the highest bit down. */
export function int_pow(a: PyLong, b: PyLong, modulus: PyLong | null): PyObject | null {
  if (modulus && modulus.isZero) {
    raiseZeroModulus();
    return null;
  }
  let base: PyObject | null = null;
  if (b.isNegative) base = inverse(a, modulus!);
  else if (modulus) base = int_mod(a, modulus);
  else base = int_pos(a);
  if (!base) return null;
  let z: PyObject | null = modulus || mayHavePower(a, b) ? int_from_i32(1) : null;
  if (z && modulus) {
    const one = z;
    z = int_mod(changetype<PyLong>(one), modulus);
    decref(one);
  }
  for (let bit = int_bit_length(b); z && bit-- > 0; ) {
    z = timesModulo(z, changetype<PyLong>(z), modulus);
    const isSet = ((digitAt(b.row, <u32>(bit / DIGIT_BITS)) >> <u32>(bit % DIGIT_BITS)) & 1) == 1;
    if (z && isSet) z = timesModulo(z, changetype<PyLong>(base), modulus);
  }
  decref(base);
  return z;
}

/** The number x with (a * x) % modulus == 1, by Euclid's extended algorithm. */
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
    } else raiseNotInvertible();
  }
  xdecref(r);
  xdecref(last);
  xdecref(x);
  xdecref(lastX);
  return answer;
}
