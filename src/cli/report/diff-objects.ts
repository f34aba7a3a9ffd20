// `pyheap report diff-objects` and `leaks-objects`: which objects are new in later heap snapshots of a program, and who
// holds them.

import type { Command } from "commander";
import { changesTable, heldTable } from "../../report/objects.js";
import { compareSnapshots, grownTwice, newObjects } from "../../snapshot/diff.js";
import { findDominators } from "../../snapshot/dominators.js";
import { mergedPaths } from "../../snapshot/held.js";
import { Paths } from "../../snapshot/paths.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { forTerminal } from "../../text/visible.js";
import { toCount, toPattern } from "./options.js";
import { loadSnapshot } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

interface DiffOptions {
  readonly rows: number;
  readonly filter?: RegExp;
  readonly json?: boolean;
}

const FILTER_HELP = "only types whose name matches, such as Point or ^app[.]";

export function addDiffObjects(report: Command): void {
  report
    .command("diff-objects")
    .summary("what is new in a heap since an earlier snapshot")
    .description("Compares two heap snapshots of one program: objects by type, and who holds those that are new.")
    .argument("<before>", "the earlier snapshot")
    .argument("<after>", "the later one")
    .option("--rows <n>", "show at most this many rows", toCount, 20)
    .option("--filter <pattern>", FILTER_HELP, toPattern)
    .option("--json", "as JSON")
    .action((before: string, after: string, { rows, filter, json = false }: DiffOptions) => {
      const [old, now] = [loadSnapshot(before), loadSnapshot(after)];
      const order = (change: { newBytes: number; goneBytes: number }) => change.newBytes - change.goneBytes;
      const types = compareSnapshots(old, now)
        .filter(({ name }) => filter?.test(name) ?? true)
        .sort((a, b) => order(b) - order(a) || a.name.localeCompare(b.name));
      const isMeant = (node: number) => filter?.test(now.strings[now.types[node] as number] as string) ?? true;
      const found = newObjects(now, old).filter(isMeant);
      const held = mergedPaths(now, new Paths(now), findDominators(now), found);
      const colors = terminalColors();
      const text = json
        ? `${JSON.stringify({ types, held }, null, 2)}\n`
        : `${changesTable(types, rows, colors)}\n${heldTable(held, rows, colors)}`;
      process.stdout.write(text);
    });
}

export function addLeaksObjects(report: Command): void {
  report
    .command("leaks-objects")
    .summary("what grew from each of three snapshots to the next, and who holds it")
    .description(
      "Compares three heap snapshots of one program: types with more objects in each snapshot than in the one before, and who holds the newest of these objects.",
    )
    .argument("<first>", "the first snapshot")
    .argument("<second>", "the second one")
    .argument("<third>", "the third one")
    .option("--rows <n>", "show at most this many rows", toCount, 20)
    .option("--filter <pattern>", FILTER_HELP, toPattern)
    .option("--json", "as JSON")
    .action((first: string, second: string, third: string, { rows, filter, json = false }: DiffOptions) => {
      const last = loadSnapshot(third);
      const found = grownTwice(loadSnapshot(first), loadSnapshot(second), last);
      const paths = new Paths(last);
      const dominators = findDominators(last);
      const own = (nodes: readonly number[]) => nodes.reduce((sum, node) => sum + (last.sizes[node] as number), 0);
      const types = [...found]
        .filter(([type]) => filter?.test(type) ?? true)
        .map(([type, nodes]) => ({
          ...{ type, count: nodes.length, own: own(nodes) },
          held: mergedPaths(last, paths, dominators, nodes),
        }))
        .sort((a, b) => b.own - a.own || a.type.localeCompare(b.type));
      const colors = terminalColors();
      const text = types.slice(0, rows).map(({ type, count, own, held }) => {
        const head = `${counted(count, "new object")} of ${forTerminal(type)}, ${bytes(own)}`;
        return `${head}\n${heldTable(held, 3, colors)}`;
      });
      if (json) process.stdout.write(`${JSON.stringify(types, null, 2)}\n`);
      else
        process.stdout.write(
          text.length === 0 ? "No type has more objects in each snapshot than before.\n" : `${text.join("\n")}`,
        );
    });
}
