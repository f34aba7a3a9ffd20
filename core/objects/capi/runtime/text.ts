// Texts in C: UTF-8 with a 0 at the end.

import { decref } from "../../model/refcount";
import { PyObject } from "../../model/type";
import { PyStr } from "../../text/str";
import { Writer } from "../../text/writer";
import { str_intern } from "../../types/intern";
import { lengthOfC, str_from_utf8 } from "./utf8";

/** The text as a string: a new reference; null with an error. */
export function strOfC(text: usize): PyObject | null {
  return str_from_utf8(text, lengthOfC(text));
}

/** Adds the text to the writer. */
export function putText(text: usize, w: Writer): bool {
  const s = strOfC(text);
  if (!s) return false;
  const done = w.putStr(changetype<PyStr>(s));
  decref(s);
  return done;
}

/** The text as an interned string: a new reference; null with an error. */
export function internedText(text: usize): PyObject | null {
  const s = strOfC(text);
  return s ? str_intern(changetype<PyStr>(s)) : null;
}
