// Finds the block of the heap that an address is in, and records that it belongs to an object: an object
// claims its blocks, and a block can be claimed once. A block that no object claims is memory that belongs to no object.

import type { HeapItem, PooledDomain } from "../../../alloc/stats.js";

/** The parts of an interpreter's module that are needed to read its memory. */
export interface BlockModule {
  readonly memory: WebAssembly.Memory;
  readonly data: { readonly __heap_base: number };
  sbrk(bytes: number): number;
  malloc_usable_size(block: number): number;
}

/** The binary logarithm of a grain's bytes. A pool covers whole grains. */
const GRAIN_SHIFT = 10;
/**
 * A chunk of the host's malloc: the word before the block has the chunk's size, and two bits say whether this chunk and
 * the one before it are in use.
 */
const CHUNK = { header: 4, before: 8, sizeMask: ~7, isUsed: 2, isUsedBefore: 1 } as const;

interface Pool {
  readonly start: number;
  readonly blockSize: number;
  readonly used: number;
  readonly domain: PooledDomain;
  /** Number of its first block, among the blocks of all pools. */
  readonly first: number;
}

/** The number of the block that an address in a pool is in. */
const numberIn = ({ start, blockSize, first }: Pool, address: number): number =>
  first + Math.floor((address - start) / blockSize);

/** Blocks of one size class and domain that belong to no object. */
export interface Unclaimed {
  readonly domain: PooledDomain;
  readonly blockSize: number;
  count: number;
}

export class Blocks {
  readonly #python: BlockModule;
  readonly #words: Uint32Array;
  readonly #pools: Pool[] = [];
  /** The number of the pool of each grain, from 1. */
  readonly #poolAt: Uint32Array;
  readonly #claimed: Uint8Array;
  readonly #claimedIn: Uint32Array;
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

  /** Whether an address is in memory that is given out to programs, and not in the program's own data. */
  isDynamic(address: number): boolean {
    return address >= this.#begin && address < this.#end;
  }

  /**
   * Claims the block that an address is in, and returns its bytes. Returns 0 if the address is not in the heap, or if
   * the block was claimed already. A block that is in no pool starts `before` bytes in front of the address.
   */
  claim(address: number, before: number): number {
    const number = this.#poolAt[address >>> GRAIN_SHIFT] ?? 0;
    const pool = this.#pools[number - 1];
    if (!pool) return this.#claimLarge(address - before);
    const block = numberIn(pool, address);
    if (this.#claimed[block] !== 0) return 0;
    this.#claimed[block] = 1;
    this.#claimedIn[number - 1] = (this.#claimedIn[number - 1] as number) + 1;
    return pool.blockSize;
  }

  isClaimed(address: number): boolean {
    const pool = this.#pools[(this.#poolAt[address >>> GRAIN_SHIFT] ?? 0) - 1];
    return pool !== undefined && this.#claimed[numberIn(pool, address)] !== 0;
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
    const found = new Map<string, Unclaimed>();
    for (const [k, { domain, blockSize, used }] of this.#pools.entries()) {
      const key = `${domain} ${blockSize}`;
      const entry = found.get(key) ?? { domain, blockSize, count: 0 };
      found.set(key, entry);
      entry.count += used - (this.#claimedIn[k] as number);
    }
    return [...found.values()];
  }

  /** Bytes of all pooled blocks in use. */
  get pooledBytes(): number {
    return this.#pools.reduce((sum, { used, blockSize }) => sum + used * blockSize, 0);
  }
}
