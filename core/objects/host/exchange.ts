// Values on their way between the host and the heap.
//
//   in    push_*        makes an object from a value and puts it on the stack; a call takes its arguments from there
//   out   answer(o)     returns a number as f64; for anything else NaN, and the result's words describe it:
//
//   result   kind         a                    b             c
//            IS_NUMBER    -                    -             -                 NaN itself
//            IS_NONE, IS_TRUE, IS_FALSE, IS_MISSING, IS_ERROR
//            IS_TEXT      address, in place    characters    bytes each        release_text() after reading
//            IS_BIG       words in the buffer  words         1 if negative
//            IS_OBJECT    handle               kind          host's id of its type
//
// Whole values go out without calls: the host reads objects in place (core/exports/constants.ts has the offsets).

import { handles } from "../model/handles";
import { BOOL, FLOAT, INT, STR, TYPE, USER } from "../model/kinds.gen";
import { decref, incref } from "../model/refcount";
import { result } from "../model/result";
import { settings } from "../model/settings";
import { asBool, False, None, True } from "../model/singletons";
import { isDerived, isKind, PyObject, PyType } from "../model/type";
import { sizeOf } from "../operations/abstract";
import { PyStr, str_from_chars, str_from_utf16 } from "../text/str";
import { bytes_from } from "../types/bytes";
import { float_new, PyFloat } from "../types/float";
import { int_from_i32, PyLong } from "../types/int";
import { int_as_f64, int_from_i64, int_from_words, int_is_safe, int_to_words, int_words } from "../types/int-values";
import { str_intern } from "../types/intern";

// Kinds of results.
export const IS_NUMBER: u32 = 0;
export const IS_NONE: u32 = 1;
export const IS_TRUE: u32 = 2;
export const IS_FALSE: u32 = 3;
export const IS_TEXT: u32 = 4;
export const IS_BIG: u32 = 5;
export const IS_OBJECT: u32 = 6;
export const IS_MISSING: u32 = 7;
export const IS_ERROR: u32 = 8;

// ---- in ----

/** The int or float for a JavaScript number: an int if the number is whole, exact and not -0. */
@inline
export function fromNumber(v: f64): PyObject | null {
  const whole = <i32>v;
  if (<f64>whole == v && whole > -(1 << 30) && whole < 1 << 30 && (whole != 0 || reinterpret<u64>(v) == 0)) {
    return int_from_i32(whole);
  }
  return fromOther(v);
}

function fromOther(v: f64): PyObject | null {
  if (abs(v) <= 9007199254740991.0 && trunc(v) == v && reinterpret<u64>(v) != 0x8000000000000000)
    return int_from_i64(<i64>v);
  return float_new(v);
}

export function push_number(v: f64): bool {
  return handles().push(fromNumber(v));
}

export function push_float(v: f64): bool {
  return handles().push(float_new(v));
}

/** Pushes an int of `n` words of 32 bits in the buffer, the lowest first. */
export function push_words(n: u32, negative: bool): bool {
  const h = handles();
  const done = h.push(int_from_words(h.buffer, n, negative));
  h.bufferUsed();
  return done;
}

/** Pushes None, False or True, given as a kind of result. */
export function push_constant(kind: u32): bool {
  return handles().push(kind == IS_NONE ? None() : asBool(kind == IS_TRUE));
}

/** Pushes a string of `n` characters in the buffer: Latin-1 if `width` is 1, UTF-16 if it is 2. */
export function push_text(n: u32, width: u32): bool {
  const h = handles();
  const done = h.push(textInBuffer(n, width));
  h.bufferUsed();
  return done;
}

function textInBuffer(n: u32, width: u32): PyObject | null {
  const buffer = handles().buffer;
  return width == 1 ? str_from_chars(buffer, 1, n) : str_from_utf16(buffer, n);
}

/** Like push_text, interned: for keys. */
export function push_key(n: u32, width: u32): bool {
  const h = handles();
  const s = textInBuffer(n, width);
  h.bufferUsed();
  return h.push(s ? str_intern(changetype<PyStr>(s)) : null);
}

/** Pushes a bytes object of `n` bytes in the buffer. */
export function push_bytes(n: u32): bool {
  const h = handles();
  const done = h.push(bytes_from(h.buffer, n));
  h.bufferUsed();
  return done;
}

export function push_handle(handle: u32): bool {
  return handles().push(incref<PyObject>(handles().at(handle)));
}

/** Pushes an object, given by its address, which the host got from top_address within the same conversion. */
export function push_address(address: usize): bool {
  return handles().push(incref<PyObject>(changetype<PyObject>(address)));
}

export function top_address(): usize {
  return load<usize>(handles().last(1));
}

/** The number of items of the container on top of the stack. */
export function top_size(): i32 {
  return sizeOf(load<PyObject>(handles().last(1)));
}

/** Drops the last `n` values from the stack. */
export function drop_values(n: u32): void {
  handles().drop(n);
}

