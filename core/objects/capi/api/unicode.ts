// PyUnicode_*: making and reading strings. unicode-search.ts looks for parts of them, unicode-compare.ts compares them.
//
// The UTF-8 of a string that is not ASCII is made when it is first asked for, and lives as long as the string. It is a
// block of the mem domain; two words of the string hold its address and length (str.ts).

import { ascii } from "../../model/ascii";
import { hasError } from "../../model/error";
import {
  E_ENCODE_ASCII,
  E_ENCODE_LATIN,
  E_MAX_CHARACTER,
  E_NEGATIVE_STR,
  E_NEGATIVE_CHARACTERS,
  E_NEGATIVE_STR_FROM,
  E_NULL_STR,
  E_STR_KIND,
} from "../../model/errors.gen";
import { EXC_UNICODE_DECODE } from "../../model/exceptions.gen";
import { clearError, isRaised, raiseError } from "../../model/raise";
import {
  raiseBadArgument,
  raiseCharacter,
  raiseConcatenate,
  raiseDecodeAscii,
  raiseErrorHandler,
  raiseFillCharacter,
  raiseMustBeStr,
  raiseNotStr,
  raiseStrBuffer,
  raiseStringInUse,
  raiseStringIndex,
  raiseTooLargeCharacter,
} from "../../model/raises.gen";
import { STR } from "../../model/kinds.gen";
import { newBlock, requestFor } from "../../model/memory";
import { decref, incref, xdecref } from "../../model/refcount";
import { isA, isKind, PyObject } from "../../model/type";
import {
  copyChars,
  largestOf,
  putChar,
  PyStr,
  str_concat,
  str_exact,
  str_from_char,
  str_from_chars,
  str_new,
  str_slice,
} from "../../text/str";
import { bytes_new } from "../../types/bytes";
import { str_intern } from "../../types/intern";
import { strOfC } from "../runtime/text";
import { keptUtf8, lengthOfC, str_from_utf8, utf8_length, utf8_write } from "../runtime/utf8";
import { badCall, badCallNumber } from "../runtime/complaints";

/** The object as a string; null with TypeError. */
function asStr(o: PyObject | null): PyStr | null {
  if (o && isA(o, STR)) return changetype<PyStr>(o);
  raiseBadArgument();
  return null;
}

/** Like asStr, but the message says "must be str, not ...". */
export function needStr(o: PyObject): PyStr | null {
  if (isA(o, STR)) return changetype<PyStr>(o);
  raiseMustBeStr(o);
  return null;
}

// ---- making ----

/** A string of `n` characters, none above `largest`. All are U+0000 until they are written. */
export function PyUnicode_New(n: i32, largest: u32): PyObject | null {
  if (n < 0 || largest > 0x10ffff) {
    raiseError(n < 0 ? E_NEGATIVE_STR : E_MAX_CHARACTER);
    return null;
  }
  if (n == 0) return str_from_chars(0, 1, 0);
  const s = str_new(n, largest);
  if (s) memory.fill(s.data, 0, <usize>n * s.width);
  return s;
}

export function PyUnicode_FromString(text: usize): PyObject | null {
  return strOfC(text);
}

export function PyUnicode_FromStringAndSize(text: usize, n: i32): PyObject | null {
  if (n < 0 || (text == 0 && n > 0)) {
    raiseError(n < 0 ? E_NEGATIVE_STR_FROM : E_NULL_STR);
    return null;
  }
  return str_from_utf8(text, n);
}

export function PyUnicode_DecodeUTF8(text: usize, n: i32, errors: usize): PyObject | null {
  const s = PyUnicode_FromStringAndSize(text, n);
  if (!s && isRaised(EXC_UNICODE_DECODE)) needHandler(errors);
  return s;
}

/**
 * To be called when text can't be decoded. The only error handler is "strict", which NULL means, too: for another name,
 * the error becomes LookupError.
 */
function needHandler(errors: usize): void {
  if (errors == 0) return;
  if (lengthOfC(errors) == 6 && load<u32>(errors) == <u32>ascii("stri") && load<u16>(errors, 4) == <u16>ascii("ct"))
    return;
  clearError();
  const name = strOfC(errors);
  if (!name) return;
  raiseErrorHandler(name);
  decref(name);
}

/** Every byte is a character, so there is no error to handle. */
export function PyUnicode_DecodeLatin1(text: usize, n: i32, _errors: usize): PyObject | null {
  return PyUnicode_FromKindAndData(1, text, n);
}

export function PyUnicode_DecodeASCII(text: usize, n: i32, errors: usize): PyObject | null {
  for (let k: i32 = 0; k < n; k++) {
    const byte: u32 = load<u8>(text + k);
    if (byte < 0x80) continue;
    raiseDecodeAscii(byte, 1, k);
    needHandler(errors);
    return null;
  }
  return PyUnicode_FromKindAndData(1, text, n);
}

