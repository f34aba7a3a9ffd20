// Calling a type: tp_new makes an instance, tp_init fills it. Also the tp_new and tp_init of `object`, the repr of types
// in C, and isinstance and issubclass.
//
// Types that a program in TypeScript defined have no tp_new: C can't make their instances. base-construct.ts has those of the built-in types.

import { E_INSTANCE_OF, E_NO_INSTANCES, E_SUBCLASS_OF, E_TAKES_NOTHING } from "../../model/errors.gen";
import { EXC_ATTRIBUTE } from "../../model/exceptions.gen";
import { clearError, isRaised, raiseError } from "../../model/raise";
import { raiseStrResult, raiseSubclass } from "../../model/raises.gen";
import {
  BASE_OBJECT,
  BOOL,
  BYTES,
  DICT,
  FLOAT,
  FROZENSET,
  INT,
  LIST,
  SET,
  STR,
  TUPLE,
  TYPE,
  USER,
} from "../../model/kinds.gen";
import { decref, incref } from "../../model/refcount";
import { asBool, False, None } from "../../model/singletons";
import { isSubtype } from "../../model/subtype";
import { DISALLOWS_INSTANTIATION, IS_C_TYPE, IS_TYPE, isA, PyObject, PyType, typeOf } from "../../model/type";
import { listOf, truthOf, tupleOf } from "../../operations/abstract";
import { emptyStr, PyStr } from "../../text/str";
import { Writer } from "../../text/writer";
import { emptyBytes } from "../../types/bytes";
import { dict_new, PyDict } from "../../types/dict";
import { float_new } from "../../types/float";
import { int_from_i32 } from "../../types/int";
import { list_new } from "../../types/list";
import { itemAt, PyTuple } from "../../types/sequence";
import { emptyTuple } from "../../types/tuple";
import { PyObject_GetAttr, shortName } from "../runtime/attribute";
import { strOf } from "../runtime/exceptions";
import { classKey } from "../runtime/module-object";
import { PyBytes_FromObject } from "./bytes";
import { PyDict_MergeFromSeq2, PyDict_Update } from "./dict";
import { PyNumber_Float, PyNumber_Long } from "./number";
import { PyFrozenSet_New, PySet_New } from "./set";

function complain(code: u32, type: PyType): void {
  const name = shortName(type);
  if (!name) return;
  raiseError(code, name);
  decref(name);
}

/** Type(*args, **kwargs). If the type is `type` itself and there is one argument: the type of that argument. */
export function type_call(callable: PyObject, args: PyObject, kwargs: PyObject | null): PyObject | null {
  const type = changetype<PyType>(callable);
  const t = changetype<PyTuple>(args);
  if (type === typeOf(TYPE) && t.size == 1 && !kwargs) return incref<PyType>(itemAt(t.items, 0).type);
  if (type.tp_new == 0 || (type.flags & DISALLOWS_INSTANTIATION) != 0) {
    if (hasArguments(null, kwargs) || t.size > 1) return noInstances(type);
    return convert(type, t.size == 1 ? itemAt(t.items, 0) : null);
  }
  const o = call_indirect<PyObject | null>(type.tp_new, type, args, kwargs);
  if (!o || !isSubtype(o.type, type) || o.type.tp_init == 0) return o;
  if (call_indirect<i32>(o.type.tp_init, o, args, kwargs) >= 0) return o;
  decref(o);
  return null;
}

/** int(o), str(o), dict(o) and so on, or int() if `o` is null: an object of a built-in type. */
export function convert(type: PyType, o: PyObject | null): PyObject | null {
  if (type.kind >= USER) return noInstances(type);
  switch (type.kind) {
    case BOOL:
      return o ? boolOf(o) : False();
    case INT:
      return o ? PyNumber_Long(o) : int_from_i32(0);
    case FLOAT:
      return o ? PyNumber_Float(o) : float_new(0);
    case STR:
      return o ? strOf(o) : emptyStr();
    case BYTES:
      return o ? PyBytes_FromObject(o) : emptyBytes();
    case TUPLE:
      return o ? tupleOf(o) : emptyTuple();
    case LIST:
      return o ? listOf(o) : list_new(0);
    case DICT:
      return dictOf(o);
    case SET:
      return PySet_New(o);
    case FROZENSET:
      return PyFrozenSet_New(o);
    default:
      return noInstances(type);
  }
}

