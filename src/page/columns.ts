// Columns of numbers as bytes: how many numbers there are, then each number as its distance from the one before. A distance
// has its sign in the lowest bit, and seven bits to a byte.

import type { ByteReader, ByteWriter } from "../trace/bytes.js";

type Column = Uint8Array | Uint32Array | Float64Array;

/** Writes the numbers of a column, in units of 1/unit. */
export function writeColumn(out: ByteWriter, column: ArrayLike<number> & Iterable<number>, unit = 1): void {
  out.number(column.length);
  let last = 0;
  for (const value of column) {
    const whole = Math.round(value * unit);
    out.signed(whole - last);
    last = whole;
  }
}

export function readColumn<T extends Column>(from: ByteReader, make: (length: number) => T, unit = 1): T {
  const column = make(from.number());
  let last = 0;
  for (let k = 0; k < column.length; k++) {
    last += from.signed();
    column[k] = last / unit;
  }
  return column;
}

export const u32 = (length: number) => new Uint32Array(length);
export const f64 = (length: number) => new Float64Array(length);
export const u8 = (length: number) => new Uint8Array(length);
