// malloc, free and their family for modules in C that a CPython loads. The memory comes from the host's malloc, as without us; so a block
// may be freed by somebody else, who does not know of us. We count, limit and record the blocks.
//
//   module in C -- import --> malloc(n) -- domain native: [tracer] --> domain_malloc --> hosted_malloc --> the host's malloc
//
//   | size + bits | n bytes ...             | owner |     the host's chunk
//     ^ MARK                                  ^ the number of the module that allocated the block
//
// A block that was allocated here has MARK in its header. This bit is not used by dlmalloc, which clears it whenever it frees, hands out
// or moves a chunk. So the mark ends together with the block, whoever frees it; and a block without a mark, which somebody else
// allocated, goes to the host's free. What is live is always exactly what is marked: the host counts it by walking over the chunks
// (src/hosts/python/native-blocks.ts), and so corrects the ledger, which does not see the main module's frees.
//
// This is a module of its own over the interpreter's memory, with one instance for each module in C: a function that is imported is
// called directly, and knows for whom it works.

import { allocatorOf } from "../alloc/domains";
import {
  entered,
  hosted_calloc,
  hosted_malloc,
  hosted_realloc,
  hostedMemalign,
  left,
  usableSize,
} from "../alloc/hosted";
import { ALIGNMENT, MAX_REQUEST } from "../ground/config";
import { LIBC } from "../ground/domains.gen";
import { EINVAL, isPosixAlignment, placed } from "../ground/errno";
import { NO_LIMIT, platform } from "../ground/platform";

/** The address of what all instances share. */
@external("native", "shared")
declare const SHARED: usize;

/** The number of the module in C that this instance works for. */
@external("native", "module")
declare const MODULE: u32;

// Functions that the module in C would have without us.

@external("native", "malloc")
declare function hostMalloc(n: usize): usize;
@external("native", "free")
declare function hostFree(block: usize): void;
@external("native", "realloc")
declare function hostRealloc(block: usize, n: usize): usize;
@external("native", "_Znwm")
declare function hostNew(n: usize): usize;

@unmanaged
class Shared {
  /** The module that allocates now. */
  module: u32;
  /** The alignment that it asks for; 0: malloc's. */
  alignment: usize;
  /** The table index of domain_malloc. */
  first: u32;
  /** The table index of the host's memalign. */
  memalign: u32;
}

@inline
function shared(): Shared {
  return changetype<Shared>(SHARED);
}

const HEADER: usize = 4;
const MARK: u32 = 4;
const OWNER_BYTES: usize = sizeof<u32>();

@inline
function isMarked(block: usize): bool {
  return (load<u32>(block - HEADER) & MARK) != 0;
}

@inline
function ownerAt(block: usize): usize {
  return block + usableSize(block) - OWNER_BYTES;
}

@inline
function marked(block: usize, owner: u32): usize {
  if (block == 0) return 0;
  store<u32>(block - HEADER, load<u32>(block - HEADER) | MARK);
  store<u32>(ownerAt(block), owner);
  return block;
}

// ---- the allocator of the domain native ----

export function domain_malloc(ctx: usize, n: usize): usize {
  const s = shared();
  const alignment = s.alignment;
  if (alignment == 0) {
    const p = platform();
    if (p.limit != NO_LIMIT || p.failAt != 0) return marked(hosted_malloc(LIBC, n + OWNER_BYTES), s.module);
    // The common case, without a call through the table.
    p.reservations++;
    return marked(entered(LIBC, hostMalloc(n + OWNER_BYTES)), s.module);
  }
  s.alignment = 0;
  return marked(hostedMemalign(LIBC, s.memalign, alignment, n + OWNER_BYTES), s.module);
}

export function domain_calloc(ctx: usize, count: usize, size: usize): usize {
  return marked(hosted_calloc(LIBC, 1, count * size + OWNER_BYTES), shared().module);
}

export function domain_realloc(ctx: usize, block: usize, n: usize): usize {
  if (block == 0) return domain_malloc(ctx, n);
  const owner = load<u32>(ownerAt(block));
  return marked(hosted_realloc(LIBC, block, n + OWNER_BYTES), owner);
}

export function domain_free(ctx: usize, block: usize): void {
  left(LIBC, block);
  hostFree(block);
}

// ---- what a module in C imports ----

export function native_malloc(n: usize): usize {
  if (n > MAX_REQUEST) return 0;
  const s = shared();
  s.module = MODULE;
  const libc = allocatorOf(LIBC);
  return libc.malloc == s.first ? domain_malloc(0, n) : libc.doMalloc(n);
}

export function native_calloc(count: usize, size: usize): usize {
  shared().module = MODULE;
  return allocatorOf(LIBC).doCalloc(count, size);
}

export function native_realloc(block: usize, n: usize): usize {
  if (block == 0) return native_malloc(n);
  if (!isMarked(block)) return hostRealloc(block, n);
  return allocatorOf(LIBC).doRealloc(block, n);
}

export function native_free(block: usize): void {
  if (block == 0) return;
  if (!isMarked(block)) return hostFree(block);
  const libc = allocatorOf(LIBC);
  if (libc.malloc == shared().first) domain_free(0, block);
  else libc.doFree(block);
}

export function native_memalign(alignment: usize, n: usize): usize {
  if (n > MAX_REQUEST) return 0;
  if (alignment > ALIGNMENT) shared().alignment = alignment;
  return native_malloc(n);
}

export function native_aligned_alloc(alignment: usize, n: usize): usize {
  return popcnt(alignment) == 1 ? native_memalign(alignment, n) : 0;
}

export function native_posix_memalign(place: usize, alignment: usize, n: usize): i32 {
  return isPosixAlignment(alignment) ? placed(place, native_memalign(alignment, n)) : EINVAL;
}

export function native_malloc_usable_size(block: usize): usize {
  if (block == 0) return 0;
  return usableSize(block) - (isMarked(block) ? OWNER_BYTES : 0);
}

/** A copy of `n` bytes of a text, and a 0. */
function copied(text: usize, n: usize): usize {
  const copy = native_malloc(n + 1);
  if (copy == 0) return 0;
  memory.copy(copy, text, n);
  store<u8>(copy + n, 0);
  return copy;
}

export function native_strndup(text: usize, most: usize): usize {
  let n: usize = 0;
  while (n < most && load<u8>(text + n) != 0) n++;
  return copied(text, n);
}

export function native_strdup(text: usize): usize {
  return native_strndup(text, usize.MAX_VALUE);
}

// ---- C++ ----

/** operator new. If there is no memory, the host's operator new throws the exception: it is asked for more bytes than there can be. */
export function native_new(n: usize): usize {
  const block = native_malloc(n);
  return block == 0 ? hostNew(usize.MAX_VALUE) : block;
}

export function native_new_or_null(n: usize, nothrow: usize): usize {
  return native_malloc(n);
}

export function native_new_aligned(n: usize, alignment: usize): usize {
  const block = native_memalign(alignment, n);
  return block == 0 ? hostNew(usize.MAX_VALUE) : block;
}

export function native_new_aligned_or_null(n: usize, alignment: usize, nothrow: usize): usize {
  return native_memalign(alignment, n);
}

/** operator delete with a second argument: the size, or the alignment. */
export function native_delete(block: usize, second: usize): void {
  native_free(block);
}

/** operator delete with size and alignment. */
export function native_delete_aligned(block: usize, n: usize, alignment: usize): void {
  native_free(block);
}
