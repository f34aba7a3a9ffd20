// Texts from a heap snapshot: objects by type, who holds them, and who dominates whom.

import type { Colors } from "picocolors/types.js";
import type { TypeChange } from "../snapshot/diff.js";
import type { Dominators } from "../snapshot/dominators.js";
import { NODE, type ObjectGraph } from "../snapshot/graph.js";
import type { Held } from "../snapshot/held.js";
import type { Paths, Step } from "../snapshot/paths.js";
import type { TypeRow } from "../snapshot/types.js";
import { bytes, signedBytes } from "../text/bytes.js";
import { count, counted, percent } from "../text/numbers.js";
import { forTerminal } from "../text/visible.js";
import { layOut } from "./columns.js";

export const OBJECT_SORTINGS = ["own", "retained", "count", "name"] as const;
export type ObjectSorting = (typeof OBJECT_SORTINGS)[number];

/** How many characters of a value are shown after a type. */
const VALUE_SHOWN = 40;

export interface ObjectSums {
  readonly objects: number;
  readonly references: number;
  readonly bytes: number;
}

export function sortRows(rows: readonly TypeRow[], sort: ObjectSorting): TypeRow[] {
  const order = (a: TypeRow, b: TypeRow) => (sort === "name" ? 0 : b[sort] - a[sort]) || a.name.localeCompare(b.name);
  return [...rows].sort(order);
}

const sumsText = ({ objects, references, bytes: all }: ObjectSums): string =>
  `${counted(objects, "object")}, ${counted(references, "reference")}, ${bytes(all)}`;

/** A table with titles, of at most `most` rows. A line says how many more there are. The last `texts` columns are texts. */
export function tableOf<Row>(
  titles: readonly string[],
  rows: readonly Row[],
  cells: (row: Row) => string[],
  most: number,
  colors: Colors,
  texts = 1,
): string {
  const head = titles.map((title) => colors.dim(title));
  const lines = rows.slice(0, most).map(cells);
  const alignments = titles.map((_, k) => (k >= titles.length - texts ? "left" : "right"));
  const more = rows.length - lines.length;
  return `${layOut([head, ...lines], alignments)}\n${more > 0 ? `${colors.dim(`  ${count(more)} more`)}\n` : ""}`;
}

export function objectsTable(
  rows: readonly TypeRow[],
  sums: ObjectSums,
  by: string,
  most: number,
  colors: Colors,
): string {
  const cells = ({ count: objects, own, retained, name }: TypeRow) => [
    ...[count(objects), bytes(own), percent(own, sums.bytes), bytes(retained)],
    forTerminal(name),
  ];
  return `${sumsText(sums)}\n\n${tableOf(["count", "own", "", "retained", by], rows, cells, most, colors)}`;
}

/** A node in a few words: its type, id and value. */
export function nodeText({ types, values, ids, kinds, strings }: ObjectGraph, node: number): string {
  const type = strings[types[node] as number] as string;
  const value = strings[values[node] as number] as string;
  const shown = value.length > VALUE_SHOWN ? `${value.slice(0, VALUE_SHOWN)}…` : value;
  const quoted = kinds[node] === NODE.string ? `'${shown}'` : shown;
  const id = kinds[node] === NODE.object ? ` 0x${(ids[node] as number).toString(16)}` : "";
  return forTerminal(`${type}${value === "" && kinds[node] !== NODE.string ? "" : ` ${quoted}`}${id}`);
}

/** One path, with a line for each step. */
export function pathText(graph: ObjectGraph, paths: Paths, steps: readonly Step[], colors: Colors): string {
  const lines = steps.map((step, depth) => {
    const name = paths.text([step]).trim();
    return `${"  ".repeat(Math.min(depth + 1, 20))}${forTerminal(name)}  ${colors.dim(nodeText(graph, step.node))}`;
  });
  return lines.join("\n");
}

export function heldTable(held: readonly Held[], most: number, colors: Colors): string {
  const cells = (each: Held) => [count(each.count), bytes(each.own), forTerminal(each.path)];
  return tableOf(["count", "own", "held by"], held, cells, most, colors);
}

export interface TreeOptions {
  readonly depth: number;
  /** At most this many children of a node are shown. */
  readonly rows: number;
  /** The least share of all bytes, from 0 to 1, that a node needs to be shown. */
  readonly minShare: number;
}

/** The dominator tree from its root: the nodes that retain most, and in each the nodes that retain most of it. */
export function dominatorTree(
  graph: ObjectGraph,
  { parents, retained, order }: Dominators,
  options: TreeOptions,
  colors: Colors,
): string {
  const whole = retained[0] as number;
  const children = new Map<number, number[]>();
  for (const node of order) {
    const parent = parents[node] as number;
    if (parent === node || (retained[node] as number) < whole * options.minShare) continue;
    const list = children.get(parent);
    if (list) list.push(node);
    else children.set(parent, [node]);
  }
  const lines: string[] = [];
  const show = (node: number, depth: number) => {
    const size = retained[node] as number;
    lines.push(
      `${bytes(size).padStart(10)} ${percent(size, whole).padStart(6)}  ${"  ".repeat(depth)}${nodeText(graph, node)}${colors.dim(`  own ${bytes(graph.sizes[node] as number)}`)}`,
    );
    if (depth === options.depth) return;
    const below = (children.get(node) ?? []).sort((a, b) => (retained[b] as number) - (retained[a] as number));
    for (const child of below.slice(0, options.rows)) show(child, depth + 1);
    const more = below.slice(options.rows);
    if (more.length === 0) return;
    const rest = more.reduce((sum, child) => sum + (retained[child] as number), 0);
    lines.push(
      `${bytes(rest).padStart(10)} ${percent(rest, whole).padStart(6)}  ${"  ".repeat(depth + 1)}${colors.dim(`${count(more.length)} more`)}`,
    );
  };
  show(0, 0);
  return `${lines.join("\n")}\n`;
}

/** What changed from one snapshot to another, by type. */
export function changesTable(changes: readonly TypeChange[], most: number, colors: Colors): string {
  const cells = ({ name, newCount, newBytes, goneCount, goneBytes }: TypeChange) => [
    ...[count(newCount), bytes(newBytes), count(goneCount), bytes(goneBytes), signedBytes(newBytes - goneBytes)],
    forTerminal(name),
  ];
  return tableOf(["new", "", "gone", "", "change", "type"], changes, cells, most, colors);
}
