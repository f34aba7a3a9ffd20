// The rows of a page: ten numbers for each account and bucket in which the account changed. They are in the order of their
// buckets, so that neighbouring buckets can be joined.
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

  /** Begins the next bucket: further rows belong to it. */
  beginBucket(): void {
    this.#starts.push(this.accounts.length);
  }

  /** Adds a row with the values in `from` at `at`. */
  push(account: number, from: Float64Array, at: number): void {
    const to = this.#open(account);
    for (let k = 0; k < ROW_VALUES; k++) this.#values[to + k] = from[at + k] as number;
  }

  /** Adds the values in `from` at `at` to a row's values. */
  addTo(row: number, from: Float64Array, at: number): void {
    const to = row * ROW_VALUES;
    for (let k = 0; k < ROW_VALUES; k++)
      this.#values[to + k] = (this.#values[to + k] as number) + (from[at + k] as number);
  }

  /** A view of a row's values. Copy them before you add rows. */
  valuesOf(row: number): Float64Array {
    return this.#values.subarray(row * ROW_VALUES, (row + 1) * ROW_VALUES);
  }

  /** Adds a row of zeros, and returns the index of its values. */
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

  /** Calls `visit` with each row: its account, its bucket, and the index of its values. */
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

  /** The rows after buckets were joined. */
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

  /** Joins a later row, of bucket `bucket`, to the row at `to`. */
  #join(to: number, values: Float64Array, at: number, { higher, ownHigher }: BucketJoint, bucket: number): void {
    this.#joinPeak(to, values, at, ROW.peak, bucket - higher);
    this.#joinPeak(to, values, at, ROW.ownPeak, bucket - ownHigher);
    for (const k of SUMS) this.#values[to + k] = (this.#values[to + k] as number) + (values[at + k] as number);
  }

  /**
   * Sets what the account has at the joint's peak, as far as it is known after the later row. `distance` is that row's
   * bucket minus the bucket of the peak. If it is 0, the row has the account's value at the peak. If it is below 0, the
   * peak comes later, and the row's net change counts. If it is above 0, the value is known already.
   */
  #joinPeak(to: number, values: Float64Array, at: number, peak: number, distance: number): void {
    if (distance > 0) return;
    const own = this.#values;
    for (const k of [0, 1]) {
      const more = values[at + k + (distance === 0 ? peak : ROW.net)] as number;
      own[to + peak + k] = (own[to + ROW.net + k] as number) + more;
    }
  }
}
