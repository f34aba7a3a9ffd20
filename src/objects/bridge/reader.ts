// Reads objects in place: types, texts, and whole values without a call for each part.
//
// Addresses are read from linear memory. They are valid until the next call that allocates or releases something.

import { TYPE_NAMES } from "../../core/catalogue.gen.js";
import * as C from "../../core/constants.gen.js";
import type { WholeCore } from "../../core/whole-core.js";

/** Longer texts are decoded by the platform; for shorter texts that call would take longer than the decoding. */
const SHORT_TEXT = 24;
const latin1 = new TextDecoder("latin1");
const utf16 = new TextDecoder("utf-16le", { ignoreBOM: true });

export class Reader {
  readonly #core: WholeCore;
  readonly #typesAt: number;
  #u8!: Uint8Array;
  #u32!: Uint32Array;
  #f64!: Float64Array;
  /**
   * A view of at most this many bytes may be old. When a memory grows, its old views become empty; but those of a shared memory stay as they
   * are, so they must always be compared with the memory.
   */
  readonly #mayBeOld: number;

  constructor(core: WholeCore) {
    this.#core = core;
    this.#mayBeOld = core.memory.buffer instanceof ArrayBuffer ? 0 : Number.POSITIVE_INFINITY;
    this.#typesAt = core.control + C.TYPES_AT;
    this.refresh();
  }

