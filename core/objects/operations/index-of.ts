// operator.index: the int that an object stands for where one is needed.

import { E_TYPE, NEED_INT_OF_INDEX, NEED_INTEGER } from "../model/error";
import { raiseAbout } from "../model/raise";
import { decref, incref } from "../model/refcount";
import { isInt, PyObject } from "../model/type";
import { PyLong } from "../types/int";
import { callUnary, NB_INDEX, numberSlot } from "../types/slots";

/** Whether the object is an int or stands for one. */
@inline
export function hasIndex(o: PyObject): bool {
  return isInt(o) || numberSlot(o, NB_INDEX) != 0;
}

/** The int, a new reference; null with TypeError. */
export function indexOf(o: PyObject): PyLong | null {
  if (isInt(o)) return changetype<PyLong>(incref<PyObject>(o));
  const f = numberSlot(o, NB_INDEX);
  if (f == 0) {
    raiseAbout(E_TYPE, o, null, NEED_INTEGER);
    return null;
  }
  const result = callUnary(f, o);
  if (!result || isInt(result)) return changetype<PyLong | null>(result);
  raiseAbout(E_TYPE, result, null, NEED_INT_OF_INDEX);
  decref(result);
  return null;
}
