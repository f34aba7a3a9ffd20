// Attributes of instances, types and modules (CPython's PyObject_GenericGetAttr, Objects/object.c). A name is looked up
// in the dicts of the object's type and of its bases. If that finds a data descriptor, it is used. Otherwise the
// object's own dict is used, if it has the name, and otherwise the value that was found in the types.

import { ascii } from "../../model/ascii";
import { hasError } from "../../model/error";
import {
  E_IMMUTABLE_TYPE,
  E_NO_ATTRIBUTE,
  E_NO_NEW_ATTRIBUTE,
  E_READ_ONLY,
  E_TYPE_NO_ATTRIBUTE,
} from "../../model/errors.gen";
import { clearError, raiseError, raisedType } from "../../model/raise";
import {
  raiseAttributeName,
  raiseDictExpected,
  raiseImmutableType,
  raiseModuleNoAttribute,
  raiseNoAttribute,
  raiseNoDict,
  raiseTypeNoAttribute,
} from "../../model/raises.gen";
import { exceptionType } from "../../model/api-types";
import { EXC_ATTRIBUTE } from "../../model/exceptions.gen";
import { slotFunction } from "../../model/functions";
import { SLOT_SETATTRO } from "../../model/table.gen";
import { BUILTIN, DICT, METHOD_DESCRIPTOR, MODULE, STR } from "../../model/kinds.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isSubtype } from "../../model/subtype";
import { IS_C_TYPE, IS_HEAP_TYPE, isA, isKind, PyObject, PyType } from "../../model/type";
import { PyStr, emptyStr } from "../../text/str";
import { dict_contains, dict_del, dict_get, dict_new, dict_set, PyDict } from "../../types/dict";
import { setItemAt } from "../../types/sequence";
import { emptyTuple, tuple_new, tuple_track } from "../../types/tuple";
import { methodAt } from "./definitions";
import { descriptor_get, descriptor_set, isDataDescriptor, isDescriptor } from "./descriptor";
import { PyCFunction, PyDescr } from "./fixed-objects";
import { moduleDict, moduleName, scratch } from "./module-object";
import { internedText, strOfC } from "./text";
import { keptUtf8, str_from_utf8 } from "./utf8";

/** The value of a name in the dicts of a type and of its bases, a borrowed reference; null if there is none, or with an error. */
export function lookup(type: PyType, name: PyObject): PyObject | null {
  let at: PyType | null = type;
  while (at) {
    const dict = at.tp_dict;
    const found = dict ? dict_get(changetype<PyDict>(dict), name) : null;
    if (found || hasError()) return found;
    at = at.base;
  }
  return null;
}

/** The address of the word that holds an object's own dict; 0 if the object can't have one. */
function dictSlot(o: PyObject): usize {
  const offset = o.type.tp_dictoffset;
  return offset > 0 ? changetype<usize>(o) + offset : 0;
}

/** The dict in such a word; null if there is none yet. In an exception, the word is None then. */
function dictIn(slot: usize): PyDict | null {
  if (slot == 0) return null;
  const dict = load<PyObject | null>(slot);
  return dict === None() ? null : changetype<PyDict | null>(dict);
}

/** The dict in such a word; it is made if there is none yet. null with an error. */
function dictOrNew(slot: usize): PyDict | null {
  const dict = dictIn(slot);
  if (dict) return dict;
  const made = dict_new();
  if (made) store<PyDict>(slot, made);
  return made;
}

function noAttribute(o: PyObject, name: PyObject): void {
  raiseNoAttribute(o, name);
}

/**
 * Whether a name consists of these `length` ASCII characters. A word holds eight of them, the first in the lowest byte.
 */
export function isNamed(name: PyObject, first: u64, rest: u64, length: u32): bool {
  const s = changetype<PyStr>(name);
  if (s.length != length || !s.isAscii) return false;
  for (let k: u32 = 0; k < length; k++) {
    if (load<u8>(s.data + k) != <u8>((k < 8 ? first : rest) >> ((k & 7) << 3))) return false;
  }
  return true;
}

// Attributes that objects and types have even without a dict.

@inline
function isClass(name: PyObject): bool {
  return isNamed(name, ascii("__class_"), ascii("_"), 9);
}

@inline
function isName(name: PyObject): bool {
  return isNamed(name, ascii("__name__"), 0, 8);
}

@inline
function isQualifiedName(name: PyObject): bool {
  return isNamed(name, ascii("__qualna"), ascii("me__"), 12);
}

@inline
function isModule(name: PyObject): bool {
  return isNamed(name, ascii("__module"), ascii("__"), 10);
}

