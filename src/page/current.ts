// The sums of the open bucket, by account. Each account with changes becomes a row when the bucket is closed.
//
// A row's peak is what the account had at the bucket's highest moment, relative to the bucket's beginning. Its own peak
// is the same at the highest moment of what the program added. Both are computed late, when the account first changes
// after such a moment:
//   stamp(account) == latest stamp  if and only if  peak(account) is right for the latest highest moment
// An account that is not touched has net 0 and peaks of 0.

import { GrowingU32 } from "../trace/growing.js";
import { ROW, ROW_VALUES } from "./model.js";
import type { Rows, RowVisitor } from "./rows.js";

/** The words of an account: the bucket in which it changed last, and the stamps of its peak and of its own peak. */
const WORDS = 3;
const STAMP = 1;
const OWN_STAMP = 2;

export class CurrentBucket {
  #values = new Float64Array(1024 * ROW_VALUES);
  #words = new Uint32Array(1024 * WORDS);
  #touched = new GrowingU32();
  #serial = 1;
  #stamp = 1;
  #ownStamp = 1;

  /** The index of the account's values. */
  #row(account: number): number {
    const word = account * WORDS;
    if (word >= this.#words.length) this.#grow(account);
    const at = account * ROW_VALUES;
    if (this.#words[word] !== this.#serial) {
      this.#words[word] = this.#serial;
      this.#words[word + STAMP] = this.#stamp;
      this.#words[word + OWN_STAMP] = this.#ownStamp;
      this.#values.fill(0, at, at + ROW_VALUES);
      this.#touched.push(account);
    }
    return at;
  }

  #grow(account: number): void {
    const length = Math.max((this.#words.length / WORDS) * 2, account + 1);
    const [values, words] = [this.#values, this.#words];
    this.#values = new Float64Array(length * ROW_VALUES);
    this.#words = new Uint32Array(length * WORDS);
    this.#values.set(values);
    this.#words.set(words);
  }

  #add(at: number, bytes: number, count: number): void {
    const values = this.#values;
    values[at] = (values[at] as number) + bytes;
    values[at + 1] = (values[at + 1] as number) + count;
  }

  #settle(account: number, at: number): void {
    const word = account * WORDS;
    if (this.#words[word + STAMP] !== this.#stamp) {
      this.#words[word + STAMP] = this.#stamp;
      this.#settlePeak(at, ROW.peak);
    }
    if (this.#words[word + OWN_STAMP] !== this.#ownStamp) {
      this.#words[word + OWN_STAMP] = this.#ownStamp;
      this.#settlePeak(at, ROW.ownPeak);
    }
  }

  #settlePeak(at: number, peak: number): void {
    this.#values[at + peak] = this.#values[at + ROW.net] as number;
    this.#values[at + peak + 1] = this.#values[at + ROW.netCount] as number;
  }

  born(account: number, bytes: number, count: number): void {
    const at = this.#row(account);
    this.#settle(account, at);
    this.#add(at + ROW.net, bytes, count);
    this.#add(at + ROW.bytes, bytes, count);
  }

  died(account: number, bytes: number, count: number, isTemporary: boolean): void {
    const at = this.#row(account);
    this.#settle(account, at);
    this.#add(at + ROW.net, -bytes, -count);
    if (isTemporary) this.#add(at + ROW.temporary, bytes, count);
  }

  /** Notes that what is live now is the most in this bucket. */
  notePeak(): void {
    this.#stamp++;
  }

  /** Notes that what the program has live now is the most in this bucket. */
  noteOwnPeak(): void {
    this.#ownStamp++;
  }

  forEach(bucket: number, visit: RowVisitor): void {
    for (let k = 0; k < this.#touched.length; k++) {
      const account = this.#touched.at(k);
      const at = account * ROW_VALUES;
      this.#settle(account, at);
      visit(account, bucket, this.#values, at);
    }
  }

  /** Moves the bucket's rows to `rows`, and empties the bucket for the next one. */
  moveTo(rows: Rows): void {
    rows.beginBucket();
    this.forEach(0, (account, _, values, at) => rows.push(account, values, at));
    this.#touched = new GrowingU32();
    this.#serial++;
    this.#stamp++;
    this.#ownStamp++;
  }
}
