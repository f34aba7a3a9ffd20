// Arenas: pieces of memory from the arena allocator, cut into pools. The records of an arena and its pools lie in another block.
//
//   arena                                                                      record
//   address        start (a multiple of POOL_GRAIN)                            +--------+--------+-----+--------+
//   |  may be lost | pool 0 | pool 1 | ... | pool total - 1 | may be lost      | arena  | pool 0 | ... | pool n |
//                                                                              +--------+--------+-----+--------+
//
// An arena with an idle pool is in the list for its number of idle pools. The next pool comes from the arena that has
// the fewest, so that emptier arenas become empty and are given back.
//
// Invariants (firstInvalid):
//   idleCount == number of pools with isOpen == false == bits set in `idle`
//   an arena is in list idleCount iff idleCount > 0; listMask has bit k iff list k is not empty
//   the map's entry for a grain is the pool that covers the grain, or 0 if no pool does
// See docs/pools.md.

import {
  ADDRESS_END,
  ALIGNMENT,
  ARENA_POOLS,
  arenaBytes,
  DEBUG,
  LIBRARY,
  POOL_GRAIN,
  POOL_SIZE,
  THREADS,
} from "../ground/config";
import { ARENAS_AT, CONTROL, SMALL_MEM_AT } from "../ground/control";
import { INTERNAL } from "../ground/domains.gen";
import { tableIndex } from "../ground/functions";
import { Ledger, ledger } from "../ground/ledger";
import { lock, unlock } from "../ground/lock";
import { ARENA_FUNCTIONS } from "../ground/table.gen";
import { base_find, base_free, base_malloc, base_realloc } from "./base";
import { Pool } from "./pool";
import { PoolMap, poolMap } from "./poolmap";
import { ownThread } from "./threads";

/** An arena that is made from free memory of the heap has at least this many pools. */
const LEAST_POOLS: u32 = 1;

@unmanaged
export class Arena {
  address: usize;
  bytes: usize;
  /** Neighbours in the list of all arenas, which has them in the order in which they were opened. */
  older: Arena | null;
  younger: Arena | null;
  /** Neighbours in the list of arenas with the same number of idle pools. */
  next: Arena | null;
  prev: Arena | null;
  total: u32;
  idleCount: u32;
  /** Bit k: pool k is idle. */
  idle: u32;

  @inline
  poolAt(index: u32): Pool {
    return changetype<Pool>(changetype<usize>(this) + offsetof<Arena>() + <usize>index * offsetof<Pool>());
  }

  /** The size of the record in bytes, including the records of its pools. */
  @inline
  get recordBytes(): usize {
    return offsetof<Arena>() + <usize>this.total * offsetof<Pool>();
  }

  /** The address of the first pool. */
  @inline
  get start(): usize {
    return (this.address + POOL_GRAIN - 1) & ~(POOL_GRAIN - 1);
  }

  /** The size of a pool in bytes. An arena's last pool can be smaller than the others. */
  @inline
  bytesOf(pool: Pool): u32 {
    return <u32>min(POOL_SIZE, this.address + this.bytes - pool.start);
  }

  /** The number of entries that a pool has in the map. */
  @inline
  grainsOf(pool: Pool): u32 {
    return (this.bytesOf(pool) + <u32>POOL_GRAIN - 1) / <u32>POOL_GRAIN;
  }

  get grains(): u32 {
    let sum: u32 = 0;
    for (let index: u32 = 0; index < this.total; index++) sum += this.grainsOf(this.poolAt(index));
    return sum;
  }

  /** Fills in the record of the arena at `address`: it has `total` pools, all idle. */
  begin(address: usize, bytes: usize, total: u32): void {
    this.address = address;
    this.bytes = bytes;
    this.total = total;
    this.idleCount = total;
    this.idle = (1 << total) - 1;
    for (let index: u32 = 0; index < total; index++) {
      const pool = this.poolAt(index);
      pool.start = this.start + <usize>index * POOL_SIZE;
      pool.index = <u8>index;
      pool.bin = 0;
      pool.listed = false;
      pool.isVacated = false;
    }
  }

  /** Takes the lowest idle pool, which is then no longer idle. */
  @inline
  takePool(): Pool {
    const index = <u32>ctz<u32>(this.idle);
    this.idle &= this.idle - 1;
    this.idleCount--;
    if (DEBUG) assert(!this.poolAt(index).isOpen);
    return this.poolAt(index);
  }