@inline
function isDoc(name: PyObject): bool {
  return isNamed(name, ascii("__doc__"), 0, 7);
}

@inline
function isBases(name: PyObject): bool {
  return isNamed(name, ascii("__bases_"), ascii("_"), 9);
}

/** Whether the name is __mro__. */
@inline
function isOrder(name: PyObject): bool {
  return isNamed(name, ascii("__mro__"), 0, 7);
}

export function PyObject_GenericGetAttr(o: PyObject, name: PyObject): PyObject | null {
  if (!mustBeText(name)) return null;
  const type = o.type;
  const found = lookup(type, name);
  if (found) {
    if (isDataDescriptor(found)) return descriptor_get(changetype<PyDescr>(found), o, type);
  } else if (hasError()) return null;
  const dict = dictIn(dictSlot(o));
  // The search may compare keys. A comparison in C may remove the found value from the type, so we keep a reference to
  // it.
  if (found) incref<PyObject>(found);
  const own = dict ? dict_get(dict, name) : null;
  let result: PyObject | null = null;
  if (own) result = incref<PyObject>(own);
  else if (!hasError()) result = found ? bound(found, o, type) : withoutDict(o, name);
  xdecref(found);
  return result;
}

/** The value of an attribute that is in no dict: an object's class; for functions and methods also name and doc. */
function withoutDict(o: PyObject, name: PyObject): PyObject | null {
  if (isClass(name)) return incref<PyType>(o.type);
  if (isKind(o, BUILTIN) || isKind(o, METHOD_DESCRIPTOR)) {
    const definition = isKind(o, BUILTIN) ? changetype<PyCFunction>(o).definition : changetype<PyDescr>(o).definition;
    if (isName(name) || isQualifiedName(name)) return internedText(methodAt(definition).name);
    if (isDoc(name)) return methodAt(definition).doc == 0 ? None() : strOfC(methodAt(definition).doc);
  }
  noAttribute(o, name);
  return null;
}

/**
 * The value of an attribute for an instance, or for the type itself if `o` is null. The attribute was found in a type's
 * dict.
 */
function bound(found: PyObject, o: PyObject | null, type: PyType): PyObject | null {
  if (isDescriptor(found)) return descriptor_get(changetype<PyDescr>(found), o, type);
  const get = found.type.tp_descr_get;
  if (get == 0) return incref<PyObject>(found);
  incref<PyObject>(found);
  const result = call_indirect<PyObject | null>(get, found, o, type);
  decref(found);
  return result;
}

/** Whether attributes of the object are set by PyObject_GenericSetAttr. */
@inline
function hasStandardSetter(o: PyObject): bool {
  return o.type.tp_setattro == slotFunction(SLOT_SETATTRO);
}

export function PyObject_GenericSetAttr(o: PyObject, name: PyObject, value: PyObject | null): i32 {
  const found = lookup(o.type, name);
  if (found) {
    if (isDataDescriptor(found)) return descriptor_set(changetype<PyDescr>(found), o, value);
    const set = found.type.tp_descr_set;
    if (set != 0) {
      incref<PyObject>(found);
      const done = call_indirect<i32>(set, found, o, value);
      decref(found);
      return done;
    }
  } else if (hasError()) return -1;
  const slot = dictSlot(o);
  if (slot == 0) {
    raiseError(found ? E_READ_ONLY : hasStandardSetter(o) ? E_NO_NEW_ATTRIBUTE : E_NO_ATTRIBUTE, o, name);
    return -1;
  }
  if (!value) return deleteIn(dictIn(slot), o, name);
  const dict = dictOrNew(slot);
  return dict && dict_set(dict, name, value) ? 0 : -1;
}

function deleteIn(dict: PyDict | null, o: PyObject, name: PyObject): i32 {
  const has = dict ? dict_contains(dict, name) : 0;
  if (has > 0) return dict_del(dict!, name) ? 0 : -1;
  if (has == 0) noAttribute(o, name);
  return -1;
}

// ---- types ----

/** getattr of a type: looks in its own dict, and in those of its bases. A doc is not inherited. */
export function type_getattro(o: PyObject, name: PyObject): PyObject | null {
  const type = changetype<PyType>(o);
  if (isDoc(name)) return ownDoc(type, name);
  const found = lookup(type, name);
  if (found) return bound(found, null, type);
  if (hasError()) return null;
  if (isName(name) || isQualifiedName(name)) return shortName(type);
  if (isModule(name)) return moduleNameOf(type);
  if (isClass(name)) return incref<PyType>(o.type);
  if (isBases(name)) return chainOf(type.base, 1);
  if (isOrder(name)) return chainOf(type, u32.MAX_VALUE);
  raiseTypeAttribute(E_TYPE_NO_ATTRIBUTE, type, name);
  return null;
}

