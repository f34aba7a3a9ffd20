// Members: fields of an instance in C that are also attributes (PyMemberDef, definitions.ts).

import { hasError } from "../../model/error";
import { BOOL, STR } from "../../model/kinds.gen";
import {
  E_NEGATIVE_IN_UNSIGNED,
  E_TOO_LARGE_FOR_LONG,
  E_TRUNCATED_CHAR,
  E_TRUNCATED_SHORT,
  E_TRUNCATED_UNSIGNED_CHAR,
  E_TRUNCATED_UNSIGNED_SHORT,
} from "../../model/errors.gen";
import {
  raiseBadArgument,
  raiseBoolMember,
  raiseDeleteMember,
  raiseNoAttribute,
  raiseReadOnlyMember,
  raiseTextMember,
} from "../../model/raises.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { asBool, None, True } from "../../model/singletons";
import { isA, isKind, PyObject } from "../../model/type";
import { indexOf } from "../../operations/index-of";
import { PyStr, str_from_chars } from "../../text/str";
import { float_new } from "../../types/float";
import { int_from_i64, int_from_magnitude } from "../../types/int-values";
import { badCall, badCallNumber } from "./complaints";
import {
  PyFloat_AsDouble,
  PyLong_AsLong,
  PyLong_AsLongLong,
  PyLong_AsSsize_t,
  PyLong_AsUnsignedLong,
  PyLong_AsUnsignedLongLong,
  signed,
} from "./convert";
import { memberAt } from "./definitions";
import { internedText, strOfC } from "./text";

// The types of members, with CPython's numbers.
export const T_SHORT: u32 = 0;
export const T_INT: u32 = 1;
export const T_LONG: u32 = 2;
export const T_FLOAT: u32 = 3;
export const T_DOUBLE: u32 = 4;
export const T_STRING: u32 = 5;
export const T_OBJECT: u32 = 6;
export const T_CHAR: u32 = 7;
export const T_BYTE: u32 = 8;
export const T_UBYTE: u32 = 9;
export const T_USHORT: u32 = 10;
export const T_UINT: u32 = 11;
export const T_ULONG: u32 = 12;
export const T_STRING_INPLACE: u32 = 13;
export const T_BOOL: u32 = 14;
export const T_OBJECT_EX: u32 = 16;
export const T_LONGLONG: u32 = 17;
export const T_ULONGLONG: u32 = 18;
export const T_PYSSIZET: u32 = 19;
export const T_NONE: u32 = 20;

export const READONLY: u32 = 1;
/** The member of the object at `object`: a new reference; null with an error. */
export function PyMember_GetOne(object: usize, member: usize): PyObject | null {
  const at = object + memberAt(member).offset;
  switch (memberAt(member).type) {
    case T_BOOL:
      return asBool(load<u8>(at) != 0);
    case T_BYTE:
      return int_from_i64(load<i8>(at));
    case T_UBYTE:
      return int_from_i64(load<u8>(at));
    case T_SHORT:
      return int_from_i64(load<i16>(at));
    case T_USHORT:
      return int_from_i64(load<u16>(at));
    case T_INT:
    case T_LONG:
    case T_PYSSIZET:
      return int_from_i64(load<i32>(at));
    case T_UINT:
    case T_ULONG:
      return int_from_i64(load<u32>(at));
    case T_LONGLONG:
      return int_from_i64(load<i64>(at));
    case T_ULONGLONG:
      return int_from_magnitude(load<u64>(at), false);
    case T_FLOAT:
      return float_new(load<f32>(at));
    case T_DOUBLE:
      return float_new(load<f64>(at));
    case T_STRING:
      return load<usize>(at) == 0 ? None() : strOfC(load<usize>(at));
    case T_STRING_INPLACE:
      return strOfC(at);
    case T_CHAR:
      return str_from_chars(at, 1, 1);
    case T_OBJECT: {
      const o = load<PyObject | null>(at);
      return o ? incref<PyObject>(o) : None();
    }
    case T_OBJECT_EX: {
      const o = load<PyObject | null>(at);
      return o ? incref<PyObject>(o) : noAttribute(object, member);
    }
    case T_NONE:
      return None();
    default:
      return badCall();
  }
}

function noAttribute(object: usize, member: usize): PyObject | null {
  const name = internedText(memberAt(member).name);
  if (!name) return null;
  raiseNoAttribute(changetype<PyObject>(object), name);
  decref(name);
  return null;
}

