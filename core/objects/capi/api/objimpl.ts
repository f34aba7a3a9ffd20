// Memory of objects, and the collector, for C: PyObject_New, PyObject_GC_New and related functions, PyGC_*.
//
// type.live and type.bytes count an object of a type that C defined from its allocation until its tp_dealloc runs,
// because after that only C knows when its memory is freed. An object that is freed without tp_dealloc, while its
// reference count is not 0, is subtracted when it is freed.

import { raiseNoMemory } from "../../model/raise";
import { PyObject_Free, PyObject_Realloc } from "../../../alloc/domains";
import { gc_collect } from "../../collector/gc";
import { gc_is_finalized, gc_is_tracked } from "../../collector/graph";
import { collector } from "../../collector/state";
import { slotFunction } from "../../model/functions";
import { SLOT_C_DEALLOC, SLOT_C_DIRECT, SLOT_DEALLOC, SLOT_HEAP_DEALLOC } from "../../model/table.gen";
import { GCHead, gcHead, generation, isTracked, track, untrack } from "../../model/gc-head";
import { newObject, requestFor } from "../../model/memory";
import { deallocateBy, decref, incref } from "../../model/refcount";
import { IS_C_TYPE, IS_HEAP_TYPE, PyObject, PyType, PyVarObject } from "../../model/type";
import { ownBytes } from "../../types/anatomy";
import { finalize } from "../../types/instance";
import { callDirectly, callFunction } from "../../types/outside";
import { weak_clear_all } from "../../types/weak";
import { badCall } from "../runtime/complaints";
import { clearManaged } from "../runtime/inherit";

function bytesFor(type: PyType, items: i32): usize {
  return requestFor(type.basicSize, max(items, 0), type.itemSize);
}

/** Adds an object and its bytes to its type's counts (`by` = 1), or subtracts them (-1). */
@inline
function count(o: PyObject, by: i32): void {
  const type = o.type;
  type.live += by;
  type.bytes += by * <i32>(ownBytes(o) + type.headBytes);
}

// ---- making ----

export function PyType_GenericNew(type: PyType, _args: PyObject | null, _kwargs: PyObject | null): PyObject | null {
  return call_indirect<PyObject | null>(type.tp_alloc, type, 0);
}

/** A new object. Only its header is initialized; it is not tracked. */
function made(type: PyType, items: i32): PyObject | null {
  const o = newObject(type, bytesFor(type, items));
  if (!o) return null;
  incref<PyType>(type);
  if (type.itemSize != 0) changetype<PyVarObject>(o).size = items;
  clearManaged(o);
  return o;
}

export function _PyObject_New(type: PyType): PyObject | null {
  return made(type, 0);
}

export function _PyObject_NewVar(type: PyType, items: i32): PyObject | null {
  return made(type, items);
}

export function _PyObject_GC_New(type: PyType): PyObject | null {
  return made(type, 0);
}

export function _PyObject_GC_NewVar(type: PyType, items: i32): PyObject | null {
  return items < 0 ? badCall() : made(type, items);
}

/** A new object with `extra` bytes after it, which its type's counts do not include. All but the header is 0. */
export function PyUnstable_Object_GC_NewWithExtraData(type: PyType, extra: u32): PyObject | null {
  const bytes = requestFor(type.basicSize, extra, 1);
  const o = newObject(type, bytes);
  if (!o) return null;
  incref<PyType>(type);
  type.resized(-(<isize>extra));
  memory.fill(changetype<usize>(o) + offsetof<PyObject>(), 0, bytes - offsetof<PyObject>());
  return o;
}

/** Turns a block that C allocated into an object of the type, with one reference. */
export function PyObject_Init(o: PyObject | null, type: PyType): PyObject | null {
  if (!o) {
    raiseNoMemory(type.basicSize);
    return null;
  }
  o.type = incref<PyType>(type);
  o.refcnt = 1;
  if (type.itemSize != 0) changetype<PyVarObject>(o).size = 0;
  clearManaged(o);
  count(o, 1);
  return o;
}

