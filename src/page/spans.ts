// A trace as a page shows it: rows and crossings of at most 128 buckets (model.ts), made in one pass, in memory that does
// not grow with the number of events.
//
// Where the recording ends is not known before. So buckets begin small, and when there are 128, each two are made one:
// time is resolved where the events are. The interpreter's start, with millions of them, has but a few buckets of its own
// (joints.ts); the program's begin small again.

import { Accounts } from "../trace/accounts.js";
import { BrokenContent } from "../trace/bytes.js";
import { Collections } from "../trace/collections.js";
import type { TraceCollection, TraceFunction, TraceMetadata } from "../trace/format.js";
import { LiveTable } from "../trace/live-table.js";
import type { TraceConsumer } from "../trace/reader.js";
import { Timeline } from "../trace/timeline.js";
import { StackTree } from "../trace/tree.js";
import { Crossings } from "./crossings.js";
import { CurrentBucket } from "./current.js";
import { Departed } from "./departed.js";
import { newBuckets, pairUp } from "./joints.js";
import type { Bucket } from "./model.js";
import { endOf, highestOf } from "./moments.js";
import { Rows, type RowVisitor } from "./rows.js";

const MOST_BUCKETS = 128;
/** Of the interpreter's start. */
const MOST_START_BUCKETS = 8;
const FIRST_EVENTS = 256;

type OpenBucket = { -readonly [Key in keyof Bucket]: Bucket[Key] } & {
  firstBirth: number;
  /** Births before its highest moment. */
  peakBirths: number;
};

export interface SpansOptions {
  /** A block is temporary if it is freed before so many others were allocated; the default is 1. */
  readonly temporary?: number;
  /** Of dead blocks that the heap map may show, so many are kept at most, if fewer moments need no more. */
  readonly mostDeparted?: number;
}

export class Spans implements TraceConsumer {
  readonly tree = new StackTree();
  readonly accounts = new Accounts();
  readonly timeline = new Timeline();
  readonly collections = new Collections();
  readonly live = new LiveTable();
  readonly departed: Departed;
  readonly #current = new CurrentBucket();
  readonly #temporary: number;
  #rows = new Rows();
  #crossings = new Crossings();
  #closed: OpenBucket[] = [];
  #open: OpenBucket;
  #sample = 0;
  /** Allocations so far, resizes included: what a block's birth is counted in. */
  #births = 0;
  #events = 0;
  #eventsOfBucket = 0;
  /** The bucket that the program begins with; 0 if nothing is known of a start before it. */
  #program = 0;
  #startFunctions = 0;
  #mostEvents = FIRST_EVENTS;
  #now = 0;
  #reserved = 0;
  #liveBytes = 0;
  #liveBlocks = 0;

  constructor({ temporary = 1, mostDeparted }: SpansOptions = {}) {
    this.#temporary = temporary;
    this.departed = new Departed(mostDeparted);
    this.#open = this.#newBucket();
  }

  /** Events so far. */
  get events(): number {
    return this.#events;
  }

  /** Microseconds from the start to the latest event. */
  get now(): number {
    return this.#now;
  }

  get crossings(): Crossings {
    return this.#crossings;
  }

  get buckets(): readonly Bucket[] {
    return [...this.#closed, this.#open];
  }

  #newBucket(): OpenBucket {
    return {
      time: this.#now,
      firstBirth: this.#births,
      peakBirths: this.#births,
      peakBytes: this.#liveBytes,
      peakBlocks: this.#liveBlocks,
      peakTime: this.#now,
      endBytes: this.#liveBytes,
      endBlocks: this.#liveBlocks,
      reserved: this.#reserved,
      allocations: 0,
      frees: 0,
    };
  }