function ownDoc(type: PyType, name: PyObject): PyObject | null {
  const dict = type.tp_dict;
  const doc = dict ? dict_get(changetype<PyDict>(dict), name) : null;
  if (doc) return bound(doc, null, type);
  return hasError() ? null : None();
}

/** A tuple of a type, its base, the base of that, and so on: at most `most` types. */
function chainOf(first: PyType | null, most: u32): PyObject | null {
  let n: u32 = 0;
  let at: PyType | null = first;
  while (at && n < most) {
    at = at.base;
    n++;
  }
  if (n == 0) return emptyTuple();
  const t = tuple_new(n);
  if (!t) return null;
  at = first;
  for (let k: u32 = 0; k < n; k++) {
    setItemAt(t.items, k, incref<PyType>(at!));
    at = at!.base;
  }
  tuple_track(t);
  return t;
}

function raiseTypeAttribute(code: u32, type: PyType, name: PyObject): void {
  const text = shortName(type);
  if (!text) return;
  if (code == E_IMMUTABLE_TYPE) raiseImmutableType(name, text);
  else raiseTypeNoAttribute(text, name);
  decref(text);
}

/** type.__name__: the part of its name after the last dot. */
export function shortName(type: PyType): PyObject | null {
  let start = type.tp_name;
  for (let at = start; load<u8>(at) != 0; at++) if (load<u8>(at) == 0x2e) start = at + 1;
  return internedText(start);
}

/** type.__module__: the part of its name before the last dot; "builtins" if there is no dot. */
export function moduleNameOf(type: PyType): PyObject | null {
  let end: u32 = 0;
  for (let k: u32 = 0; load<u8>(type.tp_name + k) != 0; k++) if (load<u8>(type.tp_name + k) == 0x2e) end = k;
  if (end != 0) return str_from_utf8(type.tp_name, end);
  const at = scratch();
  store<u64>(at, ascii("builtins"));
  return str_from_utf8(at, 8);
}

/**
 * Sets an attribute of a type. Only types that C made while the program ran (PyType_FromSpec, PyErr_NewException) have attributes that can
 * be changed; for others, raises TypeError.
 */
export function type_setattro(o: PyObject, name: PyObject, value: PyObject | null): i32 {
  const type = changetype<PyType>(o);
  const dict = type.tp_dict;
  if (!dict || (type.flags & (IS_C_TYPE | IS_HEAP_TYPE)) != (IS_C_TYPE | IS_HEAP_TYPE)) {
    raiseTypeAttribute(E_IMMUTABLE_TYPE, type, name);
    return -1;
  }
  if (value) return dict_set(changetype<PyDict>(dict), name, value) ? 0 : -1;
  const has = dict_contains(changetype<PyDict>(dict), name);
  if (has > 0) return dict_del(changetype<PyDict>(dict), name) ? 0 : -1;
  if (has == 0) raiseTypeAttribute(E_TYPE_NO_ATTRIBUTE, type, name);
  return -1;
}

// ---- modules ----

export function module_getattro(o: PyObject, name: PyObject): PyObject | null {
  const found = dict_get(moduleDict(o), name);
  if (found) return incref<PyObject>(found);
  if (hasError()) return null;
  raiseNoAttributeOf(o, name);
  return null;
}

/** Raises AttributeError: the module, which may have no name, has no attribute of this name. */
function raiseNoAttributeOf(module: PyObject, name: PyObject): void {
  const own = moduleName(module);
  raiseModuleNoAttribute(own ? own : emptyStr(), name);
}

function module_setattro(o: PyObject, name: PyObject, value: PyObject | null): i32 {
  const dict = moduleDict(o);
  if (value) return dict_set(dict, name, value) ? 0 : -1;
  const has = dict_contains(dict, name);
  if (has > 0) return dict_del(dict, name) ? 0 : -1;
  if (has == 0) raiseNoAttributeOf(o, name);
  return -1;
}

// ---- any object ----

/** Whether the name is a string; raises TypeError if not. */
function mustBeText(name: PyObject): bool {
  if (isA(name, STR)) return true;
  raiseAttributeName(name);
  return false;
}

