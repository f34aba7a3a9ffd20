// Walks over the whole heap without changing it: one walker for statistics, pictures and printing; and check().
//
// A walk tells the host about everything in the heap: first the chunks, by address; then the arenas, youngest first,
// each with its pools and their blocks by address:
//   visit(kind, address, size, a, b)
// The sizes of a walk to depth BLOCKS add up: chunks and top to the segment; pools and their arena's slack to the arena.
// See docs/account.md.

import { Arena, Arenas, arenas, arenasAt } from "../alloc/arena";
import { Chunk } from "../alloc/chunk";
import { Pool, scratchBits } from "../alloc/pool";
import { poolMap, viewsAgree } from "../alloc/poolmap";
import { raw } from "../alloc/raw";
import { domainOfBin, smallAt } from "../alloc/small";
import { BUCKETS, firstThread, Thread, threadOf } from "../alloc/threads";
import { ALIGNMENT, THREADS } from "../ground/config";
import { CONTROL, shared } from "../ground/control";
import { LIBC, MEM } from "../ground/domains.gen";
import { lock, unlock } from "../ground/lock";
import { ledger } from "../ground/ledger";
import { OWN, platform } from "../ground/platform";
import { debug, debug_check, registry } from "./debug";
import { LIVE } from "./registry";

@external("host", "visit")
declare function hostVisit(kind: u32, address: usize, size: usize, a: u32, b: u32): void;

/** a: domain. */
export const VISIT_CHUNK: u32 = 1;
export const VISIT_FREE_CHUNK: u32 = 2;
export const VISIT_TOP: u32 = 3;
/** a: pools of the arena. b: pools that are idle. */
export const VISIT_ARENA: u32 = 4;
/** a: block size, 0 if the pool is idle. b: blocks in use << POOL_USED_SHIFT | domain. */
export const VISIT_POOL: u32 = 5;
export const POOL_USED_SHIFT: u32 = 3;
export const POOL_DOMAIN_MASK: u32 = 7;
/** a: domain. b: 1 in use, 0 free. */
export const VISIT_BLOCK: u32 = 6;
/** A block of a pool that a thread has freed and its owner has not taken back: it counts as used. a: domain. */
export const VISIT_RETURNING: u32 = 8;
/** A live block that the debug hooks know. a: domain. b: the host's number for the place that allocated it. */
const VISIT_KNOWN: u32 = 7;

export const DEPTH_POOLS: u32 = 1;
export const DEPTH_BLOCKS: u32 = 2;

/** Visits chunks, top, arenas and pools, and each block of each pool if `depth` is DEPTH_BLOCKS. */
export function walk_heap(depth: u32): void {
  if (THREADS) {
    walkThreads(depth);
    return;
  }
  if (platform().kind == OWN) walkChunks();
  walkArenas(arenas(), depth);
}

@inline
function walkArenas(all: Arenas, depth: u32): void {
  let arena = all.youngest;
  while (arena) {
    walkArena(arena, depth);
    arena = arena.older;
  }
}

/**
 * walk_heap of all threads; and last, the blocks that were freed and are on their way to their owners. Other threads may run meanwhile. They
 * open no arena and close none, and what they change in pools is seen or is not.
 */
function walkThreads(depth: u32): void {
  lock();
  walkChunks();
  let thread: Thread | null = firstThread();
  while (thread) {
    walkArenas(arenasAt(thread.control), depth);
    thread = thread.following;
  }
  thread = firstThread();
  while (thread) {
    walkReturning(thread.waiting);
    walkReturning(thread.taken);
    for (let k: usize = 0; k < BUCKETS; k++) walkReturning(thread.bucketAt(k).first);
    thread = thread.following;
  }
  unlock();
}

/**
 * Visits a list of freed blocks, which another thread may change meanwhile. So the walk ends at an address that is not a block's, or after
 * as many blocks as there can be.
 */
function walkReturning(block: usize): void {
  for (let left = ledger().allocated() / ALIGNMENT; block != 0 && left != 0; left--) {
    const pool = poolMap().poolOf(block);
    if (!pool || !pool.isOpen || !pool.startsBlock(block)) return;
    hostVisit(VISIT_RETURNING, block, pool.blockSize, domainOfBin(pool.bin), 0);
    block = load<usize>(block);
  }
}

function walkChunks(): void {
  let at = raw().first;
  while (at != raw().top) {
    const chunk = changetype<Chunk>(at);
    hostVisit(chunk.isFree ? VISIT_FREE_CHUNK : VISIT_CHUNK, at, chunk.size, chunk.isFree ? 0 : chunk.domain, 0);
    at += chunk.size;
  }
  hostVisit(VISIT_TOP, at, raw().topBytes, 0, 0);
}

