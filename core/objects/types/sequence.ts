// The common operations of tuples and lists: rows of references.
//
//   tuple   refcnt | type | size | hash | item, item, ...
//   list    refcnt | type | size | items | allocated          items -> item, item, ...  and room for more

import { ascii } from "../model/ascii";
import { LIST, TUPLE } from "../model/kinds.gen";
import { EQ, NE } from "../model/operators.gen";
import { asBool } from "../model/singletons";
import { isA, PyObject, PyVarObject, typeOf } from "../model/type";
import { COMMA_SPACE, Writer } from "../text/writer";
import { compare, equal, fulfils, writeRepr } from "./protocol";

export const TUPLE_HEADER: usize = 16;

@unmanaged
export class PyTuple extends PyVarObject {
  cachedHash: i32;

  @inline
  get items(): usize {
    return changetype<usize>(this) + TUPLE_HEADER;
  }
}

@unmanaged
export class PyList extends PyVarObject {
  items: usize;
  /** The number of items for which there is room: size <= allocated; items == 0 iff allocated == 0. */
  allocated: u32;
}

/** Whether the object is a tuple or a list. */
@inline
export function isRow(o: PyObject): bool {
  return o.type === typeOf(LIST) || o.type === typeOf(TUPLE);
}

@inline
export function rowItems(o: PyObject): usize {
  return isA(o, LIST) ? changetype<PyList>(o).items : changetype<PyTuple>(o).items;
}

@inline
export function rowSize(o: PyObject): u32 {
  return changetype<PyVarObject>(o).size;
}

@inline
export function itemAt(items: usize, k: u32): PyObject {
  return load<PyObject>(items + ((<usize>k) << 2));
}

/** Stores item `k`. Takes over the reference; the reference that was there before belongs to the caller. */
@inline
export function setItemAt(items: usize, k: u32, item: PyObject): void {
  store<PyObject>(items + ((<usize>k) << 2), item);
}

/** Compares two rows of the same type. The first different items decide; if there are none, the lengths. */
export function rowCompare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  if ((op == EQ || op == NE) && isA(a, LIST) && rowSize(a) != rowSize(b)) return asBool(op == NE);
  let k: u32 = 0;
  while (k < rowSize(a) && k < rowSize(b)) {
    const same = equal(itemAt(rowItems(a), k), itemAt(rowItems(b), k));
    if (same < 0) return null;
    if (same == 0) break;
    k++;
  }
  const aSize = rowSize(a);
  const bSize = rowSize(b);
  if (k >= aSize || k >= bSize) return asBool(fulfils(aSize < bSize ? -1 : aSize > bSize ? 1 : 0, op));
  if (op == EQ || op == NE) return asBool(op == NE);
  return compare(itemAt(rowItems(a), k), itemAt(rowItems(b), k), op);
}

/** Writes the reprs of the items between two brackets. A row inside itself is written as "...". */
export function rowRepr(o: PyObject, w: Writer, left: u32, right: u32): bool {
  const opened = w.openContainer(o);
  if (opened < 0) return false;
  if (opened == 0) return w.put(left) && w.putAscii(ascii("...")) && w.put(right);
  const done = putItems(o, w, left, right);
  w.closeContainer();
  return done;
}

function putItems(o: PyObject, w: Writer, left: u32, right: u32): bool {
  if (!w.put(left)) return false;
  for (let k: u32 = 0; k < rowSize(o); k++) {
    if (k > 0 && !w.putAscii(COMMA_SPACE)) return false;
    if (!writeRepr(itemAt(rowItems(o), k), w)) return false;
  }
  if (isA(o, TUPLE) && rowSize(o) == 1 && !w.put(0x2c)) return false;
  return w.put(right);
}

/** The index of the first equal item from `start` up to `stop`; -1 if there is none, -2 if an error is raised. */
export function rowFind(o: PyObject, item: PyObject, start: u32, stop: u32): i32 {
  for (let k = start; k < stop && k < rowSize(o); k++) {
    const same = equal(itemAt(rowItems(o), k), item);
    if (same != 0) return same < 0 ? -2 : <i32>k;
  }
  return -1;
}

/** How many items are equal to `item`; -1 if an error is raised. */
export function rowCount(o: PyObject, item: PyObject): i32 {
  let count = 0;
  for (let k: u32 = 0; k < rowSize(o); k++) {
    const same = equal(itemAt(rowItems(o), k), item);
    if (same < 0) return -1;
    count += same;
  }
  return count;
}
