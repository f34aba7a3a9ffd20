// Reads the most frequent objects of CPython for the graph of a snapshot: numbers, texts, containers, and objects whose type tells
// where their references are. This is a separate module over the interpreter's memory, which it only reads; the graph is in
// another module with its own memory (store.ts). The host reads the other objects, and the types.
//
// The host's References, Values and Dicts (src/hosts/python/graph/) read the same things of an object as this module.

import {
  EDGE_ATTRIBUTE,
  EDGE_CELL,
  EDGE_INDEX,
  EDGE_INTERNAL,
  EDGE_KEY,
  FLAG_IMMORTAL,
  FLAG_SHARED,
  FLAG_STATIC,
  NODE_OBJECT,
  NODE_STRING,
  NO_FIELD,
  STATIC,
} from "./kinds";
import { bytesText, isIn, isPlain, put, putText, readUpTo } from "./characters";

@external("graph", "nodes_id")
declare function nodesId(node: u32): usize;
@external("graph", "nodes_describe")
declare function nodesDescribe(node: u32, size: u32, value: u32, flags: u32): void;
@external("graph", "edges_refer")
declare function refer(kind: u32, name: u32, target: usize): void;
@external("graph", "blocks_claim_buffer")
declare function claimBuffer(node: u32, address: usize, before: u32): u32;
@external("graph", "types_find")
declare function typesFind(address: usize): u32;
@external("graph", "types_begin_node")
declare function beginNode(node: u32, kind: u32, object: usize, before: u32): u64;
@external("graph", "types_traverse")
declare function typesTraverse(): u32;
@external("graph", "types_basic_size")
declare function typesBasicSize(): u32;
@external("graph", "types_keys")
declare function typesKeys(): usize;
@external("graph", "types_value_offset")
declare function typesValueOffset(): u32;
@external("graph", "types_field_count")
declare function typesFieldCount(): u32;
@external("graph", "types_offset")
declare function typesOffset(field: u32): u32;
@external("graph", "types_word_count")
declare function typesWordCount(): u32;
@external("graph", "types_word_offset")
declare function typesWordOffset(k: u32): u32;
@external("graph", "loose_refer")
declare function looseRefer(node: u32, address: usize, before: u32): void;
@external("graph", "loose_field")
declare function looseField(node: u32, first: u32, address: usize, field: u32): void;
@external("graph", "nodes_find")
declare function nodesFind(address: usize): i32;
@external("graph", "blocks_is_dynamic")
declare function isDynamic(address: usize): bool;
@external("graph", "edges_rename")
declare function edgesRename(node: u32, first: u32, k: u32, kind: u32, name: u32): void;
@external("graph", "refs_field")
declare function refsField(field: u32, target: usize): void;
@external("graph", "refs_name")
declare function refsName(kind: u32, name: u32, target: usize, isCertain: bool): void;
@external("graph", "refs_visited")
declare function refsVisited(type: usize): void;
@external("graph", "refs_named")
declare function refsNamed(): void;
@external("graph", "keys_find")
declare function keysFind(key: usize): u32;
@external("graph", "keys_set")
declare function keysSet(key: usize, text: u32): void;
@external("graph", "values_int")
declare function valuesInt(value: i64): u32;
@external("graph", "values_float")
declare function valuesFloat(value: f64): u32;
@external("graph", "values_items")
declare function valuesItems(count: u32): u32;
@external("graph", "draft_number")
declare function putNumber(value: i64): void;
@external("graph", "draft_end")
declare function draftEnd(isNew: bool): u32;
/** Called for a key of a dict that this module can't name itself. Returns the number of the text that names it. */
@external("host", "keyName")
declare function hostKeyName(key: usize): u32;
/** Returns the number of the text that names an attribute. */
@external("host", "attributeName")
declare function hostAttributeName(key: usize): u32;

/**
 * Calls the function at `index` of the interpreter's table, a tp_traverse. This module does not import the table: V8 keeps each instance that
 * does, and with it its graph, for as long as the table lives.
 */
@external("host", "traverse")
declare function hostTraverse(index: u32, object: usize, visit: u32): i32;

/** The lowest four bits of a type's info say how its objects are read. 0: by the host. */
export const STR: u32 = 1;
export const INT: u32 = 2;
export const FLOAT: u32 = 3;
export const BYTES: u32 = 4;
export const LIST: u32 = 5;
export const TUPLE: u32 = 6;
export const DICT: u32 = 7;
export const SET: u32 = 8;
export const PLAIN: u32 = 9;
const HOW: u32 = 15;
/** The next eight bits: how many bytes of its block are in front of an object. Above them are flags for plain objects. */
export const BEFORE_SHIFT: u32 = 4;
const BEFORE: u32 = 255;
export const MANAGED_DICT: u32 = 1 << 12;
export const INLINE_VALUES: u32 = 1 << 13;
export const TRAVERSES: u32 = 1 << 14;
/** A function: it can have a closure. */
export const CLOSES: u32 = 1 << 15;

