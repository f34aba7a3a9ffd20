// The core's functions as table indices.
//
// An allocator is five words in linear memory (ctx, malloc, calloc, realloc, free: CPython's PyMemAllocatorEx) in which
// a function is its index in the table. The host puts the core's own functions there in the order below, from
// `tableBase` on.

import { head } from "./control";

export const RAW_FUNCTIONS: u32 = 0;
export const HOSTED_FUNCTIONS: u32 = 4;
export const SMALL_FUNCTIONS: u32 = 8;
export const DEBUG_FUNCTIONS: u32 = 12;
export const ARENA_FUNCTIONS: u32 = 16;
export const TRACE_FUNCTIONS: u32 = 18;
export const SAMPLE_FUNCTIONS: u32 = 22;
export const SAMPLE_SMALL_FUNCTIONS: u32 = 26;
/** How many table entries the core needs. */
export const TABLE_FUNCTIONS: u32 = 30;

/** Table index of the core's function number `k`. */
@inline
export function tableIndex(k: u32): u32 {
  return head().tableBase + k;
}
