// `pyheap report diff-objects` and `leaks-objects`: which objects are new in later heap snapshots of a program, and who
// holds them.

import type { Command } from "commander";
import { changesTable, grownText, heldTable, noneMatches } from "../../report/objects.js";
import { compareSnapshots, grownTwice, newObjects } from "../../snapshot/diff.js";
import { findDominators } from "../../snapshot/dominators.js";
import { mergedPaths } from "../../snapshot/held.js";
import { Paths } from "../../snapshot/paths.js";
import { toCount, toPattern } from "./options.js";
import { jsonText } from "./output.js";
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
        ? jsonText({ types, held })
        : types.length === 0 && filter
          ? noneMatches("type with new or gone objects", filter)
          : `${changesTable(types, rows, colors)}\n${heldTable(held, rows, colors)}`;
      process.stdout.write(text);
    });
}

export function addLeaksObjects(report: Command): void {
  report
    .command("leaks-objects")
    .summary("what grew from each of three snapshots to the next, and who holds it")
    .description(
      "Compares three heap snapshots of one program: types with more objects in each snapshot than in the one before, how many of the new objects of each step are still there, and who holds these.",
    )
    .argument("<first>", "the first snapshot")
    .argument("<second>", "the second one")
    .argument("<third>", "the third one")
    .option("--rows <n>", "show at most this many rows", toCount, 20)
    .option("--filter <pattern>", FILTER_HELP, toPattern)
    .option("--json", "as JSON")
    .action((...[first, second, third, options]: [string, string, string, DiffOptions]) => {
      process.stdout.write(leaks([first, second, third], options));
    });
}

/** The types that grew in both steps, and who holds what they grew by. */
function leaks([first, second, third]: readonly [string, string, string], { rows, filter, json }: DiffOptions): string {
  const last = loadSnapshot(third);
  const found = grownTwice(loadSnapshot(first), loadSnapshot(second), last);
  const paths = new Paths(last);
  const dominators = findDominators(last);
  const types = [...found]
    .filter(([type]) => filter?.test(type) ?? true)
    .map(([type, { counts, steps }]) => {
      const held = mergedPaths(last, paths, dominators, steps.flat());
      const own = held.reduce((sum, each) => sum + each.own, 0);
      const inStep = steps.map(
        (nodes) => new Map(mergedPaths(last, paths, dominators, nodes).map((each) => [each.path, each.count])),
      );
      return {
        ...{ type, counts, steps: steps.map(({ length }) => length), count: steps.flat().length, own },
        held: held.map((each) => ({ ...each, steps: inStep.map((of) => of.get(each.path) ?? 0) })),
      };
    })
    .sort((a, b) => b.own - a.own || a.type.localeCompare(b.type));
  if (json) return jsonText(types);
  if (types.length === 0)
    return filter
      ? noneMatches("type that grew twice", filter)
      : "No type has more objects in each snapshot than before.\n";
  const colors = terminalColors();
  return types
    .slice(0, rows)
    .map((each) => grownText(each, colors))
    .join("\n");
}
