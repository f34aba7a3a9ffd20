// Arenas: pieces of 64 KiB from the arena allocator, cut into pools.
//
//   address        first (a multiple of POOL_SIZE)
//   |  may be lost | pool 0 | pool 1 | ... | pool carved - 1 | never used | address + ARENA_BYTES
//
// The table of arenas is an array that may move, so arenas and pools know each other by index. An arena with a free
// pool is in the list for its number of free pools; the next pool comes from the arena that has the fewest, so that
// emptier ones drain and go back.
//
// Invariants (firstInvalid):
//   an arena is associated iff address != NOWHERE
//   freePools.length + (total - carved) == nfree
//   an associated arena is in list nfree iff nfree > 0, an unassociated one in the list of spare entries
//   listMask has bit k iff list k is not empty
// Imports config, control, functions, ledger, pool. docs/pools.md.

import { ARENA_BYTES, ARENA_POOLS, INTERNAL, POOL_SIZE } from "./config";
import { ARENAS_AT, CONTROL, SMALL_MEM_AT } from "./control";
import { base_free, base_malloc } from "./functions";
import { ledger } from "./ledger";
import { Pool } from "./pool";

const NONE: u32 = 0xffff;
const MAX_ARENAS: u32 = 0xffff;
const FIRST_TABLE: u32 = 16;
/** The address of an arena that isn't there: no block is within ARENA_BYTES of it. */
const NOWHERE: usize = 0xffff0000;

@unmanaged
export class Arena {
  address: usize;
  freePools: Pool | null;
  next: u16;
  prev: u16;
  total: u16;
  carved: u16;
  nfree: u16;
  self: u16;

  @inline
  get isAssociated(): bool {
    return this.address != NOWHERE;
  }

  @inline
  get firstPool(): usize {
    return (this.address + POOL_SIZE - 1) & ~(POOL_SIZE - 1);
  }

  /** A pool that was free, and belongs to nobody now. */
  takePool(): Pool {
    this.nfree--;
    const freed = this.freePools;
    if (freed) {
      this.freePools = freed.next;
      return freed;
    }
    const fresh = changetype<Pool>(this.firstPool + <usize>this.carved * POOL_SIZE);
    this.carved++;
    fresh.arena = this.self;
    return fresh;
  }

  putPool(pool: Pool): void {
    pool.next = this.freePools;
    pool.blockSize = 0;
    this.freePools = pool;
    this.nfree++;
  }

  freePoolsAddUp(): bool {
    let left = <i32>this.nfree - (<i32>this.total - this.carved);
    let pool = this.freePools;
    while (pool) {
      if (left-- <= 0 || pool.arena != this.self || pool.blockSize != 0) return false;
      pool = pool.next;
    }
    return left == 0;
  }
}

@unmanaged
export class Arenas {
  table: usize;
  /** Entries of the table, and how many of them have an arena. */
  length: u32;
  used: u32;
  /** List of spare entries. */
  spare: u32;
  /** Bit k: some arena has k free pools. */
  listMask: u32;
  // The arena allocator: ctx, alloc, free (CPython's PyObjectArenaAllocator).
  ctx: usize;
  alloc: u32;
  dealloc: u32;
  /** Heads of the lists, one for each number of free pools. */
  list0: u16;

  @inline
  at(index: u32): Arena {
    return changetype<Arena>(this.table + index * offsetof<Arena>());
  }

  @inline
  private listAt(nfree: u32): usize {
    return changetype<usize>(this) + offsetof<Arenas>("list0") + (nfree << 1);
  }

  begin(ctx: usize, alloc: u32, dealloc: u32): void {
    this.table = 0;
    this.length = 0;
    this.used = 0;
    this.spare = NONE;
    this.listMask = 0;
    this.ctx = ctx;
    this.alloc = alloc;
    this.dealloc = dealloc;
    for (let k: u32 = 0; k <= <u32>ARENA_POOLS; k++) store<u16>(this.listAt(k), <u16>NONE);
  }

  /** Whether `block` lies in an arena of ours. `pool` is where its pool would begin; what is there may be anybody's. */
  @inline
  owns(block: usize, pool: Pool): bool {
    const index = <u32>pool.arena;
    return index < this.length && block - this.at(index).address < ARENA_BYTES;
  }

  private enlist(arena: Arena): void {
    const nfree = <u32>arena.nfree;
    if (nfree == 0) return;
    const at = this.listAt(nfree);
    const first = <u32>load<u16>(at);
    arena.prev = <u16>NONE;
    arena.next = <u16>first;
    if (first != NONE) this.at(first).prev = arena.self;
    store<u16>(at, arena.self);
    this.listMask |= 1 << nfree;
  }

