// Finds the node of an object's address. An object in a pool has its node at the number of its block: neighbours in the
// heap are neighbours in the table. Other objects are in a table by hash.

import { Addresses } from "../../../snapshot/addresses.js";
import type { Blocks } from "./blocks.js";

export class NodeTable {
  readonly #blocks: Blocks;
  readonly #addressOf: (node: number) => number;
  /** By block: one more than the number of the node; 0 if there is none. */
  readonly #nodes: Uint32Array;
  readonly #others = new Addresses();

  /** `addressOf` returns the address of a node. */
  constructor(blocks: Blocks, addressOf: (node: number) => number) {
    this.#blocks = blocks;
    this.#addressOf = addressOf;
    this.#nodes = new Uint32Array(blocks.blockCount);
  }

  /** The node of an address; -1 if it has none. */
  get(address: number): number {
    const block = this.#blocks.blockAt(address);
    if (block >= 0) {
      const node = (this.#nodes[block] as number) - 1;
      if (node < 0 || this.#addressOf(node) === address) return node;
    }
    return this.#others.get(address) ?? -1;
  }

  /** Sets the node of an address that has none. If there is another one in the same block, the hash table has this one. */
  set(address: number, node: number): void {
    const block = this.#blocks.blockAt(address);
    if (block >= 0 && this.#nodes[block] === 0) this.#nodes[block] = node + 1;
    else this.#others.set(address, node);
  }
}
