// What every report of a trace is made from, and the lines that every one begins with.

import type { Colors } from "picocolors/types.js";
import type { View } from "../trace/accounts.js";
import type { Analysis } from "../trace/analysis.js";
import type { TraceSummary } from "../trace/reader.js";
import { bytes, count, seconds } from "./figures.js";

export interface TraceReport {
  readonly analysis: Analysis;
  readonly summary: TraceSummary;
  readonly view: View;
  readonly colors: Colors;
}

const MICROSECONDS = 1e6;

/** Bytes and blocks that the view shows, together. */
export function viewSum({ analysis, view }: Pick<TraceReport, "analysis" | "view">): { bytes: number; count: number } {
  const { figures, accounts } = analysis;
  if (view === "peak") return { bytes: figures.peakBytes, count: figures.peakBlocks };
  if (view === "end") return { bytes: figures.liveBytes, count: figures.liveBlocks };
  let sum = { bytes: 0, count: 0 };
  for (let account = 0; account < accounts.length; account++) {
    const own = accounts.read(view, account);
    sum = { bytes: sum.bytes + own.bytes, count: sum.count + own.count };
  }
  return sum;
}

/** What is shown, in one line: `at the peak, after 1.2 s: 30.1 MiB in 12,345 blocks`. */
export function viewLine(report: Pick<TraceReport, "analysis" | "view">): string {
  const { analysis, view } = report;
  const { bytes: size, count: blocks } = viewSum(report);
  const what = {
    peak: `at the peak, after ${seconds(analysis.figures.peakTime / MICROSECONDS)}`,
    end: `live after ${seconds(analysis.endTime / MICROSECONDS)}`,
    leaks: `allocated and not freed until ${seconds(analysis.endTime / MICROSECONDS)}`,
    allocated: "allocated in all",
    temporary: "allocated and freed again at once",
  }[view];
  return `${what}: ${bytes(size)} in ${count(Math.round(blocks))} blocks`;
}

/** The head of a report: which program, what is shown, and what of the trace could not be read. */
export function reportHead(report: TraceReport): string[] {
  const { colors, summary } = report;
  const { command, sample } = summary.metadata;
  return [
    `${colors.bold(command.join(" ") || "A program")}  ${colors.dim(viewLine(report))}`,
    ...(sample > 0 ? [colors.dim(`Sampled, one in ${bytes(sample)}: sizes and counts are estimates.`)] : []),
    ...(summary.problem === undefined ? [] : [colors.yellow(`${summary.problem}. Shown is what was before.`)]),
  ];
}
