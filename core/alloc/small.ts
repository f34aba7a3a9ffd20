// Layer 2, small objects: requests of 1 to 512 bytes, for one domain.
//
//   bins[k] -> pool -> pool -> ...    the listed pools of size class k
//
// malloc takes the first free block of the first pool; free puts the block first in its pool's list. A full pool that
// gets a free block goes to the end of its bin: more of its blocks are free by the time that it is looked at again.
//
// The domains mem, object and native have a Small each, over the same arenas. So every pool belongs to one domain, and the account can
// count the blocks of each.

import { ALIGNMENT, MAX_REQUEST, SIZE_CLASSES, SMALL_REQUEST_THRESHOLD, THREADS } from "../ground/config";
import { CONTROL, SMALL_LIBC_AT, SMALL_MEM_AT, SMALL_OBJECT_AT, THREAD_ALIGNMENT } from "../ground/control";
import { LIBC, MEM, OBJECT } from "../ground/domains.gen";
import { adoptVacant, BINS_OFFSET } from "./adoption";
import { arenaOf, arenas } from "./arena";
import { base_calloc, base_free, base_malloc, base_realloc, hostMadeRoom } from "./base";
import { Pool } from "./pool";
import { PoolMap, publishMap } from "./poolmap";
import { isMine, ownThread, sendBack } from "./threads";

/** The size class of a request. `n` is not 0. */
@inline
function classOf(n: usize): usize {
  return (n - 1) / ALIGNMENT;
}

/** How far a size class's bin is from the first, in bytes. */
@inline
function binOffset(sizeClass: usize): usize {
  return sizeClass * sizeof<usize>();
}

@unmanaged
export class Small extends PoolMap {
  // A view of the pool map comes first, then the bins, so that both are a constant away from ctx.
  domain: u32;
  bin0: Pool | null;

  /** The address of the head of a size class's list. */
  @inline
  binAt(sizeClass: u32): usize {
    return changetype<usize>(this) + BINS_OFFSET + binOffset(sizeClass);
  }

  /** A block of a size class when the first listed pool is full, or no pool is listed. */
  takeElsewhere(sizeClass: u32): usize {
    if (THREADS && ownThread().waiting != 0) takeBack();
    let pool = this.firstWithFree(sizeClass);
    if (!pool) pool = this.openPool(sizeClass);
    if (pool) return takeFrom(pool);
    const larger = this.takeLarger(sizeClass + 1);
    return larger == 0 && hostMadeRoom(ALIGNMENT) ? this.takeElsewhere(sizeClass) : larger;
  }

  /** The first listed pool that has a free block; the full ones before it leave the list. */
  private firstWithFree(sizeClass: u32): Pool | null {
    const bin = this.binAt(sizeClass);
    let pool = load<Pool | null>(bin);
    while (pool && pool.free == 0) {
      pool.delist();
      pool = load<Pool | null>(bin);
    }
    return pool;
  }

  private openPool(sizeClass: u32): Pool | null {
    if (!arenas().hasIdlePool) scavenge();
    if (THREADS && !arenas().hasIdlePool && adoptVacant()) {
      takeBack();
      const adopted = this.firstWithFree(sizeClass);
      if (adopted) return adopted;
    }
    const pool = arenas().takePool();
    if (pool) {
      publishMap();
      pool.open(this.binAt(sizeClass), (sizeClass + 1) * <u32>ALIGNMENT, arenaOf(pool).bytesOf(pool));
    }
    return pool;
  }

  /** A block of a larger size class, from `sizeClass` on. Used when there is no memory: a block that is too large is better than NULL. */
  private takeLarger(sizeClass: u32): usize {
    for (; sizeClass < <u32>SIZE_CLASSES; sizeClass++) {
      const pool = this.firstWithFree(sizeClass);
      if (pool) return takeFrom(pool);
    }
    return 0;
  }

  /** Closes the empty pools that were kept open. */
  closeEmpty(): void {
    for (let sizeClass: u32 = 0; sizeClass < <u32>SIZE_CLASSES; sizeClass++) {
      const pool = load<Pool | null>(this.binAt(sizeClass));
      if (pool && pool.used == 0) close(pool);
    }
  }

  /** How many pools are in the lists of the bins. Returns more than `most` if a list is broken. */
  countListed(most: u32): u32 {
    let count: u32 = 0;
    for (let sizeClass: u32 = 0; sizeClass < <u32>SIZE_CLASSES; sizeClass++) {
      const first = load<Pool | null>(this.binAt(sizeClass));
      let pool = first;
      while (pool && count <= most) {
        if (pool.bin != this.binAt(sizeClass) || arenas().map.poolOf(pool.start) !== pool) return most + 1;
        count++;
        pool = pool.next !== first ? pool.next : null;
      }
    }
    return count;
  }
}

if (offsetof<Small>("bin0") != BINS_OFFSET) ERROR("BINS_OFFSET is not where the bins begin");
/** Distance from one Small to that of the next domain. */
const SMALL_BYTES: usize = SMALL_OBJECT_AT - SMALL_MEM_AT;

