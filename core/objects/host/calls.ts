// What the host can ask for: an operation on the objects of handles, with arguments from the stack (exchange.ts).
//
// Arguments leave the stack whatever comes of it. A function answers
//   f64    a value, as `answer` hands it over
//   i32    a number, -1 if an error is raised; of a question: 1 or 0
//   bool   false if an error is raised
// Functions that make a container are the safe points at which a collection that is due runs.

import { pressurePoint, safePoint } from "../collector/due";
import { sizeofObject } from "../collector/inspect";
import { BAD_STEP, E_CHANGED, E_TYPE, E_VALUE, error, hasError, NEED_ITERABLE_FOR_SLICE, raiseCode } from "../model/error";
import { handles } from "../model/handles";
import { hashBytes } from "../model/hash";
import { DICT, FROZENSET, SET, TUPLE } from "../model/kinds";
import { clearError, raiseAbout } from "../model/raise";
import { decref, incref, xdecref } from "../model/refcount";
import { None, True } from "../model/singletons";
import { isKind, PyObject, PyType, typeOf } from "../model/type";
import {
  contains,
  getIndex,
  getItem,
  getSlice,
  isIterable,
  itemAtPosition,
  lengthOf,
  listOf,
  nextPosition,
  setItem,
  setSlice,
  sizeOf,
  truthOf,
  tupleOf,
} from "../operations/abstract";
import { binary, powerModulo, repeatCount, unary } from "../operations/number";
import {
  set_difference,
  set_difference_update,
  set_from,
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
import { largestOf, PyStr, str_find, str_from_utf16, widthOf } from "../text/str";
import { PyBytes } from "../types/bytes";
import {
  dict_clear,
  dict_copy,
  dict_get,
  dict_new,
  dict_pop_index,
  dict_pop_item,
  dict_set,
  dict_set_default,
  dict_take_out,
  dict_update,
  PyDict,
} from "../types/dict";
import { exchange, hasSlot, instance_index, instance_length, instance_new, itemsOf, slotsOf } from "../types/instance";
import { int_bit_length, PyLong } from "../types/int";
import {
  list_append_owned,
  list_clear,
  list_extend_from,
  list_extend_row,
  list_insert,
  list_new,
  list_pop_index,
  list_remove,
  list_repeat_in_place,
  list_reverse,
  list_take,
  takesWhatItNeeds,
} from "../types/list";
import { compare, hashOf, reprOf } from "../types/protocol";
import { isRow, itemAt, PyList, rowCount, rowFind } from "../types/sequence";
import { PySet, set_add, set_clear, set_copy, set_discard, set_new, set_pop_slot, set_remove, set_take } from "../types/set";
import { dict_from_pairs } from "../types/shapes";
import { list_sort } from "../types/sort";
import { emptyTuple, tuple_new, tuple_track } from "../types/tuple";
import { type_new } from "../types/user-type";
import { function_new, PyRef, ref_new } from "../types/weak";
import { answer, answerable, answerBorrowed, answerPlain, fromNumber, hostIdOf, missing } from "./exchange";

@inline
function object(handle: u32): PyObject {
  return handles().at(handle);
}
@inline
function list(handle: u32): PyList {
  return changetype<PyList>(object(handle));
}
@inline
function dict(handle: u32): PyDict {
  return changetype<PyDict>(object(handle));
}
@inline
function set(handle: u32): PySet {
  return changetype<PySet>(object(handle));
}

/**
 * The handle's object with a reference more, for operations that drop references before they are done with it: the code that then
 * runs may release the handle.
 */
@inline
function hold(handle: u32): PyObject {
  return incref<PyObject>(object(handle));
}

/** An i32 answer, after the argument was released. */
@inline
function after(argument: PyObject, result: i32): i32 {
  decref(argument);
  return result;
}

@inline
function done(argument: PyObject, result: bool): bool {
  decref(argument);
  return result;
}

/** The answer of an operation that can make the heap grow, after measures that this made due. */
@inline
function grown<T>(result: T): T {
  pressurePoint();
  return result;
}

@inline
function answered(argument: PyObject, result: PyObject | null): f64 {
  decref(argument);
  return answer(result);
}

// ---- handles ----

export function handle_release(handle: u32): void {
  handles().release(handle);
}

/** Another handle for the same object; 0 if there is no memory. */
export function handle_copy(handle: u32): u32 {
  return handles().take(incref<PyObject>(object(handle)));
}

export function handle_kind(handle: u32): u32 {
  return object(handle).type.kind;
}

/** The host's id of a user's type, of an instance or of the type itself. */
export function handle_host_id(handle: u32): u32 {
  return hostIdOf(object(handle));
}

export function refcount(handle: u32): u32 {
  return object(handle).refcnt;
}

export function is_same(a: u32, b: u32): bool {
  return object(a) === object(b);
}

/** A handle for the object at an address, which a finalizer or a callback was given. */
export function handle_of(address: usize): u32 {
  return handles().take(incref<PyObject>(changetype<PyObject>(address)));
}

/** How many handles are in use. */
export function handle_count(): u32 {
  return handles().count;
}

// ---- making containers of what is on the stack: they take the references over ----

/** A list of the last `n` values. */
export function build_list(n: u32): bool {
  safePoint();
  const h = handles();
  const l = list_new(n);
  if (!l) {
    h.drop(n);
    return false;
  }
  memory.copy(l.items, h.last(n), <usize>n << 2);
  l.size = n;
  h.stackTop -= n;
  return h.push(l);
}

export function build_tuple(n: u32): bool {
  safePoint();
  const h = handles();
  if (n == 0) return h.push(emptyTuple());
  const t = tuple_new(n);
  if (!t) {
    h.drop(n);
    return false;
  }
  memory.copy(t.items, h.last(n), <usize>n << 2);
  tuple_track(t);
  h.stackTop -= n;
  return h.push(t);
}

/** A dict of the last `n` pairs of key and value. */
export function build_dict(n: u32): bool {
  safePoint();
  const h = handles();
  const d = dict_from_pairs(h.last(2 * n), n);
  h.drop(2 * n);
  return h.push(d);
}

/** A set of the last `n` values, added in order. */
export function build_set(n: u32, frozen: bool): bool {
  safePoint();
  const h = handles();
  const s = set_new(typeOf(frozen ? FROZENSET : SET));
  let added = s !== null;
  const first = h.last(n);
  for (let k: u32 = 0; added && k < n; k++) added = set_add(s!, load<PyObject>(first + (<usize>k << 2)));
  h.drop(n);
  if (added) return h.push(s);
  if (s) decref(s);
  return false;
}

/** Converts the top of the stack: list(x), tuple(x), set(x), frozenset(x), dict(x) for a dict. */
export function convert(kind: u32): bool {
  safePoint();
  const h = handles();
  const o = h.pop();
  let made: PyObject | null;
  if (kind == TUPLE) made = tupleOf(o);
  else if (kind == DICT) made = dict_copy(changetype<PyDict>(o));
  else if (kind == FROZENSET && isKind(o, FROZENSET)) made = incref<PyObject>(o);
  else if (kind == SET || kind == FROZENSET) made = set_from(typeOf(kind), o);
  else made = listOf(o);
  decref(o);
  return h.push(made);
}

/** Pushes an empty list, with room for `room` items, or an empty dict or set: to be filled while it is on the stack. */
export function build_empty(kind: u32, room: u32): bool {
  safePoint();
  const h = handles();
  if (kind == DICT) return h.push(dict_new());
  if (kind == SET || kind == FROZENSET) return h.push(set_new(typeOf(kind)));
  return h.push(list_new(room));
}

/** The last `n` values become the last items of the list that is below them. */
export function fill_list(n: u32): bool {
  const h = handles();
  const first = h.last(n);
  const filled = list_extend_from(changetype<PyList>(load<PyObject>(first - 4)), first, 1, n);
  h.drop(n);
  return filled;
}

/** The last two values become a key and its value in the dict that is below them. */
export function fill_dict(): bool {
  const h = handles();
  const value = h.pop();
  const key = h.pop();
  const filled = dict_set(changetype<PyDict>(load<PyObject>(h.last(1))), key, value);
  decref(key);
  decref(value);
  return filled;
}

/** The top of the stack becomes an item of the set that is below it. */
export function fill_set(): bool {
  const h = handles();
  const item = h.pop();
  return done(item, set_add(changetype<PySet>(load<PyObject>(h.last(1))), item));
}

// ---- any object ----

/** The value of a handle's object; a container's is another handle. */
export function value_of(handle: u32): f64 {
  return answerPlain(incref<PyObject>(object(handle)));
}

export function length(handle: u32): i32 {
  return lengthOf(object(handle));
}

/** Items of a container; -1 if the object is none. */
export function size_of(handle: u32): i32 {
  return sizeOf(object(handle));
}

/** bool(o): 1 or 0, -1 if an error is raised. */
export function is_true(handle: u32): i32 {
  return truthOf(object(handle));
}

export function sizeof_object(handle: u32): usize {
  return sizeofObject(object(handle));
}

/** hash(top of the stack); hasError tells of an error. */
export function hash(): i32 {
  const o = handles().pop();
  return after(o, hashOf(o));
}

export function repr(): f64 {
  const o = handles().pop();
  const text = reprOf(o);
  decref(o);
  return answerPlain(text);
}

/** Compares the last two values, as the operator does: a NaN does not even equal itself. 1, 0, -1. */
export function compare_values(op: i32): i32 {
  const h = handles();
  const b = h.pop();
  const a = h.pop();
  const result = compare(a, b, op);
  decref(a);
  decref(b);
  return result === null ? -1 : result === True() ? 1 : 0;
}

export function binary_operator(operator: i32): f64 {
  safePoint();
  const h = handles();
  const b = h.pop();
  const a = h.pop();
  const result = binary(a, b, operator);
  decref(a);
  decref(b);
  return answer(result);
}

export function unary_operator(operator: i32): f64 {
  const a = handles().pop();
  return answered(a, unary(a, operator));
}

/** pow(a, b, modulus) of the last three values. */
export function power_modulo(): f64 {
  const h = handles();
  const modulus = h.pop();
  const b = h.pop();
  const a = h.pop();
  const result = powerModulo(a, b, modulus);
  decref(a);
  decref(b);
  decref(modulus);
  return answer(result);
}

export function bit_length(handle: u32): u32 {
  return int_bit_length(changetype<PyLong>(object(handle)));
}

export function get_index(handle: u32, index: i32): f64 {
  return answer(getIndex(object(handle), index));
}

export function get_item(handle: u32): f64 {
  const key = handles().pop();
  return answered(key, getItem(object(handle), key));
}

/** o[key] = value of the last two values. */
export function set_item(handle: u32): bool {
  const h = handles();
  const value = h.pop();
  const key = h.pop();
  const result = setItem(object(handle), key, value);
  decref(key);
  decref(value);
  return grown<bool>(result);
}

export function del_item(handle: u32): bool {
  const key = handles().pop();
  return done(key, setItem(object(handle), key, null));
}

export function contains_item(handle: u32): i32 {
  const item = handles().pop();
  return after(item, contains(object(handle), item));
}

export function get_slice(handle: u32, start: i32, stop: i32, step: i32, absent: u32): f64 {
  const o = hold(handle);
  safePoint();
  const slice = getSlice(o, start, stop, step, absent);
  decref(o);
  return answer(slice);
}

/** l[start:stop:step] = iterable on the stack. */
export function set_slice(handle: u32, start: i32, stop: i32, step: i32, absent: u32): bool {
  const h = handles();
  const given = load<PyObject>(h.last(1));
  if (step == 0 || !isIterable(given)) {
    if (step == 0) raiseCode(E_VALUE, BAD_STEP, 0);
    else raiseAbout(E_TYPE, given, null, NEED_ITERABLE_FOR_SLICE);
    h.drop(1);
    return false;
  }
  const l = hold(handle);
  const row = rowOnStack();
  return grown<bool>(done(l, row !== null && done(row, setSlice(changetype<PyList>(l), start, stop, step, absent, row))));
}

export function del_slice(handle: u32, start: i32, stop: i32, step: i32, absent: u32): bool {
  return setSlice(list(handle), start, stop, step, absent, null);
}

/** The next position of an iteration, -1 at the end; -2 with RuntimeError if a dict or set is not as large as it was. */
export function next_position(handle: u32, position: u32, size: i32): i32 {
  const o = object(handle);
  if (!isRow(o) && sizeOf(o) != size) {
    raiseAbout(E_CHANGED, o, null, 0);
    return -2;
  }
  return nextPosition(o, position);
}

export function item_at_position(handle: u32, position: u32): f64 {
  return answer(itemAtPosition(object(handle), position));
}

/** The value of the dict's entry at a position. */
export function dict_value_at(handle: u32, position: u32): f64 {
  return answerBorrowed(dict(handle).valueAt(position)!);
}

/** row.index(item, start, stop): -1 if it is not there, -2 if an error is raised. */
export function row_find(handle: u32, start: u32, stop: u32): i32 {
  const item = handles().pop();
  return after(item, rowFind(object(handle), item, start, stop));
}

export function row_count(handle: u32): i32 {
  const item = handles().pop();
  return after(item, rowCount(object(handle), item));
}

// ---- list ----

/** l.append(v). Answers the length, 0 if an error is raised. */
export function list_push_number(handle: u32, v: f64): u32 {
  const l = list(handle);
  return grown<u32>(list_append_owned(l, fromNumber(v)) ? l.size : 0);
}

/** l.append(top of the stack). Answers the length, 0 if an error is raised. */
export function list_push(handle: u32): u32 {
  const l = list(handle);
  return grown<u32>(list_append_owned(l, handles().pop()) ? l.size : 0);
}

export function list_insert_at(handle: u32, index: i32): bool {
  const item = handles().pop();
  return grown<bool>(done(item, list_insert(list(handle), index, item)));
}

export function list_pop_at(handle: u32, index: i32): f64 {
  const l = list(handle);
  const k = list_pop_index(l, index);
  return answer(k >= 0 && answerable(itemAt(l.items, k)) ? list_take(l, k) : null);
}

export function list_remove_item(handle: u32): bool {
  const item = handles().pop();
  return done(item, list_remove(list(handle), item));
}

export function list_extend(handle: u32): bool {
  const l = hold(handle);
  const exact = takesWhatItNeeds(load<PyObject>(handles().last(1)));
  const row = rowOnStack();
  return grown<bool>(done(l, row !== null && done(row, list_extend_row(changetype<PyList>(l), row, exact))));
}

/** The list or tuple on the stack, or a list of the items of what is there: a new reference. */
function rowOnStack(): PyObject | null {
  const given = handles().pop();
  if (isRow(given)) return given;
  const row = listOf(given);
  decref(given);
  return row;
}

export function list_repeat_self(handle: u32): bool {
  const count = handles().pop();
  const l = list(handle);
  const times = repeatCount(l.size, changetype<PyLong>(count));
  return done(count, times >= 0 && list_repeat_in_place(l, times));
}

export function list_clear_all(handle: u32): void {
  list_clear(list(handle));
}

export function list_reverse_all(handle: u32): void {
  list_reverse(list(handle));
}

/** Sorts by the items, or by the keys in a list on the stack. */
export function list_sort_all(handle: u32, reverse: bool, withKeys: bool): bool {
  if (!withKeys) return list_sort(list(handle), null, reverse);
  const keys = handles().pop();
  return done(keys, list_sort(list(handle), changetype<PyList>(keys), reverse));
}

// ---- dict ----

/** d.get(text) of `n` characters in the buffer, Latin-1 or UTF-16: no string is made. */
export function dict_get_text(handle: u32, n: u32, width: u32): f64 {
  const d = dict(handle);
  const buffer = handles().buffer;
  if (width == 2) {
    // Text with surrogates is another in code points; text without wide characters is stored in one byte each.
    const largest = largestOf(buffer, 2, n);
    if (widthOf(largest) != 2) return answerFound(d, str_from_utf16(buffer, n));
    for (let k: u32 = 0; k < n; k++) {
      if ((load<u16>(buffer + (<usize>k << 1)) & 0xf800) == 0xd800) return answerFound(d, str_from_utf16(buffer, n));
    }
  }
  const index = d.keys.findText(buffer, width, n, hashBytes(buffer, <usize>n * width));
  return index >= 0 ? answerBorrowed(d.valueAt(index)!) : missing();
}

/** The value of a key whose reference is taken over. */
function answerFound(d: PyDict, key: PyObject | null): f64 {
  if (!key) return answer(null);
  const value = dict_get(d, key);
  decref(key);
  if (value) return answerBorrowed(value);
  return hasError() ? answer(null) : missing();
}

/** d.get(key); IS_MISSING if it is not there. */
export function dict_get_value(handle: u32): f64 {
  return answerFound(dict(handle), handles().pop());
}

export function dict_set_default_value(handle: u32): f64 {
  const h = handles();
  const value = h.pop();
  const key = h.pop();
  const found = answerable(value) ? dict_set_default(dict(handle), key, value) : null;
  const result = found ? incref<PyObject>(found) : null;
  decref(key);
  decref(value);
  return answer(result);
}

export function dict_pop_value(handle: u32): f64 {
  const key = handles().pop();
  const d = dict(handle);
  const index = dict_pop_index(d, key);
  return answered(key, index >= 0 && answerable(d.valueAt(index)!) ? dict_take_out(d, index) : null);
}

/** Where the last entry is; -1 if there is none. */
export function dict_last_position(handle: u32): i32 {
  const d = dict(handle);
  for (let k = d.keys.count; k-- > 0; ) if (d.keys.keyAt(k) && d.valueAt(k)) return k;
  return -1;
}

/** d.popitem(), for a host that has looked at the entry: only then it can't lose it. */
export function dict_drop_last(handle: u32): bool {
  const pair = dict_pop_item(dict(handle));
  xdecref(pair);
  return pair !== null;
}

/** d.update(other) for a dict on the stack. */
export function dict_update_from(handle: u32): bool {
  const d = hold(handle);
  const other = handles().pop();
  return grown<bool>(done(d, done(other, dict_update(changetype<PyDict>(d), changetype<PyDict>(other)))));
}

export function dict_clear_all(handle: u32): void {
  dict_clear(dict(handle));
}

// ---- set ----

export function set_add_item(handle: u32): bool {
  const item = handles().pop();
  return grown<bool>(done(item, set_add(set(handle), item)));
}

/** 1 if the item was there, 0 if not, -1 if an error is raised. */
export function set_discard_item(handle: u32): i32 {
  const item = handles().pop();
  return after(item, set_discard(set(handle), item));
}

export function set_remove_item(handle: u32): bool {
  const item = handles().pop();
  return done(item, set_remove(set(handle), item));
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

// Operations on a set and an iterable.
export const UNION: u32 = 0;
export const INTERSECTION: u32 = 1;
export const DIFFERENCE: u32 = 2;
export const SYMMETRIC_DIFFERENCE: u32 = 3;

/** A new set of the set and the iterable on the stack. */
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
  return answered(other, made);
}

/** As set_combine, in the set itself. */
export function set_combine_update(handle: u32, operation: u32): bool {
  const s = changetype<PySet>(hold(handle));
  const other = handles().pop();
  let changed: bool;
  if (operation == UNION) changed = set_update(s, other);
  else if (operation == INTERSECTION) changed = set_intersection_update(s, other);
  else if (operation == DIFFERENCE) changed = set_difference_update(s, other);
  else changed = set_symmetric_difference_update(s, other);
  return grown<bool>(done(s, done(other, changed)));
}

// Relations of a set to an iterable.
export const SUBSET: u32 = 0;
export const SUPERSET: u32 = 1;
export const DISJOINT: u32 = 2;

export function set_relation(handle: u32, relation: u32): i32 {
  const s = set(handle);
  const other = handles().pop();
  if (relation == SUBSET) return after(other, set_is_subset_of(s, other));
  if (relation == SUPERSET) return after(other, set_is_superset_of(s, other));
  return after(other, set_is_disjoint(s, other));
}

// ---- str and bytes ----

/** s.find(part, from) for a string on the stack: -1 if it is nowhere. */
export function str_find_text(handle: u32, from: u32): i32 {
  const part = handles().pop();
  return after(part, str_find(changetype<PyStr>(object(handle)), changetype<PyStr>(part), from));
}

/** The address of a bytes object's bytes, to be read at once. */
export function bytes_data(handle: u32): usize {
  return changetype<PyBytes>(object(handle)).data;
}

// ---- weak references ----

/** A weak reference to a handle's object, on the stack; `callback` is the host's number of a function, 0 for none. */
export function push_ref(handle: u32, callback: u32): bool {
  const h = handles();
  if (callback == 0) return h.push(ref_new(object(handle), null));
  const f = function_new(callback);
  if (!f) return false;
  const r = ref_new(object(handle), f);
  decref(f);
  return h.push(r);
}

/** The object; IS_MISSING if it is gone. */
export function ref_object(handle: u32): f64 {
  const o = changetype<PyRef>(object(handle)).target;
  return o ? answerBorrowed(o) : missing();
}

// ---- types that users define ----

/** Makes a type whose name is on the stack; see instance.ts. */
export function push_type(
  slots: u32,
  dataBytes: u32,
  itemSize: u32,
  options: u32,
  traverse: u32,
  clear: u32,
  finalize: u32,
  drop: u32,
  hostId: u32,
): bool {
  const h = handles();
  return h.push(type_new(h.pop(), slots, dataBytes, itemSize, options, traverse, clear, finalize, drop, hostId));
}

/** An instance of a type, with so many items. */
export function push_instance(handle: u32, items: u32): bool {
  const type = incref<PyType>(changetype<PyType>(object(handle)));
  safePoint();
  const o = instance_new(type, items);
  decref(type);
  return handles().push(o);
}

export function slot_get(handle: u32, k: u32): f64 {
  const o = object(handle);
  return hasSlot(o, k) ? answerBorrowed(itemAt(slotsOf(o), k)) : answer(null);
}

export function slot_set(handle: u32, k: u32): bool {
  const value = handles().pop();
  const o = object(handle);
  if (!hasSlot(o, k)) return done(value, false);
  exchange(slotsOf(o), k, value);
  return grown<bool>(true);
}

/** Items of an instance. */
export function item_count(handle: u32): u32 {
  return instance_length(object(handle));
}

/** The number of the item with an index that may be negative; -1 with IndexError. `what` is AT_GET or AT_SET. */
export function item_number(handle: u32, index: i32, what: i32): i32 {
  return instance_index(object(handle), index, what);
}

/** Item `k`, which is there, of an instance whose items are objects. */
export function instance_item(handle: u32, k: u32): f64 {
  return answerBorrowed(itemAt(itemsOf(object(handle)), k));
}

/** Item `k`, which is there, becomes the value on the stack. */
export function set_instance_item(handle: u32, k: u32): void {
  exchange(itemsOf(object(handle)), k, handles().pop());
}

/** Where data, and where items, begin in instances of a type. */
export function data_offset(handle: u32): u32 {
  return changetype<PyType>(object(handle)).dataAt;
}

export function items_offset(handle: u32): u32 {
  return changetype<PyType>(object(handle)).basicSize;
}

// ---- errors ----

/** A handle for the error's first or second object; 0 if there is none. */
export function error_object(which: u32): u32 {
  const e = error();
  const o = changetype<PyObject | null>(which == 0 ? e.a : e.b);
  return o ? handles().take(incref<PyObject>(o)) : 0;
}

export function error_clear(): void {
  clearError();
}
