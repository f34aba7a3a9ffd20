// Strict UTF-8: converts bytes to characters and back.
//
//   0xxxxxxx    110xxxxx 10xxxxxx    1110xxxx 10xxxxxx 10xxxxxx    11110xxx 10xxxxxx 10xxxxxx 10xxxxxx
//
// Forms with more bytes than needed, surrogates, and values above U+10FFFF are errors. The message says which bytes are
// wrong, and why, as in CPython.

import { E_CONTINUATION_BYTES, E_END_OF_DATA } from "../../model/errors.gen";
import { raiseError, raiseNoMemory } from "../../model/raise";
import { raiseStartByte, raiseSurrogate } from "../../model/raises.gen";
import { MAX_REQUEST } from "../../../ground/config";
import { newBlock } from "../../model/memory";
import { PyObject } from "../../model/type";
import { largestOf, putChar, PyStr, str_from_char, str_from_chars, str_new } from "../../text/str";

/** strlen. */
export function lengthOfC(text: usize): u32 {
  let end = text;
  while (load<u8>(end) != 0) end++;
  return <u32>(end - text);
}

/** The length of a character that begins with this byte; 0 if no character does. */
@inline
function bytesFrom(first: u32): u32 {
  return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

/** Whether `byte` can be number `k` of a character that begins with `first`. */
function mayFollow(first: u32, k: u32, byte: u32): bool {
  if ((byte & 0xc0) != 0x80) return false;
  if (k > 1) return true;
  if (first == 0xe0) return byte >= 0xa0;
  if (first == 0xed) return byte < 0xa0;
  if (first == 0xf0) return byte >= 0x90;
  return first != 0xf4 || byte < 0x90;
}

/** The number of valid bytes of the character at `k`; all of them if the character is complete. */
function goodBytes(data: usize, n: u32, k: u32, size: u32): u32 {
  const first: u32 = load<u8>(data + k);
  let good: u32 = 1;
  while (good < size && k + good < n && mayFollow(first, good, load<u8>(data + k + good))) good++;
  return good;
}

/** The number of characters; -1 with UnicodeDecodeError if the bytes are not UTF-8. */
function measure(data: usize, n: u32): i32 {
  let count: u32 = 0;
  for (let k: u32 = 0; k < n; count++) {
    const first: u32 = load<u8>(data + k);
    const size = bytesFrom(first);
    if (size == 0) {
      raiseStartByte(first, 1, k);
      return -1;
    }
    const good = goodBytes(data, n, k, size);
    if (good < size) {
      raiseError(k + good == n ? E_END_OF_DATA : E_CONTINUATION_BYTES, null, null, null, first, good, k);
      return -1;
    }
    k += size;
  }
  return count;
}

/** The character at `at`, which must be complete. */
@inline
function charAt(at: usize, size: u32): u32 {
  const first: u32 = load<u8>(at);
  if (size == 1) return first;
  let char = first & (0xff >> (size + 1));
  for (let k: u32 = 1; k < size; k++) char = (char << 6) | (load<u8>(at + k) & 0x3f);
  return char;
}

/** The str for `n` bytes of UTF-8: PyUnicode_DecodeUTF8 with the errors "strict". */
export function str_from_utf8(data: usize, n: u32): PyObject | null {
  if (largestOf(data, 1, n) < 0x80) return str_from_chars(data, 1, n);
  const count = measure(data, n);
  if (count < 0) return null;
  let all: u32 = 0;
  for (let k: u32 = 0; k < n; ) {
    const size = bytesFrom(load<u8>(data + k));
    all |= charAt(data + k, size);
    k += size;
  }
  // A string of a single character may be a shared one.
  if (count == 1) return str_from_char(all);
  const s = str_new(count, min<u32>(all, 0x10ffff));
  if (!s) return null;
  let to: u32 = 0;
  for (let k: u32 = 0; k < n; ) {
    const size = bytesFrom(load<u8>(data + k));
    putChar(s.data, s.width, to++, charAt(data + k, size));
    k += size;
  }
  return s;
}

@inline
function isSurrogate(char: u32): bool {
  return (char & 0xfffff800) == 0xd800;
}

@inline
function bytesOf(char: u32): u32 {
  return char < 0x80 ? 1 : char < 0x800 ? 2 : char < 0x10000 ? 3 : 4;
}

/** The length of the string in UTF-8; -1 with UnicodeEncodeError if it has a surrogate, or with MemoryError if it does not fit a block. */
export function utf8_length(s: PyStr): i32 {
  if (s.isAscii) return s.length;
  let n: u64 = 0;
  for (let k: u32 = 0; k < s.length; k++) {
    const char = s.charAt(k);
    if (isSurrogate(char)) {
      raiseSurrogates(s, k);
      return -1;
    }
    n += bytesOf(char);
  }
  if (n < MAX_REQUEST) return <i32>n;
  raiseNoMemory(MAX_REQUEST);
  return -1;
}

function raiseSurrogates(s: PyStr, k: u32): void {
  let end = k + 1;
  while (end < s.length && isSurrogate(s.charAt(end))) end++;
  raiseSurrogate(s, end - k, k);
}

/** Writes the string, which has no surrogates, in UTF-8. */
export function utf8_write(s: PyStr, target: usize): void {
  if (s.isAscii) {
    memory.copy(target, s.data, s.length);
    return;
  }
  for (let k: u32 = 0; k < s.length; k++) {
    const char = s.charAt(k);
    const size = bytesOf(char);
    if (size == 1) {
      store<u8>(target++, <u8>char);
      continue;
    }
    store<u8>(target, <u8>((char >> (6 * (size - 1))) | ((0xf00 >> size) & 0xff)));
    for (let j: u32 = 1; j < size; j++) store<u8>(target + j, <u8>(((char >> (6 * (size - 1 - j))) & 0x3f) | 0x80));
    target += size;
  }
}

/** The string's UTF-8, which ends with a 0 and belongs to the string (str.ts); 0 with an error. */
export function keptUtf8(s: PyStr): usize {
  if (s.isAscii) return s.data;
  return s.utf8 != 0 || makeUtf8(s) ? s.utf8 : 0;
}

function makeUtf8(s: PyStr): bool {
  const n = utf8_length(s);
  if (n < 0) return false;
  const block = newBlock(<usize>n + 1);
  if (block == 0) return false;
  utf8_write(s, block);
  store<u8>(block + n, 0);
  s.keepUtf8(block, n);
  return true;
}
