// Sampling: the allocators that record some blocks, so that bytes and counts can be estimated from them.
//
//   bytes allocated  ----------|-----------------------|----|------------------->
//     samples          gap        gap                     gap        exponential, on average `rate` bytes
//     points         -----|-----|-----|-----|-----|-----|-----|----->  an eighth of the rate apart, wherever samples are
//
// A block is sampled if a gap ends in it: with a probability of 1 - exp(-size / rate), independent of all other blocks. A reader
// that counts it 1 / probability times gets unbiased sums (src/trace/analysis.ts). Gaps are rounded up to whole bytes, which
// changes nothing because sizes are whole too. A block of 0 bytes counts as one of 1 byte. After a sample the next gap begins.
//
// What can't be estimated from samples is recorded exactly. Each event is preceded by the number of blocks that were
// allocated since the last event, but not sampled; so the reader knows how many blocks came between a sampled block's
// birth and its end. Each point records how much is live; so the reader knows the highest memory use to within an
// eighth of the rate. The highest of many estimates would be too high.
//
//   stop    | bytes to the next sample or point, less one | allocations since the last stop or event |      one word: one subtraction
//             33 bits, below zero: it is reached            31 bits
//
// The count of allocations can't overflow: each counts as at least one byte, and a gap has less than 2^31 bytes.
//
// For an allocation that is not sampled, nothing is done but that subtraction and an addition to what is live. A free looks once: at the
// record of the block's pool, or, if the block is in no pool, into the table of watched blocks.
//
// Where the pools serve a domain, the sample_small_* functions replace its functions, and do the same work without a
// call.
//
// Invariant: live = 8 * liveSmall, plus a constant, plus the ledger's large blocks; except for blocks that came from a
// larger class when memory was short.

import { arenas } from "../alloc/arena";
import { base_free } from "../alloc/base";
import { Allocator } from "../alloc/domains";
import { Pool } from "../alloc/pool";
import { giveTo, Small, small_calloc, small_realloc, smallMalloc } from "../alloc/small";
import { SMALL_REQUEST_THRESHOLD } from "../ground/config";
import { allocated, CLEARED, freed, lacking, outgrown, resized, settle, tellLive, tellOthers } from "./events";
import { domainOf, tracer } from "./tracer";
import { mayBeWatched, SAMPLED, unwatch, watch } from "./watched";

/** Bytes to the next sample. */
@external("host", "traceGap")
declare function hostGap(): i32;

const COUNT_BITS: u32 = 31;
const COUNT_MASK: i64 = 0x7fffffff;
/** The mean number of points for one sample. */
const POINTS_A_SAMPLE: u32 = 8;

@inline
function next(ctx: usize): Allocator {
  return changetype<Allocator>(ctx);
}

/** Counts an allocation of `n` bytes. Returns whether a sample or a point has been reached. */
@inline
function reaches(n: usize): bool {
  const t = tracer();
  const stop = t.stop - ((<i64>max<usize>(n, 1)) << COUNT_BITS) + 1;
  t.stop = stop;
  return stop < 0;
}

/** Sets the next stop, and starts counting anew. */
function goOn(): void {
  const t = tracer();
  t.stopBytes = min(t.untilSample, t.untilPoint);
  t.stop = (<i64>t.stopBytes - 1) << COUNT_BITS;
}

/** Begins sampling: on average one block for each `rate` bytes. */
export function beginSamples(rate: u32): void {
  const t = tracer();
  t.untilMark = 1;
  t.pointBytes = max(rate / POINTS_A_SAMPLE, 1);
  t.untilPoint = t.pointBytes;
  t.untilSample = hostGap();
  goOn();
}

/**
 * Records the number of blocks allocated since the last stop or event, minus `less`, and starts counting anew. The next
 * event gets its own time.
 */
function tellCounted(less: u32): void {
  const t = tracer();
  tellOthers(<u32>(t.stop & COUNT_MASK) - less);
  t.stop &= ~COUNT_MASK;
  t.untilMark = 1;
}

/**
 * Records a new block if it is sampled, or if it replaces a sampled one; and what is live if a point has been reached. `before` is the
 * block that it replaces, or 0.
 */
