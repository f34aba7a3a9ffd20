// PySequence_* and PyMapping_*.

import { ascii } from "../../model/ascii";
import {
  E_ASSIGN_TO_SLICE,
  E_NOT_FOUND,
  E_NOT_MAPPING,
  E_NOT_SEQUENCE,
  E_NO_CONCAT,
  E_NO_INDEXING,
  E_NO_ITEMS,
  E_NO_ITEM_ASSIGNMENT,
  E_NO_ITEM_DELETION,
  E_NO_KEYS,
  E_NO_REPEAT,
  E_NO_SLICES,
  E_NO_SLICE_ASSIGNMENT,
  E_NO_SLICE_DELETION,
  E_NO_VALUES,
} from "../../model/errors.gen";
import { clearError, isRaised, raiseError } from "../../model/raise";
import { raiseArgumentNotIterable, raiseNullArgument } from "../../model/raises.gen";
import { exceptionType } from "../../model/api-types";
import { EXC_KEY, EXC_TYPE } from "../../model/exceptions.gen";
import { slotFunction } from "../../model/functions";
import { BYTES, DICT, LIST, STR } from "../../model/kinds.gen";
import { MUL } from "../../model/operators.gen";
import { decref } from "../../model/refcount";
import { SLOT_BASE_ASS_SUBSCRIPT, SLOT_BASE_SUBSCRIPT } from "../../model/table.gen";
import { isA, isAnySet, isKind, PyObject } from "../../model/type";
import {
  listOf,
  contains,
  getIndex,
  getItem,
  getSlice,
  isASequence,
  lengthOf,
  setItem,
  setSlice,
  sizeOf,
  tupleOf,
} from "../../operations/abstract";
import { binary, concat } from "../../operations/number";
import { newWriter } from "../../text/writer";
import { int_from_i64 } from "../../types/int-values";
import { isRow, PyList, rowCount, rowFind } from "../../types/sequence";
import {
  MP_ASS_SUBSCRIPT,
  MP_LENGTH,
  MP_SUBSCRIPT,
  SQ_ASS_ITEM,
  SQ_CONCAT,
  SQ_INPLACE_CONCAT,
  SQ_INPLACE_REPEAT,
  SQ_ITEM,
  SQ_LENGTH,
  SQ_REPEAT,
} from "../../model/slots.gen";
import {
  callAssignIndexed,
  callBinary,
  callIndexed,
  FAILED_INDEX,
  isOfC,
  mappingSlot,
  sequenceSlot,
  slotIndex,
} from "../../types/slots";
import { callMethodNoArgs } from "../runtime/call";
import { PyDict_Items, PyDict_Keys, PyDict_Values } from "./dict";
import { PyErr_SetString } from "./errors";
import { fastOf } from "./fast";
import { isIterableObject } from "./iterate";
import { PyNumber_InPlaceAdd, PyNumber_InPlaceMultiply } from "./number";
import { PyUnicode_FromString } from "./unicode";

@inline
function isSequence(o: PyObject): bool {
  return isRow(o) || isKind(o, STR) || isKind(o, BYTES);
}

function nullGiven(): PyObject | null {
  raiseNullArgument();
  return null;
}

function nullGivenNumber(): i32 {
  raiseNullArgument();
  return -1;
}

function complain(code: u32, o: PyObject): PyObject | null {
  raiseError(code, o);
  return null;
}

function complainNumber(code: u32, o: PyObject): i32 {
  raiseError(code, o);
  return -1;
}

// ---- sequences ----

export function PySequence_Check(o: PyObject): i32 {
  return isSequence(o) || sequenceSlot(o, SQ_ITEM) != 0 ? 1 : 0;
}

export function PySequence_Size(o: PyObject | null): i32 {
  if (!o) return nullGivenNumber();
  const isMapping = isKind(o, DICT) || (sequenceSlot(o, SQ_LENGTH) == 0 && mappingSlot(o, MP_LENGTH) != 0);
  return isMapping ? complainNumber(E_NOT_SEQUENCE, o) : lengthOf(o);
}

export function PySequence_Length(o: PyObject | null): i32 {
  return PySequence_Size(o);
}

