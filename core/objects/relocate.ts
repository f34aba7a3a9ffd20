// Relocation: one object, or one block that belongs to an object, is copied to where it is to be.
//
//   old block    11 | the object's new address | what was there before ...          new block    count | type | ...
//
// A collected object takes its place in the collector's list along, a type its place in the ring of types, and a dict's keys, which several
// dicts may share, say where they are by their mark. Old blocks are noted in the census, for whoever frees them (compact.ts).
// Imports objects/census, evacuation, domains.

import { PyMem_Malloc, PyObject_Malloc } from "../domains";
import { IN_MEM, isInPool, isLeft } from "../evacuation";
import { bytes_sizeof, PyBytes } from "./bytes";
import { Census, isFixed, KEYS_SEEN, MOVED, TAG_SHIFT } from "./census";
import { PyDict } from "./dict";
import { collector } from "./gc";
import { instance_sizeof } from "./instance";
import { int_sizeof, PyLong } from "./int";
import { emptyKeys, Keys } from "./keys";
import {
  BYTES,
  DICT,
  FROZENSET,
  GCHead,
  gcHead,
  INT,
  LIST,
  PyObject,
  PyType,
  SET,
  STR,
  TUPLE,
  TYPE,
  USER,
} from "./object";
import { PyList, PyTuple } from "./sequence";
import { PySet } from "./set";
import { PyStr } from "./str";
import { tuple_sizeof } from "./tuple";

/** Where a moved object is now. */
@inline
export function newPlace(o: PyObject): PyObject {
  return changetype<PyObject>(changetype<usize>(o.type));
}

/** Bytes of an object's own block, collector header not counted. Its type may have moved: what is read of that is still there. */
export function ownBytes(o: PyObject): usize {
  const kind = o.type.kind;
  if (kind == STR) return changetype<PyStr>(o).size;
  if (kind == INT) return int_sizeof(changetype<PyLong>(o).digits);
  if (kind == TUPLE) return tuple_sizeof(changetype<PyTuple>(o).size);
  if (kind == BYTES) return bytes_sizeof(changetype<PyBytes>(o).size);
  if (kind == USER) return instance_sizeof(o) - o.type.headBytes;
  return o.type.basicSize;
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

/** Copies an object to a new block, if it is to move and can. Answers where it is. */
export function moveObject(c: Census, o: PyObject): PyObject {
  const headBytes = o.type.headBytes;
  const block = changetype<usize>(o) - headBytes;
  if (!leaves(block, c)) return o;
  const bytes = ownBytes(o) + headBytes;
  if (isFixed(o)) return o;
  const fresh = PyObject_Malloc(bytes);
  if (fresh == 0) return o;
  if (!isBetter(fresh, block, c)) {
    // Nothing is freed before the pass is over.
    store<usize>(fresh, c.unused);
    c.unused = fresh;
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

/** The block of `bytes` bytes to which the word at `slot` refers moves, if it is to. */
export function movePart(c: Census, slot: usize, bytes: usize): void {
  const block = load<usize>(slot);
  if (block == 0 || !leaves(block, c)) return;
  const fresh = PyMem_Malloc(bytes);
  if (fresh == 0) return;
  if (!isBetter(fresh, block, c)) {
    store<usize>(fresh, c.unusedParts);
    c.unusedParts = fresh;
    return;
  }
  copyBlock(fresh, block, bytes);
  store<usize>(slot, fresh);
  c.movedBytes += bytes;
  leaveBlock(c, block, IN_MEM);
}

/** A dict's keys, which may have moved with another dict that shares them: then their mark says where they are. */
function moveKeys(c: Census, d: PyDict): void {
  const keys = d.keys;
  if (keys === emptyKeys()) return;
  if (keys.mark > KEYS_SEEN) d.keys = changetype<Keys>(<usize>keys.mark);
  else if (keys.mark == 0) {
    movePart(c, changetype<usize>(d) + offsetof<PyDict>("keys"), keys.bytes);
    if (d.keys !== keys) keys.mark = <u32>changetype<usize>(d.keys);
  }
}

export function moveParts(c: Census, o: PyObject): void {
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
