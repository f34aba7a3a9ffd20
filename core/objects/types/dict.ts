// Dicts: compact and ordered (keys.ts). Dicts of one shape share their keys until one of them gets or loses a key.
//
//   refcnt | type | used | - | tag, 8 bytes | keys | values
//
//   values == 0   the values lie in the entries of keys that are the dict's own       (a combined dict)
//   values != 0   keys.kind == SHARED; value number i belongs to entry number i       (a dict with shared keys)
//
// A shared dict becomes a combined one before a key is added or removed. Growth is CPython's: when there is no usable entry left, the
// new table has at least 3 x used slots. A dict is tracked once it holds something that can be in a cycle.
//
// Before a value is dropped, the dict is already valid without it. An operation that fails for lack of memory changes
// nothing.

import { ascii } from "../model/ascii";
import { DEBUG } from "../../ground/config";
import { E_UNHASHABLE_KEY } from "../model/errors.gen";
import { isTracked, track, untrack } from "../model/gc-head";
import { DICT, STR } from "../model/kinds.gen";
import { freeBlock, freeFixed, newFixed } from "../model/memory";
import { EQ, NE } from "../model/operators.gen";
import { raiseEmptyDict, raiseKey } from "../model/raises.gen";
import { decref, incref } from "../model/refcount";
import { asBool, None, NotImplemented } from "../model/singletons";
import { isA, isKind, PyObject, typeOf } from "../model/type";
import { visitIfThere, visitRow } from "../model/visit";
import { PyStr } from "../text/str";
import { COMMA_SPACE, Writer } from "../text/writer";
import {
  EMPTY,
  emptyKeys,
  FAILED,
  freeKeys,
  GENERAL,
  Keys,
  LEAST_LOG_SIZE,
  logSizeFor,
  newKeys,
  PERTURB_SHIFT,
  releaseKeys,
  SHARED,
  STRINGS,
} from "./keys";
import { equal, hashAs, writeRepr } from "./protocol";
import { setItemAt } from "./sequence";
import { mayBeInCycle, tuple_new, tuple_track } from "./tuple";

@unmanaged
export class PyDict extends PyObject {
  used: u32;
  tag: u64;
  keys: Keys;
  values: usize;

  @inline
  valueAt(index: u32): PyObject | null {
    return this.values != 0 ? load<PyObject | null>(this.values + ((<usize>index) << 2)) : this.keys.valueAt(index);
  }

  /** The address of the word that holds an entry's value. */
  @inline
  valueSlot(index: u32): usize {
    return this.values != 0 ? this.values + ((<usize>index) << 2) : this.keys.entryAt(index) + 4;
  }
}

export function dict_new(): PyDict | null {
  const d = changetype<PyDict | null>(newFixed(typeOf(DICT)));
  if (!d) return null;
  d.used = 0;
  d.tag = 0;
  d.keys = emptyKeys();
  d.values = 0;
  return d;
}

/** Shows the parts: the row of values, if the keys are shared, and the keys (anatomy.ts). */
@inline
export function dict_parts<V>(d: PyDict, visitor: V): bool {
  const at = changetype<usize>(d);
  const keys = d.keys;
  if (keys === emptyKeys()) return false;
  const any = d.values != 0 && visitor.part(at + offsetof<PyDict>("values"), (<usize>keys.count) << 2);
  return visitor.keys(at + offsetof<PyDict>("keys"), keys) || any;
}

/** Shows the references: values, and keys (model/visit.ts). Shared keys are strings. */
export function dict_references<V>(d: PyDict, visitor: V): void {
  const keys = d.keys;
  if (d.values != 0) visitRow<V>(d.values, keys.count, visitor);
  if (isDefined(visitor.pass)) {
    if (d.values == 0) entriesInCycles<V>(keys, visitor);
  } else {
    if (keys !== emptyKeys() && visitor.enters(keys)) entries<V>(keys, visitor);
  }
}

/** Shows each key, and its value if that is stored beside it. */
@inline
function entries<V>(keys: Keys, visitor: V): void {
  const n = keys.count;
  for (let index: u32 = 0; index < n; index++) {
    const entry = keys.entryAt(index);
    if (load<usize>(entry) == 0) continue;
    visitor.owned(entry);
    visitIfThere<V>(entry + 4, visitor);
  }
}

