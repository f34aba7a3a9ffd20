// Inheritance: a type gets from its base everything that it does not define itself (CPython's Objects/typeobject.c,
// inherit_special and inherit_slots).

import { HASH, slotFunction, typeFunction } from "../../model/functions";
import { SLOT_ALLOC, SLOT_FREE, SLOT_GC_FREE, SLOT_REPR, SLOT_STR } from "../../model/table.gen";
import { BASE_OBJECT, LIST, USER } from "../../model/kinds.gen";
import {
  DISALLOWS_INSTANTIATION,
  FAMILIES,
  HAS_GC,
  HAS_VECTORCALL,
  IS_C_TYPE,
  IS_HEAP_TYPE,
  MANAGED_DICT,
  MANAGED_WEAKREF,
  managedBytes,
  PyObject,
  PyType,
  typeOf,
} from "../../model/type";

/** Inherits the word at an offset, if it is 0 in the type. */
@inline
function word(type: PyType, base: PyType, offset: usize): void {
  const at = changetype<usize>(type) + offset;
  if (load<u32>(at) == 0) store<u32>(at, load<u32>(changetype<usize>(base) + offset));
}

/** Inherits a table of functions: the whole table if the type has none, otherwise the entries that are 0. */
function table(type: PyType, base: PyType, offset: usize, words: u32): void {
  const own = load<usize>(changetype<usize>(type) + offset);
  const bases = load<usize>(changetype<usize>(base) + offset);
  if (own == 0) {
    store<usize>(changetype<usize>(type) + offset, bases);
    return;
  }
  if (bases == 0 || own == bases) return;
  for (let k: usize = 0; k < words; k++) {
    if (load<u32>(own + (k << 2)) == 0) store<u32>(own + (k << 2), load<u32>(bases + (k << 2)));
  }
}

export const NUMBER_WORDS: u32 = 36;
export const SEQUENCE_WORDS: u32 = 10;
export const MAPPING_WORDS: u32 = 3;
export const ASYNC_WORDS: u32 = 4;
export const BUFFER_WORDS: u32 = 2;

export function inherit(type: PyType, base: PyType): void {
  inheritLayout(type, base);
  inheritCollector(type, base);
  inheritEquality(type, base);
  word(type, base, offsetof<PyType>("tp_dealloc"));
  word(type, base, offsetof<PyType>("tp_call"));
  word(type, base, offsetof<PyType>("tp_iter"));
  word(type, base, offsetof<PyType>("tp_iternext"));
  word(type, base, offsetof<PyType>("tp_descr_get"));
  word(type, base, offsetof<PyType>("tp_descr_set"));
  word(type, base, offsetof<PyType>("tp_init"));
  word(type, base, offsetof<PyType>("finalize"));
  inheritAttributes(type, base);
  inheritText(type, base);
  table(type, base, offsetof<PyType>("tp_as_number"), NUMBER_WORDS);
  table(type, base, offsetof<PyType>("tp_as_sequence"), SEQUENCE_WORDS);
  table(type, base, offsetof<PyType>("tp_as_mapping"), MAPPING_WORDS);
  table(type, base, offsetof<PyType>("tp_as_async"), ASYNC_WORDS);
  table(type, base, offsetof<PyType>("tp_as_buffer"), BUFFER_WORDS);
  type.flags |= base.flags & FAMILIES;
  inheritNew(type, base);
}

/** The size of the struct that C has for an instance: without the words that the core keeps behind it. */
export function structBytes(type: PyType): u32 {
  return type.basicSize - managedBytes(type);
}

/**
 * Makes room behind the struct of C for the words that the type asks for with Py_TPFLAGS_MANAGED_DICT and Py_TPFLAGS_MANAGED_WEAKREF. CPython
 * keeps them in front of the object.
 */
export function addManaged(type: PyType): void {
  let end = type.basicSize;
  if ((type.flags & MANAGED_DICT) != 0) {
    type.tp_dictoffset = <i32>end;
    end += 4;
  }
  if ((type.flags & MANAGED_WEAKREF) != 0) {
    type.weakList = end;
    end += 4;
  }
  type.basicSize = end;
}

