// Kinds of types: their numbers, which are the order in which the types stand at TYPES_AT (state.ts).

import { TYPES } from "./state";

/** Kinds of the built-in types, in the order in which they stand at TYPES_AT; USER for those that users define. */
export const NONE: u32 = 0;
export const NOT_IMPLEMENTED: u32 = 1;
export const TYPE: u32 = 2;
export const BOOL: u32 = 3;
export const INT: u32 = 4;
export const FLOAT: u32 = 5;
export const STR: u32 = 6;
export const BYTES: u32 = 7;
export const TUPLE: u32 = 8;
export const LIST: u32 = 9;
export const DICT: u32 = 10;
export const SET: u32 = 11;
export const FROZENSET: u32 = 12;
export const REF: u32 = 13;
export const FUNCTION: u32 = 14;
export const KINDS: u32 = 15;
export const USER: u32 = 15;

// Types of the Python/C API that stand behind those: users' types in all but their place (capi/fixed-types.ts).
export const BASE_OBJECT: u32 = 16;
export const BUILTIN: u32 = 17;
export const METHOD_DESCRIPTOR: u32 = 18;
export const MEMBER_DESCRIPTOR: u32 = 19;
export const GETSET_DESCRIPTOR: u32 = 20;
export const MODULE: u32 = 21;
export const MODULE_DEF: u32 = 22;
export const PLACES: u32 = 23;
if (<usize>PLACES > TYPES) ERROR("there is no room for so many types");