function walkArena(arena: Arena, depth: u32): void {
  hostVisit(VISIT_ARENA, arena.address, arena.bytes, arena.total, arena.idleCount);
  for (let k: u32 = 0; k < arena.total; k++) {
    const pool = arena.poolAt(k);
    const bytes = arena.bytesOf(pool);
    if (!pool.isOpen) {
      hostVisit(VISIT_POOL, pool.start, bytes, 0, 0);
      continue;
    }
    const domain = domainOfBin(pool.bin);
    hostVisit(VISIT_POOL, pool.start, bytes, pool.blockSize, (pool.used << POOL_USED_SHIFT) | domain);
    if (depth < DEPTH_BLOCKS) continue;
    const bits = scratchBits();
    if (!pool.markFree(bits)) continue;
    for (let block: u32 = 0; block < <u32>pool.capacity; block++) {
      const address = pool.start + <usize>block * pool.blockSize;
      hostVisit(VISIT_BLOCK, address, pool.blockSize, domain, bits.has(block) ? 0 : 1);
    }
  }
}

/** Visits the live blocks that the debug hooks know, in no order. */
export function walk_known(): void {
  const r = registry();
  for (let index: u32 = 0; index < r.length; index++) {
    const entry = r.at(index);
    if (entry.address != 0 && entry.state == LIVE)
      hostVisit(VISIT_KNOWN, entry.address, entry.size, entry.domain, entry.site);
  }
}

export const CHECK_PLATFORM: u32 = 1;
export const CHECK_LEDGER: u32 = 2;
export const CHECK_RAW: u32 = 3;
export const CHECK_ARENAS: u32 = 4;
export const CHECK_POOL: u32 = 5;
export const CHECK_POOL_COUNT: u32 = 6;
export const CHECK_BLOCK: u32 = 7;

/** Whether a pool's bin is the one for its size class, of the thread with this control block. */
function binIsRight(pool: Pool, control: usize): bool {
  return (
    pool.blockSize % ALIGNMENT == 0 &&
    pool.bin == smallAt(control, domainOfBin(pool.bin)).binAt(pool.blockSize / <u32>ALIGNMENT - 1)
  );
}

/**
 * Checks whether every structure of the heap keeps its invariants. Returns 0 if they all do; else the first one that does not: its kind
 * in the high half of the result, its address in the low half. No other thread may run meanwhile.
 */
export function check_heap(): u64 {
  if (!platform().isValid()) return broken(CHECK_PLATFORM, CONTROL);
  if (!ledger().isValid()) return broken(CHECK_LEDGER, CONTROL);
  if (!viewsAgree()) return broken(CHECK_ARENAS, CONTROL);
  if (platform().kind == OWN) {
    const bad = raw().firstInvalid();
    if (bad != 0) return broken(CHECK_RAW, bad);
  }
  let open: u32 = 0;
  let listed: u32 = 0;
  let inBins: u32 = 0;
  let grains: u32 = 0;
  // The control blocks of all threads; without threads, there is one.
  let control = shared();
  do {
    const badArena = arenasAt(control).firstInvalid();
    if (badArena != 0) return broken(CHECK_ARENAS, badArena);
    let arena = arenasAt(control).youngest;
    while (arena) {
      if (THREADS) grains += arena.grains;
      for (let k: u32 = 0; k < arena.total; k++) {
        const pool = arena.poolAt(k);
        if (!pool.isOpen) continue;
        open++;
        if (pool.listed) listed++;
        if (
          !binIsRight(pool, control) ||
          pool.capacity != arena.bytesOf(pool) / pool.blockSize ||
          !pool.isValid(scratchBits())
        )
          return broken(CHECK_POOL, pool.start);
      }
      arena = arena.older;
    }
    for (let domain = MEM; domain <= LIBC; domain++) {
      const small = smallAt(control, domain);
      if (small.domain != domain) return broken(CHECK_POOL_COUNT, changetype<usize>(small));
      inBins += small.countListed(listed);
    }
    if (THREADS) control = threadOf(control).next;
  } while (THREADS && control != 0);
  if (open != ledger().pools || inBins != listed) return broken(CHECK_POOL_COUNT, CONTROL);
  if (THREADS && grains != poolMap().countAll()) return broken(CHECK_ARENAS, CONTROL);
  if (debug().installed != 0 && debug_check() != 0) return broken(CHECK_BLOCK, CONTROL);
  return 0;
}

function broken(kind: u32, address: usize): u64 {
  return ((<u64>kind) << 32) | <u64>address;
}
