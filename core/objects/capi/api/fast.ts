// PySequence_Fast: an iterable as a list or tuple.

import { hasError } from "../../model/error";
import { E_TYPE, error } from "../../model/error";
import { incref, PyObject } from "../../model/object";
import { isRow } from "../../types/sequence";
import { listFrom } from "./iterate";
import { raiseApi } from "../runtime/words";

/** The object itself if it is a list or tuple, else a list of its items: a new reference; null with an error, TypeError with `words`. */
export function fastOf(o: PyObject, words: i32): PyObject | null {
  if (isRow(o)) return incref<PyObject>(o);
  const l = listFrom(o);
  if (!l && hasError() && error().code == E_TYPE) raiseApi(words);
  return l;
}
