// `pyheap report stats`: a trace in figures.

import type { Command } from "commander";
import { traceStats, traceStatsText } from "../../report/trace-stats.js";
import { addSpanOptions, type TraceOptions } from "./options.js";
import { jsonText } from "./output.js";
import { loadReport } from "./trace-input.js";

export function addStats(report: Command): void {
  addSpanOptions(
    report
      .command("stats")
      .summary("figures, size classes, domains, the busiest lines")
      .description("Shows a trace in figures, as text or as JSON.")
      .argument("<file>", "the trace")
      .option("--json", "as JSON"),
  ).action(async (file: string, options: Omit<TraceOptions, "at"> & { json?: boolean }) => {
    const { analysis, summary, colors } = await loadReport(file, options, { at: "allocated" });
    const stats = traceStats(analysis, summary);
    process.stdout.write(options.json ? jsonText(stats) : traceStatsText(stats, colors));
  });
}
