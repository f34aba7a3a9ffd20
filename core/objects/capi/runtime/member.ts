// Members: fields of an instance in C that are also attributes (PyMemberDef, definitions.ts).

import { hasError } from "../../model/error";
import { BOOL, STR } from "../../model/kinds.gen";
import { clearError } from "../../model/raise";
import {
  raiseBoolMember,
  raiseDeleteMember,
  raiseNoAttribute,
  raiseOneCharacter,
  raiseReadOnlyMember,
} from "../../model/raises.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { asBool, None, True } from "../../model/singletons";
import { isKind, PyObject } from "../../model/type";
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
  PyLong_AsUnsignedLongLongMask,
  PyLong_AsUnsignedLongMask,
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

/** Sets the member of the object at `object` to `value`, or deletes it if that is null: 0, or -1 with an error. */
export function PyMember_SetOne(object: usize, member: usize, value: PyObject | null): i32 {
  const type = memberAt(member).type;
  const at = object + memberAt(member).offset;
  if ((memberAt(member).flags & READONLY) != 0 || type == T_STRING || type == T_STRING_INPLACE || type == T_NONE) {
    raiseReadOnlyMember();
    return -1;
  }
  if (type == T_OBJECT || type == T_OBJECT_EX) return setReference(object, member, at, value);
  if (value) return setNumber(type, at, value);
  raiseDeleteMember();
  return -1;
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

function setNumber(type: u32, at: usize, value: PyObject): i32 {
  switch (type) {
    case T_BOOL:
      if (!isKind(value, BOOL)) {
        raiseBoolMember();
        return -1;
      }
      store<u8>(at, value === True() ? 1 : 0);
      return 0;
    case T_CHAR: {
      const s = changetype<PyStr>(value);
      if (!isKind(value, STR) || s.length != 1 || s.charAt(0) > 0x7f) {
        raiseOneCharacter();
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
    case T_ULONGLONG: {
      // A negative number is taken modulo 2^64, as in CPython (which also warns).
      let v = PyLong_AsUnsignedLongLong(value);
      if (v == <u64>-1 && hasError()) {
        clearError();
        v = PyLong_AsUnsignedLongLongMask(value);
        if (v == <u64>-1 && hasError()) return -1;
      }
      store<u64>(at, v);
      return 0;
    }
    case T_UINT:
    case T_ULONG: {
      let v = PyLong_AsUnsignedLong(value);
      if (v == <u32>-1 && hasError()) {
        clearError();
        v = PyLong_AsUnsignedLongMask(value);
        if (v == <u32>-1 && hasError()) return -1;
      }
      store<u32>(at, v);
      return 0;
    }
    default: {
      const v = type == T_PYSSIZET ? PyLong_AsSsize_t(value) : PyLong_AsLong(value);
      if (v == -1 && hasError()) return -1;
      if (type == T_BYTE || type == T_UBYTE) store<u8>(at, <u8>v);
      else if (type == T_SHORT || type == T_USHORT) store<u16>(at, <u16>v);
      else if (type == T_INT || type == T_LONG || type == T_PYSSIZET) store<i32>(at, v);
      else return badCallNumber();
      return 0;
    }
  }
}
