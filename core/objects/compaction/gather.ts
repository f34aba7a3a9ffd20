// The first pass of a compaction: follows all references from the roots. When it meets an object in a vacated pool, it copies it at once.
//
//   old block      reference count -> 11...      type -> the object's new address
//
// The reference by which an object is met is changed at once, and so are those that are met later. Parts of an object (a list's items, a
// dict's keys) are copied with it, and the objects that it refers to right after it. Borrowed references are corrected at the end: weak
// ones, and those to interned strings. In this way each object is read in its old place only once: memory that is full of holes is slow to
// read.

import { isInPool } from "../../alloc/evacuation";
import { LISTS, PERMANENT } from "../collector/state";
import { GCHead, gcHead, generation } from "../model/gc-head";
import { DICT, PLACES, REF, USER } from "../model/kinds.gen";
import { IS_C_TYPE, isA, PyObject, PyType, typeOf } from "../model/type";
import { eachOwned } from "../model/visit";
import { eachReference, mayRefer, ownBytes, readsFrom } from "../types/anatomy";
import { PyDict } from "../types/dict";
import { Interned, interned } from "../types/intern";
import { Keys } from "../types/keys";
import { textOf } from "../types/user-type";
import { Pass, currentPass, COUNT_MASK, IMMORTAL_TAG, isFixed, MOVED, NEW, PINNED, see, TAG_SHIFT } from "./pass";
import { freeOld, hasLargePart, moveObject, movePart, moveParts, newPlace } from "./relocate";
import { eachRoot } from "./roots";

/** Meets an object for the first time: copies it if it has to move, and enters it into the pass's row. Returns its present address. */
@inline
function meet(c: Pass, o: PyObject): PyObject {
  const now = isFixed(o) ? o : moveObject(c, o);
  if (now === o) remain(c, o);
  c.find(now);
  return now;
}

/**
 * Like `meet`, for an object that refers to no others. It is entered into the row only if it is fixed. An object that
 * is not fixed but could not be moved is met again by each later reference.
 */
@inline
function meetLeaf(c: Pass, o: PyObject): PyObject {
  if (isFixed(o)) return meet(c, o);
  const now = moveObject(c, o);
  if (now === o) remain(c, o);
  return now;
}

/** Notes an object that stays where it is. */
function remain(c: Pass, o: PyObject): void {
  if (!isInPool(changetype<usize>(o))) c.hasLargeObject = true;
  if (isFixed(o)) c.pinnedBytes += ownBytes(o) + o.type.headBytes;
}

/**
 * References are followed to this depth at once, so that objects that belong together are copied together. Deeper
 * objects wait in the row.
 */
const DEPTH: u32 = 8;

/** Meets the object of each reference, and stores its address now. */
@unmanaged
class Move {
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    const tag = o.refcnt >> TAG_SHIFT;
    if (tag == NEW) meetAt(slot, o);
    else if (tag == MOVED) store<PyObject>(slot, newPlace(o));
  }

  all(from: usize, to: usize): void {
    if (to - from < LONG_ROW) eachOwned(from, to, this);
    else for (; from < to; from += TOGETHER << 2) meetTogether(from, min(TOGETHER, (to - from) >> 2));
  }

  @inline
  enters(keys: Keys): bool {
    return see(keys);
  }
}

/** If references side by side take at least this many bytes, their objects are read ahead. */
const LONG_ROW: usize = 32;
/** The number of objects that are read ahead at a time. */
const TOGETHER: usize = 64;

/**
 * Meets the objects of `n` references side by side. It first reads a word of each object, then a word of the part of each new object. These
 * reads do not depend on each other, so the processor does many at a time; while objects are met, it would wait for each of them in turn.
 */
