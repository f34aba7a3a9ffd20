// Strings: each code point takes 1, 2 or 4 bytes, as the string's largest one needs (PEP 393).
//
//   ASCII      refcnt | type | length | hash | state | characters, 0
//   others     refcnt | type | length | hash | state | utf8 length | utf8 | characters, 0
//   derived    refcnt | type | length | hash | state | utf8 length | utf8 | address of the characters | fields of the type in C
//
//   state      bits 0 and 1: interned (0 or 1); bits 2 to 4: bytes of a code point; bit 5: the characters follow (but in a derived string);
//              bit 6: all are below U+0080
//
// A string's width is the smallest that holds its characters, so two strings of different widths are never equal.
// The empty string, and each string of one character below U+0100, exist only once (POLICY_CHARACTERS).
// The two words for UTF-8 are 0 until C asks for it (PyUnicode_AsUTF8AndSize); then they hold its length and the address of a
// block of the mem domain.
//
// Invariants (str_valid):
//   width == 1, 2 or 4, and no narrower one would do; no character above U+10FFFF; ascii iff all characters < 0x80; characters[length] == 0
//   UTF-8, if there is any, ends with a 0; hash == -1, or the hash of the characters' bytes

import { raiseNotStrInStr } from "../model/raises.gen";
import { hashBytes } from "../model/hash";
import { STR } from "../model/kinds.gen";
import { freeBlock, freeObject, newBlock, newObject, requestFor } from "../model/memory";
import { incref } from "../model/refcount";
import { hasPolicy, POLICY_CHARACTERS } from "../model/settings";
import { EMPTY_STR_AT } from "../model/singletons";
import { ASCII_CHARACTER_BYTES, at, CHARACTERS_AT, LATIN_CHARACTER_BYTES } from "../model/state";
import { isA, PyObject, typeOf } from "../model/type";

export const STATE_INTERNED: u32 = 1;
/** The place of the width (bytes of a character) in the state. */
export const WIDTH_SHIFT: u32 = 2;
export const WIDTH_MASK: u32 = 7;
export const STATE_ASCII: u32 = 1 << 6;
const MOST_CODE_POINT: u32 = 0x10ffff;
export const COMPACT: u32 = 1 << 5;
/** The offset of the characters, in ASCII strings and in all other strings. */
export const ASCII_HEADER: usize = 20;
export const WIDE_HEADER: usize = 28;
const UTF8_LENGTH_AT: usize = 20;
export const UTF8_AT: usize = 24;
/** In a derived string: the word with the address of a block with the characters, which it owns. */
const CHARACTERS_WORD_AT: usize = WIDE_HEADER;
/** The size of a derived string without fields of its own: CPython's PyUnicodeObject. */
export const DERIVED_STR_BYTES: usize = 32;

@unmanaged
export class PyStr extends PyObject {
  length: u32;
  hash: i32;
  state: u32;

  @inline
  get width(): u32 {
    return (this.state >> WIDTH_SHIFT) & WIDTH_MASK;
  }

  @inline
  get isAscii(): bool {
    return (this.state & STATE_ASCII) != 0;
  }

  @inline
  get isInterned(): bool {
    return (this.state & STATE_INTERNED) != 0;
  }

  /** Whether the characters follow the header: in all but derived strings. */
  @inline
  get isCompact(): bool {
    return (this.state & COMPACT) != 0;
  }

  @inline
  get data(): usize {
    if (!this.isCompact) return load<usize>(changetype<usize>(this) + CHARACTERS_WORD_AT);
    return changetype<usize>(this) + (this.isAscii ? ASCII_HEADER : WIDE_HEADER);
  }

  @inline
  charAt(k: u32): u32 {
    return charOf(this.data, this.width, k);
  }

  /** The block with the UTF-8 and a zero, of a string that is not ASCII; 0 until somebody asks for it. The string owns it. */
  @inline
  get utf8(): usize {
    return load<usize>(changetype<usize>(this) + UTF8_AT);
  }

  /** The length of the UTF-8 in bytes, without the zero. */
  @inline
  get utf8Length(): u32 {
    return load<u32>(changetype<usize>(this) + UTF8_LENGTH_AT);
  }

  /** The size of the block with the UTF-8. */
  get utf8Bytes(): usize {
    return this.isAscii || this.utf8 == 0 ? 0 : <usize>this.utf8Length + 1;
  }

  /** Gives the string a block with `n` bytes of UTF-8 and a zero; the string owns it. */
  keepUtf8(block: usize, n: u32): void {
    store<u32>(changetype<usize>(this) + UTF8_LENGTH_AT, n);
    store<usize>(changetype<usize>(this) + UTF8_AT, block);
    typeOf(STR).resized(n + 1);
  }

