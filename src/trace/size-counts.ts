// The number of blocks of each exact size. There are millions of small blocks, so small sizes have a column.

const SMALL = 1 << 16;

export class SizeCounts implements Iterable<readonly [size: number, count: number]> {
  readonly #small = new Float64Array(SMALL);
  readonly #large = new Map<number, number>();

  /** Counts `count` more blocks of a size. */
  add(size: number, count: number): void {
    if (size < SMALL) this.#small[size] = (this.#small[size] as number) + count;
    else this.#large.set(size, (this.#large.get(size) ?? 0) + count);
  }

  /** Sets all counts to 0. */
  clear(): void {
    this.#small.fill(0);
    this.#large.clear();
  }

  /** Every size that occurred, small ones first. */
  *[Symbol.iterator](): Generator<readonly [size: number, count: number]> {
    for (let size = 0; size < SMALL; size++) {
      const count = this.#small[size] as number;
      if (count !== 0) yield [size, count];
    }
    yield* this.#large;
  }
}
