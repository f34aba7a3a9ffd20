// tp_new, tp_init, tp_repr and tp_str of the built-in types that can be bases: int, float, str, bytes, tuple, list, dict, set, frozenset.
//
// A value that never changes (int, str, tuple ...) is made by tp_new: for a derived type, first as an object of the built-in type, whose
// content the instance then gets. A list, a dict or a set is made empty, and filled by tp_init.

import { hasError } from "../../model/error";
import { DICT, FLOAT, INT, LIST, SET, STR, TUPLE, BYTES } from "../../model/kinds.gen";
import { raiseMostOne, raiseNoKeywords } from "../../model/raises.gen";
import { REPR, typeFunction } from "../../model/functions";
import { decref, incref } from "../../model/refcount";
import { DERIVED, isA, isDerived, layoutOf, PyObject, PyType, typeOf } from "../../model/type";
import { PyStr, str_exact, str_take } from "../../text/str";
import { newWriter } from "../../text/writer";
import { PyBytes } from "../../types/bytes";
import { PyDict } from "../../types/dict";
import { PyFloat } from "../../types/float";
import { PyLong } from "../../types/int";
import { reprOf } from "../../types/protocol";
import { itemAt, PyList, PyTuple, setItemAt } from "../../types/sequence";
import { set_clear, set_merge } from "../../types/set";
import { list_clear } from "../../types/list";
import { PySet } from "../../types/set-table";
import { set_update } from "../../operations/setops";
import { shortName } from "../runtime/attribute";
import { convert } from "./construct";
import { PyDict_MergeFromSeq2, PyDict_Update } from "./dict";
import { PyList_Extend } from "./list";
import { PyLong_AsInt, PyLong_FromUnicodeObject } from "./long";

@inline
function hasKeywords(kwargs: PyObject | null): bool {
  return kwargs !== null && changetype<PyDict>(kwargs).used != 0;
}

/** Whether there is at most one argument, and none by name; TypeError if not. */
function isOneArgument(type: PyType, t: PyTuple, kwargs: PyObject | null): bool {
  const isNamed = hasKeywords(kwargs);
  if (!isNamed && t.size <= 1) return true;
  const name = shortName(type);
  if (!name) return false;
  if (isNamed) raiseNoKeywords(name);
  else raiseMostOne(name, t.size);
  decref(name);
  return false;
}

/** tp_new */
export function base_new(type: PyType, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const layout = type.kind & ~DERIVED;
  if (layout == LIST || layout == DICT || layout == SET) {
    if (isDerived(type)) return call_indirect<PyObject | null>(type.tp_alloc, type, 0);
    return convert(type, null);
  }
  const t = changetype<PyTuple>(args);
  const named = typeOf(layout);
  let value: PyObject | null;
  if (layout == INT && t.size == 2 && !hasKeywords(kwargs)) value = intOf(t);
  else {
    // A type in C may take arguments by name in its own tp_init.
    if (!isOneArgument(named, t, isDerived(type) && type.tp_init != named.tp_init ? null : kwargs)) return null;
    value = convert(named, t.size == 0 ? null : itemAt(t.items, 0));
  }
  if (!value || !isDerived(type)) return value;
  const o = derivedFrom(type, value);
  decref(value);
  return o;
}

/** int(text, base) */
function intOf(t: PyTuple): PyObject | null {
  const base = PyLong_AsInt(itemAt(t.items, 1));
  if (base == -1 && hasError()) return null;
  return PyLong_FromUnicodeObject(itemAt(t.items, 0), base);
}

/** An instance of the derived type with the content of an object of its built-in type. */
function derivedFrom(type: PyType, value: PyObject): PyObject | null {
  let items: u32 = 0;
  if (isA(value, INT)) items = changetype<PyLong>(value).digits;
  else if (isA(value, TUPLE) || isA(value, BYTES)) items = changetype<PyTuple>(value).size;
  const o = call_indirect<PyObject | null>(type.tp_alloc, type, items);
  if (!o || fillFrom(o, value)) return o;
  decref(o);
  return null;
}

function fillFrom(o: PyObject, value: PyObject): bool {
  switch (layoutOf(value)) {
    case INT: {
      const from = changetype<PyLong>(value);
      changetype<PyLong>(o).tag = from.tag;
      memory.copy(changetype<PyLong>(o).row, from.row, max<usize>(from.digits, 1) << 2);
      return true;
    }
    case FLOAT:
      changetype<PyFloat>(o).value = changetype<PyFloat>(value).value;
      return true;
    case STR:
      return str_take(changetype<PyStr>(o), changetype<PyStr>(value));
    case BYTES:
      memory.copy(changetype<PyBytes>(o).data, changetype<PyBytes>(value).data, changetype<PyBytes>(value).size);
      return true;
    case TUPLE: {
      const from = changetype<PyTuple>(value);
      const items = changetype<PyTuple>(o).items;
      for (let k: u32 = 0; k < from.size; k++) setItemAt(items, k, incref<PyObject>(itemAt(from.items, k)));
      return true;
    }
    default:
      return set_merge(changetype<PySet>(o), changetype<PySet>(value));
  }
}

/** tp_init of list, dict and set: replaces the content. */
export function base_init(o: PyObject, args: PyObject, kwargs: PyObject | null): i32 {
  const t = changetype<PyTuple>(args);
  const named = typeOf(layoutOf(o));
  const isDict = named === typeOf(DICT);
  if (!isOneArgument(named, t, isDict || o.type.tp_new != named.tp_new ? null : kwargs)) return -1;
  const items: PyObject | null = t.size == 0 ? null : itemAt(t.items, 0);
  if (isDict) {
    if (items && (isA(items, DICT) ? PyDict_Update(o, items) : PyDict_MergeFromSeq2(o, items, 1)) < 0) return -1;
    return hasKeywords(kwargs) ? PyDict_Update(o, kwargs!) : 0;
  }
  if (isA(o, LIST)) {
    list_clear(changetype<PyList>(o));
    return items ? PyList_Extend(o, items) : 0;
  }
  set_clear(changetype<PySet>(o));
  return !items || set_update(changetype<PySet>(o), items) ? 0 : -1;
}

/** tp_repr: that of the built-in type, whatever the object's own type says. */
export function base_repr(o: PyObject): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  if (call_indirect<bool>(typeFunction(layoutOf(o), REPR), o, w)) return w.finish();
  w.discard();
  return null;
}

/** tp_str: the text of a str; for all others, their repr. */
export function base_str(o: PyObject): PyObject | null {
  return isA(o, STR) ? str_exact(changetype<PyStr>(o)) : reprOf(o);
}
