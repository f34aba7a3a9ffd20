// Types that users define, and their instances.
//
//   refcnt | type | size, if there are items | slot, slot, ... | data ... | weak references | item, item, ...
//
//   slots   references to objects, never 0 (None at first)           counted, and followed by the collector
//   data    bytes that the type's user gives a meaning               not looked at
//   items   size * itemSize bytes more, for each instance as many as it was made with: references if the type HAS_OBJECT_ITEMS,
//           to be treated as slots are; else data
//
// A type may have functions of its own, as table indices (0: none). In the order in which a dying instance meets them:
//   finalize(o)               once, before anything of the object is gone; it may make it reachable again (PEP 442)
//   drop(o)                   once, when the object goes for good: no reference to it may outlive the call
//   clear(o): 0               lets go of what traverse shows; also called to break a cycle, and then the object lives on empty
//   traverse(o, visit, pass)  shows the collector what the object refers to besides slots and items

import { E_INDEX, E_TYPE, NEED_INSTANCE } from "../model/error";
import { forgetOwner } from "../capi/runtime/descriptor";
import { DEALLOC, typeFunction, COMPARE, HASH, REPR } from "../model/functions";
import {
  clearFreeList,
  decref,
  freeBlock,
  freeFixed,
  freeObject,
  GC_FINALIZED,
  gcHead,
  HAS_GC,
  HAS_OBJECT_ITEMS,
  hasPolicy,
  incref,
  IS_PLAIN,
  IS_HEAP_TYPE,
  IS_READY,
  isTracked,
  newFixed,
  newObject,
  None,
  POLICY_FREE_LISTS,
  PyObject,
  PyType,
  PyVarObject,
  raiseAbout,
  track,
  TYPE,
  typeOf,
  untrack,
  USER,
  xdecref,
} from "../model/object";
import { callClear, callFunction } from "./outside";
import { itemAt, setItemAt } from "./sequence";
import { PyStr } from "../text/str";
import { weak_clear_all } from "./weak";

/** The host's type of this number is gone, and its functions will not be called any more. */
@external("host", "dropType")
declare function hostDropType(hostId: u32): void;

const HEADER: u32 = 8;
const FEW_BYTES: usize = 64;
/** How many freed instances a type without items keeps: as many as the built-in types of small objects. */
const MOST_FREE: u32 = 100;

/** What a type's instances can have besides slots and data. */
export const WITH_WEAK_REFERENCES: u32 = 1;
export const WITH_OBJECT_ITEMS: u32 = 2;

@inline
function types(): PyType {
  return typeOf(USER);
}

/** There is no type of a user. */
export function types_begin(): void {
  const head = types();
  head.before = head;
  head.after = head;
}

/** What every such type has, in a type that is 0 otherwise. */
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

/** How many freed instances of a type are kept. */
export function freeMaxOf(itemSize: u32): u32 {
  return itemSize == 0 && hasPolicy(POLICY_FREE_LISTS) ? MOST_FREE : 0;
}

/**
 * A type with `slots` references and `dataBytes` bytes of data in each instance, and items of `itemSize` bytes if that is not 0.
 * Takes over the reference to its name.
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
  drop: u32,
  hostId: u32,
): PyType | null {
  const meta = typeOf(TYPE);
  const type = changetype<PyType | null>(newObject(meta, offsetof<PyType>()));
  if (!type) {
    decref(name);
    return null;
  }
  memory.fill(changetype<usize>(type) + HEADER, 0, offsetof<PyType>() - HEADER);
  const objectItems = (options & WITH_OBJECT_ITEMS) != 0;
  const collected = slots > 0 || objectItems || traverse != 0 || finalize != 0;
  const flags = IS_HEAP_TYPE | IS_READY | (collected ? HAS_GC : 0) | (objectItems ? HAS_OBJECT_ITEMS : 0);
  type_begin(type, name, flags, hostId);
  type.slots = slots;
  type.slotsAt = itemSize > 0 ? HEADER + 4 : HEADER;
  let end = type.dataAt + ((dataBytes + 3) & ~3);
  if ((options & WITH_WEAK_REFERENCES) != 0) {
    type.weakList = end;
    end += 4;
  }
  // Items of 8 bytes stand at a multiple of 8, as the object does.
  type.basicSize = (itemSize & 7) == 0 && itemSize > 0 ? (end + 7) & ~7 : end;
  type.itemSize = itemSize;
  type.freeMax = freeMaxOf(itemSize);
  type.traverse = traverse;
  type.clear = clear;
  type.finalize = finalize;
  type.drop = drop;
  if ((itemSize | traverse | clear | finalize | drop | type.weakList) == 0) type.flags |= IS_PLAIN;
  joinRing(type);
  return type;
}

function freeOwn(type: PyType): void {
  freeBlock(type.own);
  typeOf(TYPE).resized(-(<isize>type.ownBytes));
}

/** The name of a type as C reads it, in the string itself; "" if it is not ASCII. */
export function textOf(name: PyObject): usize {
  const s = changetype<PyStr>(name);
  return s.isAscii ? s.data : s.data + <usize>s.length * s.width;
}

/** The type is last in the ring. */
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

/** Built-in types are never deallocated; those of users go when nobody refers to them, no instance either. */
export function type_dealloc(o: PyObject): void {
  const type = changetype<PyType>(o);
  const hostId = type.hostId;
  clearFreeList(type);
  leaveRing(type);
  const name = type.name;
  if (name) decref(name);
  const dict = type.tp_dict;
  if (dict) {
    forgetOwner(dict);
    decref(dict);
  }
  xdecref(type.base);
  xdecref(type.module);
  if (type.own != 0) freeOwn(type);
  freeObject(o, offsetof<PyType>());
  if (hostId != 0) hostDropType(hostId);
}

