// The object layer's functions as table indices, after those of the allocators.
//
//   for each kind of type, in the order of their numbers, and for instances of users' types:   dealloc, hash, compare, repr
//   then   gc_visit, exception_repr, and the functions in the slots of types that C calls (SLOT_*)

import { tableIndex } from "../../ground/functions";
import { TABLE_FUNCTIONS } from "../../ground/table.gen";
import { EXCEPTION_REPR, GC_VISIT, SLOTS, TYPE_FUNCTIONS } from "./table.gen";

export const DEALLOC: u32 = 0;
export const HASH: u32 = 1;
export const COMPARE: u32 = 2;
export const REPR: u32 = 3;

/** Table index of a function for a slot. */
@inline
export function slotFunction(slot: u32): u32 {
  return tableIndex(SLOTS + slot);
}

/** Table index of one of a type's four functions. */
@inline
export function typeFunction(kind: u32, which: u32): u32 {
  return tableIndex(TABLE_FUNCTIONS + kind * TYPE_FUNCTIONS + which);
}

/** Table index of the function that a type's traverse calls for each object that it refers to. */
@inline
export function gcVisitIndex(): u32 {
  return tableIndex(GC_VISIT);
}

/** Table index of the repr of exceptions. */
@inline
export function exceptionReprIndex(): u32 {
  return tableIndex(EXCEPTION_REPR);
}
