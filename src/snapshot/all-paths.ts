// All that refers to one node: for each reference to it, the shortest path to where the reference begins.

import { EDGE, type ObjectGraph } from "./graph.js";
import type { Paths, Step } from "./paths.js";
import { Retainers } from "./retainers.js";

/**
 * The paths to a node that end with different references to it, the shortest ones first. Weak references are left out, and so are
 * those of objects to which only the node itself leads.
 */
export function* allPaths(graph: ObjectGraph, paths: Paths, node: number): Generator<Step[]> {
  const retainers = new Retainers(graph);
  const found = [...retainers.edgesTo(node)]
    .filter((edge) => graph.edgeKinds[edge] !== EDGE.weak)
    .map((edge) => ({ edge, from: retainers.begin(edge) }))
    .filter(({ from }) => paths.reaches(from))
    .sort((a, b) => paths.depth(a.from) - paths.depth(b.from));
  for (const { edge, from } of found) {
    const steps = paths.to(from) ?? [];
    if (from !== node && steps.every((step) => step.node !== node)) yield [...steps, { edge, node }];
  }
}
