// The simplest possible allocator: a free list of one size, without headers, checks or an account. Its state is one
// word in linear memory, as for a real allocator.

@external("host", "head")
declare const HEAD: usize;

export function malloc(n: usize): usize {
  const block = load<usize>(HEAD);
  store<usize>(HEAD, load<usize>(block));
  return block;
}

export function free(block: usize): void {
  store<usize>(block, load<usize>(HEAD));
  store<usize>(HEAD, block);
}
