// The API's own types: object, functions, descriptors, modules. They are at fixed places after the built-in types, so
// that C can name them. fixed-objects.ts has their objects; those of moduledef are variables of C, not blocks of the heap.

import { COMPARE, DEALLOC, HASH, REPR, slotFunction, typeFunction } from "../../model/functions";
import {
  SLOT_ALLOC,
  SLOT_BUILTIN_CALL,
  SLOT_BUILTIN_REPR,
  SLOT_DEALLOC,
  SLOT_DESCRIPTOR_CALL,
  SLOT_FREE,
  SLOT_GC_FREE,
  SLOT_GETATTRO,
  SLOT_INIT,
  SLOT_MODULE_CLEAR,
  SLOT_MODULE_DROP,
  SLOT_MODULE_GETATTRO,
  SLOT_MODULE_REPR,
  SLOT_MODULE_TRAVERSE,
  SLOT_NEW,
  SLOT_REPR,
  SLOT_SETATTRO,
  SLOT_STR,
  SLOT_TYPE_CALL,
  SLOT_TYPE_GETATTRO,
  SLOT_TYPE_SETATTRO,
} from "../../model/table.gen";
import { handles } from "../../model/handles";
import {
  BASE_OBJECT,
  BOOL,
  BUILTIN,
  GETSET_DESCRIPTOR,
  INT,
  KINDS,
  MEMBER_DESCRIPTOR,
  METHOD_DESCRIPTOR,
  MODULE,
  MODULE_DEF,
  TYPE,
  USER,
} from "../../model/kinds.gen";
import { decref, IMMORTAL, xdecref } from "../../model/refcount";
import { HAS_GC, IS_BASE_TYPE, IS_C_TYPE, IS_READY, isFixedType, PyObject, PyType, typeOf } from "../../model/type";
import { joinRing, leaveRing, textOf } from "../../types/user-type";
import { emptyBaseType, emptySlotTables, fillBaseTypes } from "./base-types";
import { DESCRIPTOR_SLOTS, FUNCTION_SLOTS, MODULE_SLOTS, PyCFunction, PyDescr, PyModule } from "./fixed-objects";

const HEADER: u32 = offsetof<PyObject>();

/** The host's ids for objects of types that C defined, and for objects of the API's own types. */
export const ID_EXTENSION: u32 = 0xffffffff;
export const ID_FUNCTION: u32 = 0xfffffffe;
export const ID_MODULE: u32 = 0xfffffffd;

/** Fills in the functions that all types have for C. */
function fillSlots(type: PyType): void {
  type.tp_repr = slotFunction(SLOT_REPR);
  type.tp_str = slotFunction(SLOT_STR);
  type.tp_getattro = slotFunction(SLOT_GETATTRO);
  type.tp_setattro = slotFunction(SLOT_SETATTRO);
  type.tp_alloc = slotFunction(SLOT_ALLOC);
  type.tp_free = slotFunction(type.hasGC ? SLOT_GC_FREE : SLOT_FREE);
  type.tp_dealloc = type.dealloc;
}

/** Makes the type at `place`, whose objects have `size` bytes with `slots` references in them. */
function begin(place: u32, slots: u32, size: usize, flags: u32): PyType {
  const type = typeOf(place);
  type.refcnt = IMMORTAL;
  type.type = typeOf(TYPE);
  type.kind = USER;
  type.flags = flags | IS_READY;
  type.slots = slots;
  type.slotsAt = HEADER;
  type.basicSize = <u32>size;
  type.dealloc = typeFunction(USER, DEALLOC);
  type.hash = typeFunction(USER, HASH);
  type.compare = typeFunction(USER, COMPARE);
  type.repr = typeFunction(USER, REPR);
  fillSlots(type);
  joinRing(type);
  return type;
}

