// operator.index: the int that an object stands for where one is needed. Imports objects/int, error.

import { E_TYPE, NEED_INTEGER } from "../error";
import { PyLong } from "../int";
import { incref, isInt, PyObject, raiseAbout } from "../object";

/** The int, a new reference; null with TypeError. */
export function indexOf(o: PyObject): PyLong | null {
  if (isInt(o)) return changetype<PyLong>(incref<PyObject>(o));
  raiseAbout(E_TYPE, o, null, NEED_INTEGER);
  return null;
}