/** Makes the managed words of a new instance 0. */
@inline
export function clearManaged(o: PyObject): void {
  const bytes = managedBytes(o.type);
  if (bytes != 0) memory.fill(changetype<usize>(o) + o.type.basicSize - bytes, 0, bytes);
}

function inheritLayout(type: PyType, base: PyType): void {
  if (type.basicSize == 0) type.basicSize = structBytes(base);
  type.flags |= base.flags & (MANAGED_DICT | MANAGED_WEAKREF);
  word(type, base, offsetof<PyType>("itemSize"));
  word(type, base, offsetof<PyType>("weakList"));
  word(type, base, offsetof<PyType>("tp_dictoffset"));
  type.slots = base.slots;
  type.slotsAt = type.slots != 0 ? base.slotsAt : type.itemSize != 0 ? 12 : 8;
}

/**
 * If the base's objects take part in garbage collection, so do the type's. They use the base's functions, unless the
 * type has its own.
 */
function inheritCollector(type: PyType, base: PyType): void {
  // The functions of a built-in type need the header, whether the type in C has its own functions or not.
  const inherits = (type.traverse | type.clear) == 0 || base.kind != USER;
  if ((base.flags & HAS_GC) != 0 && inherits) type.flags |= HAS_GC;
  if ((type.flags & HAS_GC) != 0 && (type.traverse | type.clear) == 0) {
    type.traverse = base.traverse;
    type.clear = base.clear;
  }
  if (type.tp_alloc == 0) type.tp_alloc = (base.flags & IS_C_TYPE) != 0 ? base.tp_alloc : slotFunction(SLOT_ALLOC);
  if (type.tp_free != 0) return;
  // PyObject_Del is for objects without a collector header, PyObject_GC_Del for those with one. Any other function is
  // the base's own, and is inherited.
  const isStandard = base.tp_free == slotFunction(SLOT_FREE) || base.tp_free == slotFunction(SLOT_GC_FREE);
  type.tp_free = isStandard ? slotFunction(type.hasGC ? SLOT_GC_FREE : SLOT_FREE) : base.tp_free;
}

/** Inherits hash and comparison together: a type that defines one of them does not inherit the other. */
function inheritEquality(type: PyType, base: PyType): void {
  if (type.hash == 0 && type.compare == 0) {
    type.hash = base.hash;
    type.compare = base.compare;
    return;
  }
  if (type.hash == 0) type.hash = typeFunction(LIST, HASH);
  if (type.compare == 0) type.compare = typeOf(BASE_OBJECT).compare;
}

function inheritAttributes(type: PyType, base: PyType): void {
  if (type.tp_getattr == 0 && type.tp_getattro == 0) {
    type.tp_getattr = base.tp_getattr;
    type.tp_getattro = base.tp_getattro;
  }
  if (type.tp_setattr == 0 && type.tp_setattro == 0) {
    type.tp_setattr = base.tp_setattr;
    type.tp_setattro = base.tp_setattro;
  }
}

function inheritText(type: PyType, base: PyType): void {
  const hasOwn = (base.flags & IS_C_TYPE) != 0 || base.kind != USER;
  if (type.tp_repr == 0) type.tp_repr = hasOwn ? base.tp_repr : slotFunction(SLOT_REPR);
  if (type.tp_str == 0) type.tp_str = hasOwn ? base.tp_str : slotFunction(SLOT_STR);
}

/**
 * Inherits tp_new, and with it the vectorcall. A static type whose base is `object` can't be called to make instances, unless it has its
 * own tp_new.
 */
function inheritNew(type: PyType, base: PyType): void {
  if (type.tp_new != 0) return;
  const isStatic = (type.flags & IS_HEAP_TYPE) == 0;
  if ((isStatic && base === typeOf(BASE_OBJECT)) || (type.flags & DISALLOWS_INSTANTIATION) != 0)
    type.flags |= DISALLOWS_INSTANTIATION;
  else type.tp_new = base.tp_new;
  if (type.tp_vectorcall_offset == 0 && (base.flags & HAS_VECTORCALL) != 0) {
    type.tp_vectorcall_offset = base.tp_vectorcall_offset;
    type.flags |= HAS_VECTORCALL;
  }
}
