// A pool: up to 4 KiB at a multiple of 1 KiB, cut into blocks of one size class. A rest that is too small for a block is not used. The
// pool's record lies elsewhere.
//
//   pool in memory                                        its record (in its arena's record)
//   +--------+--------+--------+-- ... --+--------+---+   +-------+------+---------------+-----+-------+
//   | block  | block  | block  |         | block  | - |   | free  | used | next and prev | bin | ...   |
//   +--------+--------+--------+-- ... --+--------+---+   +-------+------+---------------+-----+-------+
//   free -> a block -> a block -> ... -> 0     (a free block's first word is the next one)
//
// Records are apart from their pools: pools begin 4 KiB after each other, so headers at their beginning would all fall into the same set of
// the processor's cache.
//
// A pool is in one of three states:
//   listed    in its bin's list; it may have become full since malloc last looked at it
//   full      no block is free, and it is in no list: malloc found it full
//   idle      no block is in use, and it belongs to its arena only (small.ts, close)
// A vacated pool is in no list either, even if it has free blocks (evacuation.ts).
// A bin's only pool may stay listed with used == 0, so that a program at the edge of a pool does not open and close it at
// every step; such a pool is closed when memory is wanted (small.ts, scavenge).
//
// Invariants (isValid):
//   length of the free list == capacity - used, each element the start of a block, none twice
//   an open pool is listed, or free == 0 (except while it is vacated); a bin's list is a ring, and its head is the pool that serves
// See docs/pools.md.

import { DEBUG, POOL_SIZE } from "../ground/config";
import { CONTROL, SCRATCH_AT } from "../ground/control";

/** The highest number that a byte can count to. */
const MANY: u8 = 255;

@unmanaged
export class Pool {
  free: usize;
  used: u32;
  next: Pool | null;
  prev: Pool | null;
  /** Address of the pool's bin, a word that refers to the first pool of the bin's list; 0 if the pool is idle. */
  bin: usize;
  /** Where the pool is. */
  start: usize;
  blockSize: u16;
  capacity: u16;
  /** Number of the pool in its arena's record. */
  index: u8;
  /** Whether the pool is in its bin's list. */
  listed: bool;
  /** Its blocks are being moved elsewhere (evacuation.ts). */
  isVacated: bool;
  /** How many of its blocks the tracer watches (trace/watched.ts). Saturates at MANY, and never decreases from there. */
  watched: u8;

  @inline
  get isOpen(): bool {
    return this.bin != 0;
  }

  /** The idle pool of `bytes` bytes becomes listed. Its blocks of `blockSize` bytes are all free, in ascending order. */
  open(bin: usize, blockSize: u32, bytes: u32): void {
    const capacity = bytes / blockSize;
    this.bin = bin;
    this.used = 0;
    this.capacity = <u16>capacity;
    this.blockSize = <u16>blockSize;
    this.watched = 0;
    let block = this.start;
    this.free = block;
    for (let left = capacity - 1; left != 0; left--) {
      store<usize>(block, block + blockSize);
      block += blockSize;
    }
    store<usize>(block, 0);
    this.enlist();
    if (DEBUG) assert(this.isValid(scratchBits()));
  }

  /** Puts the pool at the end of its bin's list. */
  enlist(): void {
    if (DEBUG) assert(!this.listed && this.bin != 0);
    const first = load<Pool | null>(this.bin);
    if (first) {
      const last = first.prev!;
      this.prev = last;
      this.next = first;
      last.next = this;
      first.prev = this;
    } else {
      this.prev = this;
      this.next = this;
      store<Pool>(this.bin, this);
    }
    this.listed = true;
    if (DEBUG) assert(this.isLinked);
  }

  /** Takes the pool out of its bin's list. */
  delist(): void {
    if (DEBUG) assert(this.isLinked);
    const next = this.next!;
    const prev = this.prev!;
    this.listed = false;
    if (next === this) {
      store<usize>(this.bin, 0);
      return;
    }
    next.prev = prev;
    prev.next = next;
    if (load<Pool>(this.bin) === this) store<Pool>(this.bin, next);
  }

