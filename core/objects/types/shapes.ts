// Shapes: decides which dicts share their keys.
//
//   table[hash of the keys' addresses]   mark | keys
//
// A dict that is made from a whole row of string keys at once (a record) is looked up here by its keys, in order. The first dict of a
// shape only sets the mark; from the second on, dicts of that shape share keys. A new shape replaces an older one at the same place of the
// table; the dicts of the older shape keep sharing its keys.

import { clearError } from "../model/raise";
import { STR } from "../model/kinds.gen";
import { freeBlock, newBlock } from "../model/memory";
import { decref, incref } from "../model/refcount";
import { hasPolicy, POLICY_KEY_SHARING } from "../model/settings";
import { at, SHAPES_AT, TRASH_AT } from "../model/state";
import { isKind, PyObject } from "../model/type";
import { PyStr, str_hash } from "../text/str";
import { dict_new, dict_set, PyDict } from "./dict";
import { dict_from_shared } from "./dict-merge";
import { Keys, logSizeForEntries, newKeys, releaseKeys, SHARED } from "./keys";

export const CAPACITY: u32 = 256;
/** Records with more keys than this don't share them (CPython's SHARED_KEYS_MAX_SIZE). */
const MOST_KEYS: u32 = 30;

@unmanaged
class Shape {
  mark: u32;
  keys: Keys | null;
}

@unmanaged
class Shapes {
  table: usize;
  /** The number of dicts that were made with existing keys. */
  hits: u32;

  @inline
  at(mark: u32): Shape {
    return changetype<Shape>(this.table + <usize>(mark & (CAPACITY - 1)) * offsetof<Shape>());
  }
}

if (offsetof<Shapes>() > TRASH_AT - SHAPES_AT) ERROR("Shapes does not fit its region");

@inline
function shapes(): Shapes {
  return changetype<Shapes>(at(SHAPES_AT));
}

export function shapes_hits(): u32 {
  return shapes().hits;
}

/** The bytes of the table. The keys in it are counted with the dicts. */
export function shapes_bytes(): usize {
  return shapes().table != 0 ? <usize>CAPACITY * offsetof<Shape>() : 0;
}

/** Forgets every shape. Returns how many there were. */
export function shapes_clear(): u32 {
  const s = shapes();
  if (s.table == 0) return 0;
  let count: u32 = 0;
  for (let k: u32 = 0; k < CAPACITY; k++) {
    const keys = s.at(k).keys;
    if (!keys) continue;
    count++;
    releaseKeys(keys);
  }
  freeBlock(s.table);
  s.table = 0;
  return count;
}

/** A hash of the row of keys; 0 if not all are strings. The pairs of key and value are in memory at `pairs`. */
function markOf(pairs: usize, n: u32): u32 {
  let mark: u32 = n;
  for (let k: u32 = 0; k < n; k++) {
    const key = load<PyObject>(pairs + ((<usize>k) << 3));
    if (!isKind(key, STR)) return 0;
    mark = rotl<u32>(mark * 0x9e3779b1, 5) ^ <u32>(changetype<usize>(key) >> 3);
  }
  mark ^= mark >> 15;
  return mark == 0 ? 1 : mark;
}

function hasKeys(keys: Keys, pairs: usize, n: u32): bool {
  if (keys.count != n) return false;
  for (let k: u32 = 0; k < n; k++) if (keys.keyAt(k) !== load<PyObject>(pairs + ((<usize>k) << 3))) return false;
  return true;
}

/** New keys for sharing, from the row; null if a key occurs twice, or if there is no memory. */
function shareable(pairs: usize, n: u32): Keys | null {
  const keys = newKeys(logSizeForEntries(n), SHARED);
  if (!keys) return null;
  for (let k: u32 = 0; k < n; k++) {
    const key = load<PyObject>(pairs + ((<usize>k) << 3));
    const hash = str_hash(key);
    if (keys.findStr(changetype<PyStr>(key), hash) >= 0) {
      releaseKeys(keys);
      return null;
    }
    keys.add(incref<PyObject>(key), hash, null);
  }
  return keys;
}

/** The shared keys of this shape; null if this dict does not share keys. */
function keysFor(pairs: usize, n: u32): Keys | null {
  if (n == 0 || n > MOST_KEYS || !hasPolicy(POLICY_KEY_SHARING)) return null;
  const mark = markOf(pairs, n);
  if (mark == 0) return null;
  const s = shapes();
  if (s.table == 0) {
    s.table = newBlock(CAPACITY * offsetof<Shape>());
    if (s.table == 0) return null;
    memory.fill(s.table, 0, CAPACITY * offsetof<Shape>());
  }
  const shape = s.at(mark);
  const keys = shape.keys;
  if (keys && hasKeys(keys, pairs, n)) {
    s.hits++;
    return keys;
  }
  if (shape.mark != mark || keys) {
    shape.mark = mark;
    shape.keys = null;
    if (keys) releaseKeys(keys);
    return null;
  }
  shape.keys = shareable(pairs, n);
  return shape.keys;
}

/**
 * A dict of the `n` pairs of key and value in memory at `pairs`. A record shares its keys with other records of its
 * shape.
 */
export function dict_from_pairs(pairs: usize, n: u32): PyDict | null {
  const keys = keysFor(pairs, n);
  // Without memory for a shape, the dict does not share keys.
  clearError();
  if (keys) return dict_from_shared(keys, pairs + 4, 2);
  const d = dict_new();
  if (!d) return null;
  for (let k: u32 = 0; k < n; k++) {
    const pair = pairs + ((<usize>k) << 3);
    if (!dict_set(d, load<PyObject>(pair), load<PyObject>(pair, 4))) {
      decref(d);
      return null;
    }
  }
  return d;
}
