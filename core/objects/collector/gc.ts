// The cycle collector: finds objects that are referred to only by each other, and frees them.
//
// Reference counts free everything else. There are three generations, the youngest first, and a permanent one that is never collected. An
// object that survives a collection moves to the next generation. Semantics are those of Python's gc module, the algorithm is that of
// CPython's Python/gc.c; docs/collector.md explains it. After each pass this holds:
//
//   update      gc_refs(o) == reference count of o, for each object o of the generation, which is marked COLLECTING
//   subtract    gc_refs(o) == references to o from outside of the generation
//   move        objects that can't be reached from one with gc_refs > 0 are in the unreachable list; only they are marked COLLECTING
//   weak        no weak reference to an unreachable object is alive, and the callbacks have run
//   finalize    the finalizers have run; a second update, subtract and move has taken out the objects that they made reachable again
//   delete      the other unreachable objects have been cleared, so that reference counts have freed them
//
// Meanwhile an object's `prev` is gc_refs << 3 and flags. model/reentrancy.ts says when a collection may run. A list is in order
// (isInOrder) if next and prev agree and, outside of a collection, no object is marked.

import { DEBUG } from "../../ground/config";
import { GC_COLLECTING, GCHead, generation, untrack } from "../model/gc-head";
import { DICT, REF, TUPLE } from "../model/kinds.gen";
import { clearError } from "../model/raise";
import { COLLECT, COLLECTING, enterState, leaveState, may } from "../model/reentrancy";
import { decref, incref } from "../model/refcount";
import { COLLECTION_DUE, settings } from "../model/settings";
import { isKind, PyObject } from "../model/type";
import { clear } from "../types/anatomy";
import { PyDict } from "../types/dict";
import { finalize } from "../types/instance";
import { list_append } from "../types/list";
import { itemAt, PyTuple } from "../types/sequence";
import { mayBeInCycle } from "../types/tuple";
import { PyRef, weak_call_all, weak_detach, weak_take, weakListOf } from "../types/weak";
import { clearFreeLists } from "./free-lists";
import { isInOrder, merge, moveTo, sizeOfList } from "./lists";
import {
  Collector,
  collector,
  DEBUG_COLLECTABLE,
  DEBUG_SAVEALL,
  garbageList,
  GENERATIONS,
  listAt,
  PERMANENT,
  statsOf,
} from "./state";
import { deduceUnreachable } from "./unreachable";

/** Tells the host that a collection of a generation begins. The host may run code of the program. */
@external("host", "collectionBegins")
declare function hostCollectionBegins(generation: u32): void;

/** Tells the host that a collection has ended, and how many unreachable objects it found. */
@external("host", "collectionEnded")
declare function hostCollectionEnded(generation: u32, collected: u32): void;

/** Tells the host of an unreachable object, for DEBUG_COLLECTABLE. The host must not run code of the program. */
@external("host", "collectable")
declare function hostCollectable(object: PyObject): void;

// ---- the steps for unreachable objects ----

/**
 * Clears all weak references to unreachable objects, and all weak references that are unreachable themselves. Then runs
 * the callbacks of the others.
 */
function handleWeakReferences(unreachable: GCHead): void {
  let chain: PyRef | null = null;
  let at = unreachable.next;
  while (at != changetype<usize>(unreachable)) {
    const head = changetype<GCHead>(at);
    const o = head.object;
    if (isKind(o, REF)) weak_detach(changetype<PyRef>(o));
    if (weakListOf(o) != 0) chain = weak_take(o, chain, true);
    at = head.next;
  }
  weak_call_all(chain);
}

/** Runs every finalizer once. Afterwards objects may be freed, or be reachable again. */
function finalizeAll(list: GCHead): void {
  const seen = listAt(offsetof<Collector>("seen"));
  seen.becomeEmpty();
  while (!list.isEmpty) {
    const head = changetype<GCHead>(list.next);
    const o = head.object;
    moveTo(head, seen);
    if (o.type.finalize == 0) continue;
    incref<PyObject>(o);
    finalize(o);
    decref(o);
  }
  merge(seen, list);
}

/** Tells the host of each unreachable object. */
function announce(list: GCHead): void {
  for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
    hostCollectable(changetype<GCHead>(at).object);
  }
}

/**
 * Clears every object, or with DEBUG_SAVEALL, puts it into gc.garbage instead. Objects that are still alive go to
 * `old`.
 */
function deleteAll(list: GCHead, old: GCHead): void {
  const saved = (collector().debug & DEBUG_SAVEALL) != 0;
  while (!list.isEmpty) {
    const head = changetype<GCHead>(list.next);
    const o = head.object;
    if (saved) saveGarbage(o);
    else {
      incref<PyObject>(o);
      clear(o);
      decref(o);
    }
    if (list.next == changetype<usize>(head)) {
      head.prev &= ~GC_COLLECTING;
      moveTo(head, old);
    }
  }
}