  metadata({ sample }: TraceMetadata): void {
    this.#sample = sample;
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

  /** The program begins, with a bucket of its own. It does so once, whatever a broken trace says. */
  program(): void {
    if (this.#events === 0 || this.#program > 0) return;
    this.#closeBucket();
    this.#program = this.#closed.length;
    this.#startFunctions = this.tree.functions.length;
    while (this.#closed.length > MOST_START_BUCKETS) this.#merge();
    this.#open = this.#newBucket();
    this.#mostEvents = FIRST_EVENTS;
  }

  /** Whether the interpreter called a function, by its number, before the program began. */
  isOfStart(functionNumber: number): boolean {
    return functionNumber < this.#startFunctions;
  }

  /** The bucket that the program begins with; 0 if the recording begins with it. */
  get programBucket(): number {
    return this.#program;
  }

  // Totals without events, which a page can't pick spans of: the command refuses such a trace.
  account(): void {}
  whole(): void {}

  time(microseconds: number): void {
    this.timeline.add({
      time: this.#now,
      live: this.#liveBytes,
      blocks: this.#liveBlocks,
      reserved: this.#reserved,
    });
    this.#now = microseconds;
    if (this.#eventsOfBucket >= this.#mostEvents) this.#closeBucket();
  }

  #closeBucket(): void {
    this.#current.moveTo(this.#rows);
    this.#closed.push(this.#open);
    this.departed.close(this.#closed);
    if (this.#closed.length === MOST_BUCKETS) {
      this.#merge();
      this.#mostEvents *= 2;
    }
    this.#open = this.#newBucket();
    this.#eventsOfBucket = 0;
  }

  /** Each two buckets are one. */
  #merge(): void {
    const all = this.#closed;
    const joints = pairUp(all, this.#program);
    this.#rows = this.#rows.merged(this.accounts.length, joints);
    this.#crossings = this.#crossings.merged(newBuckets(joints));
    this.departed.merge(joints);
    this.#program = joints.filter(({ first }) => first < this.#program).length;
    this.#closed = joints.flatMap(({ first, last, higher }) => joined(all[first], all[last], all[higher]));
  }

  reserved(bytes: number): void {
    this.#reserved = bytes;
    if (bytes > this.#open.reserved) this.#open.reserved = bytes;
  }

  /** How many blocks a sampled one stands for. */
  #weight(size: number): number {
    return this.#sample === 0 ? 1 : 1 / -Math.expm1(-Math.max(size, 1) / this.#sample);
  }

  #count(): void {
    this.#events++;
    this.#eventsOfBucket++;
  }

  allocate(address: number, size: number, tag: number, node: number): void {
    this.#count();
    this.#born(address, size, tag, node);
  }

  #born(address: number, size: number, tag: number, node: number): void {
    if (address === 0 || node >= this.tree.length) throw new BrokenContent("a block has no address, or no stack");
    if (this.live.remove(address)) this.#died(address);
    const account = this.accounts.of(node, tag, size);
    const count = this.#weight(size);
    const bytes = size * count;
    this.live.add(address, account, size, this.#births++);
    this.#current.born(account, bytes, count);
    this.#liveBytes += bytes;
    this.#liveBlocks += count;
    const open = this.#open;
    open.allocations += count;
    open.endBytes = this.#liveBytes;
    open.endBlocks = this.#liveBlocks;
    if (this.#liveBytes > open.peakBytes) {
      open.peakBytes = this.#liveBytes;
      open.peakBlocks = this.#liveBlocks;
      open.peakTime = this.#now;
      open.peakBirths = this.#births;
      this.#current.notePeak();
      this.departed.settle(this.#closed.length);
    }
  }

  /** The block at an address, which was just removed from the table, is gone. */
  #died(address: number): void {
    const { account, size, birth } = this.live;
    const count = this.#weight(size);
    const bytes = size * count;
    this.#liveBytes -= bytes;
    this.#liveBlocks -= count;
    const open = this.#open;
    open.frees += count;
    open.endBytes = this.#liveBytes;
    open.endBlocks = this.#liveBlocks;
    this.#current.died(account, bytes, count, this.#births - birth - 1 < this.#temporary);
    if (birth < open.firstBirth) {
      this.#crossings.add(account, this.bucketOf(birth), this.#closed.length, bytes, count);
    }
    if (birth < open.peakBirths) {
      this.departed.add(address, account, size, this.firstMoment(birth), this.#closed.length);
    }
  }

  /** The first moment (moments.ts) at which a block is live. */
  firstMoment(birth: number): number {
    const bucket = this.bucketOf(birth);
    const { peakBirths } = this.#closed[bucket] ?? this.#open;
    return birth < peakBirths ? highestOf(bucket) : endOf(bucket);
  }

  /** The bucket that a block was born in. */
  bucketOf(birth: number): number {
    if (birth >= this.#open.firstBirth) return this.#closed.length;
    let low = 0;
    let high = this.#closed.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#closed[middle] as OpenBucket).firstBirth <= birth) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  free(address: number): void {
    this.#count();
    if (this.live.remove(address)) this.#died(address);
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    this.#count();
    if (this.live.remove(before)) this.#died(before);
    this.#born(address, size, tag, node);
  }

  /** Every row, those of the bucket that is open as well. */
  forEachRow(visit: RowVisitor): void {
    this.#rows.forEach(visit);
    this.#current.forEach(this.#closed.length, visit);
  }
}

/** One bucket, from the begin of `first` to the end of `last`. */
function joined(first?: OpenBucket, last?: OpenBucket, higher?: OpenBucket): OpenBucket[] {
  if (!first || !last || !higher) return [];
  if (first === last) return [first];
  const { peakBytes, peakBlocks, peakTime, peakBirths } = higher;
  return [
    {
      time: first.time,
      firstBirth: first.firstBirth,
      peakBirths,
      peakBytes,
      peakBlocks,
      peakTime,
      endBytes: last.endBytes,
      endBlocks: last.endBlocks,
      reserved: Math.max(first.reserved, last.reserved),
      allocations: first.allocations + last.allocations,
      frees: first.frees + last.frees,
    },
  ];
}
