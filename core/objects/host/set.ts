// Sets, for the host. A function whose name types/set.ts already uses has a suffix here: set_clear_all.

import { safePoint } from "../collector/due";
import { handles } from "../model/handles";
import { FROZENSET } from "../model/kinds.gen";
import { decref, incref } from "../model/refcount";
import { isKind } from "../model/type";
import {
  set_difference,
  set_difference_update,
  set_intersection,
  set_intersection_update,
  set_is_disjoint,
  set_is_subset_of,
  set_is_superset_of,
  set_symmetric_difference,
  set_symmetric_difference_update,
  set_union,
  set_update,
} from "../operations/setops";
import { set_add, set_clear, set_copy, set_discard, set_pop_slot, set_remove, set_take } from "../types/set";
import { PySet } from "../types/set-table";
import { answer, answerable } from "./exchange";
import { afterGrowth, answerAndDrop, hold, letGo, set } from "./operands";

export function set_add_item(handle: u32): bool {
  const s = hold(handle);
  const item = handles().pop();
  return afterGrowth<bool>(letGo<bool>(s, item, set_add(changetype<PySet>(s), item)));
}

/** 1 if the item was there, 0 if not, -1 if an error is raised. */
export function set_discard_item(handle: u32): i32 {
  const s = hold(handle);
  const item = handles().pop();
  return letGo<i32>(s, item, set_discard(changetype<PySet>(s), item));
}

export function set_remove_item(handle: u32): bool {
  const s = hold(handle);
  const item = handles().pop();
  return letGo<bool>(s, item, set_remove(changetype<PySet>(s), item));
}

export function set_pop_item(handle: u32): f64 {
  const s = set(handle);
  const k = set_pop_slot(s);
  return answer(k >= 0 && answerable(s.keyAt(k)!) ? set_take(s, k) : null);
}

export function set_clear_all(handle: u32): void {
  set_clear(set(handle));
}

/** s.copy(): a frozenset's copy is itself. */
export function set_copy_all(handle: u32): f64 {
  const s = set(handle);
  return answer(isKind(s, FROZENSET) ? incref<PySet>(s) : set_copy(s, s.type));
}

// The operations on a set and an iterable.
export const UNION: u32 = 0;
export const INTERSECTION: u32 = 1;
export const DIFFERENCE: u32 = 2;
export const SYMMETRIC_DIFFERENCE: u32 = 3;

/** A new set made from the set and the iterable on the stack. */
export function set_combine(handle: u32, operation: u32): f64 {
  const s = changetype<PySet>(hold(handle));
  safePoint();
  const other = handles().pop();
  let made: PySet | null;
  if (operation == UNION) made = set_union(s, other);
  else if (operation == INTERSECTION) made = set_intersection(s, other);
  else if (operation == DIFFERENCE) made = set_difference(s, other);
  else made = set_symmetric_difference(s, other);
  decref(s);
  return answerAndDrop(other, made);
}

/** Like set_combine, but changes the set itself. */
export function set_combine_update(handle: u32, operation: u32): bool {
  const s = changetype<PySet>(hold(handle));
  const other = handles().pop();
  let changed: bool;
  if (operation == UNION) changed = set_update(s, other);
  else if (operation == INTERSECTION) changed = set_intersection_update(s, other);
  else if (operation == DIFFERENCE) changed = set_difference_update(s, other);
  else changed = set_symmetric_difference_update(s, other);
  decref(other);
  decref(s);
  return afterGrowth<bool>(changed);
}

// The relations of a set to an iterable.
export const SUBSET: u32 = 0;
export const SUPERSET: u32 = 1;
export const DISJOINT: u32 = 2;

export function set_relation(handle: u32, relation: u32): i32 {
  const s = changetype<PySet>(hold(handle));
  const other = handles().pop();
  if (relation == SUBSET) return letGo<i32>(s, other, set_is_subset_of(s, other));
  if (relation == SUPERSET) return letGo<i32>(s, other, set_is_superset_of(s, other));
  return letGo<i32>(s, other, set_is_disjoint(s, other));
}
