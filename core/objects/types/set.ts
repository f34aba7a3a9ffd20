// Sets and frozensets: their operations, on a table (set-table.ts). Each operation iterates over the same operand as CPython's
// (Objects/setobject.c), so that items come in the same order.

import { ascii } from "../model/ascii";
import { E_UNHASHABLE_ITEM } from "../model/errors.gen";
import { isTracked, track, untrack } from "../model/gc-head";
import { setHashEnd, shuffled } from "../model/hash";
import { FROZENSET, SET } from "../model/kinds.gen";
import { freeBlock, freeObject, newObject } from "../model/memory";
import { EQ, GE, LE, LT, NE } from "../model/operators.gen";
import { raiseEmptySet, raiseKey } from "../model/raises.gen";
import { decref, incref } from "../model/refcount";
import { asBool, NotImplemented } from "../model/singletons";
import { isA, isASet, isDerived, isKind, PyObject, PyType } from "../model/type";
import { PyStr } from "../text/str";
import { COMMA_SPACE, Writer } from "../text/writer";
import { hashAs, writeRepr } from "./protocol";
import {
  becomeEmpty,
  dropSlot,
  FAST_GROWTH,
  findSlot,
  insertClean,
  LEAST_SET,
  moveTableBytes,
  putSlot,
  PySet,
  REMOVED,
  removedOnTheWay,
  SET_BYTES,
  set_next,
  set_resize,
  SLOT_BYTES,
  tableBytes,
} from "./set-table";
import { mayBeInCycle } from "./tuple";
import { weak_clear_all } from "./weak";

/** An empty set of the type: set or frozenset. */
export function set_new(type: PyType): PySet | null {
  const s = changetype<PySet | null>(newObject(type, SET_BYTES));
  if (!s) return null;
  becomeEmpty(s);
  s.cachedHash = -1;
  s.finger = 0;
  s.weak = 0;
  return s;
}

/** Adds an item whose hash is known. Takes a new reference if the item was not in the set. */
export function set_add_known(s: PySet, key: PyObject, hash: i32): bool {
  const slot = findSlot(s, key, hash);
  if (slot == 0) return false;
  if (load<usize>(slot) != 0) return true;
  let left: usize = 0;
  if (s.fill != s.used) left = removedOnTheWay(s, hash);
  if (left != 0) {
    putSlot(left, incref<PyObject>(key), hash);
    s.used++;
    if (!isTracked(s) && mayBeInCycle(key)) track(s);
    return true;
  }
  // The item goes in first, as in CPython: the table has room for one more.
  putSlot(slot, incref<PyObject>(key), hash);
  s.fill++;
  s.used++;
  if (s.fill * 5 >= s.mask * 3 && !set_resize(s, s.used > FAST_GROWTH ? s.used * 2 : s.used * 4)) {
    // There is no memory for a larger table: the item is removed again.
    store<u64>(slot, 0);
    s.fill--;
    s.used--;
    decref(key);
    return false;
  }
  if (!isTracked(s) && mayBeInCycle(key)) track(s);
  return true;
}

/** PySet_Add. */
export function set_add(s: PySet, key: PyObject): bool {
  const hash = hashAs(key, E_UNHASHABLE_ITEM);
  return hash != -1 && set_add_known(s, key, hash);
}

/** Whether an item whose hash is known is in the set: 1 or 0; -1 with an error. */
export function set_contains_known(s: PySet, key: PyObject, hash: i32): i32 {
  const slot = findSlot(s, key, hash);
  return slot == 0 ? -1 : load<usize>(slot) != 0 ? 1 : 0;
}

/** item in s. If the item is a set, which has no hash, a frozenset with the same items is looked up. */
export function set_contains(s: PySet, key: PyObject): i32 {
  const hash = hashForSearch(key);
  return hash == -1 ? -1 : set_contains_known(s, key, hash);
}

function hashForSearch(key: PyObject): i32 {
  return isA(key, SET) ? hashOfItems(changetype<PySet>(key)) : hashAs(key, E_UNHASHABLE_ITEM);
}

/** Removes an item whose hash is known: 1, 0 if it is not there, -1 if an error is raised. */
export function set_discard_known(s: PySet, key: PyObject, hash: i32): i32 {
  const slot = findSlot(s, key, hash);
  if (slot == 0) return -1;
  const item = load<PyObject | null>(slot);
  if (!item) return 0;
  store<usize>(slot, 0);
  store<i32>(slot, REMOVED, 4);
  s.used--;
  decref(item);
  return 1;
}

