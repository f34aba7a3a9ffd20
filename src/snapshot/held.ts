// Who holds many objects: their shortest paths from the root, merged if they are alike.

import type { Dominators } from "./dominators.js";
import type { ObjectGraph } from "./graph.js";
import type { Paths } from "./paths.js";

export interface Held {
  readonly path: string;
  readonly count: number;
  readonly own: number;
  readonly retained: number;
}

/** The paths to nodes. Paths that differ only in keys and positions are one; the one with most bytes comes first. */
export function mergedPaths(
  graph: ObjectGraph,
  paths: Paths,
  { retained }: Dominators,
  nodes: Iterable<number>,
): Held[] {
  const found = new Map<string, { path: string; count: number; own: number; retained: number }>();
  for (const node of nodes) {
    const steps = paths.to(node);
    const path = steps === undefined ? "(only weak references)" : paths.text(steps, true);
    const entry = found.get(path) ?? { path, count: 0, own: 0, retained: 0 };
    found.set(path, entry);
    entry.count++;
    entry.own += graph.sizes[node] as number;
    entry.retained += retained[node] as number;
  }
  return [...found.values()].sort((a, b) => b.own - a.own || b.count - a.count);
}
