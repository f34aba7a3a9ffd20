// PyType_Ready: completes a type that C defined. It inherits from its base, gets a dict with its methods, members and attributes, fills in
// the core's own fields, and joins the ring of types.

import {
  raiseBaseType,
  raiseManagedItems,
  raiseManagedStatic,
  raiseNamelessType,
  raiseNotTraversed,
  raiseTypeSize,
} from "../../model/raises.gen";
import { slotFunction } from "../../model/functions";
import { SLOT_BASE_REPR, SLOT_C_DEALLOC, SLOT_C_REPR, SLOT_REPR } from "../../model/table.gen";
import {
  BASE_OBJECT,
  GETSET_DESCRIPTOR,
  MEMBER_DESCRIPTOR,
  METHOD_DESCRIPTOR,
  TYPE,
  USER,
} from "../../model/kinds.gen";
import { decref, IMMORTAL, incref, xdecref } from "../../model/refcount";
import {
  DERIVED,
  HAS_GC,
  IS_BASE_TYPE,
  IS_C_TYPE,
  IS_HEAP_TYPE,
  IS_READY,
  MANAGED_DICT,
  isDerived,
  managedBytes,
  PyObject,
  PyType,
  typeOf,
} from "../../model/type";
import { dict_contains, dict_new, dict_set, PyDict } from "../../types/dict";
import { joinRing, leaveRing } from "../../types/user-type";
import { fitSlots } from "./casts";
import { nameAt, PyGetSetDef, PyMemberDef, PyMethodDef } from "./definitions";
import { descriptor_new, forgetOwner } from "./descriptor";
import { ID_EXTENSION } from "./fixed-types";
import { addManaged, inherit, structBytes } from "./inherit";
import { docKey } from "./module-object";
import { internedText, strOfC } from "./text";

/**
 * 0; or -1 with an error: then the type is not ready, although some of its fields may be filled in. A second call does
 * nothing if the type is ready.
 */
export function PyType_Ready(type: PyType): i32 {
  if ((type.flags & IS_READY) != 0) return 0;
  if (type.tp_name == 0) {
    raiseNamelessType();
    return -1;
  }
  const given = type.base;
  const base = given ? given : typeOf(BASE_OBJECT);
  if (PyType_Ready(base) < 0) return -1;
  const name = internedText(type.tp_name);
  if (!name) return -1;
  if (!fitsBase(type, base, name) || !fitSlots(type)) {
    decref(name);
    return -1;
  }
  if ((type.flags & IS_HEAP_TYPE) == 0) type.refcnt = IMMORTAL;
  if (changetype<usize>(type.type) == 0) type.type = typeOf(TYPE);
  type.name = name;
  type.kind = base.kind == USER || isDerived(base) ? base.kind : base.kind | DERIVED;
  type.hostId = ID_EXTENSION;
  inherit(type, base);
  type.dealloc = slotFunction(SLOT_C_DEALLOC);
  const isInherited = type.tp_repr == slotFunction(SLOT_REPR) || type.tp_repr == slotFunction(SLOT_BASE_REPR);
  type.repr = isInherited ? base.repr : slotFunction(SLOT_C_REPR);
  type.flags |= IS_C_TYPE;
  if (!fillDict(type)) {
    type.name = null;
    decref(name);
    return -1;
  }
  // A type made from a PyType_Spec has its reference to the base already.
  if ((type.flags & IS_HEAP_TYPE) == 0) type.base = incref<PyType>(base);
  addManaged(type);
  type.flags |= IS_READY;
  joinRing(type);
  return 0;
}

/** Whether a type can be derived from a base: C may extend the layout of its instances. */
function fitsBase(type: PyType, base: PyType, name: PyObject): bool {
  if ((base.flags & IS_BASE_TYPE) == 0) {
    raiseBase(base);
    return false;
  }
  if (type.basicSize != 0 && type.basicSize < structBytes(base)) {
    raiseTypeSize(name);
    return false;
  }
  if ((type.itemSize | base.itemSize) != 0 && (managedBytes(type) | managedBytes(base)) != 0) {
    raiseManagedItems(name);
    return false;
  }
  if (((type.flags | base.flags) & MANAGED_DICT) != 0 && (type.flags & IS_HEAP_TYPE) == 0) {
    raiseManagedStatic(name);
    return false;
  }
  if ((type.flags & HAS_GC) != 0 && type.traverse == 0) {
    raiseNotTraversed(name);
    return false;
  }
  return true;
}

function raiseBase(base: PyType): void {
  const text = internedText(base.tp_name);
  if (!text) return;
  raiseBaseType(text);
  decref(text);
}

// ---- the dict ----

/** Fills the type's dict with its methods, members, getters and setters, and its doc. Names that exist already stay as they are. */
function fillDict(type: PyType): bool {
  const given = type.tp_dict;
  const dict = given ? given : dict_new();
  if (!dict) return false;
  type.tp_dict = dict;
  const d = changetype<PyDict>(dict);
  if (
    addAll(d, type, METHOD_DESCRIPTOR, type.tp_methods, offsetof<PyMethodDef>()) &&
    addAll(d, type, MEMBER_DESCRIPTOR, type.tp_members, offsetof<PyMemberDef>()) &&
    addAll(d, type, GETSET_DESCRIPTOR, type.tp_getset, offsetof<PyGetSetDef>()) &&
    addDoc(d, type)
  ) {
    return true;
  }
  if (!given) {
    type.tp_dict = null;
    decref(dict);
  }
  return false;
}

function addAll(d: PyDict, type: PyType, place: u32, definitions: usize, bytes: usize): bool {
  for (let at = definitions; at != 0 && nameAt(at) != 0; at += bytes) {
    const name = internedText(nameAt(at));
    if (!name) return false;
    const has = dict_contains(d, name);
    const descriptor = has == 0 ? descriptor_new(place, type, incref<PyObject>(name), at) : null;
    const done = has > 0 || (descriptor !== null && dict_set(d, name, descriptor));
    xdecref(descriptor);
    decref(name);
    if (!done) return false;
  }
  return true;
}

function addDoc(d: PyDict, type: PyType): bool {
  return type.tp_doc == 0 || setDoc(d, type.tp_doc);
}

/** Sets d["__doc__"] to the text. */
export function setDoc(d: PyDict, text: usize): bool {
  const key = docKey();
  const doc = key ? strOfC(text) : null;
  const done = doc !== null && dict_set(d, key!, doc);
  xdecref(doc);
  xdecref(key);
  return done;
}

// ---- removing a type ----

/** Releases the references of a static type, takes it out of the ring, and makes it "not ready". */
export function type_retire(type: PyType): void {
  leaveRing(type);
  type.flags &= ~IS_READY;
  type.basicSize = structBytes(type);
  const dict = type.tp_dict;
  const name = type.name;
  type.tp_dict = null;
  type.name = null;
  if (dict) {
    forgetOwner(dict);
    decref(dict);
  }
  xdecref(name);
  xdecref(type.base);
}

/** PyType_Modified. Does nothing, because attributes are not cached. */
export function PyType_Modified(_type: PyType): void {}

export function PyType_GetFlags(type: PyType): u32 {
  return type.flags;
}