/** Offsets in a function and in a code object. */
const FUNCTION_CODE: usize = 24;
const CLOSURE: usize = 36;
const VARIABLE_NAMES: usize = 72;

const IMMORTAL: u32 = 0x3fff_ffff;
const MANAGED_OFFSET: usize = 12;
let tupleItems: usize = 0;
let valuesBegin: usize = 0;
let tagsValues: bool = false;
let hookBytes: u32 = 0;
let visitor: u32 = 0;
/** The numbers of the texts "(key)" and "__dict__". */
let keyText: u32 = 0;
let dictText: u32 = 0;

/** Sets the layout of this CPython's objects. `visit` is the table index of a visitproc. Nothing is read from `memoryEnd` on. */
export function reader_begin(
  tuple: usize,
  values: usize,
  tags: bool,
  hooks: u32,
  visit: u32,
  memoryEnd: usize,
  ofKey: u32,
  ofDict: u32,
): void {
  tupleItems = tuple;
  valuesBegin = values;
  tagsValues = tags;
  hookBytes = hooks;
  visitor = visit;
  readUpTo(memoryEnd);
  keyText = ofKey;
  dictText = ofDict;
}

/**
 * Reads the objects of nodes, from node `from` on: describes the nodes, and adds their references. Stops at the first object that the host
 * has to read, or after the last node. Returns the number of the node where it stopped. `areWhole` is false if objects can be incomplete.
 */
export function reader_follow(from: u32, areWhole: bool): u32 {
  let node = from;
  for (; ; node++) {
    const object = nodesId(node);
    if (object == 0 || !isIn(object, 64)) break;
    const info = typesFind(load<usize>(object, 4));
    const how = info & HOW;
    if (!isReadable(object, how, areWhole)) break;
    const before = ((info >> BEFORE_SHIFT) & BEFORE) + hookBytes;
    const block = beginNode(node, how == STR ? NODE_STRING : NODE_OBJECT, object, before);
    const isStatic = block == STATIC;
    const isImmortal = load<u32>(object) >= IMMORTAL;
    const flags =
      (isStatic ? FLAG_STATIC : 0) |
      (isImmortal ? FLAG_IMMORTAL : 0) |
      (isShared(object, how, isStatic) ? FLAG_SHARED : 0);
    nodesDescribe(node, <u32>block + buffers(node, object, how, info), valueOf(object, how), flags);
    giveReferences(object, how, info);
  }
  return node;
}

/** Whether there is only one object with this value: an interned str, the empty tuple, a static int or bytes object. */
@inline
function isShared(object: usize, how: u32, isStatic: bool): bool {
  if (how == STR) return (load<u32>(object, 16) & 3) != 0;
  if (how == TUPLE) return isStatic && load<u32>(object, 8) == 0;
  return isStatic && (how == INT || how == BYTES);
}

/** Whether this module can read an object. The host reads the others. */
@inline
function isReadable(object: usize, how: u32, areWhole: bool): bool {
  if (how == 0) return false;
  if (how == INT) return isShortInt(object);
  if (how == LIST) return isIn(load<usize>(object, 12), <u64>load<u32>(object, 8) * 4);
  if (how == TUPLE) return isIn(object + tupleItems, <u64>load<u32>(object, 8) * 4);
  if (how == SET) return isIn(load<usize>(object, 20), (<u64>load<u32>(object, 16) + 1) * 8);
  if (how == PLAIN) return areWhole;
  if (how != DICT) return true;
  const values = load<usize>(object, 28);
  // Whether such values belong to the dict or to the object differs between versions. Only tp_traverse tells, so the host reads such a
  // dict.
  return !(values != 0 && isEmbedded(values)) && hasKeys(load<usize>(object, 24));
}

@inline
function isEmbedded(values: usize): bool {
  return valuesBegin > 0 && isIn(values, 8) && load<u8>(values, 2) == 1;
}

