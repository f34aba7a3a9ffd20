// The cycle collector: finds objects that only refer to each other, and takes them apart.
//
// Reference counts free everything else. Three generations, the youngest first, and a permanent one that is never looked at; an
// object that survives a collection moves on to the next. Semantics are those of Python's gc module, the algorithm is that of
// CPython's Python/gc.c; docs/collector.md explains it. What holds after each pass:
//
//   update      gc_refs(o) == reference count of o, for each object o of the generation, which is marked COLLECTING
//   subtract    gc_refs(o) == references to o from outside of the generation
//   move        what can't be reached from an object with gc_refs > 0 is in the unreachable list; it alone is marked COLLECTING
//   weak        there is no weak reference to it any more, and the callbacks have run
//   finalize    its finalizers have run; update, subtract and move, again, have set free what came back to life
//   delete      the rest has been cleared, so that reference counts have freed it
//
// Meanwhile an object's `prev` is gc_refs << 3 and flags. A collection runs only when nothing else is under way.
// A list is in order (isValid) if next and prev agree and, outside of a collection, no object is marked.

import {
  GC_COLLECTING,
  GC_FINALIZED,
  GC_LASTING,
  GC_UNREACHABLE,
  GCHead,
  gcHead,
  Generation,
  generation,
  isTracked,
  track,
  untrack,
} from "../model/gc-head";
import { DICT, FLOAT, INT, KINDS, LIST, REF, SET, TUPLE, USER } from "../model/kinds";
import { clearFreeList } from "../model/memory";
import { clearError } from "../model/raise";
import { decref, incref, xdecref } from "../model/refcount";
import { COLLECTION_DUE, settings } from "../model/settings";
import { at, COLLECTOR_AT, TUPLES_AT } from "../model/state";
import { isKind, PyObject, PyType, typeOf } from "../model/type";
import { dict_clear, PyDict } from "../types/dict";
import { finalize, instance_clear } from "../types/instance";
import { keys_clear_free_list } from "../types/keys";
import { list_append, list_clear, list_new } from "../types/list";
import { itemAt, PyList, PyTuple } from "../types/sequence";
import { PySet, set_clear } from "../types/set";
import { mayBeInCycle, tuple_clear_free_lists } from "../types/tuple";
import { PyRef, weak_call_all, weak_detach, weak_take, weakListOf } from "../types/weak";
import { traverse } from "./traverse";

/**
 * Tells the host that a collection of a generation begins (phase 0), or ended (phase 1) and what it found; for DEBUG_COLLECTABLE also
 * (phase 2) of each unreachable object, by its address in place of the number found. Then it must not run any code of the program's.
 */
@external("host", "collected")
declare function hostCollected(phase: u32, generation: u32, collected: u32, uncollectable: u32): void;

export const GENERATIONS: u32 = 3;
export const PERMANENT: u32 = 3;

/** Debug flags, by the numbers of Python's gc module. */
const DEBUG_COLLECTABLE: u32 = 2;
export const DEBUG_SAVEALL: u32 = 32;

const REFS_SHIFT: usize = 3;
const ONE_REF: usize = 1 << REFS_SHIFT;

@unmanaged
export class GenerationStats {
  collections: u32;
  collected: u32;
  uncollectable: u32;
}

@unmanaged
export class Collector {
  // Generations 0, 1, 2 and the permanent one stand in front (objects/object).
  g0: u64;
  g0b: u64;
  g1: u64;
  g1b: u64;
  g2: u64;
  g2b: u64;
  g3: u64;
  g3b: u64;
  enabled: u32;
  collecting: u32;
  debug: u32;
  /** A list, once there was something to put there. */
  garbage: PyList | null;
  /** Objects that survived the last full collection; those that came to the oldest generation since. */
  longLivedTotal: u32;
  longLivedPending: u32;
  // Heads of lists while a collection runs.
  unreachable: u64;
  resurrected: u64;
  seen: u64;
  /** The list that is being collected, while `move` goes through it. */
  reachable: usize;
  // What Gather and Seek work on.
  result: PyList | null;
  wanted: PyList | null;
  isFound: u32;
  stats0: u32;
}

const STATS_AT: usize = offsetof<Collector>("stats0");

if (STATS_AT + GENERATIONS * offsetof<GenerationStats>() > TUPLES_AT - COLLECTOR_AT) {
  ERROR("Collector does not fit its region");
}

