// The object layer's functions as table indices, behind those of the allocators.
//
//   for each kind of type, in the order of their numbers, and for instances of users' types:   dealloc, hash, compare, repr
//   then   gc_visit, exception_repr
//
// Imports functions, objects/object.

import { TABLE_FUNCTIONS, tableIndex } from "../functions";
import { USER } from "./object";

export const DEALLOC: u32 = 0;
export const HASH: u32 = 1;
export const COMPARE: u32 = 2;
export const REPR: u32 = 3;
const GC_VISIT: u32 = TABLE_FUNCTIONS + (USER + 1) * 4;
/** How many entries of the table the whole module needs. */
export const WHOLE_TABLE_FUNCTIONS: u32 = GC_VISIT + 2;

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
