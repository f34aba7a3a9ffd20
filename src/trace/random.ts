// Gaps between samples: exponentially distributed, from a generator that is determined by a seed (sfc32).

/** The mean distance between samples unless another one is asked for, in bytes: that of Go. */
export const SAMPLE_BYTES = 512 * 1024;

/**
 * The highest mean. The core stores a gap in 31 bits. With this mean, the probability that a gap is too large is 1e-14.
 */
export const MOST_SAMPLE_BYTES = 64 * 2 ** 20;

const TWO_TO_32 = 2 ** 32;

export class Gaps {
  readonly #mean: number;
  #a: number;
  #b = 0x9e3779b9;
  #c = 0x243f6a88;
  #counter = 1;

  /** Gaps with a mean of `mean` bytes; without a seed, they can't be predicted. */
  constructor(mean: number, seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) {
    if (!(mean >= 1 && mean <= MOST_SAMPLE_BYTES)) {
      throw new RangeError(`Cannot sample every ${mean} bytes: it must be a number from 1 to ${MOST_SAMPLE_BYTES}`);
    }
    this.#mean = mean;
    this.#a = seed | 0;
    for (let k = 0; k < 12; k++) this.#word();
  }

  /** The mean, in whole bytes from 1 up. */
  get mean(): number {
    return Math.round(this.#mean);
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** The next gap, in whole bytes from 1 up. */
  next(): number {
    const uniform = (this.#word() + (this.#word() + 0.5) / TWO_TO_32) / TWO_TO_32;
    return Math.min(Math.max(Math.ceil(-Math.log(uniform) * this.#mean), 1), 0x7fff_ffff);
  }
}
