// `pyheap report summary`: a trace on one screen.

import type { Command } from "commander";
import { traceSummary } from "../../report/trace-summary.js";
import { addMomentOptions, loadTrace, type TraceOptions, toCount } from "./trace-input.js";

export function addSummary(report: Command): void {
  addMomentOptions(
    report
      .command("summary")
      .summary("figures, and the functions and modules that have most")
      .description("Shows a trace on one screen: figures, and the functions, modules and domains that have most.")
      .argument("<file>", "the trace")
      .option("--rows <n>", "functions that are shown at most", toCount, 12),
  ).action(async (file: string, options: TraceOptions & { rows: number }) => {
    process.stdout.write(traceSummary(await loadTrace(file, options), options.rows));
  });
}
