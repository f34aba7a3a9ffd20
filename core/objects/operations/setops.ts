// Union, intersection, difference and inclusion of sets and iterables.
//
// The operand that is iterated over, and the moments when tables grow, are CPython's (Objects/setobject.c), so results have the same order.
// If memory runs out halfway, a function that changes a set restores the set's items.

import { error } from "../model/error";
import { E_MEMORY, E_UNHASHABLE_ITEM } from "../model/errors.gen";
import { clearError } from "../model/raise";
import { DICT, SET } from "../model/kinds.gen";
import { decref, incref, xdecref } from "../model/refcount";
import { isASet, isKind, layoutOf, PyObject, PyType, typeOf } from "../model/type";
import { dict_contains, PyDict } from "../types/dict";
import { list_append_owned, list_new } from "../types/list";
import { hashAs, hashOf } from "../types/protocol";
import { itemAt, PyList } from "../types/sequence";
import {
  set_add_known,
  set_clear,
  set_contains_known,
  set_copy,
  set_discard_known,
  set_is_subset,
  set_merge,
  set_new,
  set_shares,
  set_swap,
} from "../types/set";
import { PySet, set_next, set_resize } from "../types/set-table";
import { isIterable, itemAtPosition, listOf, nextPosition, sizeOf } from "./abstract";

/** The type of the results of operators: set or frozenset, also for a set of a derived type. */
@inline
function exactType(s: PySet): PyType {
  return typeOf(layoutOf(s));
}

/**
 * An object to iterate over: `o` itself, or a list of the items of an iterable in C. A new reference; null with an error, which is
 * TypeError if `o` is not iterable.
 */
function iterableOf(o: PyObject): PyObject | null {
  return isIterable(o) ? incref<PyObject>(o) : listOf(o);
}

/**
 * Adds the items of an iterable. If memory runs out, the added items are removed again; if an item has no hash, they stay, as in
 * CPython.
 */
function addAll(s: PySet, other: PyObject): bool {
  const added = list_new(0);
  if (!added) return false;
  let done = true;
  for (let k = nextPosition(other, 0); done && k >= 0; k = nextPosition(other, k + 1)) {
    const item = itemAtPosition(other, k);
    const hash = item ? hashAs(item, E_UNHASHABLE_ITEM) : -1;
    const before = s.used;
    done = hash != -1 && set_add_known(s, item!, hash);
    if (done && s.used > before) {
      done = list_append_owned(added, item);
      if (!done) set_discard_known(s, item!, hash);
    } else if (item) decref(item);
  }
  // The removal can't fail: each added item has a hash, and the set finds the same object without a comparison.
  if (!done && error().code == E_MEMORY)
    for (let k: u32 = 0; k < added.size; k++)
      set_discard_known(s, itemAt(added.items, k), hashOf(itemAt(added.items, k)));
  decref(added);
  return done;
}

/** s.update(other), s |= other. */
export function set_update(s: PySet, other: PyObject): bool {
  if (isASet(other)) return set_merge(s, changetype<PySet>(other));
  if (isKind(other, DICT)) {
    const n = <u32>sizeOf(other);
    if ((s.fill + n) * 5 >= s.mask * 3 && !set_resize(s, (s.used + n) * 2)) return false;
  }
  const items = iterableOf(other);
  const done = items !== null && addAll(s, items);
  xdecref(items);
  return done;
}

/** A set of the type with the items of an iterable: set(other), frozenset(other). */
export function set_from(type: PyType, other: PyObject): PySet | null {
  const s = set_new(type);
  if (s && !set_update(s, other)) {
    decref(s);
    return null;
  }
  return s;
}

/** s.union(other), s | other. */
export function set_union(s: PySet, other: PyObject): PySet | null {
  const result = set_copy(s, exactType(s));
  if (result && s !== other && !set_update(result, other)) {
    decref(result);
    return null;
  }
  return result;
}

/** s.intersection(other), s & other. */
export function set_intersection(s: PySet, other: PyObject): PySet | null {
  if (s === other) return set_copy(s, exactType(s));
  const result = set_new(exactType(s));
  if (result && !intersect(result, s, other)) {
    decref(result);
    return null;
  }
  return result;
}

