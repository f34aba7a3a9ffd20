// `pyheap report summary`: a trace on one screen.

import type { Command } from "commander";
import { SUMMARY_DEFAULTS, type SummaryOptions, traceSummary } from "../../report/trace-summary.js";
import { SORTINGS } from "../../report/trace-table.js";
import {
  addMomentOptions,
  addSelectionOptions,
  addShareOption,
  type SelectionOptions,
  sortOption,
  type TraceOptions,
  toCount,
} from "./options.js";
import { loadReport } from "./trace-input.js";

export function addSummary(report: Command): void {
  const command = report
    .command("summary")
    .summary("figures, and the functions and modules that have most")
    .description("Shows a trace on one screen: figures, and the functions, modules and domains that have most.")
    .argument("<file>", "the trace")
    .addOption(sortOption(SORTINGS, SUMMARY_DEFAULTS.sort))
    .option("--rows <n>", "show at most this many functions", toCount, SUMMARY_DEFAULTS.rows);
  addShareOption(addSelectionOptions(addMomentOptions(command)), "rows").action(
    async (file: string, options: TraceOptions & SelectionOptions & SummaryOptions) => {
      process.stdout.write(traceSummary(await loadReport(file, options), options));
    },
  );
}
