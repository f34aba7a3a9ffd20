// A census: a row of every live object, and of which may not move.
//
//   row -> object | pinned bit, object | pinned bit, ...        an object's address is a multiple of 8
//
// Objects are found from the handles, the host's stack and the collector's lists, by following every reference (references.ts).
// While that goes on, the two highest bits of a reference count say what the object is:
//
//   00 not met yet      01 immortal      10 met; below it stands how many references were not found      11 moved (compact.ts)
//
// An object of which some references were not found is in use by somebody else's code, which knows its address: it is pinned. So are one
// that was hashed by its address, one of a type that C defined, and such a type. Afterwards every count is what it was before. A count that is too low for the references that were
// found is a broken heap: `broken` is the object.
// Imports objects/references, gc, base.

import { base_free, base_malloc } from "../base";
import { INTERNAL } from "../config";
import { raiseMemory } from "./error";
import { PyFloat } from "./float";
import { HAS_HASHED, isKind, FLOAT, GC_HASHED, GCHead, gcHead, generation, IS_C_TYPE, KINDS, PyObject, PyType, TYPE, typeOf, USER } from "./object";
import { Keys } from "./keys";
import { eachReference, eachRoot } from "./references";
import { at, CENSUS_AT, TYPES_AT } from "./state";

const TAG_SHIFT: u32 = 30;
const NEW: u32 = 0;
const MET: u32 = 2;
const MET_BIT: u32 = MET << TAG_SHIFT;
const COUNT_MASK: u32 = (1 << TAG_SHIFT) - 1;
const PINNED: usize = 1;
/** Lists of tracked objects, the frozen ones included. */
const LISTS: u32 = 4;

/** Mark of keys whose entries were seen. */
export const KEYS_SEEN: u32 = 1;

@unmanaged
export class Census {
  row: usize;
  count: u32;
  capacity: u32;
  /** An object whose reference count is too low, or 0. */
  broken: usize;
  /** What compact.ts works on. */
  moved: usize;
  parts: usize;
  unused: usize;
  movedBytes: usize;
  pinnedBytes: usize;
  line: usize;

  @inline
  objectAt(k: u32): PyObject {
    return changetype<PyObject>(load<usize>(this.row + (<usize>k << 2)) & ~PINNED);
  }

  @inline
  isPinned(k: u32): bool {
    return (load<usize>(this.row + (<usize>k << 2)) & PINNED) != 0;
  }

  @inline
  private pin(k: u32): void {
    const place = this.row + (<usize>k << 2);
    store<usize>(place, load<usize>(place) | PINNED);
  }

  /** The object at place `k`, which moved, is `o` now. */
  @inline
  replace(k: u32, o: PyObject): void {
    store<PyObject>(this.row + (<usize>k << 2), o);
  }

  /** An object that was not met yet is in the row, met. */
  note(o: PyObject): void {
    if (this.count == this.capacity) {
      this.broken = changetype<usize>(o);
      return;
    }
    store<PyObject>(this.row + (<usize>this.count << 2), o);
    this.count++;
    o.refcnt |= MET_BIT;
  }

  /** A row with all live objects, pins noted. False if there is no memory, with MemoryError raised, or if `broken`. */
  take(): bool {
    this.broken = 0;
    this.count = 0;
    this.capacity = liveObjects();
    this.row = base_malloc(INTERNAL, (<usize>this.capacity + 1) << 2);
    if (this.row == 0) {
      raiseMemory((<usize>this.capacity + 1) << 2);
      return false;
    }
    const find = changetype<Find>(0);
    eachRoot<Find>(find);
    this.noteTracked();
    for (let k: u32 = 0; k < this.count; k++) eachReference<Find>(this.objectAt(k), find);
    for (let k: u32 = 0; k < this.count; k++) this.settle(k);
    const restore = changetype<Restore>(0);
    eachRoot<Restore>(restore);
    for (let k: u32 = 0; k < this.count; k++) eachReference<Restore>(this.objectAt(k), restore);
    return this.broken == 0;
  }

  /** Objects that only the collector knows. */
  private noteTracked(): void {
    for (let k: u32 = 0; k < LISTS; k++) {
      const list = generation(k).head;
      for (let head = list.next; head != changetype<usize>(list); head = changetype<GCHead>(head).next) {
        const o = changetype<GCHead>(head).object;
        if (o.refcnt >> TAG_SHIFT == NEW) this.note(o);
      }
    }
  }

  /** Pins the object at place `k` if it may not move; its count is that of the references that were not found. */
  private settle(k: u32): void {
    const o = this.objectAt(k);
    o.refcnt &= COUNT_MASK;
    if (o.refcnt != 0 || isHashed(o) || isOfC(o)) this.pin(k);
  }

  release(): void {
    base_free(INTERNAL, this.row);
    this.row = 0;
    this.count = 0;
    this.capacity = 0;
  }
}

if (offsetof<Census>() > TYPES_AT - CENSUS_AT) ERROR("Census does not fit its region");

@inline
export function census(): Census {
  return changetype<Census>(at(CENSUS_AT));
}

function liveObjects(): u32 {
  let count: u32 = 0;
  for (let kind: u32 = 0; kind < KINDS; kind++) count += typeOf(kind).live;
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) count += type.live;
  return count;
}

/** Whether a hash of the object was made of its address. */
function isHashed(o: PyObject): bool {
  const type = o.type;
  if (type.hasGC) return (gcHead(o).flags & GC_HASHED) != 0;
  if (isKind(o, FLOAT)) return isNaN(changetype<PyFloat>(o).value);
  return (type.flags & HAS_HASHED) != 0;
}

/** Whether C may know the object without owning a reference: it is of a type of C's, or such a type. */
function isOfC(o: PyObject): bool {
  const type = isKind(o, TYPE) ? changetype<PyType>(o) : o.type;
  return (type.flags & IS_C_TYPE) != 0;
}

/** Counts each reference down, and notes what is met for the first time. */
@unmanaged
class Find {
  @inline
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    const tag = o.refcnt >> TAG_SHIFT;
    if (tag == NEW) census().note(o);
    else if (tag != MET) return;
    if ((o.refcnt & COUNT_MASK) == 0) census().broken = changetype<usize>(o);
    else o.refcnt--;
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

/** Counts each reference up again. */
@unmanaged
class Restore {
  @inline
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    if (o.refcnt >> TAG_SHIFT == NEW) o.refcnt++;
  }

  @inline
  borrowed(_slot: usize): void {}

  @inline
  enters(keys: Keys): bool {
    if (keys.mark == 0) return false;
    keys.mark = 0;
    return true;
  }
}
