// Calling a type: tp_new makes an instance, tp_init fills it. And what object has for both, and for repr.
//
// From the host, and for types that a program in TypeScript defined, there is no tp_new: those make instances themselves.
// Imports type, descriptor, objects/scalars.

import { dict_new, PyDict } from "../dict";
import { listOf, tupleOf } from "../abstract";
import {
  BASE_OBJECT,
  decref,
  DICT,
  DISALLOWS_INSTANTIATION,
  incref,
  IS_TYPE,
  isKind,
  LIST,
  PyObject,
  PyType,
  STR,
  TUPLE,
  TYPE,
  typeOf,
} from "../object";
import { itemAt, PyTuple } from "../sequence";
import { PyStr } from "../str";
import { Writer } from "../writer";
import { shortName } from "./attribute";
import { strOf } from "./exceptions";
import { isSubtype } from "./subtype";
import { W_INSTANCE_OF, W_NO_INSTANCES, W_STR_RESULT, W_SUBCLASS_OF, W_TAKES_NOTHING } from "./type-words";
import { raiseApi } from "./words";

function complain(words: i32, type: PyType): void {
  const name = shortName(type);
  if (!name) return;
  raiseApi(words, name);
  decref(name);
}

/** Type(*args, **kwargs); of one argument and type itself, its type. */
export function type_call(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const type = changetype<PyType>(callable);
  const t = changetype<PyTuple>(args);
  if (type === typeOf(TYPE) && t.size == 1 && !kwargs) return incref<PyType>(itemAt(t.items, 0).type);
  if (type.tp_new == 0 || (type.flags & DISALLOWS_INSTANTIATION) != 0) return convert(type, t);
  const o = call_indirect<PyObject | null>(type.tp_new, type, args, kwargs);
  if (!o || !isSubtype(o.type, type) || o.type.tp_init == 0) return o;
  if (call_indirect<i32>(o.type.tp_init, o, args, kwargs) >= 0) return o;
  decref(o);
  return null;
}

/** str(o), list(o), tuple(o), and the empty ones: of the built-in types, these can be called from C. */
function convert(type: PyType, t: PyTuple): PyObject | null {
  const o: PyObject | null = t.size == 1 ? itemAt(t.items, 0) : null;
  if (o && type === typeOf(STR)) return strOf(o);
  if (o && type === typeOf(LIST)) return listOf(o);
  if (o && type === typeOf(TUPLE)) return tupleOf(o);
  if (t.size == 0 && type === typeOf(DICT)) return dict_new();
  complain(W_NO_INSTANCES, type);
  return null;
}

@inline
function hasArguments(args: PyObject | null, kwargs: PyObject | null): bool {
  return (args !== null && changetype<PyTuple>(args).size != 0) || (kwargs !== null && changetype<PyDict>(kwargs).used != 0);
}

/** object.__new__: arguments are for a tp_init of the type's own. */
export function object_new(type: PyType, args: PyObject | null, kwargs: PyObject | null): PyObject | null {
  const object = typeOf(BASE_OBJECT);
  if (hasArguments(args, kwargs) && (type.tp_new != object.tp_new || type.tp_init == object.tp_init)) {
    complain(W_TAKES_NOTHING, type);
    return null;
  }
  return call_indirect<PyObject | null>(type.tp_alloc, type, 0);
}

/** object.__init__: arguments are for a tp_new of the type's own. */
export function object_init(o: PyObject, args: PyObject | null, kwargs: PyObject | null): i32 {
  const type = o.type;
  const object = typeOf(BASE_OBJECT);
  if (hasArguments(args, kwargs) && (type.tp_init != object.tp_init || type.tp_new == object.tp_new)) {
    complain(W_TAKES_NOTHING, type);
    return -1;
  }
  return 0;
}

/** repr of types that C defined: what their tp_repr answers, which has to be a string. */
export function c_repr(o: PyObject, w: Writer): bool {
  const text = call_indirect<PyObject | null>(o.type.tp_repr, o);
  if (!text) return false;
  const done = isKind(text, STR) && w.putStr(changetype<PyStr>(text));
  if (!isKind(text, STR)) raiseApi(W_STR_RESULT, text);
  decref(text);
  return done;
}

// ---- isinstance, issubclass ----

export function PyObject_IsInstance(o: PyObject, type: PyObject): i32 {
  return isOneOf(o.type, type, W_INSTANCE_OF);
}

export function PyObject_IsSubclass(type: PyObject, base: PyObject): i32 {
  if ((type.type.flags & IS_TYPE) != 0) return isOneOf(changetype<PyType>(type), base, W_SUBCLASS_OF);
  raiseApi(W_SUBCLASS_OF);
  return -1;
}

/** Whether a type is another one, or one of a tuple of types, or derived from it: 1 or 0, -1 with TypeError. */
function isOneOf(type: PyType, base: PyObject, words: i32): i32 {
  if ((base.type.flags & IS_TYPE) != 0) return isSubtype(type, changetype<PyType>(base)) ? 1 : 0;
  if (isKind(base, TUPLE)) {
    const t = changetype<PyTuple>(base);
    for (let k: u32 = 0; k < t.size; k++) {
      const found = isOneOf(type, itemAt(t.items, k), words);
      if (found != 0) return found;
    }
    return 0;
  }
  raiseApi(words);
  return -1;
}
