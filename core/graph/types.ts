// The types of the objects in a graph, as the host has read them; the texts of values that many objects share; and the names of an object's
// references. The type's tp_traverse visits most references, without names; some names are known from the type and the shared keys.

import { setWord, word } from "./columns";
import { EDGE_INTERNAL, STATIC } from "./kinds";
import { fail, List, makeList, slotIn, take } from "./memory";
import { blocks_claim, blocks_is_dynamic, edges_refer, nodes_become, nodes_begin, nodes_find, nodes_of } from "./store";
import { draft_end, draft_number, draft_put, texts_float } from "./texts";

@unmanaged
class Type {
  address: usize;
  /** The name: the number of a text. */
  name: u32;
  /** How the reader reads objects of the type (reader.ts has the bits). */
  info: u32;
  traverse: u32;
  basicSize: u32;
  /** The keys that instances share. */
  keys: usize;
  /** Offset in an object of a str that is shown as the node's value, as a function's qualified name is; 0: none. */
  valueOffset: u32;
  firstField: u32;
  fieldCount: u32;
  firstWord: u32;
  wordCount: u32;
}

/** A reference that objects of a type have at an offset. */
@unmanaged
class Field {
  offset: u32;
  kind: u32;
  name: u32;
}

/** A reference of the object that is read, whose name is known. */
@unmanaged
class Name {
  target: usize;
  kind: u32;
  name: u32;
  /** 1 if the object has the reference even if its tp_traverse does not visit it. */
  isCertain: u32;
}

const FIRST_TYPES: u32 = 2048;

let typeList: List = changetype<List>(0);
let fieldList: List = changetype<List>(0);
/** The offsets of words that are no known reference. */
let wordList: List = changetype<List>(0);
/** The types by address: open addressing, at most half full. */
let index: usize = 0;
let mask: u32 = 0;
let current: Type = changetype<Type>(0);
/** Stands for any type that is not known: it has no fields. */
let unknown: Type = changetype<Type>(0);

let seen: List = changetype<List>(0);
let names: List = changetype<List>(0);
let className: u32 = 0;
let fieldName: u32 = 0;

/** Prepares the tables. References without a known name get the text `ofClass` if they are to the object's class, else `ofField`. */
export function types_begin(ofClass: u32, ofField: u32): void {
  typeList = makeList(FIRST_TYPES, <u32>offsetof<Type>());
  fieldList = makeList(FIRST_TYPES, <u32>offsetof<Field>());
  wordList = makeList(FIRST_TYPES, 4);
  unknown = changetype<Type>(take(offsetof<Type>()));
  mask = 2 * FIRST_TYPES - 1;
  index = take(<usize>(mask + 1) * 8);
  seen = makeList(1024, 4);
  names = makeList(1024, <u32>offsetof<Name>());
  className = ofClass;
  fieldName = ofField;
  recent = take(<usize>RECENT * 12 * 2);
  counts = take(<usize>COUNTS * 4);
  keys = take(<usize>KEYS * 8);
}

@inline
function slotOf(address: usize): usize {
  return slotIn(index, mask, address);
}

/** Adds a type with the fields and the words that were added since the last type. */
export function types_add(
  address: usize,
  name: u32,
  info: u32,
  traverse: u32,
  basicSize: u32,
  sharedKeys: usize,
  valueOffset: u32,
  fieldCount: u32,
  wordCount: u32,
): void {
  const number = typeList.add();
  const type = typeAt(number);
  type.address = address;
  type.name = name;
  type.info = info;
  type.traverse = traverse;
  type.basicSize = basicSize;
  type.keys = sharedKeys;
  type.valueOffset = valueOffset;
  type.firstField = fieldList.length - fieldCount;
  type.fieldCount = fieldCount;
  type.firstWord = wordList.length - wordCount;
  type.wordCount = wordCount;
  if (typeList.length * 2 > mask) growIndex();
  const slot = slotOf(address);
  store<usize>(slot, address);
  store<u32>(slot, number, 4);
}