/** Claims the blocks, besides its own, that only this object uses. Returns the sum of their bytes. */
@inline
function buffers(node: u32, object: usize, how: u32, info: u32): u32 {
  if (how == LIST) return claimed(node, load<usize>(object, 12));
  if (how == DICT) return claimed(node, load<usize>(object + (load<usize>(object, 28) == 0 ? 24 : 28)));
  if (how == SET) return load<usize>(object, 20) == object + 32 ? 0 : claimed(node, load<usize>(object, 20));
  if (how == PLAIN && (info & MANAGED_DICT) != 0 && tagsValues) {
    const word = load<usize>(object - MANAGED_OFFSET);
    return (word & 1) == 1 ? claimed(node, word + 1) : 0;
  }
  if (how == STR) {
    const state = load<u32>(object, 16);
    if (((state >> 5) & 3) == 3) return 0;
    const data: usize = ((state >> 5) & 1) == 1 ? 0 : load<usize>(object, 28);
    const utf8 = load<usize>(object, 24);
    return claimed(node, data) + (utf8 == data ? 0 : claimed(node, utf8));
  }
  return 0;
}

@inline
function claimed(node: u32, block: usize): u32 {
  return block == 0 ? 0 : claimBuffer(node, block, hookBytes);
}

/** The number of the text that shows an object's value; 0 if there is none. */
@inline
function valueOf(object: usize, how: u32): u32 {
  if (how == FLOAT) return valuesFloat(load<f64>(object, 8));
  if (how == INT) return valuesInt(intOf(object));
  if (how == LIST || how == TUPLE) return valuesItems(load<u32>(object, 8));
  if (how == DICT) return valuesItems(load<u32>(object, 8));
  if (how == SET) return valuesItems(load<u32>(object, 12));
  if (how == BYTES) return bytesText(object);
  if (how == PLAIN) {
    const offset = typesValueOffset();
    if (offset == 0) return 0;
    const text = load<usize>(object + offset);
    if (text == 0 || !isIn(text, 64)) return 0;
    putText(text);
    return draftEnd(false);
  }
  putText(object);
  return draftEnd(false);
}

/** Whether an int has at most two digits. */
@inline
function isShortInt(object: usize): bool {
  return load<u32>(object, 8) >> 3 <= 2;
}

/** The value of an int of at most two digits. */
function intOf(object: usize): i64 {
  const tag = load<u32>(object, 8);
  if ((tag & 3) == 1) return 0;
  let value = <i64>load<u32>(object, 12);
  if (tag >> 3 == 2) value |= (<i64>load<u32>(object, 16)) << 30;
  return (tag & 3) == 2 ? -value : value;
}

@inline
function giveReferences(object: usize, how: u32, info: u32): void {
  if (how == LIST) giveItems(load<usize>(object, 12), load<u32>(object, 8));
  else if (how == TUPLE) giveItems(object + tupleItems, load<u32>(object, 8));
  else if (how == DICT) giveEntries(object);
  else if (how == SET) giveMembers(object);
  else if (how == PLAIN) giveFields(object, info);
}

function giveItems(items: usize, count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const target = load<usize>(items + <usize>k * 4);
    if (target != 0) refer(EDGE_INDEX, k, target);
  }
}

function giveMembers(set: usize): void {
  const table = load<usize>(set, 20);
  const slots = load<u32>(set, 16) + 1;
  let number: u32 = 0;
  for (let k: u32 = 0; k < slots; k++) {
    const at = table + <usize>k * 8;
    const key = load<usize>(at);
    // If an item was removed, its slot has a placeholder with the hash -1, which no item has.
    if (key != 0 && load<i32>(at, 4) != -1) refer(EDGE_INDEX, number++, key);
  }
}

// A table of keys: whether all of it is in memory, how many bytes an entry has, and where the entries begin.

@inline
function hasKeys(keys: usize): bool {
  return isIn(keys, 32) && load<u8>(keys, 5) < 32 && isIn(firstOf(keys), <u64>load<u32>(keys, 16) * stepOf(keys));
}

@inline
function stepOf(keys: usize): u32 {
  return load<u8>(keys, 6) == 0 ? 12 : 8;
}

@inline
function firstOf(keys: usize): usize {
  return keys + 20 + ((<usize>1) << load<u8>(keys, 5)) + (load<u8>(keys, 6) == 0 ? 4 : 0);
}

function giveEntries(dict: usize): void {
  const keys = load<usize>(dict, 24);
  const values = load<usize>(dict, 28);
  const count = load<u32>(keys, 16);
  const step = stepOf(keys);
  const first = firstOf(keys);
  for (let k: u32 = 0; k < count; k++) {
    const at = first + <usize>(k * step);
    const key = load<usize>(at);
    if (key == 0) continue;
    const value = values == 0 ? load<usize>(at, 4) : load<usize>(values + valuesBegin + <usize>k * 4);
    if (value != 0) refer(EDGE_KEY, keyName(key), value);
  }
  if (values != 0) return;
  for (let k: u32 = 0; k < count; k++) {
    const at = first + <usize>(k * step);
    const key = load<usize>(at);
    if (key != 0 && load<usize>(at, 4) != 0) refer(EDGE_INTERNAL, keyText, key);
  }
}

