// Evacuation: choosing pools that are to become empty, and keeping allocations out of them while their blocks move elsewhere.
//
//   low addresses                                                 high
//   | pools that stay: as many of each class as its live blocks need | vacated pools ... |
//
// While an evacuation is under way, a vacated pool is in no list, even if it has free blocks. So malloc takes blocks from the pools that
// stay; it always finds one there, because all live blocks of the class fit into those pools. When the evacuation ends, a vacated pool that
// is still in use is listed again.
//
// A second kind of evacuation vacates everything above a line, whole arenas and large blocks too, so that the heap can end at the line. The
// blocks move to free memory below it. In both kinds the caller decides which blocks can move, and moves them
// (objects/compaction/compact.ts).

import { ALIGNMENT, POOL_GRAIN, SIZE_CLASSES } from "../ground/config";
import { INTERNAL, LIBC, MEM, OBJECT } from "../ground/domains.gen";
import { platform } from "../ground/platform";
import { Arena, arenaOf, arenas } from "./arena";
import { base_calloc, base_free } from "./base";
import { Pool } from "./pool";
import { publishMap } from "./poolmap";
import { raw } from "./raw";
import { domainOfBin } from "./small";

/** Blocks of one size class of one domain: how many are live, and how many fit into the pools that stay. */
@unmanaged
class Demand {
  live: u32;
  room: u32;
}

/** The number of Demands: one for each size class of each domain that has pools. */
const DEMANDS: u32 = <u32>SIZE_CLASSES * (LIBC - MEM + 1);

@inline
function demandOf(table: usize, pool: Pool): Demand {
  const row = domainOfBin(pool.bin) - MEM;
  const sizeClass = <u32>pool.blockSize / <u32>ALIGNMENT - 1;
  return changetype<Demand>(table + <usize>(row * <u32>SIZE_CLASSES + sizeClass) * offsetof<Demand>());
}

/** The lowest pool at or above grain number `grain` of the map; null if there is none. */
function poolFrom(grain: u32): Pool | null {
  const map = arenas().map;
  for (; grain - map.first < map.length; grain++) {
    const pool = map.poolOf(<usize>grain * POOL_GRAIN);
    if (pool) return pool;
  }
  return null;
}

/** The number of the first grain after a pool. */
@inline
function grainAfter(pool: Pool): u32 {
  return <u32>((pool.start + arenaOf(pool).bytesOf(pool) + ALIGNMENT) / POOL_GRAIN);
}

/** The pool after this one, by address; null after the last. */
function poolAfter(pool: Pool | null): Pool | null {
  return pool ? poolFrom(grainAfter(pool)) : null;
}

@inline
function firstPool(): Pool | null {
  return arenas().count == 0 ? null : poolFrom(arenas().map.first);
}

/**
 * For each size class of each domain, keeps as many of the lowest pools as its live blocks need, and vacates the others that have blocks in
 * use. Returns 1 if a pool was vacated, 0 if none was, -1 if there is no memory for the sums.
 */
export function evacuation_begin(): i32 {
  const table = base_calloc(INTERNAL, DEMANDS, offsetof<Demand>());
  if (table == 0) return -1;
  for (let pool: Pool | null = firstPool(); pool; pool = poolAfter(pool))
    if (pool.isOpen) demandOf(table, pool).live += pool.used;
  let vacated = 0;
  for (let pool: Pool | null = firstPool(); pool; pool = poolAfter(pool)) {
    if (!pool.isOpen) continue;
    const demand = demandOf(table, pool);
    if (demand.room < demand.live) demand.room += pool.capacity;
    else if (pool.used != 0) {
      vacate(pool);
      vacated = 1;
    }
  }
  base_free(INTERNAL, table);
  return vacated;
}

/**
 * Vacates everything above `line`: pools, and large blocks, which the caller recognizes by their addresses. Until evacuation_end_above,
 * no vacated pool serves, and the platform gives nothing: malloc returns 0 if there is no free memory below the line. An arena may still
 * be opened, even above the line: in the hole in which the line lies, or where a host or the program's arena allocator puts it. Returns
 * the bytes of blocks in use in the vacated pools.
 */