function beginAll(): void {
  const object = begin(BASE_OBJECT, 0, HEADER, IS_BASE_TYPE);
  object.hostId = ID_EXTENSION;
  object.tp_dealloc = slotFunction(SLOT_DEALLOC);
  object.tp_new = slotFunction(SLOT_NEW);
  object.tp_init = slotFunction(SLOT_INIT);
  const builtin = begin(BUILTIN, FUNCTION_SLOTS, offsetof<PyCFunction>(), HAS_GC);
  builtin.hostId = ID_FUNCTION;
  builtin.tp_call = slotFunction(SLOT_BUILTIN_CALL);
  builtin.repr = slotFunction(SLOT_BUILTIN_REPR);
  begin(METHOD_DESCRIPTOR, DESCRIPTOR_SLOTS, offsetof<PyDescr>(), 0).tp_call = slotFunction(SLOT_DESCRIPTOR_CALL);
  begin(MEMBER_DESCRIPTOR, DESCRIPTOR_SLOTS, offsetof<PyDescr>(), 0);
  begin(GETSET_DESCRIPTOR, DESCRIPTOR_SLOTS, offsetof<PyDescr>(), 0);
  const module = begin(MODULE, MODULE_SLOTS, offsetof<PyModule>(), HAS_GC);
  module.hostId = ID_MODULE;
  module.repr = slotFunction(SLOT_MODULE_REPR);
  module.tp_getattro = slotFunction(SLOT_MODULE_GETATTRO);
  module.traverse = slotFunction(SLOT_MODULE_TRAVERSE);
  module.clear = slotFunction(SLOT_MODULE_CLEAR);
  module.drop = slotFunction(SLOT_MODULE_DROP);
  begin(MODULE_DEF, 0, HEADER, 0);
  for (let kind: u32 = 0; kind < KINDS; kind++) fillSlots(typeOf(kind));
  fillBaseTypes();
  for (let place: u32 = 0; place <= MODULE_DEF; place++)
    if (place != BASE_OBJECT && place != USER) typeOf(place).base = object;
  typeOf(BOOL).base = typeOf(INT);
  const type = typeOf(TYPE);
  type.tp_call = slotFunction(SLOT_TYPE_CALL);
  type.tp_getattro = slotFunction(SLOT_TYPE_GETATTRO);
  type.tp_setattro = slotFunction(SLOT_TYPE_SETATTRO);
}

/**
 * Takes the name from the stack, and gives it to the type at a place, for C to read. The first call makes all types.
 */
export function name_fixed_type(place: u32): void {
  const name = handles().pop();
  if (typeOf(BASE_OBJECT).refcnt == 0) beginAll();
  const type = typeOf(place);
  if (type.name) {
    decref(name);
    return;
  }
  type.name = name;
  type.tp_name = textOf(name);
}

// ---- without modules in C ----

/**
 * Whether the heap has objects of types that modules in C defined, or objects of the API's own types: functions,
 * modules, descriptors.
 */
export function hasObjectsOfC(): bool {
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) {
    if ((type.flags & IS_C_TYPE) != 0 || (isFixedType(type) && type.live != 0)) return true;
  }
  return false;
}

/**
 * Makes the types as they were before the first one was named: no type has a name or functions for C, and the API's own
 * types are empty.
 */
export function unnameFixedTypes(): void {
  if (typeOf(BASE_OBJECT).refcnt == 0) return;
  emptySlotTables();
  for (let place: u32 = 0; place <= MODULE_DEF; place++) {
    const type = typeOf(place);
    xdecref(type.name);
    type.name = null;
    if (place < KINDS) emptySlots(type);
    else if (place != USER) {
      leaveRing(type);
      memory.fill(changetype<usize>(type), 0, offsetof<PyType>());
    }
  }
}

/** The counterpart of beginAll, for a built-in type. */
function emptySlots(type: PyType): void {
  type.tp_name = 0;
  type.tp_repr = 0;
  type.tp_str = 0;
  type.tp_getattro = 0;
  type.tp_setattro = 0;
  type.tp_alloc = 0;
  type.tp_free = 0;
  type.tp_call = 0;
  type.base = null;
  emptyBaseType(type);
}
