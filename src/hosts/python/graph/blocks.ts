// Finds the block of the heap that an address is in, and records that it belongs to an object: an object
// claims its blocks, and a block can be claimed once. A block that no object claims is memory that belongs to no object.

import { PoolClaims, type Unclaimed } from "../../../alloc/pool-claims.js";
import type { HeapItem } from "../../../alloc/stats.js";

/** The parts of an interpreter's module that are needed to read its memory. */
export interface BlockModule {
  readonly memory: WebAssembly.Memory;
  readonly data: { readonly __heap_base: number };
  sbrk(bytes: number): number;
  malloc_usable_size(block: number): number;
}

/**
 * A chunk of the host's malloc: the word before the block has the chunk's size, and two bits say whether this chunk and
 * the one before it are in use.
 */
const CHUNK = { header: 4, before: 8, sizeMask: ~7, isUsed: 2, isUsedBefore: 1 } as const;

export class Blocks {
  readonly #python: BlockModule;
  readonly #words: Uint32Array;
  readonly #pools: PoolClaims;
  readonly #claimedLarge = new Set<number>();
  readonly #begin: number;
  readonly #end: number;
  /** Bytes of the blocks that objects claimed and that are in no pool. */
  largeBytes = 0;

  /** `walk` visits all pools of the heap. */
  constructor(python: BlockModule, walk: (visit: (item: HeapItem) => void) => void) {
    this.#python = python;
    this.#words = new Uint32Array(python.memory.buffer);
    this.#begin = python.data.__heap_base;
    this.#end = python.sbrk(0) >>> 0;
    this.#pools = new PoolClaims(walk, this.#end);
  }

  /** The number of blocks in pools, free ones included. */
  get blockCount(): number {
    return this.#pools.blockCount;
  }

  /** The number of blocks in use in pools. */
  get usedCount(): number {
    return this.#pools.usedCount;
  }

  /** The number of the block in a pool that an address is in, from 0; -1 if it is in no pool. */
  blockAt(address: number): number {
    return this.#pools.blockAt(address);
  }

  /** Whether an address is in memory that is given out to programs, and not in the program's own data. */
  isDynamic(address: number): boolean {
    return address >= this.#begin && address < this.#end;
  }

  /**
   * Claims the block that an address is in, and returns its bytes. Returns 0 if the address is not in the heap, or if
   * the block was claimed already. A block that is in no pool starts `before` bytes in front of the address.
   */
  claim(address: number, before: number): number {
    return this.#pools.claim(address) ?? this.#claimLarge(address - before);
  }

  isClaimed(address: number): boolean {
    return this.#pools.isClaimed(address);
  }

  #claimLarge(start: number): number {
    if (!this.isDynamic(start) || this.#claimedLarge.has(start) || !this.#isBlock(start)) return 0;
    this.#claimedLarge.add(start);
    const bytes = this.#python.malloc_usable_size(start) >>> 0;
    this.largeBytes += bytes;
    return bytes;
  }

  /**
   * Whether the host's malloc has a block there that is in use. The check is needed because data of a module can look
   * like a block.
   */
  #isBlock(start: number): boolean {
    const header = this.#words[(start - CHUNK.header) >>> 2] ?? 0;
    const next = start - CHUNK.before + (header & CHUNK.sizeMask);
    if ((header & CHUNK.isUsed) === 0 || !(next > start && next < this.#end)) return false;
    return ((this.#words[(next + CHUNK.header) >>> 2] ?? 0) & CHUNK.isUsedBefore) !== 0;
  }

  /** Pooled blocks in use that nobody claimed, by size class and domain. */
  unclaimed(): Unclaimed[] {
    return this.#pools.unclaimed();
  }

  /** Bytes of all pooled blocks in use. */
  get pooledBytes(): number {
    return this.#pools.usedBytes();
  }
}
