// How many blocks there were of each exact size. Nearly all are small, and there are millions: those have a column.

const SMALL = 1 << 16;

export class SizeCounts implements Iterable<readonly [size: number, count: number]> {
  readonly #small = new Float64Array(SMALL);
  readonly #large = new Map<number, number>();

  /** There were `count` blocks of a size more. */
  add(size: number, count: number): void {
    if (size < SMALL) this.#small[size] = (this.#small[size] as number) + count;
    else this.#large.set(size, (this.#large.get(size) ?? 0) + count);
  }

  /** There were none. */
  clear(): void {
    this.#small.fill(0);
    this.#large.clear();
  }

  /** Every size of which there was a block, small ones first. */
  *[Symbol.iterator](): Generator<readonly [size: number, count: number]> {
    for (let size = 0; size < SMALL; size++) {
      const count = this.#small[size] as number;
      if (count !== 0) yield [size, count];
    }
    yield* this.#large;
  }
}
