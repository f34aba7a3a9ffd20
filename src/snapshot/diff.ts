// Compares two or three snapshots of one program: which objects are new, which are gone, and which types grew twice.

import { NODE, type ObjectGraph } from "./graph.js";

/** The objects of one type that only one of two snapshots has. */
export interface TypeChange {
  readonly name: string;
  /** Objects that were not there before, and their own bytes. */
  newCount: number;
  newBytes: number;
  /** Objects that are not there any more. */
  goneCount: number;
  goneBytes: number;
}

const isObject = (kind: number): boolean => kind === NODE.object || kind === NODE.string;
const nameOf = ({ types, strings }: ObjectGraph, node: number): string => strings[types[node] as number] as string;

/** The objects of a graph by id: for each the name of its type. */
function typesById(graph: ObjectGraph): Map<number, string> {
  const found = new Map<number, string>();
  graph.kinds.forEach((kind, node) => {
    if (isObject(kind)) found.set(graph.ids[node] as number, nameOf(graph, node));
  });
  return found;
}

/**
 * The objects of `graph` that are not in `before`, as nodes. An object with a known id but another type is new, because
 * its address was used again.
 */
export function newObjects(graph: ObjectGraph, before: ObjectGraph): number[] {
  const known = typesById(before);
  const found: number[] = [];
  graph.kinds.forEach((kind, node) => {
    if (isObject(kind) && known.get(graph.ids[node] as number) !== nameOf(graph, node)) found.push(node);
  });
  return found;
}

/** What changed from one snapshot to the next, by type. The types are in no order. */
export function compareSnapshots(before: ObjectGraph, after: ObjectGraph): TypeChange[] {
  const rows = new Map<string, TypeChange>();
  const rowOf = (name: string): TypeChange => {
    const row = rows.get(name) ?? { name, newCount: 0, newBytes: 0, goneCount: 0, goneBytes: 0 };
    rows.set(name, row);
    return row;
  };
  for (const node of newObjects(after, before)) {
    const row = rowOf(nameOf(after, node));
    row.newCount++;
    row.newBytes += after.sizes[node] as number;
  }
  for (const node of newObjects(before, after)) {
    const row = rowOf(nameOf(before, node));
    row.goneCount++;
    row.goneBytes += before.sizes[node] as number;
  }
  return [...rows.values()];
}

/** A type with more objects in each of three snapshots than in the one before. */
export interface GrownType {
  /** How many objects each snapshot has. */
  readonly counts: readonly number[];
  /** The nodes of the last snapshot that were new in the second one, and those that are new in the last one. */
  readonly steps: readonly [number[], number[]];
}

/** The types with more objects in the second snapshot than in the first, and more again in the third. */
export function grownTwice(first: ObjectGraph, second: ObjectGraph, third: ObjectGraph): Map<string, GrownType> {
  const [a, b, c] = [first, second, third].map((graph) => {
    const counts = new Map<string, number>();
    for (const name of typesById(graph).values()) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }) as [Map<string, number>, Map<string, number>, Map<string, number>];
  const found = new Map<string, GrownType>();
  for (const [name, last] of c) {
    const counts = [a.get(name) ?? 0, b.get(name) ?? 0, last] as const;
    if (counts[0] < counts[1] && counts[1] < counts[2]) found.set(name, { counts, steps: [[], []] });
  }
  const isNewest = new Set(newObjects(third, second));
  for (const node of newObjects(third, first)) {
    found.get(nameOf(third, node))?.steps[isNewest.has(node) ? 1 : 0].push(node);
  }
  return found;
}