function growIndex(): void {
  mask = 2 * mask + 1;
  index = take(<usize>(mask + 1) * 8);
  for (let k: u32 = 0; k + 1 < typeList.length; k++) {
    const address = typeAt(k).address;
    const slot = slotOf(address);
    store<usize>(slot, address);
    store<u32>(slot, k, 4);
  }
}

@inline
function typeAt(number: u32): Type {
  return changetype<Type>(typeList.data + <usize>number * offsetof<Type>());
}

export function types_field(offset: u32, kind: u32, name: u32): void {
  const field = changetype<Field>(fieldList.addRow());
  field.offset = offset;
  field.kind = kind;
  field.name = name;
}

/** Adds the offset of a word that is no known reference: it can be the address of a block that the object uses. */
export function types_word(offset: u32): void {
  setWord(wordList, wordList.add(), offset);
}

/** Finds a type, and makes it the current one, which the next functions are about. Returns its info; 0 if the type is not known. */
export function types_find(address: usize): u32 {
  const slot = slotOf(address);
  if (load<usize>(slot) == 0) {
    current = unknown;
    return 0;
  }
  current = typeAt(load<u32>(slot, 4));
  return current.info;
}

export function types_traverse(): u32 {
  return current.traverse;
}

export function types_basic_size(): u32 {
  return current.basicSize;
}

export function types_keys(): usize {
  return current.keys;
}

export function types_value_offset(): u32 {
  return current.valueOffset;
}

export function types_field_count(): u32 {
  return current.fieldCount;
}

export function types_word_count(): u32 {
  return current.wordCount;
}

export function types_word_offset(k: u32): u32 {
  return word(wordList, current.firstWord + k);
}

export function types_name(field: u32): u32 {
  return fieldAt(field).name;
}

export function types_offset(field: u32): u32 {
  return fieldAt(field).offset;
}

@inline
function fieldAt(field: u32): Field {
  return changetype<Field>(fieldList.data + <usize>(current.firstField + field) * offsetof<Field>());
}

/**
 * Begins the node of an object of the current type, and claims the object's block, which starts `before` bytes in front of the object.
 * Returns the block's bytes, 0 if there is none or it was claimed already; or STATIC if the object is in the program's static data.
 */
export function types_begin_node(node: u32, kind: u32, object: usize, before: u32): u64 {
  nodes_become(node, kind, current.name);
  nodes_begin();
  return blocks_is_dynamic(object) ? <u64>blocks_claim(object, before) : STATIC;
}

// References.

/** Adds a reference whose name is known. `isCertain`: the object has it even if its tp_traverse does not visit it. */
export function refs_name(kind: u32, name: u32, target: usize, isCertain: bool): void {
  if (target == 0) return;
  const at = nameAt(names.add());
  at.target = target;
  at.kind = kind;
  at.name = name;
  at.isCertain = isCertain;
}

/** Adds the reference of a field of the current type. */
export function refs_field(field: u32, target: usize): void {
  const at = fieldAt(field);
  refs_name(at.kind, at.name, target, false);
}

@inline
function nameAt(number: u32): Name {
  return changetype<Name>(names.data + <usize>number * offsetof<Name>());
}

/** A visitproc: tp_traverse calls it for each reference. Its caller is C, so it only notes a lack of memory; refs_visited then fails. */
export function refs_visit(object: usize, _argument: usize): i32 {
  if (!seen.hasRoom()) {
    isFull = true;
    return 1;
  }
  setWord(seen, seen.add(), <u32>object);
  return 0;
}
let isFull: bool = false;

/** A gcvisitobjects_t: PyUnstable_GC_VisitObjects calls it for each object that the collector knows. Objects that have no node are noted. */
export function refs_find(object: usize, _argument: usize): i32 {
  if (nodes_find(object) >= 0) return 1;
  return refs_visit(object, 0) == 0 ? 1 : 0;
}

/** Adds nodes for the objects that refs_find has noted. */
export function refs_found(): void {
  if (isFull) fail();
  for (let n: u32 = 0; n < seen.length; n++) nodes_of(<usize>word(seen, n));
  seen.length = 0;
}

