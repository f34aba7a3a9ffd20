// Builds a tree of stacks in which each place occurs once below a caller.

import type { TraceFunction } from "../trace/format.js";
import { GrowingU32 } from "../trace/growing.js";
import { StackTree } from "../trace/tree.js";

const FIRST_LENGTH = 1 << 10;

export class TreeBuilder {
  readonly tree: StackTree;
  /** For each node, the next node with the same hash; and for each hash, its first node. 0: there is none. */
  readonly #next = new GrowingU32();
  #first = new Uint32Array(FIRST_LENGTH);

  /** `outside` stands for a stack without frames. */
  constructor(outside: TraceFunction | undefined) {
    this.tree = new StackTree(outside);
    this.#next.push(0);
  }

  /** Adds a function, and returns its number. */
  addFunction(f: TraceFunction): number {
    this.tree.addFunction(f);
    return this.tree.functions.length - 1;
  }

  /** The node of a place that `parent` called; it is added if it is new. */
  child(parent: number, functionNumber: number, line: number): number {
    const { tree } = this;
    const hash = this.#hash(parent, functionNumber, line);
    for (let node = this.#first[hash] as number; node !== 0; node = this.#next.at(node)) {
      if (tree.parent(node) === parent && tree.functionNumber(node) === functionNumber && tree.line(node) === line) {
        return node;
      }
    }
    const made = tree.length;
    tree.addNode(parent, functionNumber, line);
    this.#next.push(this.#first[hash] as number);
    this.#first[hash] = made;
    if (made > this.#first.length) this.#grow();
    return made;
  }

  #hash(parent: number, functionNumber: number, line: number): number {
    const h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(functionNumber, 0x85ebca6b) ^ Math.imul(line, 0xc2b2ae35);
    return (h ^ (h >>> 15)) & (this.#first.length - 1);
  }

  #grow(): void {
    const { tree } = this;
    this.#first = new Uint32Array(this.#first.length * 2);
    for (let node = 1; node < tree.length; node++) {
      const hash = this.#hash(tree.parent(node), tree.functionNumber(node), tree.line(node));
      this.#next.set(node, this.#first[hash] as number);
      this.#first[hash] = node;
    }
  }
}