export function PySequence_Concat(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  const f = sequenceSlot(a, SQ_CONCAT);
  if (f != 0) return callBinary(f, a, b);
  return isSequence(a) ? concat(a, b) : complain(E_NO_CONCAT, a);
}

function repeated(o: PyObject, count: i32, inPlace: bool): PyObject | null {
  const own = inPlace ? sequenceSlot(o, SQ_INPLACE_REPEAT) : 0;
  if (own != 0) return callIndexed(own, o, count);
  if (sequenceSlot(o, SQ_REPEAT) != 0) return callIndexed(sequenceSlot(o, SQ_REPEAT), o, count);
  if (!isSequence(o)) return complain(E_NO_REPEAT, o);
  const times = int_from_i64(count);
  if (!times) return null;
  const result = inPlace ? PyNumber_InPlaceMultiply(o, times) : binary(o, times, MUL);
  decref(times);
  return result;
}

export function PySequence_Repeat(o: PyObject | null, count: i32): PyObject | null {
  return o ? repeated(o, count, false) : nullGiven();
}

export function PySequence_InPlaceConcat(a: PyObject | null, b: PyObject | null): PyObject | null {
  if (!a || !b) return nullGiven();
  const has = isSequence(a) || (sequenceSlot(a, SQ_INPLACE_CONCAT) | sequenceSlot(a, SQ_CONCAT)) != 0;
  return has ? PyNumber_InPlaceAdd(a, b) : complain(E_NO_CONCAT, a);
}

export function PySequence_InPlaceRepeat(o: PyObject | null, count: i32): PyObject | null {
  return o ? repeated(o, count, true) : nullGiven();
}

/** The code of the error for an object that has no items by index. */
@inline
function noSequence(o: PyObject): i32 {
  return isKind(o, DICT) || mappingSlot(o, MP_SUBSCRIPT) != 0 ? E_NOT_SEQUENCE : E_NO_INDEXING;
}

/** o[k]: a new reference; NULL with an error. A negative `k` counts from the end. */
export function PySequence_GetItem(o: PyObject | null, k: i32): PyObject | null {
  if (!o) return nullGiven();
  return isSequence(o) || sequenceSlot(o, SQ_ITEM) != 0 ? getIndex(o, k) : complain(noSequence(o), o);
}

function setIndex(o: PyObject, k: i32, value: PyObject | null): i32 {
  if (isKind(o, DICT)) return complainNumber(E_NOT_SEQUENCE, o);
  const f = sequenceSlot(o, SQ_ASS_ITEM);
  if (f != 0) {
    const index = slotIndex(o, k);
    return index == FAILED_INDEX ? -1 : callAssignIndexed(f, o, index, value);
  }
  if (mappingSlot(o, MP_ASS_SUBSCRIPT) != 0) return complainNumber(E_NOT_SEQUENCE, o);
  if (!isKind(o, LIST)) {
    raiseError(value ? E_NO_ITEM_ASSIGNMENT : E_NO_ITEM_DELETION, o);
    return -1;
  }
  const key = int_from_i64(k);
  if (!key) return -1;
  const done = setItem(o, key, value);
  decref(key);
  return done ? 0 : -1;
}

/** o[k] = value; if `value` is NULL, del o[k]. */
export function PySequence_SetItem(o: PyObject | null, k: i32, value: PyObject | null): i32 {
  return o ? setIndex(o, k, value) : nullGivenNumber();
}

export function PySequence_DelItem(o: PyObject | null, k: i32): i32 {
  return o ? setIndex(o, k, null) : nullGivenNumber();
}

export function PySequence_GetSlice(o: PyObject | null, start: i32, stop: i32): PyObject | null {
  if (!o) return nullGiven();
  const isInherited = mappingSlot(o, MP_SUBSCRIPT) == slotFunction(SLOT_BASE_SUBSCRIPT) && isASequence(o);
  return isSequence(o) || isInherited ? getSlice(o, start, stop, 1, 0) : complain(E_NO_SLICES, o);
}

