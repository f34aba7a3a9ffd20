// Operations on any object, for the host (operands.ts says what the functions return).

import { safePoint } from "../collector/due";
import { handles } from "../model/handles";
import { raiseChanged } from "../model/raises.gen";
import { decref, incref } from "../model/refcount";
import { True } from "../model/singletons";
import { PyObject } from "../model/type";
import {
  contains,
  getIndex,
  getItem,
  getSlice,
  itemAtPosition,
  lengthOf,
  nextPosition,
  setItem,
  sizeOf,
  truthOf,
} from "../operations/abstract";
import { binary, powerModulo, unary } from "../operations/number";
import { PyStr, str_find } from "../text/str";
import { sizeofObject } from "../types/anatomy";
import { PyBytes } from "../types/bytes";
import { PyLong } from "../types/int";
import { int_bit_length } from "../types/int-bits";
import { compare, hashOf, reprOf } from "../types/protocol";
import { isRow, rowCount, rowFind } from "../types/sequence";
import { answer, answerPlain } from "./exchange";
import { afterGrowth, answerAndDrop, dropAfter, hold, letGo, object } from "./operands";

/** The value of a handle's object; for a container, another handle. */
export function value_of(handle: u32): f64 {
  return answerPlain(incref<PyObject>(object(handle)));
}

export function length_of(handle: u32): i32 {
  const o = hold(handle);
  return dropAfter<i32>(o, lengthOf(o));
}

/** The number of items of a container; -1 if the object is not a container. */
export function size_of(handle: u32): i32 {
  return sizeOf(object(handle));
}

/** bool(o): 1 or 0, -1 if an error is raised. */
export function is_true(handle: u32): i32 {
  const o = hold(handle);
  return dropAfter<i32>(o, truthOf(o));
}

export function sizeof_object(handle: u32): usize {
  return sizeofObject(object(handle));
}

/** hash(top of the stack). hasError() tells whether it failed. */
export function hash_value(): i32 {
  const o = handles().pop();
  return dropAfter<i32>(o, hashOf(o));
}

export function repr_of(): f64 {
  const o = handles().pop();
  const text = reprOf(o);
  decref(o);
  return answerPlain(text);
}

/** Compares the last two values as the operator does: NaN is not equal to itself. 1 or 0; -1 with an error. */
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
  return answerAndDrop(a, unary(a, operator));
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

export function bit_length(handle: u32): f64 {
  return <f64>int_bit_length(changetype<PyLong>(object(handle)));
}

export function get_index(handle: u32, index: i32): f64 {
  const o = hold(handle);
  return answerAndDrop(o, getIndex(o, index));
}

export function get_item(handle: u32): f64 {
  const o = hold(handle);
  const key = handles().pop();
  return answer(letGo<PyObject | null>(o, key, getItem(o, key)));
}

/** o[key] = value with the last two values. */
export function set_item(handle: u32): bool {
  const h = handles();
  const o = hold(handle);
  const value = h.pop();
  const key = h.pop();
  const result = setItem(o, key, value);
  decref(key);
  decref(value);
  decref(o);
  return afterGrowth<bool>(result);
}

export function del_item(handle: u32): bool {
  const o = hold(handle);
  const key = handles().pop();
  return letGo<bool>(o, key, setItem(o, key, null));
}

export function contains_item(handle: u32): i32 {
  const o = hold(handle);
  const item = handles().pop();
  return letGo<i32>(o, item, contains(o, item));
}

export function get_slice(handle: u32, start: i32, stop: i32, step: i32, absent: u32): f64 {
  const o = hold(handle);
  safePoint();
  const slice = getSlice(o, start, stop, step, absent);
  decref(o);
  return answer(slice);
}

/** The next position of an iteration; -1 at the end; -2 with RuntimeError if the size of a dict or set has changed. */
export function next_position(handle: u32, position: u32, size: i32): i32 {
  const o = object(handle);
  if (!isRow(o) && sizeOf(o) != size) {
    raiseChanged(o);
    return -2;
  }
  return nextPosition(o, position);
}

export function item_at_position(handle: u32, position: u32): f64 {
  return answer(itemAtPosition(object(handle), position));
}

/** row.index(item, start, stop): -1 if it is not there, -2 if an error is raised. */
export function row_find(handle: u32, start: u32, stop: u32): i32 {
  const row = hold(handle);
  const item = handles().pop();
  return letGo<i32>(row, item, rowFind(row, item, start, stop));
}

export function row_count(handle: u32): i32 {
  const row = hold(handle);
  const item = handles().pop();
  return letGo<i32>(row, item, rowCount(row, item));
}

/** s.find(part, from), where `part` is on the stack: -1 if it is nowhere. */
export function str_find_text(handle: u32, from: u32): i32 {
  const part = handles().pop();
  return dropAfter<i32>(part, str_find(changetype<PyStr>(object(handle)), changetype<PyStr>(part), from));
}

/** The address of the bytes of a bytes object. The host must read them at once. */
export function bytes_data(handle: u32): usize {
  return changetype<PyBytes>(object(handle)).data;
}