  @inline
  get size(): usize {
    return sizeFor(this.isAscii, this.width, this.length);
  }

  /** The size of the block with the characters of a derived string; 0 if they are those of the empty string. */
  get ownedBytes(): usize {
    return this.isCompact || this.length == 0 ? 0 : (<usize>this.length + 1) * this.width;
  }
}

@inline
function sizeFor(ascii: bool, width: u32, length: u32): usize {
  return (ascii ? ASCII_HEADER : WIDE_HEADER) + (<usize>length + 1) * width;
}

/** Character number `k` in a row of characters of `width` bytes. */
@inline
export function charOf(data: usize, width: u32, k: u32): u32 {
  if (width == 1) return load<u8>(data + k);
  if (width == 2) return load<u16>(data + ((<usize>k) << 1));
  return load<u32>(data + ((<usize>k) << 2));
}

@inline
export function putChar(data: usize, width: u32, k: u32, char: u32): void {
  if (width == 1) store<u8>(data + k, <u8>char);
  else if (width == 2) store<u16>(data + ((<usize>k) << 1), <u16>char);
  else store<u32>(data + ((<usize>k) << 2), char);
}

/** The bytes that a character needs. */
@inline
export function widthOf(char: u32): u32 {
  return char < 0x100 ? 1 : char < 0x10000 ? 2 : 4;
}

@inline
function begin(s: PyStr, length: u32, largest: u32): void {
  const width = widthOf(largest);
  s.length = length;
  s.hash = -1;
  s.state = COMPACT | (width << WIDTH_SHIFT) | (largest < 0x80 ? STATE_ASCII : 0);
  if (largest >= 0x80) store<u64>(changetype<usize>(s) + ASCII_HEADER, 0);
  putChar(s.data, width, length, 0);
}

/** A new string of `length` characters, which are not written yet. `largest` tells the width that they need. */
export function str_new(length: u32, largest: u32): PyStr | null {
  const header = largest < 0x80 ? ASCII_HEADER : WIDE_HEADER;
  const o = newObject(typeOf(STR), requestFor(header, <u64>length + 1, widthOf(largest)));
  if (!o) return null;
  begin(changetype<PyStr>(o), length, largest);
  return changetype<PyStr>(o);
}

/** The empty string. */
@inline
export function emptyStr(): PyStr {
  return changetype<PyStr>(at(EMPTY_STR_AT));
}

/** The address of the one string of a character below U+0100. */
@inline
function sharedCharacter(char: u32): PyStr {
  const first = at(CHARACTERS_AT);
  if (char < 128) return changetype<PyStr>(first + <usize>char * ASCII_CHARACTER_BYTES);
  return changetype<PyStr>(first + 128 * ASCII_CHARACTER_BYTES + <usize>(char - 128) * LATIN_CHARACTER_BYTES);
}

/** Makes a new derived string empty. It has no hash and no UTF-8 yet. */
export function str_derive(s: PyStr): void {
  s.length = 0;
  s.hash = -1;
  s.state = (1 << WIDTH_SHIFT) | STATE_ASCII;
  store<u64>(changetype<usize>(s) + ASCII_HEADER, 0);
  store<usize>(changetype<usize>(s) + CHARACTERS_WORD_AT, emptyStr().data);
}

/** Gives an empty derived string the characters and the hash of another string. False if there is no memory. */
export function str_take(s: PyStr, from: PyStr): bool {
  const length = from.length;
  const width = from.width;
  if (length != 0) {
    const bytes = (<usize>length + 1) * width;
    const block = newBlock(bytes);
    if (block == 0) return false;
    memory.copy(block, from.data, bytes);
    store<usize>(changetype<usize>(s) + CHARACTERS_WORD_AT, block);
    typeOf(STR).resized(<isize>bytes);
  }
  s.length = length;
  s.hash = from.hash;
  s.state = (width << WIDTH_SHIFT) | (from.state & STATE_ASCII);
  return true;
}

/** The string itself, a new reference; for a derived string, a str with the same characters. */
export function str_exact(s: PyStr): PyObject | null {
  return s.isCompact ? incref<PyObject>(s) : str_from_chars(s.data, s.width, s.length);
}

/** Makes the shared strings. */
export function str_begin(refcnt: u32): void {
  const empty = emptyStr();
  empty.refcnt = refcnt;
  empty.type = typeOf(STR);
  begin(empty, 0, 0);
  for (let char: u32 = 0; char < 256; char++) {
    const s = sharedCharacter(char);
    s.refcnt = refcnt;
    s.type = typeOf(STR);
    begin(s, 1, char);
    store<u8>(s.data, <u8>char);
  }
}

