// The words of errors of the Python/C API, in the order of their numbers in core/objects/capi/runtime/words.ts. In braces:
//
//   {a} {b}   name of an object's type          {text}         the string that the error is about
//   {y} {z}   a number                          {bytes}        "byte 0xff in position 3", or "bytes in position 3-4"
//                                               {characters}   the same of characters

import { FIRST_TYPE_WORDS, TYPE_WORDS } from "./type-words.js";

export const API_WORDS: readonly string[] = [
  "Python int too large to convert to C long",
  "Python int too large to convert to C int",
  "Python int too large to convert to C ssize_t",
  "Python int too large to convert to C unsigned long",
  "Python int too large to convert to C size_t",
  "int too big to convert",
  "can't convert negative value to unsigned int",
  "can't convert negative value to size_t",
  "can't convert negative int to unsigned",
  "an integer is required",
  "expect int, got {a}",
  "must be real number, not {a}",
  "bad argument to internal function",
  "null argument to internal routine",
  "bad argument type for built-in operation",
  "int() arg 2 must be >= 2 and <= 36",
  "invalid literal for int() with base {z}: {text}",
  "could not convert string to float: {text}",
  "float() argument must be a string or a real number, not '{a}'",
  "int() argument must be a string, a bytes-like object or a real number, not '{a}'",
  "PyNumber_ToBase: base must be 2, 8, 10 or 16",
  "'utf-8' codec can't decode {bytes}: invalid start byte",
  "'utf-8' codec can't decode {bytes}: invalid continuation byte",
  "'utf-8' codec can't decode {bytes}: unexpected end of data",
  "'ascii' codec can't decode {bytes}: ordinal not in range(128)",
  "'utf-8' codec can't encode {characters}: surrogates not allowed",
  "'latin-1' codec can't encode {characters}: ordinal not in range(256)",
  "'ascii' codec can't encode {characters}: ordinal not in range(128)",
  "Negative size passed to PyUnicode_New",
  "Negative size passed to PyUnicode_FromStringAndSize",
  "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize",
  "invalid maximum character passed to PyUnicode_New",
  "chr() arg not in range(0x110000)",
  "character out of range",
  "Cannot modify a string currently used",
  "string index out of range",
  "must be str, not {a}",
  "Can't convert '{a}' object to str implicitly",
  "Can't compare {a} and {b}",
  "separator: expected str instance, {a} found",
  "sequence item {z}: expected str instance, {a} found",
  "sequence item {z}: expected a bytes-like object, {a} found",
  "can only join an iterable",
  "empty separator",
  "expected bytes, {a} found",
  "cannot convert '{a}' object to bytes",
  "bytes must be in range(0, 256)",
  "Negative size passed to PyBytes_FromStringAndSize",
  "embedded null byte",
  "tuple assignment index out of range",
  "list assignment index out of range",
  "expected a list",
  "can only assign an iterable",
  "cannot convert dictionary update sequence element #{z} to a sequence",
  "dictionary update sequence element #{z} has length {y}; 2 is required",
  "'{a}' object has no attribute 'keys'",
  "'{a}' object has no attribute 'values'",
  "'{a}' object has no attribute 'items'",
  "iter() returned non-iterator of type '{a}'",
  "{a} is not a sequence",
  "{a} is not a mapping",
  "'{a}' object does not support indexing",
  "'{a}' object is unsliceable",
  "'{a}' object doesn't support slice assignment",
  "'{a}' object doesn't support slice deletion",
  "'{a}' object can't be concatenated",
  "'{a}' object can't be repeated",
  "sequence.index(x): x not in sequence",
  "fill character is bigger than the string maximum character",
  "expected a weakref",
  "_PyErr_SetObject: exception {text} is not a BaseException subclass",
  "PyErr_NewException: name must be module.class",
  "__int__ returned non-int (type {a})",
  "__float__ returned non-float (type {a})",
  "invalid kind",
  "string is longer than the buffer",
];

/** What the words of an error speak of. */
export interface ApiFacts {
  readonly y: number;
  readonly z: number;
  /** Type names of the objects that the error is about. */
  readonly a: string;
  readonly b: string;
  /** The first object, and the second, if it is a string. */
  readonly text: string;
  readonly other: string;
}

function span(one: string, many: string, { z }: ApiFacts, count: number): string {
  return count > 1 ? `${many} in position ${z}-${z + count - 1}` : `${one} in position ${z}`;
}

/** A character as it stands in an error: escaped. */
function escaped(text: string, position: number): string {
  const code = [...text][position]?.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** The words of error number `k`. */
export function apiWords(k: number, facts: ApiFacts): string {
  const parts: Readonly<Record<string, () => string>> = {
    "{a}": () => facts.a,
    "{b}": () => facts.b,
    "{y}": () => String(facts.y),
    "{z}": () => String(facts.z),
    "{text}": () => facts.text,
    "{other}": () => facts.other,
    "{bytes}": () => span(`byte 0x${(facts.y & 0xff).toString(16).padStart(2, "0")}`, "bytes", facts, facts.y >> 8),
    "{characters}": () => span(`character '${escaped(facts.text, facts.z)}'`, "characters", facts, facts.y),
  };
  return (API_WORDS[k] ?? TYPE_WORDS[k - FIRST_TYPE_WORDS] ?? "error").replace(
    /\{\w+\}/g,
    (name) => parts[name]?.() ?? name,
  );
}
