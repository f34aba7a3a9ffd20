// The stacks of a snapshot's nodes, as V8's format has them:
//
//   trace_function_infos   a row for each place: a line of a function. V8 has one row for a function; because we have one
//                          for each line that allocates or calls, tools show that line.
//   trace_tree             [id, place, count, bytes, [children]], nested as the calls are. The ids are one higher than
//                          the tree's numbers, because the root's id is 1, and 0 means that nothing is known.

import type { AllocationStacks, ObjectGraph, StackFrame } from "./graph.js";

/**
 * The most callers of a place, because readers of the format are recursive. In deeper stacks, all further places are
 * shown as called by the last of these callers.
 */
const MOST_DEPTH = 400;

export class StackRows {
  /** The first place is that of the root. */
  readonly places: StackFrame[] = [{ function: { name: "(root)", file: "" }, line: 0 }];
  readonly #places: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #bytes: Float64Array;
  readonly #firstChild: Uint32Array;
  readonly #nextSibling: Uint32Array;

  constructor({ tree, nodes }: AllocationStacks, sizes: ObjectGraph["sizes"]) {
    const { length } = tree;
    const column = () => new Uint32Array(length);
    [this.#places, this.#counts, this.#firstChild, this.#nextSibling] = [column(), column(), column(), column()];
    this.#bytes = new Float64Array(length);
    nodes.forEach((stack, node) => {
      if (stack === 0) return;
      this.#counts[stack] = (this.#counts[stack] as number) + 1;
      this.#bytes[stack] = (this.#bytes[stack] as number) + (sizes[node] as number);
    });
    const parents = this.#parents(tree);
    const numbers = new Map<string, number>();
    // A caller's number is lower than the numbers of all that it calls.
    const isUsed = new Uint8Array(length);
    for (let node = length - 1; node > 0; node--) {
      if (isUsed[node] === 0 && this.#counts[node] === 0) continue;
      const parent = parents[node] as number;
      isUsed[parent] = 1;
      this.#nextSibling[node] = this.#firstChild[parent] as number;
      this.#firstChild[parent] = node;
      const key = `${tree.functionNumber(node)} ${tree.line(node)}`;
      const known = numbers.get(key) ?? this.places.push(tree.frame(node)) - 1;
      numbers.set(key, known);
      this.#places[node] = known;
    }
  }

  #parents(tree: AllocationStacks["tree"]): Uint32Array {
    const parents = new Uint32Array(tree.length);
    const depths = new Uint32Array(tree.length);
    for (let node = 1; node < tree.length; node++) {
      const caller = tree.parent(node);
      const parent = (depths[caller] as number) < MOST_DEPTH ? caller : (parents[caller] as number);
      parents[node] = parent;
      depths[node] = (depths[parent] as number) + 1;
    }
    return parents;
  }

  /** Writes the row of the root, which contains all other rows. */
  writeTree(write: (text: string) => void): void {
    const begin = (node: number) =>
      write(`${node + 1},${this.#places[node]},${this.#counts[node]},${this.#bytes[node]},[`);
    const open = [0];
    begin(0);
    for (let next = this.#firstChild[0] as number; open.length > 0; ) {
      if (next !== 0) {
        begin(next);
        open.push(next);
        next = this.#firstChild[next] as number;
        continue;
      }
      const done = open.pop() as number;
      next = open.length > 0 ? (this.#nextSibling[done] as number) : 0;
      write(next === 0 ? "]" : "],");
    }
  }
}
