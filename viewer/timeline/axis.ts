// The marks of the timeline's axes.

import { bytes } from "../words.js";

/** Three or four marks at round numbers of KiB, MiB or GiB. */
export function binarySplits(least: number, most: number): number[] {
  const goal = (most - least) / 3;
  const unit = 2 ** (10 * Math.floor(Math.log2(Math.max(goal, 1)) / 10));
  const round =
    [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500, 512].findLast((n) => n * unit <= goal) ?? 1;
  const step = round * unit;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, k) => k * step);
}

/** Marks of bytes, with decimals only if a mark needs them. */
export function byteWords(marks: readonly number[]): string[] {
  return marks.map((n) => (n === 0 ? "0" : bytes(n).replace(".0 ", " ")));
}

/**
 * Marks of time: in milliseconds if all are short, otherwise in seconds; with as many decimals as their distance needs.
 */
export function timeWords(marks: readonly number[]): string[] {
  const [scale, unit] = (marks.at(-1) ?? 0) < 0.1 ? [1000, "ms"] : [1, "s"];
  const step = marks.length > 1 ? ((marks[1] as number) - (marks[0] as number)) * scale : 1;
  let decimals = 0;
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-3) decimals++;
  return marks.map((seconds) => `${(seconds * scale).toFixed(decimals)} ${unit}`);
}

/** The width of a character, and the distance between two marks, in pixels. */
const CHARACTER = 7;
const BETWEEN = 28;
const USUAL = 80;

/** The distance that marks of time need, on an axis from `least` to `most` seconds over this many pixels. */
export function timeSpace(least: number, most: number, pixels: number): number {
  const decimals = Math.max(0, Math.ceil(-Math.log10(((most - least) * USUAL) / Math.max(1, pixels))));
  return BETWEEN + CHARACTER * (Math.floor(most).toString().length + decimals + 3);
}
