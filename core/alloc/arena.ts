// Arenas: pieces of memory from the arena allocator, cut into pools, each with a record that stands elsewhere.
//
//   arena                                                                      record
//   address        start (a multiple of POOL_GRAIN)                            +--------+--------+-----+--------+
//   |  may be lost | pool 0 | pool 1 | ... | pool total - 1 | may be lost      | arena  | pool 0 | ... | pool n |
//                                                                              +--------+--------+-----+--------+
//
// An arena with an idle pool is in the list for its number of idle pools; the next pool comes from the arena that has the
// fewest, so that emptier ones drain and go back.
//
// Invariants (firstInvalid):
//   idleCount == number of pools with isOpen == false == bits set in `idle`
//   an arena is in list idleCount iff idleCount > 0; listMask has bit k iff list k is not empty
//   the map's entries for each pool are the pool, and all others are 0
// docs/pools.md.

import { ADDRESS_END, ALIGNMENT, ARENA_POOLS, arenaBytes, DEBUG, POOL_GRAIN, POOL_SIZE } from "../ground/config";
import { ARENAS_AT, CONTROL, SMALL_MEM_AT } from "../ground/control";
import { INTERNAL } from "../ground/domains.gen";
import { tableIndex } from "../ground/functions";
import { ledger } from "../ground/ledger";
import { ARENA_FUNCTIONS } from "../ground/table.gen";
import { base_find, base_free, base_malloc, base_realloc } from "./base";
import { Pool } from "./pool";
import { PoolMap, poolMap } from "./poolmap";

/** The smallest arena that is made of memory that is there already. */
const LEAST_POOLS: u32 = 1;

@unmanaged
export class Arena {
  address: usize;
  bytes: usize;
  /** All arenas, in the order in which they were opened, youngest first. */
  older: Arena | null;
  younger: Arena | null;
  /** Arenas with as many idle pools. */
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

  /** Bytes of the record, those of its pools' included. */
  @inline
  get recordBytes(): usize {
    return offsetof<Arena>() + <usize>this.total * offsetof<Pool>();
  }

  /** Where the first pool is. */
  @inline
  get start(): usize {
    return (this.address + POOL_GRAIN - 1) & ~(POOL_GRAIN - 1);
  }

  /** Bytes of a pool: the last one of an arena has less than the others. */
  @inline
  bytesOf(pool: Pool): u32 {
    return <u32>min(POOL_SIZE, this.address + this.bytes - pool.start);
  }

  /** Entries that the map has for a pool. */
  @inline
  grainsOf(pool: Pool): u32 {
    return (this.bytesOf(pool) + <u32>POOL_GRAIN - 1) / <u32>POOL_GRAIN;
  }

  get grains(): u32 {
    let sum: u32 = 0;
    for (let index: u32 = 0; index < this.total; index++) sum += this.grainsOf(this.poolAt(index));
    return sum;
  }

  /** The `total` pools of the arena at `address`, all idle. */
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

  /** An idle pool, the lowest; it isn't idle any more. */
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
  private listAt(idleCount: u32): usize {
    return changetype<usize>(this) + offsetof<Arenas>("list0") + (idleCount << 2);
  }

  begin(): void {
    this.alloc = tableIndex(ARENA_FUNCTIONS);
    this.dealloc = tableIndex(ARENA_FUNCTIONS) + 1;
  }

  private enlist(arena: Arena): void {
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
   * A fresh arena; false, and nothing changed, if there is no memory. Memory that is there already is used first, down to
   * pieces of a few pools; only then is the platform asked.
   */
  private addArena(): bool {
    if (this.alloc == tableIndex(ARENA_FUNCTIONS)) {
      for (let pools = <u32>ARENA_POOLS; pools >= LEAST_POOLS; pools >>= 1) {
        const bytes = arenaBytes(pools);
        const address = base_find(INTERNAL, bytes);
        if (address != 0) return this.adopt(address, bytes, pools);
      }
    }
    const bytes = arenaBytes(ARENA_POOLS);
    const address = call_indirect<usize>(this.alloc, this.ctx, bytes);
    return address != 0 && this.adopt(address, bytes, <u32>ARENA_POOLS);
  }

  /**
   * The bytes at `address` become an arena of `pools` pools, all idle; or they go back, if there is no memory for its record, or if they are
   * so high that the address behind them is none.
   */
  private adopt(address: usize, bytes: usize, pools: u32): bool {
    const record = base_malloc(INTERNAL, offsetof<Arena>() + <usize>pools * offsetof<Pool>());
    if (record == 0 || address > ADDRESS_END - bytes || !this.map.cover(address, address + bytes)) {
      call_indirect<void>(this.dealloc, this.ctx, address, bytes);
      base_free(INTERNAL, record);
      return false;
    }
    const arena = changetype<Arena>(record);
    const own = this.alloc == tableIndex(ARENA_FUNCTIONS);
    arena.begin(address, own ? this.trim(address, pools) : bytes, pools);
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
    ledger().arenasOpened++;
    if (DEBUG) assert(arena.isValid(this.map));
    return true;
  }

  /** Gives back what is behind the last pool, so that the next arena can begin there; answers the bytes that are left. */
  private trim(address: usize, pools: u32): usize {
    const start = (address + POOL_GRAIN - 1) & ~(POOL_GRAIN - 1);
    const bytes = start + <usize>pools * POOL_SIZE - ALIGNMENT - address;
    // Both base allocators shrink a block where it is.
    base_realloc(INTERNAL, address, bytes);
    return bytes;
  }

  /** An arena all of whose pools are idle, and which is in no list, goes back. */
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
    call_indirect<void>(this.dealloc, this.ctx, arena.address, arena.bytes);
    base_free(INTERNAL, changetype<usize>(arena));
    if (this.count == 0) this.map.drop();
  }