if (BINS_OFFSET + SIZE_CLASSES * 4 > SMALL_BYTES) ERROR("Small does not fit its region");
if (SMALL_LIBC_AT - SMALL_OBJECT_AT != SMALL_BYTES || LIBC != OBJECT + 1 || OBJECT != MEM + 1)
  ERROR("the Smalls of the domains must lie side by side");

@inline
export function smallOf(domain: u32): Small {
  return smallAt(CONTROL, domain);
}

/** A domain's Small of the thread with this control block. */
@inline
export function smallAt(control: usize, domain: u32): Small {
  return changetype<Small>(control + SMALL_MEM_AT + <usize>(domain - MEM) * SMALL_BYTES);
}

/** The domain whose Small has the bin at an address. */
@inline
export function domainOfBin(bin: usize): u32 {
  if (THREADS) return MEM + <u32>(((bin & (THREAD_ALIGNMENT - 1)) - SMALL_MEM_AT) / SMALL_BYTES);
  return MEM + <u32>((bin - (CONTROL + SMALL_MEM_AT)) / SMALL_BYTES);
}

/** Takes a block from a pool that has a free one. */
@inline
function takeFrom(pool: Pool): usize {
  const block = pool.free;
  pool.free = load<usize>(block);
  pool.used++;
  return block;
}

function close(pool: Pool): void {
  pool.delist();
  arenas().putPool(pool);
  publishMap();
}

/** Shrinks the map of pools, and moves it as low as possible. */
export function lowerMap(): void {
  arenas().fitMap();
  publishMap();
}

/** Frees the blocks that other threads sent back. */
export function takeBack(): void {
  const thread = ownThread();
  do {
    let block = thread.nextTaken();
    while (block != 0) {
      // The pool may be another thread's again: what arrives for a thread that has ended comes to whoever is in its place.
      smallFree(changetype<usize>(smallOf(MEM)), block);
      block = thread.nextTaken();
    }
    thread.openInbox();
  } while (thread.taken != 0);
}

/** Closes every empty pool that was kept open. Arenas whose pools are all idle then go back. */
export function scavenge(): void {
  for (let domain = MEM; domain <= LIBC; domain++) smallOf(domain).closeEmpty();
}

// The functions of an allocator over this layer; ctx is the address of a Small.

/** small_malloc, inlined: saves a call in functions that would only call it. */
@inline
export function smallMalloc(ctx: usize, n: usize): usize {
  // A request of 0 bytes becomes the largest number here, and is served where large requests are.
  if (n - 1 >= SMALL_REQUEST_THRESHOLD) return uncommonMalloc(ctx, n);
  const pool = load<Pool | null>(ctx + binOffset(classOf(n)), BINS_OFFSET);
  if (pool) {
    const block = pool.free;
    if (block != 0) {
      pool.free = load<usize>(block);
      pool.used++;
      return block;
    }
  }
  return changetype<Small>(ctx).takeElsewhere(<u32>classOf(n));
}

export function small_malloc(ctx: usize, n: usize): usize {
  return smallMalloc(ctx, n);
}

function uncommonMalloc(ctx: usize, n: usize): usize {
  if (n == 0) return changetype<Small>(ctx).takeElsewhere(0);
  return base_malloc(changetype<Small>(ctx).domain, n);
}

/** small_free, inlined: saves a call in functions that would only call it. */
@inline
export function smallFree(ctx: usize, block: usize): void {
  const pool = changetype<Small>(ctx).poolOf(block);
  if (!pool) {
    if (block != 0) base_free(changetype<Small>(ctx).domain, block);
  } else if (THREADS && !isMine(pool)) {
    sendBack(pool, block);
  } else {
    giveTo(pool, block);
  }
}

/** Puts a block back into its pool. */
@inline
export function giveTo(pool: Pool, block: usize): void {
  const next = pool.free;
  store<usize>(block, next);
  pool.free = block;
  const used = pool.used - 1;
  pool.used = used;
  if (next == 0) wasFull(pool);
  else if (used == 0) becameEmpty(pool);
}

export function small_free(ctx: usize, block: usize): void {
  smallFree(ctx, block);
}

/** A full pool got a free block: it is listed again. */
function wasFull(pool: Pool): void {
  if (!pool.listed) pool.enlist();
}

/** A pool's last block was freed. The pool stays open if it is its bin's only one, and its arena would not go back. */
function becameEmpty(pool: Pool): void {
  if (pool.isAloneInBin && !arenas().wouldGoBack(pool)) return;
  close(pool);
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
  const pool = changetype<Small>(ctx).poolOf(block);
  if (!pool) return base_realloc(changetype<Small>(ctx).domain, block, n);
  const have = <usize>pool.blockSize;
  // A block that shrinks by less than a quarter stays, as in CPython.
  if (n <= have && n << 2 > have + (have << 1)) return block;
  const moved = small_malloc(ctx, n);
  if (moved == 0) return n <= have ? block : 0;
  memory.copy(moved, block, min(n, have));
  small_free(ctx, block);
  return moved;
}
