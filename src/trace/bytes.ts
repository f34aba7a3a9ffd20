// Numbers and texts in a block's content: a number has seven bits to a byte, the lowest first; a text is its length and
// its UTF-8.

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** Bytes to which more can be appended. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.written);
    this.#bytes = grown;
  }

  /** Appends a whole number from 0 to 2^53 - 1. */
  number(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Appends a whole number of either sign, below 2^52 in size. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): void {
    const utf8 = ENCODER.encode(value);
    this.number(utf8.length);
    this.#reserve(utf8.length);
    this.#bytes.set(utf8, this.#length);
    this.#length += utf8.length;
  }
}

/** The content ends too early, or has an impossible value. */
export class BrokenContent extends Error {
  override readonly name = "BrokenContent";
}

/** Reads what a ByteWriter wrote. Throws BrokenContent instead of reading past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The index of the next byte. */
  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    // Most numbers have one byte.
    const first = this.#bytes[this.#at];
    if (first !== undefined && first < 128) {
      this.#at++;
      return first;
    }
    return this.#longNumber();
  }

  #longNumber(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new BrokenContent("it ends in the middle of a number");
      value += (byte & 127) * factor;
      if (byte < 128 && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    throw new BrokenContent("a number is too long");
  }

  signed(): number {
    const value = this.number();
    if (value < 2 ** 31) return (value >>> 1) ^ -(value & 1);
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    const length = this.number();
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new BrokenContent("it ends in the middle of a text");
    this.#at += length;
    return DECODER.decode(this.#bytes.subarray(start, this.#at));
  }

  /** A text that is JSON. */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (error) {
      if (error instanceof SyntaxError) throw new BrokenContent("it is not JSON");
      throw error;
    }
  }
}
