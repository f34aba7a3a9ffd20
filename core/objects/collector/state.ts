// The collector's state: generations, lists of a running collection, figures.
//
//   COLLECTOR_AT -> | generation 0 | 1 | 2 | permanent | switches | lists of a running collection | figures of each generation |

import { GCHead, Generation, generation } from "../model/gc-head";
import { decref } from "../model/refcount";
import { at, COLLECTOR_AT, TUPLES_AT } from "../model/state";
import { list_new } from "../types/list";
import { PyList } from "../types/sequence";

export const GENERATIONS: u32 = 3;
export const PERMANENT: u32 = 3;

/** Generations, and the permanent one: lists of tracked objects. */
export const LISTS: u32 = GENERATIONS + 1;

// The numbers of passes, for visitors (model/visit.ts) and for types' own traverse functions.
export const PASS_SUBTRACT: i32 = 0;
export const PASS_REACH: i32 = 1;
export const PASS_GATHER: i32 = 2;
export const PASS_SEEK: i32 = 3;

/** Debug flags, with the numbers of Python's gc module. */
export const DEBUG_COLLECTABLE: u32 = 2;
export const DEBUG_SAVEALL: u32 = 32;

@unmanaged
export class GenerationStats {
  collections: u32;
  collected: u32;
  uncollectable: u32;
}

@unmanaged
export class Collector {
  enabled: u32;
  debug: u32;
  /** gc.garbage; null until it is first needed. */
  garbage: PyList | null;
  /**
   * The number of objects that survived the last full collection, and the number that have come to the oldest
   * generation since.
   */
  longLivedTotal: u32;
  longLivedPending: u32;
  // Heads of lists while a collection runs, of two words each.
  unreachable: u64;
  resurrected: u64;
  seen: u64;
  /** The list that the step "move" (gc.ts) goes through: reachable objects stay in it. */
  reachable: usize;
  // The arguments and the result of Gather and Seek (graph.ts).
  result: PyList | null;
  wanted: PyList | null;
  isFound: u32;
}

/** Where the collector's own state begins: after the generations (`generation` of model/gc-head.ts). */
const OWN_AT: usize = COLLECTOR_AT + LISTS * offsetof<Generation>();
const STATS_AT: usize = OWN_AT + offsetof<Collector>();

if (STATS_AT + GENERATIONS * offsetof<GenerationStats>() > TUPLES_AT) {
  ERROR("Collector does not fit its region");
}

@inline
export function collector(): Collector {
  return changetype<Collector>(at(OWN_AT));
}

@inline
export function statsOf(k: u32): GenerationStats {
  return changetype<GenerationStats>(at(STATS_AT) + <usize>k * offsetof<GenerationStats>());
}

/** The head of a list, by the offset of its field in Collector. */
@inline
export function listAt(offset: usize): GCHead {
  return changetype<GCHead>(at(OWN_AT) + offset);
}

/** Makes the generations empty, sets the thresholds of CPython's three generations, and enables the collector. */
export function gc_begin(): void {
  for (let k: u32 = 0; k <= PERMANENT; k++) generation(k).head.becomeEmpty();
  generation(0).threshold = 2000;
  generation(1).threshold = 10;
  generation(2).threshold = 10;
  collector().enabled = 1;
}

/** gc.garbage, which is made when it is first needed; null if there is no memory. */
export function garbageList(): PyList | null {
  const c = collector();
  if (!c.garbage) c.garbage = list_new(0);
  return c.garbage;
}

/** Drops gc.garbage. */
export function dropGarbage(): void {
  const c = collector();
  const garbage = c.garbage;
  c.garbage = null;
  if (garbage) decref(garbage);
}
