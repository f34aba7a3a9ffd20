// The sums of the bucket that is being filled, by account: the row that each will have.
//
// The row's peak is what the account had, relative to the bucket's beginning, at the bucket's highest moment; its own peak, at the highest
// moment of what the program added. Each is settled the first time that the account changes after such a moment:
//   stamp(account) == latest stamp  if and only if  peak(account) is right for the latest highest moment
// An account that is not touched has net 0 and peaks of 0.

import { GrowingU32 } from "../trace/growing.js";
import { ROW, ROW_VALUES } from "./model.js";
import type { Rows, RowVisitor } from "./rows.js";

/** Words of an account: the bucket in which it was touched last, the stamps of its peak and of its own peak. */
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

  /** Where the account's values are. */
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

  /** What is live now is the most in this bucket. */
  notePeak(): void {
    this.#stamp++;
  }

  /** What is live now of the program's own is the most in this bucket. */
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

  /** The bucket's rows are in `rows`, and the next bucket is empty. */
  moveTo(rows: Rows): void {
    rows.beginBucket();
    this.forEach(0, (account, _, values, at) => rows.push(account, values, at));
    this.#touched = new GrowingU32();
    this.#serial++;
    this.#stamp++;
    this.#ownStamp++;
  }
}