/** o[start:stop] = items; if `items` is NULL, del o[start:stop]. */
export function PySequence_SetSlice(o: PyObject | null, start: i32, stop: i32, items: PyObject | null): i32 {
  if (!o) return nullGivenNumber();
  const isInherited = mappingSlot(o, MP_ASS_SUBSCRIPT) == slotFunction(SLOT_BASE_ASS_SUBSCRIPT) && isA(o, LIST);
  if (!isKind(o, LIST) && !isInherited) return complainNumber(items ? E_NO_SLICE_ASSIGNMENT : E_NO_SLICE_DELETION, o);
  const row = items ? fastOf(items, E_ASSIGN_TO_SLICE) : null;
  if (items && !row) return -1;
  const done = setSlice(changetype<PyList>(o), start, stop, 1, 0, row);
  if (row) decref(row);
  return done ? 0 : -1;
}

export function PySequence_DelSlice(o: PyObject | null, start: i32, stop: i32): i32 {
  return PySequence_SetSlice(o, start, stop, null);
}

/** The items of any iterable, as a list or tuple that can be searched. null with TypeError. */
function searchable(o: PyObject): PyObject | null {
  if (!isIterableObject(o)) {
    raiseArgumentNotIterable(o);
    return null;
  }
  return fastOf(o, E_NOT_SEQUENCE);
}

/** The number of items that equal `item`; -1 with an error. */
export function PySequence_Count(o: PyObject | null, item: PyObject | null): i32 {
  if (!o || !item) return nullGivenNumber();
  const row = searchable(o);
  if (!row) return -1;
  const n = rowCount(row, item);
  decref(row);
  return n;
}

/** The index of the first item that equals `item`; -1 with ValueError. */
export function PySequence_Index(o: PyObject | null, item: PyObject | null): i32 {
  if (!o || !item) return nullGivenNumber();
  const row = searchable(o);
  if (!row) return -1;
  const k = rowFind(row, item, 0, i32.MAX_VALUE);
  decref(row);
  return k == -1 ? complainNumber(E_NOT_FOUND, o) : max(k, -1);
}

/** item in o. */
export function PySequence_Contains(o: PyObject | null, item: PyObject | null): i32 {
  if (!o || !item) return nullGivenNumber();
  if (sizeOf(o) >= 0 || isOfC(o) || !isIterableObject(o)) return contains(o, item);
  const row = searchable(o);
  if (!row) return -1;
  const k = rowFind(row, item, 0, i32.MAX_VALUE);
  decref(row);
  return k >= 0 ? 1 : k == -1 ? 0 : -1;
}

export function PySequence_In(o: PyObject | null, item: PyObject | null): i32 {
  return PySequence_Contains(o, item);
}

export function PySequence_List(o: PyObject | null): PyObject | null {
  return o ? listOf(o) : nullGiven();
}

export function PySequence_Tuple(o: PyObject | null): PyObject | null {
  if (!o) return nullGiven();
  if (isRow(o)) return tupleOf(o);
  const l = listOf(o);
  if (!l) return null;
  const t = tupleOf(l);
  decref(l);
  return t;
}

/**
 * A new reference: the object itself if it is a list or tuple, else a list of its items. NULL with TypeError, whose
 * message is the text.
 */
export function PySequence_Fast(o: PyObject | null, text: usize): PyObject | null {
  if (!o) return nullGiven();
  if (isRow(o) || isIterableObject(o)) return fastOf(o, E_NOT_SEQUENCE);
  PyErr_SetString(exceptionType(EXC_TYPE), text);
  return null;
}

// ---- mappings ----

/** Whether the object has items by key. As in CPython, sequences count too: they have items by index. */
export function PyMapping_Check(o: PyObject | null): i32 {
  return o && (isKind(o, DICT) || isSequence(o) || mappingSlot(o, MP_SUBSCRIPT) != 0) ? 1 : 0;
}

export function PyMapping_Size(o: PyObject | null): i32 {
  if (!o) return nullGivenNumber();
  const f = mappingSlot(o, MP_LENGTH);
  if (f != 0) return call_indirect<i32>(f, o);
  return isAnySet(o) || sequenceSlot(o, SQ_LENGTH) != 0 ? complainNumber(E_NOT_MAPPING, o) : lengthOf(o);
}

