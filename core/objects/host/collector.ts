// The collector, for the host: Python's gc module. Also the figures of types, and of what objects share.

import { clearFreeLists } from "../collector/free-lists";
import { gc_get_objects, gc_get_referents, gc_get_referrers, gc_is_finalized, gc_is_tracked } from "../collector/graph";
import { collector, garbageList, statsOf } from "../collector/state";
import { generation } from "../model/gc-head";
import { handles } from "../model/handles";
import { TUPLE } from "../model/kinds.gen";
import { enterState, HELD, leaveState } from "../model/reentrancy";
import { decref, incref } from "../model/refcount";
import { hasPolicy } from "../model/settings";
import { PyType, typeOf } from "../model/type";
import { interned } from "../types/intern";
import { keys_spare, keys_spare_bytes, keys_spare_hits } from "../types/keys";
import { PyList } from "../types/sequence";
import { shapes_bytes, shapes_clear, shapes_hits } from "../types/shapes";
import { tuple_free_bytes } from "../types/tuple";
import { answer } from "./exchange";

export function gc_enabled(): bool {
  return collector().enabled != 0;
}

export function gc_set_enabled(on: bool): void {
  collector().enabled = on ? 1 : 0;
}

/** Until the matching call of gc_let_go, no collection starts by itself. Calls can be nested. */
export function gc_hold(): void {
  enterState(HELD);
}

export function gc_let_go(): void {
  leaveState(HELD);
}

/** Whether a policy is on. */
export function has_policy(policy: u32): bool {
  return hasPolicy(policy);
}

export function gc_threshold(k: u32): u32 {
  return generation(k).threshold;
}

export function gc_set_threshold(k: u32, threshold: u32): void {
  generation(k).threshold = threshold;
}

export function gc_count(k: u32): i32 {
  return generation(k).count;
}

// The figures of a generation.
export const STAT_COLLECTIONS: u32 = 0;
export const STAT_COLLECTED: u32 = 1;
export const STAT_UNCOLLECTABLE: u32 = 2;

/**
 * A figure of generation `k`: the number of collections, of objects collected, or of objects that could not be
 * collected.
 */
export function gc_stat(k: u32, which: u32): u32 {
  const stats = statsOf(k);
  return which == STAT_COLLECTIONS
    ? stats.collections
    : which == STAT_COLLECTED
      ? stats.collected
      : stats.uncollectable;
}

export function gc_debug(): u32 {
  return collector().debug;
}

export function gc_set_debug(flags: u32): void {
  collector().debug = flags;
}

/** The list of garbage; it still belongs to the collector. */
export function gc_garbage(): f64 {
  const garbage = garbageList();
  return answer(garbage ? incref<PyList>(garbage) : null);
}

export function gc_objects(k: i32): f64 {
  return answer(gc_get_objects(k));
}

/** The objects to which the objects of the list on the stack refer. */
export function gc_referents(): f64 {
  const objects = handles().pop();
  const result = gc_get_referents(changetype<PyList>(objects));
  decref(objects);
  return answer(result);
}

/** The tracked objects that refer to an object of the list on the stack, without those of the permanent generation. */
export function gc_referrers(): f64 {
  const objects = handles().pop();
  const result = gc_get_referrers(changetype<PyList>(objects));
  decref(objects);
  return answer(result);
}

export function is_tracked(handle: u32): bool {
  return gc_is_tracked(handles().at(handle));
}

export function is_finalized(handle: u32): bool {
  return gc_is_finalized(handles().at(handle));
}

// ---- statistics ----

/**
 * Forgets shapes; then empties the free lists, to which the shapes' keys may have gone; shrinks the table of interned
 * strings; gives the buffer back.
 */
export function objects_relieve(): void {
  shapes_clear();
  clearFreeLists();
  interned().fit();
  handles().dropBuffer();
}

// The figures of a type.
export const FIGURE_LIVE: u32 = 0;
export const FIGURE_BYTES: u32 = 1;
export const FIGURE_FREE: u32 = 2;
export const FIGURE_FREE_HITS: u32 = 3;
export const FIGURE_FREE_BYTES: u32 = 4;

function figure(type: PyType, which: u32): u32 {
  if (which == FIGURE_LIVE) return type.live;
  if (which == FIGURE_BYTES) return <u32>type.bytes;
  if (which == FIGURE_FREE) return type.freeCount;
  if (which == FIGURE_FREE_HITS) return type.freeHits;
  if (type === typeOf(TUPLE)) return <u32>tuple_free_bytes();
  return type.freeCount * (type.basicSize + <u32>type.headBytes);
}

/** A figure of a built-in type. */
export function type_figure(kind: u32, which: u32): u32 {
  return figure(typeOf(kind), which);
}

/** A figure of a type, given by its address, which the host reads from the ring of types. */
export function type_figure_at(address: usize, which: u32): u32 {
  return figure(changetype<PyType>(address), which);
}

/** A figure of a user's type. */
export function user_type_figure(handle: u32, which: u32): u32 {
  return figure(changetype<PyType>(handles().at(handle)), which);
}

// The figures of what objects share.
export const INTERNED_STRINGS: u32 = 0;
export const INTERNED_HITS: u32 = 1;
export const SHARED_KEYS_HITS: u32 = 2;
export const SPARE_KEYS: u32 = 3;
export const SPARE_KEYS_HITS: u32 = 4;
export const SPARE_KEYS_BYTES: u32 = 5;
export const INTERNED_BYTES: u32 = 6;
export const SHAPES_BYTES: u32 = 7;

export function sharing_figure(which: u32): u32 {
  if (which == INTERNED_STRINGS) return interned().live;
  if (which == INTERNED_HITS) return interned().hits;
  if (which == SHARED_KEYS_HITS) return shapes_hits();
  if (which == SPARE_KEYS) return keys_spare();
  if (which == SPARE_KEYS_HITS) return keys_spare_hits();
  if (which == SPARE_KEYS_BYTES) return <u32>keys_spare_bytes();
  return which == INTERNED_BYTES ? interned().capacity << 2 : <u32>shapes_bytes();
}
