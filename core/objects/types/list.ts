// Lists: a row of references that grows at its end.
//
//   allocated grows to (n + n/8 + 6), rounded down to a multiple of 4, when n items don't fit, and shrinks when less than half
//   is used: CPython's rule, so that n appends cost O(n) and a list wastes an eighth at most.
//
// Whenever an item is dropped, the list is already in order without it: its deallocation may run anybody's code.
// Invariants: size <= allocated; items == 0 iff allocated == 0. A failed operation leaves the list as it was.

import { E_INDEX_ASSIGNMENT, E_INDEX_POP } from "../model/errors.gen";
import { clearError, raiseError } from "../model/raise";
import { raiseEmptyList, raiseNotInList } from "../model/raises.gen";
import { DEBUG } from "../../ground/config";
import { track, untrack } from "../model/gc-head";
import { DICT, LIST } from "../model/kinds.gen";
import { freeBlock, freeFixed, newBlock, newFixed, requestFor, resizeBlock } from "../model/memory";
import { decref, incref } from "../model/refcount";
import { NotImplemented } from "../model/singletons";
import { isAnySet, isKind, PyObject, typeOf } from "../model/type";
import { Writer } from "../text/writer";
import { itemAt, PyList, rowCompare, rowFind, rowItems, rowRepr, rowSize, setItemAt } from "./sequence";

/** Room for the items of an iterable of `n`, as CPython takes it: with some to spare if they come from a dict or a set. */
export function roomForItems(o: PyObject, n: u32): u32 {
  return takesWhatItNeeds(o) ? evenRoom(n) : n == 0 ? 0 : sparedRoom(n, n);
}

/** Whether a list without room takes just what it needs for the object's items. */
@inline
export function takesWhatItNeeds(o: PyObject): bool {
  return !isKind(o, DICT) && !isAnySet(o);
}

/** An empty list with room for `room` items. */
export function list_new(room: u32): PyList | null {
  const type = typeOf(LIST);
  const l = changetype<PyList | null>(newFixed(type));
  if (!l) return null;
  l.size = 0;
  l.items = 0;
  l.allocated = 0;
  if (room > 0 && !setRoom(l, room)) {
    freeFixed(l);
    return null;
  }
  track(l);
  return l;
}

/** Makes `room` the number of items for which there is room; size <= room. */
function setRoom(l: PyList, room: u32): bool {
  const before = l.allocated;
  if (room == 0) {
    if (before != 0) freeBlock(l.items);
    l.items = 0;
  } else {
    const bytes = requestFor(0, room, 4);
    const items = before == 0 ? newBlock(bytes) : resizeBlock(l.items, bytes);
    if (items == 0) return false;
    l.items = items;
  }
  l.allocated = room;
  typeOf(LIST).resized(<isize>((room - before) << 2));
  return true;
}

/** size == `n` afterwards, with room as the rule has it; new items are not written. False, and nothing changed, if that can't be. */
function setSize(l: PyList, n: u32): bool {
  const room = l.allocated;
  if (n > room || n < room >> 1) {
    if (!setRoom(l, roomFor(l, n))) {
      // A list that shrinks can stay where it is, and then nothing went wrong.
      if (n > room) return false;
      clearError();
    }
  }
  l.size = n;
  if (DEBUG) assert(list_valid(l));
  return true;
}

/** As setSize, but a list without items has no room at all. */
function settle(l: PyList, n: u32): bool {
  if (!setSize(l, n)) return false;
  if (n == 0 && l.allocated != 0) setRoom(l, 0);
  return true;
}

/** Room for `n` items of which `more` are new. */
@inline
function sparedRoom(n: u32, more: u32): u32 {
  const room = (n + (n >> 3) + 6) & ~3;
  return more > room - n ? (n + 3) & ~3 : room;
}

@inline
function roomFor(l: PyList, n: u32): u32 {
  return n == 0 ? 0 : sparedRoom(n, n > l.size ? n - l.size : 0);
}

/** Room for `n` items: an even number, for blocks come in steps of 8 bytes. */
@inline
export function evenRoom(n: u32): u32 {
  return (n + 1) & ~1;
}

/** Adds the item at the end; the list takes a reference of its own. */
export function list_append(l: PyList, item: PyObject): bool {
  const n = l.size;
  if (n < l.allocated) l.size = n + 1;
  else if (!setSize(l, n + 1)) return false;
  setItemAt(l.items, n, incref<PyObject>(item));
  return true;
}

/** Adds an item at the end whose reference becomes the list's; if there is no room, it is released. */
export function list_append_owned(l: PyList, item: PyObject | null): bool {
  if (!item) return false;
  const n = l.size;
  if (n < l.allocated) l.size = n + 1;
  else if (!setSize(l, n + 1)) {
    decref(item);
    return false;
  }
  setItemAt(l.items, n, item);
  return true;
}

