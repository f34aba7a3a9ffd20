// Sums of a recording by stack, made while the program runs. This is a separate module with its own memory. The tracer calls
// `sums_event` in place of writing an event (core/trace/events.ts).
//
//   directory   a word for each 64 KiB of the heap: its leaf, or 0
//   leaf        a word for each 8 bytes of them: the row of the block that begins there, or 0
//   index       the rows by site and size: open addressing, a power of two long, at most half full
//   chunk       | next chunk | row | row | ...          64 KiB; a row has the blocks of one site and size
//
// A site is a stack and a domain. The table of live blocks is a picture of the heap at half its size, so a block's word is as near
// to its neighbours' words as the block is to its neighbours.
//
// The peak costs little, because it is noted late. While more is live than ever before, nothing is done; the first block that dies
// afterwards notes the peak, and gives it a number. A row that has not changed since the newest peak (`stamp`) has at the peak
// what it has now.
//
// Invariants: a leaf's word is not 0 if and only if a block is live there; a row's `live` is the number of words that lead to it;
// state.live = the sum of live * size over the rows from `firstRow` on, startLive = the same over the rows before.

const PAGE: usize = 65536;
const LEAF_BYTES: usize = (PAGE / 8) * sizeof<u32>();
const DIRECTORY_BYTES: usize = 65536 * sizeof<u32>();
const FIRST_INDEX: u32 = 8192;
/** Memory is taken in steps of 1 MiB. */
const STEP: usize = 16 * PAGE;
const CHUNK_HEADER: usize = 8;

/** In a tag: the domain; and that the block replaces another one. */
const DOMAIN: u32 = 3;
const DOMAIN_BITS: u32 = 2;

@unmanaged
class Row {
  /** Node and domain; then the size. Both are compared as one number. */
  site: u32;
  size: u32;
  /** The number of the peak for which `peak` holds. */
  stamp: u32;
  /** Blocks that are live, and that were live at the peak. */
  live: u32;
  peak: u32;
  /** Blocks that were allocated, and those of them that were freed before another block was allocated. */
  allocated: f64;
  temporary: f64;
}
export const ROW_BYTES: usize = offsetof<Row>();

/** Numbers are doubles, because the host reads them as one array. */
@unmanaged
class State {
  /** What is live of the program, and was at the newest peak: bytes and blocks. */
  live: f64;
  blocks: f64;
  peak: f64;
  peakBlocks: f64;
  /** The same of the interpreter's start. */
  startLive: f64;
  startBlocks: f64;
  startPeak: f64;
  startPeakBlocks: f64;
  /** The number of the newest peak. */
  stamp: f64;
  events: f64;
  resizes: f64;
  frees: f64;
  foreignFrees: f64;
  /** The first chunk of rows; 0 if there is none. */
  chunks: f64;
}

const state = changetype<State>(memory.data(<i32>offsetof<State>(), 8));

/** No memory was left for a table. */
let failed: bool = false;
let directory: usize = 0;
let index: usize = 0;
let mask: u32 = 0;
let rows: u32 = 0;
let stamp: u32 = 1;
/** Rows before this one are the start's. */
let firstRow: usize = 0;
/** The chunk to which rows are added, the place of the next row, and the chunk's end. */
let chunk: usize = 0;
let nextRow: usize = 0;
let endOfRows: usize = 0;
/** Memory that was taken, and is not used yet. */
let spare: usize = 0;
let endOfSpare: usize = 0;
/** The block that was allocated last. */
let newest: usize = 0;

/** Memory of 0s, a multiple of 8 bytes; 0 if there is none. */
function take(bytes: usize): usize {
  if (endOfSpare - spare < bytes) {
    const step = max(STEP, (bytes + PAGE - 1) & ~(PAGE - 1));
    const pages = memory.grow(<i32>(step / PAGE));
    if (pages < 0) {
      failed = true;
      return 0;
    }
    const begin = <usize>pages * PAGE;
    if (begin != endOfSpare) spare = begin;
    endOfSpare = begin + step;
  }
  const at = spare;
  spare += bytes;
  return at;
}

@inline
function hash(site: u32, size: u32): u32 {
  const h = (site * 0x9e3779b1) ^ (size * 0x85ebca6b);
  return h ^ (h >> 15);
}

@inline
function slot(at: u32): usize {
  return index + ((<usize>(at & mask)) << 2);
}

/** The row of a site and a size; a new one if there is none. 0 if there is no memory for it. */
@inline
function rowOf(site: u32, size: u32): Row {
  const key = <u64>site | ((<u64>size) << 32);
  let at = hash(site, size);
  let row = load<usize>(slot(at));
  while (row != 0 && load<u64>(row) != key) row = load<usize>(slot(++at));
  return row == 0 ? open(site, size, at) : changetype<Row>(row);
}

function open(site: u32, size: u32, at: u32): Row {
  if (nextRow == endOfRows && !addChunk()) return changetype<Row>(0);
  const row = changetype<Row>(nextRow);
  nextRow += ROW_BYTES;
  row.site = site;
  row.size = size;
  row.stamp = stamp;
  store<usize>(slot(at), changetype<usize>(row));
  if (++rows * 2 > mask) growIndex();
  return row;
}

