// Lists, for the host. A function whose name types/list.ts or types/sort.ts already uses has a suffix here: list_clear_all.

import { raiseAssignToSlice, raiseStep } from "../model/raises.gen";
import { handles } from "../model/handles";
import { decref, xdecref } from "../model/refcount";
import { PyObject } from "../model/type";
import { isIterable, setSlice } from "../operations/abstract";
import { repeatCount } from "../operations/number";
import { PyLong } from "../types/int";
import {
  list_append_owned,
  list_clear,
  list_extend_row,
  list_insert,
  list_pop_index,
  list_remove,
  list_repeat_in_place,
  list_reverse,
  list_take,
  takesWhatItNeeds,
} from "../types/list";
import { itemAt, PyList } from "../types/sequence";
import { list_sort } from "../types/sort";
import { answer, answerable, fromNumber } from "./exchange";
import { afterGrowth, dropAfter, hold, letGo, list, rowOnStack } from "./operands";

/**
 * l[start:stop:step] = items. The items are on the stack, as one iterable. `absent` says which bounds are not given: NO_START, NO_STOP.
 */
export function set_slice(handle: u32, start: i32, stop: i32, step: i32, absent: u32): bool {
  const h = handles();
  const given = load<PyObject>(h.last(1));
  if (step == 0 || !isIterable(given)) {
    if (step == 0) raiseStep();
    else raiseAssignToSlice();
    h.drop(1);
    return false;
  }
  const l = hold(handle);
  const row = rowOnStack();
  const set = row !== null && setSlice(changetype<PyList>(l), start, stop, step, absent, row);
  xdecref(row);
  decref(l);
  return afterGrowth<bool>(set);
}

export function del_slice(handle: u32, start: i32, stop: i32, step: i32, absent: u32): bool {
  return setSlice(list(handle), start, stop, step, absent, null);
}

/** l.append(v). Returns the length, 0 if an error is raised. */
export function list_push_number(handle: u32, v: f64): u32 {
  const l = list(handle);
  return afterGrowth<u32>(list_append_owned(l, fromNumber(v)) ? l.size : 0);
}

/** l.append(top of the stack). Returns the length, 0 if an error is raised. */
export function list_push(handle: u32): u32 {
  const l = list(handle);
  return afterGrowth<u32>(list_append_owned(l, handles().pop()) ? l.size : 0);
}

export function list_insert_at(handle: u32, index: i32): bool {
  const item = handles().pop();
  return afterGrowth<bool>(dropAfter<bool>(item, list_insert(list(handle), index, item)));
}

export function list_pop_at(handle: u32, index: i32): f64 {
  const l = list(handle);
  const k = list_pop_index(l, index);
  return answer(k >= 0 && answerable(itemAt(l.items, k)) ? list_take(l, k) : null);
}

export function list_remove_item(handle: u32): bool {
  const l = hold(handle);
  const item = handles().pop();
  return letGo<bool>(l, item, list_remove(changetype<PyList>(l), item));
}

export function list_extend(handle: u32): bool {
  const l = hold(handle);
  const exact = takesWhatItNeeds(load<PyObject>(handles().last(1)));
  const row = rowOnStack();
  const extended = row !== null && list_extend_row(changetype<PyList>(l), row, exact);
  xdecref(row);
  decref(l);
  return afterGrowth<bool>(extended);
}

export function list_repeat_self(handle: u32): bool {
  const count = handles().pop();
  const l = list(handle);
  const times = repeatCount(l.size, changetype<PyLong>(count));
  return dropAfter<bool>(count, times >= 0 && list_repeat_in_place(l, times));
}

export function list_clear_all(handle: u32): void {
  list_clear(list(handle));
}

export function list_reverse_all(handle: u32): void {
  list_reverse(list(handle));
}

/** Sorts the list by its items, or by the keys in a list on the stack. */
export function list_sort_all(handle: u32, reverse: bool, withKeys: bool): bool {
  const l = hold(handle);
  const keys = withKeys ? handles().pop() : null;
  const sorted = list_sort(changetype<PyList>(l), changetype<PyList | null>(keys), reverse);
  xdecref(keys);
  decref(l);
  return sorted;
}
