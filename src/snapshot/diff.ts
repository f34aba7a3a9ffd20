// Two snapshots of one program compared, or three: what is new, what is gone, who holds what is new.

import { NODE, type ObjectGraph } from "./graph.js";

/** Objects of a type that one snapshot has and another one has not. */
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

/** The nodes of `graph` that are objects and are not in `before`: an id that has another type is another object's. */
export function newObjects(graph: ObjectGraph, before: ObjectGraph): number[] {
  const known = typesById(before);
  const found: number[] = [];
  graph.kinds.forEach((kind, node) => {
    if (isObject(kind) && known.get(graph.ids[node] as number) !== nameOf(graph, node)) found.push(node);
  });
  return found;
}

/** What changed from one snapshot to the next, by type, in no order. */
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

/**
 * What grew twice: of each type that has more objects in each of three snapshots than in the one before, the nodes of the last that were in neither
 * of the others.
 */
export function grownTwice(first: ObjectGraph, second: ObjectGraph, third: ObjectGraph): Map<string, number[]> {
  const counts = [first, second, third].map((graph) => {
    const found = new Map<string, number>();
    for (const name of typesById(graph).values()) found.set(name, (found.get(name) ?? 0) + 1);
    return found;
  });
  const [a, b, c] = counts as [Map<string, number>, Map<string, number>, Map<string, number>];
  const grew = (name: string) => {
    const [one, two, three] = [a.get(name) ?? 0, b.get(name) ?? 0, c.get(name) ?? 0];
    return one < two && two < three;
  };
  const isOld = typesById(first);
  const found = new Map<string, number[]>();
  for (const node of newObjects(third, second)) {
    const name = nameOf(third, node);
    if (!grew(name) || isOld.get(third.ids[node] as number) === name) continue;
    const nodes = found.get(name);
    if (nodes) nodes.push(node);
    else found.set(name, [node]);
  }
  return found;
}
