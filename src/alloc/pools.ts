// The pools of a heap, for code that finds the block that an address is in, and counts the blocks that have an owner.

import type { HeapItem, PooledDomain } from "./stats.js";

/** The binary logarithm of a grain's bytes. A pool covers whole grains. It is the same in core/graph/store.ts. */
const GRAIN_SHIFT = 10;

export interface Pool {
  readonly start: number;
  readonly bytes: number;
  readonly blockSize: number;
  readonly used: number;
  readonly domain: PooledDomain;
  /** Number of its first block, among the blocks of all pools. */
  readonly first: number;
}

/** Blocks in use of one size class and domain that have no owner. */
export interface Unclaimed {
  readonly domain: PooledDomain;
  readonly blockSize: number;
  count: number;
}

/** The number of the grain that an address is in. */
export const grainOf = (address: number): number => address >>> GRAIN_SHIFT;

export class Pools {
  readonly all: readonly Pool[];
  /** The blocks of all pools, free ones included. */
  readonly blockCount: number;

  /** `walk` visits all pools of a heap. */
  constructor(walk: (visit: (item: HeapItem) => void) => void) {
    const all: Pool[] = [];
    let first = 0;
    walk((item) => {
      if (item.kind !== "pool") return;
      const { address: start, size: bytes, blockSize, used, domain } = item;
      all.push({ start, bytes, blockSize, used, domain, first });
      first += Math.floor(bytes / blockSize);
    });
    this.all = all;
    this.blockCount = first;
  }

  /** Writes the number of each grain's pool, from 1, into `table`, in which grain 0 is at `at`. */
  writeGrains(table: Uint32Array, at = 0): void {
    this.all.forEach(({ start, bytes }, k) => {
      table.fill(k + 1, at + grainOf(start), at + grainOf(start + bytes - 1) + 1);
    });
  }

  /** Blocks in use that have no owner, by size class and domain. `claimedIn` returns how many blocks of a pool have one. */
  unclaimed(claimedIn: (pool: number) => number): Unclaimed[] {
    const found = new Map<string, Unclaimed>();
    this.all.forEach(({ domain, blockSize, used }, k) => {
      const count = used - claimedIn(k);
      if (count === 0) return;
      const key = `${domain} ${blockSize}`;
      const entry = found.get(key) ?? { domain, blockSize, count: 0 };
      found.set(key, entry);
      entry.count += count;
    });
    return [...found.values()];
  }

  /** Bytes of all blocks in use; of one domain, if it is named. */
  usedBytes(domain?: PooledDomain): number {
    return this.all.reduce(
      (sum, pool) => (domain === undefined || pool.domain === domain ? sum + pool.used * pool.blockSize : sum),
      0,
    );
  }
}
