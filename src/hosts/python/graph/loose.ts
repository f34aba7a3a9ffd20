// Loose blocks of an interpreter's heap. The core has the state of those in pools (core/graph/loose.ts), and has noted which
// objects refer to which blocks. The others are known here, by their address.

import type { GraphBuilder } from "../../../snapshot/builder.js";
import { type LooseMemory, SEARCHED } from "../../../snapshot/loose.js";
import { NodeSet } from "../../../snapshot/node-set.js";
import type { Blocks } from "./blocks.js";
import { TYPE } from "./layout.js";
import type { ObjectMemory } from "./memory.js";

/** The objects whose addresses are in blocks that belong to no object. */
export interface Unowned {
  /** Their nodes. */
  readonly objects: NodeSet;
  /** For the nodes of those that are in a block of a module in C: the module's number. */
  readonly modules: ReadonlyMap<number, number>;
}

export class LooseBlocks implements LooseMemory {
  readonly words: Uint32Array;
  readonly hookBytes: number;
  readonly #memory: ObjectMemory;
  readonly #graph: GraphBuilder;
  readonly #blocks: Blocks;
  readonly #marked: number[] = [];
  /** Blocks in no pool that have an owner. */
  readonly #ownedLarge = new Set<number>();

  constructor(memory: ObjectMemory, graph: GraphBuilder, blocks: Blocks, hookBytes: number) {
    this.words = memory.words;
    this.hookBytes = hookBytes;
    this.#memory = memory;
    this.#graph = graph;
    this.#blocks = blocks;
  }

  get #f() {
    return this.#graph.store.f;
  }

  /** A block of a pool is in use, and nobody has claimed it. */
  mark(start: number): void {
    this.#f.loose_mark(start);
    this.#marked.push(start);
  }

  get references(): Map<number, Set<number>> {
    const { words } = this.#graph.store;
    const first = this.#f.loose_references() >>> 2;
    const found = new Map<number, Set<number>>();
    for (let at = first; at < first + 2 * this.#f.loose_count(); at += 2) {
      const block = words[at] as number;
      const nodes = found.get(block) ?? new Set();
      found.set(block, nodes);
      nodes.add(words[at + 1] as number);
    }
    return found;
  }

  isDynamic(address: number): boolean {
    return this.#blocks.isDynamic(address);
  }

  isLoose(start: number): boolean {
    return this.#f.loose_is_at(start) !== 0 && !this.#ownedLarge.has(start);
  }

  own(start: number): void {
    if (this.#f.loose_own(start) === 0) this.#ownedLarge.add(start);
  }

  bytesOf(start: number): number {
    return this.#f.loose_bytes(start) >>> 0 || this.#blocks.bytesOfLarge(start);
  }

  nodeAt(address: number): number {
    return this.#f.nodes_find(address);
  }

  classOf(node: number): number {
    return this.#memory.typeOf(this.#graph.id(node));
  }

  baseOf(type: number): number {
    return this.#memory.word(type + TYPE.base);
  }

  claim(node: number, start: number, isBuffer: boolean): void {
    const [address, before] = [start + this.hookBytes, this.hookBytes];
    const bytes = isBuffer ? this.#f.blocks_claim_buffer(node, address, before) : this.#f.blocks_claim(address, before);
    this.#f.nodes_grow(node, bytes >>> 0);
  }

  /** Those of the first nodes whose addresses are in blocks that belong to no object. */
  objectsInUnowned(nodeCount: number): Unowned {
    const objects = new NodeSet(nodeCount);
    const modules = new Map<number, number>();
    const look = (start: number, module: number | undefined) => {
      const end = (start + Math.min(this.bytesOf(start), SEARCHED)) >>> 2;
      for (let at = start >>> 2; at < end; at++) {
        const address = this.words[at] as number;
        const node = (address & 3) === 0 && this.isDynamic(address) ? this.nodeAt(address) : -1;
        if (node < 0 || node >= nodeCount) continue;
        objects.add(node);
        if (module !== undefined) modules.set(node, module);
      }
    };
    for (const start of this.#marked) if (this.isLoose(start)) look(start, undefined);
    for (const start of this.#blocks.looseLarge()) look(start, this.#blocks.moduleOf(start));
    return { objects, modules };
  }
}
