// The numbers that shape the heap, each defined once.
//
//   segment > arena > pool > block
//   64 KiB arenas of 4 KiB pools; a pool holds blocks of one size class; 64 size classes, 8 bytes apart (in a library 32, 16 bytes apart).
//
//     request      block     size class          request      block     size class
//     1 .. 8           8         0               ...
//     9 .. 16         16         1               497 .. 504     504        62
//     17 .. 24        24         2               505 .. 512     512        63
//
// The step of 8 is CPython's for 32-bit machines (Include/internal/pycore_obmalloc.h).
// docs/pools.md explains why pools and arenas are this small.

/**
 * Whether this is the debug build, in which structures are checked at their transitions. Without `if (DEBUG)` the condition of an assert
 * would be evaluated in the release, too.
 */
export const DEBUG: bool = !ASC_NO_ASSERT;

/**
 * Whether this is the build for programs in C, libpyheap (library/malloc.ts). There the memory is the program's, and the C library's functions
 * are the only ones: no host, no domains, no hooks, no limit.
 */
export const LIBRARY: bool = isDefined(PYHEAP_LIBRARY);

/**
 * Whether this is the build for threads: an instance in each worker, all over one shared memory (docs/workers.md). What
 * threads need costs the other builds nothing: it is behind `if (THREADS)`.
 */
export const THREADS: bool = ASC_FEATURE_THREADS;

/** The distance between size classes, and the alignment of every block. In a library, it is the alignment of C's max_align_t. */
export const ALIGNMENT: usize = LIBRARY ? 16 : 8;
/** The largest request that a pool serves; larger ones go to the raw allocator. */
export const SMALL_REQUEST_THRESHOLD: usize = 512;
export const SIZE_CLASSES: usize = SMALL_REQUEST_THRESHOLD / ALIGNMENT;

export const POOL_SIZE: usize = 4096;
/** The grain of the pool map: pools begin at multiples of it, so a grain belongs to at most one pool. */
export const POOL_GRAIN: usize = 1024;
/** The most pools that an arena has. */
export const ARENA_POOLS: usize = 16;
/**
 * Bytes to ask for to get an arena of this many pools. They suffice wherever the memory begins, although the first pool
 * has to begin at a multiple of POOL_GRAIN. The last pool lacks ALIGNMENT bytes, where the allocator below puts a header;
 * so arenas can lie side by side without a gap.
 */
@inline
export function arenaBytes(pools: usize): usize {
  return pools * POOL_SIZE + POOL_GRAIN - 2 * ALIGNMENT;
}

/** The break moves in steps of this many bytes. */
export const GRANULE: usize = 4096;
/** Free bytes above the highest block that are kept when the top is given back. */
export const TOP_KEPT: usize = 64 * 1024;
export const WASM_PAGE: usize = 65536;

/** PY_SSIZE_T_MAX on wasm32: a request above this fails. */
export const MAX_REQUEST: usize = 0x7fffffff;
/** No block lies at or above this address, so that arithmetic on block addresses never wraps. */
export const ADDRESS_END: usize = 0xffff0000;

export { DOMAINS, INTERNAL, LIBC, MEM, OBJECT, RAW } from "./domains.gen";
