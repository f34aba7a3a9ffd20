// A pass of a compaction: the state that gather.ts (the first pass) and lower.ts (the others) share; and which objects must not move.
//
//   row -> object, object, ...                              live objects, in the order in which they were met; from the second pass on,
//                                                           those with a large part come first
//   old -> block | 1 if it is of the domain mem, ...        blocks whose content has moved (relocate.ts)
//
// During a pass the highest bits of a reference count are the object's mark. After the pass every count is as before:
//
//   00 not met yet      01 immortal      10 met      11 moved, and `type` says where to (gather.ts)
//   the next lower bit, unless the object is immortal: 1 if it is pinned (census.ts)
//
// These objects must not move: pinned ones; those that were hashed by their address, or may have been (NaNs); types that C defined, and
// their instances; functions in C, descriptors and modules.

import { base_free, base_malloc_at_top } from "../../alloc/base";
import { ALIGNMENT, SMALL_REQUEST_THRESHOLD } from "../../ground/config";
import { INTERNAL } from "../../ground/domains.gen";
import { raiseMemory } from "../model/error";
import { GC_HASHED, gcHead } from "../model/gc-head";
import { BYTES, FLOAT, INT, KINDS, TYPE, USER } from "../model/kinds.gen";
import { API_TYPES_AT, at, PASS_AT } from "../model/state";
import { HAS_HASHED, IS_C_TYPE, isFixedType, isKind, PyObject, PyType, typeOf } from "../model/type";
import { mostParts } from "../types/anatomy";
import { PyFloat } from "../types/float";
import { Keys } from "../types/keys";

export const TAG_SHIFT: u32 = 30;
export const NEW: u32 = 0;
export const IMMORTAL_TAG: u32 = 1;
export const MET: u32 = 2;
export const MOVED: u32 = 3;
/** A bit in a word of the row: the object's references were followed. */
const FOLLOWED: usize = 1;
const MET_BIT: u32 = MET << TAG_SHIFT;
/** The mark of a pinned object, which is not immortal. */
export const PINNED: u32 = 1 << 29;
export const COUNT_MASK: u32 = PINNED - 1;
/** The mark of keys whose entries were seen. */
export const KEYS_SEEN: u32 = 1;

/** Marks the keys as seen. Returns whether they were not marked before. */
@inline
export function see(keys: Keys): bool {
  if (keys.mark == KEYS_SEEN) return false;
  keys.mark = KEYS_SEEN;
  return true;
}

@inline
function sizeBit(bytes: usize): u64 {
  return (<u64>1) << (<u64>((bytes - 1) / ALIGNMENT));
}

@unmanaged
export class Pass {
  row: usize;
  count: u32;
  capacity: u32;
  old: usize;
  oldCount: u32;
  /** An object whose reference count is too low for the references that were found, or for which the row has no place; or 0. */
  broken: usize;
  /** Lists of new blocks that were not used: of objects, and of parts. They are freed after the pass (relocate.ts). */
  unused: usize;
  unusedParts: usize;
  depth: u32;
  movedBytes: usize;
  pinnedBytes: usize;
  line: usize;
  /** The number of objects that have a large part. They are the first ones in the row. */
  withLargePart: u32;
  /** Whether some object is a large block itself. */
  hasLargeObject: bool;
  /** The number of tracked objects to which no root leads: they are garbage, or foreign code refers to them. */
  unrooted: u32;
  readAhead: u32;
  /**
   * The sizes for which there was no room in this pass: one bit for each step of ALIGNMENT up to
   * SMALL_REQUEST_THRESHOLD; then the smallest larger size.
   */
  full: u64;
  tooLarge: usize;

  @inline
  objectAt(k: u32): PyObject {
    return changetype<PyObject>(load<usize>(this.row + ((<usize>k) << 2)) & ~FOLLOWED);
  }

  @inline
  isFollowed(k: u32): bool {
    return (load<usize>(this.row + ((<usize>k) << 2)) & FOLLOWED) != 0;
  }

  /** Marks the object at place `k` as followed. */
  @inline
  followed(k: u32): void {
    const place = this.row + ((<usize>k) << 2);
    store<usize>(place, load<usize>(place) | FOLLOWED);
  }

