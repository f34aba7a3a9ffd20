// `pyheap report tree`: allocations as a tree of calls.

import { type Command, Option } from "commander";
import { TREE_DEFAULTS, type TreeOptions, traceTree } from "../../report/trace-tree.js";
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

export function addTree(report: Command): void {
  const command = report
    .command("tree")
    .summary("from the outermost call inwards")
    .description("Shows the tree of calls, with what each and its callees have.")
    .argument("<file>", "the trace")
    .addOption(
      new Option("--sort <figure>", "which of a function's calls comes first")
        .choices(["total", "own", "count", "name"])
        .default(TREE_DEFAULTS.sort),
    )
    .option("--depth <n>", "levels that are shown at most", toCount, TREE_DEFAULTS.depth);
  addSourceOption(
    addShareOption(addSelectionOptions(addMomentOptions(command)), "branches", TREE_DEFAULTS.minShare),
  ).action(async (file: string, options: TraceOptions & SelectionOptions & TreeOptions) => {
    process.stdout.write(traceTree(await loadReport(file, options), options));
  });
}
