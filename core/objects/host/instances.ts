// Types that users define, their instances, and weak references, for the host.

import { E_INDEX, E_INDEX_ASSIGNMENT } from "../model/errors.gen";
import { safePoint } from "../collector/due";
import { handles } from "../model/handles";
import { decref, incref } from "../model/refcount";
import { PyType } from "../model/type";
import { exchange, hasSlot, instance_index, instance_length, instance_new, itemsOf, slotsOf } from "../types/instance";
import { itemAt } from "../types/sequence";
import { type_lay_out, type_new } from "../types/user-type";
import { function_new, PyRef, ref_new } from "../types/weak";
import { answer, answerBorrowed, missing } from "./exchange";
import { afterGrowth, dropAfter, object } from "./operands";

/** Pushes a weak reference to a handle's object. `callback` is the host's number of a function, 0 for none. */
export function push_ref(handle: u32, callback: u32): bool {
  const h = handles();
  if (callback == 0) return h.push(ref_new(object(handle), null));
  const f = function_new(callback);
  if (!f) return false;
  const r = ref_new(object(handle), f);
  decref(f);
  return h.push(r);
}

/** The object of a weak reference; IS_MISSING if it is gone. */
export function ref_object(handle: u32): f64 {
  const o = changetype<PyRef>(object(handle)).target;
  return o ? answerBorrowed(o) : missing();
}

/** Pushes a new type, whose name is on the stack before (type_lay_out of types/user-type.ts). It has no functions. */
export function push_type(slots: u32, dataBytes: u32, itemSize: u32, options: u32, hostId: u32): bool {
  const h = handles();
  const type = type_new(h.pop(), hostId);
  if (type) type_lay_out(type, slots, dataBytes, itemSize, options);
  return h.push(type);
}

/** Pushes an instance of a type, with `items` items. */
export function push_instance(handle: u32, items: u32): bool {
  const type = incref<PyType>(changetype<PyType>(object(handle)));
  safePoint();
  const o = instance_new(type, items);
  decref(type);
  return handles().push(o);
}

export function slot_get(handle: u32, k: u32): f64 {
  const o = object(handle);
  return hasSlot(o, k) ? answerBorrowed(itemAt(slotsOf(o), k)) : answer(null);
}

export function slot_set(handle: u32, k: u32): bool {
  const value = handles().pop();
  const o = object(handle);
  if (!hasSlot(o, k)) return dropAfter<bool>(value, false);
  exchange(slotsOf(o), k, value);
  return afterGrowth<bool>(true);
}

/** The number of items of an instance. */
export function item_count(handle: u32): u32 {
  return instance_length(object(handle));
}

/**
 * Converts an index, which may be negative, to the number of an item; -1 with IndexError. `isAssigned` chooses the
 * message for an assignment.
 */
export function item_number(handle: u32, index: i32, isAssigned: bool): i32 {
  return instance_index(object(handle), index, isAssigned ? E_INDEX_ASSIGNMENT : E_INDEX);
}

/** Item `k` of an instance whose items are objects. `k` must be in range. */
export function instance_item(handle: u32, k: u32): f64 {
  return answerBorrowed(itemAt(itemsOf(object(handle)), k));
}

/** Sets item `k`, which must be in range, to the value on the stack. */
export function set_instance_item(handle: u32, k: u32): void {
  exchange(itemsOf(object(handle)), k, handles().pop());
}

/** The offsets of the data and of the items in instances of a type. */
export function data_offset(handle: u32): u32 {
  return changetype<PyType>(object(handle)).dataAt;
}

export function items_offset(handle: u32): u32 {
  return changetype<PyType>(object(handle)).basicSize;
}
