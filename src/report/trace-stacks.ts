// A trace by whole stacks: what was left, or gone at once, each with the calls that led to it.

import { bytes } from "../text/bytes.js";
import { placeOf } from "../text/labels.js";
import { count, counted, percent } from "../text/numbers.js";
import type { Frame } from "../trace/tree.js";
import { reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { stackRows } from "./trace-groups.js";

export interface StacksOptions {
  /** Stacks that are shown at most. */
  readonly rows: number;
  /** Frames of each that are shown at most; a recursion that calls itself in one place is one. */
  readonly frames: number;
}

/** Frames that are the same, one after the other. */
function runsOf(stack: readonly Frame[]): { readonly frame: Frame; length: number }[] {
  const runs: { readonly frame: Frame; length: number }[] = [];
  for (const frame of stack) {
    const last = runs.at(-1);
    if (last && last.frame.function === frame.function && last.frame.line === frame.line) last.length++;
    else runs.push({ frame, length: 1 });
  }
  return runs;
}

/** The stacks with the most bytes, with their frames from the innermost outwards. */
export function stackLines({ analysis, view, colors }: Omit<TraceReport, "summary">, options: StacksOptions): string[] {
  const { tree } = analysis;
  const whole = viewSum({ analysis, view }).bytes;
  return stackRows(analysis, view)
    .slice(0, options.rows)
    .flatMap(({ node, own }) => {
      const stack = tree.stack(node);
      const runs = runsOf(stack);
      const shown = runs.slice(0, options.frames).map(({ frame: { function: f, line }, length }, k) => {
        const place = `${f.name} ${colors.dim(placeOf(f, line))}`;
        return `    ${k === 0 ? "" : "from "}${place}${length > 1 ? colors.dim(`, ${count(length)} times`) : ""}`;
      });
      const more = runs.slice(options.frames).reduce((sum, { length }) => sum + length, 0);
      return [
        `  ${bytes(own.bytes)} ${percent(own.bytes, whole)}, ${counted(own.count, "block")}`,
        ...(node === 0 ? [`    ${tree.frame(0).function.name}`] : shown),
        ...(more > 0 ? [colors.dim(`    and ${count(more)} more`)] : []),
      ];
    });
}

export function traceStacks(report: TraceReport, options: StacksOptions): string {
  const more = stackRows(report.analysis, report.view).length - options.rows;
  return [
    ...reportHead(report),
    "",
    ...stackLines(report, options),
    ...(more > 0 ? [report.colors.dim(`  ${counted(more, "more stack")}`)] : []),
    "",
  ].join("\n");
}
