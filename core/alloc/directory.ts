// From an address to its pool, for threads: the pool map (poolmap.ts) can be moved by one thread while another reads it; this never moves.
//
//   directory: an entry for each MiB of addresses -> a leaf, or 0
//   leaf:      an entry for each POOL_GRAIN bytes of the MiB -> the record of the pool that covers them, or 0
//
// A leaf is made when the first arena lies in its MiB, and stays. Entries are changed under the lock only. They are read without the lock:
// whoever frees a block got its address from the thread that allocated it, after the entry was written.

import { POOL_GRAIN } from "../ground/config";
import { DIRECTORY_AT, shared } from "../ground/control";
import { INTERNAL } from "../ground/domains.gen";
import { base_calloc } from "./base";
import { Pool } from "./pool";

const LEAF_SHIFT: u32 = 20;
const LEAF_ENTRIES: usize = (1 << LEAF_SHIFT) / POOL_GRAIN;
const LEAVES: usize = 1 << (32 - LEAF_SHIFT);

/** Where the directory's entry for an address is. */
@inline
function leafAt(address: usize): usize {
  return shared() + DIRECTORY_AT + ((address >> LEAF_SHIFT) << 2);
}

/** Where the leaf's entry for an address is. */
@inline
function entryAt(leaf: usize, address: usize): usize {
  return leaf + (((address / POOL_GRAIN) & (LEAF_ENTRIES - 1)) << 2);
}

@inline
export function pooledAt(address: usize): Pool | null {
  const leaf = load<usize>(leafAt(address));
  return leaf != 0 ? load<Pool | null>(entryAt(leaf, address)) : null;
}

/** Makes the leaves for the addresses [from, to). False if there is no memory for them. */
export function coverAddresses(from: usize, to: usize): bool {
  for (let leaf = from >> LEAF_SHIFT; leaf <= (to - 1) >> LEAF_SHIFT; leaf++) {
    const at = leafAt(leaf << LEAF_SHIFT);
    if (load<usize>(at) != 0) continue;
    const made = base_calloc(INTERNAL, LEAF_ENTRIES, sizeof<usize>());
    if (made == 0) return false;
    store<usize>(at, made);
  }
  return true;
}

/** Makes `entry` the entry of the `bytes` bytes at `start`. */
export function enterPool(start: usize, bytes: usize, entry: usize): void {
  for (let at = start; at < start + bytes; at += POOL_GRAIN) store<usize>(entryAt(load<usize>(leafAt(at)), at), entry);
}

/** How many entries are not 0. */
export function countEntries(): u32 {
  let count: u32 = 0;
  for (let k: usize = 0; k < LEAVES; k++) {
    const leaf = load<usize>(leafAt(k << LEAF_SHIFT));
    if (leaf == 0) continue;
    for (let entry: usize = 0; entry < LEAF_ENTRIES; entry++) if (load<usize>(leaf + (entry << 2)) != 0) count++;
  }
  return count;
}

/** Makes all entries 0. */
export function clearDirectory(): void {
  for (let k: usize = 0; k < LEAVES; k++) {
    const leaf = load<usize>(leafAt(k << LEAF_SHIFT));
    if (leaf != 0) memory.fill(leaf, 0, LEAF_ENTRIES << 2);
  }
}
