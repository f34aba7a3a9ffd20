// Bytes: their length, a cached hash, and the bytes with a zero after them.
//
//   refcnt | type | size | hash | bytes, 0
//
// The empty bytes object, and each one of a single byte, exist only once (POLICY_CHARACTERS).

import { raiseByte, raiseNotBytesLike } from "../model/raises.gen";
import { hashBytes } from "../model/hash";
import { BYTES } from "../model/kinds.gen";
import { freeObject, newObject, requestFor } from "../model/memory";
import { incref } from "../model/refcount";
import { hasPolicy, POLICY_CHARACTERS } from "../model/settings";
import { asBool, EMPTY_BYTES_AT, NotImplemented } from "../model/singletons";
import { at, BYTE_BYTES, BYTES_AT } from "../model/state";
import { isA, isAnInt, isKind, PyObject, PyVarObject, typeOf } from "../model/type";
import { fillWith } from "../text/str";
import { putBytesLiteral, Writer } from "../text/writer";
import { PyLong } from "./int";
import { int_as_index } from "./int-values";
import { fulfils } from "./protocol";

export const BYTES_HEADER: usize = 16;

@unmanaged
export class PyBytes extends PyVarObject {
  cachedHash: i32;

  @inline
  get data(): usize {
    return changetype<usize>(this) + BYTES_HEADER;
  }
}

@inline
export function bytes_sizeof(length: u32): usize {
  return BYTES_HEADER + 1 + length;
}

@inline
export function emptyBytes(): PyBytes {
  return changetype<PyBytes>(at(EMPTY_BYTES_AT));
}

@inline
function sharedByte(byte: u32): PyBytes {
  return changetype<PyBytes>(at(BYTES_AT) + <usize>byte * BYTE_BYTES);
}

@inline
function begin(b: PyBytes, length: u32): void {
  b.size = length;
  b.cachedHash = -1;
  store<u8>(b.data + length, 0);
}

/** Makes the shared objects. */
export function bytes_begin(refcnt: u32): void {
  for (let byte: i32 = -1; byte < 256; byte++) {
    const b = byte < 0 ? emptyBytes() : sharedByte(byte);
    b.refcnt = refcnt;
    b.type = typeOf(BYTES);
    begin(b, byte < 0 ? 0 : 1);
    if (byte >= 0) store<u8>(b.data, <u8>byte);
  }
}

/** A new bytes object of `length` bytes, not yet written. */
export function bytes_new(length: u32): PyBytes | null {
  const b = changetype<PyBytes | null>(newObject(typeOf(BYTES), requestFor(BYTES_HEADER + 1, length, 1)));
  if (b) begin(b, length);
  return b;
}

/** A bytes object of the `n` bytes in memory: PyBytes_FromStringAndSize. */
export function bytes_from(data: usize, n: u32): PyObject | null {
  if (n < 2 && hasPolicy(POLICY_CHARACTERS)) return n == 0 ? emptyBytes() : sharedByte(load<u8>(data));
  const b = bytes_new(n);
  if (b) memory.copy(b.data, data, n);
  return b;
}

export function bytes_dealloc(o: PyObject): void {
  freeObject(o, bytes_sizeof(changetype<PyBytes>(o).size));
}

export function bytes_hash(o: PyObject): i32 {
  const b = changetype<PyBytes>(o);
  if (b.cachedHash == -1) b.cachedHash = hashBytes(b.data, b.size);
  return b.cachedHash;
}

export function bytes_compare(a: PyObject, b: PyObject, op: i32): PyObject {
  if (!isA(b, BYTES)) return NotImplemented();
  const x = changetype<PyBytes>(a);
  const y = changetype<PyBytes>(b);
  let order = memory.compare(x.data, y.data, min(x.size, y.size));
  if (order == 0) order = x.size < y.size ? -1 : x.size > y.size ? 1 : 0;
  return asBool(fulfils(order, op));
}

export function bytes_repr(o: PyObject, w: Writer): bool {
  const b = changetype<PyBytes>(o);
  return putBytesLiteral(w, b.data, b.size);
}

export function bytes_slice(b: PyBytes, start: i32, step: i32, n: u32): PyObject | null {
  if (step == 1) {
    if (n == b.size && isKind(b, BYTES)) return incref<PyObject>(b);
    return bytes_from(b.data + start, n);
  }
  if (n < 2) return bytes_from(b.data + start, n);
  const result = bytes_new(n);
  if (!result) return null;
  for (let k: u32 = 0; k < n; k++) store<u8>(result.data + k, load<u8>(b.data + start + <i32>k * step));
  return result;
}

export function bytes_concat(a: PyBytes, b: PyBytes): PyObject | null {
  if (a.size == 0 && isKind(b, BYTES)) return incref<PyObject>(b);
  if (b.size == 0 && isKind(a, BYTES)) return incref<PyObject>(a);
  const result = bytes_new(a.size + b.size);
  if (!result) return null;
  memory.copy(result.data, a.data, a.size);
  memory.copy(result.data + a.size, b.data, b.size);
  return result;
}

/** The bytes repeated `count` times. The result's length must fit a u32. */
export function bytes_repeat(b: PyBytes, count: u32): PyObject | null {
  if (count == 1 && isKind(b, BYTES)) return incref<PyObject>(b);
  const length = b.size * count;
  if (length == 0) return bytes_from(0, 0);
  const result = bytes_new(length);
  if (!result) return null;
  fillWith(result.data, b.data, b.size, count);
  return result;
}

/** item in b, where the item is a number from 0 to 255, or bytes; -1 with an error for anything else. */
export function bytes_contains(b: PyBytes, item: PyObject): i32 {
  if (isAnInt(item)) {
    const byte = int_as_index(changetype<PyLong>(item));
    if (byte < 0 || byte > 255) {
      raiseByte();
      return -1;
    }
    for (let k: u32 = 0; k < b.size; k++) if (load<u8>(b.data + k) == <u32>byte) return 1;
    return 0;
  }
  if (!isA(item, BYTES)) {
    raiseNotBytesLike(item);
    return -1;
  }
  const part = changetype<PyBytes>(item);
  for (let k: u32 = 0; k + part.size <= b.size; k++) {
    if (memory.compare(b.data + k, part.data, part.size) == 0) return 1;
  }
  return 0;
}
