// Dominators of random graphs, compared with the definition: a node dominates all that can't be reached without it. And
// those of a long chain.

import { expect, it } from "vitest";
import { randomIntegers } from "../../test/random.js";
import { findDominators } from "./dominators.js";
import { EDGE } from "./graph.js";

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

function graphOf(nodeCount: number, edges: readonly Edge[]) {
  const sorted = [...edges].sort((a, b) => a.from - b.from);
  const firstEdge = Uint32Array.from(
    { length: nodeCount + 1 },
    (_, node) => sorted.filter(({ from }) => from < node).length,
  );
  return {
    ...{ nodeCount, firstEdge },
    edgeKinds: Uint8Array.from(sorted, ({ kind }) => kind),
    targets: Uint32Array.from(sorted, ({ to }) => to),
    sizes: Uint32Array.from({ length: nodeCount }, (_, node) => 1 + ((node * 7) % 100)),
  };
}

/** Whether each node can be reached from node 0 if the node `without` is removed. */
function reachedWithout(nodeCount: number, edges: readonly Edge[], without: number): boolean[] {
  const isReached = Array<boolean>(nodeCount).fill(false);
  const todo = without === 0 ? [] : [0];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (isReached[node]) continue;
    isReached[node] = true;
    for (const { from, to, kind } of edges) if (from === node && to !== without && kind !== EDGE.weak) todo.push(to);
  }
  return isReached;
}

it("are those of the definition, in random graphs", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomIntegers(seed);
    const nodeCount = 1 + random(24);
    const edges = Array.from({ length: random(nodeCount * 3) }, () => ({
      from: random(nodeCount),
      to: random(nodeCount),
      kind: random(10) === 0 ? EDGE.weak : EDGE.attribute,
    }));
    const graph = graphOf(nodeCount, edges);
    const { parents, retained, order } = findDominators(graph);
    const all = reachedWithout(nodeCount, edges, -1);
    const dominated = Array.from({ length: nodeCount }, (_, node) => {
      const rest = reachedWithout(nodeCount, edges, node);
      return all.map((isReached, k) => isReached && !rest[k]);
    });
    expect(new Set(order)).toEqual(new Set(all.flatMap((isReached, node) => (isReached ? [node] : []))));
    for (let node = 0; node < nodeCount; node++) {
      if (!all[node]) {
        expect(parents[node]).toBe(node);
        continue;
      }
      const bytes = dominated[node]?.reduce((sum, is, k) => sum + (is ? (graph.sizes[k] as number) : 0), 0);
      expect(retained[node], `seed ${seed}, node ${node}`).toBe(bytes);
      // The immediate dominator is the one that all other dominators of the node dominate.
      const dominators = dominated.flatMap((of, k) => (k !== node && of[node] ? [k] : []));
      const nearest = dominators.find((k) => dominators.every((other) => dominated[other]?.[k]));
      expect(parents[node], `seed ${seed}, node ${node}`).toBe(nearest ?? node);
    }
  }
});

it("of a chain that is longer than any stack", () => {
  const nodeCount = 100_000;
  const firstEdge = Uint32Array.from({ length: nodeCount + 1 }, (_, k) => Math.min(k, nodeCount - 1));
  const targets = Uint32Array.from({ length: nodeCount - 1 }, (_, k) => k + 1);
  const sizes = new Uint32Array(nodeCount).fill(1);
  const { parents, retained } = findDominators({
    ...{ nodeCount, firstEdge, targets, sizes },
    edgeKinds: new Uint8Array(nodeCount - 1),
  });
  expect([parents[nodeCount - 1], retained[0], retained[nodeCount - 1]]).toEqual([nodeCount - 2, nodeCount, 1]);
});