export function set_discard(s: PySet, key: PyObject): i32 {
  const hash = hashForSearch(key);
  return hash == -1 ? -1 : set_discard_known(s, key, hash);
}

/** s.remove(item): KeyError if it is not there. */
export function set_remove(s: PySet, key: PyObject): bool {
  const found = set_discard(s, key);
  if (found == 0) raiseKey(key);
  return found > 0;
}

/** Removes an arbitrary item and returns it; null with KeyError if there is none. */
export function set_pop(s: PySet): PyObject | null {
  const k = set_pop_slot(s);
  return k < 0 ? null : set_take(s, k);
}

/** The slot of the item that set_pop would remove; -1 with KeyError if there is none. */
export function set_pop_slot(s: PySet): i32 {
  if (s.used == 0) {
    raiseEmptySet();
    return -1;
  }
  let k = s.finger & s.mask;
  while (!s.keyAt(k)) k = k < s.mask ? k + 1 : 0;
  return k;
}

/** Removes the item in a slot and returns it, with its reference. */
export function set_take(s: PySet, k: u32): PyObject {
  const item = s.keyAt(k)!;
  store<usize>(s.slot(k), 0);
  store<i32>(s.slot(k), REMOVED, 4);
  s.used--;
  s.finger = k + 1;
  return item;
}

export function set_clear(s: PySet): void {
  if (s.fill == 0 && s.isSmall) return;
  const mask = s.mask;
  const wasSmall = s.isSmall;
  let table = s.table;
  // All items are removed before any of them is released. Those in the eight slots of the set itself are kept in local
  // variables meanwhile.
  const a = s.small0;
  const b = s.small1;
  const c = s.small2;
  const d = s.small3;
  const e = s.small4;
  const f = s.small5;
  const g = s.small6;
  const h = s.small7;
  becomeEmpty(s);
  if (wasSmall) {
    dropSlot(a);
    dropSlot(b);
    dropSlot(c);
    dropSlot(d);
    dropSlot(e);
    dropSlot(f);
    dropSlot(g);
    dropSlot(h);
    return;
  }
  s.type.resized(-tableBytes(mask));
  for (let k: u32 = 0; k <= mask; k++) dropSlot(load<u64>(table + <usize>k * SLOT_BYTES));
  freeBlock(table);
}

export function set_dealloc(o: PyObject): void {
  const s = changetype<PySet>(o);
  untrack(s);
  if (s.weak != 0) weak_clear_all(s);
  set_clear(s);
  freeObject(s, SET_BYTES);
}

/** Adds all items of another set. Nothing changes if there is no memory; only some items are added if a comparison fails. */
export function set_merge(s: PySet, other: PySet): bool {
  if (s === other || other.used == 0) return true;
  if ((s.fill + other.used) * 5 >= s.mask * 3 && !set_resize(s, (s.used + other.used) * 2)) return false;
  if (s.fill != 0) {
    for (let k = set_next(other, 0); k >= 0; k = set_next(other, k + 1)) {
      const key = incref<PyObject>(other.keyAt(k)!);
      const done = set_add_known(s, key, other.hashAt(k));
      decref(key);
      if (!done) return false;
    }
    return true;
  }
  const asItIs = s.mask == other.mask && other.fill == other.used;
  for (let k = set_next(other, 0); k >= 0; k = set_next(other, k + 1)) {
    const key = incref<PyObject>(other.keyAt(k)!);
    if (asItIs) putSlot(s.slot(k), key, other.hashAt(k));
    else insertClean(s.table, s.mask, key, other.hashAt(k));
  }
  s.fill = other.used;
  s.used = other.used;
  if (isTracked(other) && !isTracked(s)) track(s);
  return true;
}

/** A new set of this type with the items of another. */
export function set_copy(s: PySet, type: PyType): PySet | null {
  const copy = set_new(type);
  if (!copy) return null;
  if (!set_merge(copy, s)) {
    decref(copy);
    return null;
  }
  return copy;
}

