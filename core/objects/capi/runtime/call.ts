// PyObject_Call and related functions: calls of any callable object. Arguments are passed in a row, as for a vectorcall. Types that have only a
// tp_call get them as a tuple and a dict.

import { hasError } from "../../model/error";
import { E_NULL_RESULT, E_RESULT_WITH_ERROR } from "../../model/errors.gen";
import { clearError } from "../../model/raise";
import { raiseNotCallable } from "../../model/raises.gen";
import { BUILTIN, DICT, METHOD_DESCRIPTOR, TUPLE } from "../../model/kinds.gen";
import { freeBlock, newBlock } from "../../model/memory";
import { enter, leave } from "../../model/recursion";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { HAS_VECTORCALL, isA, isKind, PyObject, typeOf } from "../../model/type";
import { dict_next, PyDict } from "../../types/dict";
import { itemAt, PyTuple, setItemAt } from "../../types/sequence";
import { tuple_new, tuple_track } from "../../types/tuple";
import { lookup, PyObject_GetAttr } from "./attribute";
import { callBuiltin, dictOfRow, isConsistent, tupleOfRow } from "./builtin";
import { callDescriptor, isStaticOrClass } from "./descriptor";
import { PyDescr } from "./fixed-objects";
import { raiseFrom, taken } from "./exceptions";
import { badCall, raiseAboutRepr } from "./complaints";

const OFFSET_BIT: u32 = 1 << 31;

@inline
function vectorcallOf(callable: PyObject): u32 {
  const type = callable.type;
  if ((type.flags & HAS_VECTORCALL) == 0 || type.tp_vectorcall_offset <= 0) return 0;
  return load<u32>(changetype<usize>(callable) + type.tp_vectorcall_offset);
}

/** callable(*args, **names): a new reference; null with an error. */
export function callRow(callable: PyObject, args: usize, n: u32, names: PyTuple | null): PyObject | null {
  if (!enter()) return null;
  let result: PyObject | null;
  if (isKind(callable, BUILTIN)) result = callBuiltin(callable, args, n, names);
  else if (isKind(callable, METHOD_DESCRIPTOR)) result = callDescriptor(changetype<PyDescr>(callable), args, n, names);
  else result = callOther(callable, args, n, names);
  leave();
  return isConsistent(result) ? result : inconsistent(callable, result);
}

function callOther(callable: PyObject, args: usize, n: u32, names: PyTuple | null): PyObject | null {
  const vectorcall = vectorcallOf(callable);
  if (vectorcall != 0) return call_indirect<PyObject | null>(vectorcall, callable, args, n, names);
  if (callable.type.tp_call == 0) return notCallable(callable);
  const t = tupleOfRow(args, n);
  if (!t) return null;
  let result: PyObject | null = null;
  const d = names && names.size != 0 ? dictOfRow(args + ((<usize>n) << 2), names) : null;
  if (!names || names.size == 0 || d) result = call_indirect<PyObject | null>(callable.type.tp_call, callable, t, d);
  xdecref(d);
  decref(t);
  return result;
}

function notCallable(o: PyObject): PyObject | null {
  raiseNotCallable(o);
  return null;
}

/** Raises SystemError, because the function returned NULL without an error, or a result with an error set. */
export function inconsistent(callable: PyObject, result: PyObject | null): PyObject | null {
  const cause = taken();
  raiseAboutRepr(result ? E_RESULT_WITH_ERROR : E_NULL_RESULT, callable);
  if (cause) raiseFrom(cause);
  if (result) decref(result);
  return null;
}

export function PyCallable_Check(o: PyObject | null): i32 {
  return o && o.type.tp_call != 0 ? 1 : 0;
}

export function PyObject_Vectorcall(
  callable: PyObject,
  args: usize,
  nargsf: u32,
  names: PyTuple | null,
): PyObject | null {
  return callRow(callable, args, nargsf & ~OFFSET_BIT, names);
}

export function PyObject_CallNoArgs(callable: PyObject): PyObject | null {
  return callRow(callable, 0, 0, null);
}

export function PyObject_CallOneArg(callable: PyObject, arg: PyObject): PyObject | null {
  // The argument is put into a tuple, because a row has to be in memory, and the core has no stack in memory.
  const t = tuple_new(1);
  if (!t) return null;
  setItemAt(t.items, 0, incref<PyObject>(arg));
  tuple_track(t);
  const result = callRow(callable, t.items, 1, null);
  decref(t);
  return result;
}

/** Whether the object is called with arguments in a row. */
@inline
function takesRow(callable: PyObject): bool {
  return isKind(callable, BUILTIN) || isKind(callable, METHOD_DESCRIPTOR) || vectorcallOf(callable) != 0;
}