@inline
export function collector(): Collector {
  return changetype<Collector>(at(COLLECTOR_AT));
}

@inline
export function statsOf(k: u32): GenerationStats {
  return changetype<GenerationStats>(at(COLLECTOR_AT) + STATS_AT + <usize>k * offsetof<GenerationStats>());
}

@inline
function listAt(offset: usize): GCHead {
  return changetype<GCHead>(at(COLLECTOR_AT) + offset);
}

/** Empty generations, with CPython's thresholds. */
export function gc_begin(): void {
  for (let k: u32 = 0; k <= PERMANENT; k++) generation(k).head.becomeEmpty();
  generation(0).threshold = 2000;
  generation(1).threshold = 10;
  generation(2).threshold = 10;
  collector().enabled = 1;
}

// ---- lists ----

/** All of `from` is at the end of `to`. */
function merge(from: GCHead, to: GCHead): void {
  if (from.isEmpty) return;
  const first = changetype<GCHead>(from.next);
  const last = from.prevHead;
  const end = to.prevHead;
  end.next = changetype<usize>(first);
  first.setPrev(end);
  last.next = changetype<usize>(to);
  to.setPrev(last);
  from.becomeEmpty();
}

function sizeOfList(list: GCHead): u32 {
  let n: u32 = 0;
  for (let head = list.next; head != changetype<usize>(list); head = changetype<GCHead>(head).next) n++;
  return n;
}

@inline
function move(node: GCHead, to: GCHead): void {
  node.unlink();
  to.append(node);
}

// ---- finding what is unreachable ----

@inline
function isCollecting(head: GCHead): bool {
  return (head.prev & GC_COLLECTING) != 0;
}

@inline
function refsOf(head: GCHead): usize {
  return head.prev >> REFS_SHIFT;
}

/** gc_refs(o) == reference count of o; marked COLLECTING. `prev` is no address from now on. */
function updateRefs(list: GCHead): void {
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    head.prev = (<usize>head.object.refcnt << REFS_SHIFT) | (head.prev & GC_LASTING) | GC_COLLECTING;
    at = head.next;
  }
}

/** Takes one reference off each object of the generation that is referred to. */
@unmanaged
class Subtract {
  @inline
  visit(slot: usize): void {
    subtractOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_SUBTRACT;
  }
}

@inline
function subtractOne(o: PyObject): void {
  if (!o.type.hasGC) return;
  const head = gcHead(o);
  if (isCollecting(head)) head.prev -= ONE_REF;
}

/** gc_refs(o) == references to o from outside of the list. */
function subtractRefs(list: GCHead): void {
  const visitor = changetype<Subtract>(0);
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    traverse<Subtract>(head.object, visitor);
    at = head.next;
  }
}

/** What a reachable object refers to is reachable. */
@unmanaged
class Reach {
  @inline
  visit(slot: usize): void {
    reachOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_REACH;
  }
}

/** The list whose reachable objects stay: that which is being collected. */
@inline
function reachable(): GCHead {
  return changetype<GCHead>(collector().reachable);
}

@inline
function reachOne(o: PyObject): void {
  if (!o.type.hasGC) return;
  const head = gcHead(o);
  if (!isCollecting(head)) return;
  if ((head.next & GC_UNREACHABLE) != 0) comeBack(head);
  else if (refsOf(head) == 0) head.prev += ONE_REF;
}

/** The object was in the unreachable list too early: it is last in the reachable one, to be looked at. */
function comeBack(head: GCHead): void {
  const prev = head.prevHead;
  const next = changetype<GCHead>(head.next & ~GC_UNREACHABLE);
  prev.next = head.next;
  next.setPrev(prev);
  reachable().append(head);
  head.prev = ONE_REF | (head.prev & (GC_LASTING | GC_COLLECTING));
}

/**
 * `list` keeps what is reachable from outside, unmarked and with `prev` in order again; the rest is in `unreachable`, marked
 * COLLECTING, in order but for the mark UNREACHABLE in each `next`.
 */
