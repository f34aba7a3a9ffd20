// The slope of a series of measurements, with its interval of confidence: by how much a value grows from one to the next.
//
// It is the median of the slopes of all pairs (Theil and Sen), and its interval is made of their ranks (Kendall's tau), so
// nothing is assumed about how the values are distributed. If the values stop growing, as caches do when they are full, all
// pairs after that have the slope 0. If these are enough, 0 is in the interval: for example, if only the first 8 of 20 values
// grow. Ties are not corrected for, which keeps the interval on the wide side.
//
// Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, 1968.

/** How probable it is that the true slope is in the interval. */
export type Confidence = 0.95 | 0.99 | 0.999;

export interface Slope {
  /** By how much the value grows each time. */
  readonly value: number;
  /** The true slope is between these two. */
  readonly least: number;
  readonly most: number;
}

/** The fewest values whose ranks are distributed as the interval presumes. */
export const FEWEST_VALUES = 10;

/** For each share of a normal distribution: it lies within this many standard deviations of the mean. */
const DEVIATIONS: Readonly<Record<Confidence, number>> = { 0.95: 1.96, 0.99: 2.5758, 0.999: 3.2905 };

/** The slope of at least FEWEST_VALUES values. */
export function slopeOf(values: readonly number[], confidence: Confidence): Slope {
  const n = values.length;
  const slopes = values
    .flatMap((value, k) => values.slice(0, k).map((before, j) => (value - before) / (k - j)))
    .sort((a, b) => a - b);
  const at = (rank: number) => slopes[Math.max(0, Math.min(slopes.length - 1, rank))] as number;
  const middle = (slopes.length - 1) / 2;
  const spread = DEVIATIONS[confidence] * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return {
    value: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    least: at(Math.floor((slopes.length - spread) / 2) - 1),
    most: at(Math.ceil((slopes.length + spread) / 2)),
  };
}
