// A chunk of the raw allocator: a block with its header, or free memory with one. Chunks lie side by side without gaps.
//
//   chunk, in use                              chunk, free
//   +--------+---------------------------+     +--------+------+------+-- ... --+--------+
//   | header | payload                   |     | header | next | prev |         |  size  |
//   +--------+---------------------------+     +--------+------+------+-- ... --+--------+
//   c        c+4 (a multiple of 8)       c+size                                           c+size
//
//   header, in use:  31        30 ................ 3   2         1           0
//                    owner (1) | size / 8          |   owner (0) | PREV_FREE | owner (2)
//   header, free:    31 .......................... 3   2         1           0
//                    size / 8                      |   1         | 0         | 1
//   owner:           the domain that has the chunk, as three bits; (0) and (2) are never both set
//
// A block has at most MAX_REQUEST bytes, so 31 bits are enough for the size of a chunk in use. A free chunk needs more bits: free
// neighbours are joined, and the result can have nearly all of the 4 GiB.
//
// Invariants (isValid):
//   a chunk has PREV_FREE iff the chunk before it is free; then the word before its header is that chunk's size
//   no two free chunks are neighbours, and the chunk below the top is in use
// docs/account.md says what a chunk's overhead counts as.

import { ALIGNMENT, MAX_REQUEST } from "../ground/config";
import { INTERNAL } from "../ground/domains.gen";

const PREV_FREE: u32 = 2;
/** The two bits that are set in the header of a free chunk. */
const FREE: u32 = 5;
const SIZE_IN_USE: u32 = 0x7ffffff8;
const SIZE_FREE: u32 = 0xfffffff8;
/** Bytes that a chunk costs beside its payload. */
export const CHUNK_OVERHEAD: usize = 4;
export const MIN_CHUNK: usize = 16;
/** The largest request: its chunk's size fits SIZE_IN_USE, even with a rest after it that is too small for a chunk. */
export const MAX_BLOCK: usize = MAX_REQUEST - MIN_CHUNK - ALIGNMENT;

/** One chunk. All fields exist only while it is free; in a chunk in use, the block follows the header. */
@unmanaged
export class Chunk {
  header: u32;
  next: Chunk | null;
  prev: Chunk | null;

  @inline
  get address(): usize {
    return changetype<usize>(this);
  }

  @inline
  get isFree(): bool {
    return (this.header & FREE) == FREE;
  }

  /** The size of a chunk in use. */
  @inline
  get sizeInUse(): usize {
    return this.header & SIZE_IN_USE;
  }

  /** The size of a free chunk. */
  @inline
  get sizeFree(): usize {
    return this.header & SIZE_FREE;
  }

  get size(): usize {
    return this.isFree ? this.sizeFree : this.sizeInUse;
  }

  @inline
  get isPreviousFree(): bool {
    return (this.header & PREV_FREE) != 0;
  }

  /** The domain of a chunk in use. */
  @inline
  get domain(): u32 {
    return ((this.header >> 2) & 1) | ((this.header >> 30) & 2) | ((this.header & 1) << 2);
  }

  @inline
  get payload(): usize {
    return this.address + CHUNK_OVERHEAD;
  }

  /** The bytes of a chunk in use that its owner may use. */
  @inline
  get usable(): usize {
    return this.sizeInUse - CHUNK_OVERHEAD;
  }

  /** The chunk after a chunk in use: another chunk, or the top. */
  @inline
  get following(): Chunk {
    return changetype<Chunk>(this.address + this.sizeInUse);
  }

  /** The free chunk before this one. Call it only if isPreviousFree. */
  @inline
  get preceding(): Chunk {
    return changetype<Chunk>(this.address - load<u32>(this.address - 4));
  }

  /** The chunk is now in use by `domain` and `size` bytes long. PREV_FREE stays as it was. */
  @inline
  becomeUsed(size: usize, domain: u32): void {
    this.header = <u32>size | (this.header & PREV_FREE) | ((domain & 1) << 2) | ((domain & 2) << 30) | (domain >> 2);
  }

  /** The chunk, in use as before, is now `size` bytes long. */
  @inline
  resize(size: usize): void {
    this.header = <u32>size | (this.header & ~SIZE_IN_USE);
  }

  /** The chunk is now free and `size` bytes long, with its size in its last word. Its predecessor is in use. */
  @inline
  becomeFree(size: usize): void {
    this.header = <u32>size | FREE;
    store<u32>(this.address + size - 4, <u32>size);
  }

  /** The chunk before this one is now in use. */
  @inline
  followsUsed(): void {
    this.header &= ~PREV_FREE;
  }

  /** The chunk before this one is now free. */
  @inline
  followsFree(): void {
    this.header |= PREV_FREE;
  }

  /** A chunk in use begins here, after another one in use. The caller sets its size next. */
  @inline
  beginAfterUsed(): void {
    this.header = 0;
  }

  /** The header now lies inside a free chunk, so it must not look like the header of a block. */
  @inline
  disappear(): void {
    this.header = FREE;
  }

  /** Whether a chunk below `top` keeps its invariants, as far as it and its successor tell. */
  isValid(top: usize): bool {
    const size = this.size;
    const end = this.address + size;
    if (size < MIN_CHUNK || end > top || end < this.address) return false;
    const isLast = end == top;
    if (!this.isFree) return isLast || !changetype<Chunk>(end).isPreviousFree;
    return !isLast && !this.isPreviousFree && load<u32>(end - 4) == <u32>size && changetype<Chunk>(end).isPreviousFree;
  }
}

@inline
export function chunkOf(payload: usize): Chunk {
  return changetype<Chunk>(payload - CHUNK_OVERHEAD);
}

@inline
export function chunkSizeFor(n: usize): usize {
  const size = (n + CHUNK_OVERHEAD + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  return size < MIN_CHUNK ? MIN_CHUNK : size;
}

if (INTERNAL > 4) ERROR("a domain's bits would be those of a free chunk");
