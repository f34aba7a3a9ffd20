// operator.index: an object as an int, where only an int is allowed.

import { raiseIndexResult, raiseNotInteger } from "../model/raises.gen";
import { decref, incref } from "../model/refcount";
import { isInt, PyObject } from "../model/type";
import { PyLong } from "../types/int";
import { NB_INDEX } from "../model/slots.gen";
import { callUnary, numberSlot } from "../types/slots";

/** Whether the object is an int, or has a method that returns it as an int. */
@inline
export function hasIndex(o: PyObject): bool {
  return isInt(o) || numberSlot(o, NB_INDEX) != 0;
}

/** The int, a new reference; null with an error, which is TypeError if the object is not an int and has no such method. */
export function indexOf(o: PyObject): PyLong | null {
  if (isInt(o)) return changetype<PyLong>(incref<PyObject>(o));
  const f = numberSlot(o, NB_INDEX);
  if (f == 0) {
    raiseNotInteger(o);
    return null;
  }
  const result = callUnary(f, o);
  if (!result || isInt(result)) return changetype<PyLong | null>(result);
  raiseIndexResult(result);
  decref(result);
  return null;
}
