// Where each slot of a type stands (Py_tp_new, Py_nb_add, ...: include/typeslots.h): in the type itself, or in one of its tables of functions.
//
//   table << 8 | word

export const TYPE_TABLE: i32 = 0 << 8;
export const NUMBER_TABLE: i32 = 1 << 8;
export const SEQUENCE_TABLE: i32 = 2 << 8;
export const MAPPING_TABLE: i32 = 3 << 8;

/** -1: there is no such slot. */
export function placeOfSlot(slot: i32): i32 {
  switch (slot) {
    case 3:
      return MAPPING_TABLE | 2; // mp_ass_subscript
    case 4:
      return MAPPING_TABLE | 0; // mp_length
    case 5:
      return MAPPING_TABLE | 1; // mp_subscript
    case 6:
      return NUMBER_TABLE | 8; // nb_absolute
    case 7:
      return NUMBER_TABLE | 0; // nb_add
    case 8:
      return NUMBER_TABLE | 13; // nb_and
    case 9:
      return NUMBER_TABLE | 9; // nb_bool
    case 10:
      return NUMBER_TABLE | 4; // nb_divmod
    case 11:
      return NUMBER_TABLE | 18; // nb_float
    case 12:
      return NUMBER_TABLE | 29; // nb_floor_divide
    case 13:
      return NUMBER_TABLE | 33; // nb_index
    case 14:
      return NUMBER_TABLE | 19; // nb_inplace_add
    case 15:
      return NUMBER_TABLE | 26; // nb_inplace_and
    case 16:
      return NUMBER_TABLE | 31; // nb_inplace_floor_divide
    case 17:
      return NUMBER_TABLE | 24; // nb_inplace_lshift
    case 18:
      return NUMBER_TABLE | 21; // nb_inplace_multiply
    case 19:
      return NUMBER_TABLE | 28; // nb_inplace_or
    case 20:
      return NUMBER_TABLE | 23; // nb_inplace_power
    case 21:
      return NUMBER_TABLE | 22; // nb_inplace_remainder
    case 22:
      return NUMBER_TABLE | 25; // nb_inplace_rshift
    case 23:
      return NUMBER_TABLE | 20; // nb_inplace_subtract
    case 24:
      return NUMBER_TABLE | 32; // nb_inplace_true_divide
    case 25:
      return NUMBER_TABLE | 27; // nb_inplace_xor
    case 26:
      return NUMBER_TABLE | 16; // nb_int
    case 27:
      return NUMBER_TABLE | 10; // nb_invert
    case 28:
      return NUMBER_TABLE | 11; // nb_lshift
    case 29:
      return NUMBER_TABLE | 2; // nb_multiply
    case 30:
      return NUMBER_TABLE | 6; // nb_negative
    case 31:
      return NUMBER_TABLE | 15; // nb_or
    case 32:
      return NUMBER_TABLE | 7; // nb_positive
    case 33:
      return NUMBER_TABLE | 5; // nb_power
    case 34:
      return NUMBER_TABLE | 3; // nb_remainder
    case 35:
      return NUMBER_TABLE | 12; // nb_rshift
    case 36:
      return NUMBER_TABLE | 1; // nb_subtract
    case 37:
      return NUMBER_TABLE | 30; // nb_true_divide
    case 38:
      return NUMBER_TABLE | 14; // nb_xor
    case 39:
      return SEQUENCE_TABLE | 5; // sq_ass_item
    case 40:
      return SEQUENCE_TABLE | 1; // sq_concat
    case 41:
      return SEQUENCE_TABLE | 7; // sq_contains
    case 42:
      return SEQUENCE_TABLE | 8; // sq_inplace_concat
    case 43:
      return SEQUENCE_TABLE | 9; // sq_inplace_repeat
    case 44:
      return SEQUENCE_TABLE | 3; // sq_item
    case 45:
      return SEQUENCE_TABLE | 0; // sq_length
    case 46:
      return SEQUENCE_TABLE | 2; // sq_repeat
    case 47:
      return TYPE_TABLE | 38; // tp_alloc
    case 48:
      return TYPE_TABLE | 32; // tp_base
    case 49:
      return TYPE_TABLE | 42; // tp_bases
    case 50:
      return TYPE_TABLE | 16; // tp_call
    case 51:
      return TYPE_TABLE | 24; // tp_clear
    case 52:
      return TYPE_TABLE | 6; // tp_dealloc
    case 53:
      return TYPE_TABLE | 47; // tp_del
    case 54:
      return TYPE_TABLE | 34; // tp_descr_get
    case 55:
      return TYPE_TABLE | 35; // tp_descr_set
    case 56:
      return TYPE_TABLE | 22; // tp_doc
    case 57:
      return TYPE_TABLE | 8; // tp_getattr
    case 58:
      return TYPE_TABLE | 18; // tp_getattro
    case 59:
      return TYPE_TABLE | 15; // tp_hash
    case 60:
      return TYPE_TABLE | 37; // tp_init
    case 61:
      return TYPE_TABLE | 41; // tp_is_gc
    case 62:
      return TYPE_TABLE | 27; // tp_iter
    case 63:
      return TYPE_TABLE | 28; // tp_iternext
    case 64:
      return TYPE_TABLE | 29; // tp_methods
    case 65:
      return TYPE_TABLE | 39; // tp_new
    case 66:
      return TYPE_TABLE | 11; // tp_repr
    case 67:
      return TYPE_TABLE | 25; // tp_richcompare
    case 68:
      return TYPE_TABLE | 9; // tp_setattr
    case 69:
      return TYPE_TABLE | 19; // tp_setattro
    case 70:
      return TYPE_TABLE | 17; // tp_str
    case 71:
      return TYPE_TABLE | 23; // tp_traverse
    case 72:
      return TYPE_TABLE | 30; // tp_members
    case 73:
      return TYPE_TABLE | 31; // tp_getset
    case 74:
      return TYPE_TABLE | 40; // tp_free
    case 75:
      return NUMBER_TABLE | 34; // nb_matrix_multiply
    case 76:
      return NUMBER_TABLE | 35; // nb_inplace_matrix_multiply
    case 80:
      return TYPE_TABLE | 49; // tp_finalize
    case 82:
      return TYPE_TABLE | 50; // tp_vectorcall
    default:
      return -1;
  }
}