function intersect(result: PySet, s: PySet, other: PyObject): bool {
  if (isASet(other)) {
    let small = changetype<PySet>(other);
    let large = s;
    if (small.used > large.used) {
      large = small;
      small = s;
    }
    for (let k = set_next(small, 0); k >= 0; k = set_next(small, k + 1)) {
      const key = incref<PyObject>(small.keyAt(k)!);
      const hash = small.hashAt(k);
      const there = set_contains_known(large, key, hash);
      const done = there == 0 || (there == 1 && set_add_known(result, key, hash));
      decref(key);
      if (!done) return false;
    }
    return true;
  }
  const items = iterableOf(other);
  const done = items !== null && intersectItems(result, s, items);
  xdecref(items);
  return done;
}

function intersectItems(result: PySet, s: PySet, other: PyObject): bool {
  for (let k = nextPosition(other, 0); k >= 0; k = nextPosition(other, k + 1)) {
    const item = itemAtPosition(other, k);
    if (!item) return false;
    const hash = hashOf(item);
    const there = hash == -1 ? -1 : set_contains_known(s, item, hash);
    const done = there >= 0 && (there == 0 || set_add_known(result, item, hash));
    decref(item);
    if (!done) return false;
    // All items of the set were found, so nothing more can be found.
    if (there == 1 && result.used == s.used) return true;
  }
  return true;
}

/** s.intersection_update(other), s &= other. */
export function set_intersection_update(s: PySet, other: PyObject): bool {
  const result = set_intersection(s, other);
  if (!result) return false;
  set_swap(s, result);
  decref(result);
  return true;
}

/** s.difference(other), s - other. */
export function set_difference(s: PySet, other: PyObject): PySet | null {
  const isSet = isASet(other);
  if ((!isSet && !isKind(other, DICT)) || s.used >> 2 > (isSet ? changetype<PySet>(other).used : <u32>sizeOf(other))) {
    const copy = set_copy(s, exactType(s));
    if (copy && !set_difference_update(copy, other)) {
      decref(copy);
      return null;
    }
    return copy;
  }
  const result = set_new(exactType(s));
  if (!result) return null;
  for (let k = set_next(s, 0); k >= 0; k = set_next(s, k + 1)) {
    const key = incref<PyObject>(s.keyAt(k)!);
    const hash = s.hashAt(k);
    const there = isSet
      ? set_contains_known(changetype<PySet>(other), key, hash)
      : dict_contains(changetype<PyDict>(other), key);
    const done = there == 1 || (there == 0 && set_add_known(result, key, hash));
    decref(key);
    if (!done) {
      decref(result);
      return null;
    }
  }
  return result;
}

/**
 * s.difference_update(other), s -= other. All memory that this needs is allocated before the set changes, except for a
 * smaller table at the end, which can be done without.
 */
export function set_difference_update(s: PySet, other: PyObject): bool {
  if (s === other) {
    set_clear(s);
    return true;
  }
  if (!isASet(other)) {
    // All items are made before anything changes. Then only hashing an item can fail, as in CPython, but not for lack
    // of memory.
    const items = listOf(other);
    if (!items) return false;
    const done = discardEach(s, items);
    decref(items);
    return done;
  }
  let items = changetype<PySet>(other);
  if (items.used >> 3 <= s.used) return discardAll(s, items);
  const common = set_intersection(s, other);
  if (!common) return false;
  const done = discardAll(s, common);
  decref(common);
  return done;
}

function discardEach(s: PySet, items: PyList): bool {
  for (let k: u32 = 0; k < items.size; k++) {
    const item = itemAt(items.items, k);
    const hash = hashAs(item, E_UNHASHABLE_ITEM);
    if (hash == -1 || set_discard_known(s, item, hash) < 0) return false;
  }
  sweep(s);
  return true;
}

function discardAll(s: PySet, items: PySet): bool {
  for (let k = set_next(items, 0); k >= 0; k = set_next(items, k + 1)) {
    const key = incref<PyObject>(items.keyAt(k)!);
    const found = set_discard_known(s, key, items.hashAt(k));
    decref(key);
    if (found < 0) return false;
  }
  sweep(s);
  return true;
}

