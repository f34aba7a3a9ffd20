// Copies and merges dicts. Keys are shared where that is possible (dict.ts).

import { error } from "../model/error";
import { E_MEMORY } from "../model/errors.gen";
import { isTracked, track } from "../model/gc-head";
import { DICT } from "../model/kinds.gen";
import { newBlock } from "../model/memory";
import { raiseChanged } from "../model/raises.gen";
import { decref, incref } from "../model/refcount";
import { PyObject, typeOf } from "../model/type";
import { dict_clear, dict_new, dict_set_known, PyDict, rebuild } from "./dict";
import {
  emptyKeys,
  GENERAL,
  Keys,
  LEAST_LOG_SIZE,
  logSizeForEntries,
  newKeys,
  releaseKeys,
  STRINGS,
  usableOf,
} from "./keys";
import { setItemAt } from "./sequence";
import { mayBeInCycle } from "./tuple";

/** dict(other). */
export function dict_from(other: PyDict): PyDict | null {
  const d = dict_new();
  if (!d || dict_update(d, other)) return d;
  decref(d);
  return null;
}

/** d.copy(): unlike dict(d), the copy keeps spare room and deleted entries, unless more than a third of the entries are deleted. */
export function dict_copy(d: PyDict): PyDict | null {
  if (d.used == 0 || (d.values == 0 && d.used < (d.keys.count * 2) / 3)) return dict_from(d);
  const copy = dict_new();
  if (!copy || copyWhole(copy, d)) return copy;
  decref(copy);
  return null;
}

/** Gives the empty dict `d` a copy of the keys and values of `other`. */
function copyWhole(d: PyDict, other: PyDict): bool {
  const old = other.keys;
  if (other.values != 0) {
    const values = newBlock((<usize>old.count) << 2);
    if (values == 0) return false;
    memory.copy(values, other.values, (<usize>old.count) << 2);
    typeOf(DICT).resized(<isize>(old.count << 2));
    for (let index: u32 = 0; index < old.count; index++) incref<PyObject>(other.valueAt(index)!);
    if (d.keys !== emptyKeys()) releaseKeys(d.keys);
    d.keys = old.share();
    d.values = values;
  } else {
    const keys = newKeys(old.logSize, old.kind);
    if (!keys) return false;
    memory.copy(changetype<usize>(keys), changetype<usize>(old), old.bytes);
    keys.refcnt = 1;
    for (let index: u32 = 0; index < keys.count; index++) {
      const key = keys.keyAt(index);
      if (!key) continue;
      incref<PyObject>(key);
      incref<PyObject>(keys.valueAt(index)!);
    }
    if (d.keys !== emptyKeys()) releaseKeys(d.keys);
    d.keys = keys;
  }
  d.used = other.used;
  if (isTracked(other) && !isTracked(d)) track(d);
  return true;
}

/** Whether a dict's own keys have no deleted entries, and are no larger than needed. */
@inline
function isTight(d: PyDict): bool {
  const used = d.used;
  const keys = d.keys;
  return used == keys.count && (keys.logSize == LEAST_LOG_SIZE || usableOf(keys.logSize - 1) < used);
}

/**
 * d.update(other). If there may not be room for all new entries, a copy of the dict is updated, and the two exchange their contents. So
 * nothing has changed if memory runs out halfway.
 */
export function dict_update(d: PyDict, other: PyDict): bool {
  if (d === other || other.used == 0) return true;
  if (d.used == 0 && d.values == 0 && (other.values != 0 || isTight(other))) return copyWhole(d, other);
  const keys = other.keys;
  if (usableOf(d.keys.logSize) < other.used) {
    const kind = d.keys.areStrings && keys.areStrings ? STRINGS : GENERAL;
    if (!rebuild(d, logSizeForEntries(d.used + other.used), kind)) return false;
  }
  const hasRoom = d.values == 0 && d.keys.usable >= other.used && (!d.keys.areStrings || keys.areStrings);
  if (hasRoom) return merge(d, other);
  if (d.used == 0) {
    const merged = merge(d, other);
    if (!merged && error().code == E_MEMORY) dict_clear(d);
    return merged;
  }
  const copy = dict_new();
  if (!copy) return false;
  const merged = copyWhole(copy, d) && merge(copy, other);
  if (merged || error().code != E_MEMORY) exchange(d, copy);
  decref(copy);
  return merged;
}

/** Exchanges the contents of two dicts. */
function exchange(d: PyDict, other: PyDict): void {
  const used = d.used;
  const keys = d.keys;
  const values = d.values;
  d.used = other.used;
  d.keys = other.keys;
  d.values = other.values;
  other.used = used;
  other.keys = keys;
  other.values = values;
  if (isTracked(other) && !isTracked(d)) track(d);
}

/** Copies the entries of another dict into `d`, one by one. If that fails halfway, `d` has some of them. */
function merge(d: PyDict, other: PyDict): bool {
  const keys = other.keys;
  for (let index: u32 = 0; index < keys.count; index++) {
    const key = keys.keyAt(index);
    if (!key) continue;
    incref<PyObject>(key);
    const value = incref<PyObject>(other.valueAt(index)!);
    const done = dict_set_known(d, key, keys.hashAt(index), value);
    decref(key);
    decref(value);
    if (!done) return false;
    // Comparing keys and releasing a value can run code, which may have changed the other dict.
    if (other.keys !== keys) {
      raiseChanged(other);
      return false;
    }
  }
  return true;
}

/**
 * A dict with shared keys. Its values are in memory: the first at `items`, the others `step` words apart. Takes new references to keys and
 * values.
 */
export function dict_from_shared(keys: Keys, items: usize, step: i32): PyDict | null {
  const d = dict_new();
  if (!d) return null;
  const n = keys.count;
  const values = newBlock((<usize>n) << 2);
  if (values == 0) {
    decref(d);
    return null;
  }
  d.keys = keys.share();
  d.values = values;
  d.used = n;
  typeOf(DICT).resized(<isize>(n << 2));
  for (let k: u32 = 0; k < n; k++) {
    const value = load<PyObject>(items + <isize>(<i32>k * step) * 4);
    setItemAt(values, k, incref<PyObject>(value));
    if (!isTracked(d) && mayBeInCycle(value)) track(d);
  }
  return d;
}
