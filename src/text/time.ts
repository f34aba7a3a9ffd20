// Times, for people.

export const MICROSECONDS = 1e6;

/** Seconds with a useful precision: `0.4 ms`, `31 ms`, `0.12 s`, `7.4 s`, `83 s`. */
export function seconds(n: number): string {
  const size = Math.abs(n);
  if (n !== 0 && size < 0.1) return `${(n * 1000).toFixed(size < 0.01 ? 1 : 0)} ms`;
  return `${n.toFixed(size < 1 ? 2 : size < 20 ? 1 : 0)} s`;
}

/** Like `seconds`, for microseconds. */
export const time = (microseconds: number): string => seconds(microseconds / MICROSECONDS);

/** A moment of a recording, in microseconds, more precisely than `time`: `4.2 ms`, `0.482 s`, `5.23 s`, `83.1 s`. */
export const instant = (microseconds: number): string => instantIn(microseconds, Number.POSITIVE_INFINITY);

/** Like `instant`, for a view of this many microseconds: with the precision of a hundredth of the view (`5.2312 s`). */
export function instantIn(microseconds: number, seen: number): string {
  const n = microseconds / MICROSECONDS;
  const needed = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(seen / MICROSECONDS))));
  const size = Math.abs(n);
  if (n !== 0 && size < 0.1) return `${Number((n * 1000).toFixed(Math.max(1, needed - 3)))} ms`;
  return `${n.toFixed(Math.max(needed, size < 1 ? 3 : size < 20 ? 2 : 1))} s`;
}

/**
 * When something was, in words. The moment is in microseconds from the beginning of the program: `after 1.2 s`, or `0.3 s
 * before the program`.
 */
export function when(microseconds: number, write: (microseconds: number) => string = time): string {
  return microseconds < 0 ? `${write(-microseconds)} before the program` : `after ${write(microseconds)}`;
}

/**
 * A span of a recording, in microseconds, with a precision that fits its length: `4.90 s to 5.41 s`, `1.5791 s to
 * 1.5823 s`.
 */
export function stretch(from: number, to: number): string {
  const [begin, end] = [instant(from), instant(to)];
  const length = (to - from) / MICROSECONDS;
  if (begin.endsWith(" ms") || length <= 0 || length > 0.1) return `${begin} to ${end}`;
  const decimals = Math.min(6, 1 - Math.floor(Math.log10(length)));
  return `${(from / MICROSECONDS).toFixed(decimals)} s to ${(to / MICROSECONDS).toFixed(decimals)} s`;
}
