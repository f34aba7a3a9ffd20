// The sums of live blocks that have a place in common: as numbers, and as a line of text in Python's form.

import { bytes } from "../text/bytes.js";
import { count } from "../text/numbers.js";
import type { Traceback } from "./traceback.js";

const signed = (text: string, of: number): string => `${of < 0 ? "-" : "+"}${text}`;

export class Statistic {
  /** In statistics by line and by file, it has one frame. */
  readonly traceback: Traceback;
  /** Bytes. */
  readonly size: number;
  readonly count: number;

  constructor(traceback: Traceback, size: number, count: number) {
    this.traceback = traceback;
    this.size = size;
    this.count = count;
  }

  protected get average(): string {
    return this.count > 0 ? `, average=${bytes(Math.floor(this.size / this.count))}` : "";
  }

  /** `app.py:12: size=3.1 KiB, count=5, average=640 B`. */
  toString(): string {
    return `${this.traceback}: size=${bytes(this.size)}, count=${count(this.count)}${this.average}`;
  }
}

export class StatisticDiff extends Statistic {
  /** The differences of `size` and `count` to the older snapshot. */
  readonly sizeDiff: number;
  readonly countDiff: number;

  constructor(now: Pick<Statistic, "traceback" | "size" | "count">, before: Pick<Statistic, "size" | "count">) {
    super(now.traceback, now.size, now.count);
    this.sizeDiff = now.size - before.size;
    this.countDiff = now.count - before.count;
  }

  /** `app.py:12: size=3.1 KiB (+1.0 KiB), count=5 (+2), average=640 B`. */
  override toString(): string {
    const { sizeDiff, countDiff } = this;
    const size = `${bytes(this.size)} (${signed(bytes(Math.abs(sizeDiff)), sizeDiff)})`;
    const blocks = `${count(this.count)} (${signed(count(Math.abs(countDiff)), countDiff)})`;
    return `${this.traceback}: size=${size}, count=${blocks}${this.average}`;
  }
}
