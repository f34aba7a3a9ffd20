// The later passes of a compaction: everything above a line moves below it. Objects are dense by now, and the pass's row has those that can
// refer to others.
//
//   | pools ... | line | vacated pools | large | hole | large |
//
// The line is first where the pools would end if the heap had only pools, side by side; later, for large blocks, where the largest hole
// ends. A moved object leaves its new address as in the first pass (gather.ts). A large block that is larger than the hole before it slides
// down.

import { arenas } from "../../alloc/arena";
import { closeAbove, evacuation_begin_above, evacuation_end_above, isInPool, reopen } from "../../alloc/evacuation";
import { raw } from "../../alloc/raw";
import { lowerMap } from "../../alloc/small";
import { POOL_SIZE } from "../../ground/config";
import { ledger } from "../../ground/ledger";
import { handles } from "../model/handles";
import { PyObject } from "../model/type";
import { eachPart, eachReference } from "../types/anatomy";
import { Interned, interned } from "../types/intern";
import { Keys } from "../types/keys";
import { Pass, currentPass, isFixed, MOVED, NEW, see, TAG_SHIFT } from "./pass";
import { finish, moveInterned } from "./gather";
import { freeOld, moveObject, moveParts, newPlace } from "./relocate";
import { eachRoot } from "./roots";

/** Moves an object above the line when the first owned reference to it is visited. So an object without a known owner never moves. */
@unmanaged
class MoveBelow {
  @inline
  owned(slot: usize): void {
    if (load<usize>(slot) >= currentPass().line) moveBelow(slot);
  }

  @inline
  enters(keys: Keys): bool {
    return see(keys);
  }
}

function moveBelow(slot: usize): void {
  const c = currentPass();
  const o = load<PyObject>(slot);
  const tag = o.refcnt >> TAG_SHIFT;
  if (tag == MOVED) store<PyObject>(slot, newPlace(o));
  else if (tag == NEW && !isFixed(o)) store<PyObject>(slot, moveObject(c, o));
}

/** Moves the object at place `k` of the row, if it is above the line and there is room. Returns its address now. */
@inline
function lowered(c: Pass, k: u32): PyObject {
  const o = c.objectAt(k);
  if (changetype<usize>(o) < c.line) return o;
  let now = o;
  if (o.refcnt >> TAG_SHIFT == MOVED) now = newPlace(o);
  else if (!isFixed(o)) now = moveObject(c, o);
  if (now !== o) c.replace(k, now);
  return now;
}

/** Moves everything above the line below it, as far as there is room. */
function lowerAll(c: Pass): void {
  const visitor = changetype<MoveBelow>(0);
  moveInterned(c);
  eachRoot<MoveBelow>(visitor);
  for (let k: u32 = 0; k < c.count; k++) {
    const o = lowered(c, k);
    moveParts(o);
    eachReference<MoveBelow>(o, visitor);
  }
  finish(c);
}

/** Like lowerAll, for the case that only large parts of objects are above the line. */
function lowerLarge(c: Pass): void {
  for (let k: u32 = 0; k < c.withLargePart; k++) moveParts(c.objectAt(k));
  moveInterned(c);
}

/** Runs a pass with this line, if at least `least` bytes are above it. Returns the number of bytes moved. */
function lowPass(c: Pass, line: usize, least: usize): usize {
  const pooled = evacuation_begin_above(line);
  const before = c.movedBytes;
  c.beginPass();
  if (pooled + raw().usedAbove(line) >= least) {
    c.line = line;
    if (pooled == 0 && !c.hasLargeObject) lowerLarge(c);
    else lowerAll(c);
  }
  evacuation_end_above();
  freeOld(c);
  return c.movedBytes - before;
}

/**
 * The address where the heap would end if it had only its pools and `large` bytes of large blocks, without free memory
 * in between; and a little more.
 */
export function lineOf(large: usize): usize {
  const used = <usize>ledger().pools * POOL_SIZE + large;
  return raw().first + used + (used >> 5);
}

@inline
function largeBytes(): usize {
  return ledger().large - arenas().bytes;
}

/**
 * The end of the largest hole that lies above the pools and has at least `least` bytes; 0 if there is none. A hole counts only if a block
 * other than the row of the passes lies above it.
 */
export function holeAbove(c: Pass, least: usize): usize {
  return raw().largestHoleEnd(lineOf(0), least, c.row);
}

const MOST_PASSES: i32 = 4;
const MOST_HOLES: i32 = 8;

/**
 * Moves pools as low as possible, until a pass moves little. Then moves what is above the largest hole: large blocks for which there was no
 * hole below the line go into it. This is repeated for the hole that is the largest then, until nothing moves. A hole that is small itself
 * is worth a pass only if the pass before moved much.
 */
export function lower(c: Pass): void {
  const least = (lineOf(largeBytes()) - raw().first) >> 6;
  for (let k = 0; k < MOST_PASSES; k++) if (lowPass(c, lineOf(0), least) < least) break;
  let hole: usize = 1;
  for (let k = 0; k < MOST_HOLES; k++) {
    const line = holeAbove(c, hole);
    if (line == 0) break;
    const moved = lowPass(c, line, 1);
    if (moved == 0) break;
    hole = moved < least ? least : 1;
  }
}

/** Moves the heap's own tables into the largest hole, or below it. */
export function lowerOwn(c: Pass): void {
  const end = holeAbove(c, 1);
  const line = end != 0 ? end : raw().top;
  closeAbove(line);
  handles().lowerTable();
  closeAgain(line);
  handles().lowerStack();
  closeAgain(line);
  arenas().lowerRecords(lineOf(0));
  closeAgain(line);
  lowerMap();
  reopen();
}

/** Closes what a table has left behind above the line: the next table would take it, though it is not lower. */
function closeAgain(line: usize): void {
  reopen();
  closeAbove(line);
}

// ---- large blocks after a hole that is too small for them ----

@unmanaged
class Slide {
  /** Slides the large block at `slot`, to which only this word refers, down to the beginning of the free memory before it. */
  part(slot: usize, _bytes: usize): bool {
    const block = load<usize>(slot);
    if (isInPool(block)) return false;
    const slid = raw().slide(block);
    store<usize>(slot, slid);
    return slid != block;
  }

  @inline
  keys(slot: usize, keys: Keys): bool {
    return keys.refcnt == 1 && this.part(slot, 0);
  }
}

/** Slides all large parts down. Not done with debug hooks, because they put guards around blocks. */
export function slideParts(c: Pass): void {
  const slide = changetype<Slide>(0);
  for (let k: u32 = 0; k < c.withLargePart; k++) eachPart<Slide>(c.objectAt(k), slide);
  const table = changetype<usize>(interned()) + offsetof<Interned>("table");
  if (load<usize>(table) != 0) slide.part(table, 0);
}
