// `pyheap report dominators`: the objects that hold most of a heap, and below each the objects that hold most of it.

import type { Command } from "commander";
import { dominatorTree } from "../../report/objects.js";
import { toCount, toShare } from "./options.js";
import { loadDominators } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

interface DominatorsOptions {
  readonly depth: number;
  readonly rows: number;
  readonly minPercent: number;
}

export function addDominators(report: Command): void {
  report
    .command("dominators")
    .summary("what holds most of a heap, as a tree")
    .description("Shows the tree of dominators: below each object are those that would be free without it.")
    .argument("<file>", "the snapshot: app.heapsnapshot")
    .option("--depth <n>", "levels that are shown at most", toCount, 5)
    .option("--rows <n>", "rows that are shown at most below another one", toCount, 8)
    .option("--min-percent <share>", "omit what retains less than this of the heap", toShare, 0.005)
    .action((file: string, { depth, rows, minPercent }: DominatorsOptions) => {
      const { graph, dominators } = loadDominators(file);
      process.stdout.write(dominatorTree(graph, dominators, { depth, rows, minShare: minPercent }, terminalColors()));
    });
}
