// A trace in the form that a page shows: rows and crossings of buckets of time (model.ts). They are made in one pass,
// in memory that does not grow with the number of events.

import type { Measure, View } from "../trace/accounts.js";
import { BrokenContent } from "../trace/bytes.js";
import { Collections } from "../trace/collections.js";
import type { TraceCollection, TraceFunction, TraceMetadata } from "../trace/format.js";
import { LiveTable } from "../trace/live-table.js";
import type { TraceConsumer } from "../trace/reader.js";
import { weightOf } from "../trace/sampling.js";
import type { AggregateWhole } from "../trace/totals.js";
import { StackTree } from "../trace/tree.js";
import {
  type BucketJoint,
  type ClosedBucket,
  type LiveSums,
  makeBuckets,
  OpenBucket,
  ownRankOf,
  rankOf,
  withHighest,
} from "./buckets.js";
import { Crossings } from "./crossings.js";
import { CurrentBucket } from "./current.js";
import { EraAccounts } from "./eras.js";
import type { Bucket, PageTotals } from "./model.js";
import { Phases } from "./phases.js";
import { Rows, type RowVisitor } from "./rows.js";
import { type Joint, lastUpTo, newNumbers, type Stretches } from "./stretches.js";

const MOST_BUCKETS = 4096;
const FINENESS = { startFineness: 128, leastFineness: 128 };
const MOST_CELLS = 400_000;

export interface SpansOptions {
  /** A block is temporary if fewer than this many other blocks are allocated before it is freed; the default is 1. */
  readonly temporary?: number;
  /** The most dead blocks that are kept for the heap map. */
  readonly mostDeparted?: number | undefined;
  /** The most stretches of time into which the program is cut: from 640 to 32,000. */
  readonly mostBuckets?: number;
  /** The most rows and crossings of the program; if there are more, stretches of time are joined. */
  readonly mostCells?: number;
}

