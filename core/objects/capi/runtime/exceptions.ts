// Exceptions as objects: types in CPython's hierarchy, and instances of them.
//
//   refcnt | type | dict | args: a tuple | notes | traceback | context | cause | suppress_context          None where there is none
//
// That is CPython's PyBaseExceptionObject (include/pyerrors.h). The types of exceptions are made like users' types (types/user-type.ts).
// exception-slots.ts has the functions of their types that C calls. An error of the core becomes an object only when somebody asks for it:
// `taken` makes the object, with the host's sentence.

import { error, exceptionOf, setCode } from "../../model/error";
import { E_KEY, E_MEMORY, E_RAISED } from "../../model/errors.gen";
import { clearError } from "../../model/raise";
import { raiseStrResult } from "../../model/raises.gen";
import { exceptionSlot, exceptionType, iteratorSlot, spareErrorSlot } from "../../model/api-types";
import { EXC_BASE_EXCEPTION, EXC_KEY, EXC_MEMORY } from "../../model/exceptions.gen";
import { exceptionReprIndex, slotFunction } from "../../model/functions";
import {
  SLOT_ALLOC,
  SLOT_EXCEPTION_CLEAR,
  SLOT_EXCEPTION_DEALLOC,
  SLOT_EXCEPTION_GETATTRO,
  SLOT_EXCEPTION_INIT,
  SLOT_EXCEPTION_NEW,
  SLOT_EXCEPTION_SETATTRO,
  SLOT_EXCEPTION_TRAVERSE,
  SLOT_GC_FREE,
  SLOT_REPR,
  SLOT_STR,
  SLOT_ITERATOR_NEXT,
  SLOT_SELF_ITER,
} from "../../model/table.gen";
import { handles } from "../../model/handles";
import { STR, TUPLE, TYPE } from "../../model/kinds.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isSubtype } from "../../model/subtype";
import { IS_BASE_TYPE, IS_C_TYPE, IS_EXCEPTION, isA, isKind, PyObject, PyType, typeOf } from "../../model/type";
import { emptyStr, PyStr, str_exact } from "../../text/str";
import { COMMA_SPACE, Writer } from "../../text/writer";
import { instance_new } from "../../types/instance";
import { reprOf, writeRepr } from "../../types/protocol";
import { itemAt, PyTuple, setItemAt } from "../../types/sequence";
import { emptyTuple, tuple_new, tuple_track } from "../../types/tuple";
import { type_lay_out, type_new } from "../../types/user-type";
import {
  EXCEPTION_DATA_BYTES,
  EXCEPTION_SLOTS,
  ITERATOR_DATA_BYTES,
  ITERATOR_SLOTS,
  PyBaseException,
} from "./fixed-objects";
import { ID_EXTENSION } from "./fixed-types";

// The parts of an exception, as offsets.
export const ARGS: usize = offsetof<PyBaseException>("args");
export const TRACEBACK: usize = offsetof<PyBaseException>("traceback");
export const CONTEXT: usize = offsetof<PyBaseException>("context");
export const CAUSE: usize = offsetof<PyBaseException>("cause");

// ---- types ----

/** A type of Python's own exceptions; takes over the reference to its name. */
function exception_type_new(name: PyObject, base: PyType | null): PyType | null {
  const type = type_new(name, ID_EXTENSION);
  if (!type) return null;
  type_lay_out(type, EXCEPTION_SLOTS, EXCEPTION_DATA_BYTES);
  type.repr = exceptionReprIndex();
  type.flags |= IS_BASE_TYPE | IS_EXCEPTION;
  type.base = base ? incref<PyType>(base) : null;
  type.tp_dictoffset = <i32>offsetof<PyBaseException>("dict");
  type.tp_new = slotFunction(SLOT_EXCEPTION_NEW);
  type.tp_init = slotFunction(SLOT_EXCEPTION_INIT);
  type.tp_dealloc = slotFunction(SLOT_EXCEPTION_DEALLOC);
  type.traverse = slotFunction(SLOT_EXCEPTION_TRAVERSE);
  type.clear = slotFunction(SLOT_EXCEPTION_CLEAR);
  type.tp_getattro = slotFunction(SLOT_EXCEPTION_GETATTRO);
  type.tp_setattro = slotFunction(SLOT_EXCEPTION_SETATTRO);
  type.tp_alloc = slotFunction(SLOT_ALLOC);
  type.tp_free = slotFunction(SLOT_GC_FREE);
  type.tp_repr = slotFunction(SLOT_REPR);
  type.tp_str = slotFunction(SLOT_STR);
  return type;
}

