// Functions in C as objects: functions of a module, or methods that are bound to an object. Their definitions
// (PyMethodDef, definitions.ts) belong to C.

import { ascii } from "../../model/ascii";
import { hasError } from "../../model/error";
import { E_NO_ARGUMENTS, E_NO_KEYWORDS, E_ONE_ARGUMENT } from "../../model/errors.gen";
import { raiseError } from "../../model/raise";
import { BUILTIN, MODULE } from "../../model/kinds.gen";
import { decref, incref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isKind, PyObject, PyType, typeOf } from "../../model/type";
import { PyStr } from "../../text/str";
import { newWriter, Writer } from "../../text/writer";
import { dict_new, dict_set } from "../../types/dict";
import { instance_new } from "../../types/instance";
import { putTypeName } from "../../types/scalars";
import { itemAt, PyTuple, setItemAt } from "../../types/sequence";
import { emptyTuple, tuple_new, tuple_track } from "../../types/tuple";
import { fitMethod } from "./casts";
import {
  callFlags,
  METH_FASTCALL,
  METH_KEYWORDS,
  METH_METHOD,
  METH_NOARGS,
  METH_O,
  METH_VARARGS,
  methodAt,
} from "./definitions";
import { PyCFunction } from "./fixed-objects";
import { moduleName } from "./module-object";
import { putText } from "./text";
import { badCall } from "./complaints";

/** A flag of a function object: `self` is not NULL. (The flags METH_* are in its definition.) */
const HAS_SELF: u32 = 1;

/** A function object for a definition whose function fits (casts.ts). It takes new references to the objects that it is bound to. */
export function builtin_new(
  definition: usize,
  self: PyObject | null,
  module: PyObject | null,
  type: PyType | null,
): PyObject | null {
  const f = changetype<PyCFunction | null>(instance_new(typeOf(BUILTIN), 0));
  if (!f) return null;
  f.definition = definition;
  f.flags = self ? HAS_SELF : 0;
  if (self) f.self = incref<PyObject>(self);
  if (module) f.module = incref<PyObject>(module);
  if (type) f.definingClass = incref<PyType>(type);
  return f;
}

export function PyCMethod_New(
  definition: usize,
  self: PyObject | null,
  module: PyObject | null,
  type: PyType | null,
): PyObject | null {
  return fitMethod(definition, type) ? builtin_new(definition, self, module, type) : null;
}

export function PyCFunction_NewEx(definition: usize, self: PyObject | null, module: PyObject | null): PyObject | null {
  return PyCMethod_New(definition, self, module, null);
}

export function PyCFunction_New(definition: usize, self: PyObject | null): PyObject | null {
  return PyCMethod_New(definition, self, null, null);
}

@inline
export function selfOf(f: PyObject): PyObject | null {
  const built = changetype<PyCFunction>(f);
  return (built.flags & HAS_SELF) != 0 ? built.self : null;
}

/** The definition of a function object. */
@inline
export function functionDefinition(f: PyObject): usize {
  return changetype<PyCFunction>(f).definition;
}

export function PyCFunction_GetFunction(f: PyObject): u32 {
  return isKind(f, BUILTIN) ? methodAt(functionDefinition(f)).meth : <u32>changetype<usize>(badCall());
}

export function PyCFunction_GetSelf(f: PyObject): PyObject | null {
  return isKind(f, BUILTIN) ? selfOf(f) : badCall();
}

export function PyCFunction_GetFlags(f: PyObject): i32 {
  if (isKind(f, BUILTIN)) return <i32>methodAt(functionDefinition(f)).flags;
  badCall();
  return -1;
}

// ---- calling ----

/** "module.name" or "Type.name": the function's name in errors. */
function calledName(definition: usize, self: PyObject | null): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  if (putOwner(self, w) && putText(methodAt(definition).name, w)) return w.finish();
  w.discard();
  return null;
}

function putOwner(self: PyObject | null, w: Writer): bool {
  if (!self) return true;
  if (isKind(self, MODULE)) {
    const name = moduleName(self);
    return name === null || (w.putStr(changetype<PyStr>(name)) && w.put(0x2e));
  }
  return putTypeName(self.type, w) && w.put(0x2e);
}

function complain(code: u32, definition: usize, self: PyObject | null, n: u32): PyObject | null {
  const name = calledName(definition, self);
  if (!name) return null;
  raiseError(code, name, null, null, <i32>n);
  decref(name);
  return null;
}