/** Puts the item before number `at`, which may be anything: as slices are, it is brought within the list. */
export function list_insert(l: PyList, index: i32, item: PyObject): bool {
  const n = l.size;
  if (index < 0) index += <i32>n;
  if (index < 0) index = 0;
  if (index > <i32>n) index = n;
  if (!setSize(l, n + 1)) return false;
  const place = l.items + ((<usize>index) << 2);
  memory.copy(place + 4, place, (n - index) << 2);
  store<PyObject>(place, incref<PyObject>(item));
  return true;
}

/**
 * The list has `n` more items at the end: new references to those that stand in memory every `step` words. A list without room takes
 * just what it needs if `exact`.
 */
export function list_extend_from(l: PyList, items: usize, step: i32, n: u32, exact: bool = true): bool {
  const size = l.size;
  if (n == 0) return true;
  if (exact && l.allocated == 0) {
    if (!setRoom(l, evenRoom(n))) return false;
    l.size = n;
  } else if (!setSize(l, size + n)) return false;
  put(l, size, items, step, n);
  return true;
}

/** Writes new references to `n` objects, which stand in memory every `step` words, to places of the list from `at` on. */
function put(l: PyList, at: u32, items: usize, step: i32, n: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    setItemAt(l.items, at + k, incref<PyObject>(load<PyObject>(items + <isize>(<i32>k * step) * 4)));
  }
}

/** A list of `n` items that stand in memory every `step` words. */
export function list_from(items: usize, step: i32, n: u32): PyList | null {
  const l = list_new(n);
  if (!l) return null;
  put(l, 0, items, step, n);
  l.size = n;
  return l;
}

/** l.extend(row) of a list or tuple, which may be the list itself. */
export function list_extend_row(l: PyList, row: PyObject, exact: bool): bool {
  if (l !== row) return list_extend_from(l, rowItems(row), 1, rowSize(row), exact);
  const n = l.size;
  if (!setSize(l, n + n)) return false;
  for (let k: u32 = 0; k < n; k++) setItemAt(l.items, n + k, incref<PyObject>(itemAt(l.items, k)));
  return true;
}

/** l[index] = item; the index is in range. */
export function list_set(l: PyList, index: u32, item: PyObject): void {
  const old = itemAt(l.items, index);
  setItemAt(l.items, index, incref<PyObject>(item));
  decref(old);
}

/** The index from the end, if it is negative; -1, with the IndexError `code`, if it is out of range. */
export function list_index(l: PyList, index: i32, code: u32): i32 {
  const n = <i32>l.size;
  const k = index < 0 ? index + n : index;
  if (k >= 0 && k < n) return k;
  raiseError(code, l);
  return -1;
}

export function list_set_item(l: PyList, index: i32, item: PyObject): bool {
  const k = list_index(l, index, E_INDEX_ASSIGNMENT);
  if (k < 0) return false;
  list_set(l, k, item);
  return true;
}

/** Takes item `k` out; the caller owns its reference now. The list keeps its room. */
function takeOut(l: PyList, k: u32): PyObject {
  const item = itemAt(l.items, k);
  const place = l.items + ((<usize>k) << 2);
  memory.copy(place, place + 4, (l.size - k - 1) << 2);
  l.size--;
  return item;
}

/** As takeOut, but the list gives room back that it does not need any more. */
export function list_take(l: PyList, k: u32): PyObject {
  const item = takeOut(l, k);
  settle(l, l.size);
  return item;
}

/** del l[index], after which the list has the room that it had: CPython's rule since 3.14. */
export function list_del_item(l: PyList, index: i32): bool {
  const k = list_index(l, index, E_INDEX_ASSIGNMENT);
  if (k < 0) return false;
  decref(takeOut(l, k));
  return true;
}

/** Takes an item out and answers it. */
export function list_pop(l: PyList, index: i32): PyObject | null {
  const k = list_pop_index(l, index);
  return k < 0 ? null : list_take(l, k);
}

/** Which item list_pop takes out; -1, and IndexError is raised, if there is none. */
export function list_pop_index(l: PyList, index: i32): i32 {
  if (l.size != 0) return list_index(l, index, E_INDEX_POP);
  raiseEmptyList();
  return -1;
}

export function list_remove(l: PyList, item: PyObject): bool {
  const k = rowFind(l, item, 0, l.size);
  if (k >= 0) decref(list_take(l, k));
  else if (k == -1) raiseNotInList();
  return k >= 0;
}

export function list_clear(l: PyList): void {
  const items = l.items;
  const n = l.size;
  l.items = 0;
  l.size = 0;
  typeOf(LIST).resized(-(<isize>(l.allocated << 2)));
  l.allocated = 0;
  for (let k = n; k-- > 0; ) decref(itemAt(items, k));
  if (items != 0) freeBlock(items);
}

export function list_dealloc(o: PyObject): void {
  untrack(o);
  list_clear(changetype<PyList>(o));
  freeFixed(o);
}

