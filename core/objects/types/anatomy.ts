// What objects are made of: functions that work for any object. They call the functions in the file of the object's type.
//
//   ownBytes(o)            bytes of the object's own block
//   eachPart(o, v)         the other blocks that the object owns
//   eachReference(o, v)    words that refer to other objects (model/visit.ts describes their visitors)
//   knowPlace(o, before)   the object was copied from `before`: corrects the words that hold its own address
//   clear(o)               releases what it refers to, to break a cycle
//   isValid(o)             whether the object by itself is in order
//
// A visitor of parts has   part(slot, bytes): bool     the word at `slot` has the address of a block of `bytes` bytes
//                          keys(slot, keys): bool      the word at `slot` has a dict's keys, which several dicts may share
//                          kept(slot, bytes)           optional: like part, but code in C may know the address, so the block never moves
// See docs/adding-a-type.md.

import { CONTROL, SCRATCH_AT } from "../../ground/control";
import { BYTES, DICT, FROZENSET, INT, LIST, REF, SET, STR, TUPLE, TYPE, USER } from "../model/kinds.gen";
import { IMMORTAL_MAXIMUM } from "../model/refcount";
import { DERIVED, isA, isAnInt, isASet, isDerived, layoutOf, PyObject, PyType, typeOf } from "../model/type";
import { visitRow } from "../model/visit";
import { PyStr, str_parts, str_valid } from "../text/str";
import { bytes_sizeof, PyBytes } from "./bytes";
import { dict_clear, dict_parts, dict_references, dict_valid, PyDict } from "./dict";
import { derived_bytes, derived_clear, derived_references } from "./derived";
import { instance_bytes, instance_clear, instance_references } from "./instance";
import { int_sizeof, int_valid, PyLong } from "./int";
import { Keys, SHARED } from "./keys";
import { list_clear, list_parts, list_valid } from "./list";
import { PyList, PyTuple } from "./sequence";
import { set_clear } from "./set";
import { PySet, set_moved, set_parts, set_references, set_valid } from "./set-table";
import { tuple_sizeof } from "./tuple";
import { type_moved, type_references } from "./user-type";
import { PyRef, ref_clear, ref_references } from "./weak";

/**
 * The size in bytes of an object's own block, without the collector header. It can be called even after the type has
 * moved, because the fields that are read here stay in the old block.
 */
export function ownBytes(o: PyObject): usize {
  if (isDerived(o.type)) return derived_bytes(o);
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
      return instance_bytes(o);
    default:
      return o.type.basicSize;
  }
}

/** Shows each block that belongs to the object. Returns whether the visitor returned true for one of them. */
@inline
export function eachPart<V>(o: PyObject, visitor: V): bool {
  switch (layoutOf(o)) {
    case LIST:
      return list_parts<V>(changetype<PyList>(o), visitor);
    case DICT:
      return dict_parts<V>(changetype<PyDict>(o), visitor);
    case SET:
    case FROZENSET:
      return set_parts<V>(changetype<PySet>(o), visitor);
    case STR:
      str_parts<V>(changetype<PyStr>(o), visitor);
      return false;
    default:
      return false;
  }
}

/** An upper bound for the number of movable parts of all objects together. */
export function mostParts(): u32 {
  let most = typeOf(LIST).live + 2 * typeOf(DICT).live + typeOf(SET).live + typeOf(FROZENSET).live;
  const ring = typeOf(USER);
  for (let type = ring.after; type !== ring; type = type.after) if (isDerived(type)) most += 2 * type.live;
  return most;
}

/**
 * Corrects an object's own address after it was copied from `before`: in the object, and in borrowed references in
 * other objects.
 */
@inline
export function knowPlace(o: PyObject, before: PyObject): void {
  const kind = o.type.kind;
  if (kind == SET || kind == FROZENSET) set_moved(changetype<PySet>(o), changetype<PySet>(before));
  else if (kind == TYPE) type_moved(changetype<PyType>(o));
}

