// `pyheap report tree`: allocations as a tree of calls.

import type { Command } from "commander";
import { TREE_DEFAULTS, type TreeOptions, traceTree } from "../../report/trace-tree.js";
import {
  addMomentOptions,
  addSelectionOptions,
  addShareOption,
  addSourceOption,
  type SelectionOptions,
  sortOption,
  type TraceOptions,
  toCount,
} from "./options.js";
import { loadReport } from "./trace-input.js";

export function addTree(report: Command): void {
  const command = report
    .command("tree")
    .summary("from the outermost call inwards")
    .description("Shows the tree of calls. The bytes of a call are its own and those of its callees.")
    .argument("<file>", "the trace")
    .addOption(
      sortOption(["total", "own", "count", "name"], TREE_DEFAULTS.sort, "which of a function's calls comes first"),
    )
    .option("--depth <n>", "show at most this many levels", toCount, TREE_DEFAULTS.depth);
  addSourceOption(
    addShareOption(addSelectionOptions(addMomentOptions(command)), "branches", TREE_DEFAULTS.minShare),
  ).action(async (file: string, options: TraceOptions & SelectionOptions & TreeOptions) => {
    process.stdout.write(traceTree(await loadReport(file, options), options));
  });
}