/** A string of `n` characters of `kind` bytes each, stored in the narrowest kind that holds them all. */
export function PyUnicode_FromKindAndData(kind: u32, data: usize, n: i32): PyObject | null {
  if (n < 0 || (kind != 1 && kind != 2 && kind != 4)) {
    raiseError(n < 0 ? E_NEGATIVE_CHARACTERS : E_STR_KIND);
    return null;
  }
  return str_from_chars(data, kind, n);
}

export function PyUnicode_FromOrdinal(char: i32): PyObject | null {
  if (<u32>char > 0x10ffff) {
    raiseCharacter();
    return null;
  }
  return str_from_char(char);
}

export function PyUnicode_FromObject(o: PyObject): PyObject | null {
  if (isA(o, STR)) return str_exact(changetype<PyStr>(o));
  raiseNotStr(o);
  return null;
}

export function PyUnicode_InternFromString(text: usize): PyObject | null {
  const s = PyUnicode_FromString(text);
  return s ? interned(s) : null;
}

/** The interned string with this text. Takes over the reference to `s`. */
function interned(s: PyObject): PyObject | null {
  return str_intern(changetype<PyStr>(s));
}

/** Replaces `*slot` by the interned string with its text. Without memory to intern it, `*slot` stays as it is. */
export function PyUnicode_InternInPlace(slot: usize): void {
  const s = load<PyObject | null>(slot);
  if (!s || !isKind(s, STR)) return;
  const one = interned(incref<PyObject>(s));
  if (!one) {
    clearError();
    return;
  }
  store<PyObject>(slot, one);
  decref(s);
}

// ---- reading ----

export function PyUnicode_GetLength(o: PyObject): i32 {
  const s = asStr(o);
  return s ? <i32>s.length : -1;
}

/** The character at an index; (Py_UCS4)-1 with an error. */
export function PyUnicode_ReadChar(o: PyObject, index: i32): u32 {
  const s = asStr(o);
  if (!s || !hasIndex(s, index)) return -1;
  return s.charAt(index);
}

function hasIndex(s: PyStr, index: i32): bool {
  if (<u32>index < s.length) return true;
  raiseStringIndex();
  return false;
}

/** Whether only its maker has a reference to the string, so that it can still be written; SystemError if not. */
function isWritable(s: PyStr): bool {
  if (s.refcnt == 1 && s.hash == -1 && !s.isInterned && s.isCompact) return true;
  raiseStringInUse();
  return false;
}

/** Writes a character of a string that only its maker has a reference to: 0, or -1 with an error. */
export function PyUnicode_WriteChar(o: PyObject, index: i32, char: u32): i32 {
  const s = asStr(o);
  if (!s || !hasIndex(s, index) || !isWritable(s)) return -1;
  if (char > largestIn(s)) {
    raiseTooLargeCharacter();
    return -1;
  }
  putChar(s.data, s.width, index, char);
  return 0;
}

function largestIn(s: PyStr): u32 {
  return s.isAscii ? 0x7f : s.width == 1 ? 0xff : s.width == 2 ? 0xffff : 0x10ffff;
}

/**
 * Writes `char` to `n` characters from `start` on, or to as many as there are. The number of characters written; -1
 * with an error.
 */
export function PyUnicode_Fill(o: PyObject, start: i32, n: i32, char: u32): i32 {
  const s = asStr(o);
  if (!s || !isWritable(s)) return -1;
  if (start < 0) {
    raiseStringIndex();
    return -1;
  }
  if (char > largestIn(s)) {
    raiseFillCharacter();
    return -1;
  }
  const count = min(n, <i32>s.length - start);
  for (let k = 0; k < count; k++) putChar(s.data, s.width, start + k, char);
  return max(0, count);
}

/**
 * Copies characters to a string that only its maker has a reference to. The number of characters copied; -1 with an
 * error.
 */
export function PyUnicode_CopyCharacters(to: PyObject, toStart: i32, from: PyObject, fromStart: i32, n: i32): i32 {
  if (!isA(to, STR) || !isA(from, STR)) return badCallNumber();
  const t = changetype<PyStr>(to);
  const f = changetype<PyStr>(from);
  if (<u32>fromStart > f.length || <u32>toStart > t.length) {
    raiseStringIndex();
    return -1;
  }
  if (n < 0) return badCallNumber();
  const count = min(n, <i32>f.length - fromStart);
  if (<u32>count > t.length - <u32>toStart) return badCallNumber();
  if (count == 0) return 0;
  if (!isWritable(t)) return -1;
  const data = f.data + <usize>fromStart * f.width;
  if (largestOf(data, f.width, count) > largestIn(t)) return badCallNumber();
  copyChars(t.data + <usize>toStart * t.width, t.width, data, f.width, count);
  return count;
}

