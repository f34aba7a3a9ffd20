// PyDict_*.

import { error, hasError } from "../../model/error";
import { E_KEY, E_PAIR, E_UNHASHABLE_KEY } from "../../model/errors.gen";
import { DICT } from "../../model/kinds.gen";
import { clearError } from "../../model/raise";
import { raiseNoKeys, raisePairLength } from "../../model/raises.gen";
import { decref, incref } from "../../model/refcount";
import { isA, PyObject } from "../../model/type";
import { listOf } from "../../operations/abstract";
import {
  dict_clear,
  dict_contains,
  dict_del,
  dict_get,
  dict_new,
  dict_next,
  dict_pop,
  dict_set,
  dict_set_default,
  PyDict,
} from "../../types/dict";
import { dict_copy, dict_update } from "../../types/dict-merge";
import { list_append_owned, list_new } from "../../types/list";
import { hashAs } from "../../types/protocol";
import { itemAt, PyList, rowItems, rowSize, setItemAt } from "../../types/sequence";
import { tuple_new, tuple_track } from "../../types/tuple";
import { badCall } from "../runtime/complaints";
import { fastOf } from "./fast";
import { PyUnicode_FromString } from "./unicode";

@inline
function asDict(o: PyObject): PyDict | null {
  if (isA(o, DICT)) return changetype<PyDict>(o);
  badCall();
  return null;
}

export function PyDict_New(): PyObject | null {
  return dict_new();
}

export function PyDict_Size(o: PyObject): i32 {
  const d = asDict(o);
  return d ? <i32>d.used : -1;
}

export function PyDict_Clear(o: PyObject): void {
  if (isA(o, DICT)) dict_clear(changetype<PyDict>(o));
}

export function PyDict_Copy(o: PyObject): PyObject | null {
  const d = asDict(o);
  return d ? dict_copy(d) : null;
}

// ---- one entry ----

/** The value, a borrowed reference; NULL if there is none. It never sets an error: any error also means "none". */
export function PyDict_GetItem(o: PyObject, key: PyObject): PyObject | null {
  if (!isA(o, DICT)) return null;
  const pending = hasError();
  const value = dict_get(changetype<PyDict>(o), key);
  if (!value && !pending) clearError();
  return value;
}

/** Like PyDict_GetItem, but an error remains set. */
export function PyDict_GetItemWithError(o: PyObject, key: PyObject): PyObject | null {
  const d = asDict(o);
  return d ? dict_get(d, key) : null;
}

/** Stores a new reference in `*value` and returns 1; NULL and 0 if the key is not there; NULL and -1 with an error. */
export function PyDict_GetItemRef(o: PyObject, key: PyObject, value: usize): i32 {
  const found = PyDict_GetItemWithError(o, key);
  store<PyObject | null>(value, found);
  if (!found) return hasError() ? -1 : 0;
  incref<PyObject>(found);
  return 1;
}

export function PyDict_Contains(o: PyObject, key: PyObject): i32 {
  const d = asDict(o);
  return d ? dict_contains(d, key) : -1;
}

export function PyDict_SetItem(o: PyObject, key: PyObject, value: PyObject): i32 {
  const d = asDict(o);
  return d && dict_set(d, key, value) ? 0 : -1;
}

export function PyDict_DelItem(o: PyObject, key: PyObject): i32 {
  if (!isA(o, DICT) && hashAs(key, E_UNHASHABLE_KEY) == -1) return -1;
  const d = asDict(o);
  return d && dict_del(d, key) ? 0 : -1;
}

/** d.setdefault(key, value): a borrowed reference; NULL with an error. */
export function PyDict_SetDefault(o: PyObject, key: PyObject, value: PyObject): PyObject | null {
  const d = asDict(o);
  return d ? dict_set_default(d, key, value) : null;
}

/**
 * d.setdefault(key, value); stores a new reference in `*result` if `result` is not NULL. 1 if the key was there, 0 if
 * not, -1 with an error.
 */
export function PyDict_SetDefaultRef(o: PyObject, key: PyObject, value: PyObject, result: usize): i32 {
  const d = asDict(o);
  const before = d ? d.used : 0;
  const found = d ? dict_set_default(d, key, value) : null;
  if (result != 0) store<PyObject | null>(result, found ? incref<PyObject>(found) : null);
  return found ? (d!.used == before ? 1 : 0) : -1;
}

/**
 * Removes the entry, and stores its value in `*result` if `result` is not NULL. 1; or 0 and NULL if there is none; or
 * -1 with an error.
 */
export function PyDict_Pop(o: PyObject, key: PyObject, result: usize): i32 {
  const d = asDict(o);
  const value = d ? dict_pop(d, key) : null;
  if (result != 0) store<PyObject | null>(result, value);
  else if (value) decref(value);
  if (value) return 1;
  if (!d || error().code != E_KEY) return -1;
  clearError();
  return 0;
}

// ---- with keys that are C strings, in UTF-8 ----

export function PyDict_GetItemString(o: PyObject, text: usize): PyObject | null {
  const pending = hasError();
  const key = PyUnicode_FromString(text);
  if (!key) {
    if (!pending) clearError();
    return null;
  }
  const value = PyDict_GetItem(o, key);
  decref(key);
  return value;
}

