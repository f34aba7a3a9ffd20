// Which block of the heap an address is in, and whose it is: an object claims its blocks, each of which can be claimed once. What nobody claims
// is memory of no object.

import type { HeapItem, PooledDomain } from "../../../alloc/stats.js";

/** What of an interpreter's module tells of its memory. */
export interface BlockModule {
  readonly memory: WebAssembly.Memory;
  readonly data: { readonly __heap_base: number };
  sbrk(bytes: number): number;
  malloc_usable_size(block: number): number;
}

/** A pool has whole grains of this many bytes (log 2). */
const GRAIN_SHIFT = 10;
/** In a chunk of the host's malloc: the word before the block; two bits of it say whether this chunk and the one before are in use. */
const CHUNK = { header: 4, before: 8, sizeMask: ~7, isUsed: 2, isUsedBefore: 1 } as const;

interface Pool {
  readonly start: number;
  readonly blockSize: number;
  readonly used: number;
  readonly domain: PooledDomain;
  /** Number of its first block among all pools'. */
  readonly first: number;
}

/** Blocks of one size class and domain that no object has. */
export interface Unclaimed {
  readonly domain: PooledDomain;
  readonly blockSize: number;
  count: number;
}

export class Blocks {
  readonly #python: BlockModule;
  readonly #words: Uint32Array;
  readonly #pools: Pool[] = [];
  /** By grain, the number of its pool, from 1. */
  readonly #poolAt: Uint32Array;
  readonly #claimed: Uint8Array;
  readonly #claimedIn: Uint32Array;
  readonly #claimedLarge = new Set<number>();
  readonly #begin: number;
  readonly #end: number;
  /** Bytes of blocks that no pool serves and that objects claimed. */
  largeBytes = 0;

  /** `walk` visits all pools of the heap. */
  constructor(python: BlockModule, walk: (visit: (item: HeapItem) => void) => void) {
    this.#python = python;
    this.#words = new Uint32Array(python.memory.buffer);
    this.#begin = python.data.__heap_base;
    this.#end = python.sbrk(0) >>> 0;
    let first = 0;
    const grains = new Uint32Array((this.#end >>> GRAIN_SHIFT) + 1);
    walk((item) => {
      if (item.kind !== "pool") return;
      const { address: start, size, blockSize, used, domain } = item;
      this.#pools.push({ start, blockSize, used, domain, first });
      first += Math.floor(size / blockSize);
      grains.fill(this.#pools.length, start >>> GRAIN_SHIFT, ((start + size - 1) >>> GRAIN_SHIFT) + 1);
    });
    this.#poolAt = grains;
    this.#claimed = new Uint8Array(first);
    this.#claimedIn = new Uint32Array(this.#pools.length);
  }

  /** Whether an address is in the memory that is given out, and not among the program's own data. */
  isDynamic(address: number): boolean {
    return address >= this.#begin && address < this.#end;
  }

  /** The start of the pooled block that an address is in; 0 if there is none. */
  startOf(address: number): number {
    const pool = this.#pools[(this.#poolAt[address >>> GRAIN_SHIFT] ?? 0) - 1];
    return pool ? address - ((address - pool.start) % pool.blockSize) : 0;
  }

  /**
   * The bytes of the block that an address is in, which is somebody's from now on; 0 if it is not in the heap, or is somebody's already. A block that no pool
   * serves starts `before` bytes in front of the address.
   */
  claim(address: number, before: number): number {
    const number = this.#poolAt[address >>> GRAIN_SHIFT] ?? 0;
    const pool = this.#pools[number - 1];
    if (!pool) return this.#claimLarge(address - before);
    const block = pool.first + Math.floor((address - pool.start) / pool.blockSize);
    if (this.#claimed[block] !== 0) return 0;
    this.#claimed[block] = 1;
    this.#claimedIn[number - 1] = (this.#claimedIn[number - 1] as number) + 1;
    return pool.blockSize;
  }

  isClaimed(address: number): boolean {
    const pool = this.#pools[(this.#poolAt[address >>> GRAIN_SHIFT] ?? 0) - 1];
    if (!pool) return false;
    return this.#claimed[pool.first + Math.floor((address - pool.start) / pool.blockSize)] !== 0;
  }

  #claimLarge(start: number): number {
    if (!this.isDynamic(start) || this.#claimedLarge.has(start) || !this.#isBlock(start)) return 0;
    this.#claimedLarge.add(start);
    const bytes = this.#python.malloc_usable_size(start) >>> 0;
    this.largeBytes += bytes;
    return bytes;
  }

  /** Whether the host's malloc has a block there that is in use: what looks like one may be data of a module. */
  #isBlock(start: number): boolean {
    const header = this.#words[(start - CHUNK.header) >>> 2] ?? 0;
    const next = start - CHUNK.before + (header & CHUNK.sizeMask);
    if ((header & CHUNK.isUsed) === 0 || !(next > start && next < this.#end)) return false;
    return ((this.#words[(next + CHUNK.header) >>> 2] ?? 0) & CHUNK.isUsedBefore) !== 0;
  }

  /** The blocks in use of pools that nobody claimed, by size class and domain. */
  unclaimed(): Unclaimed[] {
    const found = new Map<string, Unclaimed>();
    for (const [k, { domain, blockSize, used }] of this.#pools.entries()) {
      const key = `${domain} ${blockSize}`;
      const entry = found.get(key) ?? { domain, blockSize, count: 0 };
      found.set(key, entry);
      entry.count += used - (this.#claimedIn[k] as number);
    }
    return [...found.values()];
  }

  /** Bytes of all blocks of pools that are in use. */
  get pooledBytes(): number {
    return this.#pools.reduce((sum, { used, blockSize }) => sum + used * blockSize, 0);
  }
}
