// What the host can do with handles themselves, and with the error that is set.

import { error } from "../model/error";
import { clearError } from "../model/raise";
import { handles } from "../model/handles";
import { incref } from "../model/refcount";
import { PyObject } from "../model/type";
import { hostIdOf, hostKindOf } from "./exchange";
import { object } from "./operands";

export function handle_release(handle: u32): void {
  handles().release(handle);
}

/** Another handle for the same object; 0 if there is no memory. */
export function handle_copy(handle: u32): u32 {
  return handles().take(incref<PyObject>(object(handle)));
}

export function handle_kind(handle: u32): u32 {
  return hostKindOf(object(handle));
}

/** The host's id of a user's type. The handle is for the type, or for an instance. */
export function handle_host_id(handle: u32): u32 {
  return hostIdOf(object(handle));
}

export function handle_refcount(handle: u32): u32 {
  return object(handle).refcnt;
}

export function is_same(a: u32, b: u32): bool {
  return object(a) === object(b);
}

/** A handle for the object at an address. Finalizers and callbacks are called with such an address. */
export function handle_of(address: usize): u32 {
  return handles().take(incref<PyObject>(changetype<PyObject>(address)));
}

/** The number of handles in use. */
export function handle_count(): u32 {
  return handles().count;
}

/** A handle for the first or the second object of the error; 0 if there is none. */
export function error_object(which: u32): u32 {
  const e = error();
  const o = changetype<PyObject | null>(which == 0 ? e.a : e.b);
  return o ? handles().take(incref<PyObject>(o)) : 0;
}

export function error_clear(): void {
  clearError();
}

/** Releases all handles and everything else that the core keeps for a worker, which has ended or leaves the heap. */
export function handles_end(): void {
  handles().end();
}
