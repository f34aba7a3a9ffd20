// Relocation: one object, or one block that belongs to an object, is copied to where it is to be.
//
//   old block    11 | the object's new address | what was there before ...          new block    count | type | ...
//
// A collected object takes its place in the collector's list along, a type its place in the ring of types, and a dict's keys, which several
// dicts may share, say where they are by their mark. Old blocks are noted in the census, and freed when the pass is over.

import { isPooled, PyMem_Free, PyMem_Malloc, PyObject_Free, PyObject_Malloc } from "../../alloc/domains";
import { evacuation_end, evacuation_free, IN_MEM, isInPool, isLeft } from "../../alloc/evacuation";
import { MEM, OBJECT } from "../../ground/config";
import { debug } from "../../hooks/debug";
import { GCHead, gcHead } from "../model/gc-head";
import { BYTES, DICT, FROZENSET, INT, LIST, SET, STR, TUPLE, TYPE, USER } from "../model/kinds.gen";
import { PyObject, PyType } from "../model/type";
import { PyStr } from "../text/str";
import { bytes_sizeof, PyBytes } from "../types/bytes";
import { PyDict } from "../types/dict";
import { instance_sizeof } from "../types/instance";
import { int_sizeof, PyLong } from "../types/int";
import { emptyKeys, Keys } from "../types/keys";
import { PyList, PyTuple } from "../types/sequence";
import { PySet } from "../types/set-table";
import { tuple_sizeof } from "../types/tuple";
import { Census, census, KEYS_SEEN, MOVED, TAG_SHIFT } from "./census";

/** Where a moved object is now. */
@inline
export function newPlace(o: PyObject): PyObject {
  return changetype<PyObject>(changetype<usize>(o.type));
}

/** Bytes of an object's own block, collector header not counted. Its type may have moved: what is read of that is still there. */
export function ownBytes(o: PyObject): usize {
  switch (o.type.kind) {
    case INT:
      return int_sizeof(changetype<PyLong>(o).digits);
    case STR:
      return changetype<PyStr>(o).size;
    case BYTES:
      return bytes_sizeof(changetype<PyBytes>(o).size);
    case TUPLE:
      return tuple_sizeof(changetype<PyTuple>(o).size);
    case USER:
      return instance_sizeof(o) - o.type.headBytes;
    default:
      return o.type.basicSize;
  }
}

// ---- moving ----

/** Whether a block is to move in this pass: it is in a pool that is left, or large and above the line. */
@inline
function leaves(block: usize, c: Census): bool {
  return isLeft(block) || (c.line != 0 && block >= c.line && !isInPool(block));
}

/** Whether a new block serves the pass's purpose. */
@inline
function isBetter(fresh: usize, block: usize, c: Census): bool {
  return c.line == 0 || fresh < block;
}

const FEW_BYTES: usize = 128;

/** Copies a block. Short ones go word by word: memory.copy is a call. */
@inline
function copyBlock(to: usize, from: usize, bytes: usize): void {
  if (bytes > FEW_BYTES) {
    memory.copy(to, from, bytes);
    return;
  }
  let k: usize = 0;
  for (; k + 8 <= bytes; k += 8) store<u64>(to + k, load<u64>(from + k));
  for (; k < bytes; k++) store<u8>(to + k, load<u8>(from + k));
}

/** Copies an object, which is not fixed, to a new block, if it is to move and can. Answers where it is. */
export function moveObject(c: Census, o: PyObject): PyObject {
  const headBytes = o.type.headBytes;
  const block = changetype<usize>(o) - headBytes;
  if (!leaves(block, c)) return o;
  const bytes = ownBytes(o) + headBytes;
  if (!c.mayHaveRoom(bytes)) return o;
  const fresh = PyObject_Malloc(bytes);
  if (fresh == 0 || !isBetter(fresh, block, c)) {
    c.hasNoRoom(bytes);
    // Nothing is freed before the pass is over.
    if (fresh != 0) c.unused = push(c.unused, fresh);
    return o;
  }
  copyBlock(fresh, block, bytes);
  const moved = changetype<PyObject>(fresh + headBytes);
  followSelf(o, moved);
  o.type = changetype<PyType>(changetype<usize>(moved));
  o.refcnt = MOVED << TAG_SHIFT;
  c.movedBytes += bytes;
  leaveBlock(c, block, 0);
  return moved;
}

/** A block whose content is elsewhere is noted; `domain` is IN_MEM or 0. */
@inline
function leaveBlock(c: Census, block: usize, domain: usize): void {
  store<usize>(c.old + (<usize>c.oldCount << 2), block | domain);
  c.oldCount++;
}