function noInstances(type: PyType): PyObject | null {
  complain(E_NO_INSTANCES, type);
  return null;
}

function boolOf(o: PyObject): PyObject | null {
  const truth = truthOf(o);
  return truth < 0 ? null : asBool(truth != 0);
}

/** A new dict with the entries of another dict, or of an iterable of pairs. */
function dictOf(o: PyObject | null): PyObject | null {
  const d = dict_new();
  if (!d || !o) return d;
  if ((isA(o, DICT) ? PyDict_Update(d, o) : PyDict_MergeFromSeq2(d, o, 1)) == 0) return d;
  decref(d);
  return null;
}

@inline
function hasArguments(args: PyObject | null, kwargs: PyObject | null): bool {
  return (
    (args !== null && changetype<PyTuple>(args).size != 0) || (kwargs !== null && changetype<PyDict>(kwargs).used != 0)
  );
}

/** object.__new__. It refuses arguments, unless the type has its own tp_init (which takes them) but no own tp_new. */
export function object_new(type: PyType, args: PyObject | null, kwargs: PyObject | null): PyObject | null {
  const object = typeOf(BASE_OBJECT);
  if (hasArguments(args, kwargs) && (type.tp_new != object.tp_new || type.tp_init == object.tp_init)) {
    complain(E_TAKES_NOTHING, type);
    return null;
  }
  return call_indirect<PyObject | null>(type.tp_alloc, type, 0);
}

/** object.__init__. It refuses arguments, unless the type has its own tp_new (which takes them) but no own tp_init. */
export function object_init(o: PyObject, args: PyObject | null, kwargs: PyObject | null): i32 {
  const type = o.type;
  const object = typeOf(BASE_OBJECT);
  if (hasArguments(args, kwargs) && (type.tp_init != object.tp_init || type.tp_new == object.tp_new)) {
    complain(E_TAKES_NOTHING, type);
    return -1;
  }
  return 0;
}

/** repr of types that C defined: the result of their tp_repr, which must be a string. */
export function c_repr(o: PyObject, w: Writer): bool {
  const text = call_indirect<PyObject | null>(o.type.tp_repr, o);
  if (!text) return false;
  const done = isA(text, STR) && w.putStr(changetype<PyStr>(text));
  if (!isA(text, STR)) raiseStrResult(text);
  decref(text);
  return done;
}

// ---- isinstance, issubclass ----

/**
 * Whether the object's type, or the type that its `__class__` names, is `type` or derived from it; `type` may be a
 * tuple of types. 1 or 0; -1 with an error.
 */
export function PyObject_IsInstance(o: PyObject, type: PyObject): i32 {
  const found = isOneOf(o.type, type, E_INSTANCE_OF);
  if (found != 0 || (o.type.flags & IS_C_TYPE) == 0) return found;
  const named = classOf(o);
  if (!named) return -1;
  const isOther = named !== o.type && (named.type.flags & IS_TYPE) != 0;
  const result = isOther ? isOneOf(changetype<PyType>(named), type, E_INSTANCE_OF) : 0;
  decref(named);
  return result;
}

/** o.__class__, which a proxy may define; None if it has none. A new reference; null with an error. */
function classOf(o: PyObject): PyObject | null {
  const key = classKey();
  if (!key) return null;
  const named = PyObject_GetAttr(o, key);
  decref(key);
  if (named || !isRaised(EXC_ATTRIBUTE)) return named;
  clearError();
  return None();
}

export function PyObject_IsSubclass(type: PyObject, base: PyObject): i32 {
  if ((type.type.flags & IS_TYPE) != 0) return isOneOf(changetype<PyType>(type), base, E_SUBCLASS_OF);
  raiseSubclass();
  return -1;
}

/** Whether a type is `base` or derived from it; `base` may be a tuple of types. 1 or 0; -1 with TypeError. */
function isOneOf(type: PyType, base: PyObject, code: u32): i32 {
  if ((base.type.flags & IS_TYPE) != 0) return isSubtype(type, changetype<PyType>(base)) ? 1 : 0;
  if (isA(base, TUPLE)) {
    const t = changetype<PyTuple>(base);
    for (let k: u32 = 0; k < t.size; k++) {
      const found = isOneOf(type, itemAt(t.items, k), code);
      if (found != 0) return found;
    }
    return 0;
  }
  raiseError(code);
  return -1;
}