export function list_reverse(l: PyList): void {
  let low: u32 = 0;
  let high = l.size;
  while (low + 1 < high) {
    high--;
    const item = itemAt(l.items, low);
    setItemAt(l.items, low, itemAt(l.items, high));
    setItemAt(l.items, high, item);
    low++;
  }
}

export function list_compare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  return isKind(b, LIST) ? rowCompare(a, b, op) : NotImplemented();
}

export function list_repr(o: PyObject, w: Writer): bool {
  return rowRepr(o, w, 0x5b, 0x5d);
}

/** A new list of the items of two. */
export function list_concat(a: PyList, b: PyList): PyObject | null {
  const l = list_new(a.size + b.size);
  if (!l) return null;
  put(l, 0, a.items, 1, a.size);
  put(l, a.size, b.items, 1, b.size);
  l.size = a.size + b.size;
  return l;
}

/** The list `count` times; the result's length fits a u32. */
export function list_repeat(a: PyList, count: u32): PyObject | null {
  const l = list_new(a.size * count);
  if (!l) return null;
  for (let k: u32 = 0; k < count; k++) put(l, k * a.size, a.items, 1, a.size);
  l.size = a.size * count;
  return l;
}

/** l *= count: the items `count` times in the list itself; their number fits a u32. */
export function list_repeat_in_place(l: PyList, count: u32): bool {
  const n = l.size;
  if (count == 0 || n == 0) {
    list_clear(l);
    return true;
  }
  if (!setSize(l, n * count)) return false;
  for (let k = n; k < n * count; k++) setItemAt(l.items, k, incref<PyObject>(itemAt(l.items, k - n)));
  return true;
}

/**
 * l[start:stop] = row for step 1: the items from `start`, `count` of them, give way to those of `row`, a list or tuple other than
 * `l`, or null for none. Nothing changed if there is no memory.
 */
export function list_splice(l: PyList, start: u32, count: u32, row: PyObject | null): bool {
  const n = row ? rowSize(row) : 0;
  const size = l.size;
  const tail = size - start - count;
  if (n == 0 && count == size) {
    list_clear(l);
    return true;
  }
  let dropped: usize = 0;
  if (count > 0) {
    dropped = newBlock((<usize>count) << 2);
    if (dropped == 0) return false;
    memory.copy(dropped, l.items + ((<usize>start) << 2), (<usize>count) << 2);
  }
  // The tail moves down before the list shrinks, and up after it grew.
  if (n < count)
    memory.copy(l.items + ((<usize>(start + n)) << 2), l.items + ((<usize>(start + count)) << 2), (<usize>tail) << 2);
  if (n != count && !settle(l, size - count + n)) {
    if (dropped != 0) freeBlock(dropped);
    return false;
  }
  if (n > count)
    memory.copy(l.items + ((<usize>(start + n)) << 2), l.items + ((<usize>(start + count)) << 2), (<usize>tail) << 2);
  for (let k: u32 = 0; k < n; k++) setItemAt(l.items, start + k, incref<PyObject>(itemAt(rowItems(row!), k)));
  for (let k = count; k-- > 0; ) decref(itemAt(dropped, k));
  if (dropped != 0) freeBlock(dropped);
  return true;
}

/** l[start::step] = row, item by item; `row` has `count` items and is not `l`. */
export function list_set_stepped(l: PyList, start: i32, step: i32, count: u32, row: PyObject): bool {
  const dropped = newBlock((<usize>count) << 2);
  if (dropped == 0) return false;
  for (let k: u32 = 0; k < count; k++) {
    const place = start + <i32>k * step;
    setItemAt(dropped, k, itemAt(l.items, place));
    setItemAt(l.items, place, incref<PyObject>(itemAt(rowItems(row), k)));
  }
  for (let k: u32 = 0; k < count; k++) decref(itemAt(dropped, k));
  freeBlock(dropped);
  return true;
}

/** del l[start::step], `count` items; `start` is the lowest index and `step` is positive. */
export function list_del_stepped(l: PyList, start: u32, step: u32, count: u32): bool {
  const dropped = newBlock((<usize>count) << 2);
  if (dropped == 0) return false;
  let to = start;
  let k: u32 = 0;
  for (let from = start; from < l.size; from++) {
    const item = itemAt(l.items, from);
    if (k < count && from == start + k * step) setItemAt(dropped, k++, item);
    else setItemAt(l.items, to++, item);
  }
  setSize(l, l.size - count);
  for (let j: u32 = 0; j < count; j++) decref(itemAt(dropped, j));
  freeBlock(dropped);
  return true;
}

/** The block with its items (anatomy.ts). */
@inline
export function list_parts<V>(l: PyList, visitor: V): bool {
  return l.items != 0 && visitor.part(changetype<usize>(l) + offsetof<PyList>("items"), (<usize>l.allocated) << 2);
}

export function list_valid(l: PyList): bool {
  return l.size <= l.allocated && (l.items == 0) == (l.allocated == 0);
}
