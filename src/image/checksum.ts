// The checksum of an image's memory, piece by piece: each piece's is the seed of the next one's.

import type { WholeCore } from "../core/whole-core.js";

/** Bytes that are summed up at once: few enough to be in the processor's cache still. */
export const CHECKED = 2 ** 18;

/** The checksum of the first `size` bytes from the control block up. */
export function checksumOf({ functions, control }: WholeCore, size: number): bigint {
  let checksum = 0n;
  for (let at = 0; at < size; at += CHECKED) {
    checksum = functions.memory_checksum(control + at, Math.min(CHECKED, size - at), checksum);
  }
  return BigInt.asUintN(64, checksum);
}
