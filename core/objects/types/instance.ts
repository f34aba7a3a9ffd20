// Instances of types that users define (user-type.ts).
//
//   refcnt | type | size, if there are items | slot, slot, ... | data ... | weak references | item, item, ...
//
//   slots   references to objects, never 0 (None at first)           counted, and followed by the collector
//   data    raw bytes, whose meaning only the program knows          not read by the core
//   items   size * itemSize bytes; each instance has its own size, fixed when it is made. If the type HAS_OBJECT_ITEMS, items are
//           references like slots; else data

import { gcVisitIndex } from "../model/functions";
import { GC_FINALIZED, gcHead, isTracked, track, untrack } from "../model/gc-head";
import { USER } from "../model/kinds.gen";
import { freeFixed, freeObject, newFixed, newObject, requestFor } from "../model/memory";
import { raiseError } from "../model/raise";
import { raiseNoField } from "../model/raises.gen";
import { decref, incref } from "../model/refcount";
import { None } from "../model/singletons";
import { IS_PLAIN, PyObject, PyType, PyVarObject } from "../model/type";
import { visitBorrowed, visitRow } from "../model/visit";
import { callClear, callFunction } from "./outside";
import { itemAt, setItemAt } from "./sequence";
import { weak_clear_all } from "./weak";

const FEW_BYTES: usize = 64;

@inline
function bytesOf(type: PyType, items: u32): usize {
  return <usize>type.basicSize + <usize>items * type.itemSize;
}

/** A new instance. References (slots, items) are None; data is 0. */
export function instance_new(type: PyType, items: u32): PyObject | null {
  if (type.itemSize != 0) return newWithItems(type, items);
  const o = newFixed(type);
  if (!o) return null;
  incref<PyType>(type);
  begin(o);
  return o;
}

/** Sets slots to None and data to 0, and tracks the instance. */
@inline
function begin(o: PyObject): void {
  const type = o.type;
  const slots = slotsOf(o);
  const end = slots + ((<usize>type.slots) << 2);
  for (let slot = slots; slot < end; slot += 4) store<PyObject>(slot, None());
  clearWords(end, itemsOf(o));
  if (type.hasGC) track(o);
}

function newWithItems(type: PyType, items: u32): PyObject | null {
  const o = newObject(type, requestFor(type.basicSize, items, type.itemSize));
  if (!o) return null;
  incref<PyType>(type);
  changetype<PyVarObject>(o).size = items;
  if (type.hasObjectItems) fillWithNone(itemsOf(o), items);
  else memory.fill(itemsOf(o), 0, <usize>items * type.itemSize);
  begin(o);
  return o;
}

/** Clears the bytes from `at` to `end`, both multiples of 4. A few words are written one by one, which is quicker than memory.fill, a call. */
@inline
function clearWords(at: usize, end: usize): void {
  if (end - at > FEW_BYTES) memory.fill(at, 0, end - at);
  else for (; at < end; at += 4) store<u32>(at, 0);
}

@inline
function fillWithNone(row: usize, n: u32): void {
  const end = row + ((<usize>n) << 2);
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

/** The number of items of the instance. */
@inline
export function instance_length(o: PyObject): u32 {
  return o.type.itemSize != 0 ? changetype<PyVarObject>(o).size : 0;
}

/** How many items of the instance are references: all or none. */
@inline
function objectItemsOf(o: PyObject): u32 {
  return o.type.hasObjectItems ? changetype<PyVarObject>(o).size : 0;
}

/** The number of the item that an index means: a negative one counts from the end. -1, with the IndexError `code`, if it is out of range. */
export function instance_index(o: PyObject, index: i32, code: u32): i32 {
  const n = <i32>instance_length(o);
  const k = index < 0 ? index + n : index;
  if (k >= 0 && k < n) return k;
  raiseError(code, o);
  return -1;
}

/** Whether the object is an instance that has a slot of this number; raises TypeError if not. */
export function hasSlot(o: PyObject, k: u32): bool {
  if (o.type.kind == USER && o.type.slots > k) return true;
  raiseNoField(o);
  return false;
}

/** Stores `value` as word `k` of a row of slots or items, and releases what was there. Takes over the reference. */
export function exchange(row: usize, k: u32, value: PyObject): void {
  const old = itemAt(row, k);
  setItemAt(row, k, value);
  decref(old);
}

/** Runs the finalizer, if the type has one and it has not run yet. */
export function finalize(o: PyObject): void {
  const type = o.type;
  if (type.finalize == 0) return;
  const head = gcHead(o);
  if ((head.flags & GC_FINALIZED) != 0) return;
  head.prev |= GC_FINALIZED;
  callFunction(type.finalize, o);
}

/** Runs the finalizer of a dead object, if it has not run yet. Returns whether the object is alive again. */
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

/** Releases the references of a row. The words keep their values. */
function dropRow(row: usize, n: u32): void {
  for (let k: u32 = 0; k < n; k++) decref(itemAt(row, k));
}

/** Sets slots, and items that are references, to None: the collector breaks a cycle with this. */
export function instance_clear(o: PyObject): void {
  const type = o.type;
  if (type.clear != 0) callClear(type.clear, o);
  for (let k: u32 = 0; k < type.slots; k++) exchange(slotsOf(o), k, None());
  for (let k: u32 = 0; k < objectItemsOf(o); k++) exchange(itemsOf(o), k, None());
}

/** The size of the instance in bytes, without the collector header. */
export function instance_bytes(o: PyObject): usize {
  return bytesOf(o.type, instance_length(o));
}

/** Like instance_bytes, with the collector header. */
export function instance_sizeof(o: PyObject): usize {
  return instance_bytes(o) + o.type.headBytes;
}

/**
 * Shows the slots and the items that are references (model/visit.ts). In a pass of the collector, the type's own
 * traverse function then shows more; otherwise the list of weak references and the type are shown.
 */
export function instance_references<V>(o: PyObject, visitor: V): void {
  const type = o.type;
  visitRow<V>(slotsOf(o), type.slots, visitor);
  visitRow<V>(itemsOf(o), objectItemsOf(o), visitor);
  if (isDefined(visitor.pass)) {
    if (type.traverse != 0) call_indirect<i32>(type.traverse, o, gcVisitIndex(), visitor.pass);
  } else {
    if (type.weakList != 0) visitBorrowed<V>(changetype<usize>(o) + type.weakList, visitor);
    // This comes last, because the visitor may correct the word `type`, and the fields above had to be read from the
    // type's present place.
    visitor.owned(changetype<usize>(o) + offsetof<PyObject>("type"));
  }
}
