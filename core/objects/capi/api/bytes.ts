// PyBytes_*. In Python 1.5 these functions had the names PyString_*.

import {
  raiseBytesExpected,
  raiseBytesFrom,
  raiseBytesRange,
  raiseConcatenateBytes,
  raiseJoinBytes,
  raiseNegativeBytes,
  raiseNullByte,
} from "../../model/raises.gen";
import { E_JOIN_ITERABLE } from "../../model/errors.gen";
import { BYTES, STR } from "../../model/kinds.gen";
import { decref, incref, isImmortal, xdecref } from "../../model/refcount";
import { isA, isKind, PyObject } from "../../model/type";
import { listOf } from "../../operations/abstract";
import { indexOf } from "../../operations/index-of";
import { bytes_concat, bytes_from, bytes_new, PyBytes } from "../../types/bytes";
import { int_as_index } from "../../types/int-values";
import { itemAt, rowItems, rowSize } from "../../types/sequence";
import { lengthOfC } from "../runtime/utf8";
import { badCall } from "../runtime/complaints";
import { fastOf } from "./fast";
import { isIterableObject } from "./iterate";

export function PyBytes_FromString(text: usize): PyObject | null {
  return bytes_from(text, lengthOfC(text));
}

/** A bytes object of `n` bytes, copied from `data`. If `data` is NULL, the caller writes the bytes. */
export function PyBytes_FromStringAndSize(data: usize, n: i32): PyObject | null {
  if (n < 0) {
    raiseNegativeBytes();
    return null;
  }
  return data == 0 && n > 0 ? bytes_new(n) : bytes_from(data, n);
}

/** bytes(o) for bytes or an iterable of ints. */
export function PyBytes_FromObject(o: PyObject | null): PyObject | null {
  if (!o) return badCall();
  if (isKind(o, BYTES)) return incref<PyObject>(o);
  if (isA(o, STR) || !isIterableObject(o)) {
    raiseBytesFrom(o);
    return null;
  }
  const l = listOf(o);
  if (!l) return null;
  let b = bytes_new(l.size);
  for (let k: u32 = 0; b && k < l.size; k++) {
    const byte = byteOf(itemAt(l.items, k));
    if (byte >= 0) store<u8>(b.data + k, <u8>byte);
    else {
      decref(b);
      b = null;
    }
  }
  decref(l);
  return b;
}

/** The int's value, which must be from 0 to 255; -1 with an error. */
function byteOf(o: PyObject): i32 {
  const a = indexOf(o);
  if (!a) return -1;
  const byte = int_as_index(a);
  decref(a);
  if (byte >= 0 && byte < 256) return byte;
  raiseBytesRange();
  return -1;
}

function asBytes(o: PyObject): PyBytes | null {
  if (isA(o, BYTES)) return changetype<PyBytes>(o);
  raiseBytesExpected(o);
  return null;
}

/** The address of the bytes, which have a zero after them; NULL with TypeError. */
export function PyBytes_AsString(o: PyObject): usize {
  const b = asBytes(o);
  return b ? b.data : 0;
}

export function PyBytes_Size(o: PyObject): i32 {
  const b = asBytes(o);
  return b ? <i32>b.size : -1;
}

/**
 * Stores the address and the size of the bytes. If `size` is NULL, a zero among the bytes is an error. 0, or -1 with an
 * error.
 */
export function PyBytes_AsStringAndSize(o: PyObject, data: usize, size: usize): i32 {
  const b = asBytes(o);
  if (!b) return -1;
  if (size != 0) store<u32>(size, b.size);
  else if (lengthOfC(b.data) != b.size) {
    raiseNullByte();
    return -1;
  }
  store<usize>(data, b.data);
  return 0;
}

/**
 * Replaces `*slot` by `*slot` + `b`; by NULL if that fails, or if `b` is NULL. Takes over the reference that was in
 * `*slot`.
 */
export function PyBytes_Concat(slot: usize, b: PyObject | null): void {
  const a = load<PyObject | null>(slot);
  if (!a) return;
  let whole: PyObject | null = null;
  if (!b) {
    // The result is NULL, without an error.
  } else if (!isA(a, BYTES) || !isA(b, BYTES)) raiseConcatenateBytes(b, a);
  else whole = bytes_concat(changetype<PyBytes>(a), changetype<PyBytes>(b));
  store<PyObject | null>(slot, whole);
  decref(a);
}

/** Like PyBytes_Concat, but also takes over the reference to `b`. */
export function PyBytes_ConcatAndDel(slot: usize, b: PyObject | null): void {
  PyBytes_Concat(slot, b);
  xdecref(b);
}

/** separator.join(items), where all items are bytes. */
export function PyBytes_Join(separator: PyObject, items: PyObject): PyObject | null {
  const between = asBytes(separator);
  const row = between ? fastOf(items, E_JOIN_ITERABLE) : null;
  if (!row) return null;
  const joined = joinRow(between!, rowItems(row), rowSize(row));
  decref(row);
  return joined;
}

function joinRow(between: PyBytes, row: usize, n: u32): PyObject | null {
  let size: u64 = n > 1 ? <u64>between.size * (n - 1) : 0;
  for (let k: u32 = 0; k < n; k++) {
    const item = itemAt(row, k);
    if (!isA(item, BYTES)) {
      raiseJoinBytes(k, item);
      return null;
    }
    size += changetype<PyBytes>(item).size;
  }
  if (n == 1 && isKind(itemAt(row, 0), BYTES)) return incref<PyObject>(itemAt(row, 0));
  if (size == 0) return bytes_from(0, 0);
  const b = bytes_new(<u32>min<u64>(size, 0x7ffffff0));
  if (!b) return null;
  let at = b.data;
  for (let k: u32 = 0; k < n; k++) {
    if (k > 0) at = append(at, between);
    at = append(at, changetype<PyBytes>(itemAt(row, k)));
  }
  return b;
}

function append(at: usize, b: PyBytes): usize {
  memory.copy(at, b.data, b.size);
  return at + b.size;
}

/**
 * Gives the bytes object in `*slot` a size of `n` bytes; a larger size only if there is no other reference to it. 0; or
 * -1 with an error, and then the object is released and `*slot` is NULL.
 */
export function _PyBytes_Resize(slot: usize, n: i32): i32 {
  const o = load<PyObject>(slot);
  if (!isA(o, BYTES) || n < 0) {
    store<usize>(slot, 0);
    decref(o);
    badCall();
    return -1;
  }
  const b = changetype<PyBytes>(o);
  const fresh = <u32>n == b.size ? b : resized(b, n);
  store<PyObject | null>(slot, fresh);
  if (fresh !== b) decref(b);
  return fresh ? 0 : -1;
}

/** A new bytes object of `n` bytes that begins with those of `b`; null with an error. */
function resized(b: PyBytes, n: u32): PyObject | null {
  // If others refer to `b`, only a smaller size is allowed: they keep `b`, and the caller gets a shorter copy.
  if (n > b.size && !isImmortal(b) && b.refcnt != 1) return badCall();
  if (n == 0) return bytes_from(0, 0);
  const fresh = bytes_new(n);
  if (fresh) memory.copy(fresh.data, b.data, min(n, b.size));
  return fresh;
}