/** Like entries, for keys that are not shared, and without keys that are strings. */
@inline
function entriesInCycles<V>(keys: Keys, visitor: V): void {
  const n = keys.count;
  const withKeys = keys.kind == GENERAL;
  for (let index: u32 = 0; index < n; index++) {
    const entry = keys.entryAt(index);
    if (load<usize>(entry) == 0) continue;
    if (withKeys) visitor.owned(entry);
    visitor.owned(entry + 4);
  }
}

@inline
function trackIfNeeded(d: PyDict, key: PyObject, value: PyObject): void {
  if (!isTracked(d) && (mayBeInCycle(value) || mayBeInCycle(key))) track(d);
}

/**
 * Gives the dict new keys of this size, shared with no other dict and without deleted entries. `kind` may be STRINGS only if all keys
 * are strings. Returns false and changes nothing if there is no memory.
 */
export function rebuild(d: PyDict, logSize: u32, kind: u8): bool {
  const keys = newKeys(logSize, kind);
  if (!keys) return false;
  const old = d.keys;
  for (let index: u32 = 0; index < old.count; index++) {
    const key = old.keyAt(index);
    if (!key) continue;
    keys.add(d.values != 0 ? incref<PyObject>(key) : key, old.hashAt(index), d.valueAt(index));
  }
  d.keys = keys;
  if (d.values != 0) {
    dropValues(d, old.count);
    releaseKeys(old);
  } else if (old !== emptyKeys()) freeKeys(old);
  if (DEBUG) assert(dict_valid(d));
  return true;
}

/** Frees the row of values. Their references are the caller's now. */
function dropValues(d: PyDict, count: u32): void {
  typeOf(DICT).resized(-(<isize>(count << 2)));
  freeBlock(d.values);
  d.values = 0;
}

/** Makes room for one more key of this kind, in keys that are the dict's own. */
function makeRoom(d: PyDict, isString: bool): bool {
  const keys = d.keys;
  const kind = keys.areStrings && isString ? STRINGS : GENERAL;
  if (keys === emptyKeys()) return rebuild(d, LEAST_LOG_SIZE, kind);
  if (d.values == 0 && keys.usable > 0 && keys.areStrings == (kind == STRINGS)) return true;
  if (d.values != 0 && keys.usable > 0 && isString) return rebuild(d, keys.logSize, kind);
  return rebuild(d, logSizeFor(d.used * 3), kind);
}

/** Gives the dict its own keys, so that one can be removed. */
@inline
function unshare(d: PyDict): bool {
  return d.values == 0 || rebuild(d, d.keys.logSize, STRINGS);
}

/** d[key] = value, for a key whose hash is known. Takes new references. */
export function dict_set_known(d: PyDict, key: PyObject, hash: i32, value: PyObject): bool {
  const index = findKey(d, key, hash);
  if (index == FAILED) return false;
  if (index >= 0) {
    const slot = d.valueSlot(index);
    const old = load<PyObject>(slot);
    store<PyObject>(slot, incref<PyObject>(value));
    trackIfNeeded(d, key, value);
    decref(old);
    return true;
  }
  return addNew(d, key, hash, value);
}

function addNew(d: PyDict, key: PyObject, hash: i32, value: PyObject): bool {
  if (!makeRoom(d, isKind(key, STR))) return false;
  d.keys.add(incref<PyObject>(key), hash, incref<PyObject>(value));
  d.used++;
  trackIfNeeded(d, key, value);
  return true;
}

/** PyDict_SetItem. */
export function dict_set(d: PyDict, key: PyObject, value: PyObject): bool {
  const hash = hashAs(key, E_UNHASHABLE_KEY);
  return hash != -1 && dict_set_known(d, key, hash, value);
}

/** The entry of a key; EMPTY if there is none, FAILED with an error. */
@inline
function dict_find(d: PyDict, key: PyObject): i32 {
  const hash = hashAs(key, E_UNHASHABLE_KEY);
  return hash == -1 ? FAILED : findKey(d, key, hash);
}