export function PyUnicode_Substring(o: PyObject, start: i32, end: i32): PyObject | null {
  const s = asStr(o);
  if (!s) return null;
  if (start < 0 || end < 0) {
    raiseStringIndex();
    return null;
  }
  const stop = min(end, <i32>s.length);
  if (start >= stop) return str_from_chars(0, 1, 0);
  return str_slice(s, start, 1, stop - start);
}

/**
 * Writes the characters, 4 bytes each, to a buffer of `n` characters, and a 0 after them if `withNull`. Returns the
 * buffer; NULL with an error.
 */
export function PyUnicode_AsUCS4(o: PyObject, buffer: usize, n: i32, withNull: i32): usize {
  const s = asStr(o);
  if (!s) return 0;
  const need = s.length + (withNull != 0 ? 1 : 0);
  if (buffer == 0 || n < 0 || <u32>n < need) {
    if (buffer == 0 || n < 0) badCall();
    else raiseStrBuffer();
    return 0;
  }
  copyChars(buffer, 4, s.data, s.width, s.length);
  if (withNull != 0) store<u32>(buffer + ((<usize>s.length) << 2), 0);
  return buffer;
}

/** Like PyUnicode_AsUCS4, in a new block of the mem domain. */
export function PyUnicode_AsUCS4Copy(o: PyObject): usize {
  const s = asStr(o);
  if (!s) return 0;
  const buffer = newBlock(requestFor(4, s.length, 4));
  return buffer == 0 ? 0 : PyUnicode_AsUCS4(s, buffer, s.length + 1, 1);
}

// ---- UTF-8 ----

/**
 * The string's UTF-8 with a zero byte after it; it belongs to the string. If `size` is not NULL, `*size` becomes its
 * length. NULL with an error.
 */
export function PyUnicode_AsUTF8AndSize(o: PyObject, size: usize): usize {
  const s = asStr(o);
  if (!s) return noText(size);
  const text = keptUtf8(s);
  if (text == 0) return noText(size);
  if (size != 0) store<u32>(size, s.isAscii ? s.length : s.utf8Length);
  return text;
}

function noText(size: usize): usize {
  if (size != 0) store<i32>(size, -1);
  return 0;
}

export function PyUnicode_AsUTF8(o: PyObject): usize {
  return PyUnicode_AsUTF8AndSize(o, 0);
}

export function PyUnicode_AsUTF8String(o: PyObject): PyObject | null {
  const s = asStr(o);
  const n = s ? utf8_length(s) : -1;
  if (n < 0) return null;
  const b = bytes_new(n);
  if (b) utf8_write(s!, b.data);
  return b;
}

/** The string's characters as bytes. An error with `code` if a character is above `largest`. */
function narrow(o: PyObject, largest: u32, code: u32): PyObject | null {
  const s = asStr(o);
  if (!s) return null;
  for (let k: u32 = 0; k < s.length; k++) {
    if (s.charAt(k) <= largest) continue;
    let end = k + 1;
    while (end < s.length && s.charAt(end) > largest) end++;
    raiseError(code, s, null, null, end - k, k);
    return null;
  }
  const b = bytes_new(s.length);
  if (b) copyChars(b.data, 1, s.data, s.width, s.length);
  return b;
}

export function PyUnicode_AsLatin1String(o: PyObject): PyObject | null {
  return narrow(o, 0xff, E_ENCODE_LATIN);
}

export function PyUnicode_AsASCIIString(o: PyObject): PyObject | null {
  return narrow(o, 0x7f, E_ENCODE_ASCII);
}

// ---- concatenation ----

export function PyUnicode_Concat(a: PyObject, b: PyObject): PyObject | null {
  if (!needStr(a)) return null;
  if (!isA(b, STR)) {
    raiseConcatenate(a, b);
    return null;
  }
  return str_concat(changetype<PyStr>(a), changetype<PyStr>(b));
}

/** Replaces `*slot` by `*slot` + `b`, or by NULL with an error. Takes over the reference that was in `*slot`. */
export function PyUnicode_Append(slot: usize, b: PyObject | null): void {
  const a = load<PyObject | null>(slot);
  let whole: PyObject | null = null;
  if (a && b && isA(a, STR) && isA(b, STR)) whole = str_concat(changetype<PyStr>(a), changetype<PyStr>(b));
  else if (!hasError()) badCall();
  store<PyObject | null>(slot, whole);
  xdecref(a);
}

/** Like PyUnicode_Append, but also takes over the reference to `b`. */
export function PyUnicode_AppendAndDel(slot: usize, b: PyObject | null): void {
  PyUnicode_Append(slot, b);
  xdecref(b);
}
