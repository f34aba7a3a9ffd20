// The common operations of containers, whatever their type: length, items by index or key, slices, membership,
// iteration (CPython's Objects/abstract.c).
//
// Iteration goes by positions: nextPosition(o, 0), nextPosition(o, position + 1), ... until -1.

import { hasError } from "../model/error";
import {
  E_INDEX,
  E_INDEX_ASSIGNMENT,
  E_NO_ITEM_ASSIGNMENT,
  E_NO_ITEM_DELETION,
  E_NO_KEY_DELETION,
} from "../model/errors.gen";
import { clearError, isRaised, raiseError } from "../model/raise";
import {
  raiseIndex,
  raiseIndexTooLarge,
  raiseIndices,
  raiseNoLength,
  raiseNotContainer,
  raiseNotIterable,
  raiseNotIterator,
  raiseNotSubscriptable,
  raiseSequenceIndex,
  raiseSliceLength,
  raiseStep,
  raiseStringIndices,
} from "../model/raises.gen";
import { SCRATCH_AT } from "../../ground/control";
import { EXC_INDEX, EXC_STOP_ITERATION } from "../model/exceptions.gen";
import { BYTES, DICT, FLOAT, FROZENSET, LIST, SET, STR, TUPLE } from "../model/kinds.gen";
import { decref, incref, xdecref } from "../model/refcount";
import { False, None } from "../model/singletons";
import { at } from "../model/state";
import { isA, isAnySet, isASet, isDerived, isInt, isKind, layoutOf, PyObject, PyVarObject } from "../model/type";
import { PyStr, str_contains, str_from_char, str_slice } from "../text/str";
import { bytes_contains, bytes_slice, PyBytes } from "../types/bytes";
import { dict_contains, dict_del, dict_get_item, dict_next, dict_set, PyDict } from "../types/dict";
import { PyFloat } from "../types/float";
import { int_from_i32, PyLong } from "../types/int";
import { int_as_index, int_is_index } from "../types/int-values";
import {
  list_append_owned,
  list_del_item,
  list_del_stepped,
  list_from,
  list_new,
  list_set_item,
  list_set_stepped,
  list_splice,
  roomForItems,
} from "../types/list";
import { isRow, itemAt, PyList, rowFind, rowItems, rowSize } from "../types/sequence";
import { set_contains } from "../types/set";
import { PySet, set_next } from "../types/set-table";
import { MP_ASS_SUBSCRIPT, MP_SUBSCRIPT, SQ_ASS_ITEM, SQ_CONTAINS, SQ_ITEM } from "../model/slots.gen";
import {
  callAssign,
  callAssignIndexed,
  callBinary,
  callContains,
  callIndexed,
  callUnary,
  FAILED_INDEX,
  isOfC,
  iterSlot,
  mappingSlot,
  nextSlot,
  NO_LENGTH,
  sequenceSlot,
  slotIndex,
  slotLength,
  slotTruth,
} from "../types/slots";
import { tuple_from } from "../types/tuple";
import { hasIndex, indexOf } from "./index-of";

/** The number of items of a container; -1 if the object is not a container, or if its type may count in another way. */
export function sizeOf(o: PyObject): i32 {
  return isDerived(o.type) ? -1 : sizeAs(o);
}

/** The number of items by the object's layout: that of a built-in container, also for a derived type; -1 if it has none. */
export function sizeAs(o: PyObject): i32 {
  if (isARow(o) || isA(o, BYTES)) return changetype<PyVarObject>(o).size;
  if (isA(o, STR)) return changetype<PyStr>(o).length;
  if (isA(o, DICT)) return changetype<PyDict>(o).used;
  return isASet(o) ? changetype<PySet>(o).used : -1;
}

/** len(o); -1 with TypeError if the object has no length. */
export function lengthOf(o: PyObject): i32 {
  let n = sizeOf(o);
  if (n >= 0) return n;
  n = slotLength(o);
  if (n != NO_LENGTH) return n;
  raiseNoLength(o);
  return -1;
}

