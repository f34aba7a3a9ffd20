// Tuples: their items are in the object itself, so there is a free list for each length.
//
//   lists[n - 1] -> a freed tuple of n items -> ...     1 <= n <= 20, at most 2000 each (CPython's bounds)
//
// There is one empty tuple. A tuple whose items can't be in a cycle is not tracked: this is decided when it is made, and again in each
// collection.

import { PyObject_Free } from "../../alloc/domains";
import { isTracked, track, untrack } from "../model/gc-head";
import { TUPLE_HASH_START, tupleHashEnd, tupleHashStep } from "../model/hash";
import { TUPLE } from "../model/kinds.gen";
import { freeObject, newObject, requestFor, retire, revive } from "../model/memory";
import { enter, leave } from "../model/recursion";
import { decref, incref } from "../model/refcount";
import { hasPolicy, POLICY_FREE_LISTS } from "../model/settings";
import { EMPTY_TUPLE_AT, NotImplemented } from "../model/singletons";
import { at, SPARE_KEYS_AT, TUPLES_AT } from "../model/state";
import { GC_BYTES, isA, isKind, PyObject, typeOf } from "../model/type";
import { Writer } from "../text/writer";
import { hashOf } from "./protocol";
import { itemAt, PyTuple, rowCompare, rowRepr, setItemAt, TUPLE_HEADER } from "./sequence";

const LENGTHS: u32 = 20;
const MOST: u32 = 2000;

/** Freed tuples of one length. */
@unmanaged
class Spare {
  first: usize;
  count: u32;
}

if (offsetof<Spare>() * LENGTHS > SPARE_KEYS_AT - TUPLES_AT) ERROR("the free lists of tuples do not fit their region");

@inline
function spareOf(length: u32): Spare {
  return changetype<Spare>(at(TUPLES_AT) + <usize>(length - 1) * offsetof<Spare>());
}

@inline
export function tuple_sizeof(length: u32): usize {
  return TUPLE_HEADER + ((<usize>length) << 2);
}

@inline
export function emptyTuple(): PyTuple {
  return changetype<PyTuple>(at(EMPTY_TUPLE_AT));
}

export function tuple_begin(refcnt: u32): void {
  const empty = emptyTuple();
  empty.refcnt = refcnt;
  empty.type = typeOf(TUPLE);
  empty.size = 0;
  empty.cachedHash = -1;
}

/** A new tuple of `length` > 0 items, which are not written yet. It is not tracked. */
export function tuple_new(length: u32): PyTuple | null {
  const type = typeOf(TUPLE);
  let t: PyTuple | null = null;
  if (length <= LENGTHS && spareOf(length).first != 0) {
    const spare = spareOf(length);
    const block = spare.first;
    spare.first = load<usize>(block);
    spare.count--;
    type.freeCount--;
    type.freeHits++;
    t = changetype<PyTuple>(revive(block, type, tuple_sizeof(length)));
  } else {
    t = changetype<PyTuple | null>(newObject(type, requestFor(TUPLE_HEADER, length, 4)));
  }
  if (t) {
    t.size = length;
    t.cachedHash = -1;
  }
  return t;
}

/** Whether a reference to the object can be part of a cycle. */
@inline
export function mayBeInCycle(o: PyObject): bool {
  return o.type.hasGC && (!isKind(o, TUPLE) || isTracked(o));
}

/** Tracks a tuple whose items were written, if one of them can be part of a cycle. */
export function tuple_track(t: PyTuple): void {
  for (let k: u32 = 0; k < t.size; k++) {
    if (mayBeInCycle(itemAt(t.items, k))) {
      track(t);
      return;
    }
  }
}

/** A tuple of `n` items, which are in memory: the first at `items`, the others `step` words apart. Takes new references to them. */
export function tuple_from(items: usize, step: i32, n: u32): PyObject | null {
  if (n == 0) return emptyTuple();
  const t = tuple_new(n);
  if (!t) return null;
  for (let k: u32 = 0; k < n; k++) {
    setItemAt(t.items, k, incref<PyObject>(load<PyObject>(items + <isize>(<i32>k * step) * 4)));
  }
  tuple_track(t);
  return t;
}

