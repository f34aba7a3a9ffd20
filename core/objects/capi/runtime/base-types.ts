// The slots of the built-in types from which C can derive types: int, float, str, bytes, tuple, list, dict, set, frozenset. They are filled in
// when the types get their names (fixed-types.ts). The functions are those of ../api/base-*.ts. Tables that several types have in common exist
// once:
//
//   SLOT_TABLES_AT | sequence: rows | list | dict | set | mapping: rows | list | dict | number: int | float | set | frozenset | dict |

import { slotFunction } from "../../model/functions";
import { BYTES, DICT, FLOAT, FROZENSET, INT, LIST, SET, STR, TUPLE } from "../../model/kinds.gen";
import {
  MP_ASS_SUBSCRIPT,
  MP_LENGTH,
  MP_SUBSCRIPT,
  NB_ABSOLUTE,
  NB_ADD,
  NB_AND,
  NB_BOOL,
  NB_DIVMOD,
  NB_FLOAT,
  NB_FLOOR_DIVIDE,
  NB_INDEX,
  NB_INPLACE_AND,
  NB_INPLACE_OR,
  NB_INPLACE_SUBTRACT,
  NB_INPLACE_XOR,
  NB_INT,
  NB_INVERT,
  NB_LSHIFT,
  NB_MULTIPLY,
  NB_NEGATIVE,
  NB_OR,
  NB_POSITIVE,
  NB_POWER,
  NB_REMAINDER,
  NB_RSHIFT,
  NB_SUBTRACT,
  NB_TRUE_DIVIDE,
  NB_XOR,
  SQ_ASS_ITEM,
  SQ_CONCAT,
  SQ_CONTAINS,
  SQ_INPLACE_CONCAT,
  SQ_INPLACE_REPEAT,
  SQ_ITEM,
  SQ_LENGTH,
  SQ_REPEAT,
} from "../../model/slots.gen";
import { at, SLOT_TABLES_AT, STATE_BYTES } from "../../model/state";
import {
  SLOT_BASE_ABSOLUTE,
  SLOT_BASE_ADD,
  SLOT_BASE_AND,
  SLOT_BASE_ASS_ITEM,
  SLOT_BASE_ASS_SUBSCRIPT,
  SLOT_BASE_BOOL,
  SLOT_BASE_CLEAR,
  SLOT_BASE_CONCAT,
  SLOT_BASE_CONTAINS,
  SLOT_BASE_DEALLOC,
  SLOT_BASE_DIVMOD,
  SLOT_BASE_FLOAT,
  SLOT_BASE_FLOOR_DIVIDE,
  SLOT_BASE_INIT,
  SLOT_BASE_INPLACE_AND,
  SLOT_BASE_INPLACE_CONCAT,
  SLOT_BASE_INPLACE_OR,
  SLOT_BASE_INPLACE_REPEAT,
  SLOT_BASE_INPLACE_SUBTRACT,
  SLOT_BASE_INPLACE_XOR,
  SLOT_BASE_INT,
  SLOT_BASE_INVERT,
  SLOT_BASE_ITEM,
  SLOT_BASE_ITER,
  SLOT_BASE_LENGTH,
  SLOT_BASE_LSHIFT,
  SLOT_BASE_MULTIPLY,
  SLOT_BASE_NEGATIVE,
  SLOT_BASE_NEW,
  SLOT_BASE_OR,
  SLOT_BASE_POSITIVE,
  SLOT_BASE_POWER,
  SLOT_BASE_REMAINDER,
  SLOT_BASE_REPEAT,
  SLOT_BASE_REPR,
  SLOT_BASE_RSHIFT,
  SLOT_BASE_STR,
  SLOT_BASE_SUBSCRIPT,
  SLOT_BASE_SUBTRACT,
  SLOT_BASE_TRAVERSE,
  SLOT_BASE_TRUE_DIVIDE,
  SLOT_BASE_XOR,
  SLOT_INIT,
} from "../../model/table.gen";
import { IS_BASE_TYPE, PyType, typeOf } from "../../model/type";
import { ASCII_HEADER, DERIVED_STR_BYTES } from "../../text/str";
import { MAPPING_WORDS, NUMBER_WORDS, SEQUENCE_WORDS } from "./inherit";