/** The string of one character. */
export function str_from_char(char: u32): PyObject | null {
  if (char < 256 && hasPolicy(POLICY_CHARACTERS)) return sharedCharacter(char);
  const s = str_new(1, char);
  if (s) putChar(s.data, s.width, 0, char);
  return s;
}

/** The largest of `n` characters of `width` bytes, or some character of the same range. */
export function largestOf(data: usize, width: u32, n: u32): u32 {
  if (width == 1) {
    let k: u32 = 0;
    for (; k + 8 <= n; k += 8) {
      if ((load<u64>(data + k) & 0x8080808080808080) != 0) return 0xff;
    }
    for (; k < n; k++) {
      if (load<u8>(data + k) >= 0x80) return 0xff;
    }
    return 0x7f;
  }
  let all: u32 = 0;
  for (let k: u32 = 0; k < n; k++) all |= charOf(data, width, k);
  return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : all < 0x10000 ? 0xffff : 0x10ffff;
}

/** Copies `n` characters of `from` bytes each to a place with characters of `to` bytes, which hold them. */
export function copyChars(target: usize, to: u32, source: usize, from: u32, n: u32): void {
  if (from == to) memory.copy(target, source, <usize>n * from);
  else for (let k: u32 = 0; k < n; k++) putChar(target, to, k, charOf(source, from, k));
}

/** The string of `n` characters of `width` bytes each in memory: PyUnicode_FromKindAndData. */
export function str_from_chars(data: usize, width: u32, n: u32): PyObject | null {
  if (n == 0 && hasPolicy(POLICY_CHARACTERS)) return emptyStr();
  if (n == 1) return str_from_char(charOf(data, width, 0));
  const s = str_new(n, largestOf(data, width, n));
  if (s) copyChars(s.data, s.width, data, width, n);
  return s;
}

@inline
function isHigh(unit: u32): bool {
  return (unit & 0xfc00) == 0xd800;
}
@inline
function isLow(unit: u32): bool {
  return (unit & 0xfc00) == 0xdc00;
}

/** The string of `n` UTF-16 units in memory. A surrogate without its other half becomes a character. */
export function str_from_utf16(data: usize, n: u32): PyObject | null {
  let pairs: u32 = 0;
  for (let k: u32 = 1; k < n; k++) {
    if (isLow(load<u16>(data + ((<usize>k) << 1))) && isHigh(load<u16>(data + ((<usize>k) << 1) - 2))) pairs++;
  }
  if (pairs == 0) return str_from_chars(data, 2, n);
  const s = str_new(n - pairs, 0x10ffff);
  if (!s) return null;
  let to: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    let char: u32 = load<u16>(data + ((<usize>k) << 1));
    if (isHigh(char) && k + 1 < n) {
      const low: u32 = load<u16>(data + ((<usize>k) << 1) + 2);
      if (isLow(low)) {
        char = 0x10000 + ((char & 0x3ff) << 10) + (low & 0x3ff);
        k++;
      }
    }
    putChar(s.data, 4, to++, char);
  }
  return s;
}

export function str_hash(o: PyObject): i32 {
  const s = changetype<PyStr>(o);
  if (s.hash == -1) s.hash = hashBytes(s.data, <usize>s.length * s.width);
  return s.hash;
}

/** Whether two strings have the same characters. */
export function str_equal(a: PyStr, b: PyStr): bool {
  if (a === b) return true;
  const length = a.length;
  const width = a.width;
  if (length != b.length || width != b.width) return false;
  return sameBytes(a.data, b.data, <usize>length * width);
}

/** Whether `n` bytes at two places are the same. */
@inline
export function sameBytes(a: usize, b: usize, n: usize): bool {
  let k: usize = 0;
  for (; k + 8 <= n; k += 8) if (load<u64>(a + k) != load<u64>(b + k)) return false;
  for (; k < n; k++) if (load<u8>(a + k) != load<u8>(b + k)) return false;
  return true;
}

/**
 * Copies the `n` bytes at `source` to `target`, `count` times. Each step copies all that was written before it, because
 * many copies of a short text would be slow.
 */
export function fillWith(target: usize, source: usize, n: usize, count: u32): void {
  const whole = n * count;
  memory.copy(target, source, n);
  for (let done = n; done < whole; done <<= 1) memory.copy(target + done, target, min(done, whole - done));
}

