// Blocks that workers hand over to each other: a box for each worker, in memory that they share.
//
//   a place:  state, address, size, mark, domain

import type { Address } from "../../src/index.js";

const [EMPTY, FILLING, FULL] = [0, 1, 2] as const;
const PLACES = 64;
const WORDS = 5;

export interface Parcel {
  readonly address: Address;
  readonly size: number;
  readonly mark: number;
  /** The domain's number. */
  readonly domain: number;
}

export class Mail {
  readonly #words: Int32Array;

  /** `buffer` is the same in all workers. */
  constructor(readonly buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  static for(workers: number): Mail {
    return new Mail(new SharedArrayBuffer(workers * PLACES * WORDS * 4));
  }

  /** Puts a block into the box of a worker. False if it is full. */
  send(to: number, { address, size, mark, domain }: Parcel): boolean {
    const at = this.#place(to, EMPTY, FILLING);
    if (at === undefined) return false;
    this.#words.set([address, size, mark, domain], at + 1);
    Atomics.store(this.#words, at, FULL);
    return true;
  }

  /** Takes a block out of the box of a worker; undefined if there is none. */
  receive(of: number): Parcel | undefined {
    const at = this.#place(of, FULL, FILLING);
    if (at === undefined) return undefined;
    const [address = 0, size = 0, mark = 0, domain = 0] = this.#words.subarray(at + 1, at + WORDS);
    Atomics.store(this.#words, at, EMPTY);
    return { address: (address >>> 0) as Address, size, mark, domain };
  }

  /** How many blocks are in the boxes, of the domains that `counts`. */
  waiting(counts: (domain: number) => boolean): number {
    let count = 0;
    for (let at = 0; at < this.#words.length; at += WORDS)
      if (Atomics.load(this.#words, at) === FULL && counts(this.#words[at + 4] ?? 0)) count++;
    return count;
  }

  /** A place of a box that was in one state, and is in another one now. */
  #place(box: number, from: number, to: number): number | undefined {
    for (let k = 0; k < PLACES; k++) {
      const at = (box * PLACES + k) * WORDS;
      if (Atomics.load(this.#words, at) === from && Atomics.compareExchange(this.#words, at, from, to) === from)
        return at;
    }
    return undefined;
  }
}