/** bool(o): 1 or 0; -1 with an error, which only an object of a type in C can raise. */
export function truthOf(o: PyObject): i32 {
  if (o === None() || o === False()) return 0;
  if (isInt(o)) return changetype<PyLong>(o).isZero ? 0 : 1;
  if (isKind(o, FLOAT)) return changetype<PyFloat>(o).value != 0 ? 1 : 0;
  return isOfC(o) ? slotTruth(o) : sizeOf(o) != 0 ? 1 : 0;
}

// ---- one item ----

function notSubscriptable(o: PyObject): PyObject | null {
  raiseNotSubscriptable(o);
  return null;
}

/** `key` as an index into a sequence. -1 with TypeError, or with the IndexError whose code is `code`. */
function indexIn(o: PyObject, key: PyObject, code: u32): i32 {
  if (!hasIndex(key)) {
    if (isA(o, STR)) raiseStringIndices(key);
    else raiseIndices(o, key);
    return -1;
  }
  const number = indexOf(key);
  if (!number) return -1;
  const isIndex = int_is_index(number);
  const index = int_as_index(number);
  decref(number);
  if (!isIndex) {
    raiseIndexTooLarge();
    return -1;
  }
  // The key's function may have changed the size.
  const n = sizeAs(o);
  const k = index < 0 ? index + n : index;
  if (k >= 0 && k < n) return k;
  raiseError(code, o);
  return -1;
}

/** Item `k` < length of a sequence, also of a derived type: a new reference. */
function itemOf(o: PyObject, k: u32): PyObject | null {
  if (isARow(o)) return incref<PyObject>(itemAt(rowItems(o), k));
  if (isA(o, STR)) return str_from_char(changetype<PyStr>(o).charAt(k));
  return int_from_i32(load<u8>(changetype<PyBytes>(o).data + k));
}

@inline
function isSequence(o: PyObject): bool {
  return isRow(o) || isKind(o, STR) || isKind(o, BYTES);
}

/** Whether the object is a str, bytes, a list or a tuple, or of a type derived from one. */
@inline
export function isASequence(o: PyObject): bool {
  const kind = layoutOf(o);
  return kind == LIST || kind == TUPLE || kind == STR || kind == BYTES;
}

@inline
function isARow(o: PyObject): bool {
  const kind = layoutOf(o);
  return kind == LIST || kind == TUPLE;
}

/** o[index], a new reference; null with an error. */
export function getIndex(o: PyObject, index: i32): PyObject | null {
  if (sequenceSlot(o, SQ_ITEM) != 0) return itemOfC(o, index);
  if (!isSequence(o)) return notSubscriptable(o);
  const n = sizeOf(o);
  const k = index < 0 ? index + n : index;
  if (k >= 0 && k < n) return itemOf(o, k);
  raiseIndex(o);
  return null;
}

/** Item number `index` of a sequence by its layout; it does not count from the end. null with IndexError. */
export function itemAs(o: PyObject, index: i32): PyObject | null {
  if (<u32>index < <u32>sizeAs(o)) return itemOf(o, index);
  raiseIndex(o);
  return null;
}

/** o[index] by sq_item. */
function itemOfC(o: PyObject, index: i32): PyObject | null {
  const k = slotIndex(o, index);
  return k == FAILED_INDEX ? null : callIndexed(sequenceSlot(o, SQ_ITEM), o, k);
}

/** Whether `key` can be an index for sq_item and sq_ass_item of a type in C; false with TypeError. */
function isIndexOfC(key: PyObject): bool {
  if (hasIndex(key)) return true;
  raiseSequenceIndex(key);
  return false;
}

