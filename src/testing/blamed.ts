// The stacks that a failed test blames.

import colors from "picocolors";
import { type TraceReport, traceReport } from "../report/trace-context.js";
import { stackRows } from "../report/trace-groups.js";
import { stackFrames } from "../report/trace-stacks.js";
import { bytes } from "../text/bytes.js";
import { counted } from "../text/numbers.js";
import type { View } from "../trace/accounts.js";
import type { Analysed } from "../trace/analysis.js";

/** The most stacks that are blamed, and the most frames of each. */
export const MOST_STACKS = 3;
export const MOST_FRAMES = 6;

/** The stacks with the most bytes in the view, as lines. */
export function blamed(analysed: Analysed, view: View): string {
  const report: TraceReport = traceReport({
    ...analysed,
    view,
    colors: colors.createColors(false),
    sources: undefined,
  });
  const rows = stackRows(report.stacks, view);
  const lines = rows
    .slice(0, MOST_STACKS)
    .flatMap(({ node, own }) => [
      `  ${bytes(own.bytes)} in ${counted(own.count, "block")}`,
      ...stackFrames(report, node, MOST_FRAMES).lines,
    ]);
  if (rows.length > MOST_STACKS) lines.push(`  and ${counted(rows.length - MOST_STACKS, "more stack")}`);
  return lines.join("\n");
}
