// PyUnicode_*: looking for a string in another one, joining, splitting, replacing.

import { raiseNoMemory } from "../../model/raise";
import { E_JOIN_ITERABLE } from "../../model/errors.gen";
import { raiseEmptySeparator, raiseJoinItem, raiseSeparator } from "../../model/raises.gen";
import { STR } from "../../model/kinds.gen";
import { decref, incref } from "../../model/refcount";
import { isA, isKind, PyObject } from "../../model/type";
import {
  copyChars,
  largestOf,
  PyStr,
  str_contains,
  str_find,
  str_from_char,
  str_from_chars,
  str_new,
  str_slice,
} from "../../text/str";
import { list_append_owned, list_new } from "../../types/list";
import { itemAt, PyList, rowItems, rowSize } from "../../types/sequence";
import { fastOf } from "./fast";
import { needStr } from "./unicode";

/** 1 or 0; -1 with TypeError if one is not a string. */
export function PyUnicode_Contains(o: PyObject, part: PyObject): i32 {
  if (isA(part, STR) && !needStr(o)) return -1;
  return str_contains(changetype<PyStr>(o), part);
}

/** An index as in slices: clamped to 0 .. n, negative ones count from the end. */
@inline
function within(index: i32, n: i32): i32 {
  if (index < 0) index += n;
  return index < 0 ? 0 : index > n ? n : index;
}

/** Whether `part` is in `s` at `k`. The caller knows that there is room for it. */
function standsAt(s: PyStr, part: PyStr, k: u32): bool {
  for (let j: u32 = 0; j < part.length; j++) if (s.charAt(k + j) != part.charAt(j)) return false;
  return true;
}

const BOTH_STRINGS: i32 = 0;
const NOT_STRINGS: i32 = -2;

function needBoth(a: PyObject, b: PyObject): i32 {
  return needStr(a) && needStr(b) ? BOTH_STRINGS : NOT_STRINGS;
}

/**
 * Where `part` occurs in o[start:end]: the first place (direction 1) or the last (-1). -1 if nowhere, -2 with an error.
 */
export function PyUnicode_Find(o: PyObject, part: PyObject, start: i32, end: i32, direction: i32): i32 {
  if (needBoth(o, part) != BOTH_STRINGS) return NOT_STRINGS;
  const s = changetype<PyStr>(o);
  const p = changetype<PyStr>(part);
  const n = <i32>s.length;
  const size = <i32>p.length;
  if (start > n) return -1;
  const first = within(start, n);
  const last = within(end, n) - size;
  if (direction > 0) {
    for (let k = first; k <= last; k++) if (standsAt(s, p, k)) return k;
  } else {
    for (let k = last; k >= first; k--) if (standsAt(s, p, k)) return k;
  }
  return -1;
}

/** Like PyUnicode_Find, for one character. A negative start or end does not count from the end: the result is -1. */
export function PyUnicode_FindChar(o: PyObject, char: u32, start: i32, end: i32, direction: i32): i32 {
  const s = needStr(o);
  if (!s) return NOT_STRINGS;
  if (start < 0 || end < 0) return -1;
  const last = min(end, <i32>s.length) - 1;
  if (direction > 0) {
    for (let k = start; k <= last; k++) if (s.charAt(k) == char) return k;
  } else {
    for (let k = last; k >= start; k--) if (s.charAt(k) == char) return k;
  }
  return -1;
}

/** The number of places without overlaps where `part` occurs in o[start:end]; -1 with an error. */
export function PyUnicode_Count(o: PyObject, part: PyObject, start: i32, end: i32): i32 {
  if (needBoth(o, part) != BOTH_STRINGS) return -1;
  const s = changetype<PyStr>(o);
  const p = changetype<PyStr>(part);
  const n = <i32>s.length;
  const size = <i32>p.length;
  if (start > n) return 0;
  let k = within(start, n);
  const last = within(end, n) - size;
  if (size == 0) return last >= k ? last - k + 1 : 0;
  let count = 0;
  for (; k <= last; k++) {
    if (!standsAt(s, p, k)) continue;
    count++;
    k += size - 1;
  }
  return count;
}

/** Whether o[start:end] begins (direction -1) or ends (1) with `part`; -1 with an error. */
export function PyUnicode_Tailmatch(o: PyObject, part: PyObject, start: i32, end: i32, direction: i32): i32 {
  if (needBoth(o, part) != BOTH_STRINGS) return -1;
  const s = changetype<PyStr>(o);
  const p = changetype<PyStr>(part);
  const n = <i32>s.length;
  if (start > n) return 0;
  const first = within(start, n);
  const last = within(end, n) - <i32>p.length;
  if (last < first) return 0;
  return standsAt(s, p, direction > 0 ? last : first) ? 1 : 0;
}

// ---- joining ----

/** separator.join(items); if `separator` is NULL, it is a space. */
export function PyUnicode_Join(separator: PyObject | null, items: PyObject): PyObject | null {
  const row = fastOf(items, E_JOIN_ITERABLE);
  if (!row) return null;
  const joined = joinRow(separator, row);
  decref(row);
  return joined;
}

function joinRow(separator: PyObject | null, row: PyObject): PyObject | null {
  const n = rowSize(row);
  if (n == 0) return str_from_chars(0, 1, 0);
  if (n == 1 && isKind(itemAt(rowItems(row), 0), STR)) return incref<PyObject>(itemAt(rowItems(row), 0));
  // Between the items of a row of one, there is nothing.
  if (n == 1) separator = null;
  if (separator && !isA(separator, STR)) {
    raiseSeparator(separator);
    return null;
  }
  const between = separator ? incref<PyObject>(separator) : str_from_char(0x20);
  if (!between) return null;
  const joined = joinWith(changetype<PyStr>(between), row);
  decref(between);
  return joined;
}

