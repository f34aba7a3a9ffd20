// The memory of the objects of a shared heap. They are a guest: their module runs over an allocator of a host (hosted.ts), and this is it.
// Its blocks are chunks of the raw allocator, which the account counts as the heap's own; what is live in them, the objects' own ledger tells.

import { INTERNAL } from "../ground/domains.gen";
import { raw_free, raw_malloc, raw_realloc } from "./raw-functions";

export function guest_malloc(n: usize): usize {
  return raw_malloc(INTERNAL, n);
}

export function guest_realloc(block: usize, n: usize): usize {
  return raw_realloc(INTERNAL, block, n);
}

export function guest_free(block: usize): void {
  raw_free(INTERNAL, block);
}