export function PyDict_GetItemStringRef(o: PyObject, text: usize, value: usize): i32 {
  const key = PyUnicode_FromString(text);
  if (!key) {
    store<usize>(value, 0);
    return -1;
  }
  const found = PyDict_GetItemRef(o, key, value);
  decref(key);
  return found;
}

export function PyDict_SetItemString(o: PyObject, text: usize, value: PyObject): i32 {
  const key = PyUnicode_FromString(text);
  return key ? after(key, PyDict_SetItem(o, key, value)) : -1;
}

export function PyDict_DelItemString(o: PyObject, text: usize): i32 {
  const key = PyUnicode_FromString(text);
  return key ? after(key, PyDict_DelItem(o, key)) : -1;
}

export function PyDict_ContainsString(o: PyObject, text: usize): i32 {
  const key = PyUnicode_FromString(text);
  return key ? after(key, PyDict_Contains(o, key)) : -1;
}

export function PyDict_PopString(o: PyObject, text: usize, result: usize): i32 {
  const key = PyUnicode_FromString(text);
  if (!key && result != 0) store<usize>(result, 0);
  return key ? after(key, PyDict_Pop(o, key, result)) : -1;
}

@inline
function after(key: PyObject, result: i32): i32 {
  decref(key);
  return result;
}

// ---- all entries ----

/**
 * Stores borrowed references to the key and the value of the next entry, and returns 1; 0 if there is no further entry.
 * `*position`, which must be 0 at first, becomes the place to go on from.
 */
export function PyDict_Next(o: PyObject, position: usize, key: usize, value: usize): i32 {
  if (!isA(o, DICT)) return 0;
  const d = changetype<PyDict>(o);
  const index = load<i32>(position) < 0 ? -1 : dict_next(d, load<u32>(position));
  if (index < 0) return 0;
  store<i32>(position, index + 1);
  if (key != 0) store<PyObject | null>(key, d.keys.keyAt(index));
  if (value != 0) store<PyObject | null>(value, d.valueAt(index));
  return 1;
}

const KEYS: u32 = 0;
const VALUES: u32 = 1;
const ITEMS: u32 = 2;

function pairAt(d: PyDict, index: u32): PyObject | null {
  const pair = tuple_new(2);
  if (!pair) return null;
  setItemAt(pair.items, 0, incref<PyObject>(d.keys.keyAt(index)!));
  setItemAt(pair.items, 1, incref<PyObject>(d.valueAt(index)!));
  tuple_track(pair);
  return pair;
}

function listed(o: PyObject, what: u32): PyObject | null {
  const d = asDict(o);
  const l = d ? list_new(d.used) : null;
  if (!l) return null;
  for (let index = dict_next(d!, 0); index >= 0; index = dict_next(d!, index + 1)) {
    let item: PyObject | null;
    if (what == KEYS) item = incref<PyObject>(d!.keys.keyAt(index)!);
    else if (what == VALUES) item = incref<PyObject>(d!.valueAt(index)!);
    else item = pairAt(d!, index);
    if (list_append_owned(l, item)) continue;
    decref(l);
    return null;
  }
  return l;
}

export function PyDict_Keys(o: PyObject): PyObject | null {
  return listed(o, KEYS);
}

export function PyDict_Values(o: PyObject): PyObject | null {
  return listed(o, VALUES);
}

export function PyDict_Items(o: PyObject): PyObject | null {
  return listed(o, ITEMS);
}

/** d.update(other), where `other` is a dict. */
export function PyDict_Update(o: PyObject, other: PyObject): i32 {
  return PyDict_Merge(o, other, 1);
}

/**
 * Copies the entries of `other` into the dict. If a key is there already, its value is replaced only if `overwrite`.
 */
export function PyDict_Merge(o: PyObject, other: PyObject, overwrite: i32): i32 {
  const d = asDict(o);
  if (!d) return -1;
  if (!isA(other, DICT)) {
    raiseNoKeys(other);
    return -1;
  }
  if (overwrite != 0) return dict_update(d, changetype<PyDict>(other)) ? 0 : -1;
  const from = changetype<PyDict>(other);
  for (let index = dict_next(from, 0); index >= 0; index = dict_next(from, index + 1)) {
    if (!dict_set_default(d, from.keys.keyAt(index)!, from.valueAt(index)!)) return -1;
  }
  return 0;
}

/** Like PyDict_Merge, for an iterable of pairs. */
export function PyDict_MergeFromSeq2(o: PyObject, pairs: PyObject, overwrite: i32): i32 {
  const d = asDict(o);
  const l = d ? listOf(pairs) : null;
  if (!l) return -1;
  let done = true;
  for (let k: u32 = 0; done && k < l.size; k++) done = mergePair(d!, l, k, overwrite != 0);
  decref(l);
  return done ? 0 : -1;
}

function mergePair(d: PyDict, l: PyList, k: u32, overwrite: bool): bool {
  const pair = fastOf(itemAt(l.items, k), E_PAIR);
  if (!pair) {
    if (error().code == E_PAIR) error().x = k;
    return false;
  }
  const n = rowSize(pair);
  let done = false;
  if (n != 2) raisePairLength(k, n);
  else {
    const key = itemAt(rowItems(pair), 0);
    const value = itemAt(rowItems(pair), 1);
    done = overwrite ? dict_set(d, key, value) : dict_set_default(d, key, value) !== null;
  }
  decref(pair);
  return done;
}
