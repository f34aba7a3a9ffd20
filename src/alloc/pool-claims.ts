// Which blocks of pools belong to something: an owner claims its block, and a block can be claimed once. What nobody
// claims is memory whose owner is not known.

import { grainOf, type Pool, Pools, type Unclaimed } from "./pools.js";
import type { HeapItem, PooledDomain } from "./stats.js";

export class PoolClaims {
  readonly #pools: Pools;
  /** The number of the pool of each grain, from 1. */
  readonly #poolAt: Uint32Array;
  // The pools as columns, by number. Every object asks for its block, and columns are read faster than objects.
  readonly #starts: Uint32Array;
  readonly #blockSizes: Uint32Array;
  readonly #firsts: Uint32Array;
  readonly #claimed: Uint8Array;
  readonly #claimedIn: Uint32Array;

  /** `walk` visits all pools of a heap, which ends at the address `end`. */
  constructor(walk: (visit: (item: HeapItem) => void) => void, end: number) {
    this.#pools = new Pools(walk);
    const { all, blockCount } = this.#pools;
    const column = (of: (pool: Pool) => number) => Uint32Array.from([0, ...all.map(of)]);
    this.#poolAt = new Uint32Array(grainOf(end) + 1);
    this.#pools.writeGrains(this.#poolAt);
    this.#starts = column(({ start }) => start);
    this.#blockSizes = column(({ blockSize }) => blockSize);
    this.#firsts = column(({ first }) => first);
    this.#claimed = new Uint8Array(blockCount);
    this.#claimedIn = new Uint32Array(all.length + 1);
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
    const pool = this.#poolAt[grainOf(address)] ?? 0;
    if (pool === 0) return undefined;
    const block = this.#blockIn(pool, address);
    if (this.#claimed[block] !== 0) return 0;
    this.#claimed[block] = 1;
    this.#claimedIn[pool] = (this.#claimedIn[pool] as number) + 1;
    return this.#blockSizes[pool];
  }

  /** Whether the block that an address is in was claimed. False outside of pools. */
  isClaimed(address: number): boolean {
    const pool = this.#poolAt[grainOf(address)] ?? 0;
    return pool !== 0 && this.#claimed[this.#blockIn(pool, address)] !== 0;
  }

  /** Blocks in use that nobody claimed, by size class and domain. */
  unclaimed(): Unclaimed[] {
    return this.#pools.unclaimed((pool) => this.#claimedIn[pool + 1] as number);
  }

  /** Bytes of all blocks in use that are in pools; of one domain, if it is named. */
  usedBytes(domain?: PooledDomain): number {
    return this.#pools.usedBytes(domain);
  }
}
