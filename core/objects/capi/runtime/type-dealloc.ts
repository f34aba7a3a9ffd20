// Deallocates types that were made while the program ran. This file is not in the folder types, because that folder
// must not import descriptors: a type's descriptors have a borrowed reference to it, which has to be cleared.

import { TYPE } from "../../model/kinds.gen";
import { clearFreeList, freeBlock, freeObject } from "../../model/memory";
import { decref, xdecref } from "../../model/refcount";
import { PyObject, PyType, typeOf } from "../../model/type";
import { leaveRing } from "../../types/user-type";
import { forgetOwner } from "./descriptor";

/** Tells the host that its type with this number is gone, and that its functions will not be called any more. */
@external("host", "dropType")
declare function hostDropType(hostId: u32): void;

function freeOwn(type: PyType): void {
  freeBlock(type.own);
  typeOf(TYPE).resized(-(<isize>type.ownBytes));
}

/**
 * Deallocates a type that was made while the program ran, when no reference to it exists, not even that of an instance. Built-in types are
 * never deallocated.
 */
export function type_dealloc(o: PyObject): void {
  const type = changetype<PyType>(o);
  const hostId = type.hostId;
  clearFreeList(type);
  leaveRing(type);
  const name = type.name;
  if (name) decref(name);
  const dict = type.tp_dict;
  if (dict) {
    forgetOwner(dict);
    decref(dict);
  }
  xdecref(type.base);
  xdecref(type.module);
  if (type.own != 0) freeOwn(type);
  freeObject(o, offsetof<PyType>());
  if (hostId != 0) hostDropType(hostId);
}