function joinWith(between: PyStr, row: PyObject): PyObject | null {
  const n = rowSize(row);
  let length: u64 = <u64>between.length * (n - 1);
  let all = n > 1 ? largestOf(between.data, between.width, between.length) : 0;
  for (let k: u32 = 0; k < n; k++) {
    const item = itemAt(rowItems(row), k);
    if (!isA(item, STR)) {
      raiseJoinItem(k, item);
      return null;
    }
    const s = changetype<PyStr>(item);
    length += s.length;
    all |= largestOf(s.data, s.width, s.length);
  }
  if (length == 0) return str_from_chars(0, 1, 0);
  if (length > 0x7fffffff) {
    raiseNoMemory(0x7fffffff);
    return null;
  }
  if (length == 1) return theOnlyCharacter(between, row);
  const result = str_new(<u32>length, all);
  if (!result) return null;
  let at = result.data;
  const width = result.width;
  for (let k: u32 = 0; k < n; k++) {
    if (k > 0) at = append(at, width, between);
    at = append(at, width, changetype<PyStr>(itemAt(rowItems(row), k)));
  }
  return result;
}

function append(at: usize, width: u32, s: PyStr): usize {
  copyChars(at, width, s.data, s.width, s.length);
  return at + <usize>s.length * width;
}

/**
 * For a join whose result has one character: the string that is this character, which is the separator or the only item
 * that is not empty.
 */
function theOnlyCharacter(between: PyStr, row: PyObject): PyObject | null {
  for (let k: u32 = 0; k < rowSize(row); k++) {
    const s = changetype<PyStr>(itemAt(rowItems(row), k));
    if (s.length != 0) return incref<PyObject>(s);
  }
  return incref<PyObject>(between);
}

// ---- splitting ----

/** str.isspace of one character. */
function isUnicodeSpace(char: u32): bool {
  if (char < 0x80) return char == 0x20 || (char >= 9 && char <= 13) || (char >= 0x1c && char <= 0x1f);
  if (char >= 0x2000 && char <= 0x200a) return true;
  return (
    char == 0x85 ||
    char == 0xa0 ||
    char == 0x1680 ||
    char == 0x2028 ||
    char == 0x2029 ||
    char == 0x202f ||
    char == 0x205f ||
    char == 0x3000
  );
}

@inline
function addPart(l: PyList, s: PyStr, start: u32, end: u32): bool {
  return list_append_owned(l, str_slice(s, start, 1, end - start));
}

/**
 * s.split(separator, most): splits at white space if there is no separator, and at every place if `most` is negative.
 */
export function PyUnicode_Split(o: PyObject, separator: PyObject | null, most: i32): PyObject | null {
  const s = needStr(o);
  if (!s || (separator && !needStr(separator))) return null;
  if (separator && changetype<PyStr>(separator).length == 0) {
    raiseEmptySeparator();
    return null;
  }
  const l = list_new(0);
  if (!l) return null;
  const times = most < 0 ? i32.MAX_VALUE : most;
  if (separator ? splitBy(l, s, changetype<PyStr>(separator), times) : splitWords(l, s, times)) return l;
  decref(l);
  return null;
}

function splitBy(l: PyList, s: PyStr, separator: PyStr, most: i32): bool {
  let start: u32 = 0;
  while (most-- > 0) {
    const k = str_find(s, separator, start);
    if (k < 0) break;
    if (!addPart(l, s, start, k)) return false;
    start = k + separator.length;
  }
  return addPart(l, s, start, s.length);
}

function splitWords(l: PyList, s: PyStr, most: i32): bool {
  const n = s.length;
  let k = skipSpaces(s, 0);
  while (k < n) {
    const start = k;
    if (most-- <= 0) {
      // The last part keeps the spaces at its end.
      return addPart(l, s, start, n);
    }
    while (k < n && !isUnicodeSpace(s.charAt(k))) k++;
    if (!addPart(l, s, start, k)) return false;
    k = skipSpaces(s, k);
  }
  return true;
}

function skipSpaces(s: PyStr, k: u32): u32 {
  while (k < s.length && isUnicodeSpace(s.charAt(k))) k++;
  return k;
}

// ---- replacing ----

/** s.replace(old, fresh, most); replaces all if `most` is negative. */
export function PyUnicode_Replace(o: PyObject, old: PyObject, fresh: PyObject, most: i32): PyObject | null {
  const s = needStr(o);
  if (!s || !needStr(old) || !needStr(fresh)) return null;
  const l = list_new(0);
  if (!l) return null;
  const p = changetype<PyStr>(old);
  const times = most < 0 ? i32.MAX_VALUE : most;
  const done = p.length == 0 ? splitCharacters(l, s, times) : splitBy(l, s, p, times);
  const replaced = done ? joinRow(fresh, l) : null;
  decref(l);
  return replaced;
}

/** Splits at the empty string, which is before each character and at the end. */
function splitCharacters(l: PyList, s: PyStr, most: i32): bool {
  let k: u32 = 0;
  if (most > 0 && !addPart(l, s, 0, 0)) return false;
  for (let times = 1; times < most && k < s.length; times++, k++) if (!addPart(l, s, k, k + 1)) return false;
  return addPart(l, s, k, s.length);
}