export class Spans implements TraceConsumer {
  readonly wantsTypes = true;
  readonly tree = new StackTree();
  readonly accounts = new EraAccounts();
  readonly collections = new Collections();
  readonly live = new LiveTable();
  readonly phases: Phases;
  readonly #current = new CurrentBucket();
  readonly #temporary: number;
  readonly #buckets: Stretches<ClosedBucket>;
  readonly #sums: LiveSums = {
    ...{ time: 0, bytes: 0, blocks: 0, base: 0, baseBlocks: 0 },
    ...{ reserved: 0, exact: undefined, births: 0, events: 0 },
  };
  #rows = new Rows();
  #crossings = new Crossings();
  #open: OpenBucket;
  #sample = 0;
  /** The number of events up to the latest mark of time. */
  #marked = 0;
  #mostCells: number;
  #programTime: number | undefined;
  #startFunctions = 0;
  #startBirths = 0;
  #totals: PageTotals = { start: 0, line: [] };
  /** Blocks that were live when the recording began: the recording has no events of them. */
  #baseBlocks = 0;

  constructor({ temporary = 1, mostDeparted, mostBuckets = MOST_BUCKETS, mostCells = MOST_CELLS }: SpansOptions = {}) {
    this.#mostCells = mostCells;
    this.#temporary = temporary;
    this.phases = new Phases(this.#sums, mostDeparted);
    this.#buckets = makeBuckets({ most: mostBuckets, ...FINENESS });
    this.#open = new OpenBucket(this.#sums);
  }

  /** Events so far. */
  get events(): number {
    return this.#sums.events - this.#baseBlocks;
  }

  /**
   * The end of everything, in microseconds from the start. It is always later than the latest event, even if a coarse
   * clock shows the same time for both. So a span that ends here has all events.
   */
  get now(): number {
    const { last = -1 } = this.buckets.at(-1) ?? {};
    return Math.max(this.#sums.time, last + 1);
  }

  /** What a trace of totals tells about time. It has only one bucket. */
  get totals(): PageTotals {
    return this.#totals;
  }

  get crossings(): Crossings {
    return this.#crossings;
  }

  get buckets(): readonly Bucket[] {
    this.#mark();
    const { closed, program } = this.#buckets;
    // A bucket without events is omitted; but a program always has a bucket.
    if (this.#open.events === 0 && closed.length > program) return closed;
    return [...closed, this.#open.closed(this.#sums)];
  }

  metadata({ sample, stacks }: TraceMetadata): void {
    this.tree.setKind(stacks);
    this.#sample = sample;
    if (sample > 0) this.#sums.exact = 0;
  }

  function(f: TraceFunction): void {
    this.tree.addFunction(f);
  }

  node(parent: number, functionNumber: number, line: number): void {
    this.tree.addNode(parent, functionNumber, line);
  }

  collection(collection: TraceCollection): void {
    this.collections.add(collection);
  }

  /**
   * Begins the program, with its own bucket and accounts. Only the first call has an effect, because a broken trace may
   * have several.
   */
  program(): void {
    const sums = this.#sums;
    if (this.#programTime !== undefined) return;
    this.#programTime = sums.time;
    if (sums.events === 0) {
      // Nothing was recorded before. Times count from here all the same, as in every report.
      this.#open = new OpenBucket(sums);
      return;
    }
    this.#mark();
    if (this.#open.events > 0) this.#close();
    this.#join(() => this.#buckets.beginProgram());
    sums.base = sums.bytes;
    sums.baseBlocks = sums.blocks;
    this.phases.beginProgram(sums);
    this.#startBirths = sums.births;
    this.#startFunctions = this.tree.functions.length;
    this.accounts.beginProgram();
    this.#mostCells += this.#cells;
    this.#open = new OpenBucket(sums);
  }

  /** Whether the interpreter called the function with this number before the program began. */
  isOfStart(functionNumber: number): boolean {
    return functionNumber < this.#startFunctions;
  }

  /** The bucket with which the program begins; 0 if the recording begins with the program. */
  get programBucket(): number {
    return this.#buckets.program;
  }

  /** Whether the program has begun, in a recording that says so: until then, the interpreter starts. */
  get hasBegun(): boolean {
    return this.#programTime !== undefined;
  }

  /** The time when the program began, in microseconds; 0 if the recording begins with it. */
  get programTime(): number {
    return this.#programTime ?? 0;
  }

  /**
   * Takes totals without events: they become one bucket of the program. The interpreter's start is not included, because
   * totals do not have it by stack.
   */
  whole({ figures, timeline, collections, programTime, start }: AggregateWhole): void {
    const base = start?.end.bytes ?? 0;
    const begin = programTime ?? 0;
    const { liveBytes: bytes, liveBlocks: blocks, peakBytes, peakBlocks, peakTime, reservedPeak } = figures;
    this.#totals = {
      start: base,
      // How many bytes of the start are live is known only for the end.
      line: timeline
        .filter(({ time }) => time >= begin)
        .map(({ time, live }) => [time - begin, Math.min(Math.max(live - base, 0), peakBytes)] as const),
    };
    const sums = this.#sums;
    this.#programTime = programTime;
    sums.time = begin;
    const bucket = new OpenBucket(sums);
    const events = figures.allocations + figures.resizes + figures.frees;
    Object.assign(sums, { bytes, blocks, reserved: reservedPeak, events });
    sums.time = Math.max(peakTime, timeline.at(-1)?.time ?? 0) + 1;
    Object.assign(bucket, {
      ...{ peakBytes, peakBlocks, peakTime, rank: peakBytes },
      ...{ ownPeakBytes: peakBytes, ownPeakBlocks: peakBlocks, ownPeakTime: peakTime, ownRank: peakBytes },
      ...{ reserved: reservedPeak, last: sums.time - 1 },
    });
    for (const point of collections) this.collections.addPoint(point);
    this.#rows.beginBucket();
    this.#buckets.close(bucket.closed(sums));
    this.#open = new OpenBucket(sums);
  }

  account(node: number, domain: number, sizeClass: number, measures: Readonly<Record<View, Measure>>): void {
    const { allocated, temporary, end, peak } = measures;
    const values = [allocated, temporary, end, peak, peak].flatMap(({ bytes, count }) => [bytes, count]);
    this.#rows.push(this.accounts.ofClass(node, domain, sizeClass), Float64Array.from(values), 0);
  }

  time(microseconds: number): void {
    const sums = this.#sums;
    this.#mark();
    const isFull = this.#buckets.isFull(this.#open, microseconds);
    if (isFull) this.#close();
    this.phases.time(sums, microseconds);
    sums.time = microseconds;
    // A bucket begins at the latest mark before its first event.
    if (isFull || this.#open.events === 0) this.#open = new OpenBucket(sums);
  }

  /** Notes that the events so far have happened in the open bucket and phase. */
  #mark(): void {
    const sums = this.#sums;
    if (sums.events === this.#marked) return;
    this.#marked = sums.events;
    this.#open.mark(sums);
    this.phases.mark(sums);
  }

  get #cells(): number {
    return this.#rows.length + this.#crossings.length;
  }

  /** Closes the open bucket. The caller opens another one. */
  #close(): void {
    this.#current.moveTo(this.#rows);
    this.#buckets.close(this.#open.closed(this.#sums));
    if (this.#cells > this.#mostCells) this.#becomeCoarser();
    else if (this.#buckets.areTooMany) this.#join(() => this.#buckets.rejoin());
  }

  /** Halves the number of stretches, if possible. */
  #becomeCoarser(): void {
    do this.#join(() => this.#buckets.rejoin({ coarser: true }));
    while (2 * this.#cells > this.#mostCells && !this.#buckets.areCoarsest);
    this.#mostCells = Math.max(this.#mostCells, 2 * this.#cells);
  }

  /** Joins buckets. */
  #join(how: () => readonly Joint[]): void {
    const before = this.#buckets.closed;
    const joints: readonly BucketJoint[] = withHighest(how(), before);
    this.#rows = this.#rows.merged(this.accounts.length, joints);
    this.#crossings = this.#crossings.merged(newNumbers(joints));
  }

  reserved(bytes: number): void {
    this.#sums.reserved = bytes;
    if (bytes > this.#open.reserved) this.#open.reserved = bytes;
  }

  baseGone(domain: number, size: number, count: number, bytes: number, node: number): void {
    if (node >= this.tree.length) throw new BrokenContent("its base has no stack");
    const account = this.accounts.of(node, domain, size);
    this.#sums.births += count;
    this.#current.born(account, bytes, count);
    this.#current.died(account, bytes, count, false);
  }

  baseBlock(address: number, size: number, tag: number, node: number): void {
    this.#baseBlocks++;
    this.allocate(address, size, tag, node);
  }

  allocate(address: number, size: number, tag: number, node: number): void {
    this.#sums.events++;
    this.#born(address, size, tag, node);
  }

  #born(address: number, size: number, tag: number, node: number): void {
    if (address === 0 || node >= this.tree.length) throw new BrokenContent("a block has no address, or no stack");
    const account = this.accounts.of(node, tag, size);
    const count = weightOf(size, this.#sample);
    const bytes = size * count;
    const sums = this.#sums;
    if (this.live.add(address, account, size, sums.births)) this.#died(address);
    sums.births++;
    this.#current.born(account, bytes, count);
    sums.bytes += bytes;
    sums.blocks += count;
    if (sums.exact === undefined) this.#noteHighest();
  }

  /** If this moment is the highest so far, of everything or of what the program added, notes it. */
  #noteHighest(): void {
    const [sums, open] = [this.#sums, this.#open];
    if (rankOf(sums) > open.rank) {
      open.notePeak(sums);
      this.#current.notePeak();
    }
    const own = ownRankOf(sums);
    if (own > open.ownRank) {
      open.noteOwnPeak(sums);
      this.#current.noteOwnPeak();
    }
    if (own > this.phases.peakRank) this.phases.noteHighest(sums);
  }

  liveNow(bytes: number): void {
    this.#sums.exact = bytes;
    this.#noteHighest();
  }

  others(count: number): void {
    this.#sums.births += count;
  }

  outgrown(before: number): void {
    this.#sums.events++;
    if (this.live.remove(before)) this.#died(before);
    this.#sums.births++;
  }

  /** Handles the death of the block that was just removed from the table, or replaced there; `address` is where it was. */
  #died(address: number): void {
    const { account, size, birth } = this.live;
    const count = weightOf(size, this.#sample);
    const bytes = size * count;
    const sums = this.#sums;
    sums.bytes -= bytes;
    sums.blocks -= count;
    if (birth < this.#startBirths) {
      sums.base -= bytes;
      sums.baseBlocks -= count;
    }
    this.#current.died(account, bytes, count, sums.births - birth - 1 < this.#temporary);
    if (birth < this.#open.firstBirth) {
      this.#crossings.add(account, this.bucketOf(birth), this.#buckets.closed.length, bytes, count);
    }
    if (birth < this.phases.peakBirths) this.phases.died(address, account, size, birth);
  }

  /** The bucket in which a block was allocated. */
  bucketOf(birth: number): number {
    const { closed } = this.#buckets;
    if (birth >= this.#open.firstBirth) return closed.length;
    return lastUpTo(closed.length, (k) => (closed[k] as ClosedBucket).firstBirth, birth);
  }

  free(address: number): void {
    this.#sums.events++;
    if (this.live.remove(address)) this.#died(address);
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    this.#sums.events++;
    if (this.live.remove(before)) this.#died(before);
    this.#born(address, size, tag, node);
  }

  /** Shows every row, also those of the open bucket. */
  forEachRow(visit: RowVisitor): void {
    this.#rows.forEach(visit);
    this.#current.forEach(this.#buckets.closed.length, visit);
  }
}
