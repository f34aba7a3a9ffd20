// Columns of numbers to which more can be appended. Where there would be millions of objects, such columns are used instead.

/** A column of whole numbers below 2^32. */
export class GrowingU32 {
  #items = new Uint32Array(1024);
  length = 0;

  /** The bytes of the column, including its room to grow. */
  get bytes(): number {
    return this.#items.byteLength;
  }

  push(value: number): void {
    if (this.length === this.#items.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length++] = value;
  }

  at(index: number): number {
    return this.#items[index] as number;
  }

  set(index: number, value: number): void {
    this.#items[index] = value;
  }
}
