// `pyheap report temporary`: allocations that were freed almost at once.

import type { Command } from "commander";
import { STACKS_DEFAULTS, type StacksOptions, traceStacks } from "../../report/trace-stacks.js";
import { addSpanOptions, addStackOptions, type SelectionOptions, type SpanOptions, toWhole } from "./options.js";
import { loadReport } from "./trace-input.js";

export function addTemporary(report: Command): void {
  addStackOptions(
    addSpanOptions(
      report
        .command("temporary")
        .summary("memory that was freed before other blocks were allocated, by stack")
        .description(
          "Shows memory that was allocated and freed again while at most N other blocks were allocated, by stack.",
        )
        .argument("<file>", "the trace")
        .option("--within <n>", "other blocks that may be allocated before the block is freed (default: 0)", toWhole),
    ),
    STACKS_DEFAULTS,
  ).action(async (file: string, options: SpanOptions & SelectionOptions & StacksOptions & { within?: number }) => {
    const loaded = await loadReport(file, options, { at: "temporary", within: options.within });
    process.stdout.write(traceStacks(loaded, options));
  });
}