export function PyObject_InitVar(o: PyVarObject | null, type: PyType, items: i32): PyObject | null {
  if (!PyObject_Init(o, type)) return null;
  o!.size = items;
  type.bytes += <usize>max(items, 0) * type.itemSize;
  return o;
}

/**
 * Changes the number of items of an untracked object, which may move. NULL if there is no memory; the object is then
 * unchanged.
 */
export function _PyObject_GC_Resize(o: PyVarObject, items: i32): PyObject | null {
  const type = o.type;
  const before = ownBytes(o);
  const block = PyObject_Realloc(changetype<usize>(o) - type.headBytes, bytesFor(type, items) + type.headBytes);
  if (block == 0) {
    raiseNoMemory(bytesFor(type, items));
    return null;
  }
  const moved = changetype<PyVarObject>(block + type.headBytes);
  moved.size = items;
  type.resized(<isize>(ownBytes(moved) - before));
  return moved;
}

// ---- releasing ----

/** Frees the object's memory, and subtracts it from its type's counts unless its tp_dealloc is running. */
function free(o: PyObject): void {
  if (o.refcnt != 0) count(o, -1);
  const type = o.type;
  if (type.hasGC) {
    untrack(o);
    if (generation(0).count > 0) generation(0).count--;
  }
  PyObject_Free(changetype<usize>(o) - type.headBytes);
}

export function PyObject_Del(o: PyObject | null): void {
  if (o) free(o);
}

export function PyObject_GC_Del(o: PyObject | null): void {
  if (o) free(o);
}

/** dealloc of types that C defined: calls their tp_dealloc. An error that is set is saved meanwhile. */
export function c_dealloc(o: PyObject): void {
  count(o, -1);
  callFunction(o.type.tp_dealloc, o);
}

/**
 * Like c_dealloc, for an object whose last reference C itself has released. A trap or an exception then also ends the code in C that
 * released it.
 */
export function c_dealloc_directly(o: PyObject): void {
  count(o, -1);
  callDirectly(o.type.tp_dealloc, o);
}

/** tp_dealloc of `object`; a type in C that has none inherits it. */
export function object_dealloc(o: PyObject): void {
  call_indirect<void>(o.type.tp_free, o);
}

/**
 * tp_dealloc of types made from a PyType_Spec that has none (CPython's subtype_dealloc). It runs the finalizer, then
 * the tp_dealloc of the nearest base that has one. If no base has one, it clears weak references, runs the type's clear
 * and frees the memory. In both cases it releases the object's reference to its type.
 */
export function heap_object_dealloc(o: PyObject): void {
  const type = o.type;
  if (type.finalize != 0 && PyObject_CallFinalizerFromDealloc(o) < 0) return;
  if (type.hasGC) untrack(o);
  const base = baseThatDeallocates(type);
  if (base) {
    if (type.weakList != 0 && base.weakList == 0) weak_clear_all(o);
    if (type.tp_dictoffset > 0 && base.tp_dictoffset == 0) PyObject_ClearManagedDict(o);
    call_indirect<void>(base.tp_dealloc, o);
    // A base that was made from a PyType_Spec has released that reference itself, as it does for its own instances.
    if ((base.flags & (IS_C_TYPE | IS_HEAP_TYPE)) != (IS_C_TYPE | IS_HEAP_TYPE)) decref(type);
    return;
  }
  if (type.weakList != 0) weak_clear_all(o);
  if (type.clear != 0) call_indirect<i32>(type.clear, o);
  if (type.tp_dictoffset > 0) PyObject_ClearManagedDict(o);
  call_indirect<void>(type.tp_free, o);
  decref(type);
}

/** For tp_traverse: visits the object's dict of attributes. */
export function PyObject_VisitManagedDict(o: PyObject, visit: u32, argument: usize): i32 {
  const dict = dictOf(o);
  return dict ? call_indirect<i32>(visit, dict, argument) : 0;
}

/** For tp_clear and tp_dealloc: releases the object's dict of attributes. */
export function PyObject_ClearManagedDict(o: PyObject): void {
  const dict = dictOf(o);
  if (!dict) return;
  store<usize>(changetype<usize>(o) + o.type.tp_dictoffset, 0);
  decref(dict);
}

