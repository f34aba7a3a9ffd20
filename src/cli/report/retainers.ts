// `pyheap report retainers`: who holds objects.

import type { Command } from "commander";
import { heldTable, nodeText, pathText } from "../../report/objects.js";
import { NODE, type ObjectGraph } from "../../snapshot/graph.js";
import { type Held, mergedPaths } from "../../snapshot/held.js";
import { Paths } from "../../snapshot/paths.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { forTerminal } from "../../text/visible.js";
import { UsageError } from "../system/errors.js";
import { toCount } from "./options.js";
import { type Loaded, loadDominators } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

interface RetainersOptions {
  readonly type?: string;
  readonly id?: string;
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

function nodeOfId({ ids, kinds }: ObjectGraph, text: string): number {
  const id = Number(text);
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
    .option("--id <number>", "the object with this id(), such as 0x16f8a0")
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
  const colors = terminalColors();
  if (type !== undefined) {
    const nodes = nodesOfType(graph, type);
    if (nodes.length === 0)
      throw new UsageError(`${file} has no object of the type ${type}; pyheap report objects names all`);
    const held: Held[] = mergedPaths(graph, paths, dominators, nodes);
    if (json) return `${JSON.stringify({ type, count: nodes.length, held }, null, 2)}\n`;
    const own = held.reduce((sum, each) => sum + each.own, 0);
    return `${counted(nodes.length, "object")} of ${forTerminal(type)}, ${bytes(own)}\n\n${heldTable(held, rows, colors)}`;
  }
  const nodes = id === undefined ? largest(loaded, most ?? 0) : [nodeOfId(graph, id)];
  if (nodes[0] === -1) throw new UsageError(`${file} has no object with the id ${id}`);
  const shown = nodes.map((node) => {
    const steps = paths.to(node);
    return {
      ...{ id: graph.ids[node] as number, type: graph.strings[graph.types[node] as number] as string },
      ...{ own: graph.sizes[node] as number, retained: dominators.retained[node] as number },
      path: steps && paths.text(steps),
      text: `${nodeText(graph, node)}, own ${bytes(graph.sizes[node] as number)}, retains ${bytes(dominators.retained[node] as number)}\n${
        steps ? pathText(graph, paths, steps, colors) : "  only weak references lead to it"
      }`,
    };
  });
  if (json)
    return `${JSON.stringify(
      shown.map(({ text: _, ...rest }) => rest),
      null,
      2,
    )}\n`;
  return `${shown.map(({ text }) => text).join("\n\n")}\n`;
}
