// Every word that refers to an object: for those who have to find all of them, because objects move or references are counted.
//
// A visitor is a class with   owned(slot)      the word at `slot` owns a reference, and is not 0
//                             borrowed(slot)   the word at `slot` knows an object without owning a reference; it may be 0
//                             enters(keys)     whether the entries of a dict's keys are to be shown, which several dicts may share
//                             all(from, to)    each word in [from, to) owns a reference; eachOwned shows them one by one
// Unlike traverse.ts, which shows what can be part of a cycle, this leaves nothing out, but for the links of the collector's lists,
// and what a type's own traverse function knows: those references belong to somebody else's code.

import { ERROR_A, ERROR_B, ERROR_C, error } from "../model/error";
import { Collector, collector } from "../collector/state";
import { handles } from "../model/handles";
import { DICT, FROZENSET, LIST, PLACES, REF, SET, TUPLE, TYPE, USER } from "../model/kinds.gen";
import { heldText } from "../model/result";
import { isFixedType, PyObject, PyType, typeOf } from "../model/type";
import { PyDict } from "../types/dict";
import { itemsOf, objectItemsOf, slotsOf } from "../types/instance";
import { interned } from "../types/intern";
import { emptyKeys, Keys } from "../types/keys";
import { PyList, PyTuple } from "../types/sequence";
import { PySet } from "../types/set-table";
import { PyRef } from "../types/weak";

@inline
function ownedRow<V>(row: usize, n: u32, visitor: V): void {
  visitor.all(row, row + (<usize>n << 2));
}

/** What a visitor's `all` does if it has nothing better to do. */
@inline
export function eachOwned<V>(from: usize, to: usize, visitor: V): void {
  for (let slot = from; slot < to; slot += 4) visitor.owned(slot);
}

@inline
function ownedIfThere<V>(slot: usize, visitor: V): void {
  if (load<usize>(slot) != 0) visitor.owned(slot);
}

function keysReferences<V>(keys: Keys, visitor: V): void {
  const n = keys.count;
  for (let index: u32 = 0; index < n; index++) {
    const entry = keys.entryAt(index);
    if (load<usize>(entry) == 0) continue;
    visitor.owned(entry);
    ownedIfThere<V>(entry + 4, visitor);
  }
}

function dictReferences<V>(d: PyDict, visitor: V): void {
  const keys = d.keys;
  if (keys === emptyKeys()) return;
  if (d.values != 0) ownedRow<V>(d.values, keys.count, visitor);
  if (visitor.enters(keys)) keysReferences<V>(keys, visitor);
}

function setReferences<V>(s: PySet, visitor: V): void {
  for (let k: u32 = 0; k <= s.mask; k++) if (s.keyAt(k)) visitor.owned(s.slot(k));
  visitor.borrowed(changetype<usize>(s) + offsetof<PySet>("weak"));
}

function instanceReferences<V>(o: PyObject, visitor: V): void {
  const type = o.type;
  ownedRow<V>(slotsOf(o), type.slots, visitor);
  ownedRow<V>(itemsOf(o), objectItemsOf(o), visitor);
  if (type.weakList != 0) visitor.borrowed(changetype<usize>(o) + type.weakList);
  // Last, because what was read of the type so far is where the type is now.
  visitor.owned(changetype<usize>(o) + offsetof<PyObject>("type"));
}

/** But for the links of the ring, which eachRoot shows. */
function typeReferences<V>(type: PyType, visitor: V): void {
  const at = changetype<usize>(type);
  ownedIfThere<V>(at + offsetof<PyType>("name"), visitor);
  ownedIfThere<V>(at + offsetof<PyType>("base"), visitor);
  ownedIfThere<V>(at + offsetof<PyType>("tp_dict"), visitor);
  ownedIfThere<V>(at + offsetof<PyType>("module"), visitor);
}

/** The type does not stand in a block of the heap's: it is immortal, whatever a census writes into counts. */
@inline
function isNoObject(type: PyType): bool {
  return type.refcnt >> 30 == 1;
}

/** The ring of the types that are not built in; and what those refer to that are no objects of the heap's, but C's variables. */
function ringReferences<V>(visitor: V): void {
  const ring = typeOf(USER);
  let type = ring;
  do {
    const at = changetype<usize>(type);
    visitor.borrowed(at + offsetof<PyType>("before"));
    visitor.borrowed(at + offsetof<PyType>("after"));
    type = type.after;
    if (isNoObject(type) && !isFixedType(type)) typeReferences<V>(type, visitor);
  } while (type !== ring);
  for (let place: u32 = 0; place < PLACES; place++) typeReferences<V>(typeOf(place), visitor);
}

function refReferences<V>(r: PyRef, visitor: V): void {
  const at = changetype<usize>(r);
  visitor.borrowed(at + offsetof<PyRef>("object"));
  visitor.borrowed(at + offsetof<PyRef>("prev"));
  visitor.borrowed(at + offsetof<PyRef>("next"));
  ownedIfThere<V>(at + offsetof<PyRef>("callback"), visitor);
}

/** Shows the visitor each reference of an object. */
@inline
export function eachReference<V>(o: PyObject, visitor: V): void {
  const kind = o.type.kind;
  if (kind == LIST) ownedRow<V>(changetype<PyList>(o).items, changetype<PyList>(o).size, visitor);
  else if (kind == DICT) dictReferences<V>(changetype<PyDict>(o), visitor);
  else if (kind == TUPLE) ownedRow<V>(changetype<PyTuple>(o).items, changetype<PyTuple>(o).size, visitor);
  else if (kind == USER) instanceReferences<V>(o, visitor);
  else if (kind == SET || kind == FROZENSET) setReferences<V>(changetype<PySet>(o), visitor);
  else if (kind == REF) refReferences<V>(changetype<PyRef>(o), visitor);
  else if (kind == TYPE) typeReferences<V>(changetype<PyType>(o), visitor);
}

/** Shows the visitor each reference that does not stand in an object. */
export function eachRoot<V>(visitor: V): void {
  const h = handles();
  for (let handle: u32 = 1; handle < h.capacity; handle++) {
    if (h.isUsed(handle)) visitor.owned(h.table + (<usize>handle << 2));
  }
  ownedRow<V>(h.stack, h.stackTop, visitor);
  const e = changetype<usize>(error());
  ownedIfThere<V>(e + ERROR_A, visitor);
  ownedIfThere<V>(e + ERROR_B, visitor);
  ownedIfThere<V>(e + ERROR_C, visitor);
  ownedIfThere<V>(heldText(), visitor);
  ownedIfThere<V>(changetype<usize>(collector()) + offsetof<Collector>("garbage"), visitor);
  const strings = interned();
  for (let k: u32 = 0; k < strings.capacity; k++) {
    const word = strings.table + (<usize>k << 2);
    if (strings.holds(word)) visitor.borrowed(word);
  }
  ringReferences<V>(visitor);
}
