// Types that users define: makes them, and keeps the ring of all types that are not built in.
//
// A type may have these functions, as table indices (0: none). The first three are called in this order for a dying instance:
//   finalize(o)               once, while the object is still complete; it may make the object reachable again (PEP 442)
//   drop(o)                   once, when the object is deallocated: it must not create a reference that outlives the call
//   clear(o): 0               releases what traverse shows; also called to break a cycle, after which the object may live on, empty
//   traverse(o, visit, pass)  shows the collector what the object refers to besides slots and items

import { COMPARE, DEALLOC, HASH, REPR, typeFunction } from "../model/functions";
import { TYPE, USER } from "../model/kinds.gen";
import { newObject } from "../model/memory";
import { decref } from "../model/refcount";
import { hasPolicy, POLICY_FREE_LISTS } from "../model/settings";
import {
  HAS_GC,
  HAS_OBJECT_ITEMS,
  IS_HEAP_TYPE,
  IS_PLAIN,
  IS_READY,
  PyObject,
  PyType,
  PyVarObject,
  typeOf,
} from "../model/type";
import { visitIfThere } from "../model/visit";
import { PyStr } from "../text/str";

const HEADER: u32 = 8;
/** How many freed instances a type without items keeps for reuse: as many as the built-in types of small objects. */
const MOST_FREE: u32 = 100;

// What the instances of a type can have besides slots and data.
export const WITH_WEAK_REFERENCES: u32 = 1;
export const WITH_OBJECT_ITEMS: u32 = 2;
/** The type will get a finalizer. */
export const WITH_FINALIZER: u32 = 4;

@inline
function types(): PyType {
  return typeOf(USER);
}

/** Makes the ring, which is empty. */
export function types_begin(): void {
  const head = types();
  head.before = head;
  head.after = head;
}

/** Fills in what all users' types have in common. The type's memory is 0 before. */
export function type_begin(type: PyType, name: PyObject, flags: u32, hostId: u32): void {
  type.name = name;
  type.tp_name = textOf(name);
  type.kind = USER;
  type.flags = flags;
  type.dealloc = typeFunction(USER, DEALLOC);
  type.tp_dealloc = type.dealloc;
  type.hash = typeFunction(USER, HASH);
  type.compare = typeFunction(USER, COMPARE);
  type.repr = typeFunction(USER, REPR);
  type.hostId = hostId;
}

/** The offset of the slots in an instance: after the header, and after the number of items if there is one. */
@inline
export function slotsAtOf(itemSize: u32): u32 {
  return <u32>(itemSize > 0 ? offsetof<PyVarObject>() : offsetof<PyObject>());
}

/** How many freed instances of a type may be kept for reuse. */
export function freeMaxOf(itemSize: u32): u32 {
  return itemSize == 0 && hasPolicy(POLICY_FREE_LISTS) ? MOST_FREE : 0;
}

/** A type whose instances are not laid out yet. Takes over the reference to its name. */
export function type_new(name: PyObject, hostId: u32): PyType | null {
  const type = changetype<PyType | null>(newObject(typeOf(TYPE), offsetof<PyType>()));
  if (!type) {
    decref(name);
    return null;
  }
  memory.fill(changetype<usize>(type) + HEADER, 0, offsetof<PyType>() - HEADER);
  type_begin(type, name, IS_HEAP_TYPE | IS_READY, hostId);
  joinRing(type);
  return type;
}

/**
 * Lays out the instances of a new type: `slots` references, `dataBytes` bytes of data, and items of `itemSize` bytes if
 * that is not 0. `options` are bits WITH_*.
 */
export function type_lay_out(type: PyType, slots: u32, dataBytes: u32, itemSize: u32 = 0, options: u32 = 0): void {
  if (slots > 0 || (options & (WITH_OBJECT_ITEMS | WITH_FINALIZER)) != 0) type.flags |= HAS_GC;
  if ((options & WITH_OBJECT_ITEMS) != 0) type.flags |= HAS_OBJECT_ITEMS;
  type.slots = slots;
  type.slotsAt = slotsAtOf(itemSize);
  let end = type.dataAt + ((dataBytes + 3) & ~3);
  if ((options & WITH_WEAK_REFERENCES) != 0) {
    type.weakList = end;
    end += 4;
  }
  // Items of 8 bytes are at a multiple of 8, as the object is.
  type.basicSize = (itemSize & 7) == 0 && itemSize > 0 ? (end + 7) & ~7 : end;
  type.itemSize = itemSize;
  type.freeMax = freeMaxOf(itemSize);
  if ((itemSize | type.weakList) == 0) type.flags |= IS_PLAIN;
}

/** The name of a type as C reads it: the characters of the string itself; "" if the name is not ASCII. */
export function textOf(name: PyObject): usize {
  const s = changetype<PyStr>(name);
  return s.isAscii ? s.data : s.data + <usize>s.length * s.width;
}

/** Appends the type to the ring. */
export function joinRing(type: PyType): void {
  const last = types().before;
  type.before = last;
  type.after = types();
  last.after = type;
  types().before = type;
}

export function leaveRing(type: PyType): void {
  type.before.after = type.after;
  type.after.before = type.before;
}

/** Tells the neighbours in the ring the new address of a type that was copied. */
@inline
export function type_moved(type: PyType): void {
  type.before.after = type;
  type.after.before = type;
}

/** Shows a type's references, except its neighbours in the ring (model/visit.ts). */
export function type_references<V>(type: PyType, visitor: V): void {
  const at = changetype<usize>(type);
  visitIfThere<V>(at + offsetof<PyType>("name"), visitor);
  visitIfThere<V>(at + offsetof<PyType>("base"), visitor);
  visitIfThere<V>(at + offsetof<PyType>("tp_dict"), visitor);
  visitIfThere<V>(at + offsetof<PyType>("module"), visitor);
}
