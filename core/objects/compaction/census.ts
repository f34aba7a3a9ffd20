// A census: counts all references, to find the objects to which code outside of the heap refers.
//
// Objects are found from the roots (roots.ts) and the collector's lists, by following every reference (types/anatomy.ts).
// If the census does not find all references to an object, foreign code has the others and knows the object's address: the
// object is pinned. Only other modules can cause that, so the census is skipped as long as there was none (settings.lent).
// If it finds more references than the object's count says, the heap is broken: the pass's `broken` is the object.

import { LISTS } from "../collector/state";
import { GCHead, generation } from "../model/gc-head";
import { PyObject } from "../model/type";
import { eachReference } from "../types/anatomy";
import { Keys } from "../types/keys";
import { COUNT_MASK, currentPass, MET, NEW, Pass, PINNED, see, TAG_SHIFT } from "./pass";
import { eachRoot } from "./roots";

/** Counts each reference down, and enters objects that are met for the first time. */
@unmanaged
class Find {
  @inline
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    const tag = o.refcnt >> TAG_SHIFT;
    if (tag == NEW) currentPass().find(o);
    else if (tag != MET) return;
    if ((o.refcnt & COUNT_MASK) == 0) currentPass().broken = changetype<usize>(o);
    else o.refcnt--;
  }

  @inline
  enters(keys: Keys): bool {
    return see(keys);
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
  enters(keys: Keys): bool {
    if (keys.mark == 0) return false;
    keys.mark = 0;
    return true;
  }
}

/** Finds all objects and all references, and marks an object PINNED if some of its references are not found. False if an object is `broken`. */
export function pin(p: Pass): bool {
  const find = changetype<Find>(0);
  eachRoot<Find>(find);
  for (let k: u32 = 0; k < LISTS; k++) {
    const list = generation(k).head;
    for (let head = list.next; head != changetype<usize>(list); head = changetype<GCHead>(head).next) {
      const o = changetype<GCHead>(head).object;
      if (o.refcnt >> TAG_SHIFT == NEW) p.find(o);
    }
  }
  for (let k: u32 = 0; k < p.count; k++) eachReference<Find>(p.objectAt(k), find);
  for (let k: u32 = 0; k < p.count; k++) {
    const o = p.objectAt(k);
    const left = o.refcnt & COUNT_MASK;
    o.refcnt = left == 0 ? left : left | PINNED;
  }
  const restore = changetype<Restore>(0);
  eachRoot<Restore>(restore);
  for (let k: u32 = 0; k < p.count; k++) eachReference<Restore>(p.objectAt(k), restore);
  return p.broken == 0;
}

/** Removes the mark PINNED from all objects. */
export function unpin(p: Pass): void {
  for (let k: u32 = 0; k < p.count; k++) p.objectAt(k).refcnt &= COUNT_MASK;
}
