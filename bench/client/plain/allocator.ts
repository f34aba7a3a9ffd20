// An allocator whose functions are called without a context: malloc(n).

@external("allocator", "malloc")
export declare function malloc(n: usize): usize;
@external("allocator", "realloc")
export declare function realloc(block: usize, n: usize): usize;
@external("allocator", "free")
export declare function free(block: usize): void;
