// Instances of types that C derived from a built-in type: int, float, str, bytes, tuple, list, dict, set or frozenset.
//
//   refcnt | type | what an object of the built-in type has | fields of the type in C      (the fields of a str: text/str.ts)
//   refcnt | type | size or tag, hash | digits, bytes or items                              ints, bytes and tuples: there is no room for fields
//
// So all functions for the data of a built-in type work for an instance, too (isA in model/type.ts). Operations are looked up in the type's
// slots, because the type may have its own.
// Parts of an instance (a list's items, a dict's keys, a str's characters) are counted with the built-in type, a set's table with its own.

import { gcVisitIndex } from "../model/functions";
import { track, untrack } from "../model/gc-head";
import { BYTES, DICT, FROZENSET, INT, LIST, SET, STR, TUPLE } from "../model/kinds.gen";
import { newObject, requestFor } from "../model/memory";
import { decref, incref } from "../model/refcount";
import { None } from "../model/singletons";
import { DERIVED, layoutOf, PyObject, PyType, PyVarObject, typeOf } from "../model/type";
import { visitBorrowed, visitRow } from "../model/visit";
import { PyStr, str_derive, str_release_parts } from "../text/str";
import { PyBytes } from "./bytes";
import { dict_clear, dict_references, PyDict } from "./dict";
import { PyLong, SIZE_SHIFT } from "./int";
import { emptyKeys } from "./keys";
import { list_clear } from "./list";
import { callClear } from "./outside";
import { itemAt, PyList, PyTuple, rowItems, rowSize, setItemAt } from "./sequence";
import { set_clear } from "./set";
import { becomeEmpty, PySet, set_next, set_references } from "./set-table";
import { weak_clear_all } from "./weak";

const HEADER: usize = offsetof<PyObject>();

/** The bytes of an instance with `items` digits, bytes or items, without the collector header. */
function bytesFor(type: PyType, items: u32): usize {
  // The size of an int includes its first digit.
  const extra = type.itemSize == 0 ? 0 : (type.kind & ~DERIVED) == INT && items > 0 ? items - 1 : items;
  return requestFor(type.basicSize, extra, type.itemSize);
}

/** The bytes of the instance's own block, without the collector header. */
export function derived_bytes(o: PyObject): usize {
  if (layoutOf(o) == INT) return bytesFor(o.type, changetype<PyLong>(o).digits);
  return bytesFor(o.type, o.type.itemSize == 0 ? 0 : changetype<PyVarObject>(o).size);
}

/**
 * A new instance with `items` digits, bytes or items: empty, 0, or with items that are None. Its fields are 0. Takes a reference to the type.
 */
export function derived_new(type: PyType, items: u32): PyObject | null {
  const bytes = bytesFor(type, items);
  const o = newObject(type, bytes);
  if (!o) return null;
  incref<PyType>(type);
  memory.fill(changetype<usize>(o) + HEADER, 0, bytes - HEADER);
  switch (layoutOf(o)) {
    case INT:
      changetype<PyLong>(o).tag = items == 0 ? 1 : items << SIZE_SHIFT;
      break;
    case STR:
      str_derive(changetype<PyStr>(o));
      break;
    case BYTES:
      changetype<PyBytes>(o).size = items;
      changetype<PyBytes>(o).cachedHash = -1;
      break;
    case TUPLE: {
      const t = changetype<PyTuple>(o);
      t.size = items;
      t.cachedHash = -1;
      for (let k: u32 = 0; k < items; k++) setItemAt(t.items, k, None());
      break;
    }
    case DICT:
      changetype<PyDict>(o).keys = emptyKeys();
      break;
    case SET:
    case FROZENSET:
      becomeEmpty(changetype<PySet>(o));
      changetype<PySet>(o).cachedHash = -1;
      break;
  }
  if (type.hasGC) track(o);
  return o;
}

/** Releases what the built-in type's part of a dead instance has. Its memory stays. */
export function derived_release(o: PyObject): void {
  if (o.type.hasGC) untrack(o);
  switch (layoutOf(o)) {
    case STR:
      str_release_parts(changetype<PyStr>(o));
      break;
    case TUPLE:
      for (let k = rowSize(o); k-- > 0; ) decref(itemAt(rowItems(o), k));
      break;
    case SET:
    case FROZENSET:
      if (changetype<PySet>(o).weak != 0) weak_clear_all(o);
  }
  base_clear(o);
}

/** Breaks a cycle: calls the type's own clear, or the one that it inherits. */
export function derived_clear(o: PyObject): void {
  if (o.type.clear != 0) callClear(o.type.clear, o);
}

/**
 * Shows the references (model/visit.ts). In a pass of the collector, the type's traverse function shows them all; otherwise those of the
 * built-in type's part are shown, the list of weak references, and the type.
 */
export function derived_references<V>(o: PyObject, visitor: V): void {
  const type = o.type;
  if (isDefined(visitor.pass)) {
    if (type.traverse != 0) call_indirect<i32>(type.traverse, o, gcVisitIndex(), visitor.pass);
  } else {
    const layout = layoutOf(o);
    const weakList = layout == SET || layout == FROZENSET ? 0 : type.weakList;
    if (layout == LIST || layout == TUPLE) visitRow<V>(rowItems(o), rowSize(o), visitor);
    else if (layout == DICT) dict_references<V>(changetype<PyDict>(o), visitor);
    else if (layout == SET || layout == FROZENSET) set_references<V>(changetype<PySet>(o), visitor);
    if (weakList != 0) visitBorrowed<V>(changetype<usize>(o) + weakList, visitor);
    visitor.owned(changetype<usize>(o) + offsetof<PyObject>("type"));
  }
}

/** tp_traverse of the built-in types: calls a function for each object that the built-in type's part refers to. The first result that is not 0 ends it. */
export function base_traverse(o: PyObject, visit: u32, argument: usize): i32 {
  switch (layoutOf(o)) {
    case LIST:
    case TUPLE:
      for (let k: u32 = 0; k < rowSize(o); k++) {
        const result = call_indirect<i32>(visit, itemAt(rowItems(o), k), argument);
        if (result != 0) return result;
      }
      return 0;
    case DICT: {
      const d = changetype<PyDict>(o);
      for (let k: u32 = 0; k < d.keys.count; k++) {
        const key = d.keys.keyAt(k);
        if (!key) continue;
        let result = call_indirect<i32>(visit, key, argument);
        if (result == 0) result = call_indirect<i32>(visit, d.valueAt(k), argument);
        if (result != 0) return result;
      }
      return 0;
    }
    case SET:
    case FROZENSET: {
      const s = changetype<PySet>(o);
      for (let k = set_next(s, 0); k >= 0; k = set_next(s, k + 1)) {
        const result = call_indirect<i32>(visit, s.keyAt(k), argument);
        if (result != 0) return result;
      }
      return 0;
    }
    default:
      return 0;
  }
}

/** tp_clear of list, dict and set. */
export function base_clear(o: PyObject): i32 {
  switch (layoutOf(o)) {
    case LIST:
      list_clear(changetype<PyList>(o));
      break;
    case DICT:
      dict_clear(changetype<PyDict>(o));
      break;
    case SET:
    case FROZENSET:
      set_clear(changetype<PySet>(o));
      break;
  }
  return 0;
}

/** tp_dealloc of the built-in types that can be bases. */
export function base_dealloc(o: PyObject): void {
  const type = o.type;
  if ((type.kind & DERIVED) == 0) {
    call_indirect<void>(type.dealloc, o);
    return;
  }
  derived_release(o);
  call_indirect<void>(type.tp_free, o);
}