/** The name of a reference from a dict: how Python would write the key, in brackets. */
function keyName(key: usize): u32 {
  const known = keysFind(key);
  if (known != 0) return known;
  const how = isIn(key, 64) ? typesFind(load<usize>(key, 4)) & HOW : 0;
  let name: u32;
  if (how == STR && isPlain(key)) {
    put(0x275b, 2);
    putText(key);
    put(0x5d27, 2);
    name = draftEnd(false);
  } else if (how == INT && isShortInt(key)) {
    put(0x5b, 1);
    putNumber(intOf(key));
    put(0x5d, 1);
    name = draftEnd(false);
  } else name = hostKeyName(key);
  keysSet(key, name);
  return name;
}

function attributeName(key: usize): u32 {
  const known = keysFind(key | 1);
  if (known != 0) return known;
  const name = hostAttributeName(key);
  keysSet(key | 1, name);
  return name;
}

function giveFields(object: usize, info: u32): void {
  const count = typesFieldCount();
  for (let k: u32 = 0; k < count; k++) refsField(k, load<usize>(object + typesOffset(k)));
  if ((info & MANAGED_DICT) != 0) nameAttributes(object, info);
  if ((info & TRAVERSES) == 0) return refsNamed();
  hostTraverse(typesTraverse(), object, visitor);
  refsVisited(load<usize>(object, 4));
}

/** Names the attributes that an instance stores in itself, and its dict. */
function nameAttributes(object: usize, info: u32): void {
  const word = load<usize>(object - MANAGED_OFFSET);
  const isTagged = tagsValues && (word & 1) == 1;
  let values: usize = 0;
  if (tagsValues) values = isTagged ? word + 1 : 0;
  else if ((info & INLINE_VALUES) != 0) values = object + typesBasicSize();
  const keys = typesKeys();
  if (values != 0 && keys != 0 && hasKeys(keys)) {
    const count = load<u32>(keys, 16);
    const step = stepOf(keys);
    const first = firstOf(keys);
    for (let k: u32 = 0; k < count; k++) {
      const key = load<usize>(first + <usize>(k * step));
      const value = load<usize>(values + valuesBegin + <usize>k * 4);
      if (key != 0 && value != 0) refsName(EDGE_ATTRIBUTE, attributeName(key), value, false);
    }
  }
  // The object owns its dict. In CPython 3.13, its tp_traverse does not visit the dict while the attributes are in the object.
  refsName(EDGE_INTERNAL, dictText, isTagged ? 0 : word, true);
}

/** For all nodes from `from` on, when they have their edges: notes what their other words refer to, and names the cells of functions. */
export function reader_finish(from: u32): void {
  for (let node = from; ; node++) {
    const object = nodesId(node);
    if (object == 0) return;
    // A group, or a proxy.
    if ((object & 3) != 0 || !isDynamic(object) || !isIn(object, 64)) continue;
    const info = typesFind(load<usize>(object, 4));
    const words = typesWordCount();
    const all = words + typesFieldCount();
    for (let k: u32 = 0; k < all; k++) {
      const at = object + (k < words ? typesWordOffset(k) : typesOffset(k - words));
      if (!isIn(at, 4)) continue;
      if (k < words) looseRefer(node, load<usize>(at), hookBytes);
      looseField(node, from, load<usize>(at), k < words ? NO_FIELD : k - words);
    }
    if ((info & CLOSES) != 0) nameCells(object, from);
  }
}

/** The items of a function's closure get the names of the variables that they are. */
function nameCells(object: usize, first: u32): void {
  const cells = load<usize>(object, CLOSURE);
  const code = load<usize>(object, FUNCTION_CODE);
  if (cells == 0 || !isIn(cells, 16) || !isIn(code, 128)) return;
  const names = load<usize>(code, VARIABLE_NAMES);
  const node = nodesFind(cells);
  if (!isIn(names, 16) || !isIn(names + tupleItems, <u64>load<u32>(names, 8) * 4)) return;
  const count = load<u32>(cells, 8);
  const all = load<u32>(names, 8);
  if (node < 0 || count > all) return;
  // The variables of outer functions are the last ones.
  for (let k: u32 = 0; k < count; k++) {
    const name = load<usize>(names + tupleItems + <usize>(all - count + k) * 4);
    edgesRename(node, first, k, EDGE_CELL, attributeName(name));
  }
}
