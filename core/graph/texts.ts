// The texts of a graph, by number, in UTF-8.
//
//   offsets   of each text, by number
//   text      | length | bytes |           a length below 254
//             | 254 | f64 |                a float, whose text the host makes when it is needed
//             | 255 | length: u32 | bytes |
//   index     the numbers of texts that can be found: open addressing, a power of two long, at most half full; 0: empty
//
// Half a surrogate pair is encoded like any other character. The text 0 is empty.

import { List, makeList, take } from "./memory";

const FLOAT: u32 = 254;
const LONG: u32 = 255;
const CHUNK: usize = 1 << 18;
const SPARE: usize = 8;
const FIRST_INDEX: u32 = 4096;

/** Writes the text of a float at an address; returns its length. */
@external("host", "floatText")
declare function floatText(value: f64, at: usize): u32;

let offsets: List = changetype<List>(0);
let next: usize = 0;
let end: usize = 0;
let index: usize = 0;
let mask: u32 = 0;
let indexed: u32 = 0;
let longest: u32 = 0;

/** The size of `draft` in bytes. */
const MOST_DRAFT: u32 = 4096;
/** The most digits of a number of 64 bits. */
const MOST_DIGITS: u32 = 20;
/** The text under construction. */
const draft = memory.data(4096 + 8, 8);
let draftLength: u32 = 0;

export function beginTexts(room: u32): void {
  offsets = makeList(room, 4);
  index = take(<usize>FIRST_INDEX * 4);
  mask = FIRST_INDEX - 1;
  addText(draft, 0);
}

export function texts_count(): u32 {
  return offsets.length;
}

/** Memory for `bytes` bytes, and for SPARE more after them. */
function room(bytes: usize): usize {
  if (end - next < bytes + SPARE) {
    const chunk = max(bytes + SPARE, CHUNK);
    next = take(chunk);
    end = next + chunk;
  }
  const at = next;
  next += bytes;
  return at;
}

/** Copies a few bytes faster than memory.copy, in words: up to seven bytes more are read, and written into what room() has to spare. */
@inline
function copyShort(to: usize, from: usize, length: u32): void {
  for (let k: u32 = 0; k < length; k += 8) store<u64>(to + k, load<u64>(from + k));
}

/** Adds a text without looking for an equal one. */
function addText(from: usize, length: u32): u32 {
  const number = offsets.add();
  const isLong = length >= FLOAT;
  const at = room(<usize>length + (isLong ? 5 : 1));
  store<u32>(offsets.data + <usize>number * 4, <u32>at);
  if (length > longest) longest = length;
  store<u8>(at, isLong ? LONG : length);
  if (isLong) {
    store<u32>(at + 1, length);
    memory.copy(at + 5, from, length);
  } else copyShort(at + 1, from, length);
  return number;
}

/** Adds a float. */
export function texts_float(value: f64): u32 {
  const number = offsets.add();
  const at = room(9);
  store<u32>(offsets.data + <usize>number * 4, <u32>at);
  store<u8>(at, FLOAT);
  store<f64>(at + 1, value);
  return number;
}

function hash(from: usize, length: u32): u32 {
  let h: u32 = length;
  let k: u32 = 0;
  for (; k + 4 <= length; k += 4) h = rotl((h ^ load<u32>(from + k)) * 0x9e3779b1, 13);
  for (; k < length; k++) h = rotl((h ^ load<u8>(from + k)) * 0x9e3779b1, 13);
  return h ^ (h >> 15);
}

/** The number of a text, which is added if it is new. */
function numberOf(from: usize, length: u32): u32 {
  if (length == 0) return 0;
  let slot = hash(from, length) & mask;
  for (;;) {
    const number = load<u32>(index + <usize>slot * 4);
    if (number == 0) break;
    if (isText(number, from, length)) return number;
    slot = (slot + 1) & mask;
  }
  const number = addText(from, length);
  store<u32>(index + <usize>slot * 4, number);
  if (++indexed * 2 > mask) growIndex();
  return number;
}

@inline
function textAt(number: u32): usize {
  return load<u32>(offsets.data + <usize>number * 4);
}

/** The length of the text at an address, which is not a float. */
@inline
function lengthOf(at: usize): u32 {
  const first = <u32>load<u8>(at);
  return first == LONG ? load<u32>(at + 1) : first;
}

@inline
function bytesOf(at: usize): usize {
  return at + (load<u8>(at) == LONG ? 5 : 1);
}

function isText(number: u32, from: usize, length: u32): bool {
  const at = textAt(number);
  return lengthOf(at) == length && memory.compare(bytesOf(at), from, length) == 0;
}

