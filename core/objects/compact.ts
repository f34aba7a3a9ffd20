// Compaction: objects move together, so that the memory above them can go back.
//
//   before   | o o . o | . o . . | o . . . | . . o . |          after   | o o o o | o o . . |
//
// A pass goes like this:
//   1  evacuation.ts says what is to be left: pools, and large blocks above `line`
//   2  objects are met along every reference, from the roots. One that is met for the first time, lies in what is left, and is not pinned, is
//      copied to a new block; its old one says where it is now:      reference count -> 11...      type -> the object's new address
//      The reference is changed at once, and so are those that come later. Blocks that belong to an object (a list's items, a dict's keys)
//      are copied with it.
//   3  references that own nothing follow: weak ones, interned strings
//   4  old blocks are freed; pools and arenas that this empties go back
//
// So an object is looked at where it was only once, when it is copied: memory that is full of holes is slow to read. The first pass empties
// pools, the others what is above a line, which is dense by then.
//
// Blocks come from the domains' own allocators. Debug hooks, traces and users' allocators see each old block freed; without them, a pool that is
// left is closed as a whole. No step can fail half way: an object for which there is no block stays where it is. After each pass check() passes.
// Imports objects/census, relocate, evacuation.

import { arenas } from "../arena";
import { isOwn } from "../base";
import { MEM, OBJECT, POOL_SIZE } from "../config";
import { debug } from "../debug";
import { isPooled, PyMem_Free, PyObject_Free } from "../domains";
import {
  closeAbove,
  evacuation_begin,
  evacuation_begin_above,
  evacuation_end,
  evacuation_end_above,
  evacuation_free,
  IN_MEM,
  isInPool,
  reopen,
} from "../evacuation";
import { ledger } from "../ledger";
import { raw } from "../raw";
import { lowerTables, scavenge } from "../small";
import { Census, census, COUNT_MASK, isFixed, KEYS_SEEN, LISTS, MOVED, NEW, PINNED, TAG_SHIFT } from "./census";
import { PyDict } from "./dict";
import { collector } from "./gc";
import { handles } from "./handles";
import { textOf } from "./instance";
import { interned, Interned } from "./intern";
import { emptyKeys, Keys } from "./keys";
import {
  BYTES,
  DICT,
  FROZENSET,
  GCHead,
  gcHead,
  generation,
  IS_C_TYPE,
  LIST,
  PLACES,
  PyObject,
  PyType,
  REF,
  SET,
  settings,
  TYPE,
  typeOf,
  USER,
} from "./object";
import { eachReference, eachRoot } from "./references";
import { PyList } from "./sequence";
import { PySet } from "./set";
import { moveObject, movePart, moveParts, newPlace, ownBytes } from "./relocate";

// ---- meeting ----

/** The object was met for the first time: it is in the row, and where it is to be. Answers that. */
@inline
function meet(c: Census, o: PyObject): PyObject {
  const now = moveObject(c, o);
  c.find(now);
  return now;
}

/** How deep objects are followed at once, so that what belongs together is copied together; the row waits for the others. */
const DEPTH: u32 = 8;

/** Meets what is referred to, and refers to where it is. */
@unmanaged
class Move {
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    const tag = o.refcnt >> TAG_SHIFT;
    if (tag == NEW) meetAt(slot, o);
    else if (tag == MOVED) store<PyObject>(slot, newPlace(o));
  }

  @inline
  borrowed(_slot: usize): void {}

  @inline
  enters(keys: Keys): bool {
    if (keys.mark == KEYS_SEEN) return false;
    keys.mark = KEYS_SEEN;
    return true;
  }
}

/** The object, which the word at `slot` refers to, is met there for the first time. */
function meetAt(slot: usize, o: PyObject): void {
  const c = census();
  const now = meet(c, o);
  store<PyObject>(slot, now);
  if (c.depth == DEPTH || !mayRefer(now)) return;
  c.followed(c.count - 1);
  c.depth++;
  followObject(c, now);
  c.depth--;
}

/** Whether an object of the type can refer to others, or have parts. */
@inline
function mayRefer(o: PyObject): bool {
  const kind = o.type.kind;
  return kind > BYTES || kind == TYPE;
}

/** What belongs to the object, and what it refers to, has been met. */
function followObject(c: Census, o: PyObject): void {
  moveParts(c, o);
  eachReference<Move>(o, changetype<Move>(0));
}

/** Words that know an object without owning a reference know where it is. */
@unmanaged
class Follow {
  @inline
  owned(_slot: usize): void {}