function saveGarbage(o: PyObject): void {
  const garbage = garbageList();
  if (!garbage || !list_append(garbage, o)) clearError();
}

/** Untracks tuples whose items can't be in a cycle. */
function untrackTuples(list: GCHead): void {
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    at = head.next;
    if (isKind(head.object, TUPLE)) untrackTuple(changetype<PyTuple>(head.object));
  }
}

function untrackTuple(t: PyTuple): void {
  for (let k: u32 = 0; k < t.size; k++) if (mayBeInCycle(itemAt(t.items, k))) return;
  untrack(t);
}

/**
 * Untracks dicts that hold nothing that can be in a cycle. A dict is tracked again when such an object is put into it.
 */
function untrackDicts(list: GCHead): void {
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    at = head.next;
    if (isKind(head.object, DICT)) untrackDict(changetype<PyDict>(head.object));
  }
}

function untrackDict(d: PyDict): void {
  for (let index: u32 = 0; index < d.keys.count; index++) {
    const key = d.keys.keyAt(index);
    if (key && (mayBeInCycle(key) || mayBeInCycle(d.valueAt(index)!))) return;
  }
  untrack(d);
}

// ---- a collection ----

/**
 * gc.collect(k): collects generation `k` and the younger ones. Returns the number of unreachable objects; 0, and nothing is collected, if a
 * collection is not allowed now.
 */
export function gc_collect(k: u32): u32 {
  const c = collector();
  if (!may(COLLECT)) return 0;
  enterState(COLLECTING);
  settings().due &= ~COLLECTION_DUE;
  hostCollectionBegins(k);
  const found = collect(k);
  const stats = statsOf(k);
  stats.collections++;
  stats.collected += found;
  // The host may ask for a collection in this call; then nothing is collected.
  hostCollectionEnded(k, found);
  leaveState(COLLECTING);
  return found;
}

function collect(k: u32): u32 {
  const c = collector();
  if (k + 1 < GENERATIONS) generation(k + 1).count++;
  for (let j: u32 = 0; j <= k; j++) generation(j).count = 0;
  const young = generation(k).head;
  for (let j: u32 = 0; j < k; j++) merge(generation(j).head, young);
  const isFull = k + 1 == GENERATIONS;
  const old = isFull ? young : generation(k + 1).head;

  const unreachable = listAt(offsetof<Collector>("unreachable"));
  deduceUnreachable(young, unreachable);
  if (DEBUG) assert(isInOrder(young, false) && isInOrder(unreachable, true));
  untrackTuples(young);
  if (isFull) {
    untrackDicts(young);
    c.longLivedPending = 0;
    c.longLivedTotal = sizeOfList(young);
  } else {
    if (k + 2 == GENERATIONS) c.longLivedPending += sizeOfList(young);
    merge(young, old);
  }

  let found: u32 = 0;
  if (!unreachable.isEmpty) {
    if ((c.debug & DEBUG_COLLECTABLE) != 0) announce(unreachable);
    handleWeakReferences(unreachable);
    finalizeAll(unreachable);
    // Finalizers may have made objects reachable again. These objects become ordinary objects.
    const dead = listAt(offsetof<Collector>("resurrected"));
    deduceUnreachable(unreachable, dead);
    if (DEBUG) assert(isInOrder(unreachable, false) && isInOrder(dead, true));
    merge(unreachable, old);
    found = sizeOfList(dead);
    deleteAll(dead, old);
  }
  if (DEBUG) assert(isInOrder(old, false));
  if (isFull) clearFreeLists();
  return found;
}

/** Runs the collection that an allocation made due, if there is one. To be called at a safe point (due.ts). */
export function gc_run_due(): void {
  const c = collector();
  settings().due &= ~COLLECTION_DUE;
  if (c.enabled == 0) return;
  for (let k = GENERATIONS; k-- > 0; ) {
    const g = generation(k);
    if (g.threshold == 0 || g.count <= <i32>g.threshold) continue;
    // A full collection is worth its time only if the oldest generation has grown by a quarter.
    if (k + 1 == GENERATIONS && c.longLivedPending < c.longLivedTotal / 4) continue;
    gc_collect(k);
    return;
  }
}

/** gc.freeze(): the collector ignores all objects that are tracked now, until unfreeze. */
export function gc_freeze(): void {
  for (let k: u32 = 0; k < GENERATIONS; k++) {
    merge(generation(k).head, generation(PERMANENT).head);
    generation(k).count = 0;
  }
}

export function gc_unfreeze(): void {
  merge(generation(PERMANENT).head, generation(GENERATIONS - 1).head);
}

export function gc_frozen(): u32 {
  return sizeOfList(generation(PERMANENT).head);
}
