// The rows of a page: ten sums for each account and bucket in which something happened to it. They are kept in the order
// of their buckets, so that neighbouring buckets can be made one.
//
//   accounts   | a | b | c | a | d | ...          starts: where each bucket's rows begin
//   values     | 10 numbers | 10 numbers | ...

import { GrowingU32 } from "../trace/growing.js";
import type { BucketJoint } from "./buckets.js";
import { ROW, ROW_VALUES } from "./model.js";

const FIRST_ROWS = 1 << 10;
const SUMS = [ROW.bytes, ROW.count, ROW.temporary, ROW.temporaryCount, ROW.net, ROW.netCount] as const;

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

  /** A row with the values that stand in `from` at `at`. */
  push(account: number, from: Float64Array, at: number): void {
    const to = this.#open(account);
    for (let k = 0; k < ROW_VALUES; k++) this.#values[to + k] = from[at + k] as number;
  }

  /** Adds to each of a row's values those that stand in `from` at `at`. */
  addTo(row: number, from: Float64Array, at: number): void {
    const to = row * ROW_VALUES;
    for (let k = 0; k < ROW_VALUES; k++)
      this.#values[to + k] = (this.#values[to + k] as number) + (from[at + k] as number);
  }

  /** A row's values; the array is the rows' own. */
  valuesOf(row: number): Float64Array {
    return this.#values.subarray(row * ROW_VALUES, (row + 1) * ROW_VALUES);
  }

  /** A new row, with zeros: where its values are. */
  #open(account: number): number {
    const to = this.accounts.length * ROW_VALUES;
    if (to === this.#values.length) {
      const grown = new Float64Array(to * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.accounts.push(account);
    return to;
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
  merged(accounts: number, joints: readonly BucketJoint[]): Rows {
    const merged = new Rows();
    const rowOf = new Int32Array(accounts).fill(-1);
    for (const joint of joints) {
      const start = merged.length;
      merged.beginBucket();
      for (let bucket = joint.first; bucket <= joint.last; bucket++) {
        this.#forEachOf(bucket, (account, values, at) => {
          let row = rowOf[account] as number;
          if (row < start) {
            row = merged.length;
            rowOf[account] = row;
            merged.#open(account);
          }
          merged.#join(row * ROW_VALUES, values, at, joint, bucket);
        });
      }
    }
    return merged;
  }

  /** The row at `to` goes on with one of `bucket` behind it. */
  #join(to: number, values: Float64Array, at: number, { higher, ownHigher }: BucketJoint, bucket: number): void {
    this.#joinPeak(to, values, at, ROW.peak, bucket - higher);
    this.#joinPeak(to, values, at, ROW.ownPeak, bucket - ownHigher);
    for (const k of SUMS) this.#values[to + k] = (this.#values[to + k] as number) + (values[at + k] as number);
  }

  /** The peak is in the row's bucket (`distance` 0), in a later one (below 0), or in an earlier one, and then it is known. */
  #joinPeak(to: number, values: Float64Array, at: number, peak: number, distance: number): void {
    if (distance > 0) return;
    const own = this.#values;
    for (const k of [0, 1]) {
      const more = values[at + k + (distance === 0 ? peak : ROW.net)] as number;
      own[to + peak + k] = (own[to + ROW.net + k] as number) + more;
    }
  }
}
