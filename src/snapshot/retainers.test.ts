// The references to each node, in random graphs.

import { expect, it } from "vitest";
import { randomIntegers } from "../../test/random.js";
import { Retainers } from "./retainers.js";

it("has the edges to each node, and where each begins", () => {
  const random = randomIntegers(7);
  for (let round = 0; round < 50; round++) {
    const nodeCount = 1 + random(20);
    // Some nodes have no edges at all.
    const targets = Array.from({ length: nodeCount }, () => Array.from({ length: random(4) }, () => random(nodeCount)));
    const firstEdge = new Uint32Array(nodeCount + 1);
    targets.forEach(({ length }, node) => {
      firstEdge[node + 1] = (firstEdge[node] as number) + length;
    });
    const flat = targets.flat();
    const retainers = new Retainers({ nodeCount, edgeCount: flat.length, firstEdge, targets: Uint32Array.from(flat) });
    for (let node = 0; node < nodeCount; node++) {
      const found = [...retainers.edgesTo(node)];
      expect(found).toEqual(flat.flatMap((target, edge) => (target === node ? [edge] : [])));
      for (const edge of found) expect(targets[retainers.begin(edge)]?.length).toBeGreaterThan(0);
    }
    const begins = targets.flatMap((list, node) => list.map(() => node));
    expect(flat.map((_, edge) => retainers.begin(edge))).toEqual(begins);
  }
});
