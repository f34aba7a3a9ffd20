// PySequence_Fast: an iterable as a list or tuple.

import { error } from "../../model/error";
import { E_NOT_ITERABLE } from "../../model/errors.gen";
import { raiseError } from "../../model/raise";
import { incref } from "../../model/refcount";
import { PyObject } from "../../model/type";
import { listOf } from "../../operations/abstract";
import { isRow } from "../../types/sequence";

/**
 * A new reference: the object itself if it is a list or tuple, else a list of its items. null with an error; if the
 * object is not iterable, the error is `code`.
 */
export function fastOf(o: PyObject, code: u32): PyObject | null {
  if (isRow(o)) return incref<PyObject>(o);
  const l = listOf(o);
  if (!l && error().code == E_NOT_ITERABLE) raiseError(code, o);
  return l;
}
