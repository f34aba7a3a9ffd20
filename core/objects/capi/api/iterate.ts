// Iterators of the built-in containers, and iteration over anything.

import { hasError } from "../../model/error";
import { raiseChanged, raiseIterResult, raiseNotIterable } from "../../model/raises.gen";
import { isIterator, iteratorSlot } from "../../model/api-types";
import { DICT } from "../../model/kinds.gen";
import { decref, incref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isA, isASet, PyObject, PyType } from "../../model/type";
import {
  indexedOfC,
  isIterable,
  isIterableOfC,
  itemAtPosition,
  nextOfC,
  nextPosition,
  sizeAs,
  sizeOf,
} from "../../operations/abstract";
import { instance_new } from "../../types/instance";
import { callUnary, iterSlot, nextSlot } from "../../types/slots";
import { SeqIterator } from "../runtime/fixed-objects";

/** iter(o): a new reference; null with an error. */
export function PyObject_GetIter(o: PyObject): PyObject | null {
  if (!isIterable(o) && iterSlot(o) != 0) return iteratorOfC(o);
  if (!isIterableObject(o)) {
    raiseNotIterable(o);
    return null;
  }
  return PySeqIter_New(o);
}

/** iter(o) by tp_iter, whose result must be an iterator. */
function iteratorOfC(o: PyObject): PyObject | null {
  const it = callUnary(iterSlot(o), o);
  if (!it || PyIter_Check(it) != 0) return it;
  raiseIterResult(it);
  decref(it);
  return null;
}

/** An iterator over a built-in container, or over an object with items by index. */
export function PySeqIter_New(o: PyObject): PyObject | null {
  return iteratorOver(o, sizeOf(o));
}

/** An iterator over a container that has `size` items; over an object with items by index if that is BY_INDEX. */
export function iteratorOver(o: PyObject, size: i32): PyObject | null {
  const it = changetype<SeqIterator | null>(instance_new(load<PyType>(iteratorSlot()), 0));
  if (!it) return null;
  it.over = incref<PyObject>(o);
  it.position = 0;
  it.size = size;
  return it;
}

export function PyIter_Check(o: PyObject): i32 {
  return nextSlot(o) != 0 ? 1 : 0;
}

/** The next item, a new reference; NULL at the end, or with an error. */
export function PyIter_Next(it: PyObject): PyObject | null {
  return isIterator(it) ? nextOf(changetype<SeqIterator>(it)) : nextOfC(it);
}

/** In the place of a size: the object is not a built-in container, and its items are taken by sq_item. */
const BY_INDEX: i32 = -1;

function nextOf(it: SeqIterator): PyObject | null {
  const o = it.over;
  if (o === None()) return null;
  if (it.size == BY_INDEX) return nextByIndex(it, o);
  const mayChange = isA(o, DICT) || isASet(o);
  if (mayChange && sizeAs(o) != it.size) {
    raiseChanged(o);
    return null;
  }
  const position = nextPosition(o, it.position);
  if (position < 0) {
    end(it);
    return null;
  }
  it.position = position + 1;
  return itemAtPosition(o, position);
}

/** Releases the container. */
function end(it: SeqIterator): void {
  const o = it.over;
  it.over = None();
  decref(o);
}

/** The next item of an object of a type in C, by sq_item. */
function nextByIndex(it: SeqIterator, o: PyObject): PyObject | null {
  const position = it.position++;
  // The function may use up the iterator, which then releases its reference to the object.
  incref<PyObject>(o);
  const item = indexedOfC(o, position);
  if (!item && !hasError()) end(it);
  decref(o);
  return item;
}

/** Stores the next item in `*item`, and returns 1. NULL and 0 at the end; NULL and -1 with an error. */
export function PyIter_NextItem(it: PyObject, item: usize): i32 {
  const next = PyIter_Next(it);
  store<PyObject | null>(item, next);
  return next ? 1 : hasError() ? -1 : 0;
}

/** Whether iter(o) is possible: PyObject_GetIter does not raise that the object is not iterable. */
export function isIterableObject(o: PyObject): bool {
  return isIterable(o) || isIterableOfC(o);
}

/** Raises TypeError. It is the tp_iternext of a type whose objects are not iterators, although those of its base are. */
export function _PyObject_NextNotImplemented(o: PyObject): PyObject | null {
  raiseNotIterable(o);
  return null;
}
