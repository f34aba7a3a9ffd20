// `pyheap report objects`: what a heap contains, by type.

import { type Command, Option } from "commander";
import { OBJECT_SORTINGS, type ObjectSorting, objectsTable, sortRows } from "../../report/objects.js";
import { summaryOf } from "../../snapshot/take.js";
import { GROUPINGS, type Grouping, groupObjects } from "../../snapshot/types.js";
import { toCount, toPattern } from "./options.js";
import { jsonText } from "./output.js";
import { loadDominators } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

interface ObjectsOptions {
  readonly by: Grouping;
  readonly sort: ObjectSorting;
  readonly rows: number;
  readonly filter?: RegExp;
  readonly json?: boolean;
}

export function addObjects(report: Command): void {
  report
    .command("objects")
    .summary("what is in a heap, by type, module or size")
    .description(
      "Shows what a heap snapshot has: own is the objects' own memory, retained what would be free without them.",
    )
    .argument("<file>", "the snapshot: app.heapsnapshot")
    .addOption(new Option("--by <group>", "what to group by").choices(GROUPINGS).default("type"))
    .addOption(new Option("--sort <column>", "what comes first").choices(OBJECT_SORTINGS).default("own"))
    .option("--rows <n>", "show at most this many rows", toCount, 30)
    .option("--filter <pattern>", "only rows whose name matches, such as json or ^app", toPattern)
    .option("--json", "as JSON, with all rows")
    .action((file: string, { by, sort, rows, filter, json = false }: ObjectsOptions) => {
      const { graph, dominators } = loadDominators(file);
      const all = groupObjects(graph, dominators, by).filter(({ name }) => filter?.test(name) ?? true);
      const sorted = sortRows(all, sort);
      const sums = summaryOf(graph);
      if (json) process.stdout.write(jsonText({ ...sums, by, rows: sorted }));
      else process.stdout.write(objectsTable(sorted, sums, { by, filter, most: rows }, terminalColors()));
    });
}
