// Sampling: the allocators that record some blocks, so that bytes and counts can be estimated from them.
//
//   bytes allocated  ----------|-----------------------|----|------------------->
//                     gap        gap                     gap        exponential, `rate` bytes in the mean
//
// A block is sampled if a gap ends in it: with a probability of 1 - exp(-size / rate), independent of all others. A reader
// that counts it 1 / probability times has unbiased sums (src/trace/analysis.ts). Gaps are whole, rounded up, which changes
// nothing for sizes that are whole; a block of no bytes counts as one of one byte. After a sample the next gap begins.
//
// Of an allocation that is not sampled, nothing is done but a subtraction; of a free, one look at its pool's record, or into
// the table of watched blocks if it is in no pool.
// Where the pools serve a domain, the sample_small_* functions stand in their place, and do what these do without a call.
// A sampled block that is resized is told as freed, or as resized if the new one is sampled too.

import { base_free } from "../alloc/base";
import { Allocator } from "../alloc/domains";
import { giveTo, Small, small_calloc, small_realloc, smallMalloc } from "../alloc/small";
import { allocated, CLEARED, freed, resized } from "./events";
import { domainOf, tracer } from "./tracer";
import { mayBeWatched, SAMPLED, unwatch, watch } from "./watched";

/** Bytes to the next sample. */
@external("host", "traceGap")
declare function hostGap(): i32;

@inline
function next(ctx: usize): Allocator {
  return changetype<Allocator>(ctx);
}

/** Whether a block of `n` bytes is to be sampled. */
@inline
function isTaken(n: usize): bool {
  const t = tracer();
  const left = t.untilSample - <i32>max<usize>(n, 1);
  t.untilSample = left;
  return left <= 0;
}

/** A gap begins. Answers whether the recording still runs. */
export function beginGap(): bool {
  const t = tracer();
  t.untilMark = 1;
  t.untilSample = t.recording == 0 ? i32.MAX_VALUE : hostGap();
  return t.recording != 0;
}

function take(block: usize, n: usize, tag: u32): void {
  if (!beginGap() || block == 0) return;
  allocated(block, n, tag);
  watch(block, SAMPLED);
}

/** The block is about to be freed. */
function end(block: usize): void {
  const t = tracer();
  if (t.recording == 0 || (unwatch(block) & SAMPLED) == 0) return;
  t.untilMark = 1;
  freed(block);
}

function sampledRealloc(before: usize, block: usize, n: usize, tag: u32): void {
  const taken = isTaken(n);
  if (taken ? !beginGap() : tracer().recording == 0) return;
  const wasTaken = mayBeWatched(before) && (unwatch(before) & SAMPLED) != 0;
  if (taken) {
    if (before == 0) allocated(block, n, tag);
    else resized(before, block, n, tag);
    watch(block, SAMPLED);
  } else if (wasTaken) {
    tracer().untilMark = 1;
    freed(before);
  }
}

export function sample_malloc(ctx: usize, n: usize): usize {
  const block = next(ctx).doMalloc(n);
  if (isTaken(n)) take(block, n, domainOf(ctx));
  return block;
}

export function sample_calloc(ctx: usize, count: usize, size: usize): usize {
  const block = next(ctx).doCalloc(count, size);
  if (block != 0 && isTaken(count * size)) take(block, count * size, domainOf(ctx) | CLEARED);
  return block;
}

export function sample_realloc(ctx: usize, block: usize, n: usize): usize {
  const moved = next(ctx).doRealloc(block, n);
  if (moved != 0) sampledRealloc(block, moved, n, domainOf(ctx));
  return moved;
}

export function sample_free(ctx: usize, block: usize): void {
  if (mayBeWatched(block)) end(block);
  next(ctx).doFree(block);
}

export function sample_small_malloc(ctx: usize, n: usize): usize {
  const block = smallMalloc(ctx, n);
  if (isTaken(n)) take(block, n, changetype<Small>(ctx).domain);
  return block;
}

export function sample_small_calloc(ctx: usize, count: usize, size: usize): usize {
  const block = small_calloc(ctx, count, size);
  if (block != 0 && isTaken(count * size)) take(block, count * size, changetype<Small>(ctx).domain | CLEARED);
  return block;
}

export function sample_small_realloc(ctx: usize, block: usize, n: usize): usize {
  const moved = small_realloc(ctx, block, n);
  if (moved != 0) sampledRealloc(block, moved, n, changetype<Small>(ctx).domain);
  return moved;
}

export function sample_small_free(ctx: usize, block: usize): void {
  const pool = changetype<Small>(ctx).poolOf(block);
  if (pool) {
    if (pool.watched != 0) end(block);
    giveTo(pool, block);
  } else if (block != 0) {
    if (mayBeWatched(block)) end(block);
    base_free(changetype<Small>(ctx).domain, block);
  }
}
