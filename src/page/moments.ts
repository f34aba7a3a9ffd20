// The moments that a page's heap map can show: of each bucket the highest, and its end.
//
//   bucket    |    0    |    1    |    2    | ...
//   moment    |  0   1  |  2   3  |  4   5  | ...      2k: when most was live in bucket k; 2k + 1: its end
//
// If too many blocks came and went between them, a page has fewer: of each `stride` buckets the highest moment and the end.

import type { Bucket } from "./model.js";

export const highestOf = (bucket: number): number => 2 * bucket;
export const endOf = (bucket: number): number => 2 * bucket + 1;
export const bucketOf = (moment: number): number => moment >>> 1;

/** The bucket of [from, to) in which the most was live. */
export function highestBucket(buckets: readonly Pick<Bucket, "peakBytes">[], from: number, to: number): number {
  let best = from;
  for (let k = from + 1; k < to; k++) {
    if ((buckets[k]?.peakBytes ?? 0) > (buckets[best]?.peakBytes ?? 0)) best = k;
  }
  return best;
}

/** The moments that a page has at a stride, in order. The last buckets may be fewer than a stride. */
export function momentsAt(buckets: readonly Pick<Bucket, "peakBytes">[], stride: number): Uint32Array {
  const moments: number[] = [];
  for (let from = 0; from < buckets.length; from += stride) {
    const to = Math.min(from + stride, buckets.length);
    moments.push(highestOf(highestBucket(buckets, from, to)), endOf(to - 1));
  }
  return Uint32Array.from(moments);
}

/** For each moment up to `end` how many of those given are before it: a block is live at those with indexes [of first, of last + 1). */
export function placesAmong(moments: Uint32Array, end: number): Uint16Array {
  const places = new Uint16Array(end + 1);
  for (const moment of moments) places[moment + 1] = 1;
  for (let moment = 1; moment <= end; moment++) {
    places[moment] = (places[moment] as number) + (places[moment - 1] as number);
  }
  return places;
}
