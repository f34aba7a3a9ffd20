// How buckets become fewer: two neighbours become one, but never across the begin of the program, so that what the interpreter does
// to start stays apart.
//
//   start-up | program              start-up | program
//    0  1  2 | 3  4  5  6    ->        0   1 | 2     3

import type { Bucket } from "./model.js";

/** Old buckets, one or two, that become one. */
export interface Joint {
  readonly first: number;
  readonly last: number;
  /** Which of them has the highest moment of both. */
  readonly higher: number;
}

/** Pairs of buckets in order; where their number before or after `boundary` is odd, the last is alone. */
export function pairUp(buckets: readonly Pick<Bucket, "peakBytes">[], boundary: number): Joint[] {
  const joints: Joint[] = [];
  for (let first = 0; first < buckets.length; ) {
    const end = first < boundary ? boundary : buckets.length;
    const last = Math.min(first + 1, end - 1);
    const higher = (buckets[first]?.peakBytes ?? 0) >= (buckets[last]?.peakBytes ?? 0) ? first : last;
    joints.push({ first, last, higher });
    first = last + 1;
  }
  return joints;
}

/** For each old bucket the new one. */
export function newBuckets(joints: readonly Joint[]): Uint8Array {
  return Uint8Array.from(joints.flatMap(({ first, last }, k) => (first === last ? [k] : [k, k])));
}
