// Layer 1 in a host's memory: the host's own malloc, with our limit in front and our account behind.
//
// What Python frees is then free for the host's other code, and the other way round. A block that somebody allocated
// before we came is the host's as well, so it can be resized and freed here like any other.
// The limit counts usable bytes, the host's headers not. Imports config, platform, ledger.

import { MAX_REQUEST } from "./config";
import { ledger } from "./ledger";
import { platform } from "./platform";

@inline
function usableSize(block: usize): usize {
  return call_indirect<usize>(platform().hostUsableSize, block);
}

/** Enters a fresh block of the host's into the account; 0 stays 0. */
@inline
function entered(domain: usize, block: usize): usize {
  if (block == 0) return 0;
  const bytes = usableSize(block);
  platform().charge(bytes);
  ledger().born(<u32>domain, bytes);
  return block;
}

export function hosted_malloc(ctx: usize, n: usize): usize {
  if (n > MAX_REQUEST || !platform().admits(n)) return 0;
  return entered(ctx, call_indirect<usize>(platform().hostMalloc, max<usize>(n, 1)));
}

export function hosted_calloc(ctx: usize, count: usize, size: usize): usize {
  if (size != 0 && count > MAX_REQUEST / size) return 0;
  if (count == 0 || size == 0) count = size = 1;
  if (!platform().admits(count * size)) return 0;
  return entered(ctx, call_indirect<usize>(platform().hostCalloc, count, size));
}

export function hosted_realloc(ctx: usize, block: usize, n: usize): usize {
  if (block == 0) return hosted_malloc(ctx, n);
  if (n > MAX_REQUEST) return 0;
  const before = usableSize(block);
  if (n > before && !platform().admits(n - before)) return 0;
  const moved = call_indirect<usize>(platform().hostRealloc, block, max<usize>(n, 1));
  if (moved == 0) return 0;
  const after = usableSize(moved);
  platform().discharge(before);
  platform().charge(after);
  ledger().resized(<u32>ctx, before, after);
  return moved;
}

export function hosted_free(ctx: usize, block: usize): void {
  if (block == 0) return;
  const bytes = usableSize(block);
  platform().discharge(bytes);
  ledger().died(<u32>ctx, bytes);
  call_indirect<void>(platform().hostFree, block);
}

/** A block out of what the host's malloc has: a limit on its footprint keeps it from asking the platform. */
export function hosted_find(ctx: usize, n: usize): usize {
  const p = platform();
  if (p.hostFootprint == 0 || !p.admits(n)) return 0;
  call_indirect<usize>(p.hostSetFootprintLimit, call_indirect<usize>(p.hostFootprint));
  const block = call_indirect<usize>(p.hostMalloc, n);
  call_indirect<usize>(p.hostSetFootprintLimit, ~(<usize>0));
  return entered(ctx, block);
}
