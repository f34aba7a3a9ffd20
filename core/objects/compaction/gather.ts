// The first pass of a compaction: every object is met along the references, from the roots, and what is to leave its pool is copied on the way.
//
//   old block      reference count -> 11...      type -> the object's new address
//
// The reference by which an object is met is changed at once, and so are those that come later. Blocks that belong to an object (a list's items,
// a dict's keys) are copied with it, and what it refers to right after it. Then references that own nothing follow: weak ones, interned strings.
// So an object is looked at where it was only once: memory that is full of holes is slow to read.

import { isInPool } from "../../alloc/evacuation";
import { LISTS, PERMANENT } from "../collector/state";
import { GCHead, gcHead, generation } from "../model/gc-head";
import { DICT, PLACES, REF, USER } from "../model/kinds.gen";
import { IS_C_TYPE, PyObject, PyType, typeOf } from "../model/type";
import { eachOwned } from "../model/visit";
import { eachReference, mayRefer, ownBytes, readsFrom } from "../types/anatomy";
import { PyDict } from "../types/dict";
import { Interned, interned } from "../types/intern";
import { Keys } from "../types/keys";
import { textOf } from "../types/user-type";
import { Pass, currentPass, COUNT_MASK, IMMORTAL_TAG, isFixed, MOVED, NEW, PINNED, see, TAG_SHIFT } from "./pass";
import { freeOld, hasLargePart, moveObject, movePart, moveParts, newPlace } from "./relocate";
import { eachRoot } from "./roots";

/** The object was met for the first time: it is where it is to be, and in the row. Answers where it is. */
@inline
function meet(c: Pass, o: PyObject): PyObject {
  const now = isFixed(o) ? o : moveObject(c, o);
  if (now === o) remain(c, o);
  c.find(now);
  return now;
}

/** As meet, for an object that refers to nothing: only if it is fixed it is in the row. If it remains, it is met again with each reference. */
@inline
function meetLeaf(c: Pass, o: PyObject): PyObject {
  if (isFixed(o)) return meet(c, o);
  const now = moveObject(c, o);
  if (now === o) remain(c, o);
  return now;
}

/** The object is where it was. */
function remain(c: Pass, o: PyObject): void {
  if (!isInPool(changetype<usize>(o))) c.hasLargeObject = true;
  if (isFixed(o)) c.pinnedBytes += ownBytes(o) + o.type.headBytes;
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

  all(from: usize, to: usize): void {
    if (to - from < LONG_ROW) eachOwned(from, to, this);
    else for (; from < to; from += TOGETHER << 2) meetTogether(from, min(TOGETHER, (to - from) >> 2));
  }

  @inline
  enters(keys: Keys): bool {
    return see(keys);
  }
}

/** Bytes of a row from which on it is read ahead. */
const LONG_ROW: usize = 32;
/** How many references are read ahead. */
const TOGETHER: usize = 64;

/**
 * Meets what `n` references in a row refer to. First a word of each object is read, and then of the part of each: none of these reads waits for
 * another, so a processor waits for many of them at a time; while objects are being met it would wait for one after the other.
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
  // Or the compiler would leave out the reads.
  currentPass().readAhead = sum;
  const visitor = changetype<Move>(0);
  for (let left = mortal; left != 0; left &= left - 1) visitor.owned(row + ((<usize>ctz(left)) << 2));
}

/** The object, which the word at `slot` refers to, is met there for the first time. */
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

/** What belongs to the object, and what it refers to, has been met. */
function followObject(c: Pass, o: PyObject): void {
  moveParts(o);
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
  all(_from: usize, _to: usize): void {}

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

/** Every object has been met, and every reference is to where it is. Those that no root leads to are garbage, or somebody else's. */
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

/** All that the objects from place `k` on lead to has been met. Answers how many objects there are in the row. */
function followFrom(c: Pass, k: u32): u32 {
  for (; k < c.count; k++) if (!c.isFollowed(k)) followObject(c, c.objectAt(k));
  return k;
}

/** What owns no reference follows; no object is marked as met any more. What is large is told apart. */
export function finish(c: Pass): void {
  const follow = changetype<Follow>(0);
  const hasWeak = typeOf(REF).live != 0;
  eachRoot<Follow>(follow);
  c.withLargePart = 0;
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    o.refcnt &= PINNED | COUNT_MASK;
    const type = o.type;
    if (type.kind == DICT) changetype<PyDict>(o).keys.mark = 0;
    if (hasWeak && (type.kind == REF || type.weakList != 0)) eachReference<Follow>(o, follow);
    if (hasLargePart(o)) c.bringForward(k);
  }
  followNames();
}

/** The table of interned strings moves, if it is to. */
export function moveInterned(c: Pass): void {
  const strings = interned();
  movePart(c, changetype<usize>(strings) + offsetof<Interned>("table"), (<usize>strings.capacity) << 2);
}

/** Everything is out of the pools that evacuation_begin vacated, if there was room. */
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
