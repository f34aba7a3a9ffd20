// Loose blocks: blocks in use that are no object and no known part of one, such as those of an array or a StringIO. Such a
// block belongs to the object that has its address: in one of the object's own words, or in a block that belongs to the
// object. A word may equal an address by chance, so this only gives an owner to memory that would otherwise have none.
//
// If several objects have a block's address in their words, it belongs to the one to which the others, or their classes,
// refer: a memoryview has the address of an array's block, and an object that of its module's state. If there is no such
// object, the block belongs to none.

import type { GraphBuilder } from "../../../snapshot/builder.js";
import type { Blocks } from "./blocks.js";
import { TYPE } from "./layout.js";
import type { ObjectMemory } from "./memory.js";

/** At most this many bytes of a block are searched for addresses of further blocks: larger blocks are mostly data. */
const SEARCHED = 65_536;
/** The most bases of a class that are looked at. */
const MOST_BASES = 100;

export class LooseBlocks {
  readonly #memory: ObjectMemory;
  readonly #graph: GraphBuilder;
  readonly #blocks: Blocks;
  readonly #hookBytes: number;
  /** The blocks that have an owner, in the order in which they were found, and their owners. */
  readonly #found: number[] = [];
  readonly #owners: number[] = [];
  /** Found blocks that are in no pool. The core knows the others (loose_own). */
  readonly #large = new Set<number>();

  constructor(memory: ObjectMemory, graph: GraphBuilder, blocks: Blocks, hookBytes: number) {
    this.#memory = memory;
    this.#graph = graph;
    this.#blocks = blocks;
    this.#hookBytes = hookBytes;
  }

  /** Gives loose blocks to the objects that refer to them. The references of objects to blocks were noted before. */
  claim(): void {
    for (const [block, nodes] of this.#references()) {
      const owner = this.#ownerAmong(nodes);
      if (owner !== undefined) this.#find(block, owner);
    }
    for (let k = 0; k < this.#found.length; k++) this.#search(this.#found[k] as number, this.#owners[k] as number);
    const { f } = this.#graph.store;
    for (const [k, block] of this.#found.entries()) {
      const owner = this.#owners[k] as number;
      f.nodes_grow(owner, f.blocks_claim_buffer(owner, block + this.#hookBytes, this.#hookBytes) >>> 0);
    }
  }

  /** The blocks to which objects refer, each with the nodes of these objects. */
  #references(): Map<number, Set<number>> {
    const { f, words } = this.#graph.store;
    const first = f.loose_references() >>> 2;
    const found = new Map<number, Set<number>>();
    for (let at = first; at < first + 2 * f.loose_count(); at += 2) {
      const block = words[at] as number;
      const nodes = found.get(block) ?? new Set();
      found.set(block, nodes);
      nodes.add(words[at + 1] as number);
    }
    return found;
  }

  /** The only one of some objects that refers to no other one of them; undefined if there is none, or if there are several. */
  #ownerAmong(nodes: ReadonlySet<number>): number | undefined {
    const owners = [...nodes].filter((node) => nodes.size === 1 || !this.#refersToAny(node, nodes));
    return owners.length === 1 ? owners[0] : undefined;
  }

  /** Whether an object or its class refers to one of some objects, besides itself. A class refers to its module. */
  #refersToAny(node: number, nodes: ReadonlySet<number>): boolean {
    const refers = (from: number) => this.#graph.targetsOf(from).some((target) => target !== node && nodes.has(target));
    if (refers(node)) return true;
    const memory = this.#memory;
    let type = memory.typeOf(this.#graph.id(node));
    for (let left = MOST_BASES; type !== 0 && left > 0; left--) {
      const found = this.#graph.store.f.nodes_find(type);
      if (found >= 0 && refers(found)) return true;
      type = memory.word(type + TYPE.base);
    }
    return false;
  }

  /** Gives a block an owner, if it has none yet. */
  #find(block: number, owner: number): void {
    const { f } = this.#graph.store;
    if (f.loose_own(block) === 0) {
      if (this.#large.has(block)) return;
      this.#large.add(block);
    }
    this.#found.push(block);
    this.#owners.push(owner);
  }

  /** Looks for addresses of further blocks in a block. */
  #search(block: number, owner: number): void {
    const { f } = this.#graph.store;
    const { words } = this.#memory;
    const bytes = this.#large.has(block) ? this.#blocks.bytesOfLarge(block) : f.loose_bytes(block);
    const end = (block + Math.min(bytes, SEARCHED)) >>> 2;
    for (let at = (block + this.#hookBytes) >>> 2; at < end; at++) {
      const address = words[at] as number;
      if ((address & 7) !== 0 || !this.#blocks.isDynamic(address)) continue;
      const start = address - this.#hookBytes;
      if (f.loose_is_at(start) !== 0) this.#find(start, owner);
    }
  }
}