/** Removes one visit of an object from `seen`. False if there is none. */
function takeSeen(target: usize): bool {
  for (let n: u32 = 0; n < seen.length; n++) {
    const at = seen.data + <usize>n * 4;
    if (load<usize>(at) != target) continue;
    store<u32>(at, 0);
    return true;
  }
  return false;
}

/** Adds an edge for each reference that was visited, with its name if that is known, and for each one that is certain. */
export function refs_visited(type: usize): void {
  if (isFull) fail();
  const count = seen.length;
  for (let k: u32 = 0; k < names.length; k++) {
    const named = nameAt(k);
    if (takeSeen(named.target) || named.isCertain != 0) edges_refer(named.kind, named.name, named.target);
  }
  for (let n: u32 = 0; n < count; n++) {
    const target = <usize>load<u32>(seen.data + <usize>n * 4);
    if (target != 0) edges_refer(EDGE_INTERNAL, target == type ? className : fieldName, target);
  }
  seen.length = 0;
  names.length = 0;
}

/** Adds an edge for each reference whose name is known. */
export function refs_named(): void {
  for (let k: u32 = 0; k < names.length; k++) {
    const named = nameAt(k);
    edges_refer(named.kind, named.name, named.target);
  }
  names.length = 0;
}

// Names of keys and attributes, and texts that many objects share. Each has a place that follows from the key's address or from
// the value, and stays until another one gets that place.

const KEYS: u32 = 1 << 14;
const RECENT: u32 = 4096;
const COUNTS: u32 = 1024;
let keys: usize = 0;
let recent: usize = 0;
let counts: usize = 0;

/** The number of the text for a key; 0 if it is not known. For an attribute, `key` is the address of its name with the lowest bit set. */
export function keys_find(key: usize): u32 {
  const at = keyAt(key);
  return load<usize>(at) == key ? load<u32>(at, 4) : 0;
}

export function keys_set(key: usize, text: u32): void {
  store<usize>(keyAt(key), key);
  store<u32>(keyAt(key), text, 4);
}

@inline
function keyAt(key: usize): usize {
  return keys + <usize>(((<u32>key * 0x9e3779b1) >> 12) & (KEYS - 1)) * 8;
}

/** The text of a whole number. */
export function values_int(value: i64): u32 {
  const at = recent + <usize>(<u32>(value ^ (value >> 32)) % RECENT) * 12;
  // A text's number is never 0 here.
  if (load<u32>(at, 8) != 0 && load<i64>(at) == value) return load<u32>(at, 8);
  draft_number(value);
  const text = draft_end(true);
  store<i64>(at, value);
  store<u32>(at, text, 8);
  return text;
}

/** Below this, a float without a fraction is written as a whole number with ".0" after it. */
const MOST_WHOLE: f64 = 1e15;
const MINUS_ZERO: u64 = 1 << 63;

/** The text of a float. */
export function values_float(value: f64): u32 {
  const bits = reinterpret<u64>(value);
  const place = <u32>((bits >> 32) * 31 + (bits >> 40) + bits) % RECENT;
  const at = recent + <usize>(RECENT + place) * 12;
  if (load<u32>(at, 8) != 0 && load<u64>(at) == bits) return load<u32>(at, 8);
  let text: u32;
  if (abs(value) < MOST_WHOLE && trunc(value) == value && bits != MINUS_ZERO) {
    draft_number(<i64>value);
    draft_put(0x302e, 2);
    text = draft_end(true);
  } else text = texts_float(value);
  store<u64>(at, bits);
  store<u32>(at, text, 8);
  return text;
}

/** The text "3 items". */
export function values_items(count: u32): u32 {
  const at = counts + <usize>count * 4;
  if (count < COUNTS && load<u32>(at) != 0) return load<u32>(at);
  draft_number(count);
  draft_put(0x736d65746920, count == 1 ? 5 : 6);
  const text = draft_end(false);
  if (count < COUNTS) store<u32>(at, text);
  return text;
}