export function evacuation_begin_above(line: usize): usize {
  let bytes: usize = 0;
  let arena = arenas().youngest;
  while (arena) {
    if (arena.address >= line) bytes += vacateArena(arena);
    arena = arena.older;
  }
  closeAbove(line);
  return bytes;
}

/** Until `reopen`, no large block and no arena is taken from a hole above the line or from the platform. */
export function closeAbove(line: usize): void {
  raw().trimTop(0);
  raw().closeAbove(line);
  platform().close();
}

export function reopen(): void {
  platform().reopen();
  raw().reopen();
}

/** Returns the bytes of the arena's blocks that are in use. */
function vacateArena(arena: Arena): usize {
  let bytes: usize = 0;
  arenas().close(arena);
  for (let index: u32 = 0; index < arena.total; index++) {
    const pool = arena.poolAt(index);
    if (!pool.isOpen) continue;
    bytes += <usize>pool.used * pool.blockSize;
    vacate(pool);
  }
  return bytes;
}

function vacate(pool: Pool): void {
  if (pool.listed) pool.delist();
  pool.isVacated = true;
}

/** Whether a block is in a vacated pool. */
@inline
export function isVacated(block: usize): bool {
  const pool = arenas().map.poolOf(block);
  return pool !== null && pool.isVacated;
}

@inline
export function isInPool(block: usize): bool {
  return arenas().map.poolOf(block) !== null;
}

/**
 * The memory above the line can be used again. Only arenas that vacateArena closed are reopened: an arena that was opened meanwhile is in
 * its list already, and would be there twice. To be called before evacuation_end, because isClosed looks for vacated pools.
 */
export function evacuation_end_above(): void {
  reopen();
  let arena = arenas().youngest;
  while (arena) {
    if (isClosed(arena)) arenas().reopen(arena);
    arena = arena.older;
  }
}

/** Whether vacateArena closed the arena. Every arena has an open pool, or it would have gone back; in a closed arena that pool is vacated. */
function isClosed(arena: Arena): bool {
  for (let index: u32 = 0; index < arena.total; index++) if (arena.poolAt(index).isVacated) return true;
  return false;
}

/** A bit in the address of a block in a row: the block belongs to the domain mem, not to the domain object. */
export const IN_MEM: usize = 1;

/**
 * Frees `n` blocks, which are in vacated pools or outside of all pools. Their addresses, with IN_MEM, are the words at `row`. The effect is
 * that of the domains' free, except that a pool which becomes empty is not closed here: evacuation_end closes it.
 */
export function evacuation_free(row: usize, n: u32): void {
  const map = arenas().map;
  const end = row + ((<usize>n) << 2);
  for (let at = row; at < end; at += 4) {
    const block = load<usize>(at) & ~IN_MEM;
    const pool = map.poolOf(block);
    if (pool) pool.used--;
  }
  for (let at = row; at < end; at += 4) {
    const word = load<usize>(at);
    const block = word & ~IN_MEM;
    const pool = map.poolOf(block);
    if (!pool) base_free((word & IN_MEM) != 0 ? MEM : OBJECT, block);
    else if (pool.used != 0) {
      store<usize>(block, pool.free);
      pool.free = block;
    }
  }
}

/**
 * Ends the evacuation: a vacated pool without a block in use becomes idle, one with a free block is listed again, and empty arenas go back.
 */
export function evacuation_end(): void {
  let pool = firstPool();
  while (pool) {
    const next: u32 = grainAfter(pool);
    if (pool.isVacated) {
      pool.isVacated = false;
      if (pool.used == 0) arenas().putPool(pool);
      else if (pool.free != 0) pool.enlist();
    }
    pool = arenas().count == 0 ? null : poolFrom(next);
  }
  publishMap();
}
