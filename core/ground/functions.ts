// The core's functions as table indices.
//
// An allocator is five words in linear memory (ctx, malloc, calloc, realloc, free: CPython's PyMemAllocatorEx) in which
// a function is its index in the table. The host puts the core's own functions there in the order of table.gen.ts,
// from `tableBase` on.

import { head } from "./control";

/** Table index of the core's function number `k`. */
@inline
export function tableIndex(k: u32): u32 {
  return head().tableBase + k;
}
