// Sums of a recording by stack, made while the program runs. This is a separate module with its own memory. The tracer
// writes events as words (core/ground/batch.ts); when a batch of them is full, the host copies it to `input`, and calls
// `sums_take`. An event of a batch does not depend on the result of the one before, so the processor waits for the memory
// of several at once.
//
//   input       a batch
//   leaves      for each live block, its row (blocks.ts)
//   index       the rows by site and size: open addressing, a power of two long, at most half full
//   chunk       | next chunk, ... | row | row | ...     64 KiB; a row has the blocks of one site and size, in 32 bytes
//
// The peak costs little, because it is noted late. While more is live than ever before, nothing is done. When a block dies after that, the
// peak is noted and gets a number (`stamp`). Until a row's first change after a peak, its `live` is also what was live at the peak; just
// before that change, it is copied to the row's `peak`.
//
// Invariants: a leaf's word is not 0 if and only if a block is live there. For the rows from `firstRow` on, a row's `live` is the number of
// words that have its address, and the sum of live * size is `live`. startLive = the sum of the sizes of the live blocks in earlier rows.

import { ALLOCATE, BATCH_BYTES, DOMAIN, FREE, KIND, PASS, RESIZE } from "../ground/batch";
import { addLeaf, beginBlocks, FINEST_BYTES, freeAsLeaf, leafAt, PLACE, placeOf, refine, wordIn } from "./blocks";
import { failed, PAGE, spare, take } from "./memory";
import { beginAt, position, putNumber, readNumber } from "./numbers";
import { addPoint, beginTimeline, TIMELINE_BYTES } from "./timeline";

export { sums_point_count, sums_points } from "./timeline";

const FIRST_INDEX: u32 = 8192;
/** An entry of the index is a row's address, and in its lowest bits, those of the hash: nearly always, only the right row is read. */
const TAG_BITS: u32 = 5;
const TAG: usize = (1 << TAG_BITS) - 1;

@unmanaged
class Row {
  site: u32;
  size: u32;
  /** The number of the peak for which `peak` holds. */
  stamp: u32;
  /** The number of blocks that are live, and of those that were live at the peak. */
  live: u32;
  peak: u32;
  /** Blocks that were allocated, and those of them that were freed before another block was allocated: the low 32 bits. */
  allocated: u32;
  temporary: u32;
  /** The next 16 bits of both: those of `allocated`, then those of `temporary`. */
  high: u32;
}
export const ROW_BYTES: usize = offsetof<Row>();
const HIGH_TEMPORARY: u32 = 0x10000;
/** The bytes of a chunk before its first row. With them, each row is within one line of the processor's cache. */
const CHUNK_HEADER: usize = ROW_BYTES;

/** What the host reads, as one array of doubles. It is up to date after sums_take, sums_base, sums_program and sums_note. */
@unmanaged
class State {
  /** The program's live bytes and blocks: now, and at the newest peak. */
  live: f64;
  blocks: f64;
  peak: f64;
  peakBlocks: f64;
  /** The same for blocks from the interpreter's start. */
  startLive: f64;
  startBlocks: f64;
  startPeak: f64;
  startPeakBlocks: f64;
  events: f64;
  resizes: f64;
  frees: f64;
  foreignFrees: f64;
  /** The number of the newest peak, and its time. */
  stamp: f64;
  peakTime: f64;
  /** Microseconds from the start of the recording. */
  now: f64;
  reserved: f64;
  reservedPeak: f64;
  /** The first chunk of rows; 0 if there is none. */
  chunks: f64;
  /** What the interpreter's start allocated, and what of that was temporary. */
  startBytes: f64;
  startCount: f64;
  startTemporaryBytes: f64;
  startTemporaryCount: f64;
}

const state = changetype<State>(memory.data(<i32>offsetof<State>(), 8));

let input: usize = 0;
let index: usize = 0;
let mask: u32 = 0;
let rows: u32 = 0;
/** Rows before this one have the blocks of the interpreter's start. */
let firstRow: usize = 0;
/** The chunk to which rows are added, the place of the next row, and the chunk's end. */
let chunk: usize = 0;
let nextRow: usize = 0;
let endOfRows: usize = 0;
/** The block that was allocated last. */
let newest: usize = 0;

