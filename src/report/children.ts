// The callees of each node of a tree, sorted.

import type { StackTree } from "../trace/tree.js";

export class Children {
  /** The callees of node k are at [starts[k], starts[k + 1]). */
  readonly #starts: Uint32Array;
  readonly #nodes: Uint32Array;

  /** `compare` sorts the callees of a node. */
  constructor(tree: StackTree, compare: (a: number, b: number) => number) {
    const { length } = tree;
    this.#starts = new Uint32Array(length + 1);
    this.#nodes = new Uint32Array(Math.max(0, length - 1));
    for (let node = 1; node < length; node++) this.#starts[tree.parent(node) + 1] = this.#count(tree.parent(node)) + 1;
    for (let node = 0; node < length; node++) {
      this.#starts[node + 1] = (this.#starts[node + 1] as number) + (this.#starts[node] as number);
    }
    const next = this.#starts.slice();
    for (let node = 1; node < length; node++) {
      const parent = tree.parent(node);
      const place = next[parent] as number;
      next[parent] = place + 1;
      this.#nodes[place] = node;
    }
    for (let node = 0; node < length; node++) this.of(node).sort(compare);
  }

  #count(node: number): number {
    return this.#starts[node + 1] as number;
  }

  of(node: number): Uint32Array {
    return this.#nodes.subarray(this.#starts[node] as number, this.#starts[node + 1] as number);
  }
}

/** Yields every node before its callees (as `node`) and again after them (as `~node`), in sorted order. */
export function* walk(children: Children): Generator<number> {
  const waiting = [0];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    yield step;
    if (step < 0) continue;
    waiting.push(~step);
    const below = children.of(step);
    for (let k = below.length - 1; k >= 0; k--) waiting.push(below[k] as number);
  }
}
