// Loose blocks of a heap in its own memory: the buffers of objects in C, which the heap knows nothing about.

import * as C from "../../core/constants.gen.js";
import type { GraphBuilder } from "../../snapshot/builder.js";
import type { LooseMemory } from "../../snapshot/loose.js";
import type { Reader } from "../bridge/reader.js";
import type { HeapBlocks } from "./blocks.js";

export class HeapLoose implements LooseMemory {
  readonly words: Uint32Array;
  readonly hookBytes: number;
  readonly references = new Map<number, Set<number>>();
  readonly #graph: GraphBuilder;
  readonly #blocks: HeapBlocks;
  readonly #reader: Reader;
  readonly #nodeAt: (address: number) => number;
  /** Blocks in use that nobody has claimed, with their bytes. */
  #loose: Map<number, number> = new Map();
  /** Those that have an owner since then, with their bytes. */
  readonly #owned = new Map<number, number>();

  /** `nodeAt` returns the node of an object, or -1. */
  constructor(
    graph: GraphBuilder,
    blocks: HeapBlocks,
    reader: Reader,
    hookBytes: number,
    nodeAt: (address: number) => number,
  ) {
    this.words = new Uint32Array(reader.bytes.buffer);
    this.hookBytes = hookBytes;
    this.#graph = graph;
    this.#blocks = blocks;
    this.#reader = reader;
    this.#nodeAt = nodeAt;
  }

  /** An object has this address in one of its words, of which is not known what it is. */
  refer(node: number, address: number): void {
    if (address === 0 || (address & 7) !== 0) return;
    const start = address - this.hookBytes;
    const nodes = this.references.get(start) ?? new Set();
    this.references.set(start, nodes.add(node));
  }

  /** Finds out which blocks are loose, when all objects have claimed theirs; and forgets references to anything else. */
  begin(): void {
    if (this.references.size === 0) return;
    this.#loose = this.#blocks.unclaimedBlocks();
    for (const start of this.references.keys()) if (!this.#loose.has(start)) this.references.delete(start);
  }

  isDynamic(address: number): boolean {
    return address > 0 && address >>> 2 < this.words.length;
  }

  isLoose(start: number): boolean {
    return this.#loose.has(start);
  }

  own(start: number): void {
    this.#owned.set(start, this.bytesOf(start));
    this.#loose.delete(start);
  }

  bytesOf(start: number): number {
    return this.#loose.get(start) ?? this.#owned.get(start) ?? 0;
  }

  nodeAt(address: number): number {
    return this.#nodeAt(address);
  }

  classOf(node: number): number {
    return this.#reader.type(this.#graph.id(node));
  }

  baseOf(type: number): number {
    return this.#reader.word(type + C.TYPE_BASE);
  }

  claim(node: number, start: number, isBuffer: boolean): void {
    const bytes = this.#blocks.claim(start);
    if (bytes === 0) return;
    if (isBuffer) this.#graph.buffer(node, start + this.hookBytes);
    this.#graph.store.f.nodes_grow(node, bytes);
  }
}