/** Compares two strings by code points: negative, 0 or positive. */
export function str_order(a: PyStr, b: PyStr): i32 {
  const n = min(a.length, b.length);
  const aData = a.data;
  const bData = b.data;
  const aWidth = a.width;
  const bWidth = b.width;
  for (let k: u32 = 0; k < n; k++) {
    const x = charOf(aData, aWidth, k);
    const y = charOf(bData, bWidth, k);
    if (x != y) return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}

/** A new string of `n` characters: every `step`th from `start` on. It is as narrow as the characters allow. */
export function str_slice(s: PyStr, start: i32, step: i32, n: u32): PyObject | null {
  const width = s.width;
  const data = s.data;
  if (step == 1) {
    if (n == s.length) return str_exact(s);
    return str_from_chars(data + <usize>start * width, width, n);
  }
  if (n < 2) return str_from_chars(data + <usize>start * width, width, n);
  let all: u32 = 0;
  for (let k: u32 = 0; k < n; k++) all |= charOf(data, width, start + <i32>k * step);
  const result = str_new(n, all);
  if (!result) return null;
  for (let k: u32 = 0; k < n; k++) putChar(result.data, result.width, k, charOf(data, width, start + <i32>k * step));
  return result;
}

export function str_concat(a: PyStr, b: PyStr): PyObject | null {
  if (a.length == 0) return str_exact(b);
  if (b.length == 0) return str_exact(a);
  const s = str_new(a.length + b.length, largestIn(a) | largestIn(b));
  if (!s) return null;
  copyChars(s.data, s.width, a.data, a.width, a.length);
  copyChars(s.data + <usize>a.length * s.width, s.width, b.data, b.width, b.length);
  return s;
}

/** The largest character that a string of this width can have. */
@inline
function largestIn(s: PyStr): u32 {
  return s.isAscii ? 0x7f : s.width == 1 ? 0xff : s.width == 2 ? 0xffff : 0x10ffff;
}

/** The string repeated `count` times. The result's length must fit a u32. */
export function str_repeat(s: PyStr, count: u32): PyObject | null {
  if (count == 1) return str_exact(s);
  const length = s.length * count;
  if (length == 0) return str_from_chars(0, 1, 0);
  const result = str_new(length, largestIn(s));
  if (!result) return null;
  fillWith(result.data, s.data, <usize>s.length * s.width, count);
  return result;
}

/** The place where `part` first occurs in `s`, from `from` on; -1 if it does not. */
export function str_find(s: PyStr, part: PyStr, from: u32): i32 {
  const n = part.length;
  if (n > s.length || part.width > s.width) return -1;
  const data = s.data;
  const width = s.width;
  const partData = part.data;
  const partWidth = part.width;
  if (n == 0) return from <= s.length ? from : -1;
  const first = charOf(partData, partWidth, 0);
  for (let k = from; k + n <= s.length; k++) {
    if (charOf(data, width, k) != first) continue;
    let j: u32 = 1;
    while (j < n && charOf(data, width, k + j) == charOf(partData, partWidth, j)) j++;
    if (j == n) return k;
  }
  return -1;
}

/** part in s; -1 if `part` is not a string. */
export function str_contains(s: PyStr, part: PyObject): i32 {
  if (!isA(part, STR)) {
    raiseNotStrInStr(part);
    return -1;
  }
  return str_find(s, changetype<PyStr>(part), 0) >= 0 ? 1 : 0;
}

/** Frees the block with the string's UTF-8, and that with the characters of a derived string. */
export function str_release_parts(s: PyStr): void {
  const bytes = s.utf8Bytes;
  if (bytes != 0) {
    freeBlock(s.utf8);
    typeOf(STR).resized(-(<isize>bytes));
  }
  const owned = s.ownedBytes;
  if (owned == 0) return;
  freeBlock(s.data);
  typeOf(STR).resized(-(<isize>owned));
}

/** Frees the string's memory. If it was interned, it must have been removed from the table. */
export function str_release(s: PyStr): void {
  str_release_parts(s);
  freeObject(s, s.size);
}

/** Shows the blocks with the string's UTF-8 and with a derived string's characters, whose addresses C may know (types/anatomy.ts). */
@inline
export function str_parts<V>(s: PyStr, visitor: V): void {
  if (isDefined(visitor.kept)) {
    const bytes = s.utf8Bytes;
    if (bytes != 0) visitor.kept(changetype<usize>(s) + UTF8_AT, bytes);
    const owned = s.ownedBytes;
    if (owned != 0) visitor.kept(changetype<usize>(s) + CHARACTERS_WORD_AT, owned);
  }
}

export function str_valid(s: PyStr): bool {
  const width = s.width;
  if (width != 1 && width != 2 && width != 4) return false;
  const largest = largestOf(s.data, width, s.length);
  if (widthOf(largest) != width || largest < 0x80 != s.isAscii) return false;
  if (charOf(s.data, width, s.length) != 0) return false;
  if (width == 4) for (let k: u32 = 0; k < s.length; k++) if (s.charAt(k) > MOST_CODE_POINT) return false;
  if (!s.isAscii && s.utf8 != 0 && load<u8>(s.utf8 + s.utf8Length) != 0) return false;
  return s.hash == -1 || s.hash == hashBytes(s.data, <usize>s.length * width);
}
