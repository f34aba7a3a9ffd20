// The functions in the slots of str, bytes, tuple, list, dict, set and frozenset. C calls them, and types that C derived from these types
// inherit them. They look only at the layout of the object (isA), never at its slots, so that a slot in C can call the one that it replaces.

import { ascii } from "../../model/ascii";
import { hasError } from "../../model/error";
import { E_INDEX_ASSIGNMENT } from "../../model/errors.gen";
import { DICT } from "../../model/kinds.gen";
import { raiseError } from "../../model/raise";
import { raiseKey } from "../../model/raises.gen";
import { incref, decref } from "../../model/refcount";
import { isA, isDerived, PyObject } from "../../model/type";
import { containsAs, getItemAs, itemAs, setItemAs, sizeAs } from "../../operations/abstract";
import { checkedTimes, concat, repeatAs } from "../../operations/number";
import { dict_del, dict_get, dict_set, PyDict } from "../../types/dict";
import { list_del_item, list_repeat_in_place, list_set_item } from "../../types/list";
import { PyList, rowSize } from "../../types/sequence";
import { lookup } from "../runtime/attribute";
import { callMethodRow } from "../runtime/call";
import { scratch } from "../runtime/module-object";
import { internedText } from "../runtime/text";
import { iteratorOver } from "./iterate";
import { PyList_Extend } from "./list";

/** tp_iter */
export function base_iter(o: PyObject): PyObject | null {
  return iteratorOver(o, sizeAs(o));
}

/** sq_length, mp_length */
export function base_length(o: PyObject): i32 {
  return sizeAs(o);
}

/** sq_concat */
export function base_concat(a: PyObject, b: PyObject): PyObject | null {
  return concat(a, b);
}

/** sq_repeat */
export function base_repeat(o: PyObject, count: i32): PyObject | null {
  const times = checkedTimes(sizeAs(o), count);
  return times < 0 ? null : repeatAs(o, times);
}

/** sq_item */
export function base_item(o: PyObject, index: i32): PyObject | null {
  return itemAs(o, index);
}

/** sq_ass_item of list */
export function base_ass_item(o: PyObject, index: i32, value: PyObject | null): i32 {
  if (<u32>index >= rowSize(o)) {
    raiseError(E_INDEX_ASSIGNMENT, o);
    return -1;
  }
  const l = changetype<PyList>(o);
  return (value ? list_set_item(l, index, value) : list_del_item(l, index)) ? 0 : -1;
}

/** sq_contains */
export function base_contains(o: PyObject, item: PyObject): i32 {
  return containsAs(o, item);
}

/** sq_inplace_concat of list */
export function base_inplace_concat(o: PyObject, items: PyObject): PyObject | null {
  return PyList_Extend(o, items) < 0 ? null : incref<PyObject>(o);
}

/** sq_inplace_repeat of list */
export function base_inplace_repeat(o: PyObject, count: i32): PyObject | null {
  const times = checkedTimes(sizeAs(o), count);
  return times >= 0 && list_repeat_in_place(changetype<PyList>(o), times) ? incref<PyObject>(o) : null;
}

/** mp_subscript */
export function base_subscript(o: PyObject, key: PyObject): PyObject | null {
  if (!isA(o, DICT)) return getItemAs(o, key);
  const value = dict_get(changetype<PyDict>(o), key);
  if (value) return incref<PyObject>(value);
  if (hasError()) return null;
  if (isDerived(o.type)) return missing(o, key);
  raiseKey(key);
  return null;
}

/** o.__missing__(key), if the type of the dict has that method; else null with KeyError. */
function missing(o: PyObject, key: PyObject): PyObject | null {
  const text = scratch();
  store<u64>(text, ascii("__missin"));
  store<u64>(text, ascii("g__"), 8);
  const name = internedText(text);
  if (!name) return null;
  const has = lookup(o.type, name) !== null;
  let result: PyObject | null = null;
  if (has) {
    store<PyObject>(text, o);
    store<PyObject>(text, key, 4);
    result = callMethodRow(name, text, 2, null);
  } else if (!hasError()) raiseKey(key);
  decref(name);
  return result;
}

/** mp_ass_subscript of list and dict */
export function base_ass_subscript(o: PyObject, key: PyObject, value: PyObject | null): i32 {
  if (!isA(o, DICT)) return setItemAs(changetype<PyList>(o), key, value) ? 0 : -1;
  const d = changetype<PyDict>(o);
  return (value ? dict_set(d, key, value) : dict_del(d, key)) ? 0 : -1;
}
