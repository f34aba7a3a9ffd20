// Where each part of the object layer keeps its state: a region after the control block.
//
//   CONTROL + CONTROL_BYTES
//   | error | settings | under way | handles | interned | shapes | trash | collector | tuples | spare keys | result | pass | API types | types | preallocated objects | slots of built-in types |
//
// As in the control block, a part may only touch its own region. A new instance of the module over the same memory finds
// everything again.

import { CONTROL, CONTROL_BYTES } from "../../ground/control";

export const ERROR_AT: usize = CONTROL_BYTES;
export const SETTINGS_AT: usize = ERROR_AT + 32;
export const UNDER_WAY_AT: usize = SETTINGS_AT + 48;
export const HANDLES_AT: usize = UNDER_WAY_AT + 16;
export const INTERNED_AT: usize = HANDLES_AT + 64;
export const SHAPES_AT: usize = INTERNED_AT + 32;
export const TRASH_AT: usize = SHAPES_AT + 32;
export const COLLECTOR_AT: usize = TRASH_AT + 32;
export const TUPLES_AT: usize = COLLECTOR_AT + 256;
export const SPARE_KEYS_AT: usize = TUPLES_AT + 160;
export const RESULT_AT: usize = SPARE_KEYS_AT + 32;
export const PASS_AT: usize = RESULT_AT + 32;
export const API_TYPES_AT: usize = PASS_AT + 96;
export const TYPES_AT: usize = API_TYPES_AT + 336;
/** The size of a built-in type. A type that C defines has the same size (include/object.h). */
export const TYPE_BYTES: usize = 304;
export const TYPES: usize = 24;
export const EMPTY_KEYS_AT: usize = TYPES_AT + TYPES * TYPE_BYTES;
export const SINGLETONS_AT: usize = EMPTY_KEYS_AT + 40;
export const SMALL_INTS_AT: usize = SINGLETONS_AT + 136;
/** Small ints are those from -5 to 256, as in CPython until 3.14 (there in Include/internal/pycore_runtime_structs.h). */
export const SMALL_INT_MIN: i32 = -5;
export const SMALL_INTS: i32 = 262;
const INT_BYTES: usize = 16;
export const CHARACTERS_AT: usize = SMALL_INTS_AT + <usize>SMALL_INTS * INT_BYTES;
/** The size of a string of one character: a header of 20 bytes below U+0080 or 28 above, the character, and a zero. */
export const ASCII_CHARACTER_BYTES: usize = 24;
export const LATIN_CHARACTER_BYTES: usize = 32;
export const BYTES_AT: usize = CHARACTERS_AT + 128 * (ASCII_CHARACTER_BYTES + LATIN_CHARACTER_BYTES);
/** The size of a bytes object of one byte. */
export const BYTE_BYTES: usize = 24;
/** Tables of functions for C: the slots of the built-in types (capi/runtime/base-types.ts). */
export const SLOT_TABLES_AT: usize = BYTES_AT + 256 * BYTE_BYTES;
/** The size of the control block and of everything after it. */
export const STATE_BYTES: usize = SLOT_TABLES_AT + 944;

@inline
export function at(offset: usize): usize {
  return CONTROL + offset;
}
