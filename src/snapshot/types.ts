// Groups nodes by type, or by another property: their number, their size, and how much would be free without them.

import { type Dominators, dominatedBy } from "./dominators.js";
import { NODE, type ObjectGraph } from "./graph.js";

export interface TypeRow {
  readonly name: string;
  count: number;
  /** Bytes of the nodes themselves. */
  own: number;
  /** Bytes of the nodes and of all that they dominate. Each byte counts once. */
  retained: number;
}

export type Grouping = "type" | "module" | "size";
export const GROUPINGS: readonly Grouping[] = ["type", "module", "size"];

/**
 * The module of a type: the names before the first one that begins with a capital, as a class does; if there is none,
 * all but the last. A type with one name only is in builtins.
 */
export function moduleOf(type: string): string {
  const names = type.split(".");
  const first = names.findIndex((name) => /^_*[A-Z]/.test(name));
  const end = first < 0 ? names.length - 1 : first;
  return end <= 0 ? "builtins" : names.slice(0, end).join(".");
}

/** The range of sizes between two powers of two: "64 to 127". */
function sizeClass(size: number): string {
  if (size === 0) return "0";
  const from = 2 ** Math.floor(Math.log2(size));
  return `${from} to ${2 * from - 1}`;
}

/** A function that tells the name of a node's row; undefined for groups and frames, which are in no row. */
export function rowNames(
  { kinds, types, sizes, strings }: ObjectGraph,
  by: Grouping,
): (node: number) => string | undefined {
  const modules = new Map<number, string>();
  const moduleName = (type: number): string => {
    const known = modules.get(type) ?? moduleOf(strings[type] as string);
    modules.set(type, known);
    return known;
  };
  return (node) => {
    const kind = kinds[node];
    if (kind === NODE.synthetic || kind === NODE.frame) return undefined;
    const type = types[node] as number;
    if (by === "type" || kind === NODE.memory) return strings[type];
    return by === "module" ? moduleName(type) : sizeClass(sizes[node] as number);
  };
}

/** Objects in rows. Memory that belongs to no object has rows of its own; groups and frames have none. */
export function groupObjects(graph: ObjectGraph, dominators: Dominators, by: Grouping): TypeRow[] {
  const { nodeCount, sizes } = graph;
  const nameOf = rowNames(graph, by);
  const rows: TypeRow[] = [];
  const byName = new Map<string, number>();
  const group = new Int32Array(nodeCount).fill(-1);
  for (let node = 0; node < nodeCount; node++) {
    const name = nameOf(node);
    if (name === undefined) continue;
    let row = byName.get(name);
    if (row === undefined) {
      row = rows.push({ name, count: 0, own: 0, retained: 0 }) - 1;
      byName.set(name, row);
    }
    group[node] = row;
    const found = rows[row] as TypeRow;
    found.count++;
    found.own += sizes[node] as number;
  }
  addRetained(rows, group, dominators);
  return rows;
}

/** Adds to each row what its nodes retain, except those that another node of the row dominates. */
function addRetained(rows: TypeRow[], group: Int32Array, dominators: Dominators): void {
  const { retained, order } = dominators;
  const { first, next } = dominatedBy(dominators);
  const open = new Int32Array(rows.length);
  const enter = (node: number) => {
    const row = group[node] as number;
    if (row < 0) return;
    if (open[row] === 0) (rows[row] as TypeRow).retained += retained[node] as number;
    open[row] = (open[row] as number) + 1;
  };
  const stack = new Uint32Array(group.length + 1);
  let depth = 0;
  if (order.length > 0) stack[depth++] = order[0] as number;
  if (depth > 0) enter(stack[0] as number);
  while (depth > 0) {
    const node = stack[depth - 1] as number;
    const child = first[node] as number;
    if (child >= 0) {
      first[node] = next[child] as number;
      stack[depth++] = child;
      enter(child);
      continue;
    }
    depth--;
    const row = group[node] as number;
    if (row >= 0) open[row] = (open[row] as number) - 1;
  }
}