const SEQUENCE: usize = (<usize>SEQUENCE_WORDS) << 2;
const MAPPING: usize = (<usize>MAPPING_WORDS) << 2;
const NUMBER: usize = (<usize>NUMBER_WORDS) << 2;
const MAPPINGS_AT: usize = SLOT_TABLES_AT + 4 * SEQUENCE;
const NUMBERS_AT: usize = MAPPINGS_AT + 3 * MAPPING;
if (NUMBERS_AT + 5 * NUMBER > STATE_BYTES) ERROR("the slots of the built-in types do not fit their region");

@inline
function put(table: usize, word: u32, slot: u32): void {
  store<u32>(table + ((<usize>word) << 2), slotFunction(slot));
}

/** The functions of all of these types. */
function fillAll(kind: u32): PyType {
  const type = typeOf(kind);
  type.flags |= IS_BASE_TYPE;
  type.tp_dealloc = slotFunction(SLOT_BASE_DEALLOC);
  type.tp_repr = slotFunction(SLOT_BASE_REPR);
  type.tp_str = slotFunction(SLOT_BASE_STR);
  type.tp_new = slotFunction(SLOT_BASE_NEW);
  type.tp_init = slotFunction(SLOT_INIT);
  return type;
}

function fillContainer(kind: u32, sequence: usize, mapping: usize, number: usize): void {
  const type = fillAll(kind);
  type.tp_iter = slotFunction(SLOT_BASE_ITER);
  type.tp_as_sequence = sequence;
  type.tp_as_mapping = mapping;
  type.tp_as_number = number;
  if (type.hasGC) type.traverse = slotFunction(SLOT_BASE_TRAVERSE);
  if (type.hasGC && kind != TUPLE) type.clear = slotFunction(SLOT_BASE_CLEAR);
  if (kind == LIST || kind == DICT || kind == SET) type.tp_init = slotFunction(SLOT_BASE_INIT);
}

/** The table of str, bytes and tuple; a list's begins in the same way. */
function fillRow(sequence: usize, mapping: usize): void {
  put(sequence, SQ_LENGTH, SLOT_BASE_LENGTH);
  put(sequence, SQ_CONCAT, SLOT_BASE_CONCAT);
  put(sequence, SQ_REPEAT, SLOT_BASE_REPEAT);
  put(sequence, SQ_ITEM, SLOT_BASE_ITEM);
  put(sequence, SQ_CONTAINS, SLOT_BASE_CONTAINS);
  put(mapping, MP_LENGTH, SLOT_BASE_LENGTH);
  put(mapping, MP_SUBSCRIPT, SLOT_BASE_SUBSCRIPT);
}

function fillContainers(): void {
  const rows = at(SLOT_TABLES_AT);
  const rowsMapping = at(MAPPINGS_AT);
  fillRow(rows, rowsMapping);
  // C sees the size of a derived str's part; each str has its own size.
  typeOf(STR).basicSize = <u32>DERIVED_STR_BYTES;
  fillContainer(STR, rows, rowsMapping, 0);
  fillContainer(BYTES, rows, rowsMapping, 0);
  fillContainer(TUPLE, rows, rowsMapping, 0);
  const list = rows + SEQUENCE;
  const listMapping = rowsMapping + MAPPING;
  fillRow(list, listMapping);
  put(list, SQ_ASS_ITEM, SLOT_BASE_ASS_ITEM);
  put(list, SQ_INPLACE_CONCAT, SLOT_BASE_INPLACE_CONCAT);
  put(list, SQ_INPLACE_REPEAT, SLOT_BASE_INPLACE_REPEAT);
  put(listMapping, MP_ASS_SUBSCRIPT, SLOT_BASE_ASS_SUBSCRIPT);
  fillContainer(LIST, list, listMapping, 0);
  const dict = list + SEQUENCE;
  const dictMapping = listMapping + MAPPING;
  const dictNumber = at(NUMBERS_AT) + 4 * NUMBER;
  put(dict, SQ_CONTAINS, SLOT_BASE_CONTAINS);
  put(dictMapping, MP_LENGTH, SLOT_BASE_LENGTH);
  put(dictMapping, MP_SUBSCRIPT, SLOT_BASE_SUBSCRIPT);
  put(dictMapping, MP_ASS_SUBSCRIPT, SLOT_BASE_ASS_SUBSCRIPT);
  put(dictNumber, NB_OR, SLOT_BASE_OR);
  put(dictNumber, NB_INPLACE_OR, SLOT_BASE_INPLACE_OR);
  fillContainer(DICT, dict, dictMapping, dictNumber);
  fillSets(dict + SEQUENCE);
}