/** Makes exception number `k`, derived from number `base` if that is not negative; its name is on the stack. */
export function define_exception(k: u32, base: i32): bool {
  const name = handles().pop();
  if (load<usize>(exceptionSlot(k)) != 0) {
    decref(name);
    return true;
  }
  const type = exception_type_new(name, base < 0 ? null : exceptionType(base));
  if (type) store<PyType>(exceptionSlot(k), type);
  return type !== null;
}

/** Makes the other objects that the API needs; the name of the type of iterators is on the stack. */
export function define_api_types(): bool {
  const name = handles().pop();
  if (load<usize>(iteratorSlot()) == 0) {
    const type = type_new(name, 0);
    if (!type) return false;
    type_lay_out(type, ITERATOR_SLOTS, ITERATOR_DATA_BYTES);
    type.tp_iter = slotFunction(SLOT_SELF_ITER);
    type.tp_iternext = slotFunction(SLOT_ITERATOR_NEXT);
    store<PyType>(iteratorSlot(), type);
  } else decref(name);
  if (load<usize>(spareErrorSlot()) == 0) {
    const spare = exception_with(exceptionType(EXC_MEMORY), emptyTuple());
    if (!spare) return false;
    store<PyObject>(spareErrorSlot(), spare);
  }
  return true;
}

export function isExceptionType(o: PyObject): bool {
  return isKind(o, TYPE) && isSubtype(changetype<PyType>(o), exceptionType(EXC_BASE_EXCEPTION));
}

export function isException(o: PyObject): bool {
  return isSubtype(o.type, exceptionType(EXC_BASE_EXCEPTION));
}

// ---- instances ----

/** A new exception; takes over the reference to its arguments. */
export function exception_with(type: PyType, args: PyObject): PyObject | null {
  const e = instance_new(type, 0);
  if (e) setPart(e, ARGS, args);
  else decref(args);
  return e;
}

/** The tuple (o,). */
export function oneTuple(o: PyObject): PyObject | null {
  const t = tuple_new(1);
  if (!t) return null;
  setItemAt(t.items, 0, incref<PyObject>(o));
  tuple_track(t);
  return t;
}

@inline
export function partOf(e: PyObject, part: usize): PyObject {
  return load<PyObject>(changetype<usize>(e) + part);
}

/** Sets a part, and releases what was there. Takes over the reference. */
export function setPart(e: PyObject, part: usize, value: PyObject): void {
  const old = partOf(e, part);
  store<PyObject>(changetype<usize>(e) + part, value);
  decref(old);
}

/** The arguments of the exception; an empty tuple if a tp_new in C did not set them. */
export function argsOf(e: PyObject): PyTuple {
  const o = partOf(e, ARGS);
  return changetype<PyTuple>(isA(o, TUPLE) ? o : emptyTuple());
}

/** Sets the cause of an exception, which is another exception or None, and suppress_context. Takes over the reference to the cause. */
export function setCause(e: PyObject, cause: PyObject): void {
  setPart(e, CAUSE, cause);
  changetype<PyBaseException>(e).suppressContext = 1;
}

/** str(e): the only argument, or a tuple of all if there are several. For a KeyError, the repr of its argument. */
function exception_str(e: PyObject): PyObject | null {
  const t = argsOf(e);
  if (t.size == 0) return emptyStr();
  if (t.size > 1) return reprOf(t);
  const only = itemAt(t.items, 0);
  return isSubtype(e.type, exceptionType(EXC_KEY)) ? reprOf(only) : strOf(only);
}

/** The result of a function in C, which must be a string; null with an error. */
function textFrom(o: PyObject, f: u32): PyObject | null {
  const text = call_indirect<PyObject | null>(f, o);
  if (!text || isA(text, STR)) return text;
  raiseStrResult(text);
  decref(text);
  return null;
}

