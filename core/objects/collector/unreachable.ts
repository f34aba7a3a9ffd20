// Finds the unreachable objects: the first three passes of a collection (gc.ts says what holds after each).

import { DEBUG } from "../../ground/config";
import { GC_COLLECTING, GC_LASTING, GC_UNREACHABLE, GCHead, gcHead } from "../model/gc-head";
import { PyObject } from "../model/type";
import { eachReference } from "../types/anatomy";
import { collector, PASS_REACH, PASS_SUBTRACT } from "./state";

const REFS_SHIFT: usize = 3;
const ONE_REF: usize = 1 << REFS_SHIFT;

@inline
export function isCollecting(head: GCHead): bool {
  return (head.prev & GC_COLLECTING) != 0;
}

@inline
function refsOf(head: GCHead): usize {
  return head.prev >> REFS_SHIFT;
}

/**
 * Afterwards gc_refs(o) == reference count of o, and o is marked COLLECTING. From now on `prev` holds gc_refs instead
 * of an address.
 */
function updateRefs(list: GCHead): void {
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    head.prev = ((<usize>head.object.refcnt) << REFS_SHIFT) | (head.prev & GC_LASTING) | GC_COLLECTING;
    at = head.next;
  }
}

/** Subtracts 1 from gc_refs of each visited object of the generation. */
@unmanaged
class Subtract {
  @inline
  owned(slot: usize): void {
    subtractOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_SUBTRACT;
  }
}

@inline
export function subtractOne(o: PyObject): void {
  if (!o.type.hasGC) return;
  const head = gcHead(o);
  if (DEBUG) assert(!isCollecting(head) || refsOf(head) != 0);
  if (isCollecting(head)) head.prev -= ONE_REF;
}

/** Afterwards gc_refs(o) == the number of references to o from outside of the list. */
function subtractRefs(list: GCHead): void {
  const visitor = changetype<Subtract>(0);
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    eachReference<Subtract>(head.object, visitor);
    at = head.next;
  }
}

/** Counts each visited object among the reachable objects, because a reachable object refers to it. */
@unmanaged
class Reach {
  @inline
  owned(slot: usize): void {
    reachOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_REACH;
  }
}

/** The list that is being collected, in which reachable objects stay. */
@inline
export function reachable(): GCHead {
  return changetype<GCHead>(collector().reachable);
}

@inline
export function reachOne(o: PyObject): void {
  if (!o.type.hasGC) return;
  const head = gcHead(o);
  if (!isCollecting(head)) return;
  if ((head.next & GC_UNREACHABLE) != 0) comeBack(head);
  else if (refsOf(head) == 0) head.prev += ONE_REF;
}

/**
 * Moves an object from the unreachable list, where it was put too early, to the end of the reachable list, where its
 * references will be followed.
 */
function comeBack(head: GCHead): void {
  const prev = head.prevHead;
  const next = changetype<GCHead>(head.next & ~GC_UNREACHABLE);
  prev.next = head.next;
  next.setPrev(prev);
  reachable().append(head);
  head.prev = ONE_REF | (head.prev & (GC_LASTING | GC_COLLECTING));
}

/**
 * Splits the list. `list` keeps the objects that are reachable from outside, unmarked and with valid `prev`. The others go to `unreachable`,
 * marked COLLECTING; that list is valid except for the mark UNREACHABLE in each `next`.
 */
function moveUnreachable(list: GCHead, unreachable: GCHead): void {
  const visitor = changetype<Reach>(0);
  collector().reachable = changetype<usize>(list);
  let prev = list;
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    if (refsOf(head) != 0) {
      eachReference<Reach>(head.object, visitor);
      head.prev = changetype<usize>(prev) | (head.prev & GC_LASTING);
      prev = head;
    } else {
      prev.next = head.next;
      const last = unreachable.prevHead;
      last.next = changetype<usize>(head) | GC_UNREACHABLE;
      head.prev = changetype<usize>(last) | (head.prev & (GC_LASTING | GC_COLLECTING));
      head.next = changetype<usize>(unreachable) | GC_UNREACHABLE;
      unreachable.prev = changetype<usize>(head);
    }
    at = prev.next;
  }
  list.prev = changetype<usize>(prev);
  unreachable.next &= ~GC_UNREACHABLE;
}

/** Removes the marks from `next`, so that the unreachable list is valid. Its objects are still marked COLLECTING. */
function clearMarks(unreachable: GCHead): void {
  let at = unreachable.next;
  while (at != changetype<usize>(unreachable)) {
    const head = changetype<GCHead>(at);
    head.next &= ~GC_UNREACHABLE;
    at = head.next;
  }
}

/** Moves the objects that can't be reached from outside of `list` to `unreachable`. */
export function deduceUnreachable(list: GCHead, unreachable: GCHead): void {
  updateRefs(list);
  subtractRefs(list);
  unreachable.becomeEmpty();
  moveUnreachable(list, unreachable);
  clearMarks(unreachable);
}
