// The sums of the bucket that is being filled, by account: the row that each will have.
//
// The row's peak is what the account had, relative to the bucket's begin, at the bucket's highest moment. It is settled the
// first time that the account changes after such a moment:
//   stamp(account) == #stamp  if and only if  peak(account) is right for the latest highest moment
// An account that is not touched has net 0 and peak 0.

import { GrowingU32 } from "../trace/growing.js";
import { ROW, ROW_VALUES } from "./model.js";
import type { Rows, RowVisitor } from "./rows.js";

export class CurrentBucket {
  #values = new Float64Array(1024 * ROW_VALUES);
  /** The bucket in which the account was touched last, and its peak's stamp. */
  #serials = new Uint32Array(1024);
  #stamps = new Uint32Array(1024);
  #touched = new GrowingU32();
  #serial = 1;
  #stamp = 1;

  /** Where the account's values are. */
  #row(account: number): number {
    if (account >= this.#serials.length) this.#grow(account);
    const at = account * ROW_VALUES;
    if (this.#serials[account] !== this.#serial) {
      this.#serials[account] = this.#serial;
      this.#stamps[account] = this.#stamp;
      this.#values.fill(0, at, at + ROW_VALUES);
      this.#touched.push(account);
    }
    return at;
  }

  #grow(account: number): void {
    const length = Math.max(this.#serials.length * 2, account + 1);
    const [values, serials, stamps] = [this.#values, this.#serials, this.#stamps];
    this.#values = new Float64Array(length * ROW_VALUES);
    this.#serials = new Uint32Array(length);
    this.#stamps = new Uint32Array(length);
    this.#values.set(values);
    this.#serials.set(serials);
    this.#stamps.set(stamps);
  }

  #add(at: number, bytes: number, count: number): void {
    const values = this.#values;
    values[at] = (values[at] as number) + bytes;
    values[at + 1] = (values[at + 1] as number) + count;
  }

  #settle(account: number, at: number): void {
    if (this.#stamps[account] === this.#stamp) return;
    this.#stamps[account] = this.#stamp;
    this.#values[at + ROW.peak] = this.#values[at + ROW.net] as number;
    this.#values[at + ROW.peakCount] = this.#values[at + ROW.netCount] as number;
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
  }
}
