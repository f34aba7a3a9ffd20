// `pyheap report summary`: a trace on one screen.

import { type Command, Option } from "commander";
import { SUMMARY_DEFAULTS, type SummaryOptions, traceSummary } from "../../report/trace-summary.js";
import { SORTINGS } from "../../report/trace-table.js";
import {
  addMomentOptions,
  addSelectionOptions,
  addShareOption,
  type SelectionOptions,
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
    .addOption(new Option("--sort <column>", "what comes first").choices(SORTINGS).default(SUMMARY_DEFAULTS.sort))
    .option("--rows <n>", "functions that are shown at most", toCount, SUMMARY_DEFAULTS.rows);
  addShareOption(addSelectionOptions(addMomentOptions(command)), "rows").action(
    async (file: string, options: TraceOptions & SelectionOptions & SummaryOptions) => {
      process.stdout.write(traceSummary(await loadReport(file, options), options));
    },
  );
}
