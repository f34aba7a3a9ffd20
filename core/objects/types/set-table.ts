// The table of a set: open addressing. A table of eight slots lies in the set itself.
//
//   refcnt | type | fill | used | mask | table | hash | finger | eight slots of (key, hash) | weak references
//
//   a slot's key is 0: it was never used (hash 0), or its item was removed (hash -1)
//   probing looks at a slot and, if there are so many, at the LINEAR_PROBES slots after it; then it jumps:
//   i = 5 i + perturb + 1
//
// Order and growth are CPython's (Objects/setobject.c), so items of equal hashes come in the same order as in CPython.
// Invariants (set_valid):
//   used == slots with a key <= fill == slots that are not (0, 0);  fill * 5 < mask * 3 after an insertion

import { DEBUG } from "../../ground/config";
import { freeBlock, newBlock } from "../model/memory";
import { decref } from "../model/refcount";
import { PyObject, PyType } from "../model/type";
import { visitBorrowed } from "../model/visit";
import { equal } from "./protocol";

export const LEAST_SET: u32 = 8;
const LINEAR_PROBES: u32 = 9;
const PERTURB_SHIFT: u32 = 5;
export const REMOVED: i32 = -1;
export const FAST_GROWTH: u32 = 50000;
export const SLOT_BYTES: usize = 8;

@unmanaged
export class PySet extends PyObject {
  fill: u32;
  used: u32;
  mask: u32;
  table: usize;
  /** The hash of a frozenset, once it was asked for; -1 before that, and always in a set. */
  cachedHash: i32;
  /** The slot where pop looks first. */
  finger: u32;
  small0: u64;
  small1: u64;
  small2: u64;
  small3: u64;
  small4: u64;
  small5: u64;
  small6: u64;
  small7: u64;
  weak: usize;

  @inline
  get small(): usize {
    return changetype<usize>(this) + offsetof<PySet>("small0");
  }

  @inline
  get isSmall(): bool {
    return this.table == this.small;
  }

  /** Whether the mask is valid, and the table is in the set iff it has the smallest size. */
  get hasShape(): bool {
    return (this.mask & (this.mask + 1)) == 0 && this.isSmall == (this.mask == LEAST_SET - 1);
  }

  /** Whether every search ends. */
  get hasFreeSlot(): bool {
    for (let k: u32 = 0; k <= this.mask; k++) if (!this.keyAt(k) && this.hashAt(k) != REMOVED) return true;
    return false;
  }

  @inline
  slot(k: u32): usize {
    return this.table + <usize>k * SLOT_BYTES;
  }

  /** The item in a slot; null if there is none. */
  @inline
  keyAt(k: u32): PyObject | null {
    return load<PyObject | null>(this.slot(k));
  }

  @inline
  hashAt(k: u32): i32 {
    return load<i32>(this.slot(k), 4);
  }
}

/** The class has padding after the weak references, which CPython's struct lacks. */
export const SET_BYTES: usize = offsetof<PySet>("weak") + 4;

@inline
export function putSlot(slot: usize, key: PyObject, hash: i32): void {
  store<PyObject>(slot, key);
  store<i32>(slot, hash, 4);
}

export function becomeEmpty(s: PySet): void {
  memory.fill(s.small, 0, <usize>LEAST_SET * SLOT_BYTES);
  s.table = s.small;
  s.mask = LEAST_SET - 1;
  s.fill = 0;
  s.used = 0;
}

/** Shows the table, unless it is the eight slots in the set (anatomy.ts). */
@inline
export function set_parts<V>(s: PySet, visitor: V): bool {
  return !s.isSmall && visitor.part(changetype<usize>(s) + offsetof<PySet>("table"), <usize>tableBytes(s.mask));
}

/** Corrects the set's own addresses after it was copied from `before`. */
@inline
export function set_moved(s: PySet, before: PySet): void {
  if (before.isSmall) s.table = s.small;
}

/** Shows the items (model/visit.ts). */
export function set_references<V>(s: PySet, visitor: V): void {
  for (let k: u32 = 0; k <= s.mask; k++) if (s.keyAt(k)) visitor.owned(s.slot(k));
  visitBorrowed<V>(changetype<usize>(s) + offsetof<PySet>("weak"), visitor);
}

/** The size in bytes of a table with this mask. */
@inline
export function tableBytes(mask: u32): isize {
  return <isize>((<usize>mask + 1) * SLOT_BYTES);
}

/** The result of a search in a table that a comparison has changed. */
const CHANGED: usize = 1;

/** The slot with an equal item, or the free slot where the search ended; 0 if a comparison failed. The caller owns the key. */
export function findSlot(s: PySet, key: PyObject, hash: i32): usize {
  let slot = findSlotOnce(s, key, hash);
  while (slot == CHANGED) slot = findSlotOnce(s, key, hash);
  return slot;
}