/** The entry of a key whose hash is known; EMPTY if there is none, FAILED if a comparison failed. The caller owns the key. */
@inline
function findKey(d: PyDict, key: PyObject, hash: i32): i32 {
  const keys = d.keys;
  return keys.areStrings && isKind(key, STR) ? keys.findStr(changetype<PyStr>(key), hash) : findAny(d, key, hash);
}

/** A comparison in C may change the dict. Then the search begins again, in the keys that the dict has now. */
function findAny(d: PyDict, key: PyObject, hash: i32): i32 {
  let keys = d.keys;
  let size = keys.size;
  let perturb = <u32>hash;
  let slot = perturb & (size - 1);
  while (true) {
    const index = keys.indexAt(slot);
    if (index == EMPTY) return EMPTY;
    if (index >= 0 && keys.hashAt(index) == hash) {
      const other = keys.keyAt(index)!;
      const same = equal(other, key);
      if (same < 0) return FAILED;
      if (d.keys !== keys || keys.size != size || <u32>index >= keys.count || keys.keyAt(index) !== other) {
        keys = d.keys;
        size = keys.size;
        perturb = <u32>hash;
        slot = perturb & (size - 1);
        continue;
      }
      if (same != 0) return index;
    }
    perturb >>= PERTURB_SHIFT;
    slot = (slot * 5 + perturb + 1) & (size - 1);
  }
}

/** PyDict_GetItemWithError: the value, a borrowed reference; null if there is none, or an error is raised. */
export function dict_get(d: PyDict, key: PyObject): PyObject | null {
  const index = dict_find(d, key);
  return index >= 0 ? d.valueAt(index) : null;
}

/** d[key]: a new reference; null with an error, which is KeyError if the key is not there. */
export function dict_get_item(d: PyDict, key: PyObject): PyObject | null {
  const index = dict_find(d, key);
  if (index >= 0) return incref<PyObject>(d.valueAt(index)!);
  if (index == EMPTY) raiseKey(key);
  return null;
}

/** Whether the key is in the dict: 1 or 0; -1 with an error. */
export function dict_contains(d: PyDict, key: PyObject): i32 {
  const index = dict_find(d, key);
  return index >= 0 ? 1 : index == EMPTY ? 0 : -1;
}

/** d.setdefault(key, value): a borrowed reference; null if an error is raised. */
export function dict_set_default(d: PyDict, key: PyObject, value: PyObject): PyObject | null {
  const hash = hashAs(key, E_UNHASHABLE_KEY);
  if (hash == -1) return null;
  const index = findKey(d, key, hash);
  if (index >= 0) return d.valueAt(index);
  return index == EMPTY && addNew(d, key, hash, value) ? value : null;
}

/** Removes entry `index`. Returns the value, with its reference; null if there is no memory. */
export function dict_take_out(d: PyDict, index: u32): PyObject | null {
  if (!unshare(d)) return null;
  const key = d.keys.keyAt(index)!;
  const value = d.keys.valueAt(index)!;
  d.keys.remove(index);
  d.used--;
  decref(key);
  return value;
}

/** del d[key]. */
export function dict_del(d: PyDict, key: PyObject): bool {
  const index = foundIndex(d, key);
  if (index < 0) return false;
  const value = dict_take_out(d, index);
  if (!value) return false;
  decref(value);
  return true;
}

/**
 * d.pop(key): the value; null with an error, which is KeyError if the key is not there. An empty dict does not ask for
 * the key's hash.
 */
export function dict_pop(d: PyDict, key: PyObject): PyObject | null {
  const index = dict_pop_index(d, key);
  return index < 0 ? null : dict_take_out(d, index);
}

/** The entry that dict_pop would remove; -1 with an error, which is KeyError if there is none. */
export function dict_pop_index(d: PyDict, key: PyObject): i32 {
  if (d.used != 0) return foundIndex(d, key);
  raiseKey(key);
  return -1;
}

function foundIndex(d: PyDict, key: PyObject): i32 {
  const index = dict_find(d, key);
  if (index >= 0) return index;
  if (index == EMPTY) raiseKey(key);
  return -1;
}

