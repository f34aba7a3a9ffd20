// PyObject_*: what every object can do.

import { ascii } from "../../model/ascii";
import { raiseNullArgument } from "../../model/raises.gen";
import { decref, incref } from "../../model/refcount";
import { PyObject } from "../../model/type";
import { getItem, lengthOf, setItem, sizeOf, truthOf } from "../../operations/abstract";
import { PyStr } from "../../text/str";
import { newWriter } from "../../text/writer";
import { compare, compareBool, hashOf, reprOf } from "../../types/protocol";
import { unhashable_hash } from "../../types/scalars";
import { NO_LENGTH, slotLength } from "../../types/slots";
import { strOf } from "../runtime/exceptions";
import { badCall, badCallNumber } from "../runtime/complaints";
import { PyBytes_FromObject } from "./bytes";
import { PyUnicode_FromString } from "./unicode";

/** repr and str of NULL are "<NULL>", as in CPython. */
function ofNull(): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  if (w.putAscii(ascii("<NULL>"))) return w.finish();
  w.discard();
  return null;
}

export function PyObject_Repr(o: PyObject | null): PyObject | null {
  return o ? reprOf(o) : ofNull();
}

export function PyObject_Str(o: PyObject | null): PyObject | null {
  return o ? strOf(o) : ofNull();
}

/** repr(o), where all characters from U+0080 on are escaped. */
export function PyObject_ASCII(o: PyObject | null): PyObject | null {
  const text = PyObject_Repr(o);
  if (!text || changetype<PyStr>(text).isAscii) return text;
  const escaped = escapeAll(changetype<PyStr>(text));
  decref(text);
  return escaped;
}

function escapeAll(s: PyStr): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  let done = true;
  for (let k: u32 = 0; done && k < s.length; k++) {
    const char = s.charAt(k);
    if (char < 0x80) done = w.put(char);
    else if (char < 0x100) done = w.putAscii(ascii("\\x")) && w.putHex(char, 2);
    else if (char < 0x10000) done = w.putAscii(ascii("\\u")) && w.putHex(char, 4);
    else done = w.putAscii(ascii("\\U")) && w.putHex(char, 8);
  }
  if (done) return w.finish();
  w.discard();
  return null;
}

export function PyObject_Bytes(o: PyObject | null): PyObject | null {
  return PyBytes_FromObject(o);
}

/** -1 with TypeError if the object is not hashable. */
export function PyObject_Hash(o: PyObject): i32 {
  return hashOf(o);
}

/** Raises TypeError: the tp_hash of types whose objects are not hashable. */
export function PyObject_HashNotImplemented(o: PyObject): i32 {
  return unhashable_hash(o);
}

/** a <op> b: a new reference; NULL with an error. */
export function PyObject_RichCompare(a: PyObject | null, b: PyObject | null, op: i32): PyObject | null {
  return a && b ? compare(a, b, op) : badCall();
}

/** 1 or 0; -1 with an error. Two references to the same object count as equal, without a comparison. */
export function PyObject_RichCompareBool(a: PyObject | null, b: PyObject | null, op: i32): i32 {
  return a && b ? compareBool(a, b, op) : badCallNumber();
}

export function PyObject_IsTrue(o: PyObject): i32 {
  return truthOf(o);
}

export function PyObject_Not(o: PyObject): i32 {
  const truth = truthOf(o);
  return truth < 0 ? -1 : 1 - truth;
}

/** The object's type, a new reference. */
export function PyObject_Type(o: PyObject | null): PyObject | null {
  return o ? incref<PyObject>(o.type) : nullGiven();
}

/** Raises SystemError: NULL was given instead of an object. */
function nullGiven(): PyObject | null {
  raiseNullArgument();
  return null;
}

function nullGivenNumber(): i32 {
  raiseNullArgument();
  return -1;
}

// ---- items ----

export function PyObject_Size(o: PyObject | null): i32 {
  return o ? lengthOf(o) : nullGivenNumber();
}

export function PyObject_Length(o: PyObject | null): i32 {
  return PyObject_Size(o);
}

/** len(o), or `other` if the object has no length. */
export function PyObject_LengthHint(o: PyObject, other: i32): i32 {
  const n = sizeOf(o);
  if (n >= 0) return n;
  const length = slotLength(o);
  return length == NO_LENGTH ? other : length;
}

/** o[key]: a new reference; NULL with an error. */
export function PyObject_GetItem(o: PyObject | null, key: PyObject | null): PyObject | null {
  return o && key ? getItem(o, key) : nullGiven();
}

/** o[key] = value. The caller keeps its references. */
export function PyObject_SetItem(o: PyObject | null, key: PyObject | null, value: PyObject | null): i32 {
  if (!o || !key || !value) return nullGivenNumber();
  return setItem(o, key, value) ? 0 : -1;
}

export function PyObject_DelItem(o: PyObject | null, key: PyObject | null): i32 {
  if (!o || !key) return nullGivenNumber();
  return setItem(o, key, null) ? 0 : -1;
}

export function PyObject_DelItemString(o: PyObject | null, text: usize): i32 {
  if (!o || text == 0) return nullGivenNumber();
  const key = PyUnicode_FromString(text);
  if (!key) return -1;
  const done = PyObject_DelItem(o, key);
  decref(key);
  return done;
}