// The same figures as in the state, which gets them by `publish`.
let live: u64 = 0;
let blocks: u32 = 0;
let peak: u64 = 0;
let stamp: u32 = 1;
let events: u64 = 0;
let resizes: u64 = 0;
let frees: u64 = 0;
let foreignFrees: u64 = 0;
/** The number of the peak for which `peakTime` holds. */
let timed: u32 = 0;

@inline
function hash(site: u32, size: u32): u32 {
  const h = (site * 0x9e3779b1) ^ (size * 0x85ebca6b);
  return h ^ (h >> 15);
}

/** The entry of the index at a position; positions after the last one begin again at the first. */
@inline
function slot(position: u32): usize {
  return index + ((<usize>(position & mask)) << 2);
}

/** The row of a site and a size; a new one if there is none. 0 if there is no memory for it. */
@inline
function rowOf(site: u32, size: u32): Row {
  const key = <u64>site | ((<u64>size) << 32);
  const h = hash(site, size);
  let position = h >> TAG_BITS;
  let entry = load<usize>(slot(position));
  while (entry != 0 && (((entry ^ h) & TAG) != 0 || load<u64>(entry & ~TAG) != key))
    entry = load<usize>(slot(++position));
  return entry == 0 ? open(site, size, <u32>(h & TAG), position) : changetype<Row>(entry & ~TAG);
}

function open(site: u32, size: u32, tag: u32, position: u32): Row {
  if (nextRow == endOfRows && !addChunk()) return changetype<Row>(0);
  const row = changetype<Row>(nextRow);
  nextRow += ROW_BYTES;
  row.site = site;
  row.size = size;
  row.stamp = stamp;
  store<usize>(slot(position), changetype<usize>(row) | tag);
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
  endOfRows = added + PAGE;
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
    const entry = load<usize>(before + ((<usize>k) << 2));
    if (entry == 0) continue;
    const row = changetype<Row>(entry & ~TAG);
    let position = hash(row.site, row.size) >> TAG_BITS;
    while (load<usize>(slot(position)) != 0) position++;
    store<usize>(slot(position), entry);
  }
  for (let k: usize = 0; k < <usize>length * sizeof<u32>(); k += FINEST_BYTES) freeAsLeaf(before + k);
}

/** The row that a word of a leaf has. */
@inline
function rowIn(word: usize): Row {
  return changetype<Row>(word & ~PLACE);
}

/** Makes the row's `peak` hold for the newest peak. To be called before `live` changes. */
@inline
function settle(row: Row): void {
  if (row.stamp == stamp) return;
  row.stamp = stamp;
  row.peak = row.live;
}

/** If more is live than ever before, this is the newest peak. To be called before anything dies. */
@inline
function notePeak(): void {
  if (live > peak) newPeak();
}

/** What is live now is the peak. */
function newPeak(): void {
  peak = live;
  state.peakBlocks = <f64>blocks;
  state.startPeak = state.startLive;
  state.startPeakBlocks = state.startBlocks;
  stamp++;
}

/** Gives the newest peak its time: the last time that was recorded before it. */
@inline
function timePeak(): void {
  notePeak();
  if (timed == stamp) return;
  timed = stamp;
  state.peakTime = state.now;
}

@inline
function countAllocated(row: Row): void {
  if (++row.allocated == 0) row.high++;
}

@inline
function countTemporary(row: Row): void {
  if (++row.temporary == 0) row.high += HIGH_TEMPORARY;
}

@inline
function died(row: Row, block: usize): void {
  notePeak();
  if (changetype<usize>(row) < firstRow) return startDied(row);
  settle(row);
  row.live--;
  live -= row.size;
  blocks--;
  if (block == newest) countTemporary(row);
}

function startDied(row: Row): void {
  state.startLive -= <f64>row.size;
  state.startBlocks -= 1;
}

