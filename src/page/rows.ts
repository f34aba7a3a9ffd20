// The rows of a page: eight sums for each account and bucket in which something happened to it. They are kept in the order
// of their buckets, so that two neighbouring buckets can be made one.
//
//   accounts   | a | b | c | a | d | ...          starts: where each bucket's rows begin
//   values     | 8 numbers | 8 numbers | ...

import { GrowingU32 } from "../trace/growing.js";
import type { Joint } from "./joints.js";
import { ROW, ROW_VALUES } from "./model.js";

const FIRST_ROWS = 1 << 10;

export type RowVisitor = (account: number, bucket: number, values: Float64Array, at: number) => void;

export class Rows {
  readonly accounts = new GrowingU32();
  readonly #starts: number[] = [];
  #values = new Float64Array(FIRST_ROWS * ROW_VALUES);

  get length(): number {
    return this.accounts.length;
  }

  /** Rows from here on belong to the next bucket. */
  beginBucket(): void {
    this.#starts.push(this.accounts.length);
  }

  /** A row with the eight values that stand in `from` at `at`. */
  push(account: number, from: Float64Array, at: number): void {
    const to = this.accounts.length * ROW_VALUES;
    if (to === this.#values.length) {
      const grown = new Float64Array(to * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.accounts.push(account);
    for (let k = 0; k < ROW_VALUES; k++) this.#values[to + k] = from[at + k] as number;
  }

  /** Every row: its account, its bucket, and where its values are. */
  forEach(visit: RowVisitor): void {
    this.#starts.forEach((_, bucket) => {
      this.#forEachOf(bucket, (account, values, at) => visit(account, bucket, values, at));
    });
  }

  #forEachOf(bucket: number, visit: (account: number, values: Float64Array, at: number) => void): void {
    const end = this.#starts[bucket + 1] ?? this.accounts.length;
    for (let row = this.#starts[bucket] ?? end; row < end; row++) {
      visit(this.accounts.at(row), this.#values, row * ROW_VALUES);
    }
  }

  /** Rows of fewer buckets. */
  merged(accounts: number, joints: readonly Joint[]): Rows {
    const merged = new Rows();
    const rowOf = new Int32Array(accounts).fill(-1);
    for (const { first, last, higher } of joints) {
      const inFirst = higher === first;
      const start = merged.length;
      merged.beginBucket();
      this.#forEachOf(first, (account, values, at) => {
        rowOf[account] = merged.length;
        merged.push(account, values, at);
        if (!inFirst) merged.#setPeak(merged.length - 1, values[at + ROW.net], values[at + ROW.netCount]);
      });
      if (first === last) continue;
      this.#forEachOf(last, (account, values, at) => {
        const row = rowOf[account] as number;
        if (row >= start) {
          merged.#join(row, values, at, inFirst);
          return;
        }
        merged.push(account, values, at);
        if (inFirst) merged.#setPeak(merged.length - 1, 0, 0);
      });
    }
    return merged;
  }

  #setPeak(row: number, bytes = 0, count = 0): void {
    this.#values[row * ROW_VALUES + ROW.peak] = bytes;
    this.#values[row * ROW_VALUES + ROW.peakCount] = count;
  }

  /** The row goes on with another of the bucket behind it. */
  #join(row: number, values: Float64Array, at: number, keepsPeak: boolean): void {
    const own = this.#values;
    const to = row * ROW_VALUES;
    const value = (k: number) => (own[to + k] as number) + (values[at + k] as number);
    if (!keepsPeak) {
      const net = own[to + ROW.net] as number;
      const netCount = own[to + ROW.netCount] as number;
      this.#setPeak(row, net + (values[at + ROW.peak] as number), netCount + (values[at + ROW.peakCount] as number));
    }
    for (const k of [ROW.bytes, ROW.count, ROW.temporary, ROW.temporaryCount, ROW.net, ROW.netCount]) {
      own[to + k] = value(k);
    }
  }
}