  /** Sets the object at place `k`, which has moved, to `o`. */
  @inline
  replace(k: u32, o: PyObject): void {
    store<PyObject>(this.row + ((<usize>k) << 2), o);
  }

  /** Begins a pass. No size has failed yet. */
  beginPass(): void {
    this.oldCount = 0;
    this.full = 0;
    this.tooLarge = ~0;
  }

  /**
   * Whether an allocation of this size may succeed: false once one of about this size has failed in the pass. So an
   * object that could not move stays in its place for the rest of the pass. It must, because references to it that were
   * met before would not be changed any more.
   */
  @inline
  mayHaveRoom(bytes: usize): bool {
    return bytes > SMALL_REQUEST_THRESHOLD ? bytes < this.tooLarge : (this.full & sizeBit(bytes)) == 0;
  }

  hasNoRoom(bytes: usize): void {
    if (bytes > SMALL_REQUEST_THRESHOLD) this.tooLarge = min(this.tooLarge, bytes);
    else this.full |= sizeBit(bytes);
  }

  /** Moves the object at place `k`, which has a large part, to the first part of the row. */
  bringForward(k: u32): void {
    const place = this.row + ((<usize>k) << 2);
    const front = this.row + ((<usize>this.withLargePart) << 2);
    const word = load<usize>(place);
    store<usize>(place, load<usize>(front));
    store<usize>(front, word);
    this.withLargePart++;
  }

  /**
   * Enters an object into the row, and marks it as met. If the row is full, the heap is `broken`: it has more objects than its types count.
   */
  @inline
  find(o: PyObject): void {
    if (this.count == this.capacity) {
      this.broken = changetype<usize>(o);
      return;
    }
    o.refcnt |= MET_BIT;
    store<PyObject>(this.row + ((<usize>this.count) << 2), o);
    this.count++;
  }

  /**
   * Allocates the rows for all live objects and for all old blocks, at the top of the heap, so that they do not take
   * places to which objects could move. False, with MemoryError, if there is no memory.
   */
  begin(): bool {
    const objects = liveObjects();
    const blocks = objects + mostParts() + 1;
    const bytes = (<usize>(objects + blocks)) << 2;
    this.broken = 0;
    this.count = 0;
    this.oldCount = 0;
    this.capacity = objects;
    this.row = base_malloc_at_top(INTERNAL, bytes);
    this.old = this.row + ((<usize>objects) << 2);
    if (this.row == 0) raiseMemory(bytes);
    return this.row != 0;
  }

  release(): void {
    base_free(INTERNAL, this.row);
    this.row = 0;
    this.count = 0;
    this.capacity = 0;
  }
}

if (offsetof<Pass>() > API_TYPES_AT - PASS_AT) ERROR("Pass does not fit its region");

@inline
export function currentPass(): Pass {
  return changetype<Pass>(at(PASS_AT));
}

function liveObjects(): u32 {
  let count: u32 = 0;
  for (let kind: u32 = 0; kind < KINDS; kind++) count += typeOf(kind).live;
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) count += type.live;
  return count;
}

/** Whether the object was hashed by its address. */
function isHashed(o: PyObject): bool {
  const type = o.type;
  if (type.hasGC) return (gcHead(o).flags & GC_HASHED) != 0;
  return (type.flags & HAS_HASHED) != 0;
}

/** Whether C may have a borrowed reference to the object: it is a type in C, an instance of one, a module, a function or a descriptor. */
@inline
function isOfC(o: PyObject): bool {
  const type = isKind(o, TYPE) ? changetype<PyType>(o) : o.type;
  return (type.flags & IS_C_TYPE) != 0 || (type.kind == USER && isFixedType(type));
}

/** Whether the object must not move, because of its type or a mark. */
export function isFixed(o: PyObject): bool {
  const kind = o.type.kind;
  if (kind >= INT && kind <= BYTES)
    return (o.refcnt & PINNED) != 0 || (kind == FLOAT && isNaN(changetype<PyFloat>(o).value));
  return (o.refcnt & PINNED) != 0 || isHashed(o) || isOfC(o);
}