export function PyMapping_Length(o: PyObject | null): i32 {
  return PyMapping_Size(o);
}

/** Names of methods in ASCII; the first character is the lowest byte. */
const KEYS: u64 = ascii("keys");
const VALUES: u64 = ascii("values");
const ITEMS: u64 = ascii("items");

/** list(o.name()). */
function listOfMethod(o: PyObject, name: u64): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  if (!w.putAscii(name)) {
    w.discard();
    return null;
  }
  const method = w.finish();
  if (!method) return null;
  const answered = callMethodNoArgs(o, method);
  decref(method);
  if (!answered) return null;
  const l = listOf(answered);
  decref(answered);
  return l;
}

export function PyMapping_Keys(o: PyObject | null): PyObject | null {
  if (!o) return nullGiven();
  if (isKind(o, DICT)) return PyDict_Keys(o);
  return isOfC(o) ? listOfMethod(o, KEYS) : complain(E_NO_KEYS, o);
}

export function PyMapping_Values(o: PyObject | null): PyObject | null {
  if (!o) return nullGiven();
  if (isKind(o, DICT)) return PyDict_Values(o);
  return isOfC(o) ? listOfMethod(o, VALUES) : complain(E_NO_VALUES, o);
}

export function PyMapping_Items(o: PyObject | null): PyObject | null {
  if (!o) return nullGiven();
  if (isKind(o, DICT)) return PyDict_Items(o);
  return isOfC(o) ? listOfMethod(o, ITEMS) : complain(E_NO_ITEMS, o);
}

/**
 * Stores a new reference to o[key] in `*value` and returns 1; NULL and 0 after a KeyError; NULL and -1 with another
 * error.
 */
export function PyMapping_GetOptionalItem(o: PyObject | null, key: PyObject | null, value: usize): i32 {
  const found = o && key ? getItem(o, key) : nullGiven();
  store<PyObject | null>(value, found);
  if (found) return 1;
  return forgetKeyError();
}

/** After a KeyError, clears it and returns 0; -1 after any other error. */
function forgetKeyError(): i32 {
  if (!isRaised(EXC_KEY)) return -1;
  clearError();
  return 0;
}

export function PyMapping_GetOptionalItemString(o: PyObject | null, text: usize, value: usize): i32 {
  store<usize>(value, 0);
  const key = PyUnicode_FromString(text);
  if (!key) return -1;
  const found = PyMapping_GetOptionalItem(o, key, value);
  decref(key);
  return found;
}

/** Whether the key is there; -1 with an error other than KeyError. */
export function PyMapping_HasKeyWithError(o: PyObject | null, key: PyObject | null): i32 {
  const value = o && key ? getItem(o, key) : nullGiven();
  if (value) {
    decref(value);
    return 1;
  }
  return forgetKeyError();
}

export function PyMapping_HasKeyStringWithError(o: PyObject | null, text: usize): i32 {
  const key = PyUnicode_FromString(text);
  if (!key) return -1;
  const found = PyMapping_HasKeyWithError(o, key);
  decref(key);
  return found;
}

/** 1 or 0: an error is cleared and counts as 0. */
function forgiven(found: i32): i32 {
  if (found >= 0) return found;
  clearError();
  return 0;
}

export function PyMapping_HasKey(o: PyObject | null, key: PyObject | null): i32 {
  return forgiven(PyMapping_HasKeyWithError(o, key));
}

export function PyMapping_HasKeyString(o: PyObject | null, text: usize): i32 {
  return forgiven(PyMapping_HasKeyStringWithError(o, text));
}

export function PyMapping_GetItemString(o: PyObject | null, text: usize): PyObject | null {
  if (!o || text == 0) return nullGiven();
  const key = PyUnicode_FromString(text);
  if (!key) return null;
  const value = getItem(o, key);
  decref(key);
  return value;
}

export function PyMapping_SetItemString(o: PyObject | null, text: usize, value: PyObject | null): i32 {
  if (!o || text == 0 || !value) return nullGivenNumber();
  const key = PyUnicode_FromString(text);
  if (!key) return -1;
  const done = setItem(o, key, value);
  decref(key);
  return done ? 0 : -1;
}