@inline
function bytesOf(type: PyType, items: u32): usize {
  return <usize>type.basicSize + <usize>items * type.itemSize;
}

/** An instance: slots are None, data is 0; so are items, None or 0. */
export function instance_new(type: PyType, items: u32): PyObject | null {
  if (type.itemSize != 0) return newWithItems(type, items);
  const o = newFixed(type);
  if (!o) return null;
  incref<PyType>(type);
  begin(o);
  return o;
}

/** Slots are None, data is 0, and the collector knows the instance. */
@inline
function begin(o: PyObject): void {
  const type = o.type;
  const slots = slotsOf(o);
  const end = slots + (<usize>type.slots << 2);
  for (let slot = slots; slot < end; slot += 4) store<PyObject>(slot, None());
  clearWords(end, itemsOf(o));
  if (type.hasGC) track(o);
}

function newWithItems(type: PyType, items: u32): PyObject | null {
  const whole = <u64>type.basicSize + <u64>items * type.itemSize;
  const bytes = whole > 0x7ffffff0 ? <usize>0x7ffffff0 : <usize>whole;
  const o = newObject(type, bytes);
  if (!o) return null;
  incref<PyType>(type);
  changetype<PyVarObject>(o).size = items;
  if (type.hasObjectItems) fillWithNone(itemsOf(o), items);
  else memory.fill(itemsOf(o), 0, <usize>items * type.itemSize);
  begin(o);
  return o;
}

/** Bytes from `at` up to `end`, multiples of 4, are 0. A few words are quicker written one by one than by memory.fill, which is a call. */
@inline
function clearWords(at: usize, end: usize): void {
  if (end - at > FEW_BYTES) memory.fill(at, 0, end - at);
  else for (; at < end; at += 4) store<u32>(at, 0);
}

@inline
function fillWithNone(row: usize, n: u32): void {
  const end = row + (<usize>n << 2);
  for (let slot = row; slot < end; slot += 4) store<PyObject>(slot, None());
}

@inline
export function slotsOf(o: PyObject): usize {
  return changetype<usize>(o) + o.type.slotsAt;
}

@inline
export function itemsOf(o: PyObject): usize {
  return changetype<usize>(o) + o.type.basicSize;
}

/** How many items the instance has. */
@inline
export function instance_length(o: PyObject): u32 {
  return o.type.itemSize != 0 ? changetype<PyVarObject>(o).size : 0;
}

/** How many of its items are references: all or none. */
@inline
export function objectItemsOf(o: PyObject): u32 {
  return o.type.hasObjectItems ? changetype<PyVarObject>(o).size : 0;
}

/** The number of the instance's item with this index, which counts from the end if it is negative; -1 with IndexError. */
export function instance_index(o: PyObject, index: i32, what: i32): i32 {
  const n = <i32>instance_length(o);
  const k = index < 0 ? index + n : index;
  if (k >= 0 && k < n) return k;
  raiseAbout(E_INDEX, o, null, what);
  return -1;
}

/** The object is an instance with a slot of this number; TypeError if not. */
export function hasSlot(o: PyObject, k: u32): bool {
  if (o.type.kind == USER && o.type.slots > k) return true;
  raiseAbout(E_TYPE, o, null, NEED_INSTANCE);
  return false;
}

/** Word `k` of the row, which are slots or items, holds `value`, whose reference it takes over. */
export function exchange(row: usize, k: u32, value: PyObject): void {
  const old = itemAt(row, k);
  setItemAt(row, k, value);
  decref(old);
}

/** Runs the finalizer, if there is one that did not run yet. */
export function finalize(o: PyObject): void {
  const type = o.type;
  if (type.finalize == 0) return;
  const head = gcHead(o);
  if ((head.flags & GC_FINALIZED) != 0) return;
  head.prev |= GC_FINALIZED;
  callFunction(type.finalize, o);
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
  if ((type.flags & IS_PLAIN) != 0) {
    if (type.hasGC) untrack(o);
    dropRow(slotsOf(o), type.slots);
    freeFixed(o);
    decref(type);
    return;
  }
  if (isResurrected(o)) return;
  if (type.hasGC) untrack(o);
  if (type.weakList != 0) weak_clear_all(o);
  if (type.drop != 0) callFunction(type.drop, o);
  if (type.clear != 0) callClear(type.clear, o);
  dropRow(slotsOf(o), type.slots);
  dropRow(itemsOf(o), objectItemsOf(o));
  if (type.itemSize == 0) freeFixed(o);
  else freeObject(o, bytesOf(type, changetype<PyVarObject>(o).size));
  decref(type);
}

/** The references of a row are released; the words stay as they are. */
function dropRow(row: usize, n: u32): void {
  for (let k: u32 = 0; k < n; k++) decref(itemAt(row, k));
}

/** The collector breaks a cycle: slots, and items that are references, are None afterwards. */
export function instance_clear(o: PyObject): void {
  const type = o.type;
  if (type.clear != 0) callClear(type.clear, o);
  for (let k: u32 = 0; k < type.slots; k++) exchange(slotsOf(o), k, None());
  for (let k: u32 = 0; k < objectItemsOf(o); k++) exchange(itemsOf(o), k, None());
}

/** Bytes of the instance, collector header included. */
export function instance_sizeof(o: PyObject): usize {
  const type = o.type;
  return bytesOf(type, instance_length(o)) + type.headBytes;
}
