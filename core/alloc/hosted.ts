// Layer 1 in a host's memory: the host's malloc. Before each call we check the limit; after it, we enter the block into the account.
//
// What Python frees is then free for the host's other code, and the other way round. Blocks that existed before the heap
// come from the same malloc, so they can be resized and freed here like any other.
// The limit holds for the host's whole footprint, including its free memory: while one of our calls is under way, the
// host's malloc may not grow past it. For this the host needs a function that limits the footprint of its malloc. Without
// this function the limit holds for the usable bytes of our blocks only.

import { MAX_REQUEST } from "../ground/config";
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

/** Until `unbind`, the host's malloc doesn't take its footprint past `bytes`. */
@inline
function bind(bytes: usize): void {
  call_indirect<usize>(platform().hostSetFootprintLimit, bytes);
}

@inline
function unbind(): void {
  call_indirect<usize>(platform().hostSetFootprintLimit, NO_LIMIT);
}

/** Whether there is a limit that the host can be bound to. */
@inline
function isBound(): bool {
  return platform().limit != NO_LIMIT && platform().hostFootprint != 0;
}

/** Enters a block that the host's malloc has just returned into the account; 0 stays 0. */
@inline
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
 * A block from the host's malloc; or, if `memalign` is the table index of such a function of the host, from that. If there is no memory,
 * the host is told, and asked once more.
 */
function hostedTake(domain: usize, n: usize, memalign: u32, alignment: usize): usize {
  if (n > MAX_REQUEST) return 0;
  let block: usize = 0;
  if (platform().admits(n)) {
    const bound = isBound();
    if (bound) bind(platform().limit);
    block =
      memalign == 0
        ? call_indirect<usize>(platform().hostMalloc, max<usize>(n, 1))
        : call_indirect<usize>(memalign, alignment, max<usize>(n, 1));
    if (bound) unbind();
  }
  if (block == 0 && platform().failed(n)) return hostedTake(domain, n, memalign, alignment);
  return entered(domain, block);
}

export function hosted_malloc(ctx: usize, n: usize): usize {
  return hostedTake(ctx, n, 0, 0);
}

/** Like hosted_malloc; `memalign` is the host's, as a table index. */
export function hostedMemalign(domain: usize, memalign: u32, alignment: usize, n: usize): usize {
  return hostedTake(domain, n, memalign, alignment);
}

export function hosted_calloc(ctx: usize, count: usize, size: usize): usize {
  if (size != 0 && count > MAX_REQUEST / size) return 0;
  const n = count * size;
  const block = hosted_malloc(ctx, n);
  if (block != 0) memory.fill(block, 0, n);
  return block;
}

export function hosted_realloc(ctx: usize, block: usize, n: usize): usize {
  if (block == 0) return hosted_malloc(ctx, n);
  if (n > MAX_REQUEST) return 0;
  const before = usableSize(block);
  let moved: usize = 0;
  if (n <= before || platform().admits(n - before)) {
    const bound = isBound();
    if (bound) bind(platform().limit);
    moved = call_indirect<usize>(platform().hostRealloc, block, max<usize>(n, 1));
    if (bound) unbind();
  }
  if (moved == 0) return platform().failed(n) ? hosted_realloc(ctx, block, n) : 0;
  const after = usableSize(moved);
  platform().recharge(before, after);
  ledger().resized(<u32>ctx, before, after);
  return moved;
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
  unbind();
  return entered(ctx, block);
}
