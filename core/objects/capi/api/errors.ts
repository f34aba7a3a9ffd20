// PyErr_* and PyException_*: C asks for the error that is set, and changes it. The functions that take a format are in
// capi/errors.c.

import { hasError } from "../../model/error";
import { E_NOT_EXCEPTION } from "../../model/errors.gen";
import { clearError, raisedType } from "../../model/raise";
import { raiseBadArgument, raiseBadCall, raiseExceptionName, raiseNoExceptionMade } from "../../model/raises.gen";
import { exceptionType } from "../../model/api-types";
import { EXC_EXCEPTION } from "../../model/exceptions.gen";
import { DICT, TUPLE } from "../../model/kinds.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isSubtype } from "../../model/subtype";
import { IS_C_TYPE, isA, PyObject, PyType } from "../../model/type";
import { dict_new, PyDict } from "../../types/dict";
import { dict_copy } from "../../types/dict-merge";
import { itemAt, PyTuple } from "../../types/sequence";
import { emptyTuple } from "../../types/tuple";
import { shortName } from "../runtime/attribute";
import { PyObject_Call } from "../runtime/call";
import {
  ARGS,
  CAUSE,
  CONTEXT,
  exception_with,
  isException,
  isExceptionType,
  oneTuple,
  partOf,
  setPart,
  raise,
  setCause,
  taken,
  TRACEBACK,
} from "../runtime/exceptions";
import { type_derived } from "../runtime/heap-type";
import { setDoc } from "../runtime/type";
import { badCall, raiseAboutRepr } from "../runtime/complaints";
import { PyUnicode_AsUTF8, PyUnicode_FromString } from "./unicode";

// ---- setting ----

/**
 * The arguments for the call of an exception's type: the items if `o` is a tuple, none if it is null or None, else `o`
 * itself.
 */
function argumentsOf(o: PyObject | null): PyObject | null {
  if (!o || o === None()) return emptyTuple();
  return isA(o, TUPLE) ? incref<PyObject>(o) : oneTuple(o);
}

/**
 * The exception that raising `type` with `value` raises: the value itself if it is an exception of that type; otherwise
 * the result of calling the type without arguments, with the items of a tuple, or with the value. A new reference; null
 * with another error.
 */
function exceptionOf(type: PyType, value: PyObject | null): PyObject | null {
  if (value && isSubtype(value.type, type)) return incref<PyObject>(value);
  const args = argumentsOf(value);
  if (!args) return null;
  if ((type.flags & IS_C_TYPE) == 0) return exception_with(type, args);
  const e = PyObject_Call(type, args, null);
  decref(args);
  if (!e || isException(e)) return e;
  const name = shortName(type);
  if (name) {
    raiseNoExceptionMade(name, e);
    decref(name);
  }
  decref(e);
  return null;
}

/** Raises `type` with a value, which may be NULL. The caller keeps its references. */
export function PyErr_SetObject(type: PyObject, value: PyObject | null): void {
  // An error that is already set is cleared before the new exception is made.
  clearError();
  if (!isExceptionType(type)) {
    raiseAboutRepr(E_NOT_EXCEPTION, type);
    return;
  }
  const e = exceptionOf(changetype<PyType>(type), value);
  if (e) raise(e);
}

export function PyErr_SetNone(type: PyObject): void {
  PyErr_SetObject(type, null);
}

/** Raises `type` with a text in UTF-8. */
export function PyErr_SetString(type: PyObject, text: usize): void {
  clearError();
  const message = PyUnicode_FromString(text);
  if (!message) return;
  PyErr_SetObject(type, message);
  decref(message);
}

/** Raises TypeError. Returns 0. */
export function PyErr_BadArgument(): i32 {
  raiseBadArgument();
  return 0;
}

export function PyErr_BadInternalCall(): void {
  raiseBadCall();
}

// ---- asking ----

/** The type of the exception that is set, a borrowed reference; NULL if none is set. */
export function PyErr_Occurred(): PyType | null {
  return raisedType();
}

export function PyErr_Clear(): void {
  if (hasError()) clearError();
}

/** Whether `given`, an exception or a type of exceptions, is of the type `type`, or of one of the types if `type` is a tuple. */
export function PyErr_GivenExceptionMatches(given: PyObject | null, type: PyObject | null): i32 {
  if (!given || !type) return 0;
  if (isA(type, TUPLE)) {
    const t = changetype<PyTuple>(type);
    for (let k: u32 = 0; k < t.size; k++) if (PyErr_GivenExceptionMatches(given, itemAt(t.items, k)) != 0) return 1;
    return 0;
  }
  const kind: PyObject = isException(given) ? given.type : given;
  if (isExceptionType(kind) && isExceptionType(type))
    return isSubtype(changetype<PyType>(kind), changetype<PyType>(type)) ? 1 : 0;
  return kind === type ? 1 : 0;
}

export function PyErr_ExceptionMatches(type: PyObject | null): i32 {
  return PyErr_GivenExceptionMatches(raisedType(), type);
}

// ---- taking and putting back ----

/** Takes out the exception that is set: a new reference, and no error is set afterwards. NULL if there is none. */
export function PyErr_GetRaisedException(): PyObject | null {
  return taken();
}

