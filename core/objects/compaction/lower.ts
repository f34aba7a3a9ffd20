// The passes of a compaction after the first: everything above a line moves below it. Objects are dense by now, and those that can refer to others stand
// in the pass's row.
//
//   | pools ... | line | vacated pools | large | hole | large |
//
// The line is first where the pools would end if nothing in them were free, then where the largest hole ends, for large blocks. An object that
// moves says where it is as in the first pass (gather.ts). A large block that is larger than the hole before it slides.

import { arenas } from "../../alloc/arena";
import { closeAbove, evacuation_begin_above, evacuation_end_above, isInPool, reopen } from "../../alloc/evacuation";
import { raw } from "../../alloc/raw";
import { lowerTables } from "../../alloc/small";
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

/** What is above the line moves when the first reference that owns it is seen, or never: a block without a known owner stays. */
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

/** Where the object is that is at place `k` of the row, if it is above the line and there is room. */
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

/** What is above the line is below, if there is room. */
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

/** As lowerAll, if there is nothing above the line but large blocks that belong to objects. */
function lowerLarge(c: Pass): void {
  for (let k: u32 = 0; k < c.withLargePart; k++) moveParts(c.objectAt(k));
  moveInterned(c);
}

/** A pass in which what is above the line moves below, if that is at least `least` bytes. Answers how many bytes moved. */
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

/** Where the heap would end if nothing in it were free, and a little above that; without large blocks, or with them. */
export function lineOf(large: usize): usize {
  const used = <usize>ledger().pools * POOL_SIZE + large;
  return raw().first + used + (used >> 5);
}

@inline
function largeBytes(): usize {
  return ledger().large - arenas().bytes;
}

const MOST_PASSES: i32 = 4;

/**
 * Pools are as low as they can be, then large blocks: those for which there was no hole below the line go into the largest hole that there
 * is. A pass that could move little was the last of its kind.
 */
export function lower(c: Pass): void {
  const least = lineOf(largeBytes()) >> 6;
  for (let k = 0; k < MOST_PASSES; k++) if (lowPass(c, lineOf(0), least) < least) break;
  for (let k = 0; k < MOST_PASSES; k++) {
    const line = raw().largestHoleEnd(lineOf(0));
    if (line == 0 || lowPass(c, line, 1) < least) break;
  }
}

/** The heap's own tables are in the largest hole, or below it. */
export function lowerOwn(): void {
  const end = raw().largestHoleEnd(lineOf(0));
  const line = end != 0 ? end : raw().top;
  closeAbove(line);
  handles().lower();
  lowerTables(lineOf(0));
  reopen();
}

// ---- large blocks that lie behind a hole which is smaller than they are ----

@unmanaged
class Slide {
  /** The large block to which the word at `slot` refers, and nothing else does, begins where the free memory before it did. */
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

/** Only for blocks that nobody has put something around. */
export function slideParts(c: Pass): void {
  const slide = changetype<Slide>(0);
  for (let k: u32 = 0; k < c.withLargePart; k++) eachPart<Slide>(c.objectAt(k), slide);
  const table = changetype<usize>(interned()) + offsetof<Interned>("table");
  if (load<usize>(table) != 0) slide.part(table, 0);
}
