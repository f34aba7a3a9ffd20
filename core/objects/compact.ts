// Compaction: objects move together, so that the memory above them can go back.
//
//   before   | o o . o | . o . . | o . . . | . . o . |          after   | o o o o | o o . . |
//
// A round goes like this:
//   1  evacuation.ts says which pools are to be left (or, in the last round, all that is large and above `line` is)
//   2  each object there that is not pinned is copied to a new block; its old block says where it is now:
//        reference count -> 11 | the object that moved before it >> 3        type -> the object's new address
//      blocks that belong to an object (a list's items, a dict's keys) are copied likewise, and the object's word is changed
//   3  every word that refers to a moved object refers to its new address
//   4  old blocks are freed; pools and arenas that this empties go back
//
// Blocks come from the domains' own allocators, so debug hooks and traces see ordinary mallocs and frees. No step can fail half way: an
// object for which there is no block stays where it is. After each round check() passes.
// Imports objects/census, evacuation.

import { arenas } from "../arena";
import { POOL_SIZE } from "../config";
import { debug } from "../debug";
import { PyMem_Free, PyMem_Malloc, PyObject_Free, PyObject_Malloc } from "../domains";
import { evacuation_begin, evacuation_begin_above, evacuation_end, evacuation_end_above, isInPool, isLeft } from "../evacuation";
import { ledger } from "../ledger";
import { raw } from "../raw";
import { lowerTables, scavenge } from "../small";
import { bytes_sizeof, PyBytes } from "./bytes";
import { Census, census, KEYS_SEEN } from "./census";
import { PyDict } from "./dict";
import { collector } from "./gc";
import { handles } from "./handles";
import { instance_sizeof, textOf } from "./instance";
import { int_sizeof, PyLong } from "./int";
import { interned, Interned } from "./intern";
import { emptyKeys, Keys } from "./keys";
import {
  BYTES,
  DICT,
  FROZENSET,
  GCHead,
  gcHead,
  generation,
  INT,
  IS_C_TYPE,
  LIST,
  PLACES,
  PyObject,
  PyType,
  SET,
  settings,
  STR,
  TUPLE,
  typeOf,
  USER,
} from "./object";
import { eachReference, eachRoot } from "./references";
import { PyList, PyTuple } from "./sequence";
import { PySet } from "./set";
import { PyStr } from "./str";
import { tuple_sizeof } from "./tuple";

const TAG_SHIFT: u32 = 30;
const MOVED: u32 = 3;
const LINK_MASK: u32 = (1 << TAG_SHIFT) - 1;
const LISTS: u32 = 4;

@inline
function isMoved(o: PyObject): bool {
  return o.refcnt >> TAG_SHIFT == MOVED;
}

/** Where a moved object is now. */
@inline
function newPlace(o: PyObject): PyObject {
  return changetype<PyObject>(changetype<usize>(o.type));
}

/** Bytes of an object's own block, collector header not counted. */
function ownBytes(o: PyObject): usize {
  const kind = o.type.kind;
  if (kind == STR) return changetype<PyStr>(o).size;
  if (kind == INT) return int_sizeof(changetype<PyLong>(o).digits);
  if (kind == TUPLE) return tuple_sizeof(changetype<PyTuple>(o).size);
  if (kind == BYTES) return bytes_sizeof(changetype<PyBytes>(o).size);
  if (kind == USER) return instance_sizeof(o) - o.type.headBytes;
  return o.type.basicSize;
}

// ---- moving ----

/** Whether a block is to move in this round: it is in a pool that is left, or large and above the line. */
@inline
function leaves(block: usize, c: Census): bool {
  return isLeft(block) || (c.line != 0 && block >= c.line && !isInPool(block));
}

/** Whether a new block serves the round's purpose. */
@inline
function isBetter(fresh: usize, block: usize, c: Census): bool {
  return c.line == 0 || fresh < block;
}

