// Layer 1 in a host's memory: the host's malloc. Before each call we check the limit; after it, we enter the block into the account.
//
// What Python frees is then free for the host's other code, and the other way round. Blocks that existed before the heap
// come from the same malloc, so they can be resized and freed here like any other.
// The limit holds for the host's whole footprint, including its free memory: while one of our calls is under way, the
// host's malloc may not grow past it. For this the host needs a function that limits the footprint of its malloc. Without
// this function the limit holds for the usable bytes of our blocks only.

import { INTERNAL, MAX_REQUEST } from "../ground/config";
import { ledger } from "../ground/ledger";
import { NO_LIMIT, platform } from "../ground/platform";

/**
 * The usable bytes of a block that the host's malloc returned. dlmalloc keeps the chunk's size in the word before the block: a multiple of
 * 8, with three bits for other things. The size includes this word. Reading it is cheaper than calling malloc_usable_size, a function of
 * another module. The host says whether its blocks have this header (PythonHeap finds this out with a few blocks).
 */
@inline
export function usableSize(block: usize): usize {
  const ask = platform().hostUsableSize;
  if (ask == 0) return (load<u32>(block - 4) & ~7) - 4;
  return call_indirect<usize>(ask, block);
}

/** Limits what the host's malloc may take from the platform, its free memory included. */
@inline
function bind(bytes: usize): void {
  call_indirect<usize>(platform().hostSetFootprintLimit, bytes);
}

/**
 * Resizes `block` with the host's malloc; takes a block if `block` is 0, with the host's function `memalign` (a table index) if it is not
 * 0. The host's malloc doesn't take its footprint past the limit for this. Returns 0 if there is no memory.
 */
function serve(block: usize, n: usize, memalign: u32, alignment: usize): usize {
  const p = platform();
  const bound = p.limit != NO_LIMIT && p.hostFootprint != 0;
  if (bound) bind(p.limit);
  n = max<usize>(n, 1);
  const served =
    memalign != 0
      ? call_indirect<usize>(memalign, alignment, n)
      : block == 0
        ? call_indirect<usize>(p.hostMalloc, n)
        : call_indirect<usize>(p.hostRealloc, block, n);
  if (bound) bind(NO_LIMIT);
  return served;
}

/**
 * Tells the host that a block of `n` bytes can't be had. Returns whether it is worth trying again (see Platform.failed). Of arenas and the
 * heap's own tables the host is told only while it holds memory back: without an arena, a small block is still looked for by itself.
 */
function told(domain: usize, n: usize): bool {
  const p = platform();
  return (domain != INTERNAL || p.heldBack != 0) && p.failed(n);
}

/** Enters a block that the host's malloc has just returned into the account; 0 stays 0. */
export function entered(domain: usize, block: usize): usize {
  if (block == 0) return 0;
  const bytes = usableSize(block);
  platform().charge(bytes);
  ledger().born(<u32>domain, bytes);
  return block;
}

/** Takes a block of the host's malloc out of the account, before it is freed. */
@inline
export function left(domain: usize, block: usize): void {
  const bytes = usableSize(block);
  platform().discharge(bytes);
  ledger().died(<u32>domain, bytes);
}

/**
 * Resizes `block`; takes a block if `block` is 0, with `memalign` if that is not 0 (see serve). If there is no memory, this tells the host,
 * so that it can make room; then it tries once more.
 */
function hostedTake(domain: usize, block: usize, n: usize, memalign: u32, alignment: usize): usize {
  if (n > MAX_REQUEST) return 0;
  const p = platform();
  const before: usize = block == 0 ? 0 : usableSize(block);
  const taken = (block != 0 && n <= before) || p.admits(n - before) ? serve(block, n, memalign, alignment) : 0;
  if (taken == 0) return told(domain, n) ? hostedTake(domain, block, n, memalign, alignment) : 0;
  if (block == 0) return entered(domain, taken);
  const after = usableSize(taken);
  p.recharge(before, after);
  ledger().resized(<u32>domain, before, after);
  return taken;
}

export function hosted_malloc(ctx: usize, n: usize): usize {
  return hostedTake(ctx, 0, n, 0, 0);
}

/** Like hosted_malloc, with the host's function `memalign`, a table index; with its malloc if `memalign` is 0. */
export function hostedMemalign(domain: usize, memalign: u32, alignment: usize, n: usize): usize {
  return hostedTake(domain, 0, n, memalign, alignment);
}

export function hosted_calloc(ctx: usize, count: usize, size: usize): usize {
  if (size != 0 && count > MAX_REQUEST / size) return 0;
  const n = count * size;
  const block = hosted_malloc(ctx, n);
  if (block != 0) memory.fill(block, 0, n);
  return block;
}

export function hosted_realloc(ctx: usize, block: usize, n: usize): usize {
  return hostedTake(ctx, block, n, 0, 0);
}

export function hosted_free(ctx: usize, block: usize): void {
  if (block == 0) return;
  left(ctx, block);
  call_indirect<void>(platform().hostFree, block);
}

/** A block from free memory that the host's malloc already has: a limit on its footprint keeps it from asking the platform. */
export function hosted_find(ctx: usize, n: usize): usize {
  const p = platform();
  if (p.hostFootprint == 0 || !p.admits(n)) return 0;
  bind(call_indirect<usize>(p.hostFootprint));
  const block = call_indirect<usize>(p.hostMalloc, n);
  bind(NO_LIMIT);
  return entered(ctx, block);
}