/** Removes a block that was freed or resized. Returns its row; 0 if the block is not known. */
@inline
function end(block: usize): usize {
  const leaf = load<usize>(leafAt(block));
  if (leaf == 0) return 0;
  const at = wordIn(leaf, block);
  const word = load<usize>(at);
  if (word == 0 || (word & PLACE) != placeOf(block)) return 0;
  store<usize>(at, 0);
  const row = rowIn(word);
  died(row, block);
  return changetype<usize>(row);
}

function freed(block: usize): void {
  const row = end(block);
  if (row == 0) foreignFrees++;
  else if (row >= firstRow) frees++;
}

function born(block: usize, size: u32, site: u32): void {
  const row = rowOf(site, size);
  let leaf = load<usize>(leafAt(block));
  if (leaf == 0) leaf = addLeaf(block);
  if (failed) return;
  let at = wordIn(leaf, block);
  const place = placeOf(block);
  let before = load<usize>(at);
  while (before != 0 && (before & PLACE) != place) {
    leaf = refine(leaf, block);
    if (failed) return;
    at = wordIn(leaf, block);
    before = load<usize>(at);
  }
  if (before != 0) died(rowIn(before), block);
  // A block of 0 bytes is not part of the peak before it: `live` does not grow, so the peak would later be noted with one block too many.
  if (size == 0) notePeak();
  store<usize>(at, changetype<usize>(row) | place);
  settle(row);
  row.live++;
  countAllocated(row);
  live += size;
  blocks++;
  newest = block;
}

/**
 * Counts a block whose next event is its end, without entering it. False, and nothing is counted, if that would not come to the same: with
 * the block, more would be live than ever before, or another block is known at its place.
 */
@inline
function cameAndWent(block: usize, size: u32, site: u32): bool {
  if (live + size > peak) return false;
  const leaf = load<usize>(leafAt(block));
  if (leaf == 0 || load<usize>(wordIn(leaf, block)) != 0) return false;
  const row = rowOf(site, size);
  if (failed) return false;
  frees++;
  newest = block;
  countAllocated(row);
  countTemporary(row);
  return true;
}

/** Advances the time. `steps`: the platform's bytes at the new time, in units of 64 KiB. */
function pass(microseconds: u32, steps: u32): void {
  if (microseconds != 0) sums_pass(<f64>microseconds);
  state.reserved = <f64>steps * PAGE;
  if (state.reserved > state.reservedPeak) state.reservedPeak = state.reserved;
}

/** Adds the stretch that ends now to the timeline, and advances the time. */
export function sums_pass(microseconds: f64): void {
  timePeak();
  addPoint(state.now, <f64>live + state.startLive, <f64>blocks + state.startBlocks, state.reserved);
  state.now += microseconds;
}

/** Sums up the events of a batch of `length` bytes. Does nothing if there was no memory for a table before. */
export function sums_take(length: u32): void {
  let at = input;
  const last = failed ? at : at + length;
  while (at < last) {
    const head = load<u32>(at);
    const block = <usize>(head & ~KIND);
    const kind = head & KIND;
    if (kind == FREE) {
      events++;
      freed(block);
      at += 4;
    } else if (kind == ALLOCATE) {
      const size = load<u32>(at, 4);
      const site = load<u32>(at, 8);
      at += 12;
      events++;
      const isFreedNext = at < last && load<u32>(at) == (<u32>block | FREE);
      if (isFreedNext && cameAndWent(block, size, site)) {
        events++;
        at += 4;
      } else born(block, size, site);
    } else if (kind == RESIZE) {
      resizes++;
      end(block);
      at += 4;
    } else {
      if (kind == PASS) pass(load<u32>(at, 4), load<u32>(at, 8));
      at += 12;
    }
  }
  publish();
}

/** The most bytes of a block of the start: its distance, its size and its tag. */
const LONGEST_BLOCK: usize = 5 + 5 + 1;
/** The block of the start that was taken last. */
let lastOfStart: usize = 0;

/**
 * Takes blocks that are live when the program begins, as src/trace/base.ts encodes them, from `length` bytes of the input. All of them
 * have one stack: its `site` is that of domain 0. Unless these are the last ones, a block whose bytes may not be complete is not taken.
 * Returns how many bytes were taken.
 */