function moveObject(c: Census, k: u32): void {
  const o = c.objectAt(k);
  const headBytes = o.type.headBytes;
  const block = changetype<usize>(o) - headBytes;
  if (!leaves(block, c)) return;
  const bytes = ownBytes(o) + headBytes;
  const fresh = PyObject_Malloc(bytes);
  if (fresh == 0) return;
  if (!isBetter(fresh, block, c)) {
    // Nothing is freed before the round is over.
    store<usize>(fresh, c.unused);
    c.unused = fresh;
    return;
  }
  memory.copy(fresh, block, bytes);
  const moved = changetype<PyObject>(fresh + headBytes);
  if (moved.type.kind == SET || moved.type.kind == FROZENSET) followTable(changetype<PySet>(moved), changetype<PySet>(o));
  o.type = changetype<PyType>(changetype<usize>(moved));
  o.refcnt = (MOVED << TAG_SHIFT) | <u32>(c.moved >> 3);
  c.moved = changetype<usize>(o);
  c.movedBytes += bytes;
  c.replace(k, moved);
}

/** A small set's table stands in the set itself. */
@inline
function followTable(s: PySet, before: PySet): void {
  if (before.isSmall) s.table = s.small;
}

/** The block of `bytes` bytes to which the word at `slot` refers moves, if it is to. */
function movePart(c: Census, slot: usize, bytes: usize): void {
  const block = load<usize>(slot);
  if (block == 0 || !leaves(block, c)) return;
  const fresh = PyMem_Malloc(bytes);
  if (fresh == 0) return;
  if (!isBetter(fresh, block, c)) {
    store<usize>(fresh, c.parts);
    c.parts = fresh;
    return;
  }
  memory.copy(fresh, block, bytes);
  store<usize>(slot, fresh);
  store<usize>(block, c.parts);
  c.parts = block;
  c.movedBytes += bytes;
}

/** A dict's keys, which may have moved with another dict that shares them: then their mark says where they are. */
function moveKeys(c: Census, d: PyDict): void {
  const keys = d.keys;
  if (keys === emptyKeys()) return;
  if (keys.mark == 0) {
    movePart(c, changetype<usize>(d) + offsetof<PyDict>("keys"), keys.bytes);
    if (d.keys !== keys) keys.mark = <u32>changetype<usize>(d.keys);
  } else d.keys = changetype<Keys>(<usize>keys.mark);
}

function moveParts(c: Census, o: PyObject): void {
  const kind = o.type.kind;
  const address = changetype<usize>(o);
  if (kind == LIST) movePart(c, address + offsetof<PyList>("items"), <usize>changetype<PyList>(o).allocated << 2);
  else if (kind == DICT) {
    const d = changetype<PyDict>(o);
    movePart(c, address + offsetof<PyDict>("values"), <usize>d.keys.count << 2);
    moveKeys(c, d);
  } else if (kind == SET || kind == FROZENSET) {
    const s = changetype<PySet>(o);
    if (!s.isSmall) movePart(c, address + offsetof<PySet>("table"), <usize>(s.mask + 1) << 3);
  }
}

// ---- following ----

/** Words that refer to a moved object refer to its new place. */
@unmanaged
class Follow {
  @inline
  owned(slot: usize): void {
    const o = load<PyObject>(slot);
    if (isMoved(o)) store<PyObject>(slot, newPlace(o));
  }

  @inline
  borrowed(slot: usize): void {
    if (load<usize>(slot) != 0) this.owned(slot);
  }

  @inline
  enters(keys: Keys): bool {
    if (keys.mark == KEYS_SEEN) return false;
    keys.mark = KEYS_SEEN;
    return true;
  }
}

/** The collector's lists go through the objects where they are now. */
function followLists(): void {
  for (let k: u32 = 0; k < LISTS; k++) {
    const list = generation(k).head;
    let prev = list;
    let at = list.next;
    while (at != changetype<usize>(list)) {
      const o = changetype<GCHead>(at).object;
      const head = gcHead(isMoved(o) ? newPlace(o) : o);
      prev.next = changetype<usize>(head);
      head.setPrev(prev);
      prev = head;
      at = head.next;
    }
    prev.next = changetype<usize>(list);
    list.setPrev(prev);
  }
}

