// The C library's allocation functions, for modules written in C: a separate domain beside Python's three.
//
// Blocks of this domain bypass Python's memory manager, and the account shows them as native. But they come from the same pools and the
// same raw allocator, and debug hooks notice when a program mixes the two. A block of larger alignment than usual comes from the base
// allocator; free and realloc treat it like any other.

import { base_memalign } from "../alloc/base";
import { allocatorOf, pooledFree, pooledMalloc } from "../alloc/domains";
import { ALIGNMENT } from "../ground/config";
import { LIBC } from "../ground/domains.gen";
import { EINVAL, isPosixAlignment, placed } from "../ground/errno";
import { debug, debug_memalign } from "./debug";

export function libc_malloc(n: usize): usize {
  return pooledMalloc(LIBC, n);
}

export function libc_calloc(count: usize, size: usize): usize {
  return allocatorOf(LIBC).doCalloc(count, size);
}

export function libc_realloc(block: usize, n: usize): usize {
  return allocatorOf(LIBC).doRealloc(block, n);
}

export function libc_free(block: usize): void {
  pooledFree(LIBC, block);
}

/** A block at a multiple of `alignment`; 0 if that is not a power of two, or if there is no memory. */
export function libc_aligned_alloc(alignment: usize, n: usize): usize {
  if (popcnt(alignment) != 1) return 0;
  if (alignment <= ALIGNMENT) return libc_malloc(n);
  return debug().installed != 0 ? debug_memalign(alignment, n) : base_memalign(LIBC, alignment, 0, n);
}

/** Stores the address of such a block at `target`. Returns 0, EINVAL if `alignment` is not a power of two from 4 up, or ENOMEM. */
export function libc_posix_memalign(target: usize, alignment: usize, n: usize): i32 {
  return isPosixAlignment(alignment) ? placed(target, libc_aligned_alloc(alignment, n)) : EINVAL;
}
