// A short text for an object of a common built-in type, made from its memory alone: no code of the program runs. The text is
// empty for other objects.

import * as C from "../../core/constants.gen.js";
import { literal } from "../../text/visible.js";
import { formatFloat } from "../bridge/host-functions.js";
import type { Reader } from "../bridge/reader.js";

/** How many characters of a text are shown. Of bytes, half as many are shown. */
const SHOWN = 80;
/** An int of more digits than this is shown by its length. A digit has 30 bits. */
const SHOWN_DIGITS = 4;
const DIGIT_BITS = 30;

const counted = (count: number) => `${count} ${count === 1 ? "item" : "items"}`;

export class GraphValues {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  of(object: number): string {
    const reader = this.#reader;
    switch (reader.layout(object)) {
      case C.NONE:
        return "None";
      case C.BOOL:
        return reader.int(object) === 1 ? "True" : "False";
      case C.INT:
        return this.#int(object);
      case C.FLOAT:
        return formatFloat(reader.float(object));
      case C.STR:
        return this.#text(object);
      case C.BYTES:
        return this.#bytes(object);
      case C.LIST:
      case C.TUPLE:
        return counted(reader.word(object + C.VAR_SIZE));
      case C.DICT:
        return counted(this.#count((visit) => reader.entries(object, visit)));
      case C.SET:
      case C.FROZENSET:
        return counted(this.#count((visit) => reader.members(object, visit)));
      case C.TYPE:
        return reader.nameOfType(object);
      default:
        return "";
    }
  }

  /** A key as Python would write it; of an instance, a tuple or a frozenset only the type: `<tuple>`. */
  key(object: number): string {
    const kind = this.#reader.kind(object);
    if (kind === C.STR) return literal(this.of(object));
    if (kind === C.USER || kind === C.TUPLE || kind === C.FROZENSET) return `<${this.#reader.typeName(object)}>`;
    return this.of(object);
  }

  #count(each: (visit: () => void) => void): number {
    let count = 0;
    each(() => count++);
    return count;
  }

  #int(object: number): string {
    const digits = this.#reader.word(object + C.INT_TAG) >>> C.INT_SIZE_SHIFT;
    return digits > SHOWN_DIGITS ? `(${digits * DIGIT_BITS} bits)` : String(this.#reader.int(object));
  }

  #text(object: number): string {
    const reader = this.#reader;
    return `${reader.text(object, SHOWN)}${reader.word(object + C.STR_LENGTH) > SHOWN ? "…" : ""}`;
  }

  #bytes(object: number): string {
    const reader = this.#reader;
    const size = reader.word(object + C.VAR_SIZE);
    const begin = object + C.BYTES_DATA;
    const shown = reader.bytes.subarray(begin, begin + Math.min(size, SHOWN / 2));
    const text = Array.from(shown, (byte) =>
      byte >= 32 && byte < 127 && byte !== 39 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`,
    );
    return `b'${text.join("")}'${size > shown.length ? "…" : ""}`;
  }
}
