// Reference counts, and what happens when the last reference is gone.
//
// incref and decref leave a count from IMMORTAL_MINIMUM up as it is: None, True, small ints, single characters, built-in types.
// An object whose count falls to 0 goes through its type's dealloc at once. Containers can nest deeply, so only TRASH_DEPTH of
// them are deallocated inside one another; deeper ones wait in a list until the outermost is done (CPython's trashcan).

import { DEBUG } from "../../ground/config";
import { GC_FLAGS, GCHead, gcHead, untrack } from "./gc-head";
import { FREE, may } from "./reentrancy";
import { at, TRASH_AT } from "./state";
import { PyObject } from "./type";

export const IMMORTAL: u32 = 5 << 28;
export const IMMORTAL_MINIMUM: u32 = 1 << 30;
/**
 * The highest reference count of a valid object. Between the bounds there is room for C code that counts immortal
 * objects up and down.
 */
export const IMMORTAL_MAXIMUM: u32 = 6 << 28;

/** Adds a reference. Returns the object, so that the reference can be passed on in the same expression. */
@inline
export function incref<T extends PyObject>(o: T): T {
  const n = o.refcnt;
  if (DEBUG) assert(n != 0);
  if (n < IMMORTAL_MINIMUM) o.refcnt = n + 1;
  return o;
}

/** Releases a reference. The object is deallocated with the last one. */
@inline
export function decref(o: PyObject): void {
  const n = o.refcnt;
  if (DEBUG) assert(n != 0);
  if (n >= IMMORTAL_MINIMUM) return;
  o.refcnt = n - 1;
  if (n == 1) deallocate(o);
}

@inline
export function xdecref(o: PyObject | null): void {
  if (o) decref(o);
}

@inline
export function isImmortal(o: PyObject): bool {
  return o.refcnt >= IMMORTAL_MINIMUM;
}

const TRASH_DEPTH: u32 = 50;

@unmanaged
class Trash {
  depth: u32;
  /** Objects that wait, linked through `prev` of their collector headers. */
  waiting: usize;
}

@inline
function trash(): Trash {
  return changetype<Trash>(at(TRASH_AT));
}

/** Deallocates an object whose last reference is gone. */
export function deallocate(o: PyObject): void {
  deallocateBy(o, o.type.dealloc);
}

/** Like deallocate, but calls `dealloc` instead of the type's function. If the object has to wait, the type's function is called later. */
@inline
export function deallocateBy(o: PyObject, dealloc: u32): void {
  if (DEBUG) assert(may(FREE));
  if (!o.type.hasGC) {
    call_indirect<void>(dealloc, o);
    return;
  }
  const t = trash();
  if (t.depth >= TRASH_DEPTH) {
    untrack(o);
    const head = gcHead(o);
    head.prev = t.waiting | head.flags;
    t.waiting = changetype<usize>(head);
    return;
  }
  t.depth++;
  call_indirect<void>(dealloc, o);
  t.depth--;
  if (t.depth == 0 && t.waiting != 0) emptyTrash();
}

function emptyTrash(): void {
  const t = trash();
  while (t.waiting != 0) {
    const head = changetype<GCHead>(t.waiting);
    t.waiting = head.prev & ~GC_FLAGS;
    t.depth++;
    call_indirect<void>(head.object.type.dealloc, head.object);
    t.depth--;
  }
}

/** How many deallocations are under way inside one another. */
@inline
export function trashDepth(): u32 {
  return trash().depth;
}

/** Sets the depth back to an earlier one, after an exception has ended the deallocations inside. */
@inline
export function setTrashDepth(depth: u32): void {
  trash().depth = depth;
}

/** Deallocates the objects that wait in the list, after a trap or an exception has ended all calls, and with them the deallocations. */
export function trashUnwound(): void {
  trash().depth = 0;
  emptyTrash();
}

/** The dealloc of immortal objects. It is called only if somebody released references that nobody had; the object stays. */
export function immortal_dealloc(o: PyObject): void {
  o.refcnt = IMMORTAL;
}