  @inline
  putPool(pool: Pool): void {
    if (DEBUG) assert(!pool.listed && ((this.idle >> pool.index) & 1) == 0);
    pool.bin = 0;
    this.idle |= 1 << pool.index;
    this.idleCount++;
  }

  isValid(map: PoolMap): bool {
    if (this.total - 1 >= <u32>ARENA_POOLS) return false;
    let idle: u32 = 0;
    for (let index: u32 = 0; index < this.total; index++) {
      const pool = this.poolAt(index);
      if (pool.index != index || pool.start != this.start + <usize>index * POOL_SIZE) return false;
      if (map.countOf(pool, this.bytesOf(pool)) != this.grainsOf(pool)) return false;
      if (!pool.isOpen) idle |= 1 << index;
    }
    return idle == this.idle && <u32>popcnt<u32>(idle) == this.idleCount;
  }
}

if (ARENA_POOLS > 31) ERROR("an arena's idle pools do not fit a word");

/** The arena of an open or idle pool. */
@inline
export function arenaOf(pool: Pool): Arena {
  return changetype<Arena>(changetype<usize>(pool) - <usize>pool.index * offsetof<Pool>() - offsetof<Arena>());
}

@unmanaged
export class Arenas {
  /** All arenas, youngest first. */
  youngest: Arena | null;
  count: u32;
  /** Bit k: some arena has k idle pools. */
  listMask: u32;
  // The arena allocator: ctx, alloc, free (CPython's PyObjectArenaAllocator).
  ctx: usize;
  alloc: u32;
  dealloc: u32;
  /** Heads of the lists, one for each number of idle pools. */
  list0: usize;

  /** The map that says which pool an address is in. */
  @inline
  get map(): PoolMap {
    return poolMap();
  }

  @inline
  listAt(idleCount: u32): usize {
    return changetype<usize>(this) + offsetof<Arenas>("list0") + (idleCount << 2);
  }

  begin(): void {
    this.alloc = tableIndex(ARENA_FUNCTIONS);
    this.dealloc = tableIndex(ARENA_FUNCTIONS) + 1;
  }

  /** Whether the arena allocator is the default one. A library has no other, and calls its functions directly. */
  @inline
  private get isDefault(): bool {
    return LIBRARY || this.alloc == tableIndex(ARENA_FUNCTIONS);
  }

  /** Memory from the arena allocator; 0 if it has none. */
  @inline
  private fetch(bytes: usize): usize {
    return LIBRARY ? arena_malloc(0, bytes) : call_indirect<usize>(this.alloc, this.ctx, bytes);
  }

  @inline
  private giveBack(address: usize, bytes: usize): void {
    if (LIBRARY) arena_free(0, address, bytes);
    else call_indirect<void>(this.dealloc, this.ctx, address, bytes);
  }

  enlist(arena: Arena): void {
    const idle = arena.idleCount;
    if (idle == 0) return;
    const at = this.listAt(idle);
    const first = load<Arena | null>(at);
    arena.prev = null;
    arena.next = first;
    if (first) first.prev = arena;
    store<Arena>(at, arena);
    this.listMask |= 1 << idle;
  }

  private delist(arena: Arena): void {
    const idle = arena.idleCount;
    if (idle == 0) return;
    const next = arena.next;
    const prev = arena.prev;
    if (next) next.prev = prev;
    if (prev) {
      prev.next = next;
      return;
    }
    store<Arena | null>(this.listAt(idle), next);
    if (!next) this.listMask &= ~(1 << idle);
  }

  /**
   * Makes a fresh arena. It looks first for free memory that the heap already has, also for smaller pieces, down to LEAST_POOLS pools; only
   * then does it ask the arena allocator. Returns false and changes nothing if there is no memory.
   */
  private addArena(): bool {
    if (this.isDefault) {
      for (let pools = <u32>ARENA_POOLS; pools >= LEAST_POOLS; pools >>= 1) {
        const bytes = arenaBytes(pools);
        const address = base_find(INTERNAL, bytes);
        if (address != 0) return this.adopt(address, bytes, pools);
      }
    }
    const bytes = arenaBytes(ARENA_POOLS);
    const address = this.fetch(bytes);
    return address != 0 && this.adopt(address, bytes, <u32>ARENA_POOLS);
  }

