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
  sortOption,
  type TraceOptions,
  toCount,
  withGrouping,
} from "./options.js";
import { loadReport } from "./trace-input.js";

export function addTable(report: Command): void {
  const command = report
    .command("table")
    .summary("by function, line, file, module, type, domain or size class")
    .description("Shows who has how much: own is what a group allocated itself, total what it and its callees did.")
    .argument("<file>", "the trace")
    .addOption(new Option("--by <group>", "what to group by").choices(GROUPINGS).default(TABLE_DEFAULTS.by))
    .addOption(sortOption(SORTINGS, TABLE_DEFAULTS.sort))
    .option("--rows <n>", "show at most this many rows", toCount, TABLE_DEFAULTS.rows);
  addSourceOption(addShareOption(addSelectionOptions(addMomentOptions(command)), "rows")).action(
    async (file: string, options: TraceOptions & SelectionOptions & TableOptions) => {
      const chosen = withGrouping(options);
      process.stdout.write(traceTable(await loadReport(file, chosen), chosen));
    },
  );
}