  /** Makes the views again if the memory has changed. */
  refresh(): void {
    const { buffer } = this.#core.memory;
    if (this.#u8?.buffer === buffer) return;
    this.#u8 = new Uint8Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#f64 = new Float64Array(buffer);
  }

  /** The memory's bytes. Use it after a call that may have made the memory grow. */
  get bytes(): Uint8Array {
    if (this.#u8.length <= this.#mayBeOld) this.refresh();
    return this.#u8;
  }

  /** The word at an address. */
  word(address: number): number {
    return this.#u32[address >>> 2] as number;
  }

  /** The text of a result of kind IS_TEXT, which the core keeps until release_text; undefined for other results. */
  resultText(): string | undefined {
    this.refresh();
    const { control } = this.#core;
    if (this.word(control + C.RESULT_KIND_AT) !== C.IS_TEXT) return undefined;
    const [at, length, width] = [C.RESULT_A_AT, C.RESULT_B_AT, C.RESULT_C_AT].map((word) => this.word(control + word));
    return this.characters(at as number, length as number, width as number);
  }

  /** Sets the double at an address, a multiple of 8. */
  setDouble(address: number, value: number): void {
    this.#f64[address >>> 3] = value;
  }

  refcount(object: number): number {
    return this.word(object + C.OBJECT_REFCNT);
  }

  type(object: number): number {
    return this.word(object + C.OBJECT_TYPE);
  }

  /** The address of a built-in type. */
  typeOfKind(kind: number): number {
    return this.#typesAt + kind * C.TYPE_BYTES;
  }

  kind(object: number): number {
    const type = this.type(object) - this.#typesAt;
    return type >= 0 && type < C.USER * C.TYPE_BYTES ? type / C.TYPE_BYTES : C.USER;
  }

  /** The kind of the built-in type whose layout the object has: that of its type, or of the type that its type is derived from. */
  layout(object: number): number {
    const kind = this.kind(object);
    const own = kind === C.USER ? this.word(this.type(object) + C.TYPE_KIND) : kind;
    return (own & C.DERIVED) !== 0 ? own & ~C.DERIVED : kind;
  }

  /** The name of the type, or of the built-in type that it is derived from. */
  layoutName(object: number): string {
    return TYPE_NAMES[this.layout(object)] ?? this.typeName(object);
  }

  typeName(object: number): string {
    return this.nameOfType(this.type(object));
  }

  /** The name of the type at an address. */
  nameOfType(type: number): string {
    return TYPE_NAMES[(type - this.#typesAt) / C.TYPE_BYTES] ?? this.text(this.word(type + C.TYPE_NAME));
  }

  // ---- values ----

  /** A string's characters; at most `most` of them. */
  text(object: number, most = Number.POSITIVE_INFINITY): string {
    const state = this.word(object + C.STR_STATE);
    const isCompact = (state & C.STR_IS_COMPACT) !== 0;
    const follows = object + (state & C.STR_IS_ASCII ? C.STR_ASCII_DATA : C.STR_WIDE_DATA);
    const data = isCompact ? follows : this.word(object + C.STR_WIDE_DATA);
    const length = Math.min(this.word(object + C.STR_LENGTH), most);
    return this.characters(data, length, (state >>> C.STR_WIDTH_SHIFT) & C.STR_WIDTH_MASK);
  }

  characters(data: number, length: number, width: number): string {
    if (width === 1) {
      const u8 = this.#u8;
      if (length > SHORT_TEXT) return decodeLatin1(this.#decodable(u8.subarray(data, data + length)));
      let text = "";
      for (let at = data; at < data + length; at++) text += String.fromCharCode(u8[at] as number);
      return text;
    }
    if (width === 2) return this.#units(data, length);
    let text = "";
    for (let k = 0; k < length; k++) text += String.fromCodePoint(this.word(data + 4 * k));
    return text;
  }

  /**
   * The text of characters of two bytes. It keeps surrogates without their other half; a TextDecoder would replace
   * them.
   */
  #units(data: number, length: number): string {
    const units = new Uint16Array(this.#core.memory.buffer, data, length);
    if (units.every((unit) => (unit & 0xf800) !== 0xd800)) return utf16.decode(this.#decodable(units));
    return units.reduce((text, unit) => text + String.fromCharCode(unit), "");
  }

  /** The same bytes for a decoder, which takes no view of a shared memory. */
  #decodable<T extends Uint8Array | Uint16Array>(view: T): T {
    return this.#mayBeOld === 0 ? view : (view.slice() as T);
  }

  /** The value of an int: a number if it is safe, a bigint if not. */
  int(object: number): number | bigint {
    const tag = this.word(object + C.INT_TAG);
    const digits = tag >>> C.INT_SIZE_SHIFT;
    const at = object + C.INT_DIGIT;
    const sign = 1 - (tag & C.INT_SIGN_MASK);
    if (digits <= 1) return sign * this.word(at);
    if (digits === 2) {
      const v = this.word(at) + this.word(at + 4) * 2 ** 30;
      if (v <= Number.MAX_SAFE_INTEGER) return sign * v;
    }
    // Two digits of 30 bits make fifteen hexadecimal digits; the highest come first.
    let hex = "0x";
    for (let k = digits - 1 + (digits & 1); k > 0; k -= 2) {
      const high = k < digits ? BigInt(this.word(at + 4 * k)) : 0n;
      hex += ((high << 30n) | BigInt(this.word(at + 4 * k - 4))).toString(16).padStart(15, "0");
    }
    return sign < 0 ? -BigInt(hex) : BigInt(hex);
  }

  float(object: number): number {
    return this.#f64[(object + C.FLOAT_VALUE) >>> 3] as number;
  }

  /** A copy of a bytes object's bytes. */
  bytesOf(object: number): Uint8Array {
    const at = object + C.BYTES_DATA;
    return this.#u8.slice(at, at + this.word(object + C.VAR_SIZE));
  }

  // ---- containers ----

  /** The address of the items of a list or tuple, and their number. */
  row(object: number): { items: number; size: number } {
    const size = this.word(object + C.VAR_SIZE);
    const isList = this.layout(object) === C.LIST;
    return { items: isList ? this.word(object + C.LIST_ITEMS) : object + C.TUPLE_ITEMS, size };
  }

  /** Calls `visit` with the key and value of each entry of a dict, in order. */
  entries(dict: number, visit: (key: number, value: number) => void): void {
    this.entriesOf(this.word(dict + C.DICT_KEYS), this.word(dict + C.DICT_VALUES), visit);
  }

  /**
   * Like entries, for a block of keys. `values` is the dict's row of values; 0 if the values are beside the keys. A
   * block of keys that several dicts share has no values: without a row, each value is 0.
   */
  entriesOf(keys: number, values: number, visit: (key: number, value: number) => void): void {
    const count = this.word(keys + C.KEYS_COUNT);
    const general = this.#u8[keys + C.KEYS_KIND] === C.KEYS_GENERAL;
    const stride = general ? C.GENERAL_ENTRY : C.PLAIN_ENTRY;
    let entry = keys + C.KEYS_INDICES + 2 ** (this.#u8[keys + C.KEYS_LOG_INDEX_BYTES] as number) + (general ? 4 : 0);
    for (let k = 0; k < count; k++, entry += stride) {
      const key = this.word(entry);
      if (key !== 0) visit(key, this.word(values === 0 ? entry + 4 : values + 4 * k));
    }
  }

  /** Calls `visit` with each item of a set. */
  members(set: number, visit: (item: number) => void): void {
    const table = this.word(set + C.SET_TABLE);
    const mask = this.word(set + C.SET_MASK);
    for (let k = 0; k <= mask; k++) {
      const item = this.word(table + C.SET_ENTRY * k);
      if (item !== 0) visit(item);
    }
  }
}

/** Decodes Latin-1. A TextDecoder for "latin1" would decode windows-1252, which differs from 0x80 to 0x9f. */
function decodeLatin1(bytes: Uint8Array): string {
  for (const byte of bytes) {
    if (byte >= 0x80 && byte < 0xa0) return Array.from(bytes, (code) => String.fromCharCode(code)).join("");
  }
  return latin1.decode(bytes);
}
