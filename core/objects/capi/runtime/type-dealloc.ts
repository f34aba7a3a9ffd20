// The end of a type that was made while the program ran. It stands above the types, because a type's attributes are descriptors that know it.

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

/** Built-in types are never deallocated; those of users go when nobody refers to them, no instance either. */
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
