// `pyheap report diff`: two runs, and what grew from one to the other.

import { type Command, Option } from "commander";
import { type DiffOptions, traceDiff } from "../../report/trace-diff.js";
import { GROUPINGS } from "../../report/trace-groups.js";
import { addMomentOptions, loadTrace, type TraceOptions, terminalColors, toCount } from "./trace-input.js";

export function addDiff(report: Command): void {
  addMomentOptions(
    report
      .command("diff")
      .summary("two traces: what grew")
      .description("Shows what a second trace has more and less than a first, by group.")
      .argument("<before>", "a trace")
      .argument("<after>", "another one")
      .addOption(new Option("--by <group>", "what a row stands for").choices(GROUPINGS).default("function"))
      .option("--rows <n>", "rows that are shown at most", toCount, 30),
  ).action(async (before: string, after: string, options: TraceOptions & DiffOptions) => {
    const first = await loadTrace(before, options);
    const second = await loadTrace(after, options);
    process.stdout.write(traceDiff(first, second, options, terminalColors()));
  });
}