  private delist(arena: Arena): void {
    const nfree = <u32>arena.nfree;
    if (nfree == 0) return;
    const next = <u32>arena.next;
    const prev = <u32>arena.prev;
    if (next != NONE) this.at(next).prev = <u16>prev;
    if (prev != NONE) {
      this.at(prev).next = <u16>next;
      return;
    }
    store<u16>(this.listAt(nfree), <u16>next);
    if (next == NONE) this.listMask &= ~(1 << nfree);
  }

  /** Room for more entries; false if there is no memory for them. */
  private growTable(): bool {
    const length = this.length == 0 ? FIRST_TABLE : min(this.length * 2, MAX_ARENAS);
    if (length == this.length) return false;
    const table = base_malloc(INTERNAL, length * offsetof<Arena>());
    if (table == 0) return false;
    const old = this.table;
    memory.copy(table, old, this.length * offsetof<Arena>());
    this.table = table;
    for (let index = length; index-- > this.length; ) {
      const arena = this.at(index);
      arena.self = <u16>index;
      this.dissociate(arena);
    }
    this.length = length;
    if (old != 0) base_free(INTERNAL, old);
    return true;
  }

  private dissociate(arena: Arena): void {
    arena.address = NOWHERE;
    arena.next = <u16>this.spare;
    this.spare = arena.self;
  }

  /** A fresh arena, all its pools free; false if there is no memory. */
  private addArena(): bool {
    if (this.spare == NONE && !this.growTable()) return false;
    const address = call_indirect<usize>(this.alloc, this.ctx, ARENA_BYTES);
    if (address == 0) return false;
    const arena = this.at(this.spare);
    this.spare = arena.next;
    arena.address = address;
    arena.freePools = null;
    arena.carved = 0;
    // The last pool may end ALIGNMENT bytes early: that is what POOL_BYTES leaves out.
    arena.total = <u16>((address + ARENA_BYTES + (POOL_SIZE - 1) - arena.firstPool) / POOL_SIZE);
    if (arena.firstPool + <usize>arena.total * POOL_SIZE - 8 > address + ARENA_BYTES) arena.total--;
    arena.nfree = arena.total;
    this.enlist(arena);
    this.used++;
    ledger().arenasOpened++;
    return true;
  }

  /** Whether a pool can be had without asking for memory. */
  @inline
  get hasFreePool(): bool {
    return this.listMask != 0;
  }

  /** A pool from the arena with the fewest free ones, from a fresh arena if none has any; null if there is no memory. */
  takePool(): Pool | null {
    if (!this.hasFreePool && !this.addArena()) return null;
    const arena = this.at(load<u16>(this.listAt(<u32>ctz<u32>(this.listMask))));
    this.delist(arena);
    const pool = arena.takePool();
    this.enlist(arena);
    ledger().poolOpened();
    return pool;
  }

  /** The pool is free; its arena goes back if that was its last. */
  putPool(pool: Pool): void {
    const arena = this.at(pool.arena);
    this.delist(arena);
    arena.putPool(pool);
    ledger().poolClosed();
    if (arena.nfree < arena.total) {
      this.enlist(arena);
      return;
    }
    const address = arena.address;
    this.dissociate(arena);
    this.used--;
    call_indirect<void>(this.dealloc, this.ctx, address, ARENA_BYTES);
  }

  /** Whether the pool is the only one of its arena that isn't free. */
  isLastOfArena(pool: Pool): bool {
    const arena = this.at(pool.arena);
    return arena.nfree == arena.total - 1;
  }

  /** The address of the first arena that breaks an invariant, or 0. */
  firstInvalid(): usize {
    let associated: u32 = 0;
    for (let index: u32 = 0; index < this.length; index++) {
      const arena = this.at(index);
      if (arena.self != index) return changetype<usize>(arena);
      if (!arena.isAssociated) continue;
      associated++;
      if (arena.nfree > arena.total || arena.carved > arena.total || !arena.freePoolsAddUp()) return arena.address;
    }
    let listed: u32 = 0;
    for (let nfree: u32 = 1; nfree <= <u32>ARENA_POOLS; nfree++) {
      let index = <u32>load<u16>(this.listAt(nfree));
      if (((this.listMask >> nfree) & 1) != <u32>(index != NONE)) return this.listAt(nfree);
      let prev = NONE;
      while (index != NONE) {
        const arena = this.at(index);
        if (arena.nfree != nfree || arena.prev != prev || !arena.isAssociated || ++listed > associated) return arena.address;
        prev = index;
        index = arena.next;
      }
    }
    let withFree: u32 = 0;
    for (let index: u32 = 0; index < this.length; index++) {
      const arena = this.at(index);
      if (arena.isAssociated && arena.nfree > 0) withFree++;
    }
    return associated != this.used || listed != withFree ? this.table : 0;
  }
}

if (offsetof<Arenas>() + ARENA_POOLS * 2 > SMALL_MEM_AT - ARENAS_AT) ERROR("Arenas does not fit its region");

@inline
export function arenas(): Arenas {
  return changetype<Arenas>(CONTROL + ARENAS_AT);
}
