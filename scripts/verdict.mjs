// Whether a benchmark's row became worse or better: its median has changed by more than 2 %, and each value lies on the same side of all
// values from before the change. Smaller differences can be noise.

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** "WORSE", "better", or "". Lower values are better, unless the row is to be at least its goal. */
export function verdict(before, after, atLeast = false) {
  const isHigher = (a, b) => median(b) > median(a) * 1.02 && Math.min(...b) > Math.max(...a);
  if (isHigher(before, after)) return atLeast ? "better" : "WORSE";
  if (isHigher(after, before)) return atLeast ? "WORSE" : "better";
  return "";
}
