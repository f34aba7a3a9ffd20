// Relocation: copies one object, or one part of an object, to a new block.
//
//   old block    11 | the object's new address | what was there before ...          new block    count | type | ...
//
// A tracked object keeps its place in the collector's list, and a type its place in the ring of types. A dict's keys, which several dicts
// may share, keep their new address in their mark. Old blocks are noted in the pass, and freed at its end.

import { isPooled, PyMem_Free, PyMem_Malloc, PyObject_Free, PyObject_Malloc } from "../../alloc/domains";
import { evacuation_end, evacuation_free, IN_MEM, isInPool, isVacated } from "../../alloc/evacuation";
import { MEM, OBJECT } from "../../ground/domains.gen";
import { debug } from "../../hooks/debug";
import { GCHead, gcHead } from "../model/gc-head";
import { PyObject, PyType } from "../model/type";
import { eachPart, knowPlace, ownBytes } from "../types/anatomy";
import { Keys } from "../types/keys";
import { currentPass, KEYS_SEEN, MOVED, Pass, TAG_SHIFT } from "./pass";

/** Where a moved object is now. */
@inline
export function newPlace(o: PyObject): PyObject {
  return changetype<PyObject>(changetype<usize>(o.type));
}

// ---- moving ----

/** Whether a block must move in this pass: it is in a vacated pool, or large and above the line. */
@inline
function mustMove(block: usize, c: Pass): bool {
  return isVacated(block) || (c.line != 0 && block >= c.line && !isInPool(block));
}

/** Whether a new block is worth moving to: any block in the first pass, else a block at a lower address. */
@inline
function isBetter(fresh: usize, block: usize, c: Pass): bool {
  return c.line == 0 || fresh < block;
}

const FEW_BYTES: usize = 128;

/** Copies a block. Short blocks are copied word by word, because memory.copy is a call. */
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

/** Copies an object, which is not fixed, to a new block, if it has to move and there is room. Returns where it is now. */
export function moveObject(c: Pass, o: PyObject): PyObject {
  const headBytes = o.type.headBytes;
  const block = changetype<usize>(o) - headBytes;
  if (!mustMove(block, c)) return o;
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
  noteOld(c, block, 0);
  return moved;
}

/** Notes a block whose content has moved; `domain` is IN_MEM or 0. */
@inline
function noteOld(c: Pass, block: usize, domain: usize): void {
  store<usize>(c.old + ((<usize>c.oldCount) << 2), block | domain);
  c.oldCount++;
}

/** Corrects the object's address in its own block, in the collector's list and in the ring of types. */
@inline
function followSelf(o: PyObject, moved: PyObject): void {
  const type = moved.type;
  if (type.hasGC && gcHead(moved).next != 0) {
    const head = gcHead(moved);
    head.prevHead.next = changetype<usize>(head);
    changetype<GCHead>(head.next).setPrev(head);
  }
  knowPlace(moved, o);
}

/** Moves the part of `bytes` bytes at `slot`, if it has to move and there is room. Returns whether it moved. */
export function movePart(c: Pass, slot: usize, bytes: usize): bool {
  const block = load<usize>(slot);
  if (block == 0 || !mustMove(block, c)) return false;
  const fresh = PyMem_Malloc(bytes);
  if (fresh == 0) return false;
  if (!isBetter(fresh, block, c)) {
    c.unusedParts = push(c.unusedParts, fresh);
    return false;
  }
  copyBlock(fresh, block, bytes);
  store<usize>(slot, fresh);
  c.movedBytes += bytes;
  noteOld(c, block, IN_MEM);
  return true;
}

/** Adds a new block that was not used to a list of such blocks. */
@inline
function push(list: usize, block: usize): usize {
  store<usize>(block, list);
  return block;
}

// ---- parts ----

@unmanaged
class Move {
  @inline
  part(slot: usize, bytes: usize): bool {
    return movePart(currentPass(), slot, bytes);
  }

  /** The keys may have moved already, with another dict that shares them. Their mark is then their new address. */
  keys(slot: usize, keys: Keys): bool {
    if (keys.mark > KEYS_SEEN) {
      store<usize>(slot, keys.mark);
      return true;
    }
    if (keys.mark == KEYS_SEEN || !movePart(currentPass(), slot, keys.bytes)) return false;
    keys.mark = load<u32>(slot);
    return true;
  }
}

/** Moves the object's parts, as far as there is room. */
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

// ---- old blocks ----

/** Ends the evacuation. Frees the blocks whose content has moved, and the new blocks that were not used. */
export function freeOld(c: Pass): void {
  if (isPooled(OBJECT) && isPooled(MEM)) {
    evacuation_free(c.old, c.oldCount);
    evacuation_end();
  } else {
    evacuation_end();
    for (let k: u32 = 0; k < c.oldCount; k++) {
      const block = load<usize>(c.old + ((<usize>k) << 2));
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
 * Frees the blocks that debug hooks hold back. These blocks take room in the pools that stay. And the hooks free them when memory runs out;
 * in the middle of a pass, that would free blocks of vacated pools.
 */
export function letHeldGo(): void {
  if (debug().installed != 0) debug().letAllGo();
}