function meetTogether(row: usize, n: usize): void {
  let mortal: u64 = 0;
  for (let k: usize = 0; k < n; k++) {
    mortal |= (<u64>(load<PyObject>(row + (k << 2)).refcnt >> TAG_SHIFT != IMMORTAL_TAG)) << k;
  }
  let sum: u32 = 0;
  for (let left = mortal; left != 0; left &= left - 1) {
    const o = load<PyObject>(row + ((<usize>ctz(left)) << 2));
    if (o.refcnt >> TAG_SHIFT == NEW) sum += load<u32>(readsFrom(o));
  }
  // The sum is stored, so that the compiler does not remove the reads.
  currentPass().readAhead = sum;
  const visitor = changetype<Move>(0);
  for (let left = mortal; left != 0; left &= left - 1) visitor.owned(row + ((<usize>ctz(left)) << 2));
}

/** Meets an object for the first time, by the reference at `slot`. */
function meetAt(slot: usize, o: PyObject): void {
  const c = currentPass();
  if (!mayRefer(o)) {
    store<PyObject>(slot, meetLeaf(c, o));
    return;
  }
  const now = meet(c, o);
  store<PyObject>(slot, now);
  if (c.depth == DEPTH) return;
  c.followed(c.count - 1);
  c.depth++;
  followObject(c, now);
  c.depth--;
}

/** Moves the object's parts, and meets the objects that it refers to. */
function followObject(c: Pass, o: PyObject): void {
  moveParts(o);
  eachReference<Move>(o, changetype<Move>(0));
}

/** Corrects borrowed references to objects that have moved. */
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
  all(_from: usize, _to: usize): void {}

  @inline
  enters(_keys: Keys): bool {
    return false;
  }
}

/** Corrects the addresses of types' names for C. They point into strings, which may have moved. */
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

/**
 * Meets every object, and corrects every counted reference. Objects that no root leads to are garbage, or foreign code has references to
 * them.
 */
function meetAll(c: Pass): void {
  eachRoot<Move>(changetype<Move>(0));
  const rooted = followFrom(c, 0);
  c.unrooted = 0;
  for (let k: u32 = 0; k < LISTS; k++) {
    const list = generation(k).head;
    for (let head = list.next; head != changetype<usize>(list); ) {
      let o = changetype<GCHead>(head).object;
      if (o.refcnt >> TAG_SHIFT == NEW) {
        o = meet(c, o);
        if (k != PERMANENT) c.unrooted++;
      }
      head = gcHead(o).next;
    }
  }
  followFrom(c, rooted);
}

/**
 * Follows the objects of the row from place `k` on, including those that are entered meanwhile. Returns how many objects the
 * row has.
 */
function followFrom(c: Pass, k: u32): u32 {
  for (; k < c.count; k++) if (!c.isFollowed(k)) followObject(c, c.objectAt(k));
  return k;
}

/**
 * Ends the pass: corrects borrowed references, removes the marks of objects, and brings objects with large parts to the front of the row.
 */
export function finish(c: Pass): void {
  const follow = changetype<Follow>(0);
  const hasWeak = typeOf(REF).live != 0;
  eachRoot<Follow>(follow);
  c.withLargePart = 0;
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    o.refcnt &= PINNED | COUNT_MASK;
    const type = o.type;
    if (isA(o, DICT)) changetype<PyDict>(o).keys.mark = 0;
    if (hasWeak && (type.kind == REF || type.weakList != 0)) eachReference<Follow>(o, follow);
    if (hasLargePart(o)) c.bringForward(k);
  }
  followNames();
}

/** Moves the table of interned strings, if it is in a place that is to become empty. */
export function moveInterned(c: Pass): void {
  const strings = interned();
  movePart(c, changetype<usize>(strings) + offsetof<Interned>("table"), (<usize>strings.capacity) << 2);
}

/** The whole pass: moves everything out of the pools that evacuation_begin vacated, as far as there is room. */
export function gather(c: Pass): void {
  c.beginPass();
  c.count = 0;
  c.depth = 0;
  c.hasLargeObject = false;
  c.pinnedBytes = 0;
  moveInterned(c);
  meetAll(c);
  finish(c);
  freeOld(c);
}
