// Finds out who holds the objects that can't be reached from the modules and the threads. An object that has more
// references than the graph shows is held from outside, by C or JavaScript. Garbage is what can't be
// reached from held objects either.

import type { GraphBuilder } from "./builder.js";
import { FLAG } from "./graph.js";
import { NodeSet } from "./node-set.js";

interface Range {
  readonly first: number;
  readonly end: number;
}

interface Holders {
  /** The group that holds a node from outside; and by what, if that has a name. */
  readonly held: (node: number) => { readonly group: number; readonly by?: string };
  readonly garbage: number;
}

/**
 * Adds edges from the holders to nodes of a range, so that every node can be reached: from the groups, from a group
 * that holds it from outside, or from `garbage`. `references` returns how many references the object of a node has.
 */
export function groupByHolder(
  graph: GraphBuilder,
  { first, end }: Range,
  groups: readonly number[],
  references: (node: number) => number,
  { held, garbage }: Holders,
): void {
  const { f } = graph.store;
  f.reach_begin(graph.groupCount);
  for (const group of groups) for (const target of graph.groupTargets(group)) f.reach_from(target);
  f.reach_count();
  const next = (node: number) => f.reach_next(node) >>> 0;
  for (let node = next(first); node < end; node = next(node + 1)) {
    if (references(node) <= f.reach_known(node) >>> 0) continue;
    const { group, by } = held(node);
    graph.groupEdge(group, node, by ?? graph.type(node));
    f.reach_from(node);
  }
  const unheld = new NodeSet(graph.nodeCount);
  const lost: number[] = [];
  for (let node = next(first); node < end; node = next(node + 1)) {
    graph.groupEdge(garbage, node, graph.type(node));
    graph.flag(node, FLAG.garbage);
    unheld.add(node);
    lost.push(node);
  }
  graph.weaken(lost, (target) => unheld.has(target));
}