/** Takes a handle for the top of the stack; 0 if there is no memory. */
export function pop_handle(): u32 {
  const h = handles();
  const o = h.pop();
  h.stackUsed();
  return h.take(o);
}

/** A buffer of at least `n` bytes for the host to write to; 0 if there is no memory. */
export function buffer_room(n: usize): usize {
  return handles().room(n);
}

// ---- out ----

/** Sets whether every result is a handle, so that the host can tell 3 from 3.0. Returns the setting before. */
export function set_exact(on: bool): bool {
  const s = settings();
  const before = s.exact != 0;
  s.exact = on ? 1 : 0;
  return before;
}

@inline
function as(kind: u32): f64 {
  result().kind = kind;
  return NaN;
}

export function missing(): f64 {
  return as(IS_MISSING);
}

/** Hands an object to the host, or the error if it is null. Takes over the caller's reference. */
export function answer(o: PyObject | null): f64 {
  if (!o) return as(IS_ERROR);
  if (isKind(o, INT)) {
    const a = changetype<PyLong>(o);
    if (a.isCompact && settings().exact == 0) {
      const v = a.compactValue;
      decref(o);
      return v;
    }
  }
  return answerOther(o);
}

/** Like `answer`, for an object whose reference still belongs to its owner. */
@inline
export function answerBorrowed(o: PyObject): f64 {
  if (isKind(o, INT) && changetype<PyLong>(o).isCompact && settings().exact == 0)
    return changetype<PyLong>(o).compactValue;
  return answerOther(incref<PyObject>(o));
}

/**
 * Makes room for what `answer` will need for this object, before the object is removed from its container: so if memory
 * runs out, nothing has changed. False, with MemoryError, if there is no memory.
 */
export function answerable(o: PyObject): bool {
  if (settings().exact != 0) return handles().reserve();
  if (isKind(o, INT)) {
    const a = changetype<PyLong>(o);
    return a.isCompact || int_is_safe(a) || handles().room((<usize>int_words(a)) << 2) != 0;
  }
  const isValue = isKind(o, STR) || isKind(o, FLOAT) || isKind(o, BOOL) || o === None();
  return isValue || handles().reserve();
}

function answerOther(o: PyObject): f64 {
  return settings().exact != 0 ? answerHandle(o) : answerValue(o);
}

/** Like answer, but set_exact is ignored: a value is never returned as a handle. */
export function answerPlain(o: PyObject | null): f64 {
  return o ? answerValue(o) : as(IS_ERROR);
}

function answerValue(o: PyObject): f64 {
  if (isKind(o, FLOAT)) {
    const v = changetype<PyFloat>(o).value;
    decref(o);
    result().kind = IS_NUMBER;
    return v;
  }
  if (isKind(o, STR)) return answerText(o);
  if (o === None()) return as(IS_NONE);
  if (o === True()) return as(IS_TRUE);
  if (o === False()) return as(IS_FALSE);
  if (isKind(o, INT)) return answerInt(o);
  return answerHandle(o);
}

/** The host's number of the user's type that the object is, or is an instance of; 0 for all others. */
export function hostIdOf(o: PyObject): u32 {
  return isKind(o, TYPE) ? changetype<PyType>(o).hostId : o.type.hostId;
}

/** The kind of the object for the host: USER also if C derived its type from a built-in one. */
export function hostKindOf(o: PyObject): u32 {
  return isDerived(o.type) ? USER : o.type.kind;
}

function answerHandle(o: PyObject): f64 {
  const r = result();
  r.b = hostKindOf(o);
  r.c = hostIdOf(o);
  r.a = handles().take(o);
  return as(r.a == 0 ? IS_ERROR : IS_OBJECT);
}

function answerText(o: PyObject): f64 {
  const s = changetype<PyStr>(o);
  const r = result();
  r.a = <u32>s.data;
  r.b = s.length;
  r.c = s.width;
  // If the text has other references, it lives until the host has read it, because no code runs in between.
  if (o.refcnt == 1) r.held = o;
  else decref(o);
  return as(IS_TEXT);
}

function answerInt(o: PyObject): f64 {
  const a = changetype<PyLong>(o);
  if (int_is_safe(a)) {
    const v = int_as_f64(a);
    decref(o);
    return v;
  }
  const done = writeWords(a);
  decref(o);
  return as(done ? IS_BIG : IS_ERROR);
}

function writeWords(a: PyLong): bool {
  const r = result();
  const n = int_words(a);
  const words = handles().room((<usize>n) << 2);
  if (words == 0) return false;
  int_to_words(a, words);
  r.a = <u32>words;
  r.b = n;
  r.c = a.isNegative ? 1 : 0;
  return true;
}

/** The address of a handle's object, for a conversion in which nothing is allocated. */
export function handle_address(handle: u32): usize {
  return changetype<usize>(handles().at(handle));
}
