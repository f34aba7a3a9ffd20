// The marks of the timeline's axes.

import type uPlot from "uplot";
import type { Colors } from "../theme.js";
import { bytes } from "../words.js";

/** Four to six marks from 0 on, at round numbers of bytes, KiB, MiB or GiB. */
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
  const longest = Math.max(...marks.map(Math.abs), 0);
  const [scale, unit] = longest < 0.1 ? [1000, "ms"] : [1, "s"];
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
  const digits = Math.max(...[least, most].map((end) => Math.trunc(end).toString().length));
  return BETWEEN + CHARACTER * (digits + decimals + 3);
}

const FONT = '11px "Inter Variable", system-ui, sans-serif';

/** The axes of a plot of bytes over seconds. */
export function timeAndBytes(colors: Colors): uPlot.Axis[] {
  const axis = { stroke: colors.get("muted"), font: FONT, ticks: { show: false } };
  return [
    {
      ...axis,
      ...{ grid: { show: false }, size: 22, gap: 6 },
      space: (_, __, least, most, pixels) => timeSpace(least, most, pixels),
      values: (_, marks) => timeWords(marks),
    },
    {
      ...axis,
      ...{ size: 64, gap: 8, grid: { stroke: colors.get("line"), width: 1 } },
      splits: (_, __, least, most) => binarySplits(least, most),
      values: (_, marks) => byteWords(marks),
    },
  ];
}
