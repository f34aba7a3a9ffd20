// Lists: a row of references that grows at its end.
//
//   When n items don't fit, `allocated` grows to n + n/8 + 6, rounded down to a multiple of 4. It shrinks when less than half
//   is used. This is CPython's rule: n appends cost O(n), and a list wastes about an eighth.
//
// Before an item is dropped, the list is already valid without it, because its deallocation may run any code.
// Invariants: size <= allocated; items == 0 iff allocated == 0. A failed operation changes nothing.

import { E_INDEX_ASSIGNMENT, E_INDEX_POP } from "../model/errors.gen";
import { clearError, raiseError } from "../model/raise";
import { raiseEmptyList, raiseNotInList } from "../model/raises.gen";
import { DEBUG } from "../../ground/config";
import { track, untrack } from "../model/gc-head";
import { DICT, LIST } from "../model/kinds.gen";
import { freeBlock, freeFixed, newBlock, newFixed, requestFor, resizeBlock } from "../model/memory";
import { decref, incref } from "../model/refcount";
import { NotImplemented } from "../model/singletons";
import { isA, isAnySet, isKind, PyObject, typeOf } from "../model/type";
import { Writer } from "../text/writer";
import { itemAt, PyList, rowCompare, rowFind, rowItems, rowRepr, rowSize, setItemAt } from "./sequence";

/** The room that CPython reserves for the `n` items of an iterable: somewhat more than `n` for a dict or a set. */
export function roomForItems(o: PyObject, n: u32): u32 {
  return takesWhatItNeeds(o) ? evenRoom(n) : n == 0 ? 0 : sparedRoom(n, n);
}

/** Whether a list without room takes exactly the room that the object's items need. */
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

/** Sets the room to `room` items, which must not be less than the size. */
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

/**
 * Sets the size to `n`, and the room by the rule above. New items are not initialized. Returns false and changes
 * nothing if there is no memory.
 */
function setSize(l: PyList, n: u32): bool {
  const room = l.allocated;
  if (n > room || n < room >> 1) {
    if (!setRoom(l, roomFor(l, n))) {
      // A list that becomes smaller can keep its room, so this is not an error.
      if (n > room) return false;
      clearError();
    }
  }
  l.size = n;
  if (DEBUG) assert(list_valid(l));
  return true;
}

/** Like setSize, but a list without items has no room at all. */
function settle(l: PyList, n: u32): bool {
  if (!setSize(l, n)) return false;
  if (n == 0 && l.allocated != 0) setRoom(l, 0);
  return true;
}

/** The room for `n` items, of which `more` are new. */
@inline
function sparedRoom(n: u32, more: u32): u32 {
  const room = (n + (n >> 3) + 6) & ~3;
  return more > room - n ? (n + 3) & ~3 : room;
}

@inline
function roomFor(l: PyList, n: u32): u32 {
  return n == 0 ? 0 : sparedRoom(n, n > l.size ? n - l.size : 0);
}

/** Room for `n` items, rounded up to an even number, because blocks come in steps of 8 bytes. */
@inline
function evenRoom(n: u32): u32 {
  return (n + 1) & ~1;
}

/** Adds the item at the end, with a new reference. */
export function list_append(l: PyList, item: PyObject): bool {
  const n = l.size;
  if (n < l.allocated) l.size = n + 1;
  else if (!setSize(l, n + 1)) return false;
  setItemAt(l.items, n, incref<PyObject>(item));
  return true;
}

/** Adds an item at the end. Takes over its reference, which is released if there is no memory. */
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

/** Inserts the item before index `index`. An index out of range is clamped, as for slices. */
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
 * Adds `n` items at the end, with new references. They are in memory: the first at `items`, the others `step` words apart. With `exact`,
 * a list without room takes exactly the room that it needs.
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

/**
 * Stores new references to `n` objects in the list, from item `at` on. The objects' addresses are in memory: the first at `items`, the
 * others `step` words apart.
 */
function put(l: PyList, at: u32, items: usize, step: i32, n: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    setItemAt(l.items, at + k, incref<PyObject>(load<PyObject>(items + <isize>(<i32>k * step) * 4)));
  }
}

/** A new list of `n` items, which are in memory: the first at `items`, the others `step` words apart. */
export function list_from(items: usize, step: i32, n: u32): PyList | null {
  const l = list_new(n);
  if (!l) return null;
  put(l, 0, items, step, n);
  l.size = n;
  return l;
}