function addChunk(): bool {
  const added = take(PAGE);
  if (added == 0) return false;
  if (chunk == 0) state.chunks = <f64>added;
  else store<usize>(chunk, added);
  chunk = added;
  nextRow = added + CHUNK_HEADER;
  endOfRows = nextRow + ((PAGE - CHUNK_HEADER) / ROW_BYTES) * ROW_BYTES;
  return true;
}

function growIndex(): void {
  const before = index;
  const length = mask + 1;
  const grown = take(<usize>length * 2 * sizeof<u32>());
  if (grown == 0) return;
  index = grown;
  mask = length * 2 - 1;
  for (let k: u32 = 0; k < length; k++) {
    const row = load<usize>(before + ((<usize>k) << 2));
    if (row == 0) continue;
    let at = hash(load<u32>(row), load<u32>(row, 4));
    while (load<usize>(slot(at)) != 0) at++;
    store<usize>(slot(at), row);
  }
}

@inline
function leafAt(block: usize): usize {
  return directory + ((block >> 16) << 2);
}

@inline
function wordIn(leaf: usize, block: usize): usize {
  return leaf + ((block & 0xffff) >> 1);
}

function addLeaf(block: usize): usize {
  const leaf = take(LEAF_BYTES);
  if (leaf != 0) store<usize>(leafAt(block), leaf);
  return leaf;
}

/** Makes the row's `peak` hold for the newest peak. To be called before `live` changes. */
@inline
function settle(row: Row): void {
  if (row.stamp == stamp) return;
  row.stamp = stamp;
  row.peak = row.live;
}

/** If more is live than ever before, this is the newest peak. */
@inline
function notePeak(): void {
  if (state.live > state.peak) sums_note();
}

/** Notes that what is live now is the peak. */
export function sums_note(): void {
  state.peak = state.live;
  state.peakBlocks = state.blocks;
  state.startPeak = state.startLive;
  state.startPeakBlocks = state.startBlocks;
  state.stamp = <f64>++stamp;
}

function died(row: Row, block: usize): void {
  notePeak();
  if (changetype<usize>(row) < firstRow) {
    state.startLive -= <f64>row.size;
    state.startBlocks -= 1;
    return;
  }
  settle(row);
  row.live--;
  state.live -= <f64>row.size;
  state.blocks -= 1;
  if (block == newest) row.temporary += 1;
}

function born(block: usize, size: u32, site: u32): void {
  const row = rowOf(site, size);
  let leaf = load<usize>(leafAt(block));
  if (leaf == 0) leaf = addLeaf(block);
  if (failed) return;
  const word = wordIn(leaf, block);
  const before = load<usize>(word);
  if (before != 0) died(changetype<Row>(before), block);
  // A block without bytes makes no peak, and is in none that was before it.
  if (size == 0) notePeak();
  store<usize>(word, changetype<usize>(row));
  settle(row);
  row.live++;
  row.allocated += 1;
  state.live += <f64>size;
  state.blocks += 1;
  newest = block;
}

/**
 * A block was allocated (`before` is 0), freed (`block` is 0), or resized: then it was at `before`, and is at `block` now. `tag` has
 * the domain, `node` is the stack.
 */
export function sums_event(before: usize, block: usize, size: u32, tag: u32, node: u32): void {
  if (failed) return;
  state.events += 1;
  if (before != 0) {
    const leaf = load<usize>(leafAt(before));
    const word = wordIn(leaf, before);
    const row: usize = leaf == 0 ? 0 : load<usize>(word);
    if (row != 0) {
      store<usize>(word, 0);
      died(changetype<Row>(row), before);
    }
    if (block == 0) {
      if (row == 0) state.foreignFrees += 1;
      else if (row >= firstRow) state.frees += 1;
      return;
    }
    state.resizes += 1;
  }
  born(block, size, (node << DOMAIN_BITS) | (tag & DOMAIN));
}

/** To be called before all others. */
export function sums_begin(): void {
  directory = take(DIRECTORY_BYTES);
  index = take(<usize>FIRST_INDEX * sizeof<u32>());
  mask = FIRST_INDEX - 1;
}

/** What is live now is the interpreter's start, and what follows is the program's. The host has read the rows. */
export function sums_program(): void {
  memory.fill(index, 0, (<usize>mask + 1) << 2);
  rows = 0;
  chunk = 0;
  state.chunks = 0;
  firstRow = nextRow = endOfRows = spare;
  newest = 0;
  state.startLive = state.live;
  state.startBlocks = state.blocks;
  state.live = state.blocks = 0;
  state.resizes = state.frees = state.foreignFrees = 0;
  sums_note();
}

// The results: addresses in this module's memory.

export function sums_state(): usize {
  return changetype<usize>(state);
}

/** Whether nothing is counted any more, because no memory was left for a table. */
export function sums_failed(): bool {
  return failed;
}

/** The end of the last chunk's rows. */
export function sums_end(): usize {
  return nextRow;
}
