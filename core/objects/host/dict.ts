// Dicts, for the host. A function whose name types/dict.ts already uses has a suffix here: dict_clear_all.

import { safePoint } from "../collector/due";
import { hasError } from "../model/error";
import { handles } from "../model/handles";
import { hashBytes } from "../model/hash";
import { decref, incref, xdecref } from "../model/refcount";
import { PyObject } from "../model/type";
import { largestOf, str_from_utf16, widthOf } from "../text/str";
import {
  dict_clear,
  dict_get,
  dict_pop_index,
  dict_pop_item,
  dict_set_default,
  dict_take_out,
  PyDict,
} from "../types/dict";
import { dict_copy, dict_update } from "../types/dict-merge";
import { answer, answerable, answerBorrowed, missing } from "./exchange";
import { afterGrowth, dict, hold, letGo } from "./operands";

/** The value of the dict's entry at a position. */
export function dict_value_at(handle: u32, position: u32): f64 {
  return answerBorrowed(dict(handle).valueAt(position)!);
}

/** d.get(text), where the text is `n` units in the buffer, in Latin-1 or UTF-16. Mostly, no string is made for the search. */
export function dict_get_text(handle: u32, n: u32, width: u32): f64 {
  const d = dict(handle);
  const buffer = handles().buffer;
  if (width == 2) {
    // For two kinds of text the bytes of the key differ from those in the buffer, so a string is made: with surrogates,
    // the key has other code points; without wide characters, the key has one byte for each character.
    const largest = largestOf(buffer, 2, n);
    if (widthOf(largest) != 2) return answerFound(d, str_from_utf16(buffer, n));
    for (let k: u32 = 0; k < n; k++) {
      if ((load<u16>(buffer + ((<usize>k) << 1)) & 0xf800) == 0xd800) return answerFound(d, str_from_utf16(buffer, n));
    }
  }
  const index = d.keys.findText(buffer, width, n, hashBytes(buffer, <usize>n * width));
  return index >= 0 ? answerBorrowed(d.valueAt(index)!) : missing();
}

/** The value of a key. Takes over the reference to the key. */
function answerFound(d: PyDict, key: PyObject | null): f64 {
  if (!key) return answer(null);
  incref<PyDict>(d);
  const value = dict_get(d, key);
  return letGo<f64>(d, key, value ? answerBorrowed(value) : hasError() ? answer(null) : missing());
}

/** d.get(key); IS_MISSING if it is not there. */
export function dict_get_value(handle: u32): f64 {
  return answerFound(dict(handle), handles().pop());
}

export function dict_set_default_value(handle: u32): f64 {
  const h = handles();
  const d = hold(handle);
  const value = h.pop();
  const key = h.pop();
  const found = answerable(value) ? dict_set_default(changetype<PyDict>(d), key, value) : null;
  const result = found ? incref<PyObject>(found) : null;
  decref(key);
  decref(value);
  decref(d);
  return answer(result);
}

export function dict_pop_value(handle: u32): f64 {
  const key = handles().pop();
  const d = changetype<PyDict>(hold(handle));
  const index = dict_pop_index(d, key);
  const value = index >= 0 && answerable(d.valueAt(index)!) ? dict_take_out(d, index) : null;
  return answer(letGo<PyObject | null>(d, key, value));
}

/** The position of the last entry; -1 if there is none. */
export function dict_last_position(handle: u32): i32 {
  const d = dict(handle);
  for (let k = d.keys.count; k-- > 0; ) if (d.keys.keyAt(k) && d.valueAt(k)) return k;
  return -1;
}

/**
 * d.popitem() without a result. The host has read the entry before, so that the entry can't be lost if memory runs out.
 */
export function dict_drop_last(handle: u32): bool {
  const pair = dict_pop_item(dict(handle));
  xdecref(pair);
  return pair !== null;
}

/** d.update(other) for a dict on the stack. */
export function dict_update_from(handle: u32): bool {
  const d = hold(handle);
  const other = handles().pop();
  const updated = dict_update(changetype<PyDict>(d), changetype<PyDict>(other));
  decref(other);
  decref(d);
  return afterGrowth<bool>(updated);
}

/** Pushes d.copy(). */
export function dict_push_copy(handle: u32): bool {
  safePoint();
  const d = hold(handle);
  const copy = dict_copy(changetype<PyDict>(d));
  decref(d);
  return handles().push(copy);
}

export function dict_clear_all(handle: u32): void {
  dict_clear(dict(handle));
}
