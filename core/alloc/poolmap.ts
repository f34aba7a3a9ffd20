// From an address to its pool: one lookup tells whether a pool of ours has a block.
//
//   entry k:  the record of the pool that covers the POOL_GRAIN bytes at (first + k) x POOL_GRAIN; 0 if no pool does
//   | first | length | map |
//
// A grain is in one pool or in none, so an address belongs to a pool iff its entry is not 0. The memory that the address points to is never
// read. The entries span the arenas' addresses only; the map is enlarged when an arena lies outside.
//
// Each Small (small.ts) begins with a view of the map: the same three words, at a constant distance from `ctx`, the address that the
// allocator's functions get. The view of the domain mem is the map itself, which arenas change; publishMap copies it to the other views.
// Invariant (viewsAgree): every view equals the map.
//
// With threads, the directory (directory.ts) has the entries, and there are no views.

import { POOL_GRAIN, THREADS } from "../ground/config";
import { CONTROL, SMALL_LIBC_AT, SMALL_MEM_AT, SMALL_OBJECT_AT } from "../ground/control";
import { INTERNAL } from "../ground/domains.gen";
import { base_calloc, base_free, base_malloc } from "./base";
import { countEntries, coverAddresses, enterPool, pooledAt } from "./directory";
import { Pool } from "./pool";

/** How many entries are added at a time beyond those that are needed: 1 MiB of addresses. */
const SPARE: u32 = 1024;

@unmanaged
export class PoolMap {
  first: u32;
  length: u32;
  map: usize;

  @inline
  private at(number: u32): usize {
    return this.map + ((number - this.first) << 2);
  }

  /** The pool of a block; null if the block is not in one. */
  @inline
  poolOf(block: usize): Pool | null {
    if (THREADS) return pooledAt(block);
    const number = <u32>(block / POOL_GRAIN);
    if (number - this.first >= this.length) return null;
    return load<Pool | null>(this.at(number));
  }

  /** Makes entries for the addresses [from, to). Returns false and changes nothing if there is no memory for them. */
  cover(from: usize, to: usize): bool {
    if (THREADS) return coverAddresses(from, to);
    const low = <u32>(from / POOL_GRAIN);
    const high = <u32>((to + POOL_GRAIN - 1) / POOL_GRAIN);
    const oldEnd = this.first + this.length;
    if (this.length != 0 && low >= this.first && high <= oldEnd) return true;
    let first = low;
    let end = high + SPARE;
    if (this.length != 0) {
      // Downwards, only the entries that are needed are added; upwards, a quarter more, because memory grows upwards.
      first = min(low, this.first);
      end = high > oldEnd ? max(high + SPARE, high + ((high - first) >> 2)) : oldEnd;
    }
    const map = base_calloc(INTERNAL, end - first, sizeof<usize>());
    if (map == 0) return false;
    const old = this.map;
    if (old != 0) {
      memory.copy(map + ((this.first - first) << 2), old, this.length << 2);
      base_free(INTERNAL, old);
    }
    this.map = map;
    this.first = first;
    this.length = end - first;
    return true;
  }

  /**
   * Reduces the map to the addresses [from, to), and moves it if there is a lower place. Changes nothing if there is no memory for a copy.
   */
  fit(from: usize, to: usize): void {
    const first = <u32>(from / POOL_GRAIN);
    const length = <u32>((to + POOL_GRAIN - 1) / POOL_GRAIN) - first;
    const map = base_malloc(INTERNAL, (<usize>length) << 2);
    if (map == 0) return;
    const old = this.map;
    if (map > old) {
      base_free(INTERNAL, map);
      return;
    }
    memory.copy(map, this.at(first), (<usize>length) << 2);
    base_free(INTERNAL, old);
    this.map = map;
    this.first = first;
    this.length = length;
  }

  /** Removes all entries, and gives their memory back. */
  drop(): void {
    if (THREADS) return;
    base_free(INTERNAL, this.map);
    this.map = 0;
    this.length = 0;
  }

  /** Enters the pool for its `bytes` bytes. They are whole grains, except that the last one may lack the bytes of a header. */
  set(pool: Pool, bytes: usize): void {
    this.fill(pool.start, bytes, changetype<usize>(pool));
  }

  /** Removes the pool's entries. */
  unset(pool: Pool, bytes: usize): void {
    this.fill(pool.start, bytes, 0);
  }

  /** How many of the entries for the pool's `bytes` bytes have the pool. */
  countOf(pool: Pool, bytes: usize): u32 {
    let count: u32 = 0;
    for (let at = pool.start; at < pool.start + bytes; at += POOL_GRAIN) if (this.poolOf(at) === pool) count++;
    return count;
  }

  /** How many entries are not 0. */
  countAll(): u32 {
    if (THREADS) return countEntries();
    let count: u32 = 0;
    for (let k: u32 = 0; k < this.length; k++) if (load<usize>(this.map + ((<usize>k) << 2)) != 0) count++;
    return count;
  }

  equals(view: usize): bool {
    const other = changetype<PoolMap>(CONTROL + view);
    return this.first == other.first && this.length == other.length && this.map == other.map;
  }

  private fill(start: usize, bytes: usize, entry: usize): void {
    if (THREADS) {
      enterPool(start, bytes, entry);
      return;
    }
    for (let at = start; at < start + bytes; at += POOL_GRAIN) store<usize>(this.at(<u32>(at / POOL_GRAIN)), entry);
  }
}

/** The one map. */
@inline
export function poolMap(): PoolMap {
  return changetype<PoolMap>(CONTROL + SMALL_MEM_AT);
}

@inline
function publishTo(view: usize): void {
  memory.copy(CONTROL + view, CONTROL + SMALL_MEM_AT, offsetof<PoolMap>());
}

/** Makes every view equal to the map. To be called after arenas may have changed the map, before anything is allocated or freed. */
export function publishMap(): void {
  if (THREADS) return;
  publishTo(SMALL_OBJECT_AT);
  publishTo(SMALL_LIBC_AT);
}

/** Whether every view equals the map. */
export function viewsAgree(): bool {
  if (THREADS) return true;
  return poolMap().equals(SMALL_OBJECT_AT) && poolMap().equals(SMALL_LIBC_AT);
}