/** Removes the slots of removed items, if they are more than a quarter of all, and if there is memory for that. */
function sweep(s: PySet): void {
  if (s.fill - s.used > s.mask / 4 && !set_resize(s, s.used > 50000 ? s.used * 2 : s.used * 4)) clearError();
}

/** s.symmetric_difference(other), s ^ other. */
export function set_symmetric_difference(s: PySet, other: PyObject): PySet | null {
  const result = set_from(exactType(s), other);
  if (result && !toggleAll(result, s)) {
    decref(result);
    return null;
  }
  return result;
}

/** Removes each item of `other`, a set or a dict, that is in `s`, and adds those that are not. */
function toggleAll(s: PySet, other: PyObject): bool {
  const isSet = isASet(other);
  for (let k = nextPosition(other, 0); k >= 0; k = nextPosition(other, k + 1)) {
    const key = incref<PyObject>(isSet ? changetype<PySet>(other).keyAt(k)! : changetype<PyDict>(other).keys.keyAt(k)!);
    const hash = isSet ? changetype<PySet>(other).hashAt(k) : changetype<PyDict>(other).keys.hashAt(k);
    const found = set_discard_known(s, key, hash);
    const done = found == 1 || (found == 0 && set_add_known(s, key, hash));
    decref(key);
    if (!done) return false;
  }
  return true;
}

/** s.symmetric_difference_update(other), s ^= other. */
export function set_symmetric_difference_update(s: PySet, other: PyObject): bool {
  if (s === other) {
    set_clear(s);
    return true;
  }
  const asItIs = isASet(other) || isKind(other, DICT);
  const items = asItIs ? incref<PyObject>(other) : set_from(typeOf(SET), other);
  if (!items) return false;
  const copy = set_copy(s, typeOf(SET));
  const done = copy !== null && toggleAll(s, items);
  // Undoes what was toggled so far: the set gets the items of its copy back.
  if (copy) {
    if (!done) set_swap(s, copy);
    decref(copy);
  }
  decref(items);
  return done;
}

/** s <= other for any iterable: 1, 0, -1 if an error is raised. */
export function set_is_subset_of(s: PySet, other: PyObject): i32 {
  if (isASet(other)) return set_is_subset(s, changetype<PySet>(other));
  const common = set_intersection(s, other);
  if (!common) return -1;
  const answer = common.used == s.used ? 1 : 0;
  decref(common);
  return answer;
}

/** s >= other for any iterable: 1, 0, -1 if an error is raised. Stops at the first item that is not in the set. */
export function set_is_superset_of(s: PySet, other: PyObject): i32 {
  if (isASet(other)) return set_is_subset(changetype<PySet>(other), s);
  const missing = findItem(s, other, 0);
  return missing < 0 ? -1 : 1 - missing;
}

/** Whether the set and an iterable have no item in common: 1, 0, -1 if an error is raised. Stops at the first common item. */
export function set_is_disjoint(s: PySet, other: PyObject): i32 {
  if (!isASet(other)) {
    const common = findItem(s, other, 1);
    return common < 0 ? -1 : 1 - common;
  }
  const set = changetype<PySet>(other);
  const small = set.used > s.used ? s : set;
  const large = small === s ? set : s;
  for (let k = set_next(small, 0); k >= 0; k = set_next(small, k + 1)) {
    const there = set_shares(large, small, k);
    if (there != 0) return there < 0 ? -1 : 0;
  }
  return 1;
}

/** Whether an iterable has an item that is in the set, or, if `there` is 0, one that is not: 1, 0, -1 if an error is raised. */
function findItem(s: PySet, other: PyObject, there: i32): i32 {
  const items = iterableOf(other);
  const found = items ? findAmong(s, items, there) : -1;
  xdecref(items);
  return found;
}

function findAmong(s: PySet, other: PyObject, there: i32): i32 {
  for (let k = nextPosition(other, 0); k >= 0; k = nextPosition(other, k + 1)) {
    const item = itemAtPosition(other, k);
    if (!item) return -1;
    const hash = hashAs(item, E_UNHASHABLE_ITEM);
    const found = hash == -1 ? -1 : set_contains_known(s, item, hash);
    decref(item);
    if (found < 0) return -1;
    if (found == there) return 1;
  }
  return 0;
}
