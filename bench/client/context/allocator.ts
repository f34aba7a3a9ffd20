// An allocator as CPython calls it: PyMemAllocatorEx, whose functions take a context first.

@external("allocator", "ctx")
declare const CTX: usize;
@external("allocator", "malloc")
declare function mallocIn(ctx: usize, n: usize): usize;
@external("allocator", "realloc")
declare function reallocIn(ctx: usize, block: usize, n: usize): usize;
@external("allocator", "free")
declare function freeIn(ctx: usize, block: usize): void;

@inline
export function malloc(n: usize): usize {
  return mallocIn(CTX, n);
}

@inline
export function realloc(block: usize, n: usize): usize {
  return reallocIn(CTX, block, n);
}

@inline
export function free(block: usize): void {
  freeIn(CTX, block);
}