function moveUnreachable(list: GCHead, unreachable: GCHead): void {
  const visitor = changetype<Reach>(0);
  collector().reachable = changetype<usize>(list);
  let prev = list;
  let at = list.next;
  while (at != changetype<usize>(list)) {
    const head = changetype<GCHead>(at);
    if (refsOf(head) != 0) {
      traverse<Reach>(head.object, visitor);
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

/** The unreachable list is an ordinary one, its objects marked COLLECTING still. */
function clearMarks(unreachable: GCHead): void {
  let at = unreachable.next;
  while (at != changetype<usize>(unreachable)) {
    const head = changetype<GCHead>(at);
    head.next &= ~GC_UNREACHABLE;
    at = head.next;
  }
}

/** Moves from `list` to `unreachable` what nothing outside of the list leads to. */
function deduceUnreachable(list: GCHead, unreachable: GCHead): void {
  updateRefs(list);
  subtractRefs(list);
  unreachable.becomeEmpty();
  moveUnreachable(list, unreachable);
  clearMarks(unreachable);
}

// ---- what becomes of it ----

/** No weak reference to an unreachable object is left, and none that is unreachable itself refers to anything. */
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

/** Every finalizer has run once. Objects may have gone, or come back to life. */
function finalizeAll(list: GCHead): void {
  const seen = listAt(offsetof<Collector>("seen"));
  seen.becomeEmpty();
  while (!list.isEmpty) {
    const head = changetype<GCHead>(list.next);
    const o = head.object;
    move(head, seen);
    if (o.type.kind != USER || o.type.finalize == 0) continue;
    incref<PyObject>(o);
    finalize(o);
    decref(o);
  }
  merge(seen, list);
}

/** Lets go of what a container refers to. */
function clearObject(o: PyObject): void {
  const kind = o.type.kind;
  if (kind == LIST) list_clear(changetype<PyList>(o));
  else if (kind == DICT) dict_clear(changetype<PyDict>(o));
  else if (kind == SET) set_clear(changetype<PySet>(o));
  else if (kind == USER) instance_clear(o);
  else if (kind == REF) {
    const r = changetype<PyRef>(o);
    const callback = r.callback;
    r.callback = null;
    xdecref(callback);
  }
}

/** The host knows of each unreachable object. */
function announce(list: GCHead, k: u32): void {
  for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
    hostCollected(2, k, <u32>changetype<usize>(changetype<GCHead>(at).object), 0);
  }
}

/** Every object is cleared; those that are still there go to `old`, or to the garbage list if that was asked for. */
function deleteAll(list: GCHead, old: GCHead): void {
  const saved = (collector().debug & DEBUG_SAVEALL) != 0;
  while (!list.isEmpty) {
    const head = changetype<GCHead>(list.next);
    const o = head.object;
    if (saved) saveGarbage(o);
    else {
      incref<PyObject>(o);
      clearObject(o);
      decref(o);
    }
    if (list.next == changetype<usize>(head)) {
      head.prev &= ~GC_COLLECTING;
      move(head, old);
    }
  }
}

/** gc.garbage, which is made when it is first needed; null if there is no memory. */
export function garbageList(): PyList | null {
  const c = collector();
  if (!c.garbage) c.garbage = list_new(0);
  return c.garbage;
}

/** gc.garbage is empty, and not there. */
export function dropGarbage(): void {
  const c = collector();
  const garbage = c.garbage;
  c.garbage = null;
  if (garbage) decref(garbage);
}

function saveGarbage(o: PyObject): void {
  const garbage = garbageList();
  if (!garbage || !list_append(garbage, o)) clearError();
}

/** Tuples whose items can't be in a cycle are not tracked any more. */
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

/** Dicts that hold nothing that can be in a cycle are not tracked until they do. */
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

/** gc.collect(k): collects generation `k` and the younger ones. Answers how many unreachable objects there were. */
export function gc_collect(k: u32): u32 {
  const c = collector();
  if (c.collecting != 0) return 0;
  c.collecting = 1;
  settings().due &= ~COLLECTION_DUE;
  hostCollected(0, k, 0, 0);
  const found = collect(k);
  const stats = statsOf(k);
  stats.collections++;
  stats.collected += found;
  // The host may ask for a collection here too, which is none then.
  hostCollected(1, k, found, 0);
  c.collecting = 0;
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
    if ((c.debug & DEBUG_COLLECTABLE) != 0) announce(unreachable, k);
    handleWeakReferences(unreachable);
    finalizeAll(unreachable);
    // Finalizers can have brought some back: those that are reachable now are ordinary objects again.
    const dead = listAt(offsetof<Collector>("resurrected"));
    deduceUnreachable(unreachable, dead);
    merge(unreachable, old);
    found = sizeOfList(dead);
    deleteAll(dead, old);
  }
  if (isFull) clearFreeLists();
  return found;
}

/** Every free list is empty. Answers how many blocks that gave back. */
export function clearFreeLists(): u32 {
  let count = tuple_clear_free_lists() + keys_clear_free_list();
  for (let kind: u32 = 0; kind < KINDS; kind++) if (kind != TUPLE) count += clearFreeList(typeOf(kind));
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) count += clearFreeList(type);
  return count;
}

