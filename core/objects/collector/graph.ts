// Queries about objects: gc.is_finalized, is_tracked, get_objects, get_referents, get_referrers.

import { GC_FINALIZED, GCHead, gcHead, generation, isTracked, track, untrack } from "../model/gc-head";
import { decref } from "../model/refcount";
import { PyObject } from "../model/type";
import { eachReference } from "../types/anatomy";
import { list_append, list_new } from "../types/list";
import { itemAt, PyList } from "../types/sequence";
import { collector, GENERATIONS, PASS_GATHER, PASS_SEEK } from "./state";

export function gc_is_finalized(o: PyObject): bool {
  return o.type.hasGC && (gcHead(o).flags & GC_FINALIZED) != 0;
}

export function gc_is_tracked(o: PyObject): bool {
  return o.type.hasGC && isTracked(o);
}

/** Adds each visited object to `result`. */
@unmanaged
class Gather {
  @inline
  owned(slot: usize): void {
    gatherOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_GATHER;
  }
}

/** Notes in `isFound` whether an object of `wanted` is visited. */
@unmanaged
class Seek {
  @inline
  owned(slot: usize): void {
    seekOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_SEEK;
  }
}

/** Adds an object to `result`. If there is no memory, `result` becomes null. */
export function gatherOne(o: PyObject): void {
  const c = collector();
  const result = c.result;
  if (!result || list_append(result, o)) return;
  c.result = null;
  decref(result);
}

export function seekOne(o: PyObject): void {
  const c = collector();
  const wanted = c.wanted!;
  for (let k: u32 = 0; k < wanted.size; k++) if (itemAt(wanted.items, k) === o) c.isFound = 1;
}

/** Returns the result. It is tracked only now, so that it does not contain itself. */
function takeResult(): PyList | null {
  const c = collector();
  const result = c.result;
  c.result = null;
  if (result) track(result);
  return result;
}

/** Makes the result an empty list that is not tracked yet. False if there is no memory for it. */
function beginResult(): bool {
  const result = list_new(0);
  if (result) untrack(result);
  collector().result = result;
  return result !== null;
}

/** gc.get_objects(k): the tracked objects of a generation; if `k` is -1, of all generations but the permanent one. */
export function gc_get_objects(k: i32): PyList | null {
  if (!beginResult()) return null;
  for (let j: i32 = 0; j < <i32>GENERATIONS; j++) {
    if (k >= 0 && j != k) continue;
    const list = generation(j).head;
    for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
      gatherOne(changetype<GCHead>(at).object);
    }
  }
  return takeResult();
}

/** gc.get_referents: what the objects of a list refer to. */
export function gc_get_referents(objects: PyList): PyList | null {
  if (!beginResult()) return null;
  const visitor = changetype<Gather>(0);
  for (let k: u32 = 0; k < objects.size; k++) {
    const o = itemAt(objects.items, k);
    if (o.type.hasGC) eachReference<Gather>(o, visitor);
  }
  return takeResult();
}

/** gc.get_referrers: the tracked objects that refer to an object of a list, without the list itself and the permanent generation. */
export function gc_get_referrers(objects: PyList): PyList | null {
  if (!beginResult()) return null;
  const c = collector();
  c.wanted = objects;
  const visitor = changetype<Seek>(0);
  for (let k: u32 = 0; k < GENERATIONS; k++) {
    const list = generation(k).head;
    for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
      const o = changetype<GCHead>(at).object;
      if (o === objects) continue;
      c.isFound = 0;
      eachReference<Seek>(o, visitor);
      if (c.isFound != 0) gatherOne(o);
    }
  }
  c.wanted = null;
  return takeResult();
}
