// The tables in which C defines functions, attributes, modules and types. Their layouts are those of CPython's structs
// (include/methodobject.h, descrobject.h, moduleobject.h, object.h). The tables belong to C. A row whose name is NULL,
// or whose slot is 0, ends a table.

import { PyObject } from "../../model/type";

/** The version of the layouts that C knows. Each module has the version of the headers that it was compiled with (include/abi.h). */
export const ABI_VERSION: u32 = 3;

/** A method or a function; `meth` is a table index, `flags` are METH_*. */
@unmanaged
export class PyMethodDef {
  name: usize;
  meth: u32;
  flags: u32;
  doc: usize;
}

export const METH_VARARGS: u32 = 0x0001;
export const METH_KEYWORDS: u32 = 0x0002;
export const METH_NOARGS: u32 = 0x0004;
export const METH_O: u32 = 0x0008;
export const METH_CLASS: u32 = 0x0010;
export const METH_STATIC: u32 = 0x0020;
export const METH_COEXIST: u32 = 0x0040;
export const METH_FASTCALL: u32 = 0x0080;
export const METH_METHOD: u32 = 0x0200;

/** A field of an instance; `type` is one of T_* (member.ts), `offset` counts from the object. */
@unmanaged
export class PyMemberDef {
  name: usize;
  type: u32;
  offset: i32;
  flags: u32;
  doc: usize;
}

/** An attribute with a getter and a setter, which are table indices. Both are passed the closure. */
@unmanaged
export class PyGetSetDef {
  name: usize;
  get: u32;
  set: u32;
  doc: usize;
  closure: usize;
}

@unmanaged
export class PyModuleDef extends PyObject {
  init: u32;
  index: i32;
  copy: usize;
  name: usize;
  doc: usize;
  /** Bytes of the module's state. Negative: the module has no state, and can't be loaded twice. */
  size: i32;
  methods: usize;
  slots: usize;
  traverse: u32;
  clear: u32;
  free: u32;
}

/** A row in a table of slots: in PyModuleDef.slots, or in PyType_Spec.slots (PyType_Slot). */
@unmanaged
export class SlotDef {
  slot: i32;
  value: usize;
}

/** Kinds of slots of a module. */
export const MOD_CREATE: i32 = 1;
export const MOD_EXEC: i32 = 2;

@unmanaged
export class PyType_Spec {
  name: usize;
  /** If negative, the number of bytes that the type adds to its base. */
  basicSize: i32;
  itemSize: i32;
  flags: u32;
  slots: usize;
}

// Rows of tables by address.

/** The address of the name of a method, a member or an attribute. Their definitions begin with it. */
@inline
export function nameAt(at: usize): usize {
  return load<usize>(at);
}

@inline
export function methodAt(at: usize): PyMethodDef {
  return changetype<PyMethodDef>(at);
}

/** The flags of a method that say with which parameters its function is called. */
@inline
export function callFlags(definition: usize): u32 {
  return methodAt(definition).flags & ~(METH_CLASS | METH_STATIC | METH_COEXIST);
}

@inline
export function memberAt(at: usize): PyMemberDef {
  return changetype<PyMemberDef>(at);
}

@inline
export function getSetAt(at: usize): PyGetSetDef {
  return changetype<PyGetSetDef>(at);
}

@inline
export function moduleDefAt(at: usize): PyModuleDef {
  return changetype<PyModuleDef>(at);
}

@inline
export function slotAt(at: usize): SlotDef {
  return changetype<SlotDef>(at);
}
