// `pyheap report retainers`: who holds objects.

import type { Command } from "commander";
import { heldTable, nodeText, pathText } from "../../report/objects.js";
import { allPaths } from "../../snapshot/all-paths.js";
import { NODE, type ObjectGraph } from "../../snapshot/graph.js";
import { type Held, mergedPaths } from "../../snapshot/held.js";
import { Paths } from "../../snapshot/paths.js";
import { bytes } from "../../text/bytes.js";
import { count, counted } from "../../text/numbers.js";
import { forTerminal } from "../../text/visible.js";
import { UsageError } from "../system/errors.js";
import { toCount, toId } from "./options.js";
import { jsonText } from "./output.js";
import { type Loaded, loadDominators } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

interface RetainersOptions {
  readonly type?: string;
  readonly id?: number;
  readonly largest?: number;
  readonly rows: number;
  readonly json?: boolean;
}

/** The objects of a type, whose name may be given without its module. */
function nodesOfType({ nodeCount, kinds, types, strings }: ObjectGraph, name: string): number[] {
  const isMeant = strings.map((text) => text === name || text.endsWith(`.${name}`));
  const found: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    const kind = kinds[node];
    if (kind !== NODE.synthetic && kind !== NODE.frame && isMeant[types[node] as number]) found.push(node);
  }
  return found;
}

function nodeOfId({ ids, kinds }: ObjectGraph, id: number): number {
  return ids.findIndex((each, node) => each === id && kinds[node] !== NODE.synthetic && kinds[node] !== NODE.memory);
}

/** The objects with the largest retained sizes. */
function largest({ graph, dominators }: Loaded, count: number): number[] {
  const { kinds } = graph;
  const objects = [...dominators.order].filter((node) => kinds[node] === NODE.object || kinds[node] === NODE.string);
  const retained = (node: number) => dominators.retained[node] as number;
  return objects.sort((a, b) => retained(b) - retained(a)).slice(0, count);
}

export function addRetainers(report: Command): void {
  report
    .command("retainers")
    .summary("who holds objects: the shortest paths to them")
    .description(
      "Shows who holds objects of a heap snapshot: the shortest paths from the root; alike paths are shown as one.",
    )
    .argument("<file>", "the snapshot: app.heapsnapshot")
    .option("--type <name>", "all objects of a type, such as app.Point, or Point")
    .option("--id <number>", "the object with this id(), such as 0x16f8a0: all that refers to it", toId)
    .option("--largest <n>", "the objects that retain most", toCount)
    .option("--rows <n>", "show at most this many rows", toCount, 20)
    .option("--json", "as JSON")
    .action((file: string, options: RetainersOptions) => {
      process.stdout.write(retainers(file, options));
    });
}

function retainers(file: string, { type, id, largest: most, rows, json = false }: RetainersOptions): string {
  if ([type, id, most].filter((each) => each !== undefined).length !== 1) {
    throw new UsageError("Cannot say who holds what: name one of --type, --id and --largest");
  }
  const loaded = loadDominators(file);
  const { graph, dominators } = loaded;
  const paths = new Paths(graph);
  if (type !== undefined) {
    const nodes = nodesOfType(graph, type);
    if (nodes.length === 0)
      throw new UsageError(`${file} has no object of the type ${type}; pyheap report objects names all`);
    const held: Held[] = mergedPaths(graph, paths, dominators, nodes);
    if (json) return jsonText({ type, count: nodes.length, held });
    const own = held.reduce((sum, each) => sum + each.own, 0);
    return `${counted(nodes.length, "object")} of ${forTerminal(type)}, ${bytes(own)}\n\n${heldTable(held, rows, terminalColors())}`;
  }
  if (id !== undefined) {
    const node = nodeOfId(graph, id);
    if (node === -1) throw new UsageError(`${file} has no object with the id 0x${id.toString(16)}`);
    return oneObject(loaded, paths, node, rows, json);
  }
  const nodes = largest(loaded, most ?? 0);
  if (json) return jsonText(nodes.map((node) => described(loaded, paths, node)));
  return `${nodes.map((node) => objectText(loaded, paths, node)).join("\n\n")}\n`;
}

function described({ graph, dominators }: Loaded, paths: Paths, node: number) {
  const steps = paths.to(node);
  return {
    ...{ id: graph.ids[node] as number, type: graph.strings[graph.types[node] as number] as string },
    ...{ own: graph.sizes[node] as number, retained: dominators.retained[node] as number },
    path: steps && paths.text(steps),
  };
}

/** An object, and the shortest path that holds it. */
function objectText({ graph, dominators }: Loaded, paths: Paths, node: number): string {
  const steps = paths.to(node);
  const sizes = `own ${bytes(graph.sizes[node] as number)}, retains ${bytes(dominators.retained[node] as number)}`;
  const path = steps ? pathText(graph, paths, steps, terminalColors()) : "  only weak references lead to it";
  return `${nodeText(graph, node)}, ${sizes}\n${path}`;
}

/** An object, the shortest path that holds it, and the paths to everything else that refers to it. */
function oneObject(loaded: Loaded, paths: Paths, node: number, rows: number, json: boolean): string {
  const [shortest, ...others] = [...allPaths(loaded.graph, paths, node)].map((steps) => paths.text(steps));
  if (json)
    return jsonText([
      { ...described(loaded, paths, node), paths: shortest === undefined ? [] : [shortest, ...others] },
    ]);
  const { dim } = terminalColors();
  const shown = others.slice(0, rows).map((text) => `  ${forTerminal(text)}\n`);
  const more = others.length > rows ? dim(`  ${count(others.length - rows)} more\n`) : "";
  const also =
    others.length === 0 ? "" : `\nheld by ${counted(others.length, "more reference")}\n${shown.join("")}${more}`;
  return `${objectText(loaded, paths, node)}\n${also}`;
}
