// Estimates from samples: how many blocks a sampled block stands for, and the interval that contains the true value.
//
//   a block of n bytes is sampled with p = 1 - exp(-n / rate), and stands for 1 / p blocks: w = n / p bytes
//   the expected squared error of a sum of such bytes is the sum of w * (w - n) over the sampled blocks
//
// The interval is that of a score test: all true values T for which the estimate E is not unlikely, (E - T)^2 <= z^2 *
// variance(T). The variance grows with the true value, by `rate` for each byte of small blocks. So the interval reaches
// further up than down, even if nothing was sampled. Samples are whole numbers, so half a sample more or less corrects
// for that.

import type { Measure } from "./accounts.js";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** In a normal distribution, 95 of 100 values lie within this many standard deviations. */
const DEVIATIONS_OF_95 = 1.96;

/** The number of blocks that a sampled block of this size stands for; 1 if everything was recorded (`rate` 0). */
export function weightOf(size: number, rate: number): number {
  return rate === 0 ? 1 : 1 / -Math.expm1(-Math.max(size, 1) / rate);
}

/** The expected squared error of the estimated bytes of blocks with about the same size. */
export function varianceOf({ bytes, count }: Measure, rate: number): number {
  if (rate === 0 || bytes <= 0 || count <= 0) return 0;
  const size = bytes / count;
  return bytes * (size * weightOf(size, rate) - size);
}

/**
 * The interval that contains the true value in 95 of 100 recordings, for estimated bytes and their expected squared
 * error.
 */
export function intervalOf(bytes: number, variance: number, rate: number): Interval {
  const shift = (DEVIATIONS_OF_95 ** 2 * rate) / 2;
  const reach = (of: number) => Math.sqrt(DEVIATIONS_OF_95 ** 2 * Math.max(0, of) + shift ** 2);
  const half = rate / 2;
  const low = bytes - half + shift - reach(variance - rate * half);
  return { low: Math.max(0, low), high: bytes + half + shift + reach(variance + rate * half) };
}
