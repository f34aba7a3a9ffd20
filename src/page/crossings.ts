// Blocks that were freed in another bucket than the one in which they were allocated: their sums by account, bucket of
// birth and bucket of death. The sums are in a table with open addressing, at most half full.

const FIRST_LENGTH = 1 << 12;
/** Bits of a bucket's number. */
const BUCKET_BITS = 16;
const BUCKET_MASK = (1 << BUCKET_BITS) - 1;

export type CrossingVisitor = (account: number, birth: number, death: number, bytes: number, count: number) => void;

export class Crossings {
  #accounts = new Uint32Array(FIRST_LENGTH);
  #spans = new Uint32Array(FIRST_LENGTH);
  #bytes = new Float64Array(FIRST_LENGTH);
  #counts = new Float64Array(FIRST_LENGTH);
  length = 0;

  add(account: number, birth: number, death: number, bytes: number, count: number): void {
    if (this.length * 2 >= this.#accounts.length) this.#grow();
    const span = ((birth << BUCKET_BITS) | death) >>> 0;
    const mask = this.#accounts.length - 1;
    const h = Math.imul(account, 0x9e3779b1) ^ Math.imul(span, 0x85ebca6b);
    let index = (h ^ (h >>> 15)) & mask;
    while (this.#counts[index] !== 0 && (this.#accounts[index] !== account || this.#spans[index] !== span)) {
      index = (index + 1) & mask;
    }
    if (this.#counts[index] === 0) {
      this.#accounts[index] = account;
      this.#spans[index] = span;
      this.length++;
    }
    this.#bytes[index] = (this.#bytes[index] as number) + bytes;
    this.#counts[index] = (this.#counts[index] as number) + count;
  }

  #grow(): void {
    const larger = new Crossings();
    const length = this.#accounts.length * 2;
    larger.#accounts = new Uint32Array(length);
    larger.#spans = new Uint32Array(length);
    larger.#bytes = new Float64Array(length);
    larger.#counts = new Float64Array(length);
    this.forEach((...crossing) => {
      larger.add(...crossing);
    });
    this.#accounts = larger.#accounts;
    this.#spans = larger.#spans;
    this.#bytes = larger.#bytes;
    this.#counts = larger.#counts;
  }

  forEach(visit: CrossingVisitor): void {
    for (let k = 0; k < this.#accounts.length; k++) {
      const count = this.#counts[k] as number;
      if (count === 0) continue;
      const span = this.#spans[k] as number;
      visit(this.#accounts[k] as number, span >>> BUCKET_BITS, span & BUCKET_MASK, this.#bytes[k] as number, count);
    }
  }

  /** The crossings after buckets were joined: `newOf` has the new number of each bucket. */
  merged(newOf: Uint16Array): Crossings {
    const merged = new Crossings();
    this.forEach((account, birth, death, bytes, count) => {
      const [from, to] = [newOf[birth] as number, newOf[death] as number];
      if (from !== to) merged.add(account, from, to, bytes, count);
    });
    return merged;
  }
}