/** o[key] for an object of a type in C. */
function getItemOfC(o: PyObject, key: PyObject): PyObject | null {
  const f = mappingSlot(o, MP_SUBSCRIPT);
  if (f != 0) return callBinary(f, o, key);
  if (sequenceSlot(o, SQ_ITEM) == 0) return notSubscriptable(o);
  const number = isIndexOfC(key) ? indexOf(key) : null;
  if (!number) return null;
  const index = int_as_index(number);
  decref(number);
  return itemOfC(o, index);
}

/** Raises TypeError: the object's items can't be set or deleted. CPython has other words if the key could be the index of a sequence. */
function raiseNoAssignment(o: PyObject, key: PyObject, isSet: bool): void {
  const isIndex = (isSequence(o) || o.type.tp_as_sequence != 0) && hasIndex(key);
  raiseError(isSet ? E_NO_ITEM_ASSIGNMENT : isIndex ? E_NO_ITEM_DELETION : E_NO_KEY_DELETION, o);
}

/** o[key] = value, or del o[key], for an object of a type in C. */
function setItemOfC(o: PyObject, key: PyObject, value: PyObject | null): bool {
  const f = mappingSlot(o, MP_ASS_SUBSCRIPT);
  if (f != 0) return callAssign(f, o, key, value) == 0;
  if (sequenceSlot(o, SQ_ASS_ITEM) == 0) {
    raiseNoAssignment(o, key, value !== null);
    return false;
  }
  const number = isIndexOfC(key) ? indexOf(key) : null;
  if (!number) return false;
  const k = slotIndex(o, int_as_index(number));
  decref(number);
  return k != FAILED_INDEX && callAssignIndexed(sequenceSlot(o, SQ_ASS_ITEM), o, k, value) == 0;
}

/** o[key]. */
export function getItem(o: PyObject, key: PyObject): PyObject | null {
  if (isKind(o, DICT)) return dict_get_item(changetype<PyDict>(o), key);
  if (isOfC(o)) return getItemOfC(o, key);
  return isSequence(o) ? getItemAs(o, key) : notSubscriptable(o);
}

/** o[key] for a sequence, by its layout. */
export function getItemAs(o: PyObject, key: PyObject): PyObject | null {
  const k = indexIn(o, key, E_INDEX);
  return k < 0 ? null : itemOf(o, k);
}

/** o[key] = value, or del o[key] if `value` is null. */
export function setItem(o: PyObject, key: PyObject, value: PyObject | null): bool {
  if (isKind(o, DICT)) {
    return value ? dict_set(changetype<PyDict>(o), key, value) : dict_del(changetype<PyDict>(o), key);
  }
  if (isOfC(o)) return setItemOfC(o, key, value);
  if (!isKind(o, LIST)) {
    raiseNoAssignment(o, key, value !== null);
    return false;
  }
  return setItemAs(changetype<PyList>(o), key, value);
}

/** l[key] = value, or del l[key], for a list that may be of a derived type. */
export function setItemAs(l: PyList, key: PyObject, value: PyObject | null): bool {
  const k = indexIn(l, key, E_INDEX_ASSIGNMENT);
  if (k < 0) return false;
  return value ? list_set_item(l, k, value) : list_del_item(l, k);
}

/** item in o: 1, 0, -1 if an error is raised. */
export function contains(o: PyObject, item: PyObject): i32 {
  return isOfC(o) ? containsOfC(o, item) : containsAs(o, item);
}

/** item in o, by the layout of a built-in container. */
export function containsAs(o: PyObject, item: PyObject): i32 {
  switch (layoutOf(o)) {
    case DICT:
      return dict_contains(changetype<PyDict>(o), item);
    case SET:
    case FROZENSET:
      return set_contains(changetype<PySet>(o), item);
    case STR:
      return str_contains(changetype<PyStr>(o), item);
    case BYTES:
      return bytes_contains(changetype<PyBytes>(o), item);
    case LIST:
    case TUPLE: {
      const k = rowFind(o, item, 0, rowSize(o));
      return k >= 0 ? 1 : k == -1 ? 0 : -1;
    }
    default:
      raiseNotContainer(o);
      return -1;
  }
}

