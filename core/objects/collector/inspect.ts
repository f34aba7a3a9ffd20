// Checks whether the object layer keeps its invariants.

import { GCHead, generation } from "../model/gc-head";
import { handles } from "../model/handles";
import { PyObject } from "../model/type";
import { eachReference, isValid } from "../types/anatomy";
import { interned } from "../types/intern";
import { gc_valid } from "./lists";
import { LISTS } from "./state";

/** Remembers an invalid object that is visited. */
@unmanaged
class Inspect {
  @inline
  owned(slot: usize): void {
    if (!isValid(load<PyObject>(slot))) handles().broken = load<usize>(slot);
  }

  @inline
  get pass(): i32 {
    return 0;
  }
}

/**
 * Returns 0 if the object layer keeps its invariants, otherwise the address of the first object or table that breaks
 * one. Checks the collector's lists, and the tables of handles and of interned strings. Checks all objects that are
 * tracked; those to which a handle refers; and those to which a tracked object refers, unless its type has a traverse
 * function of its own.
 */
export function objects_check(): usize {
  const h = handles();
  if (!gc_valid()) return changetype<usize>(generation(0));
  if (!h.isValid()) return changetype<usize>(h);
  if (!interned().isValid()) return changetype<usize>(interned());
  h.broken = 0;
  for (let handle: u32 = 1; handle < h.capacity; handle++) {
    if (h.isUsed(handle) && !isValid(h.at(handle))) return changetype<usize>(h.at(handle));
  }
  const visitor = changetype<Inspect>(0);
  for (let k: u32 = 0; k < LISTS; k++) {
    const list = generation(k).head;
    for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
      const o = changetype<GCHead>(at).object;
      if (!isValid(o)) return changetype<usize>(o);
      if (o.type.traverse == 0) eachReference<Inspect>(o, visitor);
      if (h.broken != 0) return h.broken;
    }
  }
  return 0;
}
