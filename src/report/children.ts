// The callees of each node of a tree, in an order.

import type { StackTree } from "../trace/tree.js";

export class Children {
  /** Those of node k stand from starts[k] up to, and without, starts[k + 1]. */
  readonly #starts: Uint32Array;
  readonly #nodes: Uint32Array;

  /** `compare` puts two callees of one node in order. */
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

/** Every node before its callees (`node`) and again after them (`~node`), in the order of their callers' lists. */
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
