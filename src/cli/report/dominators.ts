// `pyheap report dominators`: the objects that hold most of a heap, and below each the objects that hold most of it.

import type { Command } from "commander";
import { dominatorLines, dominatorTree } from "../../report/objects.js";
import { Paths } from "../../snapshot/paths.js";
import { toCount, toLevels, toShare } from "./options.js";
import { jsonText } from "./output.js";
import { loadDominators } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

interface DominatorsOptions {
  readonly depth: number;
  readonly rows: number;
  readonly minPercent: number;
  readonly json?: boolean;
}

export function addDominators(report: Command): void {
  report
    .command("dominators")
    .summary("what holds most of a heap, as a tree")
    .description("Shows the tree of dominators: below each object are those that would be free without it.")
    .argument("<file>", "the snapshot: app.heapsnapshot")
    .option("--depth <n>", "show at most this many levels", toLevels, 5)
    .option("--rows <n>", "show at most this many rows below each row", toCount, 8)
    .option("--min-percent <share>", "omit objects that retain a smaller share of the heap", toShare, 0.005)
    .option("--json", "as JSON: each object with what is below it")
    .action((file: string, { depth, rows, minPercent, json = false }: DominatorsOptions) => {
      const { graph, dominators } = loadDominators(file);
      const tree = dominatorTree(graph, dominators, new Paths(graph), { depth, rows, minShare: minPercent });
      process.stdout.write(json ? jsonText(tree) : dominatorLines(tree, terminalColors()));
    });
}