function came(before: usize, block: usize, n: usize, tag: u32): void {
  const t = tracer();
  const isStop = t.stop < 0;
  if (t.recording == 0) {
    t.stop = i64.MAX_VALUE;
    return;
  }
  const wasSampled = (unwatch(before) & SAMPLED) != 0;
  if (!isStop && !wasSampled) return;
  const passed = isStop ? t.stopBytes - 1 - <u32>(t.stop >> COUNT_BITS) : 0;
  const isSample = passed >= t.untilSample;
  const isPoint = passed >= t.untilPoint;
  // The event itself counts as one block.
  tellCounted(isSample || wasSampled ? 1 : 0);
  if (isSample) {
    if (before == 0) allocated(block, n, tag);
    else resized(before, block, n, tag);
    watch(block, SAMPLED);
  } else if (wasSampled) outgrown(before);
  if (!isStop) return;
  if (isPoint) tellLive();
  t.untilSample = isSample ? hostGap() : t.untilSample - passed;
  t.untilPoint = isPoint ? t.pointBytes - ((passed - t.untilPoint) % t.pointBytes) : t.untilPoint - passed;
  goOn();
}

/** Makes a block that was allocated before the recording one of its samples. */
export function trace_adopt(block: usize): void {
  watch(block, SAMPLED);
}

/** Records that a block is about to be freed, if it was sampled. */
function end(block: usize): void {
  if (tracer().recording == 0 || (unwatch(block) & SAMPLED) == 0) return;
  tellCounted(0);
  freed(block);
}

/** Like `entered`, for a block that replaces the one at `before`. */
function sampledRealloc(before: usize, block: usize, n: usize, units: u32, tag: u32): usize {
  if (block == 0) return lacking(n);
  tracer().liveSmall += unitsOf(block) - units;
  if (reaches(n) || mayBeWatched(before)) came(before, block, n, tag);
  return block;
}

/** The block size of a pool, in units of 8 bytes. */
@inline
function units(pool: Pool): u32 {
  return <u32>pool.blockSize >> 3;
}

/** The block size, in units of 8 bytes, of the pool that a block is in; 0 if it is in none. */
function unitsOf(block: usize): u32 {
  const pool = arenas().map.poolOf(block);
  return pool ? units(pool) : 0;
}

/** Counts a new block, or notes that there was no memory (0). Returns the block. */
function entered(block: usize, n: usize, tag: u32): usize {
  if (block == 0) return lacking(n);
  tracer().liveSmall += unitsOf(block);
  if (reaches(n)) came(0, block, n, tag);
  return block;
}

export function sample_malloc(ctx: usize, n: usize): usize {
  return entered(next(ctx).doMalloc(n), n, domainOf(ctx));
}

export function sample_calloc(ctx: usize, count: usize, size: usize): usize {
  return entered(next(ctx).doCalloc(count, size), count * size, domainOf(ctx) | CLEARED);
}

export function sample_realloc(ctx: usize, block: usize, n: usize): usize {
  settle();
  const before = unitsOf(block);
  const moved = next(ctx).doRealloc(block, n);
  return sampledRealloc(block, moved, n, before, domainOf(ctx));
}

export function sample_free(ctx: usize, block: usize): void {
  tracer().liveSmall -= unitsOf(block);
  if (mayBeWatched(block)) end(block);
  next(ctx).doFree(block);
}

export function sample_small_malloc(ctx: usize, n: usize): usize {
  const block = smallMalloc(ctx, n);
  if (block == 0) return lacking(n);
  // Like `entered`, without a look at the pool.
  if (n <= SMALL_REQUEST_THRESHOLD) tracer().liveSmall += <u32>(max<usize>(n, 1) + 7) >> 3;
  if (reaches(n)) came(0, block, n, changetype<Small>(ctx).domain);
  return block;
}

export function sample_small_calloc(ctx: usize, count: usize, size: usize): usize {
  return entered(small_calloc(ctx, count, size), count * size, changetype<Small>(ctx).domain | CLEARED);
}

export function sample_small_realloc(ctx: usize, block: usize, n: usize): usize {
  settle();
  const before = unitsOf(block);
  const moved = small_realloc(ctx, block, n);
  return sampledRealloc(block, moved, n, before, changetype<Small>(ctx).domain);
}

export function sample_small_free(ctx: usize, block: usize): void {
  const pool = changetype<Small>(ctx).poolOf(block);
  if (pool) {
    tracer().liveSmall -= units(pool);
    if (pool.watched != 0) end(block);
    giveTo(pool, block);
  } else if (block != 0) {
    if (mayBeWatched(block)) end(block);
    base_free(changetype<Small>(ctx).domain, block);
  }
}
