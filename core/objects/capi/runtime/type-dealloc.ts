// The deallocation of types that were made while the program ran. It is above the types' folder, because descriptors have to forget their type.

import { TYPE } from "../../model/kinds.gen";
import { clearFreeList, freeBlock, freeObject } from "../../model/memory";
import { decref, xdecref } from "../../model/refcount";
import { PyObject, PyType, typeOf } from "../../model/type";
import { leaveRing } from "../../types/user-type";
import { forgetOwner } from "./descriptor";

/** The host's type of this number is gone, and its functions will not be called any more. */
@external("host", "dropType")
declare function hostDropType(hostId: u32): void;

function freeOwn(type: PyType): void {
  freeBlock(type.own);
  typeOf(TYPE).resized(-(<isize>type.ownBytes));
}

/** Built-in types are never deallocated; users' types are, when no reference to them exists, not even an instance's. */
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
