// The functions in the slots of exceptions' types, for C to call (CPython's Objects/exceptions.c, BaseException). A
// type in C that is derived from an exception inherits them, or calls them from its own functions.
//
// The collector follows an exception's references by itself, so tp_traverse shows nothing.

import { ascii } from "../../model/ascii";
import { raiseArgsDeleted, raiseCause, raiseNoKeywords } from "../../model/raises.gen";
import { untrack } from "../../model/gc-head";
import { decref, incref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { IS_C_TYPE, PyObject, PyType } from "../../model/type";
import { tupleOf } from "../../operations/abstract";
import { PyDict } from "../../types/dict";
import { instance_dealloc } from "../../types/instance";
import { emptyTuple } from "../../types/tuple";
import { weak_clear_all } from "../../types/weak";
import { isNamed, PyObject_GenericGetAttr, PyObject_GenericSetAttr, shortName } from "../runtime/attribute";
import { ARGS, argsOf, CAUSE, CONTEXT, isException, partOf, setCause, setPart, TRACEBACK } from "../runtime/exceptions";
import { PyBaseException } from "../runtime/fixed-objects";

/** tp_new: keeps the arguments. tp_init decides about keyword arguments. */
export function exception_new(type: PyType, args: PyObject | null, _kwargs: PyObject | null): PyObject | null {
  const e = call_indirect<PyObject | null>(type.tp_alloc, type, 0);
  if (e) setPart(e, ARGS, args ? incref<PyObject>(args) : emptyTuple());
  return e;
}

/** tp_init: keeps the arguments; TypeError if there are keyword arguments. */
export function exception_init(e: PyObject, args: PyObject, kwargs: PyObject | null): i32 {
  if (kwargs && changetype<PyDict>(kwargs).used != 0) {
    const name = shortName(e.type);
    if (name) {
      raiseNoKeywords(name);
      decref(name);
    }
    return -1;
  }
  setPart(e, ARGS, incref<PyObject>(args));
  return 0;
}

/**
 * tp_dealloc; the tp_dealloc of a derived type in C calls it last. By then c_dealloc has already subtracted the
 * exception from its type's counts.
 */
export function exception_dealloc(e: PyObject): void {
  const type = e.type;
  if ((type.flags & IS_C_TYPE) == 0) {
    instance_dealloc(e);
    return;
  }
  if (type.hasGC) untrack(e);
  if (type.weakList != 0) weak_clear_all(e);
  exception_clear(e);
  call_indirect<void>(type.tp_free, e);
}

export function exception_traverse(_e: PyObject, _visit: u32, _argument: usize): i32 {
  return 0;
}

export function exception_clear(e: PyObject): i32 {
  const end = offsetof<PyBaseException>("suppressContext");
  for (let part = offsetof<PyBaseException>("dict"); part < end; part += 4) setPart(e, part, None());
  return 0;
}

// ---- attributes ----

const NO_PART: usize = 0;

/** The part of an exception that has this name as an attribute. */
function partNamed(name: PyObject): usize {
  if (isNamed(name, ascii("args"), 0, 4)) return ARGS;
  if (isNamed(name, ascii("__cause_"), ascii("_"), 9)) return CAUSE;
  if (isNamed(name, ascii("__contex"), ascii("t__"), 11)) return CONTEXT;
  return isNamed(name, ascii("__traceb"), ascii("ack__"), 13) ? TRACEBACK : NO_PART;
}

export function exception_getattro(e: PyObject, name: PyObject): PyObject | null {
  const part = partNamed(name);
  if (part == NO_PART) return PyObject_GenericGetAttr(e, name);
  return incref<PyObject>(part == ARGS ? argsOf(e) : partOf(e, part));
}

export function exception_setattro(e: PyObject, name: PyObject, value: PyObject | null): i32 {
  const part = partNamed(name);
  if (part == NO_PART) return PyObject_GenericSetAttr(e, name, value);
  const kept = part == ARGS ? newArgs(value) : newLink(value, part);
  if (!kept) return -1;
  if (part == CAUSE) setCause(e, kept);
  else setPart(e, part, kept);
  return 0;
}

function newArgs(value: PyObject | null): PyObject | null {
  if (value) return tupleOf(value);
  raiseArgsDeleted();
  return null;
}

/**
 * The new value of an attribute: of __traceback__ any object, of __cause__ and __context__ only an exception or None. A
 * new reference; null with TypeError.
 */
function newLink(value: PyObject | null, part: usize): PyObject | null {
  if (value && (value === None() || part == TRACEBACK || isException(value))) return incref<PyObject>(value);
  raiseCause();
  return null;
}