/**
 * The address of the memory that is read first when the object's references are followed: its longest part, or the
 * object if it has no parts. This function reads only the object itself.
 */
@inline
export function readsFrom(o: PyObject): usize {
  const kind = o.type.kind;
  if (kind == LIST) return changetype<PyList>(o).items;
  if (kind == DICT) {
    const d = changetype<PyDict>(o);
    return d.values != 0 ? d.values : changetype<usize>(d.keys);
  }
  return kind == SET || kind == FROZENSET ? changetype<PySet>(o).table : changetype<usize>(o);
}

/** Whether objects of the object's type can refer to other objects, or can have parts that move. */
@inline
export function mayRefer(o: PyObject): bool {
  const kind = o.type.kind;
  return kind > BYTES || kind == TYPE;
}

/** Shows the visitor each word of an object that refers to another one. */
@inline
export function eachReference<V>(o: PyObject, visitor: V): void {
  const kind = o.type.kind;
  if (kind == LIST) visitRow<V>(changetype<PyList>(o).items, changetype<PyList>(o).size, visitor);
  else if (kind == TUPLE) visitRow<V>(changetype<PyTuple>(o).items, changetype<PyTuple>(o).size, visitor);
  else if (kind == DICT) dict_references<V>(changetype<PyDict>(o), visitor);
  else if (kind == USER) instance_references<V>(o, visitor);
  else if (kind == SET || kind == FROZENSET) set_references<V>(changetype<PySet>(o), visitor);
  else if (kind == REF) ref_references<V>(changetype<PyRef>(o), visitor);
  else if (kind == TYPE) type_references<V>(changetype<PyType>(o), visitor);
  else if ((kind & DERIVED) != 0) derived_references<V>(o, visitor);
}

/**
 * Releases the references of a container. Tuples and frozensets have no such function; but a cycle through one always contains a container
 * of another type.
 */
export function clear(o: PyObject): void {
  const kind = o.type.kind;
  if (kind == LIST) list_clear(changetype<PyList>(o));
  else if (kind == DICT) dict_clear(changetype<PyDict>(o));
  else if (kind == SET) set_clear(changetype<PySet>(o));
  else if (kind == USER) instance_clear(o);
  else if (kind == REF) ref_clear(changetype<PyRef>(o));
  else if ((kind & DERIVED) != 0) derived_clear(o);
}

/** Whether the object by itself is valid. */
export function isValid(o: PyObject): bool {
  if (o.refcnt == 0 || o.refcnt > IMMORTAL_MAXIMUM) return false;
  if (isA(o, STR)) return str_valid(changetype<PyStr>(o));
  if (isAnInt(o)) return int_valid(changetype<PyLong>(o));
  if (isA(o, LIST)) return list_valid(changetype<PyList>(o));
  if (isA(o, DICT)) return dict_valid(changetype<PyDict>(o));
  if (isASet(o)) return set_valid(changetype<PySet>(o));
  return true;
}

/** A visitor that adds up the bytes of parts. It lies in the control block's scratch. */
@unmanaged
class Size {
  bytes: usize;

  @inline
  part(_slot: usize, bytes: usize): bool {
    this.bytes += bytes;
    return true;
  }

  /** Keys that several dicts share belong to none of them. */
  @inline
  keys(_slot: usize, keys: Keys): bool {
    if (keys.kind != SHARED) this.bytes += keys.bytes;
    return true;
  }

  @inline
  kept(_slot: usize, bytes: usize): void {
    this.bytes += bytes;
  }
}

/** sys.getsizeof: bytes of the object and of the blocks that belong to it alone, collector header included. */
export function sizeofObject(o: PyObject): usize {
  const size = changetype<Size>(CONTROL + SCRATCH_AT);
  size.bytes = ownBytes(o) + o.type.headBytes;
  eachPart<Size>(o, size);
  return size.bytes;
}