  /** Records that stand above `line` are as low as they can be. */
  lowerRecords(line: usize): void {
    let arena = this.youngest;
    while (arena) {
      const older = arena.older;
      if (changetype<usize>(arena) >= line) this.lowerRecord(arena);
      arena = older;
    }
  }

  /** The arena's record is in a lower place, if there is one; all that refers to it, or to one of its pools, follows. */
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

  /** The map has entries for the arenas that there are, and lies as low as it can. */
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

  /** Whether a pool can be had without asking for memory. */
  @inline
  get hasIdlePool(): bool {
    return this.listMask != 0;
  }

  /** A pool from the arena with the fewest idle ones, from a fresh arena if none has any; null if there is no memory. */
  takePool(): Pool | null {
    if (!this.hasIdlePool && !this.addArena()) return null;
    const arena = load<Arena>(this.listAt(<u32>ctz<u32>(this.listMask)));
    this.delist(arena);
    const pool = arena.takePool();
    this.enlist(arena);
    ledger().poolOpened();
    return pool;
  }

  /** No pool is taken from the arena, and none of its pools may become idle, until it is open again. */
  @inline
  close(arena: Arena): void {
    this.delist(arena);
  }

  @inline
  reopen(arena: Arena): void {
    this.enlist(arena);
  }

  /** The pool is idle; its arena goes back if that was its last. */
  putPool(pool: Pool): void {
    const arena = arenaOf(pool);
    this.delist(arena);
    arena.putPool(pool);
    ledger().poolClosed();
    if (DEBUG) assert(arena.isValid(this.map));
    if (arena.idleCount < arena.total) this.enlist(arena);
    else this.removeArena(arena);
  }

  /**
   * Whether the arena of an open pool would go back if the pool were closed, and is not worth keeping: all its other pools
   * are idle, and there are idle pools elsewhere.
   */
  wouldGoBack(pool: Pool): bool {
    const arena = arenaOf(pool);
    if (arena.idleCount != arena.total - 1) return false;
    const onlyOne = this.listMask == 1 << arena.idleCount && !arena.next && !arena.prev;
    return !onlyOne;
  }

  /** The address of the first arena that breaks an invariant, of the table if their lists do, or 0. */
  firstInvalid(): usize {
    let count: u32 = 0;
    let grains: u32 = 0;
    let withIdle: u32 = 0;
    let younger: Arena | null = null;
    let arena = this.youngest;
    while (arena) {
      if (arena.younger !== younger || ++count > this.count || !arena.isValid(this.map)) return arena.address;
      if (arena.idleCount > 0) withIdle++;
      grains += arena.grains;
      younger = arena;
      arena = arena.older;
    }
    if (count != 0 && grains != this.map.countAll()) return changetype<usize>(this.map);
    let listed: u32 = 0;
    for (let idle: u32 = 1; idle <= <u32>ARENA_POOLS; idle++) {
      arena = load<Arena | null>(this.listAt(idle));
      if (((this.listMask >> idle) & 1) != <u32>(arena !== null)) return this.listAt(idle);
      let prev: Arena | null = null;
      while (arena) {
        if (arena.idleCount != idle || arena.prev !== prev || ++listed > count || !arena.isValid(this.map))
          return arena.address;
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
  return changetype<Arenas>(CONTROL + ARENAS_AT);
}

// The arena allocator that is there at first: the base allocator.

export function arena_malloc(ctx: usize, n: usize): usize {
  return base_malloc(INTERNAL, n);
}

export function arena_free(ctx: usize, block: usize, n: usize): void {
  base_free(INTERNAL, block);
}