export function tuple_dealloc(o: PyObject): void {
  const t = changetype<PyTuple>(o);
  if (t === emptyTuple()) return;
  untrack(t);
  const length = t.size;
  for (let k = length; k-- > 0; ) decref(itemAt(t.items, k));
  if (length <= LENGTHS && hasPolicy(POLICY_FREE_LISTS)) {
    const spare = spareOf(length);
    if (spare.count < MOST) {
      const block = retire(t, tuple_sizeof(length));
      store<usize>(block, spare.first);
      spare.first = block;
      spare.count++;
      typeOf(TUPLE).freeCount++;
      return;
    }
  }
  freeObject(t, tuple_sizeof(length));
}

/** The bytes of the blocks in the free lists. */
export function tuple_free_bytes(): usize {
  let bytes: usize = 0;
  for (let length: u32 = 1; length <= LENGTHS; length++) {
    bytes += <usize>spareOf(length).count * (GC_BYTES + tuple_sizeof(length));
  }
  return bytes;
}

/** Gives the free lists back to the heap. Returns the number of blocks. */
export function tuple_clear_free_lists(): u32 {
  const count = typeOf(TUPLE).freeCount;
  for (let length: u32 = 1; length <= LENGTHS; length++) {
    const spare = spareOf(length);
    let block = spare.first;
    spare.first = 0;
    spare.count = 0;
    while (block != 0) {
      const next = load<usize>(block);
      PyObject_Free(block);
      block = next;
    }
  }
  typeOf(TUPLE).freeCount = 0;
  return count;
}

/** The hash of a tuple, from the hashes of its items. It is cached, because the items never change. */
export function tuple_hash(o: PyObject): i32 {
  const t = changetype<PyTuple>(o);
  if (t.cachedHash != -1) return t.cachedHash;
  if (!enter()) return -1;
  let acc = TUPLE_HASH_START;
  for (let k: u32 = 0; k < t.size; k++) {
    const hash = hashOf(itemAt(t.items, k));
    if (hash == -1) {
      leave();
      return -1;
    }
    acc = tupleHashStep(acc, hash);
  }
  leave();
  t.cachedHash = tupleHashEnd(acc, t.size);
  return t.cachedHash;
}

export function tuple_compare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  return isA(b, TUPLE) ? rowCompare(a, b, op) : NotImplemented();
}

export function tuple_repr(o: PyObject, w: Writer): bool {
  return rowRepr(o, w, 0x28, 0x29);
}

export function tuple_concat(a: PyTuple, b: PyTuple): PyObject | null {
  if (a.size == 0 && isKind(b, TUPLE)) return incref<PyObject>(b);
  if (b.size == 0 && isKind(a, TUPLE)) return incref<PyObject>(a);
  if (a.size + b.size == 0) return emptyTuple();
  const t = tuple_new(a.size + b.size);
  if (!t) return null;
  for (let k: u32 = 0; k < a.size; k++) setItemAt(t.items, k, incref<PyObject>(itemAt(a.items, k)));
  for (let k: u32 = 0; k < b.size; k++) setItemAt(t.items, a.size + k, incref<PyObject>(itemAt(b.items, k)));
  tuple_track(t);
  return t;
}

/** The tuple repeated `count` times. The result's length must fit a u32. */
export function tuple_repeat(t: PyTuple, count: u32): PyObject | null {
  if (count == 1 && isKind(t, TUPLE)) return incref<PyObject>(t);
  if (t.size * count == 0) return emptyTuple();
  const result = tuple_new(t.size * count);
  if (!result) return null;
  for (let k: u32 = 0; k < result.size; k++) setItemAt(result.items, k, incref<PyObject>(itemAt(t.items, k % t.size)));
  tuple_track(result);
  return result;
}
