// A trace by whole stacks: leaks, or temporary allocations, each with the calls that led to it.

import { bytes } from "../text/bytes.js";
import { count, counted, percent } from "../text/numbers.js";
import { intervalOf } from "../trace/sampling.js";
import type { Frame, StackTree } from "../trace/tree.js";
import { frameText, intervalWords, reportFoot, reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { stackRows } from "./trace-groups.js";

export interface StacksOptions {
  /** The most stacks that are shown. */
  readonly rows: number;
  /** The most frames of each stack that are shown. A recursion that calls itself in one place counts as one frame. */
  readonly frames: number;
  /** The order: most bytes first, or most blocks. */
  readonly sort: "bytes" | "count";
  /** Stacks with less than this share of the bytes, from 0 to 1, are omitted. */
  readonly minShare: number;
}

export const STACKS_DEFAULTS: StacksOptions = { rows: 15, frames: 8, sort: "bytes", minShare: 0 };

/** Runs of equal frames, one after the other. */
function* runsOf(tree: StackTree, node: number): Generator<{ readonly frame: Frame; readonly length: number }> {
  let length = 0;
  for (let at = node; at !== 0; at = tree.parent(at)) {
    const caller = tree.parent(at);
    length++;
    const isSame =
      caller !== 0 && tree.functionNumber(caller) === tree.functionNumber(at) && tree.line(caller) === tree.line(at);
    if (isSame) continue;
    yield { frame: tree.frame(at), length };
    length = 0;
  }
}

type Shown = Pick<TraceReport, "analysis" | "view" | "stacks" | "colors" | "sources">;

/** A stack's frames as lines, the innermost first, at most `most` of them; and the number of frames that are not shown. */
export function stackFrames(report: Shown, node: number, most: number): { lines: string[]; more: number } {
  const { stacks, colors } = report;
  if (node === 0) return { lines: [`    ${stacks.tree.frame(0).function.name}`], more: 0 };
  const lines: string[] = [];
  let more = 0;
  for (const { frame, length } of runsOf(stacks.tree, node)) {
    const times = length > 1 ? colors.dim(`, ${count(length)} times`) : "";
    if (lines.length < most) lines.push(`    ${lines.length === 0 ? "" : "from "}${frameText(report, frame, times)}`);
    else more += length;
  }
  return { lines, more };
}

/** The shown stacks, with their frames from the innermost to the outermost, and the number of those not shown. */
export function stackLines(
  report: Shown,
  { rows, frames, sort, minShare }: StacksOptions,
): { lines: string[]; more: number } {
  const { stacks, view, colors } = report;
  const whole = viewSum(report).bytes;
  const all = stackRows(stacks, view);
  if (sort === "count") all.sort((a, b) => b.own.count - a.own.count);
  const chosen = all.slice(0, rows).filter(({ own }) => own.bytes >= whole * minShare);
  const { sample = 0 } = stacks;
  const lines = chosen.flatMap(({ node, own, variance }) => {
    const within = sample > 0 ? ` (${intervalWords(intervalOf(own.bytes, variance, sample))})` : "";
    const shown = stackFrames(report, node, frames);
    return [
      `  ${bytes(own.bytes)}${within} ${percent(own.bytes, whole)}, ${counted(own.count, "block")}`,
      ...shown.lines,
      ...(shown.more > 0 ? [colors.dim(`    and ${count(shown.more)} more`)] : []),
    ];
  });
  return { lines, more: all.length - chosen.length };
}

export function traceStacks(report: TraceReport, options: StacksOptions): string {
  const { lines, more } = stackLines(report, options);
  return [
    ...reportHead(report),
    "",
    ...lines,
    ...(more > 0 ? [report.colors.dim(`  ${counted(more, "more stack")}`)] : []),
    ...reportFoot(report),
    "",
  ].join("\n");
}
