// Characters of CPython's str and bytes objects, for texts that show values and keys. Only the interpreter's memory is read, up to its end.

@external("graph", "draft_put")
export declare function put(bytes: u64, count: u32): void;
@external("graph", "draft_end")
declare function draftEnd(isNew: bool): u32;

const SHOWN: u32 = 80;
const SHOWN_BYTES: u32 = 40;
const QUOTE: u8 = 0x27;
const BACKSLASH: u8 = 0x5c;
const SOFT_HYPHEN: u8 = 0xad;
/** "…" in UTF-8. */
const ELLIPSIS: u64 = 0xa680e2;

let end: usize = 0;

/** Nothing is read from `memoryEnd` on. */
export function readUpTo(memoryEnd: usize): void {
  end = memoryEnd;
}

/** Whether there are `bytes` bytes at an address. */
@inline
export function isIn(address: usize, bytes: u64): bool {
  return <u64>address + bytes <= <u64>end;
}

/** Puts the first characters of a str into the text under construction. */
export function putText(object: usize): void {
  const state = load<u32>(object, 16);
  const length = load<u32>(object, 8);
  const width = (state >> 2) & 7;
  const isAscii = ((state >> 6) & 1) == 1;
  const data = ((state >> 5) & 1) == 0 ? load<usize>(object, 28) : object + (isAscii ? 20 : 28);
  const count = min(length, SHOWN);
  if (!isIn(data, <u64>count * width)) return;
  if (isAscii) for (let k: u32 = 0; k < count; k += 8) put(load<u64>(data + k), min(8, count - k));
  else if (width == 1) for (let k: u32 = 0; k < count; k++) putCharacter(load<u8>(data + k));
  else if (width == 2) for (let k: u32 = 0; k < count; k++) putCharacter(load<u16>(data + k * 2));
  else if (width == 4) for (let k: u32 = 0; k < count; k++) putCharacter(load<u32>(data + k * 4));
  if (length > count) put(ELLIPSIS, 3);
}

function putCharacter(c: u32): void {
  if (c < 0x80) put(c, 1);
  else if (c < 0x800) put(0xc0 | (c >> 6) | ((0x80 | (c & 63)) << 8), 2);
  else if (c < 0x10000) put(0xe0 | (c >> 12) | ((0x80 | ((c >> 6) & 63)) << 8) | ((0x80 | (c & 63)) << 16), 3);
  else if (c > 0x10ffff) put(0xbdbfef, 3);
  else
    put(
      0xf0 |
        (c >> 18) |
        ((0x80 | ((c >> 12) & 63)) << 8) |
        ((0x80 | ((c >> 6) & 63)) << 16) |
        ((0x80 | (c & 63)) << 24),
      4,
    );
}

/** The number of the text that shows bytes: the first ones. */
export function bytesText(object: usize): u32 {
  const size = load<u32>(object, 8);
  const count = min(size, SHOWN_BYTES);
  put(0x2762, 2);
  if (isIn(object + 16, count)) {
    for (let k: u32 = 0; k < count; k++) {
      const byte = <u32>load<u8>(object + k, 16);
      if (byte == 0x5c || byte == 0x27) put(0x5c | (byte << 8), 2);
      else if (byte >= 32 && byte < 127) put(byte, 1);
      else put(0x785c | (hex(byte >> 4) << 16) | (hex(byte & 15) << 24), 4);
    }
  }
  put(0x27, 1);
  if (size > count) put(ELLIPSIS, 3);
  return draftEnd(false);
}

@inline
function hex(digit: u32): u32 {
  return digit < 10 ? 48 + digit : 87 + digit;
}

/** Whether Python writes a str between single quotes as it is, as far as one byte for each character can tell. */
export function isPlain(object: usize): bool {
  const state = load<u32>(object, 16);
  if (((state >> 2) & 7) != 1) return false;
  const data = ((state >> 5) & 1) == 0 ? load<usize>(object, 28) : object + (((state >> 6) & 1) == 1 ? 20 : 28);
  const count = min(load<u32>(object, 8), SHOWN);
  if (!isIn(data, count)) return false;
  for (let k: u32 = 0; k < count; k++) {
    const c = load<u8>(data + k);
    if (c < 0x20 || c == QUOTE || c == BACKSLASH || (c > 0x7e && c < 0xa0) || c == SOFT_HYPHEN) return false;
  }
  return true;
}
