// Every report of a trace as text, with the defaults of `pyheap report`.

import { type CallersOptions, traceCallers } from "../trace-callers.js";
import type { TraceReport } from "../trace-context.js";
import { type StacksOptions, traceStacks } from "../trace-stacks.js";
import { traceStats, traceStatsText } from "../trace-stats.js";
import { type SummaryOptions, traceSummary } from "../trace-summary.js";
import { type TableOptions, traceTable } from "../trace-table.js";
import { type TreeOptions, traceTree } from "../trace-tree.js";

export class TextReports {
  readonly #report: TraceReport;

  constructor(report: TraceReport) {
    this.#report = report;
  }

  /** Figures, and the functions, modules and domains that have most. */
  summary(options: Partial<SummaryOptions> = {}): string {
    return traceSummary(this.#report, { rows: 12, sort: "own", minShare: 0, ...options });
  }

  /** A row for each function, or for each line, file, module, domain or size class. */
  table(options: Partial<TableOptions> = {}): string {
    return traceTable(this.#report, { by: "function", rows: 30, sort: "own", minShare: 0, ...options });
  }

  /** The tree of calls, from the outermost inwards. */
  tree(options: Partial<TreeOptions> = {}): string {
    return traceTree(this.#report, { minShare: 0.01, depth: 60, sort: "total", ...options });
  }

  /** Whole stacks; of leaks or temporary blocks, if the report is one of these. */
  stacks(options: Partial<StacksOptions> = {}): string {
    return traceStacks(this.#report, { rows: 15, frames: 8, sort: "bytes", minShare: 0, ...options });
  }

  /** Functions whose name or file matches: who calls each, what is in its lines, and whom it calls. */
  callers(pattern: RegExp, options: Partial<Omit<CallersOptions, "pattern">> = {}): string {
    return traceCallers(this.#report, { functions: 5, rows: 10, minShare: 0, ...options, pattern });
  }

  /** Figures, size classes, domains, the lines that allocate most. */
  stats(): string {
    const { analysis, summary, colors } = this.#report;
    return traceStatsText(traceStats(analysis, summary), colors);
  }
}