function dictOf(o: PyObject): PyObject | null {
  const offset = o.type.tp_dictoffset;
  return offset > 0 ? load<PyObject | null>(changetype<usize>(o) + offset) : null;
}

/** The nearest base that has its own tp_dealloc: a base in C, an exception, or a built-in type. */
function baseThatDeallocates(type: PyType): PyType | null {
  const standard = slotFunction(SLOT_HEAP_DEALLOC);
  let base = type.base;
  while (base) {
    if (base.tp_dealloc != standard && base.tp_dealloc != slotFunction(SLOT_DEALLOC)) return base;
    base = base.base;
  }
  return null;
}

/** Deallocates an object after C has released its last reference. */
export function _Py_Dealloc(o: PyObject): void {
  const dealloc = o.type.dealloc;
  deallocateBy(o, dealloc == slotFunction(SLOT_C_DEALLOC) ? slotFunction(SLOT_C_DIRECT) : dealloc);
}

export function PyObject_CallFinalizer(o: PyObject): void {
  const type = o.type;
  if (type.finalize == 0) return;
  if (type.hasGC) finalize(o);
  else callFunction(type.finalize, o);
}

/** For a tp_dealloc. 0; or -1 if the finalizer made the object reachable again: then its type counts it again. */
export function PyObject_CallFinalizerFromDealloc(o: PyObject): i32 {
  o.refcnt = 1;
  PyObject_CallFinalizer(o);
  if (--o.refcnt == 0) return 0;
  count(o, 1);
  return -1;
}

/** Clears all weak references to the object, and runs their callbacks. The object's reference count must be 0. */
export function PyObject_ClearWeakRefs(o: PyObject): void {
  if (o.refcnt != 0 || o.type.weakList == 0) badCall();
  else weak_clear_all(o);
}

// ---- the collector ----

export function PyObject_GC_Track(o: PyObject): void {
  if (!isTracked(o)) track(o);
}

export function PyObject_GC_UnTrack(o: PyObject): void {
  untrack(o);
}

export function PyObject_GC_IsTracked(o: PyObject): i32 {
  return gc_is_tracked(o) ? 1 : 0;
}

export function PyObject_GC_IsFinalized(o: PyObject): i32 {
  return gc_is_finalized(o) ? 1 : 0;
}

export function PyObject_IS_GC(o: PyObject): i32 {
  return o.type.hasGC ? 1 : 0;
}

const OLDEST: u32 = 2;

/** The number of unreachable objects that were found; 0 if collections are switched off, as in CPython. */
export function PyGC_Collect(): i32 {
  return collector().enabled != 0 ? gc_collect(OLDEST) : 0;
}

function setEnabled(on: u32): i32 {
  const before = collector().enabled;
  collector().enabled = on;
  return before;
}

export function PyGC_Enable(): i32 {
  return setEnabled(1);
}

export function PyGC_Disable(): i32 {
  return setEnabled(0);
}

export function PyGC_IsEnabled(): i32 {
  return collector().enabled;
}

/**
 * Calls the function for each tracked object until it returns 0, or until it has released or untracked the object that
 * it was called for. Meanwhile no collection starts.
 */
export function PyUnstable_GC_VisitObjects(callback: u32, argument: usize): void {
  const enabled = setEnabled(0);
  for (let k: u32 = 0; k <= OLDEST + 1; k++) {
    const list = generation(k).head;
    let at = list.next;
    while (at != changetype<usize>(list)) {
      const o = incref<PyObject>(changetype<GCHead>(at).object);
      const goesOn = call_indirect<i32>(callback, o, argument);
      at = gcHead(o).next;
      // The function may have released or untracked the object; then the list can't be followed any further from it.
      const isLost = o.refcnt == 1 || at == 0;
      decref(o);
      if (goesOn == 0 || isLost) {
        setEnabled(enabled);
        return;
      }
    }
  }
  setEnabled(enabled);
}
