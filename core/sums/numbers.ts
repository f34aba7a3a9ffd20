// Numbers as src/trace/bytes.ts writes them: seven bits to a byte, the lowest first; the highest bit says that more follow.

/** The address at which the next number is read or written. */
let cursor: usize = 0;

/** Begins to read, or to write, at an address. */
export function beginAt(at: usize): void {
  cursor = at;
}

/** The end of what was read or written. */
@inline
export function position(): usize {
  return cursor;
}

export function readNumber(): u32 {
  let byte = <u32>load<u8>(cursor++);
  let value = byte & 127;
  for (let shift: u32 = 7; byte >= 128; shift += 7) {
    byte = load<u8>(cursor++);
    value |= (byte & 127) << shift;
  }
  return value;
}

export function putNumber(value: u64): void {
  while (value >= 128) {
    store<u8>(cursor++, <u32>value | 128);
    value >>= 7;
  }
  store<u8>(cursor++, <u32>value);
}