  /**
   * The bytes at `address` become an arena of `pools` pools, all idle. They go back instead if there is no memory for the record or for
   * the map's entries, or if they reach the end of the address space, so that the address after them does not fit 32 bits.
   */
  private adopt(address: usize, bytes: usize, pools: u32): bool {
    const record = base_malloc(INTERNAL, offsetof<Arena>() + <usize>pools * offsetof<Pool>());
    if (record == 0 || address > ADDRESS_END - bytes || !this.map.cover(address, address + bytes)) {
      this.giveBack(address, bytes);
      base_free(INTERNAL, record);
      return false;
    }
    const arena = changetype<Arena>(record);
    arena.begin(address, this.isDefault ? this.trim(address, pools) : bytes, pools);
    for (let index: u32 = 0; index < pools; index++) {
      const pool = arena.poolAt(index);
      this.map.set(pool, arena.bytesOf(pool));
    }
    const older = this.youngest;
    arena.older = older;
    arena.younger = null;
    if (older) older.younger = arena;
    this.youngest = arena;
    this.count++;
    this.enlist(arena);
    if (THREADS) atomic.add<u32>(changetype<usize>(ledger()), 1, offsetof<Ledger>("arenasOpened"));
    else ledger().arenasOpened++;
    if (DEBUG) assert(arena.isValid(this.map));
    return true;
  }

  /** addArena() under the lock, if there are threads: whoever holds it can look at the arenas of all of them. */
  @inline
  private addArenaAlone(): bool {
    if (!THREADS) return this.addArena();
    lock();
    const added = this.addArena();
    unlock();
    return added;
  }

  /** Gives back the bytes after the last pool, so that the next arena can begin there. Returns the bytes that the arena keeps. */
  private trim(address: usize, pools: u32): usize {
    const start = (address + POOL_GRAIN - 1) & ~(POOL_GRAIN - 1);
    const bytes = start + <usize>pools * POOL_SIZE - ALIGNMENT - address;
    // Both base allocators shrink a block where it is.
    base_realloc(INTERNAL, address, bytes);
    return bytes;
  }

  /** Gives back an arena whose pools are all idle and which is not in a list of arenas with idle pools. */
  private removeArena(arena: Arena): void {
    for (let index: u32 = 0; index < arena.total; index++) {
      const pool = arena.poolAt(index);
      this.map.unset(pool, arena.bytesOf(pool));
    }
    const older = arena.older;
    const younger = arena.younger;
    if (older) older.younger = younger;
    if (younger) younger.older = older;
    else this.youngest = older;
    this.count--;
    this.giveBack(arena.address, arena.bytes);
    base_free(INTERNAL, changetype<usize>(arena));
    if (this.count == 0) this.map.drop();
  }

  /** Moves the records that lie above `line` as low as possible. */
  lowerRecords(line: usize): void {
    let arena = this.youngest;
    while (arena) {
      const older = arena.older;
      if (changetype<usize>(arena) >= line) this.lowerRecord(arena);
      arena = older;
    }
  }

  /** Moves the arena's record to a lower place, if there is one, and corrects everything that refers to it or to one of its pools. */
  private lowerRecord(arena: Arena): void {
    const bytes = arena.recordBytes;
    const record = base_malloc(INTERNAL, bytes);
    if (record == 0) return;
    if (record > changetype<usize>(arena)) {
      base_free(INTERNAL, record);
      return;
    }
    memory.copy(record, changetype<usize>(arena), bytes);
    const moved = changetype<Arena>(record);
    const older = moved.older;
    const younger = moved.younger;
    if (older) older.younger = moved;
    if (younger) younger.older = moved;
    else this.youngest = moved;
    if (moved.idleCount > 0) {
      const next = moved.next;
      const prev = moved.prev;
      if (next) next.prev = moved;
      if (prev) prev.next = moved;
      else store<Arena>(this.listAt(moved.idleCount), moved);
    }
    for (let index: u32 = 0; index < moved.total; index++) {
      const pool = moved.poolAt(index);
      pool.followRecord(changetype<usize>(arena), record, bytes);
      this.map.set(pool, moved.bytesOf(pool));
    }
    if (DEBUG) assert(moved.isValid(this.map));
    base_free(INTERNAL, changetype<usize>(arena));
  }

  /** Shrinks the map to the arenas that exist, and moves it as low as possible. */
  fitMap(): void {
    let from: usize = ~0;
    let to: usize = 0;
    let arena = this.youngest;
    while (arena) {
      from = min(from, arena.address);
      to = max(to, arena.address + arena.bytes);
      arena = arena.older;
    }
    if (this.count != 0) this.map.fit(from, to);
  }

