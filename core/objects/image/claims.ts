// Claims: a proof that each block in use, in a heap that comes from outside, has exactly one owner.
//
//   bits   a bit for each 8 bytes of the heap: a block in use begins here, and has no owner yet
//
// The allocators' own check has passed before, so chunks, pools and free lists are valid. At the end every block must be claimed: by an object,
// as its part, or as one of the heap's own tables.

import { Arena, arenas } from "../../alloc/arena";
import { base_calloc, base_free } from "../../alloc/base";
import { Chunk, CHUNK_OVERHEAD } from "../../alloc/chunk";
import { scratchBits } from "../../alloc/pool";
import { BINS, raw } from "../../alloc/raw";
import { INTERNAL } from "../../ground/domains.gen";
import { platform } from "../../ground/platform";

/** Bytes of the heap that a word of bits covers. */
const WORD_SPAN: usize = 256;

/** A set of bits: one bit for each 8 bytes of the heap. */
@unmanaged
export class Bits {
  from: usize;
  bytes: usize;
  /** The number of bits that are set. */
  count: u32;

  /**
   * A set of bits for `span` bytes from the heap's base, and for the few bytes that the set itself takes. All bits are
   * 0. null if there is no memory.
   */
  static make(span: usize): Bits | null {
    const words = (span + span / 16 + 65536) / WORD_SPAN;
    const bits = changetype<Bits | null>(base_calloc(INTERNAL, words + 3, 4));
    if (!bits) return null;
    bits.from = platform().base;
    bits.bytes = words * WORD_SPAN;
    return bits;
  }

  drop(): void {
    base_free(INTERNAL, changetype<usize>(this));
  }

  @inline
  private word(address: usize): usize {
    return changetype<usize>(this) + offsetof<Bits>() + ((address - this.from) / WORD_SPAN) * 4;
  }

  /** Whether an address can have a bit at all. */
  @inline
  covers(address: usize): bool {
    return (address & 7) == 0 && address - this.from < this.bytes;
  }

  @inline
  has(address: usize): bool {
    return this.covers(address) && ((load<u32>(this.word(address)) >> ((<u32>address >> 3) & 31)) & 1) != 0;
  }

  /** Sets the bit of an address that can have one. False if it was set already. */
  add(address: usize): bool {
    if (this.has(address)) return false;
    store<u32>(this.word(address), load<u32>(this.word(address)) | (1 << ((<u32>address >> 3) & 31)));
    this.count++;
    return true;
  }

  /** The first address whose bit is set. There must be one. */
  get first(): usize {
    let address = this.from;
    while (this.count != 0 && !this.has(address)) address += 8;
    return address;
  }

  remove(address: usize): void {
    store<u32>(this.word(address), load<u32>(this.word(address)) & ~(1 << ((<u32>address >> 3) & 31)));
    this.count--;
  }
}

/** The usable bytes of a block in use. */
export function usableBytes(block: usize): usize {
  const pool = arenas().map.poolOf(block);
  return pool ? pool.blockSize : changetype<Chunk>(block - CHUNK_OVERHEAD).usable;
}

/** Claims a block of at least `bytes` bytes. False if there is no such block, or it has an owner already. */
export function claim(bits: Bits, block: usize, bytes: usize): bool {
  if (!bits.has(block) || usableBytes(block) < bytes) return false;
  bits.remove(block);
  return true;
}

/**
 * Sets the bits of all blocks in use, then claims those of the arenas, their records, their map, and `bits`. False if one of these is not a
 * block, or a bin has something that is not a free chunk.
 */
export function claims_begin(bits: Bits): bool {
  for (let at = raw().first; at != raw().top; at += changetype<Chunk>(at).size) bits.add(changetype<Chunk>(at).payload);
  // The free chunks are exactly those in the bins.
  for (let bin: u32 = 0; bin < BINS; bin++) {
    let chunk = load<Chunk | null>(raw().binAt(bin));
    while (chunk) {
      if (!chunk.isFree || !bits.has(chunk.payload)) return false;
      bits.remove(chunk.payload);
      chunk = chunk.next;
    }
  }
  if (!claim(bits, changetype<usize>(bits), 0)) return false;
  const a = arenas();
  if (a.count != 0 && !claim(bits, a.map.map, (<usize>a.map.length) << 2)) return false;
  let arena = a.youngest;
  while (arena) {
    if (!claimArena(bits, arena)) return false;
    arena = arena.older;
  }
  arena = a.youngest;
  while (arena) {
    addBlocks(bits, arena);
    arena = arena.older;
  }
  return true;
}

function claimArena(bits: Bits, arena: Arena): bool {
  // As long as the bits of pools' blocks are not set, every bit is a chunk's. An arena is not claimed by its size,
  // because a pool may begin at the same address.
  if (!claim(bits, changetype<usize>(arena), arena.recordBytes) || !bits.has(arena.address)) return false;
  bits.remove(arena.address);
  return changetype<Chunk>(arena.address - CHUNK_OVERHEAD).usable >= arena.bytes;
}

/** Sets the bits of the blocks in use of an arena's pools. */
function addBlocks(bits: Bits, arena: Arena): void {
  const free = scratchBits();
  for (let k: u32 = 0; k < arena.total; k++) {
    const pool = arena.poolAt(k);
    if (!pool.isOpen || !pool.markFree(free)) continue;
    for (let block: u32 = 0; block < <u32>pool.capacity; block++) {
      if (!free.has(block)) bits.add(pool.start + <usize>block * pool.blockSize);
    }
  }
}

/** A number larger than any number of things in a heap. */
export const MOST: u32 = 1 << 28;