/** item in o for an object of a type in C: by sq_contains, or by looking at all items. */
function containsOfC(o: PyObject, item: PyObject): i32 {
  const f = sequenceSlot(o, SQ_CONTAINS);
  if (f != 0) return callContains(f, o, item);
  if (!isIterableOfC(o)) {
    raiseNotContainer(o);
    return -1;
  }
  const l = listOf(o);
  if (!l) return -1;
  const k = rowFind(l, item, 0, l.size);
  decref(l);
  return k >= 0 ? 1 : k == -1 ? 0 : -1;
}

// ---- slices ----

export const NO_START: u32 = 1;
export const NO_STOP: u32 = 2;

/** A slice of a sequence: `count` items from `start` on, every `step`th. */
@unmanaged
class Slice {
  start: i32;
  stop: i32;
  step: i32;
  count: u32;
}

/** The slice that was resolved last. */
@inline
function slice(): Slice {
  return changetype<Slice>(at(SCRATCH_AT));
}

function clamped(index: i32, n: i32, step: i32): i32 {
  if (index < 0) {
    index += n;
    return index >= 0 ? index : step < 0 ? -1 : 0;
  }
  return index < n ? index : step < 0 ? n - 1 : n;
}

/** PySlice_AdjustIndices: resolves start:stop:step for a sequence of `n` items. False with ValueError if step is 0. */
function resolve(n: i32, start: i32, stop: i32, step: i32, absent: u32): bool {
  if (step == 0) {
    raiseStep();
    return false;
  }
  const s = slice();
  // A step this large takes at most one item. It is limited, so that its negation does not overflow.
  s.step = step == i32.MIN_VALUE ? -i32.MAX_VALUE : step;
  s.start = (absent & NO_START) != 0 ? (step < 0 ? n - 1 : 0) : clamped(start, n, step);
  s.stop = (absent & NO_STOP) != 0 ? (step < 0 ? -1 : n) : clamped(stop, n, step);
  if (s.step > 0) s.count = s.stop > s.start ? (s.stop - s.start - 1) / s.step + 1 : 0;
  else s.count = s.start > s.stop ? (s.start - s.stop - 1) / -s.step + 1 : 0;
  return true;
}

/** o[start:stop:step], for a sequence that may be of a derived type: the result is of the built-in type. */
export function getSlice(o: PyObject, start: i32, stop: i32, step: i32, absent: u32): PyObject | null {
  if (!isASequence(o)) return notSubscriptable(o);
  if (!resolve(sizeAs(o), start, stop, step, absent)) return null;
  const s = slice();
  if (isA(o, STR)) return str_slice(changetype<PyStr>(o), s.start, s.step, s.count);
  if (isA(o, BYTES)) return bytes_slice(changetype<PyBytes>(o), s.start, s.step, s.count);
  const items = rowItems(o) + ((<usize>s.start) << 2);
  if (isA(o, LIST)) return list_from(items, s.step, s.count);
  if (s.step == 1 && s.count == rowSize(o) && isKind(o, TUPLE)) return incref<PyObject>(o);
  return tuple_from(items, s.step, s.count);
}

/** l[start:stop:step] = row, or del l[start:stop:step] if `row` is null. The row is a list or tuple. */
export function setSlice(l: PyList, start: i32, stop: i32, step: i32, absent: u32, row: PyObject | null): bool {
  if (row === l) {
    // The copy is made before the slice is resolved: its allocation may begin a collection, and code that the
    // collection calls may resolve another slice.
    const copy = list_from(l.items, 1, l.size);
    if (!copy) return false;
    const done = setSlice(l, start, stop, step, absent, copy);
    decref(copy);
    return done;
  }
  if (!resolve(l.size, start, stop, step, absent)) return false;
  const s = slice();
  return assign(l, s.start, s.step, s.count, row);
}

