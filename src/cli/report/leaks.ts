// `pyheap report leaks`: allocations that the program did not free.

import type { Command } from "commander";
import { STACKS_DEFAULTS, type StacksOptions, traceStacks } from "../../report/trace-stacks.js";
import { addSpanOptions, addStackOptions, type SelectionOptions, type SpanOptions } from "./options.js";
import { loadReport } from "./trace-input.js";

export function addLeaks(report: Command): void {
  addStackOptions(
    addSpanOptions(
      report
        .command("leaks")
        .summary("memory that was allocated and not freed, by stack")
        .description("Shows what the program, or a span of it, allocated and did not free until the end, by stack.")
        .argument("<file>", "the trace"),
    ),
    STACKS_DEFAULTS,
  ).action(async (file: string, options: SpanOptions & SelectionOptions & StacksOptions) => {
    process.stdout.write(traceStacks(await loadReport(file, options, { at: "leaks" }), options));
  });
}
