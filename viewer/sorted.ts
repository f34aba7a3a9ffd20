// Searching in sorted sequences.

/** The first of `length` indexes that is not below the wanted place; `length` if all are below. */
export function firstIndex(length: number, isBelow: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first value that is not below `value`. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  return firstIndex(sorted.length, (k) => (sorted[k] as number) < value);
}
