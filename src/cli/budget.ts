// `pyheap run --fail-over-peak` and `--fail-over-leak`: if the program's memory is over its budget, the run fails, and
// the stacks with most of that memory are printed.

import type { Colors } from "picocolors/types.js";
import { startWords, type TraceReport, traceReport, viewSum } from "../report/trace-context.js";
import { stackLines } from "../report/trace-stacks.js";
import { bytes } from "../text/bytes.js";
import type { View } from "../trace/accounts.js";

/** Exit code of a program that ended without an error, but used more memory than its budget. */
export const OVER_BUDGET = 3;

export interface Budget {
  // What the interpreter's start allocated is not counted.
  /** The most bytes that may be live at once; undefined: any number. */
  readonly failOverPeak?: number;
  /** The most bytes that may still be live at the end; undefined: any number. */
  readonly failOverLeak?: number;
}

const SHOWN = { rows: 5, frames: 12, sort: "bytes", minShare: 0 } as const;

/**
 * A text with the figures that are over the budget, and with their stacks; undefined if there are none. `ownBytes` were live at the
 * end, but not the program's.
 */
export function overBudget(trace: TraceReport, budget: Budget, colors: Colors, ownBytes = 0): string | undefined {
  const check = (view: View, what: string, most: number | undefined): string[] => {
    const report = traceReport({ ...trace, view, colors });
    const size = viewSum(report).bytes - (view === "leaks" ? ownBytes : 0);
    if (most === undefined || size <= most) return [];
    const start = startWords(report);
    const beside = start === undefined ? "" : colors.dim(`, beside ${start}`);
    const title = `pyheap: ${what} is ${bytes(size)}, over ${bytes(most)}`;
    return [`${colors.bold(title)}${beside}`, ...stackLines(report, SHOWN).lines];
  };
  const lines = [
    ...check("peak", "the program's peak", budget.failOverPeak),
    ...check("leaks", "what the program did not free", budget.failOverLeak),
  ];
  return lines.length === 0 ? undefined : `${lines.join("\n")}\n`;
}
