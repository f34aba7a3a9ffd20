// Finds out which node dominates which: a node dominates another one if every path from the root to the other one goes
// through it. So all that a node dominates would be free if the node were freed: the node's retained size is its own
// size and the sizes of all that it dominates.
//
// The algorithm is semi-NCA (Georgiadis and Tarjan), with columns of numbers and without recursion:
//   1. a depth-first search numbers the nodes; number 1 is the root
//   2. from the last number down: sdom(v) = least of eval(u) over the edges u -> v, where eval finds the least
//      sdom on a compressed path
//   3. from number 2 up: idom(v) = the nearest ancestor of parent(v) whose number is at most sdom(v)
// Weak edges hold nothing, so they don't count.

import { EDGE, type ObjectGraph } from "./graph.js";

export interface Dominators {
  /**
   * The immediate dominator of each node. For the root, and for a node that can't be reached, it is the node itself.
   */
  readonly parents: Uint32Array;
  /** Bytes of each node and of all nodes that it dominates. */
  readonly retained: Float64Array;
  /** The nodes that can be reached; each comes after its dominator. */
  readonly order: Uint32Array;
}

type Edges = Pick<ObjectGraph, "nodeCount" | "firstEdge" | "edgeKinds" | "targets">;

/** Nodes in the order of a depth-first search from node 0. */
interface Search {
  /** Nodes by number, from 1. No node has number 0. */
  readonly nodes: Uint32Array;
  /** Numbers by node; 0 if the node was not reached. */
  readonly numbers: Uint32Array;
  /** The number of the node from which the search came, by number. */
  readonly parents: Uint32Array;
  readonly count: number;
}

function search({ nodeCount, firstEdge, edgeKinds, targets }: Edges): Search {
  const nodes = new Uint32Array(nodeCount + 1);
  const numbers = new Uint32Array(nodeCount);
  const parents = new Uint32Array(nodeCount + 1);
  const next = firstEdge.slice(0, nodeCount);
  const stack = new Uint32Array(nodeCount);
  let depth = 0;
  let count = 0;
  const enter = (node: number, parent: number) => {
    count++;
    nodes[count] = node;
    numbers[node] = count;
    parents[count] = parent;
    stack[depth++] = node;
  };
  enter(0, 0);
  while (depth > 0) {
    const node = stack[depth - 1] as number;
    const edge = next[node] as number;
    if (edge === firstEdge[node + 1]) {
      depth--;
      continue;
    }
    next[node] = edge + 1;
    const target = targets[edge] as number;
    if (numbers[target] === 0 && edgeKinds[edge] !== EDGE.weak) enter(target, numbers[node] as number);
  }
  return { nodes, numbers, parents, count };
}

/**
 * The edges in the opposite direction, as numbers: the nodes with an edge to number k are `first[k]` up to `first[k +
 * 1]` of `from`.
 */
function reversed({ nodeCount, firstEdge, edgeKinds, targets }: Edges, { numbers, count }: Search) {
  const first = new Uint32Array(count + 2);
  const each = (visit: (from: number, to: number) => void) => {
    for (let node = 0; node < nodeCount; node++) {
      const from = numbers[node] as number;
      if (from === 0) continue;
      for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
        if (edgeKinds[edge] !== EDGE.weak) visit(from, numbers[targets[edge] as number] as number);
      }
    }
  };
  each((_, to) => {
    first[to + 1] = (first[to + 1] as number) + 1;
  });
  for (let k = 1; k < first.length; k++) first[k] = (first[k] as number) + (first[k - 1] as number);
  const from = new Uint32Array(first[count + 1] as number);
  const next = first.slice();
  each((source, to) => {
    const at = next[to] as number;
    next[to] = at + 1;
    from[at] = source;
  });
  return { first, from };
}

function numbersFrom0(length: number): Uint32Array {
  const numbers = new Uint32Array(length);
  for (let k = 0; k < length; k++) numbers[k] = k;
  return numbers;
}

/** The number of the immediate dominator, by number. */
function dominatorsOf(graph: Edges, found: Search): Uint32Array {
  const { parents, count } = found;
  const { first, from } = reversed(graph, found);
  const semi = numbersFrom0(count + 1);
  const best = semi.slice();
  const ancestor = parents.slice(0, count + 1);
  const path: number[] = [];
  /**
   * The number with the least semidominator on the path up from a number, among the numbers above `last`, which are
   * done.
   */
  const evaluate = (number: number, last: number): number => {
    if (number <= last) return number;
    let at = number;
    while ((ancestor[at] as number) > last) {
      path.push(at);
      at = ancestor[at] as number;
    }
    let above = at;
    for (let k = path.pop(); k !== undefined; k = path.pop()) {
      if ((semi[best[above] as number] as number) < (semi[best[k] as number] as number))
        best[k] = best[above] as number;
      ancestor[k] = ancestor[above] as number;
      above = k;
    }
    return best[number] as number;
  };
  for (let k = count; k > 1; k--) {
    let least = parents[k] as number;
    for (let edge = first[k] as number; edge < (first[k + 1] as number); edge++) {
      const of = semi[evaluate(from[edge] as number, k)] as number;
      if (of < least) least = of;
    }
    semi[k] = least;
  }
  const dominators = parents.slice(0, count + 1);
  for (let k = 2; k <= count; k++) {
    let at = dominators[k] as number;
    while (at > (semi[k] as number)) at = dominators[at] as number;
    dominators[k] = at;
  }
  return dominators;
}

/** The dominators of a graph whose root is node 0. */
export function findDominators(graph: Edges & Pick<ObjectGraph, "sizes">): Dominators {
  const found = search(graph);
  const byNumber = dominatorsOf(graph, found);
  const { nodes, count } = found;
  const parents = numbersFrom0(graph.nodeCount);
  const retained = new Float64Array(graph.sizes);
  for (let k = 2; k <= count; k++) parents[nodes[k] as number] = nodes[byNumber[k] as number] as number;
  for (let k = count; k > 1; k--) {
    const node = nodes[k] as number;
    const parent = parents[node] as number;
    retained[parent] = (retained[parent] as number) + (retained[node] as number);
  }
  return { parents, retained, order: nodes.subarray(1, count + 1) };
}

/** The nodes that each node immediately dominates, as lists that end with -1: `first` of a node, then `next` of each. */
export interface Dominated {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

export function dominatedBy({ parents, order }: Dominators): Dominated {
  const first = new Int32Array(parents.length).fill(-1);
  const next = new Int32Array(parents.length).fill(-1);
  for (const node of order) {
    const parent = parents[node] as number;
    if (parent === node) continue;
    next[node] = first[parent] as number;
    first[parent] = node;
  }
  return { first, next };
}