function assign(l: PyList, start: i32, step: i32, count: u32, row: PyObject | null): bool {
  if (step == 1) return list_splice(l, start, count, row);
  if (!row) {
    if (count == 0) return true;
    return step > 0
      ? list_del_stepped(l, start, step, count)
      : list_del_stepped(l, start + step * <i32>(count - 1), -step, count);
  }
  if (rowSize(row) != count) {
    raiseSliceLength(rowSize(row), count);
    return false;
  }
  return count == 0 || list_set_stepped(l, start, step, count, row);
}

// ---- iteration ----

@inline
export function isIterable(o: PyObject): bool {
  return sizeOf(o) >= 0;
}

/** The first position from `position` on where there is an item; -1 at the end. The object is a built-in container, or of a derived type. */
export function nextPosition(o: PyObject, position: u32): i32 {
  if (isA(o, DICT)) return dict_next(changetype<PyDict>(o), position);
  if (isASet(o)) return set_next(changetype<PySet>(o), position);
  return position < <u32>sizeAs(o) ? position : -1;
}

/** The item at a position, for a dict its key: a new reference. */
export function itemAtPosition(o: PyObject, position: u32): PyObject | null {
  if (isA(o, DICT)) return incref<PyObject>(changetype<PyDict>(o).keys.keyAt(position)!);
  if (isASet(o)) return incref<PyObject>(changetype<PySet>(o).keyAt(position)!);
  return itemOf(o, position);
}

/** list(o); null with TypeError if it is not iterable. */
export function listOf(o: PyObject): PyList | null {
  const n = sizeOf(o);
  if (n < 0) return listOfC(o);
  const l = list_new(roomForItems(o, n));
  if (!l) return null;
  for (let k = nextPosition(o, 0); k >= 0; k = nextPosition(o, k + 1)) {
    if (!list_append_owned(l, itemAtPosition(o, k))) {
      decref(l);
      return null;
    }
  }
  return l;
}

/** Whether an object of a type in C can be iterated over: it has tp_iter, or items by index. */
export function isIterableOfC(o: PyObject): bool {
  return iterSlot(o) != 0 || sequenceSlot(o, SQ_ITEM) != 0;
}

/** list(o) for an object of a type in C; null with TypeError if it is not iterable. */
function listOfC(o: PyObject): PyList | null {
  if (!isIterableOfC(o)) {
    raiseNotIterable(o);
    return null;
  }
  const it = iterSlot(o) != 0 ? callUnary(iterSlot(o), o) : incref<PyObject>(o);
  const l = it ? list_new(0) : null;
  for (let k = 0; l; k++) {
    const item = iterSlot(o) != 0 ? nextOfC(it!) : indexedOfC(o, k);
    if (!item || !list_append_owned(l, item)) break;
  }
  xdecref(it);
  if (!hasError()) return l;
  xdecref(l);
  return null;
}

/** The next item of an iterator in C, a new reference; null at the end, or with an error. */
export function nextOfC(it: PyObject): PyObject | null {
  const f = nextSlot(it);
  if (f == 0) {
    raiseNotIterator(it);
    return null;
  }
  const item = callUnary(f, it);
  if (!item && hasError() && isRaised(EXC_STOP_ITERATION)) clearError();
  return item;
}

/** o[k] by sq_item, for iteration. At the end: null, where IndexError or StopIteration is cleared. null with any other error. */
export function indexedOfC(o: PyObject, k: i32): PyObject | null {
  const item = callIndexed(sequenceSlot(o, SQ_ITEM), o, k);
  if (!item && hasError() && (isRaised(EXC_INDEX) || isRaised(EXC_STOP_ITERATION))) clearError();
  return item;
}

/** tuple(o). */
export function tupleOf(o: PyObject): PyObject | null {
  if (isKind(o, TUPLE)) return incref<PyObject>(o);
  if (isKind(o, LIST)) return tuple_from(rowItems(o), 1, rowSize(o));
  const l = listOf(o);
  if (!l) return null;
  const t = tuple_from(l.items, 1, l.size);
  decref(l);
  return t;
}
