// Builds a text: characters are added at the end. Its width is that of the widest character so far.
//
// A writer also knows which containers are being written, from the outermost to the innermost, so that a container that
// contains itself is written as [...] (CPython's Py_ReprEnter).
// If there is no memory, a method that returns a bool returns false, with MemoryError raised. The reprs of strings and bytes are written
// here, too.

import { ascii } from "../model/ascii";
import { freeBlock, newBlock, requestFor, resizeBlock } from "../model/memory";
import { PyObject } from "../model/type";
import { charOf, copyChars, putChar, PyStr, str_from_chars, widthOf } from "./str";

const LEAST: u32 = 64;

/** Between items. */
export const COMMA_SPACE: u64 = ascii(", ");

@unmanaged
export class Writer {
  buffer: usize;
  /** The characters that fit, the characters that are written, and the bytes of a character. */
  capacity: u32;
  length: u32;
  width: u32;
  /** The containers that are being written. */
  open: usize;
  openCount: u32;
  openCapacity: u32;

  /** Makes room for `more` characters of `width` bytes. */
  reserve(more: u32, width: u32): bool {
    const hasRoom = more <= this.capacity - this.length;
    if (width <= this.width && hasRoom) return true;
    const wide = max(width, this.width);
    const need = <u64>this.length + more;
    const capacity = hasRoom ? <u64>this.capacity : max<u64>(LEAST, need + (need >> 1));
    const buffer = newBlock(requestFor(0, capacity, wide));
    if (buffer == 0) return false;
    copyChars(buffer, wide, this.buffer, this.width, this.length);
    if (this.buffer != 0) freeBlock(this.buffer);
    this.buffer = buffer;
    this.capacity = <u32>capacity;
    this.width = wide;
    return true;
  }

  put(char: u32): bool {
    if (!this.reserve(1, widthOf(char))) return false;
    putChar(this.buffer, this.width, this.length++, char);
    return true;
  }

  /** Writes the ASCII characters in the bytes of `packed`, the lowest byte first, up to the first 0. */
  putAscii(packed: u64): bool {
    while (packed != 0) {
      if (!this.put(<u32>(packed & 0xff))) return false;
      packed >>= 8;
    }
    return true;
  }

  putChars(data: usize, width: u32, n: u32): bool {
    if (!this.reserve(n, width)) return false;
    copyChars(this.buffer + <usize>this.length * this.width, this.width, data, width, n);
    this.length += n;
    return true;
  }

  @inline
  putStr(s: PyStr): bool {
    return this.putChars(s.data, s.width, s.length);
  }

  /** Writes `digits` hexadecimal digits of a number. */
  putHex(value: u32, digits: i32): bool {
    for (let k = digits - 1; k >= 0; k--) {
      const digit = (value >> ((<u32>k) << 2)) & 15;
      if (!this.put(digit < 10 ? 0x30 + digit : 0x57 + digit)) return false;
    }
    return true;
  }

  /**
   * Notes that the container is being written, and returns 1. Returns 0 if an outer call is already writing it; -1 if
   * there is no memory.
   */
  openContainer(o: PyObject): i32 {
    for (let k: u32 = 0; k < this.openCount; k++) {
      if (load<PyObject>(this.open + ((<usize>k) << 2)) === o) return 0;
    }
    if (this.openCount == this.openCapacity) {
      const capacity = max<u32>(8, this.openCapacity * 2);
      const open = resizeBlock(this.open, (<usize>capacity) << 2);
      if (open == 0) return -1;
      this.open = open;
      this.openCapacity = capacity;
    }
    store<PyObject>(this.open + ((<usize>this.openCount) << 2), o);
    this.openCount++;
    return 1;
  }

  closeContainer(): void {
    this.openCount--;
  }

  /** The text as a string; null with an error. The writer is freed in either case. */
  finish(): PyObject | null {
    const s = str_from_chars(this.buffer, this.width, this.length);
    this.discard();
    return s;
  }

  discard(): void {
    if (this.buffer != 0) freeBlock(this.buffer);
    if (this.open != 0) freeBlock(this.open);
    freeBlock(changetype<usize>(this));
  }
}

/** An empty writer; null if there is no memory. */
export function newWriter(): Writer | null {
  const block = newBlock(offsetof<Writer>());
  if (block == 0) return null;
  memory.fill(block, 0, offsetof<Writer>());
  const w = changetype<Writer>(block);
  w.width = 1;
  return w;
}

// ---- repr of strings and bytes ----

/** Whether a character is written as it is in a repr: str.isprintable. The host knows Unicode. */
@external("host", "isPrintable")
declare function hostIsPrintable(char: u32): bool;

const QUOTE: u32 = 0x27;
const DOUBLE_QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/** The quote that Python puts around the characters: double only if that saves escapes. */
function quoteFor(data: usize, width: u32, n: u32): u32 {
  let single = false;
  for (let k: u32 = 0; k < n; k++) {
    const char = charOf(data, width, k);
    if (char == DOUBLE_QUOTE) return QUOTE;
    if (char == QUOTE) single = true;
  }
  return single ? DOUBLE_QUOTE : QUOTE;
}

@inline
function shortEscape(char: u32): u32 {
  return char == 10 ? 0x6e : char == 13 ? 0x72 : char == 9 ? 0x74 : 0;
}

/**
 * Writes the characters as a literal. If `text`, printable characters above U+007E are written as they are; otherwise
 * the characters are bytes, and those above 0x7e are escaped.
 */
function putLiteral(w: Writer, data: usize, width: u32, n: u32, text: bool): bool {
  const quote = quoteFor(data, width, n);
  if (!w.put(quote)) return false;
  for (let k: u32 = 0; k < n; k++) {
    const char = charOf(data, width, k);
    let done: bool;
    if (char == quote || char == BACKSLASH) done = w.put(BACKSLASH) && w.put(char);
    else if (char >= 0x20 && char < 0x7f) done = w.put(char);
    else if (shortEscape(char) != 0) done = w.put(BACKSLASH) && w.put(shortEscape(char));
    else if (text && char > 0x7f && hostIsPrintable(char)) done = w.put(char);
    else if (char < 0x100) done = w.put(BACKSLASH) && w.put(0x78) && w.putHex(char, 2);
    else if (char < 0x10000) done = w.put(BACKSLASH) && w.put(0x75) && w.putHex(char, 4);
    else done = w.put(BACKSLASH) && w.put(0x55) && w.putHex(char, 8);
    if (!done) return false;
  }
  return w.put(quote);
}

export function str_repr(o: PyObject, w: Writer): bool {
  const s = changetype<PyStr>(o);
  return putLiteral(w, s.data, s.width, s.length, true);
}

/** b'...' of `n` bytes. */
export function putBytesLiteral(w: Writer, data: usize, n: u32): bool {
  return w.put(0x62) && putLiteral(w, data, 1, n, false);
}