/** d.popitem(): the last key and its value, as a tuple. */
export function dict_pop_item(d: PyDict): PyObject | null {
  if (d.used == 0) {
    raiseEmptyDict();
    return null;
  }
  const pair = tuple_new(2);
  if (!pair) return null;
  if (!unshare(d)) {
    setItemAt(pair.items, 0, None());
    setItemAt(pair.items, 1, None());
    decref(pair);
    return null;
  }
  const keys = d.keys;
  let index = keys.count - 1;
  while (!keys.keyAt(index)) index--;
  setItemAt(pair.items, 0, keys.keyAt(index)!);
  setItemAt(pair.items, 1, keys.valueAt(index)!);
  keys.remove(index);
  // All entries after this one are deleted, so they need not be looked at again. Their slots stay taken.
  keys.count = index;
  d.used--;
  tuple_track(pair);
  return pair;
}

export function dict_clear(d: PyDict): void {
  const keys = d.keys;
  const values = d.values;
  const count = keys.count;
  d.keys = emptyKeys();
  d.used = 0;
  if (values != 0) {
    d.values = 0;
    typeOf(DICT).resized(-(<isize>(count << 2)));
    for (let index: u32 = 0; index < count; index++) decref(load<PyObject>(values + ((<usize>index) << 2)));
    freeBlock(values);
  }
  releaseKeys(keys);
}

export function dict_dealloc(o: PyObject): void {
  untrack(o);
  dict_clear(changetype<PyDict>(o));
  freeFixed(o);
}

/** The first entry from `index` on that has a key; -1 if there is none. */
export function dict_next(d: PyDict, index: u32): i32 {
  const keys = d.keys;
  while (index < keys.count) {
    if (keys.keyAt(index)) return index;
    index++;
  }
  return -1;
}

/** 1 if the dicts have the same keys with equal values, 0 if not, -1 if a comparison failed. */
function sameDict(a: PyDict, b: PyDict): i32 {
  if (a.used != b.used) return 0;
  for (let index: u32 = 0; index < a.keys.count; index++) {
    const key = a.keys.keyAt(index);
    if (!key) continue;
    incref<PyObject>(key);
    const value = incref<PyObject>(a.valueAt(index)!);
    const same = hasItem(b, key, a.keys.hashAt(index), value);
    decref(key);
    decref(value);
    if (same <= 0) return same;
  }
  return 1;
}

/** 1 if the dict has an equal value for this key, 0 if not, -1 if a comparison failed. */
function hasItem(d: PyDict, key: PyObject, hash: i32, value: PyObject): i32 {
  const index = findKey(d, key, hash);
  return index >= 0 ? equal(value, d.valueAt(index)!) : index == FAILED ? -1 : 0;
}

export function dict_compare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  if (!isA(b, DICT) || (op != EQ && op != NE)) return NotImplemented();
  const same = sameDict(changetype<PyDict>(a), changetype<PyDict>(b));
  return same < 0 ? null : asBool((same == 1) == (op == EQ));
}

const COLON_SPACE: u64 = ascii(": ");

/** {key: value, ...}, and {...} for a dict inside itself. */
export function dict_repr(o: PyObject, w: Writer): bool {
  const d = changetype<PyDict>(o);
  const opened = w.openContainer(o);
  if (opened < 0 || !w.put(0x7b)) return false;
  if (opened == 0) return w.putAscii(ascii("...}"));
  const done = putItems(d, w);
  w.closeContainer();
  return done && w.put(0x7d);
}

function putItems(d: PyDict, w: Writer): bool {
  let first = true;
  for (let index = dict_next(d, 0); index >= 0; index = dict_next(d, index + 1)) {
    if (!first && !w.putAscii(COMMA_SPACE)) return false;
    first = false;
    const key = incref<PyObject>(d.keys.keyAt(index)!);
    const value = incref<PyObject>(d.valueAt(index)!);
    const done = writeRepr(key, w) && w.putAscii(COLON_SPACE) && writeRepr(value, w);
    decref(key);
    decref(value);
    if (!done) return false;
  }
  return true;
}

export function dict_valid(d: PyDict): bool {
  const keys = d.keys;
  if ((d.values != 0) != (keys.kind == SHARED)) return false;
  if (!keys.isValid()) return false;
  let present: u32 = 0;
  for (let index: u32 = 0; index < keys.count; index++) {
    if (!keys.keyAt(index)) continue;
    present++;
    if (!d.valueAt(index)) return false;
  }
  return present == d.used;
}
