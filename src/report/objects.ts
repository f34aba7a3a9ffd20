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
import { stepLines } from "../text/steps.js";
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

export interface ObjectsShown {
  /** What the rows are: types, modules, sizes. */
  readonly by: string;
  /** The pattern that chose the rows. */
  readonly filter: RegExp | undefined;
  readonly most: number;
}

export function objectsTable(
  rows: readonly TypeRow[],
  sums: ObjectSums,
  { by, filter, most }: ObjectsShown,
  colors: Colors,
): string {
  const cells = ({ count: objects, own, retained, name }: TypeRow) => [
    ...[count(objects), bytes(own), percent(own, sums.bytes), bytes(retained)],
    forTerminal(name),
  ];
  if (filter && rows.length === 0) return `${sumsText(sums)}\n\n${noneMatches(by, filter)}`;
  return `${sumsText(sums)}\n\n${tableOf(["count", "own", "", "retained", by], rows, cells, most, colors)}`;
}

/** Says that a pattern chose nothing. */
export const noneMatches = (what: string, { source }: RegExp): string => `No ${what} matches ${forTerminal(source)}.\n`;

/** A node in a few words: its type, id and value. */
export function nodeText({ types, values, ids, kinds, strings }: ObjectGraph, node: number): string {
  const type = strings[types[node] as number] as string;
  const value = strings[values[node] as number] as string;
  const shown = value.length > VALUE_SHOWN ? `${value.slice(0, VALUE_SHOWN)}…` : value;
  const quoted = kinds[node] === NODE.string ? `'${shown}'` : shown;
  const id = kinds[node] === NODE.object ? ` 0x${(ids[node] as number).toString(16)}` : "";
  return forTerminal(`${type}${value === "" && kinds[node] !== NODE.string ? "" : ` ${quoted}`}${id}`);
}

/** One path, with a line for each step that is shown. */
export function pathText(graph: ObjectGraph, paths: Paths, steps: readonly Step[], colors: Colors): string {
  const lines = stepLines(steps, (step) => {
    const name = paths.text([step]).trim();
    return `${forTerminal(name)}  ${colors.dim(nodeText(graph, step.node))}`;
  });
  return lines.map((line) => `  ${line}`).join("\n");
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

/** A node of the dominator tree, with the nodes below it that retain most. */
export interface DominatorNode {
  /** What its holder calls it: the last piece of its shortest path, such as `.cache`. */
  readonly name: string;
  readonly type: string;
  readonly id: number;
  readonly value: string;
  readonly own: number;
  readonly retained: number;
  readonly below: readonly DominatorNode[];
  /**
   * The nodes below it that `rows` leaves out: how many there are, and what they retain together. Nodes that are too small,
   * or deeper than `depth`, are not counted.
   */
  readonly more: { readonly count: number; readonly retained: number };
  /** The node in a few words. */
  readonly text: string;
}

/** The dominator tree from its root. Below each node are the nodes that it dominates and that retain most. */
export function dominatorTree(
  graph: ObjectGraph,
  { parents, retained, order }: Dominators,
  paths: Paths,
  options: TreeOptions,
): DominatorNode {
  const least = (retained[0] as number) * options.minShare;
  const children = new Map<number, number[]>();
  for (const node of order) {
    const parent = parents[node] as number;
    if (parent === node || (retained[node] as number) < least) continue;
    const list = children.get(parent);
    if (list) list.push(node);
    else children.set(parent, [node]);
  }
  const treeOf = (node: number, depth: number): DominatorNode => {
    const all = (children.get(node) ?? []).sort((a, b) => (retained[b] as number) - (retained[a] as number));
    const isDeepest = depth === options.depth;
    const more = isDeepest ? [] : all.slice(options.rows);
    return {
      name: paths.lastPiece(node),
      type: graph.strings[graph.types[node] as number] as string,
      id: graph.ids[node] as number,
      value: graph.strings[graph.values[node] as number] as string,
      own: graph.sizes[node] as number,
      retained: retained[node] as number,
      below: isDeepest ? [] : all.slice(0, options.rows).map((child) => treeOf(child, depth + 1)),
      more: { count: more.length, retained: more.reduce((sum, child) => sum + (retained[child] as number), 0) },
      text: nodeText(graph, node),
    };
  };
  return treeOf(0, 0);
}

/** The dominator tree as text: a line for each node. */
export function dominatorLines(tree: DominatorNode, colors: Colors): string {
  const lines: string[] = [];
  const add = (size: number, depth: number, text: string) => {
    lines.push(
      `${bytes(size).padStart(10)} ${percent(size, tree.retained).padStart(6)}  ${"  ".repeat(depth)}${text}\n`,
    );
  };
  const show = ({ name, type, retained, text, own, below, more }: DominatorNode, depth: number) => {
    const called = name === "" || name === type ? "" : `${forTerminal(name)}  `;
    add(retained, depth, `${called}${text}${colors.dim(`  own ${bytes(own)}`)}`);
    for (const child of below) show(child, depth + 1);
    if (more.count > 0) add(more.retained, depth + 1, colors.dim(`${count(more.count)} more`));
  };
  show(tree, 0);
  return lines.join("");
}

/** What changed from one snapshot to another, by type. */
export function changesTable(changes: readonly TypeChange[], most: number, colors: Colors): string {
  const cells = ({ name, newCount, newBytes, goneCount, goneBytes }: TypeChange) => [
    ...[count(newCount), bytes(newBytes), count(goneCount), bytes(goneBytes), signedBytes(newBytes - goneBytes)],
    forTerminal(name),
  ];
  return tableOf(["new", "", "gone", "", "change", "type"], changes, cells, most, colors);
}

/** A type that grew twice: how many objects each snapshot has, how many new ones of each step are left, and who holds these. */
export interface Grown {
  readonly type: string;
  readonly counts: readonly number[];
  readonly steps: readonly number[];
  readonly own: number;
  readonly held: readonly (Held & { readonly steps: readonly number[] })[];
}

/** The most paths that are shown of a type that grew. */
const MOST_HOLDERS = 3;

export function grownText({ type, counts, steps, own, held }: Grown, colors: Colors): string {
  const [first = 0, second = 0] = steps;
  const numbers = counts.map((each) => count(each)).join(", then ");
  const left = `new and still there: ${count(first)} of the first step, ${count(second)} of the second, ${bytes(own)}`;
  const cells = (each: Grown["held"][number]) => [
    ...each.steps.map((of) => count(of)),
    bytes(each.own),
    forTerminal(each.path),
  ];
  const table = tableOf(["first", "second", "own", "held by"], held, cells, MOST_HOLDERS, colors);
  return `${forTerminal(type)}: ${numbers} objects; ${left}\n${table}`;
}