/** What stands in the object's own block about where it is, or knows it without a reference of the graph, says the new place. */
@inline
function followSelf(o: PyObject, moved: PyObject): void {
  const type = moved.type;
  if (type.hasGC && gcHead(moved).next != 0) {
    const head = gcHead(moved);
    head.prevHead.next = changetype<usize>(head);
    changetype<GCHead>(head.next).setPrev(head);
  }
  const kind = type.kind;
  if (kind == SET || kind == FROZENSET) {
    const s = changetype<PySet>(moved);
    if (changetype<PySet>(o).isSmall) s.table = s.small;
  } else if (kind == TYPE) {
    const t = changetype<PyType>(moved);
    t.before.after = t;
    t.after.before = t;
  }
}

/** The block of `bytes` bytes to which the word at `slot` refers moves, if it is to. Answers whether it did. */
export function movePart(c: Census, slot: usize, bytes: usize): bool {
  const block = load<usize>(slot);
  if (block == 0 || !leaves(block, c)) return false;
  const fresh = PyMem_Malloc(bytes);
  if (fresh == 0) return false;
  if (!isBetter(fresh, block, c)) {
    c.unusedParts = push(c.unusedParts, fresh);
    return false;
  }
  copyBlock(fresh, block, bytes);
  store<usize>(slot, fresh);
  c.movedBytes += bytes;
  leaveBlock(c, block, IN_MEM);
  return true;
}

/** A list of blocks that are of no use, with one more. */
@inline
function push(list: usize, block: usize): usize {
  store<usize>(block, list);
  return block;
}

// ---- parts ----

/**
 * Shows each block that belongs to the object: part(slot, bytes), and keys(slot, keys) for a dict's keys, which several dicts may share. Answers
 * whether one of them answered true.
 */
@inline
export function eachPart<V>(o: PyObject, visitor: V): bool {
  const at = changetype<usize>(o);
  switch (o.type.kind) {
    case LIST: {
      const list = changetype<PyList>(o);
      return list.items != 0 && visitor.part(at + offsetof<PyList>("items"), <usize>list.allocated << 2);
    }
    case DICT: {
      const d = changetype<PyDict>(o);
      const keys = d.keys;
      if (keys === emptyKeys()) return false;
      const any = d.values != 0 && visitor.part(at + offsetof<PyDict>("values"), <usize>keys.count << 2);
      return visitor.keys(at + offsetof<PyDict>("keys"), keys) || any;
    }
    case SET:
    case FROZENSET: {
      const s = changetype<PySet>(o);
      return !s.isSmall && visitor.part(at + offsetof<PySet>("table"), <usize>(s.mask + 1) << 3);
    }
    default:
      return false;
  }
}

@unmanaged
class Move {
  @inline
  part(slot: usize, bytes: usize): bool {
    return movePart(census(), slot, bytes);
  }

  /** Keys may have moved with another dict that shares them: then their mark says where they are. */
  keys(slot: usize, keys: Keys): bool {
    if (keys.mark > KEYS_SEEN) {
      store<usize>(slot, keys.mark);
      return true;
    }
    if (keys.mark == KEYS_SEEN || !movePart(census(), slot, keys.bytes)) return false;
    keys.mark = load<u32>(slot);
    return true;
  }
}

/** The object's parts are where they are to be, if there was room. */
export function moveParts(o: PyObject): void {
  eachPart<Move>(o, changetype<Move>(0));
}

@unmanaged
class IsLarge {
  @inline
  part(slot: usize, _bytes: usize): bool {
    return !isInPool(load<usize>(slot));
  }

  @inline
  keys(slot: usize, _keys: Keys): bool {
    return this.part(slot, 0);
  }
}

export function hasLargePart(o: PyObject): bool {
  return eachPart<IsLarge>(o, changetype<IsLarge>(0));
}

// ---- what was left ----

/** The evacuation is over: blocks whose content is elsewhere are free, and those that were of no use. */
export function freeOld(c: Census): void {
  if (isPooled(OBJECT) && isPooled(MEM)) {
    evacuation_free(c.old, c.oldCount);
    evacuation_end();
  } else {
    evacuation_end();
    for (let k: u32 = 0; k < c.oldCount; k++) {
      const block = load<usize>(c.old + (<usize>k << 2));
      if ((block & IN_MEM) != 0) PyMem_Free(block & ~IN_MEM);
      else PyObject_Free(block);
    }
  }
  while (c.unused != 0) {
    const next = load<usize>(c.unused);
    PyObject_Free(c.unused);
    c.unused = next;
  }
  while (c.unusedParts != 0) {
    const next = load<usize>(c.unusedParts);
    PyMem_Free(c.unusedParts);
    c.unusedParts = next;
  }
  c.oldCount = 0;
  letHeldGo();
}

/**
 * Debug hooks hold nothing back. What they do takes places in the pools that stay; and they free it when there is no memory: in the middle of a
 * low pass that would be into pools that are left, and in no list.
 */
export function letHeldGo(): void {
  if (debug().installed != 0) debug().letAllGo();
}
