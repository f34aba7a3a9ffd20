// PyType_FromSpec and related functions: types made from a PyType_Spec. They live as long as there are references to them.
// A type's functions for numbers, sequences, mappings, await and buffers are in a block that the type owns, together with its name:
//
//   numbers | sequences | mappings | async | buffers | name, 0

import { ascii } from "../../model/ascii";
import { raiseNoModule, raiseTypeSlot } from "../../model/raises.gen";
import { slotFunction } from "../../model/functions";
import { SLOT_HEAP_DEALLOC } from "../../model/table.gen";
import { BASE_OBJECT, TUPLE, TYPE } from "../../model/kinds.gen";
import { freeBlock, freeObject, newBlock, newObject } from "../../model/memory";
import { incref, xdecref } from "../../model/refcount";
import { IS_BASE_TYPE, IS_HEAP_TYPE, IS_TYPE, isKind, PyObject, PyType, PyVarObject, typeOf } from "../../model/type";
import { itemAt, PyTuple } from "../../types/sequence";
import { moduleNameOf, shortName } from "./attribute";
import { memberAt, nameAt, PyMemberDef, PyType_Spec, slotAt, SlotDef } from "./definitions";
import { ASYNC_WORDS, BUFFER_WORDS, MAPPING_WORDS, NUMBER_WORDS, SEQUENCE_WORDS } from "./inherit";
import { isModule, moduleDefinition, stateOf } from "./module-object";
import {
  ASYNC_TABLE,
  BUFFER_TABLE,
  MAPPING_TABLE,
  NUMBER_TABLE,
  placeOfSlot,
  SEQUENCE_TABLE,
} from "../../model/slots.gen";
import { internedText } from "./text";
import { PyType_Ready } from "./type";
import { lengthOfC } from "./utf8";
import { badCall } from "./complaints";

// A PyType_Spec: name | basicsize | itemsize | flags | slots; a slot: number | value.
const SLOT_BASE: i32 = 48;
const SLOT_BASES: i32 = 49;

const NUMBERS_AT: usize = 0;
const SEQUENCES_AT: usize = NUMBERS_AT + ((<usize>NUMBER_WORDS) << 2);
const MAPPINGS_AT: usize = SEQUENCES_AT + ((<usize>SEQUENCE_WORDS) << 2);
const ASYNC_AT: usize = MAPPINGS_AT + ((<usize>MAPPING_WORDS) << 2);
const BUFFERS_AT: usize = ASYNC_AT + ((<usize>ASYNC_WORDS) << 2);
const NAME_AT: usize = BUFFERS_AT + ((<usize>BUFFER_WORDS) << 2);

/** Gives the type the block that it owns, with a copy of its name. */
function giveOwn(type: PyType, name: usize): bool {
  const length = lengthOfC(name) + 1;
  const bytes = NAME_AT + length;
  const own = newBlock(bytes);
  if (own == 0) return false;
  memory.fill(own, 0, NAME_AT);
  memory.copy(own + NAME_AT, name, length);
  type.own = own;
  type.ownBytes = <u32>bytes;
  type.tp_name = own + NAME_AT;
  typeOf(TYPE).resized(<isize>bytes);
  return true;
}

/** The address of a type's word for a slot. The type gets the table of functions that the slot is in. */
function wordFor(type: PyType, place: i32): usize {
  const word = (<usize>(place & 0xff)) << 2;
  switch (place & ~0xff) {
    case NUMBER_TABLE:
      type.tp_as_number = type.own + NUMBERS_AT;
      return type.tp_as_number + word;
    case SEQUENCE_TABLE:
      type.tp_as_sequence = type.own + SEQUENCES_AT;
      return type.tp_as_sequence + word;
    case MAPPING_TABLE:
      type.tp_as_mapping = type.own + MAPPINGS_AT;
      return type.tp_as_mapping + word;
    case ASYNC_TABLE:
      type.tp_as_async = type.own + ASYNC_AT;
      return type.tp_as_async + word;
    case BUFFER_TABLE:
      type.tp_as_buffer = type.own + BUFFERS_AT;
      return type.tp_as_buffer + word;
    default:
      return changetype<usize>(type) + word;
  }
}