/** l.extend(row), where the row is a list or tuple; it may be the list itself. */
export function list_extend_row(l: PyList, row: PyObject, exact: bool): bool {
  if (l !== row) return list_extend_from(l, rowItems(row), 1, rowSize(row), exact);
  const n = l.size;
  // An empty list keeps the room that it has, as in list_extend_from.
  if (n == 0) return true;
  if (!setSize(l, n + n)) return false;
  for (let k: u32 = 0; k < n; k++) setItemAt(l.items, n + k, incref<PyObject>(itemAt(l.items, k)));
  return true;
}

/** l[index] = item; the index is in range. */
function list_set(l: PyList, index: u32, item: PyObject): void {
  const old = itemAt(l.items, index);
  setItemAt(l.items, index, incref<PyObject>(item));
  decref(old);
}

/** The place that an index means: a negative one counts from the end. -1, with the IndexError `code`, if it is out of range. */
function list_index(l: PyList, index: i32, code: u32): i32 {
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

/** Removes item `k` and returns it, with its reference. The list keeps its room. */
function takeOut(l: PyList, k: u32): PyObject {
  const item = itemAt(l.items, k);
  const place = l.items + ((<usize>k) << 2);
  memory.copy(place, place + 4, (l.size - k - 1) << 2);
  l.size--;
  return item;
}

/** Like takeOut, but the list gives back room that it no longer needs. */
export function list_take(l: PyList, k: u32): PyObject {
  const item = takeOut(l, k);
  settle(l, l.size);
  return item;
}

/** del l[index]. The list keeps its room: CPython's rule since 3.14. */
export function list_del_item(l: PyList, index: i32): bool {
  const k = list_index(l, index, E_INDEX_ASSIGNMENT);
  if (k < 0) return false;
  decref(takeOut(l, k));
  return true;
}

/** The index of the item that pop would remove; -1 with IndexError if there is none. */
export function list_pop_index(l: PyList, index: i32): i32 {
  if (l.size != 0) return list_index(l, index, E_INDEX_POP);
  raiseEmptyList();
  return -1;
}

export function list_remove(l: PyList, item: PyObject): bool {
  const k = rowFind(l, item, 0, l.size);
  if (k == -1) raiseNotInList();
  // The comparison that found the item may have made the list shorter.
  if (k >= 0 && <u32>k < l.size) decref(list_take(l, k));
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

/** Takes the row of items away from the list, which is empty then. */
export function list_detach(l: PyList): usize {
  const items = l.items;
  typeOf(LIST).resized(-(<isize>(l.allocated << 2)));
  l.items = 0;
  l.size = 0;
  l.allocated = 0;
  return items;
}

/** Gives back the row that list_detach took. Returns whether the list got other items meanwhile; these are released. */
export function list_attach(l: PyList, items: usize, size: u32, room: u32): bool {
  const changed = l.items != 0;
  // Releasing items can run code that adds new items.
  while (l.items != 0) list_clear(l);
  l.items = items;
  l.size = size;
  l.allocated = room;
  typeOf(LIST).resized(<isize>(room << 2));
  return changed;
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
  return isA(b, LIST) ? rowCompare(a, b, op) : NotImplemented();
}

export function list_repr(o: PyObject, w: Writer): bool {
  return rowRepr(o, w, 0x5b, 0x5d);
}

/** A new list with the items of both. */
export function list_concat(a: PyList, b: PyList): PyObject | null {
  const l = list_new(a.size + b.size);
  if (!l) return null;
  put(l, 0, a.items, 1, a.size);
  put(l, a.size, b.items, 1, b.size);
  l.size = a.size + b.size;
  return l;
}

/** The list repeated `count` times. The result's length must fit a u32. */
export function list_repeat(a: PyList, count: u32): PyObject | null {
  const l = list_new(a.size * count);
  if (!l) return null;
  for (let k: u32 = 0; k < count; k++) put(l, k * a.size, a.items, 1, a.size);
  l.size = a.size * count;
  return l;
}

/** l *= count: repeats the items in the list itself. Their number must fit a u32. */
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
 * l[start:stop] = row for step 1: replaces `count` items from `start` on by those of `row`, which is a list or tuple other than
 * `l`, or null for no items. Changes nothing if there is no memory.
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
  // The items after the replaced ones move down before the list shrinks, or up after it has grown.
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

/** Shows the block with its items (anatomy.ts). */
@inline
export function list_parts<V>(l: PyList, visitor: V): bool {
  return l.items != 0 && visitor.part(changetype<usize>(l) + offsetof<PyList>("items"), (<usize>l.allocated) << 2);
}

export function list_valid(l: PyList): bool {
  return l.size <= l.allocated && (l.items == 0) == (l.allocated == 0);
}
