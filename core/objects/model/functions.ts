// The object layer's functions as table indices, behind those of the allocators.
//
//   for each kind of type, in the order of their numbers, and for instances of users' types:   dealloc, hash, compare, repr
//   then   gc_visit, exception_repr, and what stands in the slots of types for C to call (SLOT_*)

import { TABLE_FUNCTIONS, tableIndex } from "../../ground/functions";
import { USER } from "./kinds";

export const DEALLOC: u32 = 0;
export const HASH: u32 = 1;
export const COMPARE: u32 = 2;
export const REPR: u32 = 3;
const GC_VISIT: u32 = TABLE_FUNCTIONS + (USER + 1) * 4;

// What a type that C defines has in its slots if it does not say otherwise; and what the API's own types have.
const SLOTS: u32 = GC_VISIT + 2;
export const SLOT_REPR: u32 = 0;
export const SLOT_STR: u32 = 1;
export const SLOT_ALLOC: u32 = 2;
export const SLOT_NEW: u32 = 3;
export const SLOT_INIT: u32 = 4;
export const SLOT_FREE: u32 = 5;
export const SLOT_GC_FREE: u32 = 6;
export const SLOT_GETATTRO: u32 = 7;
export const SLOT_SETATTRO: u32 = 8;
export const SLOT_DEALLOC: u32 = 9;
export const SLOT_HEAP_DEALLOC: u32 = 10;
export const SLOT_TYPE_CALL: u32 = 11;
export const SLOT_TYPE_GETATTRO: u32 = 12;
export const SLOT_TYPE_SETATTRO: u32 = 13;
export const SLOT_BUILTIN_CALL: u32 = 14;
export const SLOT_DESCRIPTOR_CALL: u32 = 15;
export const SLOT_MODULE_GETATTRO: u32 = 16;
export const SLOT_MODULE_TRAVERSE: u32 = 17;
export const SLOT_MODULE_CLEAR: u32 = 18;
export const SLOT_MODULE_DROP: u32 = 19;
/** What the core calls of a type that C defined, instead of tp_dealloc and tp_repr. */
export const SLOT_C_DEALLOC: u32 = 20;
export const SLOT_C_REPR: u32 = 21;
export const SLOT_BUILTIN_REPR: u32 = 22;
export const SLOT_MODULE_REPR: u32 = 23;
// What exceptions have.
export const SLOT_EXCEPTION_NEW: u32 = 24;
export const SLOT_EXCEPTION_INIT: u32 = 25;
export const SLOT_EXCEPTION_DEALLOC: u32 = 26;
export const SLOT_EXCEPTION_TRAVERSE: u32 = 27;
export const SLOT_EXCEPTION_CLEAR: u32 = 28;
export const SLOT_EXCEPTION_GETATTRO: u32 = 29;
export const SLOT_EXCEPTION_SETATTRO: u32 = 30;
/** How many entries of the table the whole module needs. */
export const WHOLE_TABLE_FUNCTIONS: u32 = SLOTS + 31;

/** Table index of a function for a slot. */
@inline
export function slotFunction(slot: u32): u32 {
  return tableIndex(SLOTS + slot);
}

/** Table index of one of a type's four functions. */
@inline
export function typeFunction(kind: u32, which: u32): u32 {
  return tableIndex(TABLE_FUNCTIONS + kind * 4 + which);
}

/** Table index of the function that a type's traverse calls for each object that it refers to. */
@inline
export function gcVisitIndex(): u32 {
  return tableIndex(GC_VISIT);
}

/** Table index of the repr of exceptions. */
@inline
export function exceptionReprIndex(): u32 {
  return tableIndex(GC_VISIT + 1);
}
