// The floor of an allocator's time: it takes the next bytes and never frees. Only a block's size is stored, in front of
// the block, because a resize needs it. Its functions have the form of PyMemAllocatorEx; its state is in linear memory,
// as for a real allocator.

/** The address of three words: where the next block's header is, the end of the memory that is left, and all bytes that the host gave. */
@external("host", "state")
declare const STATE: usize;
@external("host", "malloc")
declare function hostMalloc(n: usize): usize;

const END_AT: usize = sizeof<usize>();
const TAKEN_AT: usize = 2 * sizeof<usize>();
const CHUNK: usize = 1 << 20;
const HEADER: usize = 4;
/** Blocks are at multiples of 8, so headers are 4 bytes below one. */
const ALIGNMENT: usize = 8;
const LARGEST: usize = 0x7fff_0000;

@inline
function bytesOf(n: usize): usize {
  return (n + HEADER + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/** Makes room for at least `bytes`. What was left before is lost. Returns false if the host has no memory. */
function takeChunk(bytes: usize): bool {
  const chunk = hostMalloc(bytes + ALIGNMENT);
  if (chunk == 0) return false;
  store<usize>(STATE, chunk + HEADER);
  store<usize>(STATE, chunk + bytes, END_AT);
  store<usize>(STATE, load<usize>(STATE, TAKEN_AT) + bytes + ALIGNMENT, TAKEN_AT);
  return true;
}

/** Makes room for `bytes` and writes them, so that the operating system has made their pages. Returns false if the host has no memory. */
export function reserve(bytes: usize): bool {
  if (!takeChunk(bytes)) return false;
  const next = load<usize>(STATE);
  memory.fill(next, 0, load<usize>(STATE, END_AT) - next);
  return true;
}

/** The place of the next block. `rewind` goes back to it: everything that was allocated since is free then. */
export function position(): usize {
  return load<usize>(STATE);
}

export function rewind(to: usize): void {
  store<usize>(STATE, to);
}

export function taken(): usize {
  return load<usize>(STATE, TAKEN_AT);
}

export function malloc(ctx: usize, n: usize): usize {
  if (n > LARGEST) return 0;
  const bytes = bytesOf(n);
  if (load<usize>(STATE, END_AT) - load<usize>(STATE) < bytes && !takeChunk(max(bytes, CHUNK))) return 0;
  const header = load<usize>(STATE);
  store<usize>(STATE, header + bytes);
  store<usize>(header, n);
  return header + HEADER;
}

export function calloc(ctx: usize, count: usize, size: usize): usize {
  const n = <u64>count * size;
  if (n > LARGEST) return 0;
  const block = malloc(ctx, <usize>n);
  if (block != 0) memory.fill(block, 0, <usize>n);
  return block;
}

export function realloc(ctx: usize, block: usize, n: usize): usize {
  const size = block == 0 ? 0 : load<usize>(block - HEADER);
  if (block != 0 && bytesOf(n) <= bytesOf(size)) {
    store<usize>(block - HEADER, n);
    return block;
  }
  const moved = malloc(ctx, n);
  if (moved != 0) memory.copy(moved, block, size);
  return moved;
}

export function free(ctx: usize, block: usize): void {}
