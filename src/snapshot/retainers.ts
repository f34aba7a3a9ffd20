// Finds the references to a node: the edges of a graph in the opposite direction.

import type { ObjectGraph } from "./graph.js";

type Edges = Pick<ObjectGraph, "nodeCount" | "edgeCount" | "firstEdge" | "targets">;

export class Retainers {
  readonly #firstEdge: Uint32Array;
  /** The edges to node k are `edges[first[k]]` up to `edges[first[k + 1] - 1]`. */
  readonly #first: Uint32Array;
  readonly #edges: Uint32Array;

  constructor({ nodeCount, edgeCount, firstEdge, targets }: Edges) {
    this.#firstEdge = firstEdge;
    const first = new Uint32Array(nodeCount + 1);
    for (const target of targets) first[target + 1] = (first[target + 1] as number) + 1;
    for (let k = 1; k <= nodeCount; k++) first[k] = (first[k] as number) + (first[k - 1] as number);
    const next = first.slice();
    const edges = new Uint32Array(edgeCount);
    for (let edge = 0; edge < edgeCount; edge++) {
      const target = targets[edge] as number;
      const at = next[target] as number;
      next[target] = at + 1;
      edges[at] = edge;
    }
    this.#first = first;
    this.#edges = edges;
  }

  /** The numbers of the edges that lead to a node. */
  edgesTo(node: number): Uint32Array {
    return this.#edges.subarray(this.#first[node], this.#first[node + 1]);
  }

  /** The node where an edge begins. */
  begin(edge: number): number {
    let [low, high] = [0, this.#firstEdge.length - 1];
    // Invariant: firstEdge[low] <= edge < firstEdge[high].
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#firstEdge[middle] as number) <= edge) low = middle;
      else high = middle;
    }
    return low;
  }
}
