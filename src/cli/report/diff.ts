// `pyheap report diff`: two runs, and what grew from one to the other.

import { type Command, Option } from "commander";
import { DIFF_DEFAULTS, type DiffOptions, traceDiff } from "../../report/trace-diff.js";
import { GROUPINGS } from "../../report/trace-groups.js";
import { addMomentOptions, addSelectionOptions, type SelectionOptions, type TraceOptions, toCount } from "./options.js";
import { loadReport, terminalColors } from "./trace-input.js";

export function addDiff(report: Command): void {
  const command = report
    .command("diff")
    .summary("two traces: what grew")
    .description("Shows what a second trace has more and less than a first, by group.")
    .argument("<before>", "a trace")
    .argument("<after>", "another one")
    .addOption(new Option("--by <group>", "what to group by").choices(GROUPINGS).default(DIFF_DEFAULTS.by))
    .option("--rows <n>", "rows that are shown at most", toCount, DIFF_DEFAULTS.rows)
    .addOption(
      new Option("--sort <figure>", "what comes first").choices(["bytes", "count", "name"]).default(DIFF_DEFAULTS.sort),
    );
  addSelectionOptions(addMomentOptions(command)).action(
    async (before: string, after: string, options: TraceOptions & SelectionOptions & DiffOptions) => {
      const first = await loadReport(before, options);
      const second = await loadReport(after, options);
      process.stdout.write(traceDiff(first, second, options, terminalColors()));
    },
  );
}
