// The core's functions as table indices, and the allocator that everything above layer 1 stands on.
//
// An allocator is five words in linear memory (ctx, malloc, calloc, realloc, free: CPython's PyMemAllocatorEx) in which
// a function is its index in the table. The host puts the core's own functions there in the order below, from
// `tableBase` on. The *base* allocator is either our raw one (raw.ts) or the host's (hosted.ts); its ctx is the domain
// that a block counts for. Imports control.

import { head } from "./control";

export const RAW_FUNCTIONS: u32 = 0;
export const HOSTED_FUNCTIONS: u32 = 5;
export const SMALL_FUNCTIONS: u32 = 10;
export const DEBUG_FUNCTIONS: u32 = 14;
export const ARENA_FUNCTIONS: u32 = 18;
/** How many table entries the core needs. */
export const TABLE_FUNCTIONS: u32 = 20;

/** Table index of the core's function number `k`. */
@inline
export function tableIndex(k: u32): u32 {
  return head().tableBase + k;
}

@inline
export function base_malloc(domain: u32, n: usize): usize {
  return call_indirect<usize>(head().base, <usize>domain, n);
}

@inline
export function base_calloc(domain: u32, count: usize, size: usize): usize {
  return call_indirect<usize>(head().base + 1, <usize>domain, count, size);
}

@inline
export function base_realloc(domain: u32, block: usize, n: usize): usize {
  return call_indirect<usize>(head().base + 2, <usize>domain, block, n);
}

@inline
export function base_free(domain: u32, block: usize): void {
  call_indirect<void>(head().base + 3, <usize>domain, block);
}

/** A block out of memory that is there already; 0 if the platform would have to be asked. */
@inline
export function base_find(domain: u32, n: usize): usize {
  return call_indirect<usize>(head().base + 4, <usize>domain, n);
}
