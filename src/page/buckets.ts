// The stretches of time for which a page has figures. While a bucket is open, only its maxima are recorded; all other
// figures come from the sums at its beginning and at its end.

import type { Bucket } from "./model.js";
import { highest, type Joint, type Stretch, Stretches, type StretchLimits } from "./stretches.js";

/** What is live, and the part of it that the program did not allocate. */
export interface LiveSums {
  time: number;
  bytes: number;
  blocks: number;
  base: number;
  baseBlocks: number;
  reserved: number;
  /**
   * How much more is live than at the beginning, exactly. A sampled recording tells this from time to time; this is the
   * last value. It is undefined if the recording is not sampled.
   */
  exact: number | undefined;
  /** The number of allocations so far, including resizes. A block's birth is such a number. */
  births: number;
  events: number;
}

/**
 * The rank of a moment; the highest moment is the one with the highest rank. rankOf is for all that is live, ownRankOf
 * for what the program added. A sampled recording uses the exact value, because the maximum of estimates would be too
 * high.
 */
export const rankOf = ({ exact, bytes }: LiveSums): number => exact ?? bytes;
export const ownRankOf = ({ exact, bytes, base }: LiveSums): number => exact ?? bytes - base;

export class OpenBucket implements Stretch {
  readonly time: number;
  readonly firstBirth: number;
  readonly #firstEvent: number;
  last: number;
  peakBytes: number;
  peakBlocks: number;
  peakTime: number;
  ownPeakBytes: number;
  ownPeakBlocks: number;
  ownPeakTime: number;
  reserved: number;
  rank: number;
  ownRank: number;
  events = 0;

  constructor(sums: LiveSums) {
    this.time = this.last = this.peakTime = this.ownPeakTime = sums.time;
    this.firstBirth = sums.births;
    this.#firstEvent = sums.events;
    this.peakBytes = sums.bytes;
    this.peakBlocks = sums.blocks;
    this.ownPeakBytes = sums.bytes - sums.base;
    this.ownPeakBlocks = sums.blocks - sums.baseBlocks;
    this.reserved = sums.reserved;
    this.rank = rankOf(sums);
    this.ownRank = ownRankOf(sums);
  }

  /** Notes that the events so far have happened in this bucket. */
  mark({ time, events }: LiveSums): void {
    this.last = time;
    this.events = events - this.#firstEvent;
  }

  notePeak(sums: LiveSums): void {
    const { bytes, blocks, time } = sums;
    this.rank = rankOf(sums);
    this.peakBytes = bytes;
    this.peakBlocks = blocks;
    this.peakTime = time;
  }

  noteOwnPeak(sums: LiveSums): void {
    const { bytes, blocks, base, baseBlocks, time } = sums;
    this.ownRank = ownRankOf(sums);
    this.ownPeakBytes = bytes - base;
    this.ownPeakBlocks = blocks - baseBlocks;
    this.ownPeakTime = time;
  }

  /** The bucket if it ends now. */
  closed({ bytes, blocks, base, baseBlocks }: LiveSums): ClosedBucket {
    const { time, last, events, firstBirth, reserved, rank, ownRank } = this;
    const { peakBytes, peakBlocks, peakTime, ownPeakBytes, ownPeakBlocks, ownPeakTime } = this;
    return {
      ...{ time, last, events, firstBirth, reserved, rank, ownRank },
      ...{ peakBytes, peakBlocks, peakTime, ownPeakBytes, ownPeakBlocks, ownPeakTime },
      ...{ endBytes: bytes, endBlocks: blocks, base, baseBlocks },
    };
  }
}

export interface ClosedBucket extends Bucket, Stretch {
  readonly firstBirth: number;
}

export const peakOf = ({ rank }: Pick<Bucket, "rank">): number => rank;
export const ownPeakOf = ({ ownRank }: Pick<Bucket, "ownRank">): number => ownRank;

/** Joins several buckets into one. */
function join(joined: readonly ClosedBucket[]): ClosedBucket {
  const [first, last] = [joined[0], joined.at(-1)] as [ClosedBucket, ClosedBucket];
  const high = joined[highest(joined, 0, joined.length, peakOf)] as ClosedBucket;
  const own = joined[highest(joined, 0, joined.length, ownPeakOf)] as ClosedBucket;
  const { peakBytes, peakBlocks, peakTime, rank } = high;
  const { ownPeakBytes, ownPeakBlocks, ownPeakTime, ownRank } = own;
  return {
    ...last,
    ...{ time: first.time, firstBirth: first.firstBirth },
    events: joined.reduce((sum, { events }) => sum + events, 0),
    reserved: joined.reduce((most, { reserved }) => Math.max(most, reserved), 0),
    ...{ peakBytes, peakBlocks, peakTime, ownPeakBytes, ownPeakBlocks, ownPeakTime, rank, ownRank },
  };
}

/**
 * Buckets that become one, with the number of the bucket that has the highest moment of all that is live, and of the
 * bucket that has the highest moment of what the program added.
 */
export interface BucketJoint extends Joint {
  readonly higher: number;
  readonly ownHigher: number;
}

/** The joints, with the buckets that have the highest moments. */
export function withHighest(joints: readonly Joint[], before: readonly ClosedBucket[]): BucketJoint[] {
  return joints.map(({ first, last }) => ({
    ...{ first, last },
    higher: highest(before, first, last + 1, peakOf),
    ownHigher: highest(before, first, last + 1, ownPeakOf),
  }));
}

export const makeBuckets = (limits: StretchLimits): Stretches<ClosedBucket> => new Stretches(limits, join);