/** Runs the collection that an allocation made due, if there is one: called where nothing else is under way. */
export function gc_run_due(): void {
  const c = collector();
  settings().due &= ~COLLECTION_DUE;
  if (c.enabled == 0 || c.collecting != 0) return;
  for (let k = GENERATIONS; k-- > 0; ) {
    const g = generation(k);
    if (g.threshold == 0 || g.count <= <i32>g.threshold) continue;
    // A full collection pays only if the oldest generation grew by a quarter.
    if (k + 1 == GENERATIONS && c.longLivedPending < c.longLivedTotal / 4) continue;
    gc_collect(k);
    return;
  }
}

/** gc.freeze(): what is tracked now is never looked at again, until unfreeze. */
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

export function gc_is_finalized(o: PyObject): bool {
  return o.type.hasGC && (gcHead(o).flags & GC_FINALIZED) != 0;
}

export function gc_is_tracked(o: PyObject): bool {
  return o.type.hasGC && isTracked(o);
}

// ---- looking at the graph ----

/** Adds what is visited to `result`. */
@unmanaged
class Gather {
  @inline
  visit(slot: usize): void {
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
  visit(slot: usize): void {
    seekOne(load<PyObject>(slot));
  }

  @inline
  get pass(): i32 {
    return PASS_SEEK;
  }
}

/** If there is no memory, `result` is null from then on. */
function gatherOne(o: PyObject): void {
  const c = collector();
  const result = c.result;
  if (!result || list_append(result, o)) return;
  c.result = null;
  decref(result);
}

function seekOne(o: PyObject): void {
  const c = collector();
  const wanted = c.wanted!;
  for (let k: u32 = 0; k < wanted.size; k++) if (itemAt(wanted.items, k) === o) c.isFound = 1;
}

/** The finished result, which is not tracked among what it may list. */
function takeResult(): PyList | null {
  const c = collector();
  const result = c.result;
  c.result = null;
  if (result) track(result);
  return result;
}

/** A new list that is not tracked yet. */
function beginResult(): bool {
  const result = list_new(0);
  if (result) untrack(result);
  collector().result = result;
  return result !== null;
}

/** gc.get_objects(k): the tracked objects of a generation, or of all of them if `k` is -1. */
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
    if (o.type.hasGC) traverse<Gather>(o, visitor);
  }
  return takeResult();
}

/** gc.get_referrers: the tracked objects that refer to one of a list, but for the list itself. */
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
      traverse<Seek>(o, visitor);
      if (c.isFound != 0) gatherOne(o);
    }
  }
  c.wanted = null;
  return takeResult();
}

// ---- types with a traverse function of their own ----

const PASS_SUBTRACT: i32 = 0;
const PASS_REACH: i32 = 1;
const PASS_GATHER: i32 = 2;
const PASS_SEEK: i32 = 3;

/** The function that a type's traverse(o, visit, pass) calls for each object that `o` refers to. Always answers 0. */
export function gc_visit(o: PyObject, pass: i32): i32 {
  if (pass == PASS_SUBTRACT) subtractOne(o);
  else if (pass == PASS_REACH) reachOne(o);
  else if (pass == PASS_GATHER) gatherOne(o);
  else seekOne(o);
  return 0;
}

/** Every list is in order: next and prev agree, and no object is marked. */
export function gc_valid(): bool {
  for (let k: u32 = 0; k <= PERMANENT; k++) {
    const list = generation(k).head;
    let prev = list;
    let at = list.next;
    while (at != changetype<usize>(list)) {
      if (at == 0 || (at & GC_UNREACHABLE) != 0) return false;
      const head = changetype<GCHead>(at);
      if (head.prevHead !== prev || isCollecting(head) || head.object.refcnt == 0) return false;
      prev = head;
      at = head.next;
    }
    if (list.prevHead !== prev) return false;
  }
  return true;
}
