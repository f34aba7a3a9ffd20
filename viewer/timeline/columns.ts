// The data of the timeline's chart: the beginning, the highest moment and the end of each bucket. From a bucket's last
// event to the next bucket the line is level, because nothing happened.

import type { Bucket } from "../../src/page/model.js";
import type { Model } from "../model.js";

const MICROSECONDS = 1e6;
/** The least distance between two points, in seconds, because the points of a chart need different times. */
const LEAST = 1e-7;

/**
 * Times in seconds; and for each what was live, the part of it that was there before the program, and what the platform
 * had given.
 */
export interface Columns {
  readonly times: number[];
  readonly live: number[];
  readonly base: number[];
  readonly reserved: number[];
}

interface Levels {
  readonly live: number;
  readonly base: number;
}

/** A bucket's highest moment and its end, for everything or for what the program added. */
function levelsOf(bucket: Bucket, isOfStart: boolean, withStart: boolean): { time: number; peak: Levels; end: Levels } {
  const { ownPeakTime, ownPeakBytes, peakTime, peakBytes, endBytes, base } = bucket;
  if (!withStart) {
    return { time: ownPeakTime, peak: { live: ownPeakBytes, base: 0 }, end: { live: endBytes - base, base: 0 } };
  }
  const of = (live: number): Levels => ({ live, base: isOfStart ? live : base });
  return { time: peakTime, peak: of(peakBytes), end: of(endBytes) };
}

/** The chart's data, for everything or for what the program added. */
export function columnsOf(model: Model, withStart: boolean): Columns {
  const columns: Columns = { times: [], live: [], base: [], reserved: [] };
  const { program, duration, totals } = model.data.header;
  const range = model.range(withStart);
  let latest = Number.NEGATIVE_INFINITY;
  let level: Levels = { live: 0, base: 0 };
  let reserved = 0;
  const add = (time: number, { live, base }: Levels) => {
    latest = Math.max(time / MICROSECONDS, latest + LEAST);
    columns.times.push(latest);
    columns.live.push(live);
    columns.base.push(base);
    columns.reserved.push(reserved);
  };
  if (totals) {
    // Totals have the highest moment of each stretch, and the end.
    const { peak, end } = model.figures({ from: 0, to: model.buckets.length, withStart });
    const points = [...totals.line.filter(([time]) => time < duration), [peak.time, peak.bytes] as const];
    points.sort(([a], [b]) => a - b);
    for (const [time, live] of [[0, 0] as const, ...points, [duration, end.bytes] as const])
      add(time, { live, base: 0 });
    return columns;
  }
  for (let k = withStart ? 0 : program; k < model.buckets.length; k++) {
    const bucket = model.buckets[k] as Bucket;
    const { time, peak, end } = levelsOf(bucket, k < program, withStart);
    reserved = bucket.reserved;
    if (columns.times.length === 0) add(range.from, level);
    add(bucket.time, level);
    add(time, peak);
    add(Math.max(time, bucket.last), end);
    level = end;
  }
  add(duration, level);
  return columns;
}