function fillSets(sequence: usize): void {
  put(sequence, SQ_LENGTH, SLOT_BASE_LENGTH);
  put(sequence, SQ_CONTAINS, SLOT_BASE_CONTAINS);
  for (let kind: u32 = SET; kind <= FROZENSET; kind++) {
    const number = at(NUMBERS_AT) + (kind == SET ? 2 : 3) * NUMBER;
    put(number, NB_SUBTRACT, SLOT_BASE_SUBTRACT);
    put(number, NB_AND, SLOT_BASE_AND);
    put(number, NB_XOR, SLOT_BASE_XOR);
    put(number, NB_OR, SLOT_BASE_OR);
    fillContainer(kind, sequence, 0, number);
    if (kind == FROZENSET) continue;
    put(number, NB_INPLACE_SUBTRACT, SLOT_BASE_INPLACE_SUBTRACT);
    put(number, NB_INPLACE_AND, SLOT_BASE_INPLACE_AND);
    put(number, NB_INPLACE_XOR, SLOT_BASE_INPLACE_XOR);
    put(number, NB_INPLACE_OR, SLOT_BASE_INPLACE_OR);
  }
}

/** What int and float have in common. */
function fillNumber(kind: u32, number: usize): void {
  fillAll(kind).tp_as_number = number;
  put(number, NB_ADD, SLOT_BASE_ADD);
  put(number, NB_SUBTRACT, SLOT_BASE_SUBTRACT);
  put(number, NB_MULTIPLY, SLOT_BASE_MULTIPLY);
  put(number, NB_REMAINDER, SLOT_BASE_REMAINDER);
  put(number, NB_DIVMOD, SLOT_BASE_DIVMOD);
  put(number, NB_POWER, SLOT_BASE_POWER);
  put(number, NB_NEGATIVE, SLOT_BASE_NEGATIVE);
  put(number, NB_POSITIVE, SLOT_BASE_POSITIVE);
  put(number, NB_ABSOLUTE, SLOT_BASE_ABSOLUTE);
  put(number, NB_BOOL, SLOT_BASE_BOOL);
  put(number, NB_INT, SLOT_BASE_INT);
  put(number, NB_FLOAT, SLOT_BASE_FLOAT);
  put(number, NB_FLOOR_DIVIDE, SLOT_BASE_FLOOR_DIVIDE);
  put(number, NB_TRUE_DIVIDE, SLOT_BASE_TRUE_DIVIDE);
}

/** Fills in the slots of all these types. Their other functions for C are there already. */
export function fillBaseTypes(): void {
  fillContainers();
  const int = at(NUMBERS_AT);
  fillNumber(INT, int);
  put(int, NB_INVERT, SLOT_BASE_INVERT);
  put(int, NB_LSHIFT, SLOT_BASE_LSHIFT);
  put(int, NB_RSHIFT, SLOT_BASE_RSHIFT);
  put(int, NB_AND, SLOT_BASE_AND);
  put(int, NB_XOR, SLOT_BASE_XOR);
  put(int, NB_OR, SLOT_BASE_OR);
  put(int, NB_INDEX, SLOT_BASE_INT);
  fillNumber(FLOAT, int + NUMBER);
}

/** The counterpart of fillBaseTypes, for one built-in type. */
export function emptyBaseType(type: PyType): void {
  type.flags &= ~IS_BASE_TYPE;
  if (type === typeOf(STR)) type.basicSize = <u32>ASCII_HEADER;
  type.tp_dealloc = type.dealloc;
  type.tp_new = 0;
  type.tp_init = 0;
  type.tp_iter = 0;
  type.tp_as_sequence = 0;
  type.tp_as_mapping = 0;
  type.tp_as_number = 0;
  type.traverse = 0;
  type.clear = 0;
}

/** Empties the tables. */
export function emptySlotTables(): void {
  memory.fill(at(SLOT_TABLES_AT), 0, STATE_BYTES - SLOT_TABLES_AT);
}
