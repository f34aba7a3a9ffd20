// Reads CPython's objects from its memory, for a graph: words, texts, numbers. It calls nothing and changes nothing.

import { buffersOfStr, lengthOfStr, textOfStr } from "./str.js";

/** Offsets that are the same in every known version. */
const OBJECT = { collectorNext: -8, references: 0, type: 4, size: 8 } as const;
const INT = { tag: 8, digits: 12, digitBits: 30, signMask: 3, zero: 1, negative: 2, countShift: 3 } as const;
const FLOAT = { value: 8 } as const;
const BYTES = { data: 16 } as const;

const DECODER = new TextDecoder();

/** How many characters of a text are shown. */
const SHOWN = 80;
/** An int of at most this many digits is shown as it is; for a longer one, its length is shown. */
const SHOWN_DIGITS = 4;

/** An interpreter's memory. It is valid until the memory grows. */
export class ObjectMemory {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(buffer: ArrayBuffer) {
    this.words = new Uint32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** The word at an address; 0 outside the memory. */
  word(address: number): number {
    return this.words[address >>> 2] ?? 0;
  }

  byte(address: number): number {
    return this.bytes[address] ?? 0;
  }

  /** The zero-terminated text at an address. */
  cString(address: number): string {
    const end = this.bytes.indexOf(0, address);
    return address === 0 ? "" : DECODER.decode(this.bytes.subarray(address, Math.min(end, address + 400)));
  }

  typeOf(object: number): number {
    return this.word(object + OBJECT.type);
  }

  /** Whether an object that has a collector's header is in one of the collector's lists. */
  isTracked(object: number): boolean {
    return this.word(object + OBJECT.collectorNext) !== 0;
  }

  /** ob_size of an object that has one. */
  sizeOf(object: number): number {
    return this.word(object + OBJECT.size);
  }

  /** The text of a str, at most its first `most` characters. */
  text(object: number, most = SHOWN): string {
    const text = textOfStr(this, object, most);
    return most === SHOWN && lengthOfStr(this, object) > most ? `${text}…` : text;
  }

  /** The blocks that a str has besides its own. */
  buffersOfText(object: number): number[] {
    return buffersOfStr(this, object);
  }

  /** The value of an int, as Python shows it unless it is long. */
  int(object: number): string {
    const tag = this.word(object + INT.tag);
    const count = tag >>> INT.countShift;
    const sign = (tag & INT.signMask) === INT.negative ? "-" : "";
    if ((tag & INT.signMask) === INT.zero) return "0";
    if (count > SHOWN_DIGITS) return `${sign}(${count * INT.digitBits} bits)`;
    let value = 0n;
    for (let k = count - 1; k >= 0; k--) {
      value = (value << BigInt(INT.digitBits)) | BigInt(this.word(object + INT.digits + 4 * k));
    }
    return `${sign}${value}`;
  }

  floatValue(object: number): number {
    return this.#view.getFloat64(object + FLOAT.value, true);
  }

  /** The value of an int of one digit; undefined for a larger one. */
  smallInt(object: number): number | undefined {
    const tag = this.word(object + INT.tag);
    if (tag >>> INT.countShift > 1) return undefined;
    if ((tag & INT.signMask) === INT.zero) return 0;
    const digit = this.word(object + INT.digits);
    return (tag & INT.signMask) === INT.negative ? -digit : digit;
  }

  /** The first bytes of a bytes object. */
  bytesText(object: number): string {
    const size = this.sizeOf(object);
    const shown = this.bytes.subarray(object + BYTES.data, object + BYTES.data + Math.min(size, SHOWN / 2));
    let text = "";
    for (const byte of shown) {
      if (byte === 0x5c || byte === 0x27) text += `\\${String.fromCharCode(byte)}`;
      else text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
    }
    return `b'${text}'${size > shown.length ? "…" : ""}`;
  }
}
