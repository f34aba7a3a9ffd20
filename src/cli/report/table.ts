// `pyheap report table`: groups of allocations in rows.

import { type Command, Option } from "commander";
import { GROUPINGS } from "../../report/trace-groups.js";
import { SORTINGS, TABLE_DEFAULTS, type TableOptions, traceTable } from "../../report/trace-table.js";
import {
  addMomentOptions,
  addSelectionOptions,
  addShareOption,
  addSourceOption,
  type SelectionOptions,
  type TraceOptions,
  toCount,
} from "./options.js";
import { loadReport } from "./trace-input.js";

export function addTable(report: Command): void {
  const command = report
    .command("table")
    .summary("by function, line, file, module, domain or size class")
    .description("Shows who has how much: own is what a group allocated itself, total what it and its callees did.")
    .argument("<file>", "the trace")
    .addOption(new Option("--by <group>", "what to group by").choices(GROUPINGS).default(TABLE_DEFAULTS.by))
    .addOption(new Option("--sort <column>", "what comes first").choices(SORTINGS).default(TABLE_DEFAULTS.sort))
    .option("--rows <n>", "rows that are shown at most", toCount, TABLE_DEFAULTS.rows);
  addSourceOption(addShareOption(addSelectionOptions(addMomentOptions(command)), "rows")).action(
    async (file: string, options: TraceOptions & SelectionOptions & TableOptions) => {
      process.stdout.write(traceTable(await loadReport(file, options), options));
    },
  );
}