function findSlotOnce(s: PySet, key: PyObject, hash: i32): usize {
  const table = s.table;
  const mask = s.mask;
  let perturb = <u32>hash;
  let i = perturb & mask;
  while (true) {
    let slot = s.slot(i);
    let probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
    while (true) {
      const other = load<PyObject | null>(slot);
      if (!other) {
        if (load<i32>(slot, 4) == 0) return slot;
      } else if (load<i32>(slot, 4) == hash) {
        const same = equal(other, key);
        if (same < 0) return 0;
        if (s.table != table || s.mask != mask || load<PyObject | null>(slot) !== other) return CHANGED;
        if (same != 0) return slot;
      }
      if (probes-- == 0) break;
      slot += SLOT_BYTES;
    }
    perturb >>= PERTURB_SHIFT;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

/** Puts an item that is not there into a table without removed items. */
export function insertClean(table: usize, mask: u32, key: PyObject, hash: i32): void {
  let perturb = <u32>hash;
  let i = perturb & mask;
  while (true) {
    let slot = table + <usize>i * SLOT_BYTES;
    let probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
    while (true) {
      if (load<usize>(slot) == 0) {
        putSlot(slot, key, hash);
        return;
      }
      if (probes-- == 0) break;
      slot += SLOT_BYTES;
    }
    perturb >>= PERTURB_SHIFT;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

/**
 * Gives the set a table of more than `least` slots, without removed items. Returns false and changes nothing if there is no
 * memory.
 */
export function set_resize(s: PySet, least: u32): bool {
  let size = LEAST_SET;
  while (size <= least) size <<= 1;
  const oldMask = s.mask;
  const wasSmall = s.isSmall;
  let old = s.table;
  let copied: usize = 0;
  if (size == LEAST_SET) {
    if (wasSmall) {
      if (s.fill == s.used) return true;
      copied = newBlock(<usize>LEAST_SET * SLOT_BYTES);
      if (copied == 0) return false;
      memory.copy(copied, old, <usize>LEAST_SET * SLOT_BYTES);
      old = copied;
    }
    s.table = s.small;
  } else {
    const table = newBlock(<usize>size * SLOT_BYTES);
    if (table == 0) return false;
    s.table = table;
    s.type.resized(tableBytes(size - 1));
  }
  memory.fill(s.table, 0, <usize>size * SLOT_BYTES);
  s.mask = size - 1;
  s.fill = s.used;
  for (let k: u32 = 0; k <= oldMask; k++) {
    const slot = old + <usize>k * SLOT_BYTES;
    const key = load<PyObject | null>(slot);
    if (key) insertClean(s.table, s.mask, key, load<i32>(slot, 4));
  }
  if (copied != 0) freeBlock(copied);
  else if (!wasSmall) {
    freeBlock(old);
    s.type.resized(-tableBytes(oldMask));
  }
  if (DEBUG) assert(set_valid(s));
  return true;
}

/**
 * A search for an item that is not in the set can pass slots of removed items. Returns the last of these slots, for an
 * item with this hash; 0 if there is none.
 */
export function removedOnTheWay(s: PySet, hash: i32): usize {
  const mask = s.mask;
  let perturb = <u32>hash;
  let i = perturb & mask;
  let last: usize = 0;
  while (true) {
    let slot = s.slot(i);
    let probes = i + LINEAR_PROBES <= mask ? LINEAR_PROBES : 0;
    while (true) {
      if (load<usize>(slot) == 0) {
        if (load<i32>(slot, 4) == 0) return last;
        last = slot;
      }
      if (probes-- == 0) break;
      slot += SLOT_BYTES;
    }
    perturb >>= PERTURB_SHIFT;
    i = (i * 5 + 1 + perturb) & mask;
  }
}

/** Releases the item of a slot, given the two words of the slot. */
@inline
export function dropSlot(words: u64): void {
  const key = changetype<PyObject | null>(<usize>words);
  if (key) decref(key);
}

/** The first slot from `k` on that has an item; -1 if there is none. */
export function set_next(s: PySet, k: u32): i32 {
  while (k <= s.mask) {
    if (s.keyAt(k)) return k;
    k++;
  }
  return -1;
}

export function moveTableBytes(from: PyType, to: PyType, mask: u32): void {
  from.resized(-tableBytes(mask));
  to.resized(tableBytes(mask));
}

export function set_valid(s: PySet): bool {
  if (!s.hasShape) return false;
  let used: u32 = 0;
  let fill: u32 = 0;
  for (let k: u32 = 0; k <= s.mask; k++) {
    if (s.keyAt(k)) used++;
    if (s.keyAt(k) || s.hashAt(k) == REMOVED) fill++;
  }
  return used == s.used && fill == s.fill;
}