export function sums_base(length: u32, site: u32, areLast: bool): u32 {
  const end = input + length;
  const stop = areLast || length < <u32>LONGEST_BLOCK ? end : end - LONGEST_BLOCK;
  beginAt(input);
  while (position() < stop && !failed) {
    lastOfStart += readNumber() << 3;
    const size = readNumber();
    born(lastOfStart, size, site | (readNumber() & DOMAIN));
  }
  publish();
  return <u32>(position() - input);
}

function publish(): void {
  state.live = <f64>live;
  state.blocks = <f64>blocks;
  state.peak = <f64>peak;
  state.stamp = <f64>stamp;
  state.events = <f64>events;
  state.resizes = <f64>resizes;
  state.frees = <f64>frees;
  state.foreignFrees = <f64>foreignFrees;
}

/** To be called before all other functions of this module. */
export function sums_begin(): void {
  input = take(BATCH_BYTES);
  beginTimeline(take(TIMELINE_BYTES));
  beginBlocks();
  index = take(<usize>FIRST_INDEX * sizeof<u32>());
  mask = FIRST_INDEX - 1;
}

/** Adds up the rows so far: they are the start's. */
function sumStart(): void {
  for (let first = <usize>state.chunks; first != 0; ) {
    const next = load<usize>(first);
    const last = next == 0 ? nextRow : first + PAGE;
    for (let at = first + CHUNK_HEADER; at != last; at += ROW_BYTES) {
      const row = changetype<Row>(at);
      const size = <f64>row.size;
      const allocated = <f64>allocatedOf(row);
      const temporary = <f64>temporaryOf(row);
      state.startBytes += size * allocated;
      state.startCount += allocated;
      state.startTemporaryBytes += size * temporary;
      state.startTemporaryCount += temporary;
    }
    first = next;
  }
}

/** Ends the interpreter's start: what is live now belongs to it, and what follows belongs to the program. */
export function sums_program(): void {
  sumStart();
  memory.fill(index, 0, (<usize>mask + 1) << 2);
  rows = 0;
  chunk = 0;
  state.chunks = 0;
  firstRow = nextRow = endOfRows = spare;
  newest = 0;
  state.startLive = <f64>live;
  state.startBlocks = <f64>blocks;
  live = blocks = 0;
  resizes = frees = foreignFrees = 0;
  newPeak();
  timePeak();
  publish();
}

/** Notes the peak so far. To be called before the results are read. */
export function sums_note(): void {
  timePeak();
  siteBefore = 0;
  publish();
}

@inline
function allocatedOf(row: Row): u64 {
  return row.allocated | ((<u64>(row.high & 0xffff)) << 32);
}

@inline
function temporaryOf(row: Row): u64 {
  return row.temporary | ((<u64>(row.high >> 16)) << 32);
}

/** The site of the row that was encoded last. */
let siteBefore: u32 = 0;

/**
 * Encodes the rows from one address to another, which are in one chunk, as src/trace/sums-content.ts says, at the place where batches
 * come in. Returns the number of bytes. To be called after sums_note, with all rows in their order, at most ENCODED_ROWS at a time.
 */
export function sums_encode(at: usize, end: usize): u32 {
  beginAt(input);
  for (; at != end; at += ROW_BYTES) {
    const row = changetype<Row>(at);
    const distance = <i32>(row.site - siteBefore);
    siteBefore = row.site;
    putNumber(<u32>((distance << 1) ^ (distance >> 31)));
    putNumber(row.size);
    putNumber(row.live);
    putNumber(row.stamp == stamp ? row.peak : row.live);
    putNumber(allocatedOf(row));
    putNumber(temporaryOf(row));
  }
  return <u32>(position() - input);
}

/** The most rows that sums_encode can encode at a time. */
export const ENCODED_ROWS: u32 = 1024;
/** The most bytes of an encoded row: four numbers of 32 bits, and two of 48. */
const ENCODED_BYTES: u32 = 4 * 5 + 2 * 7;
if (ENCODED_ROWS * ENCODED_BYTES > <u32>BATCH_BYTES) ERROR("encoded rows do not fit");

// The results: addresses in this module's memory.

/** Where the host writes a batch. */
export function sums_input(): usize {
  return input;
}

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
