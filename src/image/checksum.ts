// The checksum of an image's memory, computed piece by piece: the checksum of a piece is the seed of the next piece's.

import type { WholeCore } from "../core/whole-core.js";

/** Bytes that are summed at a time: few enough that they are still in the processor's cache. */
export const CHECKED = 2 ** 18;

/** The checksum of the first `size` bytes from the control block up. */
export function checksumOf({ functions, control }: WholeCore, size: number): bigint {
  let checksum = 0n;
  for (let at = 0; at < size; at += CHECKED) {
    checksum = functions.memory_checksum(control + at, Math.min(CHECKED, size - at), checksum);
  }
  return BigInt.asUintN(64, checksum);
}