  /**
   * Marks the open pool as not listed, and counts its blocks in use anew: those that are not in its free list. A free list can be broken,
   * if a thread was terminated while it linked the blocks: it is then cut before the break. `bits` is overwritten.
   */
  recount(bits: FreeBits): void {
    bits.clear();
    this.listed = false;
    let free: u32 = 0;
    let before: usize = 0;
    let block = this.free;
    while (block != 0) {
      if (!this.startsBlock(block)) break;
      const index = <u32>(block - this.start) / this.blockSize;
      if (bits.has(index)) break;
      bits.add(index);
      free++;
      before = block;
      block = load<usize>(block);
    }
    if (block != 0) {
      if (before != 0) store<usize>(before, 0);
      else this.free = 0;
    }
    this.used = this.capacity - free;
  }

  /**
   * Corrects the pool's neighbours and bin after its arena's record was copied: `bytes` bytes, from `before` to `now`. The record of a
   * neighbour may have been copied with it.
   */
  followRecord(before: usize, now: usize, bytes: usize): void {
    if (!this.listed) return;
    const next = changetype<usize>(this.next);
    const prev = changetype<usize>(this.prev);
    this.next = changetype<Pool>(next - before < bytes ? next - before + now : next);
    this.prev = changetype<Pool>(prev - before < bytes ? prev - before + now : prev);
    this.next!.prev = this;
    this.prev!.next = this;
    if (load<usize>(this.bin) == changetype<usize>(this) - now + before) store<Pool>(this.bin, this);
  }

  watch(): void {
    if (this.watched != MANY) this.watched++;
  }

  unwatch(): void {
    if (this.watched != MANY && this.watched != 0) this.watched--;
  }

  @inline
  get isAloneInBin(): bool {
    return this.next === this;
  }

  /** Whether `block` is where a block of this pool starts. */
  startsBlock(block: usize): bool {
    const offset = block - this.start;
    return offset < <usize>this.capacity * this.blockSize && offset % this.blockSize == 0;
  }

  /**
   * Sets a bit in `bits` for each free block. False if the free list is broken: an element that is not a block, one that is
   * there twice, or a length other than capacity - used.
   */
  markFree(bits: FreeBits): bool {
    bits.clear();
    let left = <u32>this.capacity - this.used;
    let block = this.free;
    while (block != 0) {
      if (left-- == 0 || !this.startsBlock(block)) return false;
      const index = <u32>(block - this.start) / this.blockSize;
      if (bits.has(index)) return false;
      bits.add(index);
      block = load<usize>(block);
    }
    return left == 0;
  }

  /** Whether the pool, which is open, keeps its invariants. `bits` is overwritten. */
  isValid(bits: FreeBits): bool {
    if (this.blockSize == 0 || this.used > this.capacity || !this.markFree(bits)) return false;
    return this.listed ? this.isLinked : this.free == 0;
  }

  /** Whether the pool is listed, and its neighbours in the ring refer to it. */
  private get isLinked(): bool {
    const next = this.next;
    const prev = this.prev;
    if (!this.listed || next === null || prev === null) return false;
    return next.prev === this && prev.next === this && next.bin == this.bin;
  }
}

/** A bit for each block that a pool can have: 64 bytes. */
@unmanaged
export class FreeBits {
  clear(): void {
    memory.fill(changetype<usize>(this), 0, POOL_SIZE / 64);
  }

  @inline
  has(index: u32): bool {
    return ((load<u8>(changetype<usize>(this) + (index >> 3)) >> (index & 7)) & 1) != 0;
  }

  @inline
  add(index: u32): void {
    const at = changetype<usize>(this) + (index >> 3);
    store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>(index & 7))));
  }
}

/** The one set of bits. Checks, walks, adoption and images overwrite it, so it is valid only until the next of them. */
@inline
export function scratchBits(): FreeBits {
  return changetype<FreeBits>(CONTROL + SCRATCH_AT);
}
