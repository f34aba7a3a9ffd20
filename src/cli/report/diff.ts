// `pyheap report diff`: two runs, and what grew from one to the other.

import { type Command, Option } from "commander";
import { DIFF_DEFAULTS, type DiffOptions, traceDiff } from "../../report/trace-diff.js";
import { GROUPINGS } from "../../report/trace-groups.js";
import {
  addMomentOptions,
  addSelectionOptions,
  type SelectionOptions,
  sortOption,
  type TraceOptions,
  toCount,
  withGrouping,
} from "./options.js";
import { loadReport, terminalColors } from "./trace-input.js";

export function addDiff(report: Command): void {
  const command = report
    .command("diff")
    .summary("two traces: what grew")
    .description("Shows which groups have more memory in a second trace than in a first, and which have less.")
    .argument("<before>", "a trace")
    .argument("<after>", "another one")
    .addOption(new Option("--by <group>", "what to group by").choices(GROUPINGS).default(DIFF_DEFAULTS.by))
    .option("--rows <n>", "show at most this many rows", toCount, DIFF_DEFAULTS.rows)
    .addOption(sortOption(["bytes", "count", "name"], DIFF_DEFAULTS.sort));
  addSelectionOptions(addMomentOptions(command)).action(
    async (before: string, after: string, options: TraceOptions & SelectionOptions & DiffOptions) => {
      const chosen = withGrouping(options);
      const first = await loadReport(before, chosen);
      const second = await loadReport(after, chosen);
      process.stdout.write(traceDiff(first, second, chosen, terminalColors()));
    },
  );
}
