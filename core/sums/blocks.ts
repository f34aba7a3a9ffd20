// Which block is where, while a recording is summed up: for the address of each live block, its row (sums.ts).
//
//   directory   a word for each 4 KiB of the heap, a page: where the page's leaf is, and how fine it is; or 0
//   leaf        a word for each unit of the page: the row of the block that begins there, or 0; the word's lowest three bits say at which
//               8 bytes it begins. A unit has 64 bytes at first. When a second block begins in a unit, the leaf is replaced by one with units
//               of half the size, down to 8 bytes
//
// The leaves are as small as the blocks allow, because the platform's first access to a page of memory costs more than hundreds of events.
// They have the order of the heap: blocks that lie near each other have words that lie near each other.

import { take } from "./memory";

/** log2 of the bytes of a page, and of a unit of a new leaf. */
const PAGE_SHIFT: usize = 12;
const UNIT_SHIFT: usize = 6;
const PAGE_MASK: usize = (1 << PAGE_SHIFT) - 1;
/** The bits of a directory's word that say how often the units were halved. */
const FINENESS: usize = 3;
/** The bytes of a leaf whose units were not halved; each time they are, it has twice as many. */
const LEAF_BYTES: usize = (1 << (PAGE_SHIFT - UNIT_SHIFT)) * sizeof<u32>();
/** The bytes of the finest leaf. */
export const FINEST_BYTES: usize = LEAF_BYTES << FINENESS;
const DIRECTORY_BYTES: usize = (1 << (32 - PAGE_SHIFT)) * sizeof<u32>();

let directory: usize = 0;
/** For each fineness, a leaf that can be used again: its first word is the next one, all others are 0. 0 if there is none. */
const freeLeaves = memory.data(<i32>((FINENESS + 1) * sizeof<u32>()), 4);

/** To be called first. */
export function beginBlocks(): void {
  directory = take(DIRECTORY_BYTES);
}

/** Where the directory has the leaf of a block's page. */
@inline
export function leafAt(block: usize): usize {
  return directory + ((block >> PAGE_SHIFT) << 2);
}

/** The bits of a leaf's word that say where the block begins: in which 8 of 64 bytes. The row's address is a multiple of 32. */
export const PLACE: usize = 7;

/** These bits for a block. */
@inline
export function placeOf(block: usize): usize {
  return (block >> 3) & PLACE;
}

/** Where a leaf, as the directory has it, has its word for a block. */
@inline
export function wordIn(leaf: usize, block: usize): usize {
  const fineness = leaf & FINENESS;
  return leaf - fineness + (((block & PAGE_MASK) >> (UNIT_SHIFT - fineness)) << 2);
}

@inline
function freeLeaf(fineness: usize): usize {
  return freeLeaves + (fineness << 2);
}

/** Makes a leaf's memory, which is no longer needed, a leaf that can be used. */
function free(at: usize, fineness: usize): void {
  memory.fill(at, 0, LEAF_BYTES << fineness);
  store<usize>(at, load<usize>(freeLeaf(fineness)));
  store<usize>(freeLeaf(fineness), at);
}

/** Makes memory of FINEST_BYTES bytes, which is no longer needed, a leaf that can be used. */
export function freeAsLeaf(at: usize): void {
  free(at, FINENESS);
}

/** An empty leaf; 0 if there is no memory. */
function takeLeaf(fineness: usize): usize {
  const leaf = load<usize>(freeLeaf(fineness));
  if (leaf == 0) return take(LEAF_BYTES << fineness);
  store<usize>(freeLeaf(fineness), load<usize>(leaf));
  store<usize>(leaf, 0);
  return leaf;
}

/** Gives a block's page an empty leaf. Returns it; 0 if there is no memory. */
export function addLeaf(block: usize): usize {
  const leaf = takeLeaf(0);
  store<usize>(leafAt(block), leaf);
  return leaf;
}

/** Halves the units of the leaf of a block's page. Returns the leaf, as the directory has it; 0 if there is no memory. */
export function refine(leaf: usize, block: usize): usize {
  const fineness = leaf & FINENESS;
  const coarse = leaf - fineness;
  const fine = takeLeaf(fineness + 1);
  if (fine == 0) return 0;
  for (let at: usize = 0; at < LEAF_BYTES << fineness; at += sizeof<u32>()) {
    const word = load<usize>(coarse + at);
    const half = (word >> (2 - fineness)) & 1;
    if (word != 0) store<usize>(fine + 2 * at + (half << 2), word);
  }
  free(coarse, fineness);
  store<usize>(leafAt(block), fine | (fineness + 1));
  return fine | (fineness + 1);
}
