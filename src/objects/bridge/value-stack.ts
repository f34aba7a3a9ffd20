// Puts values of JavaScript onto the core's stack: handles and scalars (numbers, bigints, strings, booleans, null and
// undefined). Text, bytes and the digits of bigints are passed in a buffer of the core.

import * as C from "../../core/constants.gen.js";
import type { WholeFunctions } from "../../core/functions.gen.js";
import type { Bridge } from "./bridge.js";
import { describe } from "./describe.js";
import type { Errors } from "./errors.js";
import { Handle, indexOf } from "./handle.js";
import type { Reader } from "./reader.js";
import type { Rescue } from "./rescue.js";

/** The true number of items of a typed array, even if a derived class reports another one. That many are copied. */
const lengthOf: (this: Uint8Array) => number = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  "length",
)?.get as () => number;

export class ValueStack {
  readonly #bridge: Bridge;
  readonly #f: WholeFunctions;
  readonly #reader: Reader;
  readonly #errors: Errors;
  readonly #rescue: Rescue;
  readonly #control: number;

  /** Handles that are pushed must belong to the bridge. */
  constructor(bridge: Bridge, errors: Errors, rescue: Rescue, control: number) {
    this.#bridge = bridge;
    this.#f = bridge.f;
    this.#reader = bridge.reader;
    this.#errors = errors;
    this.#rescue = rescue;
    this.#control = control;
  }

  /** Pushes a value. If memory runs out, measures run, as in `trying`. */
  push(value: unknown): void {
    try {
      this.#pushOnce(value);
    } catch (error) {
      // The closure uses variables of this block only, so the fast path above does not pay for it.
      const [values, again] = [this, value];
      values.#rescue.again(error, () => values.#pushOnce(again));
    }
  }

  #pushOnce(value: unknown): void {
    const f = this.#f;
    let done: number;
    switch (typeof value) {
      case "number":
        done = f.push_number(value);
        break;
      case "string":
        done = f.push_text(this.write(value), this.width);
        break;
      case "boolean":
        done = f.push_constant(value ? C.IS_TRUE : C.IS_FALSE);
        break;
      case "bigint":
        done = this.#pushBig(value);
        break;
      case "undefined":
        done = f.push_constant(C.IS_NONE);
        break;
      default:
        if (value === null) done = f.push_constant(C.IS_NONE);
        else if (value instanceof Handle) done = f.push_handle(indexOf(value, this.#bridge));
        else throw new TypeError(`Cannot use ${describe(value)} here: convert it with heap.from() first`);
    }
    if (done === 0) this.#errors.raise();
  }

  /** Pushes several values. If one fails, all are removed again. */
  pushAll(values: readonly unknown[]): void {
    let n = 0;
    try {
      for (const value of values) {
        this.push(value);
        n++;
      }
    } catch (error) {
      this.#f.drop_values(n);
      throw error;
    }
  }

  /** Like pushAll, on top of `below` values; if one fails, those are removed, too. */
  pushAbove(below: number, values: readonly unknown[]): void {
    try {
      this.pushAll(values);
    } catch (error) {
      this.#f.drop_values(below);
      throw error;
    }
  }

  /** Pushes the interned string with this text. */
  key(text: string): void {
    try {
      this.#keyOnce(text);
    } catch (error) {
      const [values, again] = [this, text];
      values.#rescue.again(error, () => values.#keyOnce(again));
    }
  }

  #keyOnce(text: string): void {
    if (this.#f.push_key(this.write(text), this.width) === 0) this.#errors.raise();
  }

  /** Bytes of a character in the text that was written last. */
  width = 1;

  /**
   * Writes a text to the core's buffer, with one byte for each character if that is enough. Returns the number of
   * characters.
   */
  write(text: string): number {
    const n = text.length;
    const at = this.#room(n);
    const { bytes } = this.#reader;
    for (let k = 0; k < n; k++) {
      const unit = text.charCodeAt(k);
      if (unit > 0xff) return this.#writeWide(text);
      bytes[at + k] = unit;
    }
    this.width = 1;
    return n;
  }

  #writeWide(text: string): number {
    const n = text.length;
    const at = this.#room(2 * n);
    this.#write16(text, at);
    this.width = 2;
    return n;
  }

  #write16(text: string, at: number): void {
    const { bytes } = this.#reader;
    for (let k = 0; k < text.length; k++) {
      const unit = text.charCodeAt(k);
      bytes[at + 2 * k] = unit & 0xff;
      bytes[at + 2 * k + 1] = unit >>> 8;
    }
  }

  /** Pushes a bytes object. */
  pushBytes(source: Uint8Array): void {
    const n = lengthOf.call(source);
    const at = this.#room(n);
    this.#reader.bytes.set(source, at);
    if (this.#f.push_bytes(n) === 0) this.#errors.raise();
  }

  #pushBig(value: bigint): number {
    const hex = (value < 0n ? -value : value).toString(16);
    const words = Math.ceil(hex.length / 8);
    const at = this.#room(4 * words);
    const { bytes } = this.#reader;
    for (let k = 0; k < 4 * words; k++) {
      const end = hex.length - 2 * k;
      bytes[at + k] = end > 0 ? Number.parseInt(hex.slice(Math.max(0, end - 2), end), 16) : 0;
    }
    return this.#f.push_words(words, value < 0n ? 1 : 0);
  }

  /** Pushes the sentence of the core's error. Returns 1; or 0, with another error set, if there is no memory. */
  pushErrorSentence(): number {
    const message = this.#errors.sentence();
    const n = message.length;
    const at = this.#f.buffer_room(2 * n) >>> 0;
    if (at === 0) return 0;
    this.#write16(message, at);
    return this.#f.push_text(n, 2);
  }

  /**
   * The address of the core's buffer, with room for this many bytes. It is asked for each time, because the core frees
   * a large buffer after its use, and may use another one for a long result.
   */
  #room(n: number): number {
    const reader = this.#reader;
    // If the memory has grown, this makes the reader's views anew.
    reader.bytes;
    if (n <= reader.word(this.#control + C.BUFFER_SIZE_AT)) return reader.word(this.#control + C.BUFFER_AT);
    const at = this.#f.buffer_room(n) >>> 0;
    if (at === 0) this.#errors.raise();
    return at;
  }
}
