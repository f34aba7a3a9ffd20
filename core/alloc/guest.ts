// The memory of the objects of a shared heap. They are a guest: their module runs over an allocator of a host (hosted.ts), and this is it.
// Its blocks are chunks of the raw allocator, which the account counts as the heap's own; what is live in them, the objects' own ledger tells.
//
// The journal knows of each block, so that all can be undone (ground/journal.ts). So a block gets another size where it is only if it has
// existed no longer than the journal, and becomes smaller: to undo anything else, the memory beside it would have to be free.

import { INTERNAL } from "../ground/domains.gen";
import { journal } from "../ground/journal";
import { CHUNK_OVERHEAD, chunkOf, chunkSizeFor, MAX_BLOCK } from "./chunk";
import { raw_free, raw_malloc, raw_realloc } from "./raw-functions";

export function guest_malloc(n: usize): usize {
  const block = raw_malloc(INTERNAL, n);
  if (block != 0) journal().took(block);
  return block;
}

export function guest_realloc(block: usize, n: usize): usize {
  const chunk = chunkOf(block);
  if (n <= MAX_BLOCK && chunkSizeFor(n) == chunk.sizeInUse) return block;
  const usable = chunk.usable;
  if (n <= usable) {
    const kept = chunkSizeFor(n) - CHUNK_OVERHEAD;
    if (journal().mayCut(block, kept, usable)) return raw_realloc(INTERNAL, block, n);
  }
  const moved = guest_malloc(n);
  // A block that should become smaller can stay as it is.
  if (moved == 0) return n <= usable ? block : 0;
  memory.copy(moved, block, min(n, usable));
  guest_free(block);
  return moved;
}

export function guest_free(block: usize): void {
  if (journal().mayFree(block, chunkOf(block).usable)) raw_free(INTERNAL, block);
}
