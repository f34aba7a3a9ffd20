// Which block is where, while a recording is summed up: for the address of each live block, its row (sums.ts).
//
//   directory   a word for each 64 KiB of the heap, which is its page: the page's leaf, or 0
//   leaf        a word for each 16 of these bytes: the row of the block that begins there, or 0; the word's lowest bit says in which half of
//               the 16 bytes. If two blocks have begun in the same 16 bytes, the leaf is dense: it has a word for each 8 bytes
//
// The leaves have the order of the heap: blocks that lie near each other have words that lie near each other. They are small, because the
// platform's first access to a page of memory costs more than hundreds of events: two blocks of 16 bytes or more can't begin in the same 16.

import { PAGE, take } from "./memory";

export const LEAF_BYTES: usize = (PAGE / 16) * sizeof<u32>();
const DENSE_BYTES: usize = 2 * LEAF_BYTES;
/** Set in a directory's word if the leaf is dense. */
const DENSE: usize = 1;
const DIRECTORY_BYTES: usize = 65536 * sizeof<u32>();

let directory: usize = 0;
/** A leaf that can be used again: its first word is the next one, all others are 0. 0 if there is none. */
let freeLeaf: usize = 0;

/** To be called first. */
export function beginBlocks(): void {
  directory = take(DIRECTORY_BYTES);
}

/** Where the directory has the leaf of a block's page. */
@inline
export function leafAt(block: usize): usize {
  return directory + ((block >> 16) << 2);
}

/** The half of its 16 bytes in which a block begins. */
@inline
export function halfOf(block: usize): usize {
  return (block >> 3) & 1;
}

/** Where a leaf, which may be dense, has its word for a block. */
@inline
export function wordIn(leaf: usize, block: usize): usize {
  return (leaf & DENSE) != 0 ? leaf - DENSE + ((block & 0xffff) >> 1) : leaf + ((block & 0xfff0) >> 2);
}

/** Keeps LEAF_BYTES bytes of memory that is no longer needed, as a leaf that can be used again. */
export function freeAsLeaf(at: usize): void {
  memory.fill(at, 0, LEAF_BYTES);
  store<usize>(at, freeLeaf);
  freeLeaf = at;
}

/** Gives a block's page an empty leaf. Returns it; 0 if there is no memory. */
export function addLeaf(block: usize): usize {
  let leaf = freeLeaf;
  if (leaf == 0) {
    leaf = take(LEAF_BYTES);
    if (leaf == 0) return 0;
  } else {
    freeLeaf = load<usize>(leaf);
    store<usize>(leaf, 0);
  }
  store<usize>(leafAt(block), leaf);
  return leaf;
}

/** Makes the leaf of a block's page dense. Returns it, as the directory has it; 0 if there is no memory. */
export function makeDense(leaf: usize, block: usize): usize {
  const dense = take(DENSE_BYTES);
  if (dense == 0) return 0;
  for (let at: usize = 0; at < LEAF_BYTES; at += sizeof<u32>()) {
    const word = load<usize>(leaf + at);
    if (word != 0) store<usize>(dense + 2 * at + ((word & 1) << 2), word);
  }
  store<usize>(leafAt(block), dense | DENSE);
  freeAsLeaf(leaf);
  return dense | DENSE;
}