/** PyObject_Str: a new reference; null with an error. */
export function strOf(o: PyObject): PyObject | null {
  const type = o.type;
  if (type === typeOf(STR)) return incref<PyObject>(o);
  if ((type.flags & IS_C_TYPE) != 0 && type.tp_str != slotFunction(SLOT_STR)) return textFrom(o, type.tp_str);
  if (isA(o, STR)) return str_exact(changetype<PyStr>(o));
  return isException(o) ? exception_str(o) : reprOf(o);
}

/** "Name(argument, ...)" */
export function exception_repr(e: PyObject, w: Writer): bool {
  const t = incref<PyTuple>(argsOf(e));
  const done = putLastName(changetype<PyStr>(e.type.name), w) && w.put(0x28) && putArgs(t, w) && w.put(0x29);
  decref(t);
  return done;
}

/** The part of a name after the last dot. */
function putLastName(name: PyStr, w: Writer): bool {
  let start: u32 = 0;
  for (let k: u32 = 0; k < name.length; k++) if (name.charAt(k) == 0x2e) start = k + 1;
  return w.putChars(name.data + <usize>start * name.width, name.width, name.length - start);
}

function putArgs(t: PyTuple, w: Writer): bool {
  for (let k: u32 = 0; k < t.size; k++) {
    if (k > 0 && !w.putAscii(COMMA_SPACE)) return false;
    if (!writeRepr(itemAt(t.items, k), w)) return false;
  }
  return true;
}

/** Sets the exception, and takes over the reference to it. An error that was set before is released. */
export function raise(e: PyObject): void {
  clearError();
  setCode(E_RAISED);
  error().a = changetype<usize>(e);
}

/** Puts the sentence of the core's error on the stack. False, with another error, if there is no memory. */
@external("host", "errorSentence")
declare function hostErrorSentence(): bool;

function spareError(): PyObject {
  return incref<PyObject>(load<PyObject>(spareErrorSlot()));
}

/** Takes out the exception that is set: a new reference, and no error is set afterwards. null if none was set. */
export function taken(): PyObject | null {
  const e = error();
  if (e.code == 0) return null;
  const a = changetype<PyObject>(e.a);
  if (e.code == E_RAISED) {
    setCode(0);
    return a;
  }
  let made: PyObject | null = null;
  if (e.code != E_MEMORY) made = madeOfError();
  if (!made) made = exception_with(exceptionType(EXC_MEMORY), emptyTuple());
  clearError();
  return made ? made : spareError();
}

/** Makes an exception from the core's error, and clears the error. null, with MemoryError, if there is no memory. */
function madeOfError(): PyObject | null {
  const e = error();
  const type = exceptionType(exceptionOf(e.code));
  const about = e.code == E_KEY ? incref<PyObject>(changetype<PyObject>(e.a)) : sentence();
  clearError();
  const args = about ? oneTuple(about) : null;
  xdecref(about);
  return args ? exception_with(type, args) : null;
}

function sentence(): PyObject | null {
  return hostErrorSentence() ? handles().pop() : null;
}

/**
 * Makes `cause` the cause of the exception that is set, unless that exception is a MemoryError. Takes over the reference to
 * `cause`.
 */
export function raiseFrom(cause: PyObject): void {
  const e = taken();
  if (!e) {
    decref(cause);
    return;
  }
  if (isSubtype(e.type, exceptionType(EXC_MEMORY))) decref(cause);
  else setCause(e, cause);
  raise(e);
}

/** Takes a handle for the exception that is set, and clears the error. 0, with an error, if there is no memory. */
export function take_exception(): u32 {
  return handles().take(taken()!);
}

/** Whether a handle's exception is a MemoryError. */
export function is_memory_error(handle: u32): bool {
  return isSubtype(handles().at(handle).type, exceptionType(EXC_MEMORY));
}

/** Puts str() of a handle's exception on the stack; false with an error. */
export function push_exception_text(handle: u32): bool {
  return handles().push(strOf(handles().at(handle)));
}

/** Takes a handle for the cause of a handle's exception, or, if it has none, for its context; 0 if there is neither. */
export function take_cause(handle: u32): u32 {
  const e = handles().at(handle);
  let cause = partOf(e, CAUSE);
  if (cause === None() && changetype<PyBaseException>(e).suppressContext == 0) cause = partOf(e, CONTEXT);
  return cause === None() ? 0 : handles().take(incref<PyObject>(cause));
}
