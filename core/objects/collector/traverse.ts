// Following references: every word of an object that refers to another one, shown to a visitor.
//
// A visitor is a class with   visit(slot: usize): void   the word at `slot` refers to an object
//                             get pass(): i32            its number for gc_visit, for types with a traverse function
// The function is compiled for each visitor, so that visits are no calls. What can't be part of a cycle is left out: keys of
// a dict that are all strings, the object of a weak reference, a type.

import { gcVisitIndex } from "../model/functions";
import { DICT, FROZENSET, LIST, REF, SET, TUPLE, USER } from "../model/kinds.gen";
import { PyObject } from "../model/type";
import { PyDict } from "../types/dict";
import { itemsOf, objectItemsOf, slotsOf } from "../types/instance";
import { GENERAL } from "../types/keys";
import { PyList, PyTuple } from "../types/sequence";
import { PySet } from "../types/set-table";
import { PyRef } from "../types/weak";

@inline
function visitRow<V>(row: usize, n: u32, visitor: V): void {
  const end = row + (<usize>n << 2);
  for (let slot = row; slot < end; slot += 4) visitor.visit(slot);
}

function visitDict<V>(d: PyDict, visitor: V): void {
  const keys = d.keys;
  const n = keys.count;
  if (d.values != 0) {
    visitRow<V>(d.values, n, visitor);
    return;
  }
  const withKeys = keys.kind == GENERAL;
  for (let index: u32 = 0; index < n; index++) {
    const entry = keys.entryAt(index);
    if (load<usize>(entry) == 0) continue;
    if (withKeys) visitor.visit(entry);
    visitor.visit(entry + 4);
  }
}

function visitSet<V>(s: PySet, visitor: V): void {
  for (let k: u32 = 0; k <= s.mask; k++) if (s.keyAt(k)) visitor.visit(s.slot(k));
}

function visitInstance<V>(o: PyObject, visitor: V): void {
  visitRow<V>(slotsOf(o), o.type.slots, visitor);
  visitRow<V>(itemsOf(o), objectItemsOf(o), visitor);
  if (o.type.traverse != 0) call_indirect<i32>(o.type.traverse, o, gcVisitIndex(), visitor.pass);
}

/** Shows the visitor each reference of `o`, an object with a collector header. */
@inline
export function traverse<V>(o: PyObject, visitor: V): void {
  const kind = o.type.kind;
  if (kind == TUPLE) visitRow<V>(changetype<PyTuple>(o).items, changetype<PyTuple>(o).size, visitor);
  else if (kind == LIST) visitRow<V>(changetype<PyList>(o).items, changetype<PyList>(o).size, visitor);
  else if (kind == DICT) visitDict<V>(changetype<PyDict>(o), visitor);
  else if (kind == SET || kind == FROZENSET) visitSet<V>(changetype<PySet>(o), visitor);
  else if (kind == USER) visitInstance<V>(o, visitor);
  else if (kind == REF) {
    const slot = changetype<usize>(o) + offsetof<PyRef>("callback");
    if (load<usize>(slot) != 0) visitor.visit(slot);
  }
}

export const PASS_SUBTRACT: i32 = 0;
export const PASS_REACH: i32 = 1;
export const PASS_GATHER: i32 = 2;
export const PASS_SEEK: i32 = 3;
