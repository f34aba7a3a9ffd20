// The functions of an allocator over the raw allocator; ctx is the domain that the blocks are counted for. Threads take turns.

import { MAX_REQUEST, THREADS } from "../ground/config";
import { lock, unlock } from "../ground/lock";
import { raw } from "./raw";

@inline
function enter(): void {
  if (THREADS) lock();
}

/** Ends what `enter` began, and passes the result on. */
@inline
function leave(block: usize): usize {
  if (THREADS) unlock();
  return block;
}

export function raw_malloc(ctx: usize, n: usize): usize {
  enter();
  return leave(raw().malloc(<u32>ctx, n));
}

export function raw_calloc(ctx: usize, count: usize, size: usize): usize {
  if (size != 0 && count > MAX_REQUEST / size) return 0;
  const block = raw_malloc(ctx, count * size);
  if (block != 0) memory.fill(block, 0, count * size);
  return block;
}

export function raw_realloc(ctx: usize, block: usize, n: usize): usize {
  enter();
  return leave(raw().realloc(<u32>ctx, block, n));
}

export function raw_free(ctx: usize, block: usize): void {
  enter();
  raw().free(<u32>ctx, block);
  leave(0);
}

export function raw_memalign(ctx: usize, alignment: usize, offset: usize, n: usize): usize {
  enter();
  return leave(raw().memalign(<u32>ctx, alignment, offset, n));
}

export function raw_find(ctx: usize, n: usize): usize {
  enter();
  return leave(raw().mallocHere(<u32>ctx, n));
}

export function raw_malloc_at_top(ctx: usize, n: usize): usize {
  enter();
  return leave(raw().mallocAtTop(<u32>ctx, n));
}