  /** Bytes of all arenas. */
  get bytes(): usize {
    let sum: usize = 0;
    let arena = this.youngest;
    while (arena) {
      sum += arena.bytes;
      arena = arena.older;
    }
    return sum;
  }

  /** Whether there is an idle pool, so that takePool needs no memory. */
  @inline
  get hasIdlePool(): bool {
    return this.listMask != 0;
  }

  /**
   * Takes a pool from the arena that has the fewest idle pools, or from a fresh arena if no pool is idle. Null if there
   * is no memory.
   */
  takePool(): Pool | null {
    if (!this.hasIdlePool && !this.addArenaAlone()) return null;
    const arena = load<Arena>(this.listAt(<u32>ctz<u32>(this.listMask)));
    this.delist(arena);
    const pool = arena.takePool();
    this.enlist(arena);
    if (THREADS) ownThread().pools++;
    ledger().poolOpened();
    return pool;
  }

  /** Closes the arena: until it is reopened, no pool is taken from it, and none of its pools may become idle. */
  @inline
  close(arena: Arena): void {
    this.delist(arena);
  }

  @inline
  reopen(arena: Arena): void {
    this.enlist(arena);
  }

  /** The pool becomes idle. If it was the last open pool of its arena, the arena goes back. */
  putPool(pool: Pool): void {
    const arena = arenaOf(pool);
    this.delist(arena);
    arena.putPool(pool);
    if (THREADS) ownThread().pools--;
    ledger().poolClosed();
    if (DEBUG) assert(arena.isValid(this.map));
    if (arena.idleCount < arena.total) this.enlist(arena);
    else {
      if (THREADS) lock();
      this.removeArena(arena);
      if (THREADS) unlock();
    }
  }

  /**
   * Whether closing an open pool would give back its arena, and the arena is not worth keeping: all its other pools are
   * idle, and there are idle pools elsewhere.
   */
  wouldGoBack(pool: Pool): bool {
    const arena = arenaOf(pool);
    if (arena.idleCount != arena.total - 1) return false;
    const onlyOne = this.listMask == 1 << arena.idleCount && !arena.next && !arena.prev;
    return !onlyOne;
  }

  /** The address of the first arena, map, list or table of arenas that breaks an invariant; 0 if none does. */
  firstInvalid(): usize {
    let count: u32 = 0;
    let grains: u32 = 0;
    let withIdle: u32 = 0;
    let younger: Arena | null = null;
    let arena = this.youngest;
    while (arena) {
      if (arena.younger !== younger || ++count > this.count || !arena.isValid(this.map))
        return changetype<usize>(arena);
      if (arena.idleCount > 0) withIdle++;
      grains += arena.grains;
      younger = arena;
      arena = arena.older;
    }
    // The map has the pools of all threads.
    if (!THREADS && count != 0 && grains != this.map.countAll()) return changetype<usize>(this.map);
    let listed: u32 = 0;
    for (let idle: u32 = 1; idle <= <u32>ARENA_POOLS; idle++) {
      arena = load<Arena | null>(this.listAt(idle));
      if (((this.listMask >> idle) & 1) != <u32>(arena !== null)) return this.listAt(idle);
      let prev: Arena | null = null;
      while (arena) {
        if (arena.idleCount != idle || arena.prev !== prev || ++listed > count || !arena.isValid(this.map))
          return changetype<usize>(arena);
        prev = arena;
        arena = arena.next;
      }
    }
    return count != this.count || listed != withIdle ? changetype<usize>(this) : 0;
  }
}

if (offsetof<Arenas>() + ARENA_POOLS * 4 > SMALL_MEM_AT - ARENAS_AT) ERROR("Arenas does not fit its region");

@inline
export function arenas(): Arenas {
  return arenasAt(CONTROL);
}

/** The arenas of the thread with this control block. */
@inline
export function arenasAt(control: usize): Arenas {
  return changetype<Arenas>(control + ARENAS_AT);
}

// The default arena allocator: the base allocator.

export function arena_malloc(ctx: usize, n: usize): usize {
  return base_malloc(INTERNAL, n);
}

export function arena_free(ctx: usize, block: usize, n: usize): void {
  base_free(INTERNAL, block);
}
