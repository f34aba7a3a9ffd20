// Classes of sizes: up to 512 bytes the heap's own, 8 bytes apart; above, powers of two.

import { exactBytes } from "../text/bytes.js";

const SMALL = 512;
const SMALL_CLASSES = 64;

/** The class of a request of this many bytes: 0 to 63 for small ones, then one for each power of two. */
export function sizeClassOf(size: number): number {
  if (size <= SMALL) return size === 0 ? 0 : (size - 1) >>> 3;
  return SMALL_CLASSES + (22 - Math.clz32(size - 1));
}

/** A class in words: `17-24 B`, `513 B-1 KiB`. */
export function sizeClassName(sizeClass: number): string {
  if (sizeClass < SMALL_CLASSES) return `${sizeClass * 8 + 1}-${sizeClass * 8 + 8} B`;
  const power = sizeClass - SMALL_CLASSES + 9;
  return `${exactBytes(2 ** power)}-${exactBytes(2 ** (power + 1))}`;
}
