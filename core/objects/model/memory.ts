// The memory of objects: how their blocks are allocated and freed.
//
// Invariants:
//   type.live == objects of the type that were allocated and not yet deallocated
//   type.free is a list of type.freeCount <= type.freeMax blocks, each for type.basicSize bytes and the collector header, if the type
//   has one; tuples have other lists (types/tuple.ts)

import { raiseNoMemory } from "./raise";
import {
  PyMem_Free,
  PyMem_Malloc,
  PyMem_Realloc,
  PyObject_Free,
  PyObject_Malloc,
  PyObject_Realloc,
} from "../../alloc/domains";
import { MAX_REQUEST } from "../../ground/config";
import { generation } from "./gc-head";
import { COLLECTION_DUE, settings } from "./settings";
import { GC_BYTES, PyObject, PyType } from "./type";

/**
 * Bytes of a header and `count` items of `size` bytes. If the sum does not fit 32 bits, the result is larger than any
 * allowed request; the allocation then fails for lack of memory, as for any other size that is too large.
 */
@inline
export function requestFor(header: usize, count: u64, size: usize): usize {
  return <usize>min<u64>(<u64>header + count * size, MAX_REQUEST + 1);
}

/** A block for `n` bytes of an object; 0, and MemoryError is raised, if there is no memory. */
function objectBlock(n: usize): usize {
  const block = PyObject_Malloc(n);
  if (block == 0) raiseNoMemory(n);
  return block;
}

/** A block of the mem domain for a part of an object: a list's items, a dict's keys. */
export function newBlock(n: usize): usize {
  const block = PyMem_Malloc(n);
  if (block == 0) raiseNoMemory(n);
  return block;
}

/** Resizes a part to `n` bytes. 0, with MemoryError raised and the block unchanged, if there is no memory. */
export function resizeBlock(block: usize, n: usize): usize {
  const moved = PyMem_Realloc(block, n);
  if (moved == 0) raiseNoMemory(n);
  return moved;
}

@inline
export function freeBlock(block: usize): void {
  PyMem_Free(block);
}

/** Counts an allocated object that the collector may have to collect. After enough of them, a collection is due. */
@inline
function countAllocation(): void {
  const young = generation(0);
  const count = ++young.count;
  if (count > <i32>young.threshold && young.threshold != 0) settings().due |= COLLECTION_DUE;
}

@inline
function begin(block: usize, type: PyType, bytes: usize): PyObject {
  let address = block;
  if (type.hasGC) {
    store<u64>(block, 0);
    address += GC_BYTES;
    countAllocation();
  }
  const o = changetype<PyObject>(address);
  o.refcnt = 1;
  o.type = type;
  type.live++;
  type.bytes += bytes;
  return o;
}

/**
 * A new object of the type with `bytes` bytes, collector header not counted. It has one reference, is not tracked, and only its header
 * is initialized. null, and MemoryError is raised, if there is no memory.
 */
@inline
export function newObject(type: PyType, bytes: usize): PyObject | null {
  const whole = bytes + type.headBytes;
  const block = objectBlock(whole);
  return block == 0 ? null : begin(block, type, whole);
}

/** Like newObject, with the type's basic size. Takes the block from the type's free list, if that is not empty. */
@inline
export function newFixed(type: PyType): PyObject | null {
  const head = type.free;
  if (head == 0) return newObject(type, type.basicSize);
  type.free = load<usize>(head);
  type.freeCount--;
  type.freeHits++;
  return begin(head, type, <usize>type.basicSize + type.headBytes);
}

/** Frees the block of a dead object of `bytes` bytes. Its references and parts have been released already. */
@inline
export function freeObject(o: PyObject, bytes: usize): void {
  PyObject_Free(retire(o, bytes));
}

/** Like freeObject, for an object of the type's basic size: the block may go to the type's free list. */
@inline
export function freeFixed(o: PyObject): void {
  const type = o.type;
  const block = retire(o, type.basicSize);
  if (type.freeCount < type.freeMax) {
    store<usize>(block, type.free);
    type.free = block;
    type.freeCount++;
  } else PyObject_Free(block);
}

/** Stops counting the object, and returns its block. */
@inline
export function retire(o: PyObject, bytes: usize): usize {
  const type = o.type;
  const headBytes = type.headBytes;
  type.live--;
  type.bytes -= bytes + headBytes;
  if (headBytes != 0 && generation(0).count > 0) generation(0).count--;
  return changetype<usize>(o) - headBytes;
}

/** Makes an object of `bytes` bytes in a block that `retire` returned. */
@inline
export function revive(block: usize, type: PyType, bytes: usize): PyObject {
  return begin(block, type, bytes + type.headBytes);
}

/**
 * Shrinks an object from `before` to `after` bytes, and returns it. The object may move, so only the caller may have a
 * reference to it.
 */
export function shrinkObject(o: PyObject, before: usize, after: usize): PyObject {
  const type = o.type;
  const moved = PyObject_Realloc(changetype<usize>(o) - type.headBytes, after + type.headBytes);
  type.resized(-(<isize>(before - after)));
  return moved == 0 ? o : changetype<PyObject>(moved + type.headBytes);
}

/** Gives a type's free list back to the heap. Returns the number of blocks. */
export function clearFreeList(type: PyType): u32 {
  const count = type.freeCount;
  let block = type.free;
  type.free = 0;
  type.freeCount = 0;
  while (block != 0) {
    const next = load<usize>(block);
    PyObject_Free(block);
    block = next;
  }
  return count;
}