/** A tuple of `n` objects from `args` on, with new references. */
export function tupleOfRow(args: usize, n: u32): PyObject | null {
  if (n == 0) return emptyTuple();
  const t = tuple_new(n);
  if (!t) return null;
  for (let k: u32 = 0; k < n; k++) setItemAt(t.items, k, incref<PyObject>(itemAt(args, k)));
  tuple_track(t);
  return t;
}

/** A dict with these names as keys; the values are at `values`. */
export function dictOfRow(values: usize, names: PyTuple): PyObject | null {
  const d = dict_new();
  for (let k: u32 = 0; d && k < names.size; k++) {
    if (dict_set(d, itemAt(names.items, k), itemAt(values, k))) continue;
    decref(d);
    return null;
  }
  return d;
}

/**
 * Calls the function of a definition with `self` and `n` arguments from `args` on. After these come the arguments
 * whose names are in `names`. `type` is the class to which a method of METH_METHOD belongs. A new reference; null with
 * an error.
 */
export function callDefinition(
  definition: usize,
  self: PyObject | null,
  type: PyType | null,
  args: usize,
  n: u32,
  names: PyTuple | null,
): PyObject | null {
  const f = methodAt(definition).meth;
  const flags = callFlags(definition);
  const hasNames = names !== null && names.size != 0;
  if (hasNames && (flags & METH_KEYWORDS) == 0) return complain(E_NO_KEYWORDS, definition, self, n);
  if (flags == METH_O) {
    if (n != 1) return complain(E_ONE_ARGUMENT, definition, self, n);
    return call_indirect<PyObject | null>(f, self, load<PyObject>(args));
  }
  if (flags == METH_NOARGS) {
    if (n != 0) return complain(E_NO_ARGUMENTS, definition, self, n);
    return call_indirect<PyObject | null>(f, self, <PyObject | null>null);
  }
  if (flags == METH_FASTCALL) return call_indirect<PyObject | null>(f, self, args, n);
  if (flags == (METH_FASTCALL | METH_KEYWORDS))
    return call_indirect<PyObject | null>(f, self, args, n, hasNames ? names : null);
  if (flags == (METH_METHOD | METH_FASTCALL | METH_KEYWORDS)) {
    return call_indirect<PyObject | null>(f, self, type, args, n, hasNames ? names : null);
  }
  if ((flags & METH_VARARGS) == 0) return badCall();
  const t = tupleOfRow(args, n);
  if (!t) return null;
  let result: PyObject | null = null;
  if ((flags & METH_KEYWORDS) == 0) result = call_indirect<PyObject | null>(f, self, t);
  else {
    const d = hasNames ? dictOfRow(args + ((<usize>n) << 2), names!) : null;
    if (!hasNames || d) result = call_indirect<PyObject | null>(f, self, t, d);
    if (d) decref(d);
  }
  decref(t);
  return result;
}

/** Calls a function object. */
@inline
export function callBuiltin(f: PyObject, args: usize, n: u32, names: PyTuple | null): PyObject | null {
  const type = changetype<PyCFunction>(f).definingClass;
  return callDefinition(
    functionDefinition(f),
    selfOf(f),
    type === None() ? null : changetype<PyType>(type),
    args,
    n,
    names,
  );
}

/** "<built-in function name>", "<built-in method name of type object at 0x...>" */
export function builtin_repr(o: PyObject, w: Writer): bool {
  const self = selfOf(o);
  const isMethod = self !== null && !isKind(self, MODULE);
  if (!w.putAscii(ascii("<built-")) || !w.putAscii(ascii("in "))) return false;
  if (!(isMethod ? w.putAscii(ascii("method ")) : w.putAscii(ascii("function")) && w.put(0x20))) return false;
  if (!putText(methodAt(functionDefinition(o)).name, w)) return false;
  if (!self || !isMethod) return w.put(0x3e);
  return (
    w.putAscii(ascii(" of ")) &&
    putTypeName(self.type, w) &&
    w.putAscii(ascii(" object")) &&
    w.putAscii(ascii(" at 0x")) &&
    w.putHex(<u32>changetype<usize>(self), 8) &&
    w.put(0x3e)
  );
}

/** Whether the result of a function in C is consistent: NULL if and only if an error is set. */
@inline
export function isConsistent(result: PyObject | null): bool {
  return (result === null) == hasError();
}
