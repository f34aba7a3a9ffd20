// Which blocks of pools belong to something: an owner claims its block, and a block can be claimed once. What nobody
// claims is memory whose owner is not known.

import type { HeapItem, PooledDomain } from "./stats.js";

/** The binary logarithm of a grain's bytes. A pool covers whole grains. */
const GRAIN_SHIFT = 10;

interface Pool {
  readonly start: number;
  readonly blockSize: number;
  readonly used: number;
  readonly domain: PooledDomain;
  /** Number of its first block, among the blocks of all pools. */
  readonly first: number;
}

/** Blocks in use of one size class and domain that nobody claimed. */
export interface Unclaimed {
  readonly domain: PooledDomain;
  readonly blockSize: number;
  count: number;
}

export class PoolClaims {
  readonly #pools: Pool[] = [];
  /** The number of the pool of each grain, from 1. */
  readonly #poolAt: Uint32Array;
  // Columns of the pools, by number, because every object asks for its block.
  readonly #starts: Uint32Array;
  readonly #blockSizes: Uint32Array;
  readonly #firsts: Uint32Array;
  readonly #claimed: Uint8Array;
  readonly #claimedIn: Uint32Array;

  /** `walk` visits all pools of a heap, which ends at the address `end`. */
  constructor(walk: (visit: (item: HeapItem) => void) => void, end: number) {
    let first = 0;
    const grains = new Uint32Array((end >>> GRAIN_SHIFT) + 1);
    walk((item) => {
      if (item.kind !== "pool") return;
      const { address: start, size, blockSize, used, domain } = item;
      this.#pools.push({ start, blockSize, used, domain, first });
      first += Math.floor(size / blockSize);
      grains.fill(this.#pools.length, start >>> GRAIN_SHIFT, ((start + size - 1) >>> GRAIN_SHIFT) + 1);
    });
    const column = (of: (pool: Pool) => number) => Uint32Array.from([0, ...this.#pools.map(of)]);
    this.#poolAt = grains;
    this.#starts = column(({ start }) => start);
    this.#blockSizes = column(({ blockSize }) => blockSize);
    this.#firsts = column((pool) => pool.first);
    this.#claimed = new Uint8Array(first);
    this.#claimedIn = new Uint32Array(this.#pools.length + 1);
  }

  /** The number of blocks, free ones included. */
  get blockCount(): number {
    return this.#claimed.length;
  }

  /** The number of blocks in use. */
  get usedCount(): number {
    return this.#pools.reduce((sum, { used }) => sum + used, 0);
  }

  /** The number of the block that an address is in, from 0; -1 if it is in no pool. */
  blockAt(address: number): number {
    const pool = this.#poolAt[address >>> GRAIN_SHIFT] ?? 0;
    return pool === 0 ? -1 : this.#blockIn(pool, address);
  }

  #blockIn(pool: number, address: number): number {
    const offset = address - (this.#starts[pool] as number);
    return (this.#firsts[pool] as number) + ((offset / (this.#blockSizes[pool] as number)) >>> 0);
  }

  /**
   * Claims the block that an address is in, and returns its bytes; 0 if it was claimed already. undefined if the address is
   * in no pool.
   */
  claim(address: number): number | undefined {
    const pool = this.#poolAt[address >>> GRAIN_SHIFT] ?? 0;
    if (pool === 0) return undefined;
    const block = this.#blockIn(pool, address);
    if (this.#claimed[block] !== 0) return 0;
    this.#claimed[block] = 1;
    this.#claimedIn[pool] = (this.#claimedIn[pool] as number) + 1;
    return this.#blockSizes[pool];
  }

  isClaimed(address: number): boolean {
    const block = this.blockAt(address);
    return block >= 0 && this.#claimed[block] !== 0;
  }

  /** Blocks in use that nobody claimed, by size class and domain. */
  unclaimed(): Unclaimed[] {
    const found = new Map<string, Unclaimed>();
    for (const [k, { domain, blockSize, used }] of this.#pools.entries()) {
      const key = `${domain} ${blockSize}`;
      const entry = found.get(key) ?? { domain, blockSize, count: 0 };
      found.set(key, entry);
      entry.count += used - (this.#claimedIn[k + 1] as number);
    }
    return [...found.values()];
  }

  /** Bytes of all blocks in use that are in pools; of one domain, if it is named. */
  usedBytes(domain?: PooledDomain): number {
    return this.#pools.reduce(
      (sum, pool) => (domain === undefined || pool.domain === domain ? sum + pool.used * pool.blockSize : sum),
      0,
    );
  }
}
