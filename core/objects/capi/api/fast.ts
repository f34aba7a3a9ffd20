// PySequence_Fast: an iterable as a list or tuple.

import { E_TYPE, error, hasError } from "../../model/error";
import { incref } from "../../model/refcount";
import { PyObject } from "../../model/type";
import { isRow } from "../../types/sequence";
import { raiseApi } from "../runtime/words";
import { listFrom } from "./iterate";

/** The object itself if it is a list or tuple, else a list of its items: a new reference; null with an error, TypeError with `words`. */
export function fastOf(o: PyObject, words: i32): PyObject | null {
  if (isRow(o)) return incref<PyObject>(o);
  const l = listFrom(o);
  if (!l && hasError() && error().code == E_TYPE) raiseApi(words);
  return l;
}
