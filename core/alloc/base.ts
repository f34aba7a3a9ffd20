// The base allocator: what serves large blocks, arenas and the heap's own tables.
//
// In a memory of the heap's own it is the raw allocator (raw.ts); in a host's memory it is the host's allocator (hosted.ts).
// Which one it is never changes, so each function tests one word: that costs less than a call through the table.
// `domain` is the domain that the block is counted for.

import { hosted_calloc, hosted_find, hosted_free, hosted_malloc, hosted_realloc } from "./hosted";
import { LIBRARY, MAX_REQUEST } from "../ground/config";
import { OWN, platform } from "../ground/platform";
import { openRegion } from "./region";
import {
  raw_calloc,
  raw_find,
  raw_free,
  raw_malloc,
  raw_malloc_at_top,
  raw_memalign,
  raw_realloc,
} from "./raw-functions";

/** Whether the memory is the heap's own, and not a host's. */
@inline
export function isOwn(): bool {
  return LIBRARY || platform().kind == OWN;
}

/**
 * In a library, looks for room for `n` bytes more, and returns whether there is some. In other builds false, and nothing of this is in the
 * module.
 */
@inline
function findsRoom(n: usize): bool {
  if (LIBRARY) return openRegion(n);
  return false;
}

/**
 * In a host's memory, tells the host that a block of `n` bytes can't be had. Returns whether it is worth trying again (see
 * Platform.failed).
 */
@inline
export function hostMadeRoom(n: usize): bool {
  return !isOwn() && platform().failed(n);
}

export function base_malloc(domain: u32, n: usize): usize {
  const block = isOwn() ? raw_malloc(domain, n) : hosted_malloc(domain, n);
  return block == 0 && findsRoom(n) ? raw_malloc(domain, n) : block;
}

export function base_calloc(domain: u32, count: usize, size: usize): usize {
  const block = isOwn() ? raw_calloc(domain, count, size) : hosted_calloc(domain, count, size);
  // If the product does not fit a word, nothing has room for it.
  const isTooMuch = LIBRARY && size != 0 && count > MAX_REQUEST / size;
  return block == 0 && !isTooMuch && findsRoom(count * size) ? raw_calloc(domain, count, size) : block;
}

export function base_realloc(domain: u32, block: usize, n: usize): usize {
  const moved = isOwn() ? raw_realloc(domain, block, n) : hosted_realloc(domain, block, n);
  return moved == 0 && findsRoom(n) ? raw_realloc(domain, block, n) : moved;
}

export function base_free(domain: u32, block: usize): void {
  if (isOwn()) raw_free(domain, block);
  else hosted_free(domain, block);
}

/** See Raw.memalign. Returns 0 in a host's memory: only the host's malloc is used there, never its memalign. */
export function base_memalign(domain: u32, alignment: usize, offset: usize, n: usize): usize {
  const placed = isOwn() ? raw_memalign(domain, alignment, offset, n) : 0;
  const again = placed == 0 && alignment <= MAX_REQUEST && findsRoom(n + alignment);
  return again ? raw_memalign(domain, alignment, offset, n) : placed;
}

/** A block from free memory that the heap already has; 0 if the platform would have to be asked. */
export function base_find(domain: u32, n: usize): usize {
  return isOwn() ? raw_find(domain, n) : hosted_find(domain, n);
}

/** Like base_malloc, but above all other blocks, if possible. */
export function base_malloc_at_top(domain: u32, n: usize): usize {
  const block = isOwn() ? raw_malloc_at_top(domain, n) : 0;
  return block != 0 ? block : base_malloc(domain, n);
}