/** The base that the slots or a tuple of bases name; `object` if there is none; null with an error. */
function baseOf(spec: PyType_Spec, bases: PyObject | null): PyType | null {
  let base: PyObject | null = bases;
  for (let at = spec.slots; slotAt(at).slot != 0; at += offsetof<SlotDef>()) {
    const slot = slotAt(at).slot;
    if (!base && (slot == SLOT_BASE || slot == SLOT_BASES)) base = changetype<PyObject>(slotAt(at).value);
  }
  if (base && isKind(base, TUPLE)) {
    const t = changetype<PyTuple>(base);
    if (t.size != 1) return changetype<PyType | null>(badCall());
    base = itemAt(t.items, 0);
  }
  if (!base) return typeOf(BASE_OBJECT);
  if ((base.type.flags & IS_TYPE) != 0) return changetype<PyType>(base);
  return changetype<PyType | null>(badCall());
}

/** Sets tp_dictoffset and similar fields from the special members of the type ("__dictoffset__", ...). */
function takeOffsets(type: PyType): void {
  for (let at = type.tp_members; at != 0 && nameAt(at) != 0; at += offsetof<PyMemberDef>()) {
    const name = nameAt(at);
    // The names of all other members are passed over at once, unless they begin with "__" too.
    if (load<u16>(name) != 0x5f5f) continue;
    const offset = memberAt(at).offset;
    if (isText(name, ascii("__dictof"), 14)) type.tp_dictoffset = offset;
    else if (isText(name, ascii("__weakl"), 18)) type.weakList = offset;
    else if (isText(name, ascii("__vecto"), 20)) type.tp_vectorcall_offset = offset;
  }
}

/** Whether a text has this length, and begins with the characters of `packed`. */
function isText(text: usize, packed: u64, length: u32): bool {
  for (let k: usize = 0; packed != 0; k++, packed >>= 8) if (load<u8>(text + k) != <u8>packed) return false;
  return lengthOfC(text) == length;
}

/** An empty type. */
function newType(): PyType | null {
  const type = changetype<PyType | null>(newObject(typeOf(TYPE), offsetof<PyType>()));
  if (type)
    memory.fill(changetype<usize>(type) + offsetof<PyVarObject>(), 0, offsetof<PyType>() - offsetof<PyVarObject>());
  return type;
}

/** A type with a name, a base, and the attributes in a dict. The dict may be null; its reference is taken over. */
export function type_derived(name: usize, base: PyType, dict: PyObject | null): PyType | null {
  const type = newType();
  if (!type) {
    xdecref(dict);
    return null;
  }
  type.tp_dict = dict;
  type.base = incref<PyType>(base);
  if (giveOwn(type, name)) {
    type.flags = IS_HEAP_TYPE | IS_BASE_TYPE;
    type.tp_dealloc = slotFunction(SLOT_HEAP_DEALLOC);
    if (PyType_Ready(type) == 0) return type;
  }
  discard(type);
  return null;
}

export function PyType_FromMetaclass(
  meta: PyType | null,
  module: PyObject | null,
  spec: PyType_Spec,
  bases: PyObject | null,
): PyObject | null {
  if (meta && meta !== typeOf(TYPE)) return badCall();
  const base = baseOf(spec, bases);
  const type = base ? newType() : null;
  if (!base || !type) return null;
  if (fill(type, base, spec) && PyType_Ready(type) == 0) {
    type.module = module ? incref<PyObject>(module) : null;
    return type;
  }
  discard(type);
  return null;
}