  @inline
  borrowed(slot: usize): void {
    const o = load<PyObject>(slot);
    if (changetype<usize>(o) != 0 && o.refcnt >> TAG_SHIFT == MOVED) store<PyObject>(slot, newPlace(o));
  }

  @inline
  enters(_keys: Keys): bool {
    return false;
  }
}

/** Types whose names C reads in the strings themselves have them where they are now. */
function followNames(): void {
  for (let place: u32 = 0; place < PLACES; place++) followName(typeOf(place));
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) followName(type);
}

@inline
function followName(type: PyType): void {
  const name = type.name;
  if (name && (type.flags & IS_C_TYPE) == 0) type.tp_name = textOf(name);
}

/** Every object has been met, and every reference is to where it is. */
function meetAll(c: Census): void {
  eachRoot<Move>(changetype<Move>(0));
  for (let k: u32 = 0; k < LISTS; k++) {
    const list = generation(k).head;
    for (let head = list.next; head != changetype<usize>(list); ) {
      let o = changetype<GCHead>(head).object;
      if (o.refcnt >> TAG_SHIFT == NEW) o = meet(c, o);
      head = gcHead(o).next;
    }
  }
  for (let k: u32 = 0; k < c.count; k++) if (!c.isFollowed(k)) followObject(c, c.objectAt(k));
}

/** What owns no reference follows; no object is marked as met any more, and what can't move is added up. */
function finish(c: Census): void {
  const follow = changetype<Follow>(0);
  const hasWeak = typeOf(REF).live != 0;
  eachRoot<Follow>(follow);
  c.pinnedBytes = 0;
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    o.refcnt &= PINNED | COUNT_MASK;
    const type = o.type;
    if (isFixed(o)) c.pinnedBytes += ownBytes(o) + type.headBytes;
    if (type.kind == DICT) changetype<PyDict>(o).keys.mark = 0;
    if (hasWeak && (type.kind == REF || type.weakList != 0)) eachReference<Follow>(o, follow);
  }
  followNames();
}

/** The evacuation is over: blocks whose content is elsewhere are free, and those that were of no use. */
function freeOld(c: Census): void {
  if (isPooled(OBJECT) && isPooled(MEM)) {
    evacuation_free(c.old, c.oldCount);
    evacuation_end();
  } else {
    evacuation_end();
    for (let k: u32 = 0; k < c.oldCount; k++) {
      const block = load<usize>(c.old + (<usize>k << 2));
      if ((block & IN_MEM) != 0) PyMem_Free(block & ~IN_MEM);
      else PyObject_Free(block);
    }
  }
  while (c.unused != 0) {
    const next = load<usize>(c.unused);
    PyObject_Free(c.unused);
    c.unused = next;
  }
  while (c.unusedParts != 0) {
    const next = load<usize>(c.unusedParts);
    PyMem_Free(c.unusedParts);
    c.unusedParts = next;
  }
  c.oldCount = 0;
  letHeldGo();
}

/**
 * Debug hooks hold nothing back. What they do takes places in the pools that stay; and they free it when there is no memory: in the middle of a
 * low pass that would be into pools that are left, and in no list.
 */
function letHeldGo(): void {
  if (debug().installed != 0) debug().letAllGo();
}

/** The first pass, after it was said what is to be left. */
function firstPass(c: Census): void {
  c.count = 0;
  c.oldCount = 0;
  c.depth = 0;
  moveInterned(c);
  meetAll(c);
  finish(c);
  freeOld(c);
}

/** The table of interned strings moves, if it is to. */
function moveInterned(c: Census): void {
  const strings = interned();
  movePart(c, changetype<usize>(strings) + offsetof<Interned>("table"), <usize>strings.capacity << 2);
}

// ---- the passes after the first: all objects are in the row, one after another in memory ----

/** References to what was above the line are to where it is. */
@unmanaged
class FollowBelow {
  @inline
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    if (changetype<usize>(o) >= census().line && o.refcnt >> TAG_SHIFT == MOVED) store<PyObject>(slot, newPlace(o));
  }

  @inline
  borrowed(slot: usize): void {
    this.owned(slot);
  }

  @inline
  enters(keys: Keys): bool {
    if (keys.mark == KEYS_SEEN) return false;
    keys.mark = KEYS_SEEN;
    return true;
  }
}

