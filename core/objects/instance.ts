// Types that users define, and their instances.
//
//   refcnt | type | size, if itemSize > 0 | slot, slot, ... | data ... | weak references | items ...
//
//   slots   references to objects, never 0 (None at first)           counted, and followed by the collector
//   data    bytes that the type's user gives a meaning               not looked at
//   items   size * itemSize bytes more, for each instance as many as it was made with
//
// A type may have functions of its own, as table indices: traverse(o, visit, pass), clear(o), finalize(o). finalize runs once,
// before anything of the object is gone, and may make it reachable again (PEP 442).
// Imports objects/object, weak, scalars.

import { E_TYPE, NEED_INSTANCE } from "./error";
import { DEALLOC, typeFunction, COMPARE, HASH, REPR } from "./functions";
import {
  decref,
  freeFixed,
  freeObject,
  GC_FINALIZED,
  gcHead,
  HAS_GC,
  incref,
  IS_HEAP_TYPE,
  isTracked,
  newFixed,
  newObject,
  None,
  PyObject,
  PyType,
  PyVarObject,
  raiseAbout,
  track,
  TYPE,
  typeOf,
  untrack,
  USER,
} from "./object";
import { itemAt, setItemAt } from "./sequence";
import { weak_clear_all } from "./weak";

const HEADER: u32 = 8;
const FEW_BYTES: usize = 64;

/** What a type's instances can have besides slots and data. */
export const WITH_WEAK_REFERENCES: u32 = 1;

/**
 * A type with `slots` references and `dataBytes` bytes of data in each instance. Takes over the reference to its name.
 * Functions are table indices, 0 for none.
 */
export function type_new(
  name: PyObject,
  slots: u32,
  dataBytes: u32,
  itemSize: u32,
  options: u32,
  traverse: u32,
  clear: u32,
  finalize: u32,
  hostId: u32,
): PyType | null {
  const meta = typeOf(TYPE);
  const type = changetype<PyType | null>(newObject(meta, offsetof<PyType>()));
  if (!type) {
    decref(name);
    return null;
  }
  memory.fill(changetype<usize>(type) + HEADER, 0, offsetof<PyType>() - HEADER);
  type.name = name;
  type.kind = USER;
  const collected = slots > 0 || traverse != 0 || finalize != 0;
  type.flags = IS_HEAP_TYPE | (collected ? HAS_GC : 0);
  type.slots = slots;
  type.slotsAt = itemSize > 0 ? HEADER + 4 : HEADER;
  const dataAt = type.dataAt;
  let end = dataAt + ((dataBytes + 3) & ~3);
  if ((options & WITH_WEAK_REFERENCES) != 0) {
    type.weakList = end;
    end += 4;
  }
  type.basicSize = end;
  type.itemSize = itemSize;
  type.dealloc = typeFunction(USER, DEALLOC);
  type.hash = typeFunction(USER, HASH);
  type.compare = typeFunction(USER, COMPARE);
  type.repr = typeFunction(USER, REPR);
  type.traverse = traverse;
  type.clear = clear;
  type.finalize = finalize;
  type.hostId = hostId;
  return type;
}

/** Built-in types are never deallocated; those of users go when nobody refers to them. */
export function type_dealloc(o: PyObject): void {
  const type = changetype<PyType>(o);
  const name = type.name;
  if (name) decref(name);
  freeObject(o, offsetof<PyType>());
}

@inline
function bytesOf(type: PyType, items: u32): usize {
  return <usize>type.basicSize + <usize>items * type.itemSize;
}

/** An instance: slots are None, data and items are 0. */
export function instance_new(type: PyType, items: u32): PyObject | null {
  const whole = <u64>type.basicSize + <u64>items * type.itemSize;
  const bytes = whole > 0x7ffffff0 ? <usize>0x7ffffff0 : <usize>whole;
  const o = type.itemSize == 0 ? newFixed(type) : newObject(type, bytes);
  if (!o) return null;
  incref<PyType>(type);
  if (type.itemSize != 0) changetype<PyVarObject>(o).size = items;
  const slots = slotsOf(o);
  const end = slots + (<usize>type.slots << 2);
  for (let slot = slots; slot < end; slot += 4) store<PyObject>(slot, None());
  clearWords(end, changetype<usize>(o) + bytes);
  if (type.hasGC) track(o);
  return o;
}

/** Bytes from `at`, a multiple of 4, up to `end` are 0. A few words are quicker written one by one than by memory.fill, which is a call. */
@inline
function clearWords(at: usize, end: usize): void {
  if (end - at > FEW_BYTES) memory.fill(at, 0, end - at);
  else for (; at < end; at += 4) store<u32>(at, 0);
}

@inline
export function slotsOf(o: PyObject): usize {
  return changetype<usize>(o) + o.type.slotsAt;
}

/** The object is an instance with a slot of this number; TypeError if not. */
export function hasSlot(o: PyObject, k: u32): bool {
  if (o.type.kind == USER && o.type.slots > k) return true;
  raiseAbout(E_TYPE, o, null, NEED_INSTANCE);
  return false;
}

export function instance_get(o: PyObject, k: u32): PyObject {
  return itemAt(slotsOf(o), k);
}

/** Slot `k` holds `value`, whose reference it takes over. */
export function instance_set(o: PyObject, k: u32, value: PyObject): void {
  const old = itemAt(slotsOf(o), k);
  setItemAt(slotsOf(o), k, value);
  decref(old);
}

/** Runs the finalizer, if there is one that did not run yet. */
export function finalize(o: PyObject): void {
  const type = o.type;
  if (type.finalize == 0) return;
  const head = gcHead(o);
  if ((head.flags & GC_FINALIZED) != 0) return;
  head.prev |= GC_FINALIZED;
  call_indirect<void>(type.finalize, o);
}

/** Whether the finalizer of a dead object brought it back to life. */
function isResurrected(o: PyObject): bool {
  if (o.type.finalize == 0 || (gcHead(o).flags & GC_FINALIZED) != 0) return false;
  o.refcnt = 1;
  finalize(o);
  o.refcnt--;
  if (o.refcnt == 0) return false;
  if (!isTracked(o)) track(o);
  return true;
}

export function instance_dealloc(o: PyObject): void {
  const type = o.type;
  if (isResurrected(o)) return;
  if (type.hasGC) untrack(o);
  if (type.weakList != 0) weak_clear_all(o);
  if (type.clear != 0) call_indirect<void>(type.clear, o);
  const slots = slotsOf(o);
  for (let k: u32 = 0; k < type.slots; k++) decref(itemAt(slots, k));
  if (type.itemSize == 0) freeFixed(o);
  else freeObject(o, bytesOf(type, changetype<PyVarObject>(o).size));
  decref(type);
}

/** The collector breaks a cycle: slots are None afterwards. */
export function instance_clear(o: PyObject): void {
  const type = o.type;
  if (type.clear != 0) call_indirect<void>(type.clear, o);
  for (let k: u32 = 0; k < type.slots; k++) instance_set(o, k, None());
}

/** Bytes of the instance, collector header included. */
export function instance_sizeof(o: PyObject): usize {
  const type = o.type;
  return bytesOf(type, type.itemSize != 0 ? changetype<PyVarObject>(o).size : 0) + type.headBytes;
}