/** Fills the type from a PyType_Spec. */
function fill(type: PyType, base: PyType, spec: PyType_Spec): bool {
  type.base = incref<PyType>(base);
  if (!giveOwn(type, spec.name)) return false;
  const basicSize = spec.basicSize;
  // If the size is negative, that many bytes, rounded up to a multiple of 4, are added to the size of the base. 0 is the base's size.
  type.basicSize = basicSize > 0 ? basicSize : base.basicSize + ((<u32>-basicSize + 3) & ~3);
  type.itemSize = spec.itemSize;
  type.flags = spec.flags | IS_HEAP_TYPE;
  for (let at = spec.slots; slotAt(at).slot != 0; at += offsetof<SlotDef>()) {
    const slot = slotAt(at).slot;
    if (slot == SLOT_BASE || slot == SLOT_BASES) continue;
    const place = placeOfSlot(slot);
    if (place < 0) {
      raiseTypeSlot();
      return false;
    }
    store<u32>(wordFor(type, place), <u32>slotAt(at).value);
  }
  takeOffsets(type);
  if (type.tp_dealloc == 0) type.tp_dealloc = slotFunction(SLOT_HEAP_DEALLOC);
  return true;
}

/** Drops a type that could not be completed. */
function discard(type: PyType): void {
  if (type.own != 0) {
    freeBlock(type.own);
    typeOf(TYPE).resized(-(<isize>type.ownBytes));
  }
  xdecref(type.base);
  xdecref(type.tp_dict);
  freeObject(type, offsetof<PyType>());
}

export function PyType_FromModuleAndSpec(
  module: PyObject | null,
  spec: PyType_Spec,
  bases: PyObject | null,
): PyObject | null {
  return PyType_FromMetaclass(null, module, spec, bases);
}

export function PyType_FromSpecWithBases(spec: PyType_Spec, bases: PyObject | null): PyObject | null {
  return PyType_FromMetaclass(null, null, spec, bases);
}

export function PyType_FromSpec(spec: PyType_Spec): PyObject | null {
  return PyType_FromMetaclass(null, null, spec, null);
}

// ---- queries ----

/** A type's value for a slot; NULL if it has none, and NULL with SystemError if there is no such slot. Py_tp_base and Py_tp_bases count as no slot here. */
export function PyType_GetSlot(type: PyType, slot: i32): usize {
  const place = placeOfSlot(slot);
  if (place < 0) {
    badCall();
    return 0;
  }
  const at = tableOf(type, place & ~0xff);
  return at == 0 ? 0 : load<usize>(at + ((<usize>(place & 0xff)) << 2));
}

/** The address of a type's table; 0 if it has none. */
function tableOf(type: PyType, table: u32): usize {
  switch (table) {
    case NUMBER_TABLE:
      return type.tp_as_number;
    case SEQUENCE_TABLE:
      return type.tp_as_sequence;
    case MAPPING_TABLE:
      return type.tp_as_mapping;
    case ASYNC_TABLE:
      return type.tp_as_async;
    case BUFFER_TABLE:
      return type.tp_as_buffer;
    default:
      return changetype<usize>(type);
  }
}

export function PyType_GetName(type: PyType): PyObject | null {
  return shortName(type);
}

export function PyType_GetQualName(type: PyType): PyObject | null {
  return shortName(type);
}

export function PyType_GetModuleName(type: PyType): PyObject | null {
  return moduleNameOf(type);
}

export function PyType_GetFullyQualifiedName(type: PyType): PyObject | null {
  return internedText(type.tp_name);
}

/** The module that a type belongs to, a borrowed reference; NULL with TypeError. */
export function PyType_GetModule(type: PyType): PyObject | null {
  const module = type.module;
  if (module) return module;
  const name = shortName(type);
  if (!name) return null;
  raiseNoModule(name);
  xdecref(name);
  return null;
}

export function PyType_GetModuleState(type: PyType): usize {
  const module = PyType_GetModule(type);
  return module && isModule(module) ? stateOf(module) : 0;
}

/**
 * The module of the type or of its nearest base that has a module made from this definition: a borrowed reference; NULL
 * with TypeError.
 */
export function PyType_GetModuleByDef(type: PyType, definition: usize): PyObject | null {
  let at: PyType | null = type;
  while (at) {
    const module = at.module;
    if (module && moduleDefinition(module) == definition) return module;
    at = at.base;
  }
  const name = shortName(type);
  if (!name) return null;
  raiseNoModule(name);
  xdecref(name);
  return null;
}
