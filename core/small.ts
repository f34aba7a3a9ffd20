// Layer 2, small objects: requests of 1 to 512 bytes, for one domain.
//
//   bins[k] -> pool -> pool -> ...    the used pools of size class k: each has a free block
//
// malloc takes the first free block of the first pool; free puts the block first in its pool's list. A full pool that
// gets a free block goes to the front of its bin, so that fuller pools are used first. When a bin is empty, a free
// block of one of the next two classes serves before a new pool is opened (docs/pools.md has what that saves).
//
// mem and object have a Small each, over the same arenas: so the account knows what belongs to whom.
// Imports config, control, functions, ledger, pool, arena.

import { arenas } from "./arena";
import { ALIGNMENT, MAX_REQUEST, MEM, OBJECT, SIZE_CLASSES, SMALL_REQUEST_THRESHOLD } from "./config";
import { CONTROL, SMALL_MEM_AT, SMALL_OBJECT_AT } from "./control";
import { base_calloc, base_free, base_malloc, base_realloc } from "./functions";
import { ledger } from "./ledger";
import { Pool, poolOf } from "./pool";

/** How many larger classes may lend a block. */
const LENDERS: u32 = 2;

@unmanaged
export class Small {
  // The bins come first, so that a size class is one addition away from ctx: 64 words.
  bin0: usize;

  @inline
  binAt(sizeClass: u32): usize {
    return changetype<usize>(this) + (<usize>sizeClass << 2);
  }

  @inline
  private get domainAt(): usize {
    return changetype<usize>(this) + (SIZE_CLASSES << 2);
  }

  get domain(): u32 {
    return load<u32>(this.domainAt);
  }

  begin(domain: u32): void {
    memory.fill(changetype<usize>(this), 0, SIZE_CLASSES << 2);
    store<u32>(this.domainAt, domain);
  }

  /** A block from a pool that has one free. */
  @inline
  takeFrom(pool: Pool): usize {
    const block = pool.free;
    const next = load<usize>(block);
    pool.free = next;
    pool.count++;
    if (next == 0) pool.delist();
    return block;
  }

  /** A block when the size class has none. */
  takeElsewhere(sizeClass: u32): usize {
    const last = min(sizeClass + LENDERS, <u32>SIZE_CLASSES - 1);
    for (let larger = sizeClass + 1; larger <= last; larger++) {
      const pool = load<Pool | null>(this.binAt(larger));
      if (pool) {
        ledger().borrowed++;
        return this.takeFrom(pool);
      }
    }
    if (!arenas().hasFreePool) scavenge();
    const pool = arenas().takePool();
    if (pool) {
      pool.open(this.binAt(sizeClass), (sizeClass + 1) * <u32>ALIGNMENT);
      return this.takeFrom(pool);
    }
    // There is no memory: any larger block is better than none.
    for (let larger = last + 1; larger < <u32>SIZE_CLASSES; larger++) {
      const lender = load<Pool | null>(this.binAt(larger));
      if (lender) return this.takeFrom(lender);
    }
    return 0;
  }

  /** How many pools the bins list; a broken list counts as more than `most`. */
  countListed(most: u32): u32 {
    let count: u32 = 0;
    for (let sizeClass: u32 = 0; sizeClass < <u32>SIZE_CLASSES; sizeClass++) {
      let pool = load<Pool | null>(this.binAt(sizeClass));
      while (pool && count <= most) {
        count++;
        pool = pool.next;
      }
    }
    return count;
  }

  /** Closes the pools that are kept though they are empty. */
  closeEmpty(): void {
    for (let sizeClass: u32 = 0; sizeClass < <u32>SIZE_CLASSES; sizeClass++) {
      const pool = load<Pool | null>(this.binAt(sizeClass));
      if (pool && pool.count == 0) close(pool);
    }
  }
}

if (SIZE_CLASSES * 4 + 4 > SMALL_OBJECT_AT - SMALL_MEM_AT) ERROR("Small does not fit its region");

@inline
export function smallOf(domain: u32): Small {
  return changetype<Small>(CONTROL + (domain == MEM ? SMALL_MEM_AT : SMALL_OBJECT_AT));
}

function close(pool: Pool): void {
  pool.delist();
  arenas().putPool(pool);
}

/** Closes every pool that is kept though it is empty; arenas that this empties go back. */
export function scavenge(): void {
  smallOf(MEM).closeEmpty();
  smallOf(OBJECT).closeEmpty();
}

/** A pool's last block was freed: the pool stays if it is its bin's only one, and others of its arena are in use. */
function becameEmpty(pool: Pool): void {
  if (pool.isAloneInBin && !arenas().isLastOfArena(pool)) return;
  close(pool);
}

// The functions of an allocator over this layer; ctx is the address of a Small.

export function small_malloc(ctx: usize, n: usize): usize {
  // 0 becomes the largest number here, and goes the same way as a large request.
  if (n - 1 >= SMALL_REQUEST_THRESHOLD) return uncommonMalloc(ctx, n);
  const pool = load<Pool | null>(ctx + (((n - 1) >> 3) << 2));
  if (!pool) return changetype<Small>(ctx).takeElsewhere(<u32>((n - 1) >> 3));
  return changetype<Small>(ctx).takeFrom(pool);
}

function uncommonMalloc(ctx: usize, n: usize): usize {
  if (n == 0) return small_malloc(ctx, 1);
  return base_malloc(changetype<Small>(ctx).domain, n);
}

export function small_free(ctx: usize, block: usize): void {
  const pool = poolOf(block);
  if (!arenas().owns(block, pool)) {
    if (block != 0) base_free(changetype<Small>(ctx).domain, block);
    return;
  }
  const next = pool.free;
  store<usize>(block, next);
  pool.free = block;
  const count = pool.count - 1;
  pool.count = count;
  if (next == 0) pool.enlist();
  else if (count == 0) becameEmpty(pool);
}

export function small_calloc(ctx: usize, count: usize, size: usize): usize {
  if (size != 0 && count > MAX_REQUEST / size) return 0;
  const n = count * size;
  if (n > SMALL_REQUEST_THRESHOLD) return base_calloc(changetype<Small>(ctx).domain, count, size);
  const block = small_malloc(ctx, n);
  if (block != 0) memory.fill(block, 0, n);
  return block;
}

export function small_realloc(ctx: usize, block: usize, n: usize): usize {
  if (block == 0) return small_malloc(ctx, n);
  const pool = poolOf(block);
  if (!arenas().owns(block, pool)) return base_realloc(changetype<Small>(ctx).domain, block, n);
  const have = <usize>pool.blockSize;
  // A block that shrinks by less than a quarter stays, as in CPython.
  if (n <= have && (n << 2) > have + (have << 1)) return block;
  const moved = small_malloc(ctx, n);
  if (moved == 0) return n <= have ? block : 0;
  memory.copy(moved, block, min(n, have));
  small_free(ctx, block);
  return moved;
}