/** Exchanges the items of two sets. Type, weak references and identity stay. */
export function set_swap(a: PySet, b: PySet): void {
  const aSmall = a.isSmall;
  const bSmall = b.isSmall;
  const fill = a.fill;
  const used = a.used;
  const mask = a.mask;
  const table = a.table;
  a.fill = b.fill;
  a.used = b.used;
  a.mask = b.mask;
  a.table = bSmall ? a.small : b.table;
  b.fill = fill;
  b.used = used;
  b.mask = mask;
  b.table = aSmall ? b.small : table;
  for (let k: usize = 0; k < <usize>LEAST_SET * SLOT_BYTES; k += SLOT_BYTES) {
    const slot = load<u64>(a.small + k);
    store<u64>(a.small + k, load<u64>(b.small + k));
    store<u64>(b.small + k, slot);
  }
  if (a.type !== b.type) {
    if (!a.isSmall) moveTableBytes(b.type, a.type, a.mask);
    if (!b.isSmall) moveTableBytes(a.type, b.type, b.mask);
  }
  a.cachedHash = -1;
  b.cachedHash = -1;
  if (isTracked(b) != isTracked(a)) {
    if (!isTracked(a)) track(a);
    if (!isTracked(b)) track(b);
  }
}

/** The hash of a frozenset, or of a set as if it were one: computed from all items. */
function hashOfItems(s: PySet): i32 {
  let sum: u32 = 0;
  for (let k = set_next(s, 0); k >= 0; k = set_next(s, k + 1)) sum ^= shuffled(<u32>s.hashAt(k));
  return setHashEnd(sum, s.used);
}

export function frozenset_hash(o: PyObject): i32 {
  const s = changetype<PySet>(o);
  if (s.cachedHash == -1) s.cachedHash = hashOfItems(s);
  return s.cachedHash;
}

/** Whether the item in slot `k` of another set is in the set, too: 1, 0, -1 if an error is raised. */
export function set_shares(s: PySet, other: PySet, k: u32): i32 {
  const key = incref<PyObject>(other.keyAt(k)!);
  const there = set_contains_known(s, key, other.hashAt(k));
  decref(key);
  return there;
}

/** Whether all items of `s` are in `other`: 1, 0, -1 if an error is raised. */
export function set_is_subset(s: PySet, other: PySet): i32 {
  if (s.used > other.used) return 0;
  for (let k = set_next(s, 0); k >= 0; k = set_next(s, k + 1)) {
    const there = set_shares(other, s, k);
    if (there <= 0) return there;
  }
  return 1;
}

/** Sets are equal if they have the same items, and ordered by inclusion. */
export function set_compare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  if (!isASet(b)) return NotImplemented();
  const s = changetype<PySet>(a);
  const other = changetype<PySet>(b);
  let answer: i32;
  if (op == EQ || op == NE) {
    answer = s.used == other.used ? set_is_subset(s, other) : 0;
    if (answer >= 0 && op == NE) answer = 1 - answer;
  } else if (op == LE) answer = set_is_subset(s, other);
  else if (op == GE) answer = set_is_subset(other, s);
  else if (op == LT) answer = s.used < other.used ? set_is_subset(s, other) : 0;
  else answer = s.used > other.used ? set_is_subset(other, s) : 0;
  return answer < 0 ? null : asBool(answer == 1);
}

/** {item, ...}, set(), frozenset({item, ...}), frozenset(), and set(...) inside itself. A derived type always shows its name. */
export function set_repr(o: PyObject, w: Writer): bool {
  const s = changetype<PySet>(o);
  const named = !isKind(o, SET) || s.used == 0;
  if (named && !putName(o, w)) return false;
  if (s.used == 0) return w.putAscii(ascii("()"));
  const opened = w.openContainer(o);
  if (opened < 0) return false;
  if (opened == 0) return (named || putName(o, w)) && w.putAscii(ascii("(...)"));
  const done = (!named || w.put(0x28)) && w.put(0x7b) && putItems(s, w) && w.put(0x7d) && (!named || w.put(0x29));
  w.closeContainer();
  return done;
}

/** "set" or "frozenset", or the name of a derived type. */
function putName(o: PyObject, w: Writer): bool {
  if (isDerived(o.type)) return w.putStr(changetype<PyStr>(o.type.name));
  return (isKind(o, SET) || (w.putAscii(ascii("froz")) && w.putAscii(ascii("en")))) && w.putAscii(ascii("set"));
}

function putItems(s: PySet, w: Writer): bool {
  let first = true;
  for (let k = set_next(s, 0); k >= 0; k = set_next(s, k + 1)) {
    if (!first && !w.putAscii(COMMA_SPACE)) return false;
    first = false;
    if (!writeRepr(s.keyAt(k)!, w)) return false;
  }
  return true;
}
