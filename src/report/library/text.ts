// The reports of one trace as text, with the defaults of `pyheap report`.

import { CALLERS_DEFAULTS, type CallersOptions, traceCallers } from "../trace-callers.js";
import type { TraceReport } from "../trace-context.js";
import { STACKS_DEFAULTS, type StacksOptions, traceStacks } from "../trace-stacks.js";
import { traceStats, traceStatsText } from "../trace-stats.js";
import { SUMMARY_DEFAULTS, type SummaryOptions, traceSummary } from "../trace-summary.js";
import { TABLE_DEFAULTS, type TableOptions, traceTable } from "../trace-table.js";
import { TREE_DEFAULTS, type TreeOptions, traceTree } from "../trace-tree.js";

export class TextReports {
  readonly #report: TraceReport;

  constructor(report: TraceReport) {
    this.#report = report;
  }

  /** Figures, and the functions, modules and domains with the most bytes. */
  summary(options: Partial<SummaryOptions> = {}): string {
    return traceSummary(this.#report, { ...SUMMARY_DEFAULTS, ...options });
  }

  /** A row for each function, or for each line, file, module, type, domain or size class. */
  table(options: Partial<TableOptions> = {}): string {
    return traceTable(this.#report, { ...TABLE_DEFAULTS, ...options });
  }

  /** The tree of calls, from the outermost inwards. */
  tree(options: Partial<TreeOptions> = {}): string {
    return traceTree(this.#report, { ...TREE_DEFAULTS, ...options });
  }

  /** Whole stacks; of leaks or temporary blocks, if the report is one of these. */
  stacks(options: Partial<StacksOptions> = {}): string {
    return traceStacks(this.#report, { ...STACKS_DEFAULTS, ...options });
  }

  /** Functions whose name or file matches: who calls each, what is in its lines, and whom it calls. */
  callers(pattern: RegExp, options: Partial<Omit<CallersOptions, "pattern">> = {}): string {
    return traceCallers(this.#report, { ...CALLERS_DEFAULTS, ...options, pattern });
  }

  /** Figures; and of all that was allocated the size classes, domains, types if the report is by type, top lines and most frequent sizes. */
  stats(): string {
    const { analysis, summary, colors } = this.#report;
    return traceStatsText(traceStats(analysis, summary), colors);
  }
}
