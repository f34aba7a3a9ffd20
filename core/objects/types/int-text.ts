// int(text, base): reads ints that are written as text.
//
//   spaces  sign  prefix  digits  spaces         a single _ may be between digits; prefixes 0b, 0o, 0x for their base, or base 0
//
// Digits and spaces are those of ASCII.

import { raiseDigits } from "../model/raises.gen";
import { SCRATCH_AT } from "../../ground/control";
import { decref } from "../model/refcount";
import { at } from "../model/state";
import { PyObject } from "../model/type";
import { charOf } from "../text/str";
import { DIGIT_BITS, DIGIT_MASK, digitAt, setDigitAt } from "./digits";
import { finish, MOST_DECIMALS, newLong, PyLong } from "./int";

/** A text that is being read. At its end, `char` is 0. */
@unmanaged
export class Text {
  data: usize;
  width: u32;
  length: u32;
  at: u32;

  @inline
  get char(): u32 {
    return this.at < this.length ? charOf(this.data, this.width, this.at) : 0;
  }

  @inline
  charAfter(n: u32): u32 {
    return this.at + n < this.length ? charOf(this.data, this.width, this.at + n) : 0;
  }

  skipSpaces(): void {
    while (isSpace(this.char)) this.at++;
  }
}

/** Starts reading a text. */
export function textOf(data: usize, width: u32, length: u32): Text {
  const t = changetype<Text>(at(SCRATCH_AT + TEXT_OFFSET));
  t.data = data;
  t.width = width;
  t.length = length;
  t.at = 0;
  return t;
}

/** The place of the Text in the control block's scratch, after the bytes that abstract.ts uses. */
const TEXT_OFFSET: usize = 64;

/** Py_ISSPACE. */
@inline
function isSpace(char: u32): bool {
  return char == 0x20 || (char >= 9 && char <= 13);
}

const NO_DIGIT: u32 = 99;

function digitOf(char: u32): u32 {
  if (char >= 0x30 && char <= 0x39) return char - 0x30;
  const letter = char | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x57 : NO_DIGIT;
}

/** The base for a prefix with this letter; 0 if there is no such prefix. */
function baseOf(letter: u32): i32 {
  letter |= 0x20;
  return letter == 0x62 ? 2 : letter == 0x6f ? 8 : letter == 0x78 ? 16 : 0;
}

/** Reads a prefix that fits the base, if there is one. Returns the base; 1 for a 0 that only zeros may follow. */
function readPrefix(t: Text, base: i32): i32 {
  const said = t.char == 0x30 ? baseOf(t.charAfter(1)) : 0;
  if (said != 0 && (base == 0 || base == said)) {
    t.at += 2;
    if (t.char == 0x5f) t.at++;
    return said;
  }
  if (base != 0) return base;
  return t.char == 0x30 ? 1 : 10;
}

/** The number of digits that follow. 0 if they are not a valid number; `t.at` is then moved to an underscore that stands wrong behind a digit. */
function countDigits(t: Text, base: u32): u32 {
  let n: u32 = 0;
  let k: u32 = 0;
  let wasLine = true;
  for (; ; k++) {
    const char = t.charAfter(k);
    if (char == 0x5f) {
      if (wasLine) break;
      wasLine = true;
    } else if (digitOf(char) < base) {
      n++;
      wasLine = false;
    } else break;
  }
  if (!wasLine) return n;
  if (k > 0) t.at += k - 1;
  return 0;
}

function bitsFor(base: u32): u32 {
  return 32 - clz<u32>(base - 1);
}

/** Reads `n` digits of `bits` bits each into the row, which has room for them. */
function readBits(t: Text, bits: u32, n: u32, row: usize): void {
  for (; n > 0; t.at++) {
    const digit = digitOf(t.char);
    if (digit == NO_DIGIT) continue;
    const place = <u64>--n * bits;
    const k = <u32>(place / DIGIT_BITS);
    const v = (<u64>digit) << (place % DIGIT_BITS);
    setDigitAt(row, k, digitAt(row, k) | (<u32>v & DIGIT_MASK));
    if (v > DIGIT_MASK) setDigitAt(row, k + 1, digitAt(row, k + 1) | <u32>(v >> DIGIT_BITS));
  }
}

/** The int of `n` digits; null with an error. */
function readDigits(t: Text, base: u32, n: u32, negative: bool): PyObject | null {
  const isPower = (base & (base - 1)) == 0;
  if (!isPower && n > MOST_DECIMALS) {
    raiseDigits(MOST_DECIMALS);
    return null;
  }
  const room = <u32>((<u64>n * bitsFor(base)) / DIGIT_BITS) + 1;
  const z = newLong(room);
  if (!z) return null;
  memory.fill(z.row, 0, (<usize>room) << 2);
  if (isPower) {
    readBits(t, bitsFor(base), n, z.row);
    return finish(z, room, negative);
  }
  let used: u32 = 0;
  for (; n > 0; t.at++) {
    const digit = digitOf(t.char);
    if (digit >= base) continue;
    n--;
    let carry: u64 = digit;
    for (let k: u32 = 0; k < used; k++) {
      carry += <u64>digitAt(z.row, k) * base;
      setDigitAt(z.row, k, <u32>carry & DIGIT_MASK);
      carry >>= DIGIT_BITS;
    }
    if (carry != 0) setDigitAt(z.row, used++, <u32>carry);
  }
  return finish(z, room, negative);
}

/** What CPython's message for a text that is no int calls its base: that of a prefix; 0 for digits behind a 0; else 10. Keeps `t.at`. */
export function baseInText(t: Text): i32 {
  const at = t.at;
  t.at = 0;
  t.skipSpaces();
  if (t.char == 0x2d || t.char == 0x2b) t.at++;
  const said = t.char == 0x30 ? baseOf(t.charAfter(1)) : 10;
  t.at = at;
  return said;
}

/**
 * The int in the text. `t.at` becomes the place where reading stopped. null without an error if the text is not an int;
 * null with an error for any other reason.
 */
export function int_read(t: Text, base: i32): PyObject | null {
  t.skipSpaces();
  const negative = t.char == 0x2d;
  if (negative || t.char == 0x2b) t.at++;
  const found = readPrefix(t, base);
  const n = countDigits(t, found == 1 ? 10 : found);
  if (n == 0) return null;
  const z = readDigits(t, found == 1 ? 10 : found, n, negative);
  if (!z) return null;
  t.skipSpaces();
  if (t.at == t.length && (found != 1 || changetype<PyLong>(z).isZero)) return z;
  decref(z);
  return null;
}