export function PyObject_GetAttr(o: PyObject, name: PyObject): PyObject | null {
  if (!mustBeText(name)) return null;
  const type = o.type;
  if (type.tp_getattro != 0) return call_indirect<PyObject | null>(type.tp_getattro, o, name);
  if (type.tp_getattr == 0) return PyObject_GenericGetAttr(o, name);
  const text = keptUtf8(changetype<PyStr>(name));
  return text == 0 ? null : call_indirect<PyObject | null>(type.tp_getattr, o, text);
}

export function PyObject_SetAttr(o: PyObject, name: PyObject, value: PyObject | null): i32 {
  if (!mustBeText(name)) return -1;
  const type = o.type;
  if (isKind(o, MODULE)) return module_setattro(o, name, value);
  if (type.tp_setattro != 0) return call_indirect<i32>(type.tp_setattro, o, name, value);
  if (type.tp_setattr == 0) return PyObject_GenericSetAttr(o, name, value);
  const text = keptUtf8(changetype<PyStr>(name));
  return text == 0 ? -1 : call_indirect<i32>(type.tp_setattr, o, text, value);
}

export function PyObject_DelAttr(o: PyObject, name: PyObject): i32 {
  return PyObject_SetAttr(o, name, null);
}

export function PyObject_GetAttrString(o: PyObject, text: usize): PyObject | null {
  const name = internedText(text);
  if (!name) return null;
  const result = PyObject_GetAttr(o, name);
  decref(name);
  return result;
}

export function PyObject_SetAttrString(o: PyObject, text: usize, value: PyObject | null): i32 {
  const name = internedText(text);
  if (!name) return -1;
  const result = PyObject_SetAttr(o, name, value);
  decref(name);
  return result;
}

export function PyObject_DelAttrString(o: PyObject, text: usize): i32 {
  return PyObject_SetAttrString(o, text, null);
}

/**
 * Stores a new reference in `*result` and returns 1; NULL and 0 if there is no such attribute; NULL and -1 with another
 * error.
 */
export function PyObject_GetOptionalAttr(o: PyObject, name: PyObject, result: usize): i32 {
  const value = PyObject_GetAttr(o, name);
  store<PyObject | null>(result, value);
  if (value) return 1;
  const type = raisedType();
  if (!type || !isSubtype(type, exceptionType(EXC_ATTRIBUTE))) return -1;
  clearError();
  return 0;
}

export function PyObject_GetOptionalAttrString(o: PyObject, text: usize, result: usize): i32 {
  const name = internedText(text);
  store<usize>(result, 0);
  if (!name) return -1;
  const found = PyObject_GetOptionalAttr(o, name, result);
  decref(name);
  return found;
}

/** 1 or 0; -1 with an error. */
export function PyObject_HasAttrWithError(o: PyObject, name: PyObject): i32 {
  const value = PyObject_GetAttr(o, name);
  if (value) {
    decref(value);
    return 1;
  }
  const type = raisedType();
  if (!type || !isSubtype(type, exceptionType(EXC_ATTRIBUTE))) return -1;
  clearError();
  return 0;
}

export function PyObject_HasAttrStringWithError(o: PyObject, text: usize): i32 {
  const name = internedText(text);
  if (!name) return -1;
  const found = PyObject_HasAttrWithError(o, name);
  decref(name);
  return found;
}

/** Like PyObject_HasAttrWithError, but an error is cleared and counts as "no such attribute". */
export function PyObject_HasAttr(o: PyObject, name: PyObject): i32 {
  const found = PyObject_HasAttrWithError(o, name);
  if (found >= 0) return found;
  clearError();
  return 0;
}

export function PyObject_HasAttrString(o: PyObject, text: usize): i32 {
  const found = PyObject_HasAttrStringWithError(o, text);
  if (found >= 0) return found;
  clearError();
  return 0;
}

// ---- an object's own dict ----

export function PyObject_GenericGetDict(o: PyObject, _closure: usize): PyObject | null {
  const slot = dictSlot(o);
  if (slot == 0) {
    raiseNoDict();
    return null;
  }
  const dict = dictOrNew(slot);
  return dict ? incref<PyObject>(dict) : null;
}

export function PyObject_GenericSetDict(o: PyObject, value: PyObject | null, _closure: usize): i32 {
  const slot = dictSlot(o);
  if (slot == 0 || !value || !isA(value, DICT)) {
    if (slot != 0 && value) raiseDictExpected(value);
    else raiseNoDict();
    return -1;
  }
  const old = load<PyObject | null>(slot);
  store<PyObject>(slot, incref<PyObject>(value));
  xdecref(old);
  return 0;
}

export function PyObject_SelfIter(o: PyObject): PyObject {
  return incref<PyObject>(o);
}
