// Loose blocks: blocks in use that are no object and no known part of one, such as those of an array or a StringIO. Such a
// block belongs to the object that has its address: in one of the object's own words, or in a block that belongs to the
// object. A word may equal an address by chance, so this only gives an owner to memory that would otherwise have none.
//
// If several objects have a block's address in their words, it belongs to the one to which the others, or their classes,
// refer: a memoryview has the address of an array's block, and an object that of its module's state. If there is no such
// object, the block is a node of its own, to which all of them refer.

import type { GraphBuilder, InsertedEdge } from "./builder.js";
import { EDGE, NODE } from "./graph.js";

/** So many bytes of a block are searched for addresses. Larger ones are mostly data. */
export const SEARCHED = 65_536;

/** The most bases of a class that are looked at. */
const MOST_BASES = 100;

/** What must be known about a heap. An address that the program has is `hookBytes` behind the start of its block. */
export interface LooseMemory {
  readonly words: Uint32Array;
  /** Bytes that the debug hooks add in front of a block. */
  readonly hookBytes: number;
  /** The blocks to which objects refer, each with the nodes of these objects. */
  readonly references: ReadonlyMap<number, ReadonlySet<number>>;
  /** Whether an address can be that of a block or an object. */
  isDynamic(address: number): boolean;
  /** Whether a loose block that has no owner starts there. */
  isLoose(start: number): boolean;
  /** A loose block has an owner now. */
  own(start: number): void;
  bytesOf(start: number): number;
  /** The node of the object at an address; -1 if there is none. */
  nodeAt(address: number): number;
  /** The address of an object's class, and that of a class's base; 0 if there is none. */
  classOf(node: number): number;
  baseOf(type: number): number;
  /** Gives a block to a node, of which it is a buffer unless it is the node's only memory. */
  claim(node: number, start: number, isBuffer: boolean): void;
}

export class LooseOwners {
  readonly #graph: GraphBuilder;
  readonly #memory: LooseMemory;
  /** Edges to blocks that are nodes. */
  readonly edges: InsertedEdge[] = [];
  /** Owners that have no edge to an object whose address is in one of their blocks: | node | node of the object |. */
  readonly others: number[] = [];
  /** The blocks that have an owner, in the order in which they were found, and their owners. */
  readonly #found: number[] = [];
  readonly #owners: number[] = [];
  /** How many of them were searched. */
  #searched = 0;
  /** The owner that was asked for last, and to which nodes it refers. */
  #refersTo: { readonly owner: number; readonly targets: ReadonlySet<number> } = { owner: -1, targets: new Set() };

  constructor(graph: GraphBuilder, memory: LooseMemory) {
    this.#graph = graph;
    this.#memory = memory;
  }

  /** Gives loose blocks to the objects that refer to them. */
  claim(): void {
    const memory = this.#memory;
    const shared = new Map<number, ReadonlySet<number>>();
    for (const [block, nodes] of memory.references) {
      const owner = this.#ownerAmong(nodes);
      if (owner === undefined) shared.set(block, nodes);
      else this.#find(block, owner);
    }
    this.#search();
    for (const [block, nodes] of shared) {
      if (!memory.isLoose(block)) continue;
      this.#find(block, this.#nodeOf(block, nodes));
      this.#search();
    }
    for (const [k, block] of this.#found.entries()) {
      const owner = this.#owners[k] as number;
      memory.claim(owner, block, this.#graph.id(owner) !== block + memory.hookBytes);
    }
  }

  /** Makes a node of a block that several objects have. */
  #nodeOf(block: number, nodes: ReadonlySet<number>): number {
    const { strings } = this.#graph;
    const type = strings.number("(block of several objects)");
    const made = this.#graph.node(NODE.memory, type, block + this.#memory.hookBytes);
    this.#graph.begin(made);
    const name = strings.number("(block)");
    for (const node of nodes) this.edges.push({ node, kind: EDGE.internal, name, target: made });
    return made;
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
    for (const type of this.#classesOf(node)) if (refers(type)) return true;
    return false;
  }

  /** The nodes of an object's class and of the class's bases. */
  *#classesOf(node: number): Generator<number> {
    const memory = this.#memory;
    let type = memory.classOf(node);
    for (let left = MOST_BASES; type !== 0 && left > 0; left--) {
      const found = memory.nodeAt(type);
      if (found >= 0) yield found;
      type = memory.baseOf(type);
    }
  }

  #find(block: number, owner: number): void {
    this.#memory.own(block);
    this.#found.push(block);
    this.#owners.push(owner);
  }

  /** Looks into each found block for the addresses of further blocks, and of objects. */
  #search(): void {
    const memory = this.#memory;
    const { words, hookBytes } = memory;
    for (; this.#searched < this.#found.length; this.#searched++) {
      const [block, owner] = [this.#found[this.#searched] as number, this.#owners[this.#searched] as number];
      const end = (block + Math.min(memory.bytesOf(block), SEARCHED)) >>> 2;
      for (let at = (block + hookBytes) >>> 2; at < end; at++) {
        const address = words[at] as number;
        if ((address & 7) !== 0 || !memory.isDynamic(address)) continue;
        if (memory.isLoose(address - hookBytes)) this.#find(address - hookBytes, owner);
        else this.#note(owner, memory.nodeAt(address));
      }
    }
  }

  /** Notes that one of an owner's blocks has the address of an object; `found` is the object's node, or -1. */
  #note(owner: number, found: number): void {
    if (found < 0) return;
    if (this.#refersTo.owner !== owner) this.#refersTo = { owner, targets: new Set(this.#graph.targetsOf(owner)) };
    if (!this.#refersTo.targets.has(found)) this.others.push(owner, found);
  }
}