function growIndex(): void {
  const before = index;
  const length = mask + 1;
  index = take(<usize>length * 8);
  mask = length * 2 - 1;
  for (let k: u32 = 0; k < length; k++) {
    const number = load<u32>(before + <usize>k * 4);
    if (number == 0) continue;
    const at = textAt(number);
    let slot = hash(bytesOf(at), lengthOf(at)) & mask;
    while (load<u32>(index + <usize>slot * 4) != 0) slot = (slot + 1) & mask;
    store<u32>(index + <usize>slot * 4, number);
  }
}

/** Appends the lowest `count` bytes of a number to the text under construction. There is room for 4,000 bytes. */
export function draft_put(bytes: u64, count: u32): void {
  store<u64>(draft + draftLength, bytes);
  draftLength += count;
}

/** Appends a whole number in decimal digits. */
export function draft_number(value: i64): void {
  let rest = <u64>value;
  if (value < 0) {
    store<u8>(draft + draftLength++, 45);
    rest = <u64>-value;
  }
  let digits: u32 = 1;
  for (let power: u64 = 10; digits < MOST_DIGITS && rest >= power; power *= 10) digits++;
  draftLength += digits;
  let at = draft + draftLength;
  // Divisions of 32 bits are faster.
  for (; rest >> 32 != 0; rest /= 10) store<u8>(--at, 48 + <u32>(rest % 10));
  let low = <u32>rest;
  while (at > draft + draftLength - digits) {
    const tenth = low / 10;
    store<u8>(--at, 48 + low - 10 * tenth);
    low = tenth;
  }
}

/**
 * Ends the text under construction. Returns its number. If the text is probably new (`isNew`), it is added without
 * looking for an equal one.
 */
export function draft_end(isNew: bool): u32 {
  const length = draftLength;
  draftLength = 0;
  return isNew ? addText(draft, length) : numberOf(draft, length);
}

/** Memory into which the host writes a text. It is valid until the next call. */
export function texts_room(bytes: u32): usize {
  if (bytes <= MOST_DRAFT) return draft;
  return take(bytes);
}

/** The number of a text that the host wrote at `from`. */
export function texts_number(from: usize, length: u32, isNew: bool): u32 {
  return isNew ? addText(from, length) : numberOf(from, length);
}

// Texts as JSON.

/** The memory for JSON has at least this many bytes. */
const PIECE: usize = 65536;
/** The most bytes of a character as JSON, and of what is between two texts. */
const ESCAPED: usize = 6;
const BETWEEN: usize = 40;
/** The number of texts in a line. */
const LINE: u32 = 256;
let json: usize = 0;
let jsonBytes: usize = 0;
let at: usize = 0;

/** Takes memory for JSON, as the last step before the graph is complete: afterwards, memory does not grow. */
export function texts_seal(): usize {
  jsonBytes = max(PIECE, <usize>longest * ESCAPED + BETWEEN);
  json = take(jsonBytes);
  return json;
}

export function texts_json_length(): u32 {
  return <u32>(at - json);
}

/** Writes texts as JSON, from a number on, as many as there is room for. Returns the number of the next one. */
export function texts_json(from: u32): u32 {
  at = json;
  let number = from;
  for (; number < offsets.length; number++) {
    const text = textAt(number);
    const length = lengthOf(text);
    if (<usize>length * ESCAPED + BETWEEN > json + jsonBytes - at) break;
    if (number > 0) put(44);
    if (number > 0 && number % LINE == 0) put(10);
    put(34);
    if (load<u8>(text) == FLOAT) at += floatText(load<f64>(text + 1), at);
    else escape(bytesOf(text), length);
    put(34);
  }
  return number;
}

@inline
function put(byte: u32): void {
  store<u8>(at++, byte);
}

/** Writes characters as JSON has them between quotation marks. */
function escape(text: usize, length: u32): void {
  for (let k: u32 = 0; k < length; k++) {
    const byte = <u32>load<u8>(text + k);
    if (byte < 32) {
      put(92);
      if (byte == 8) put(98);
      else if (byte == 9) put(116);
      else if (byte == 10) put(110);
      else if (byte == 12) put(102);
      else if (byte == 13) put(114);
      else putUnit(byte);
    } else if (byte == 34 || byte == 92) {
      put(92);
      put(byte);
    } else if (byte == 0xed && load<u8>(text + k, 1) >= 0xa0) {
      // Half a surrogate pair has no UTF-8.
      put(92);
      putUnit(0xd000 | ((<u32>load<u8>(text + k, 1) & 63) << 6) | (<u32>load<u8>(text + k, 2) & 63));
      k += 2;
    } else put(byte);
  }
}

/** Writes u and four digits, as JSON does. */
function putUnit(unit: u32): void {
  put(117);
  for (let shift = 12; shift >= 0; shift -= 4) {
    const digit = (unit >> shift) & 15;
    put(digit < 10 ? 48 + digit : 87 + digit);
  }
}
