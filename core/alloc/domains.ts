// The domains: which allocator serves PyMem_Raw*, PyMem_* and PyObject_*, and the C library's malloc.
//
//   domain  raw | mem | object | native   each: ctx, malloc, calloc, realloc, free   (PyMemAllocatorEx, five words)
//
// malloc and free call the pool allocator, the usual entry, directly: two comparisons are cheaper than an indirect call, and ctx is then a
// constant. calloc and realloc, and all other entries, are called through the table. Debug hooks, tracers and users replace entries. They
// keep the previous entry, and pass calls on to it.
//
// Functions and semantics are those of the Python/C API manual, "Memory Management".

import { MAX_REQUEST } from "../ground/config";
import { CONTROL, DEBUG_AT, DOMAINS_AT } from "../ground/control";
import { DOMAINS, LIBC, MEM, OBJECT, RAW } from "../ground/domains.gen";
import { tableIndex } from "../ground/functions";
import { HOSTED_FUNCTIONS, RAW_FUNCTIONS, SMALL_FUNCTIONS } from "../ground/table.gen";
import { arenas } from "./arena";
import { smallFree, smallMalloc, smallOf } from "./small";

/** CPython's PyMemAllocatorEx. */
@unmanaged
export class Allocator {
  ctx: usize;
  malloc: u32;
  calloc: u32;
  realloc: u32;
  free: u32;

  /** Sets `ctx`, and the four functions that lie in the table from `first` on. */
  become(ctx: usize, first: u32): void {
    this.ctx = ctx;
    this.malloc = first;
    this.calloc = first + 1;
    this.realloc = first + 2;
    this.free = first + 3;
  }

  @inline
  copyFrom(address: usize): void {
    memory.copy(changetype<usize>(this), address, offsetof<Allocator>());
  }

  @inline
  doMalloc(n: usize): usize {
    if (n > MAX_REQUEST) return 0;
    return call_indirect<usize>(this.malloc, this.ctx, n);
  }

  @inline
  doCalloc(count: usize, size: usize): usize {
    if (size != 0 && count > MAX_REQUEST / size) return 0;
    return call_indirect<usize>(this.calloc, this.ctx, count, size);
  }

  @inline
  doRealloc(block: usize, n: usize): usize {
    if (n > MAX_REQUEST) return 0;
    return call_indirect<usize>(this.realloc, this.ctx, block, n);
  }

  @inline
  doFree(block: usize): void {
    call_indirect<void>(this.free, this.ctx, block);
  }
}

/** Whether pools serve the domain directly, without hooks or another allocator in front of them. */
export function isPooled(domain: u32): bool {
  const allocator = allocatorOf(domain);
  return allocator.malloc == tableIndex(SMALL_FUNCTIONS) && allocator.free == tableIndex(SMALL_FUNCTIONS + 3);
}

/** malloc of a domain that pools normally serve. */
@inline
export function pooledMalloc(domain: u32, n: usize): usize {
  const allocator = allocatorOf(domain);
  const small = changetype<usize>(smallOf(domain));
  if (allocator.malloc == tableIndex(SMALL_FUNCTIONS) && allocator.ctx == small) return smallMalloc(small, n);
  return allocator.doMalloc(n);
}

/** free of a domain that pools normally serve. */
@inline
export function pooledFree(domain: u32, block: usize): void {
  const allocator = allocatorOf(domain);
  const small = changetype<usize>(smallOf(domain));
  if (allocator.free == tableIndex(SMALL_FUNCTIONS + 3) && allocator.ctx == small) smallFree(small, block);
  else allocator.doFree(block);
}

if (offsetof<Allocator>() * DOMAINS > DEBUG_AT - DOMAINS_AT) ERROR("the domains do not fit their region");

@inline
export function allocatorOf(domain: u32): Allocator {
  return changetype<Allocator>(CONTROL + DOMAINS_AT + domain * offsetof<Allocator>());
}

/** Whether pools serve the domain mem. To be called only while no hooks are installed. */
export function usesPools(): bool {
  return allocatorOf(MEM).malloc == tableIndex(SMALL_FUNCTIONS);
}

/** Gives each domain its allocator without hooks. `pools` is false for PYTHONMALLOC=malloc. */
export function setDefaultAllocators(hosted: bool, pools: bool): void {
  const base = tableIndex(hosted ? HOSTED_FUNCTIONS : RAW_FUNCTIONS);
  allocatorOf(RAW).become(RAW, base);
  for (let domain = MEM; domain <= LIBC; domain++) {
    if (pools) allocatorOf(domain).become(changetype<usize>(smallOf(domain)), tableIndex(SMALL_FUNCTIONS));
    else allocatorOf(domain).become(domain, base);
  }
}

export function PyMem_RawMalloc(n: usize): usize {
  return allocatorOf(RAW).doMalloc(n);
}
export function PyMem_RawCalloc(count: usize, size: usize): usize {
  return allocatorOf(RAW).doCalloc(count, size);
}
export function PyMem_RawRealloc(block: usize, n: usize): usize {
  return allocatorOf(RAW).doRealloc(block, n);
}
export function PyMem_RawFree(block: usize): void {
  allocatorOf(RAW).doFree(block);
}

export function PyMem_Malloc(n: usize): usize {
  return pooledMalloc(MEM, n);
}
export function PyMem_Calloc(count: usize, size: usize): usize {
  return allocatorOf(MEM).doCalloc(count, size);
}
export function PyMem_Realloc(block: usize, n: usize): usize {
  return allocatorOf(MEM).doRealloc(block, n);
}
export function PyMem_Free(block: usize): void {
  pooledFree(MEM, block);
}

export function PyObject_Malloc(n: usize): usize {
  return pooledMalloc(OBJECT, n);
}
export function PyObject_Calloc(count: usize, size: usize): usize {
  return allocatorOf(OBJECT).doCalloc(count, size);
}
export function PyObject_Realloc(block: usize, n: usize): usize {
  return allocatorOf(OBJECT).doRealloc(block, n);
}
export function PyObject_Free(block: usize): void {
  pooledFree(OBJECT, block);
}

/** Copies a domain's five words to `allocator`. Unknown domains give five zeros, as in CPython. */
export function PyMem_GetAllocator(domain: u32, allocator: usize): void {
  if (domain > OBJECT) memory.fill(allocator, 0, offsetof<Allocator>());
  else memory.copy(allocator, changetype<usize>(allocatorOf(domain)), offsetof<Allocator>());
}

/** Makes the five words at `allocator` the domain's. Unknown domains change nothing, as in CPython. */
export function PyMem_SetAllocator(domain: u32, allocator: usize): void {
  if (domain <= OBJECT) allocatorOf(domain).copyFrom(allocator);
}

/** Copies ctx, alloc, free of the arena allocator to `allocator`. */
export function PyObject_GetArenaAllocator(allocator: usize): void {
  store<usize>(allocator, arenas().ctx);
  store<u32>(allocator, arenas().alloc, 4);
  store<u32>(allocator, arenas().dealloc, 8);
}

/** Makes the three words at `allocator` the arena allocator. Arenas that exist already will be freed by the new one's free. */
export function PyObject_SetArenaAllocator(allocator: usize): void {
  arenas().ctx = load<usize>(allocator);
  arenas().alloc = load<u32>(allocator, 4);
  arenas().dealloc = load<u32>(allocator, 8);
}
