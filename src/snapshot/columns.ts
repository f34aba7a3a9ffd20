// A list of numbers that grows at its end, in one typed array.

type Numbers = Uint8Array | Uint32Array;

/** A column of a table. A number takes 1 or 4 bytes. When the array is full, its length is doubled. */
export class Column<T extends Numbers> {
  #data: T;
  #length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#data = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) this.#grow();
    this.#data[this.#length++] = value;
  }

  get(index: number): number {
    return this.#data[index] as number;
  }

  set(index: number, value: number): void {
    this.#data[index] = value;
  }

  #grow(): void {
    const grown = this.#make(this.#data.length * 2);
    grown.set(this.#data);
    this.#data = grown;
  }

  /** The numbers of the column, without a copy. */
  get view(): T {
    return this.#data.subarray(0, this.#length) as T;
  }
}

export const bytes = () => new Column((length) => new Uint8Array(length));
export const words = () => new Column((length) => new Uint32Array(length));