/** callable(*args, **kwargs) with a tuple and a dict; the dict may be null. */
export function PyObject_Call(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!isA(args, TUPLE) || (kwargs && !isA(kwargs, DICT))) return badCall();
  const t = changetype<PyTuple>(args);
  const d = kwargs && changetype<PyDict>(kwargs).used != 0 ? kwargs : null;
  if (callable.type.tp_call != 0 && !takesRow(callable)) return callWith(callable, args, d);
  return d ? callSpread(callable, t.items, t.size, changetype<PyDict>(d)) : callRow(callable, t.items, t.size, null);
}

/** Calls tp_call with the tuple and the dict. */
function callWith(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  if (!enter()) return null;
  const result = call_indirect<PyObject | null>(callable.type.tp_call, callable, args, kwargs);
  leave();
  return isConsistent(result) ? result : inconsistent(callable, result);
}

/** Calls with the arguments in a row and those in a dict. Both are put into one row, and the names into a tuple. */
function callSpread(callable: PyObject, args: usize, n: u32, kwargs: PyDict): PyObject | null {
  const names = tuple_new(kwargs.used);
  if (!names) return null;
  const row = newBlock((<usize>(n + kwargs.used)) << 2);
  if (row == 0) {
    for (let k: u32 = 0; k < kwargs.used; k++) setItemAt(names.items, k, None());
    decref(names);
    return null;
  }
  for (let k: u32 = 0; k < n; k++) setItemAt(row, k, incref<PyObject>(itemAt(args, k)));
  let m: u32 = 0;
  for (let index = dict_next(kwargs, 0); index >= 0; index = dict_next(kwargs, index + 1)) {
    setItemAt(names.items, m, incref<PyObject>(kwargs.keys.keyAt(index)!));
    setItemAt(row, n + m, incref<PyObject>(kwargs.valueAt(index)!));
    m++;
  }
  tuple_track(names);
  const result = callRow(callable, row, n, names);
  for (let k: u32 = 0; k < n + m; k++) decref(itemAt(row, k));
  freeBlock(row);
  decref(names);
  return result;
}

export function PyObject_CallObject(callable: PyObject, args: PyObject | null): PyObject | null {
  return args ? PyObject_Call(callable, args, null) : callRow(callable, 0, 0, null);
}

export function PyObject_VectorcallDict(
  callable: PyObject,
  args: usize,
  nargsf: u32,
  kwargs: PyObject | null,
): PyObject | null {
  const n = nargsf & ~OFFSET_BIT;
  if (!kwargs || changetype<PyDict>(kwargs).used == 0) return callRow(callable, args, n, null);
  return isA(kwargs, DICT) ? callSpread(callable, args, n, changetype<PyDict>(kwargs)) : badCall();
}

export function PyVectorcall_Function(callable: PyObject): u32 {
  return vectorcallOf(callable);
}

/** A tp_call for types that have a vectorcall. */
export function PyVectorcall_Call(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const t = changetype<PyTuple>(args);
  if (vectorcallOf(callable) == 0) return notCallable(callable);
  if (kwargs && changetype<PyDict>(kwargs).used != 0)
    return callSpread(callable, t.items, t.size, changetype<PyDict>(kwargs));
  return call_indirect<PyObject | null>(vectorcallOf(callable), callable, t.items, t.size, <PyTuple | null>null);
}

// ---- methods ----

/** args[0].name(the other args). A method of the type is called directly, without making a bound method. */
export function callMethodRow(name: PyObject, args: usize, n: u32, names: PyTuple | null): PyObject | null {
  if (n == 0) return badCall();
  const self = load<PyObject>(args);
  const method = self.type.tp_getattro == typeOf(BUILTIN).tp_getattro ? lookup(self.type, name) : null;
  if (method && isKind(method, METHOD_DESCRIPTOR) && self.type.tp_dictoffset == 0 && !isStaticOrClass(method)) {
    incref<PyObject>(method);
    const result = callRow(method, args, n, names);
    decref(method);
    return result;
  }
  if (hasError()) return null;
  const f = PyObject_GetAttr(self, name);
  if (!f) return null;
  const result = callRow(f, args + 4, n - 1, names);
  decref(f);
  return result;
}

export function PyObject_VectorcallMethod(
  name: PyObject,
  args: usize,
  nargsf: u32,
  names: PyTuple | null,
): PyObject | null {
  return callMethodRow(name, args, nargsf & ~OFFSET_BIT, names);
}

export function callMethodNoArgs(o: PyObject, name: PyObject): PyObject | null {
  const f = PyObject_GetAttr(o, name);
  if (!f) return null;
  const result = callRow(f, 0, 0, null);
  decref(f);
  return result;
}

// ---- tp_call of the API's own types ----

export function builtin_call(f: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  return PyObject_Call(f, args, kwargs);
}

export function descriptor_call(f: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  return PyObject_Call(f, args, kwargs);
}

// ---- recursion in C ----

/** Goes one level deeper, and returns 1; Py_LeaveRecursiveCall must end the level. At the limit, returns 0 without an error. */
export function _Py_EnterRecursion(): i32 {
  if (enter()) return 1;
  clearError();
  return 0;
}

export function Py_LeaveRecursiveCall(): void {
  leave();
}
