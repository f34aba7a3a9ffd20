// PyUnicode_*: comparing strings with each other, and with text in C.

import { raiseCantCompare, raiseFirstMustBeStr, raiseSecondMustBeStr } from "../../model/raises.gen";
import { STR } from "../../model/kinds.gen";
import { NotImplemented } from "../../model/singletons";
import { isA, PyObject } from "../../model/type";
import { PyStr, sameBytes, str_equal, str_order } from "../../text/str";
import { str_compare } from "../../types/protocol";
import { lengthOfC } from "../runtime/utf8";

/** -1, 0 or 1; -1 with an error if one is not a string. */
export function PyUnicode_Compare(a: PyObject, b: PyObject): i32 {
  if (isA(a, STR) && isA(b, STR)) {
    const order = str_order(changetype<PyStr>(a), changetype<PyStr>(b));
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  raiseCantCompare(a, b);
  return -1;
}

/** Compares with bytes that are read as Latin-1; never fails. */
export function PyUnicode_CompareWithASCIIString(o: PyObject, text: usize): i32 {
  const s = changetype<PyStr>(o);
  const n = lengthOfC(text);
  for (let k: u32 = 0; k < s.length && k < n; k++) {
    const x = s.charAt(k);
    const y: u32 = load<u8>(text + k);
    if (x != y) return x < y ? -1 : 1;
  }
  return s.length < n ? -1 : s.length > n ? 1 : 0;
}

/** Whether the string's UTF-8 equals these bytes; never fails. */
export function PyUnicode_EqualToUTF8AndSize(o: PyObject, text: usize, n: i32): i32 {
  const s = changetype<PyStr>(o);
  if (s.isAscii) return <i32>s.length == n && sameBytes(s.data, text, n) ? 1 : 0;
  let at: i32 = 0;
  for (let k: u32 = 0; k < s.length; k++) {
    const char = s.charAt(k);
    const size: i32 = char < 0x80 ? 1 : char < 0x800 ? 2 : char < 0x10000 ? 3 : 4;
    if (n - at < size || utf8At(text + at, size) != char) return 0;
    at += size;
  }
  return at == n ? 1 : 0;
}

/**
 * The character that `size` bytes of UTF-8 encode. If their marker bits are wrong: a value that is not a character.
 */
function utf8At(at: usize, size: u32): u32 {
  const first: u32 = load<u8>(at);
  if (size == 1) return first;
  if (first >> (7 - size) != (1 << (size + 1)) - 2) return u32.MAX_VALUE;
  let char = first & (0xff >> (size + 1));
  for (let k: u32 = 1; k < size; k++) {
    const byte: u32 = load<u8>(at + k);
    if ((byte & 0xc0) != 0x80) return u32.MAX_VALUE;
    char = (char << 6) | (byte & 0x3f);
  }
  return char;
}

export function PyUnicode_EqualToUTF8(o: PyObject, text: usize): i32 {
  return PyUnicode_EqualToUTF8AndSize(o, text, lengthOfC(text));
}

/** 1 or 0; -1 with TypeError if one is not a string. */
export function PyUnicode_Equal(a: PyObject, b: PyObject): i32 {
  if (!isA(a, STR)) raiseFirstMustBeStr(a);
  else if (!isA(b, STR)) raiseSecondMustBeStr(b);
  else return str_equal(changetype<PyStr>(a), changetype<PyStr>(b)) ? 1 : 0;
  return -1;
}

export function PyUnicode_RichCompare(a: PyObject, b: PyObject, op: i32): PyObject {
  return isA(a, STR) ? str_compare(a, b, op) : NotImplemented();
}