/** Types whose names C reads in the strings themselves have them where they are now. */
function followNames(): void {
  for (let place: u32 = 0; place < PLACES; place++) followName(typeOf(place));
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) followName(type);
}

@inline
function followName(type: PyType): void {
  const name = type.name;
  if (name && (type.flags & IS_C_TYPE) == 0) type.tp_name = textOf(name);
}

function freeOld(c: Census): void {
  let o = c.moved;
  while (o != 0) {
    const old = changetype<PyObject>(o);
    o = <usize>(old.refcnt & LINK_MASK) << 3;
    PyObject_Free(changetype<usize>(old) - newPlace(old).type.headBytes);
  }
  let block = c.unused;
  while (block != 0) {
    const next = load<usize>(block);
    PyObject_Free(block);
    block = next;
  }
  block = c.parts;
  while (block != 0) {
    const next = load<usize>(block);
    PyMem_Free(block);
    block = next;
  }
}

/** One round, after it was said what is to be left. */
function round(c: Census): void {
  c.moved = 0;
  c.parts = 0;
  c.unused = 0;
  for (let k: u32 = 0; k < c.count; k++) {
    if (!c.isPinned(k)) moveObject(c, k);
    moveParts(c, c.objectAt(k));
  }
  const strings = interned();
  movePart(c, changetype<usize>(strings) + offsetof<Interned>("table"), <usize>strings.capacity << 2);
  const follow = changetype<Follow>(0);
  eachRoot<Follow>(follow);
  for (let k: u32 = 0; k < c.count; k++) eachReference<Follow>(c.objectAt(k), follow);
  for (let k: u32 = 0; k < c.count; k++) {
    const o = c.objectAt(k);
    if (o.type.kind == DICT) changetype<PyDict>(o).keys.mark = 0;
  }
  followLists();
  followNames();
  if (c.line != 0) evacuation_end_above(c.line);
  evacuation_end();
  freeOld(c);
  // What debug hooks hold back would be freed in the middle of the next round.
  if (debug().installed != 0) debug().letAllGo();
}

const MOST_ROUNDS: i32 = 4;

/** A round in which what is above the line moves below. Answers whether anything did. */
function moveBelow(c: Census, line: usize): bool {
  const before = c.movedBytes;
  c.line = line;
  evacuation_begin_above(line);
  round(c);
  return c.movedBytes != before;
}

/** Where the heap would end if nothing in it were free, and a little above that. */
function lineOf(): usize {
  const used = ledger().large - arenas().bytes + <usize>ledger().pools * POOL_SIZE;
  return raw().first + used + (used >> 7);
}

// What compact answers.
export const COMPACTED: i32 = 0;
/** Something is under way that knows objects by their addresses. */
export const BUSY: i32 = 1;
/** There is no memory for the census. */
export const NO_ROOM: i32 = 2;
/** A reference count is wrong: see broken_object. */
export const BROKEN: i32 = 3;

/** Whether something is under way that knows objects by their addresses, or has some that are not whole. */
export function is_busy(): bool {
  const s = settings();
  return s.held != 0 || s.outside != 0 || collector().collecting != 0;
}

/** Moves objects together; free lists are empty. Answers COMPACTED or why not. */
export function compact(): i32 {
  if (is_busy()) return BUSY;
  const c = census();
  c.movedBytes = 0;
  c.line = 0;
  if (!c.take()) {
    const answer = c.broken != 0 ? BROKEN : NO_ROOM;
    if (c.row != 0) c.release();
    return answer;
  }
  c.pinnedBytes = 0;
  for (let k: u32 = 0; k < c.count; k++) {
    if (c.isPinned(k)) c.pinnedBytes += ownBytes(c.objectAt(k)) + c.objectAt(k).type.headBytes;
  }
  if (evacuation_begin() > 0) round(c);
  scavenge();
  for (let k = 0; k < MOST_ROUNDS && moveBelow(c, lineOf()); k++) {}
  c.release();
  handles().lower();
  lowerTables(lineOf());
  return COMPACTED;
}

export function broken_object(): usize {
  return census().broken;
}
