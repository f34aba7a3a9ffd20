// Blocks whose end the tracer wants to know: code objects, types, large blocks, and blocks that were sampled.
//
//   table: open addressing by address, a power of two long, at most a quarter full
//   entry: address | SAMPLED? CODE? LARGE? TYPE? function
//
// The host is asked about each code object once, when it is first seen on the stack: it reads name, file and lines then. When the block of
// a code object is freed, its entry is removed, and its calls are removed from the shadow (shadow.ts). So the host is asked again about a
// later code object at the same address. Function 0 is a function that stacks don't show.
// Invariants: every entry is reachable from its home without passing an empty one; a pool knows how many of its blocks
// are in the table.

import { arenas } from "../alloc/arena";
import { base_calloc, base_free } from "../alloc/base";
import { INTERNAL } from "../ground/domains.gen";
import { forgetCode } from "./shadow";
import { tracer } from "./tracer";

/** The host's number for the function whose code object is at `code`. */
@external("host", "traceCode")
declare function hostCode(code: usize): u32;

/** The host's number for the function that stands for a type; 0 if there is no type at the address. */
@external("host", "traceType")
declare function hostType(type: usize): u32;

export const ENTRY: usize = 8;
const FIRST_LENGTH: u32 = 4096;
/** The block is that of a type object. */
const TYPE: u32 = 0x10000000;
/** A type's block begins with the collector's header. */
const TYPE_FRONT: usize = 8;
/** The block is large: its end is recorded with its exact time. */
export const LARGE: u32 = 0x20000000;
const CODE: u32 = 0x40000000;
/** The block was sampled. */
export const SAMPLED: u32 = 0x80000000;

@inline
function home(block: usize): u32 {
  return ((<u32>block >> 3) * 0x9e3779b1) >> 8;
}

@inline
function at(index: u32): usize {
  return tracer().watched + <usize>(index & tracer().watchedMask) * ENTRY;
}

/** The place of a block in the table, or the empty place where it would be stored. */
@inline
function find(block: usize): u32 {
  let index = home(block);
  let key = load<usize>(at(index));
  while (key != block && key != 0) key = load<usize>(at(++index));
  return index;
}

/** The function of a code object. */
export function functionOf(code: usize): u32 {
  const entry = at(find(code));
  const known = load<u32>(entry, 4);
  if (load<usize>(entry) == code && (known & CODE) != 0) return known & (TYPE - 1);
  const id = hostCode(code);
  watch(code, CODE | id);
  return id;
}

/** The function that stands for a type; 0 if the host finds no type at the address. */
export function functionOfType(type: usize): u32 {
  const block = type - TYPE_FRONT;
  const entry = at(find(block));
  const known = load<u32>(entry, 4);
  if (load<usize>(entry) == block && (known & TYPE) != 0) return known & (TYPE - 1);
  const id = hostType(type);
  if (id != 0) watch(block, TYPE | id);
  return id;
}

/** Adds these bits to the block's entry. Without memory for an entry, nothing changes. */
export function watch(block: usize, bits: u32): void {
  if (!watched_make_room()) return;
  const entry = at(find(block));
  if (load<usize>(entry) == 0) {
    tracer().watchedCount++;
    store<usize>(entry, block);
    store<u32>(entry, 0, 4);
    const pool = arenas().map.poolOf(block);
    if (pool) pool.watch();
  }
  store<u32>(entry, load<u32>(entry, 4) | bits, 4);
}

/** Makes room for one more entry. False, with the table unchanged, if there is no memory for it. */
export function watched_make_room(): bool {
  const t = tracer();
  const before: u32 = t.watched == 0 ? 0 : t.watchedMask + 1;
  if (t.watchedCount * 4 < before) return true;
  const length: u32 = before == 0 ? FIRST_LENGTH : before * 2;
  const table = base_calloc(INTERNAL, length, ENTRY);
  if (table == 0) return false;
  const old = t.watched;
  t.watched = table;
  t.watchedMask = length - 1;
  for (let k: u32 = 0; k < before; k++) {
    const entry = old + <usize>k * ENTRY;
    const block = load<usize>(entry);
    if (block != 0) store<u64>(at(find(block)), load<u64>(entry));
  }
  if (old != 0) base_free(INTERNAL, old);
  return true;
}

/** Whether a block may be in the table; false for nearly every block that isn't. */
@inline
export function mayBeWatched(block: usize): bool {
  return load<usize>(at(home(block))) != 0;
}

/** Removes a block, which is about to be freed, from the table. Returns the bits of its entry; 0 if it had none. */
export function unwatch(block: usize): u32 {
  let hole = find(block);
  if (block == 0 || load<usize>(at(hole)) == 0) return 0;
  const t = tracer();
  const bits = load<u32>(at(hole), 4);
  if ((bits & CODE) != 0) forgetCode(block);
  t.watchedCount--;
  const pool = arenas().map.poolOf(block);
  if (pool) pool.unwatch();
  // Entries after it move up, so that each can still be reached from its home.
  const mask = t.watchedMask;
  let index = hole;
  for (;;) {
    index++;
    const next = load<usize>(at(index));
    if (next == 0) break;
    if (((index - home(next)) & mask) < ((index - hole) & mask)) continue;
    store<u64>(at(hole), load<u64>(at(index)));
    hole = index;
  }
  store<u64>(at(hole), 0);
  return bits;
}

/** Tells all pools that none of their blocks is in the table: the table is about to be given back. */
export function watched_end(): void {
  const t = tracer();
  if (t.watched == 0) return;
  for (let index: u32 = 0; index <= t.watchedMask; index++) {
    const pool = arenas().map.poolOf(load<usize>(at(index)));
    if (pool) pool.unwatch();
  }
}
