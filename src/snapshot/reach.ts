// Finds out who holds the objects that can't be reached from the modules and the threads. An object that has more
// references than the graph shows is held from outside, by C or JavaScript. Objects that can't be reached from held
// objects either are garbage.

import { EDGE, FLAG, type GraphBuilder } from "./graph.js";

interface Range {
  readonly first: number;
  readonly end: number;
}

interface Holders {
  /** The group that holds a node from outside. */
  readonly held: (node: number) => number;
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
  const isReached = new Uint8Array(end);
  const { firstEdge, firstNode, kinds, targets } = graph.edgesSoFar;
  const stack: number[] = [];
  const reach = (from: number) => {
    if (isReached[from] === 1) return;
    isReached[from] = 1;
    stack.push(from);
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const last = firstEdge[node - firstNode + 1] as number;
      for (let edge = firstEdge[node - firstNode] as number; edge < last; edge++) {
        const target = targets[edge] as number;
        if (isReached[target] === 1 || kinds[edge] === EDGE.weak) continue;
        isReached[target] = 1;
        stack.push(target);
      }
    }
  };
  for (const group of groups) for (const target of graph.groupTargets(group)) reach(target);
  const known = new Uint32Array(end);
  for (let edge = 0; edge < targets.length; edge++) {
    const target = targets[edge] as number;
    if (kinds[edge] !== EDGE.weak) known[target] = (known[target] as number) + 1;
  }
  for (let node = first; node < end; node++) {
    if (isReached[node] === 1 || references(node) <= (known[node] as number)) continue;
    graph.groupEdge(held(node), node, graph.typeName(node));
    reach(node);
  }
  for (let node = first; node < end; node++) {
    if (isReached[node] === 1) continue;
    graph.groupEdge(garbage, node, graph.typeName(node));
    graph.flag(node, FLAG.garbage);
  }
}