/** Sets the exception, and takes over the reference. With NULL, clears the error. */
export function PyErr_SetRaisedException(e: PyObject | null): void {
  if (e) raise(e);
  else clearError();
}

/** Like PyErr_GetRaisedException, in three parts. */
export function PyErr_Fetch(type: usize, value: usize, traceback: usize): void {
  const e = taken();
  store<PyObject | null>(type, e ? incref<PyObject>(e.type) : null);
  store<PyObject | null>(value, e);
  store<usize>(traceback, 0);
  if (e && partOf(e, TRACEBACK) !== None()) store<PyObject>(traceback, incref<PyObject>(partOf(e, TRACEBACK)));
}

/** Sets what PyErr_Fetch stored, and takes over all three references. If the type is NULL, no error is set. */
export function PyErr_Restore(type: PyObject | null, value: PyObject | null, traceback: PyObject | null): void {
  clearError();
  if (type) {
    if (isExceptionType(type)) {
      const e = exceptionOf(changetype<PyType>(type), value);
      if (e) {
        if (traceback) setPart(e, TRACEBACK, incref<PyObject>(traceback));
        raise(e);
      }
    } else raiseAboutRepr(E_NOT_EXCEPTION, type);
  }
  xdecref(type);
  xdecref(value);
  xdecref(traceback);
}

/** Makes `*value` an instance of `*type`. */
export function PyErr_NormalizeException(type: usize, value: usize, traceback: usize): void {
  const kind = load<PyObject | null>(type);
  if (!kind || !isExceptionType(kind)) return;
  const before = load<PyObject | null>(value);
  let e = exceptionOf(changetype<PyType>(kind), before);
  if (!e) e = taken();
  if (!e) return;
  store<PyObject>(value, e);
  store<PyObject>(type, incref<PyObject>(e.type));
  decref(kind);
  xdecref(before);
}

// ---- types of exceptions that C defines ----

/**
 * A type of exceptions with the name "module.name". It is derived from `base`, or if `base` is NULL from Exception;
 * `base` may be a tuple of types, of which only the first counts. It gets the attributes in `dict`, if that is not
 * NULL.
 */
export function PyErr_NewException(name: usize, base: PyObject | null, dict: PyObject | null): PyObject | null {
  return PyErr_NewExceptionWithDoc(name, 0, base, dict);
}

/** Like PyErr_NewException, with a doc if `doc` is not NULL. */
export function PyErr_NewExceptionWithDoc(
  name: usize,
  doc: usize,
  base: PyObject | null,
  dict: PyObject | null,
): PyObject | null {
  if (!hasDot(name)) {
    raiseExceptionName();
    return null;
  }
  let from: PyObject | null = base;
  if (from && isA(from, TUPLE) && changetype<PyTuple>(from).size > 0) from = itemAt(changetype<PyTuple>(from).items, 0);
  if ((from && !isExceptionType(from)) || (dict && !isA(dict, DICT))) return badCall();
  const own: PyDict | null = dict ? dict_copy(changetype<PyDict>(dict)) : dict_new();
  if (!own) return null;
  if (doc != 0 && !setDoc(own, doc)) {
    decref(own);
    return null;
  }
  return type_derived(name, from ? changetype<PyType>(from) : exceptionType(EXC_EXCEPTION), own);
}

function hasDot(name: usize): bool {
  for (let at = name; load<u8>(at) != 0; at++) if (load<u8>(at) == 0x2e) return true;
  return false;
}

/** The type's name in UTF-8; the text belongs to the type. */
export function PyExceptionClass_Name(type: PyType): usize {
  return PyUnicode_AsUTF8(type.name!);
}

// ---- parts of an exception ----

/** A part of an exception: a new reference; NULL if there is none. */
function get(e: PyObject, part: usize): PyObject | null {
  const o = partOf(e, part);
  return o === None() ? null : incref<PyObject>(o);
}

/** Sets a part of an exception. Takes over the reference to `o`; NULL means that there is none. */
function set(e: PyObject, part: usize, o: PyObject | null): void {
  setPart(e, part, o ? o : None());
}

export function PyException_GetArgs(e: PyObject): PyObject | null {
  return get(e, ARGS);
}

/** Sets the arguments, a tuple. The caller keeps its reference. */
export function PyException_SetArgs(e: PyObject, args: PyObject): void {
  set(e, ARGS, incref<PyObject>(args));
}

export function PyException_GetTraceback(e: PyObject): PyObject | null {
  return get(e, TRACEBACK);
}

/** The caller keeps its reference. Returns 0. */
export function PyException_SetTraceback(e: PyObject, traceback: PyObject): i32 {
  set(e, TRACEBACK, incref<PyObject>(traceback));
  return 0;
}

export function PyException_GetContext(e: PyObject): PyObject | null {
  return get(e, CONTEXT);
}

/** Takes over the reference; NULL means that there is none. */
export function PyException_SetContext(e: PyObject, context: PyObject | null): void {
  set(e, CONTEXT, context);
}

export function PyException_GetCause(e: PyObject): PyObject | null {
  return get(e, CAUSE);
}

/** Takes over the reference; NULL means that there is none. */
export function PyException_SetCause(e: PyObject, cause: PyObject | null): void {
  setCause(e, cause ? cause : None());
}
