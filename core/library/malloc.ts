// The C library's allocation functions for programs in C that have no host: the one file of libpyheap (docs/libpyheap.md).
//
// They use the same pools and the same raw allocator as a heap, but no domains, hooks or limits. The memory is the program's own: it begins
// at the end of its static data, and grows by memory.grow (alloc/region.ts). The control block is static data of the program: all zeros,
// which is an empty heap. So nothing has to begin: the first allocation finds no free memory, and asks for more.

import { base_memalign } from "../alloc/base";
import { chunkOf } from "../alloc/chunk";
import { smallFree, smallMalloc, smallOf, small_calloc, small_realloc } from "../alloc/small";
import { ALIGNMENT } from "../ground/config";
import { MEM, RAW } from "../ground/domains.gen";
import { EINVAL, ENOMEM, isPosixAlignment, placed } from "../ground/errno";

/** The address of the C library's errno. */
@external("env", "__errno_location")
declare function errnoLocation(): usize;

/** All blocks come from one set of pools. Its view of the pool map is the map itself. */
@inline
function pools(): usize {
  return changetype<usize>(smallOf(MEM));
}

/** NULL, with errno. */
function failed(error: i32): usize {
  store<i32>(errnoLocation(), error);
  return 0;
}

export function malloc(n: usize): usize {
  const block = smallMalloc(pools(), n);
  return block != 0 ? block : failed(ENOMEM);
}

export function calloc(count: usize, size: usize): usize {
  const block = small_calloc(pools(), count, size);
  return block != 0 ? block : failed(ENOMEM);
}

export function realloc(block: usize, n: usize): usize {
  const moved = small_realloc(pools(), block, n);
  return moved != 0 ? moved : failed(ENOMEM);
}

export function free(block: usize): void {
  smallFree(pools(), block);
}

/** A block at a multiple of `alignment`, a power of two; 0 if there is no memory. */
function aligned(alignment: usize, n: usize): usize {
  return alignment <= ALIGNMENT ? smallMalloc(pools(), n) : base_memalign(RAW, alignment, 0, n);
}

export function aligned_alloc(alignment: usize, n: usize): usize {
  if (popcnt(alignment) != 1) return failed(EINVAL);
  const block = aligned(alignment, n);
  return block != 0 ? block : failed(ENOMEM);
}

/** Stores the block's address at `target`. Returns 0, EINVAL if `alignment` is not a power of two from 4 up, or ENOMEM. */
export function posix_memalign(target: usize, alignment: usize, n: usize): i32 {
  return isPosixAlignment(alignment) ? placed(target, aligned(alignment, n)) : EINVAL;
}

/** The bytes of a block that the program may use: at least as many as it asked for. */
export function malloc_usable_size(block: usize): usize {
  if (block == 0) return 0;
  const pool = smallOf(MEM).poolOf(block);
  return pool ? <usize>pool.blockSize : chunkOf(block).usable;
}
