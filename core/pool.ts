// A pool: 4 KiB at a multiple of 4 KiB, cut into blocks of one size class.
//
//   pool                  +24                                                   +4088   +4096
//   +--------------------+--------+--------+--------+-- ... --+--------+------+-------+
//   | header             | block  | block  | block  |         | block  | tail | spare |
//   +--------------------+--------+--------+--------+-- ... --+--------+------+-------+
//   free -> a block -> a block -> ... -> 0     (a free block's first word is the next one)
//
// A pool is in one of three states:
//   used    some block is free: it is in its bin's list          enters: open(), or a free in a full pool
//   full    no block is free (free == 0): it is in no list       enters: the last free block is taken
//   free    no block is in use: it belongs to its arena          enters: close()
// A bin's only pool may stay used with count == 0, so that a program at the edge of a pool does not open and close it
// at every step; such a pool is closed when memory is wanted (Small.scavenge).
//
// Invariants (firstInvalid):
//   length of the free list == capacity - count, each element the start of a block, none twice
//   the pool is in its bin's list iff it is used; a bin's list is doubly linked, prev == 0 for its head
// Imports config. docs/pools.md.

import { POOL_BYTES, POOL_SIZE } from "./config";
import { CONTROL, SCRATCH_AT } from "./control";

export const POOL_HEADER: usize = 24;

@unmanaged
export class Pool {
  free: usize;
  next: Pool | null;
  prev: Pool | null;
  /** Address of the head of the list that this pool belongs to. */
  bin: usize;
  /** Index of its arena. */
  arena: u16;
  count: u16;
  capacity: u16;
  blockSize: u16;

  @inline
  get address(): usize {
    return changetype<usize>(this);
  }

  @inline
  get firstBlock(): usize {
    return this.address + POOL_HEADER;
  }

  /** From free to used: all blocks of `blockSize` bytes free and listed in ascending order, first in its bin. */
  open(bin: usize, blockSize: u32): void {
    const capacity = <u32>(POOL_BYTES - POOL_HEADER) / blockSize;
    this.bin = bin;
    this.count = 0;
    this.capacity = <u16>capacity;
    this.blockSize = <u16>blockSize;
    let block = this.firstBlock;
    this.free = block;
    for (let left = capacity - 1; left != 0; left--) {
      store<usize>(block, block + blockSize);
      block += blockSize;
    }
    store<usize>(block, 0);
    this.enlist();
  }

  /** First in its bin's list: what is allocated next comes from here. */
  enlist(): void {
    const first = load<Pool | null>(this.bin);
    this.prev = null;
    this.next = first;
    if (first) first.prev = this;
    store<Pool>(this.bin, this);
  }

  /** In no list. */
  delist(): void {
    const next = this.next;
    const prev = this.prev;
    if (next) next.prev = prev;
    if (prev) prev.next = next;
    else store<Pool | null>(this.bin, next);
  }

  @inline
  get isAloneInBin(): bool {
    return !this.next && !this.prev;
  }

  /** Whether `block` is where a block of this pool starts. */
  startsBlock(block: usize): bool {
    const offset = block - this.firstBlock;
    return offset < <usize>this.capacity * this.blockSize && offset % this.blockSize == 0;
  }

  @inline
  indexOf(block: usize): u32 {
    return <u32>(block - this.firstBlock) / this.blockSize;
  }

  /**
   * Sets a bit in `bits` for each free block. False if the free list is broken: an element that is no block, one that is
   * there twice, or a length other than capacity - count.
   */
  markFree(bits: FreeBits): bool {
    bits.clear();
    let left = <u32>this.capacity - this.count;
    let block = this.free;
    while (block != 0) {
      if (left-- == 0 || !this.startsBlock(block)) return false;
      const index = this.indexOf(block);
      if (bits.has(index)) return false;
      bits.add(index);
      block = load<usize>(block);
    }
    return left == 0;
  }

  /** Whether the pool, which is open, keeps its invariants. `bits` is overwritten. */
  isValid(bits: FreeBits): bool {
    if (this.blockSize == 0 || this.count > this.capacity || !this.markFree(bits)) return false;
    if (this.free == 0) return true;
    const next = this.next;
    const prev = this.prev;
    if (next && (next.prev !== this || next.bin != this.bin)) return false;
    return prev ? prev.next === this && prev.bin == this.bin : load<Pool | null>(this.bin) === this;
  }
}

/** The pool of a block, which must be in one. */
@inline
export function poolOf(block: usize): Pool {
  return changetype<Pool>(block & ~(POOL_SIZE - 1));
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
    store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(index & 7)));
  }
}

/** The one set of bits that checks and walks use. */
@inline
export function scratchBits(): FreeBits {
  return changetype<FreeBits>(CONTROL + SCRATCH_AT);
}