/** What is above the line is below, if there is room. */
function lowPass(c: Census): void {
  let anyMoved = false;
  c.oldCount = 0;
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    let now = o;
    if (changetype<usize>(o) >= c.line) {
      now = moveObject(c, o);
      if (now !== o) {
        c.replace(k, now);
        anyMoved = true;
      }
    }
    moveParts(c, now);
  }
  moveInterned(c);
  if (!anyMoved) return;
  const follow = changetype<FollowBelow>(0);
  eachRoot<FollowBelow>(follow);
  for (let k: u32 = 0; k < c.count; k++) eachReference<FollowBelow>(c.objectAt(k), follow);
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    if (o.type.kind == DICT) changetype<PyDict>(o).keys.mark = 0;
  }
  followNames();
}

/** The heap's own tables are in the largest hole, or below it. */
function lowerOwn(): void {
  const end = raw().largestHoleEnd(lineOf(0));
  const line = end != 0 ? end : raw().top;
  closeAbove(line);
  handles().lower();
  lowerTables(lineOf(0));
  reopen();
}

// ---- large blocks that lie behind a hole which is smaller than they are ----

/** The large block to which the word at `slot` refers, and nothing else does, begins where the free memory before it did. */
function slidePart(slot: usize): void {
  const block = load<usize>(slot);
  if (block == 0 || isInPool(block)) return;
  const slid = raw().slide(block);
  if (slid != block) store<usize>(slot, slid);
}

/** Only for blocks that nobody has put something around. */
function slideParts(c: Census): void {
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    const kind = o.type.kind;
    const address = changetype<usize>(o);
    if (kind == LIST) slidePart(address + offsetof<PyList>("items"));
    else if (kind == DICT) {
      const keys = changetype<PyDict>(o).keys;
      if (keys !== emptyKeys() && keys.refcnt == 1) slidePart(address + offsetof<PyDict>("keys"));
    } else if (kind == SET || kind == FROZENSET) {
      if (!changetype<PySet>(o).isSmall) slidePart(address + offsetof<PySet>("table"));
    }
  }
  slidePart(changetype<usize>(interned()) + offsetof<Interned>("table"));
}

const MOST_PASSES: i32 = 4;

/** A pass in which what is above the line moves below, if that is at least `least` bytes. Answers how many bytes moved. */
function moveBelow(c: Census, line: usize, least: usize): usize {
  const leaving = evacuation_begin_above(line) + raw().usedAbove(line);
  const before = c.movedBytes;
  if (leaving >= least) {
    c.line = line;
    lowPass(c);
  }
  evacuation_end_above();
  freeOld(c);
  return c.movedBytes - before;
}

/** Where the heap would end if nothing in it were free, and a little above that; without large blocks, or with them. */
function lineOf(large: usize): usize {
  const used = <usize>ledger().pools * POOL_SIZE + large;
  return raw().first + used + (used >> 5);
}

@inline
function largeBytes(): usize {
  return ledger().large - arenas().bytes;
}

/**
 * Pools are as low as they can be, then large blocks: those for which there was no hole below the line go into the largest hole that there
 * is. A pass that could move little was the last of its kind.
 */
function lower(c: Census): void {
  const least = lineOf(largeBytes()) >> 6;
  for (let k = 0; k < MOST_PASSES; k++) if (moveBelow(c, lineOf(0), least) < least) break;
  for (let k = 0; k < MOST_PASSES; k++) {
    const line = raw().largestHoleEnd(lineOf(0));
    if (line == 0 || moveBelow(c, line, 1) < least) break;
  }
}

// What compact answers.
export const COMPACTED: i32 = 0;
/** Something is under way that knows objects by their addresses. */
export const BUSY: i32 = 1;
/** There is no memory for the census. */
export const NO_ROOM: i32 = 2;
/** A reference count is wrong: see broken_object. */
export const BROKEN: i32 = 3;

/** Whether something is under way that knows objects by their addresses, or has some that are not whole. */
export function is_busy(): bool {
  const s = settings();
  return s.held != 0 || s.outside != 0 || collector().collecting != 0;
}

/** Moves objects together; free lists are empty. Answers COMPACTED or why not. */
export function compact(): i32 {
  if (is_busy()) return BUSY;
  const c = census();
  c.movedBytes = 0;
  c.line = 0;
  letHeldGo();
  if (!c.begin()) return NO_ROOM;
  if (settings().lent != 0 && !c.pin()) {
    c.unpin();
    c.release();
    return BROKEN;
  }
  evacuation_begin();
  firstPass(c);
  scavenge();
  lower(c);
  lowerOwn();
  if (isOwn() && isPooled(MEM) && raw().largestHoleEnd(lineOf(0)) != 0) slideParts(c);
  if (settings().lent != 0) c.unpin();
  const broken = c.broken != 0;
  c.release();
  return broken ? BROKEN : COMPACTED;
}

export function broken_object(): usize {
  return census().broken;
}
