// Descriptors: the objects in a type's dict for its methods, its members, and its attributes with getter and setter.
// Each descriptor refers to its definition, which belongs to C (definitions.ts), and to its type. The reference to the
// type is borrowed, because the type owns the descriptor.

import { raiseNeedsSelf, raiseNotReadable, raiseNotWritable, raiseWrongSelf } from "../../model/raises.gen";
import { GETSET_DESCRIPTOR, MEMBER_DESCRIPTOR, METHOD_DESCRIPTOR } from "../../model/kinds.gen";
import { decref, incref } from "../../model/refcount";
import { isSubtype } from "../../model/subtype";
import { IS_TYPE, isKind, PyObject, PyType, typeOf } from "../../model/type";
import { dict_next, PyDict } from "../../types/dict";
import { instance_new } from "../../types/instance";
import { PyTuple } from "../../types/sequence";
import { builtin_new, callDefinition } from "./builtin";
import { fitGetSet, fitMethod } from "./casts";
import { getSetAt, METH_CLASS, METH_METHOD, METH_STATIC, methodAt } from "./definitions";
import { PyDescr } from "./fixed-objects";
import { PyMember_GetOne, PyMember_SetOne } from "./member";

/** A descriptor of the kind at `place`; takes over the reference to its name. null with an error. */
export function descriptor_new(place: u32, type: PyType, name: PyObject, definition: usize): PyObject | null {
  const d = changetype<PyDescr | null>(fits(place, type, definition) ? instance_new(typeOf(place), 0) : null);
  if (!d) {
    decref(name);
    return null;
  }
  d.name = name;
  d.definition = definition;
  d.owner = type;
  return d;
}

/** Whether the functions of a definition can be called; false with SystemError. */
function fits(place: u32, type: PyType, definition: usize): bool {
  if (place == METHOD_DESCRIPTOR) return fitMethod(definition, type);
  return place != GETSET_DESCRIPTOR || fitGetSet(definition, type);
}

@inline
export function isDescriptor(o: PyObject): bool {
  return isKind(o, METHOD_DESCRIPTOR) || isDataDescriptor(o);
}

/** Whether it is a data descriptor, which comes before an instance's own attributes. */
@inline
export function isDataDescriptor(o: PyObject): bool {
  return isKind(o, MEMBER_DESCRIPTOR) || isKind(o, GETSET_DESCRIPTOR);
}

@inline
export function isStaticOrClass(method: PyObject): bool {
  return (methodAt(changetype<PyDescr>(method).definition).flags & (METH_STATIC | METH_CLASS)) != 0;
}

/** Clears the reference to the type in its descriptors, because the type is about to be deallocated. */
export function forgetOwner(dict: PyObject): void {
  const d = changetype<PyDict>(dict);
  for (let index = dict_next(d, 0); index >= 0; index = dict_next(d, index + 1)) {
    const value = d.valueAt(index)!;
    if (isDescriptor(value)) changetype<PyDescr>(value).owner = null;
  }
}

/** Whether the object is an instance of the descriptor's type; TypeError if not. */
function isFor(d: PyDescr, o: PyObject): bool {
  const owner = d.owner;
  if (owner && isSubtype(o.type, owner)) return true;
  raiseWrongSelf(d.name, o);
  return false;
}

/** The class to pass to a method of METH_METHOD; null for all other methods. */
@inline
function classFor(d: PyDescr): PyType | null {
  return (methodAt(d.definition).flags & METH_METHOD) != 0 ? d.owner : null;
}

/** The attribute's value for `o`, an instance of `type` or null: a new reference; null with an error. */
export function descriptor_get(d: PyDescr, o: PyObject | null, type: PyType): PyObject | null {
  const definition = d.definition;
  if (isKind(d, METHOD_DESCRIPTOR)) {
    const flags = methodAt(definition).flags;
    if ((flags & METH_STATIC) != 0) return builtin_new(definition, null, null, null);
    if ((flags & METH_CLASS) != 0) return builtin_new(definition, type, null, classFor(d));
    if (!o) return incref<PyObject>(d);
    return isFor(d, o) ? builtin_new(definition, o, null, classFor(d)) : null;
  }
  if (!o) return incref<PyObject>(d);
  if (!isFor(d, o)) return null;
  if (isKind(d, MEMBER_DESCRIPTOR)) return PyMember_GetOne(changetype<usize>(o), definition);
  const g = getSetAt(definition);
  if (g.get != 0) return call_indirect<PyObject | null>(g.get, o, g.closure);
  raiseNotReadable(d.name, o);
  return null;
}

/** Sets the attribute of `o` to `value`, or deletes it if that is null: 0, or -1 with an error. */
export function descriptor_set(d: PyDescr, o: PyObject, value: PyObject | null): i32 {
  if (!isFor(d, o)) return -1;
  const definition = d.definition;
  if (isKind(d, MEMBER_DESCRIPTOR)) return PyMember_SetOne(changetype<usize>(o), definition, value);
  const g = getSetAt(definition);
  if (g.set != 0) return call_indirect<i32>(g.set, o, value, g.closure);
  raiseNotWritable(d.name, o);
  return -1;
}

/** Calls Type.method(self, ...); for class and static methods, Type.method(...). */
export function callDescriptor(d: PyDescr, args: usize, n: u32, names: PyTuple | null): PyObject | null {
  const definition = d.definition;
  const flags = methodAt(definition).flags;
  if ((flags & METH_STATIC) != 0) return callDefinition(definition, null, null, args, n, names);
  const self: PyObject | null = n > 0 ? load<PyObject>(args) : null;
  if (!self) {
    raiseNeedsSelf(d.name);
    return null;
  }
  if ((flags & METH_CLASS) != 0) {
    if ((self.type.flags & IS_TYPE) == 0) {
      raiseWrongSelf(d.name, self);
      return null;
    }
  } else if (!isFor(d, self)) return null;
  return callDefinition(definition, self, classFor(d), args + 4, n - 1, names);
}