/** Tells the host of a warning, by the code of its sentence. Nothing is raised. */
@external("host", "warn")
declare function hostWarn(code: u32): void;

/** Sets the member of the object at `object` to `value`, or deletes it if that is null: 0, or -1 with an error. */
export function PyMember_SetOne(object: usize, member: usize, value: PyObject | null): i32 {
  const type = memberAt(member).type;
  const at = object + memberAt(member).offset;
  if ((memberAt(member).flags & READONLY) != 0 || type == T_NONE) {
    raiseReadOnlyMember();
    return -1;
  }
  if (type == T_OBJECT || type == T_OBJECT_EX) return setReference(object, member, at, value);
  if (!value) {
    raiseDeleteMember();
    return -1;
  }
  return setValue(type, at, value);
}

function setReference(object: usize, member: usize, at: usize, value: PyObject | null): i32 {
  const old = load<PyObject | null>(at);
  if (!value && !old && memberAt(member).type == T_OBJECT_EX) {
    noAttribute(object, member);
    return -1;
  }
  store<PyObject | null>(at, value ? incref<PyObject>(value) : null);
  xdecref(old);
  return 0;
}

function setValue(type: u32, at: usize, value: PyObject): i32 {
  switch (type) {
    case T_STRING:
    case T_STRING_INPLACE:
      raiseTextMember();
      return -1;
    case T_BOOL:
      if (!isKind(value, BOOL)) {
        raiseBoolMember();
        return -1;
      }
      store<u8>(at, value === True() ? 1 : 0);
      return 0;
    case T_CHAR: {
      const s = changetype<PyStr>(value);
      if (!isA(value, STR) || s.length != 1 || s.charAt(0) > 0x7f) {
        raiseBadArgument();
        return -1;
      }
      store<u8>(at, <u8>s.charAt(0));
      return 0;
    }
    case T_FLOAT:
    case T_DOUBLE: {
      const v = PyFloat_AsDouble(value);
      if (v == -1 && hasError()) return -1;
      if (type == T_FLOAT) store<f32>(at, <f32>v);
      else store<f64>(at, v);
      return 0;
    }
    case T_LONGLONG: {
      const v = PyLong_AsLongLong(value);
      if (v == -1 && hasError()) return -1;
      store<i64>(at, v);
      return 0;
    }
    case T_UINT:
    case T_ULONG:
    case T_ULONGLONG:
      return setUnsigned(type, at, value);
    default:
      return setSigned(type, at, value);
  }
}

/** For compatibility, CPython takes negative numbers that fit a long, too: modulo 2^32 or 2^64, with a warning. */
function setUnsigned(type: u32, at: usize, value: PyObject): i32 {
  const number = indexOf(value);
  if (!number) return -1;
  let v: u64 = 0;
  if (number.isNegative) v = <u64>signed(number, 32, E_TOO_LARGE_FOR_LONG);
  else if (type == T_ULONGLONG) v = PyLong_AsUnsignedLongLong(number);
  else v = PyLong_AsUnsignedLong(number);
  const isNegative = number.isNegative;
  decref(number);
  if (hasError()) return -1;
  if (type == T_ULONGLONG) store<u64>(at, v);
  else store<u32>(at, <u32>v);
  if (isNegative) hostWarn(E_NEGATIVE_IN_UNSIGNED);
  return 0;
}

/** For compatibility, CPython takes numbers that fit a long for smaller members, too: their lowest bits, with a warning. */
function setSigned(type: u32, at: usize, value: PyObject): i32 {
  const v = type == T_PYSSIZET ? PyLong_AsSsize_t(value) : PyLong_AsLong(value);
  if (v == -1 && hasError()) return -1;
  switch (type) {
    case T_BYTE:
      store<i8>(at, <i8>v);
      if (v != <i8>v) hostWarn(E_TRUNCATED_CHAR);
      return 0;
    case T_UBYTE:
      store<u8>(at, <u8>v);
      if (v != <u8>v) hostWarn(E_TRUNCATED_UNSIGNED_CHAR);
      return 0;
    case T_SHORT:
      store<i16>(at, <i16>v);
      if (v != <i16>v) hostWarn(E_TRUNCATED_SHORT);
      return 0;
    case T_USHORT:
      store<u16>(at, <u16>v);
      if (v != <u16>v) hostWarn(E_TRUNCATED_UNSIGNED_SHORT);
      return 0;
    case T_INT:
    case T_LONG:
    case T_PYSSIZET:
      store<i32>(at, v);
      return 0;
    default:
      return badCallNumber();
  }
}
