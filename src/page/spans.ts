// A trace as a page shows it: rows and crossings of at most 128 buckets (model.ts), made in one pass, in memory that does
// not grow with the number of events.
//
// Where the recording ends is not known before. So buckets begin small, and when there are 128, each two are made one:
// time is resolved where the events are.

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
import type { Bucket } from "./model.js";
import { Rows, type RowVisitor } from "./rows.js";

/** An even number. */
const MOST_BUCKETS = 128;
const FIRST_EVENTS = 4096;

type OpenBucket = { -readonly [Key in keyof Bucket]: Bucket[Key] } & { firstBirth: number };

export interface SpansOptions {
  /** A block is temporary if it is freed before so many others were allocated; the default is 1. */
  readonly temporary?: number;
}

export class Spans implements TraceConsumer {
  readonly tree = new StackTree();
  readonly accounts = new Accounts();
  readonly timeline = new Timeline();
  readonly collections = new Collections();
  readonly live = new LiveTable();
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
  #mostEvents = FIRST_EVENTS;
  #now = 0;
  #reserved = 0;
  #liveBytes = 0;
  #liveBlocks = 0;

  constructor({ temporary = 1 }: SpansOptions = {}) {
    this.#temporary = temporary;
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

  /** Leaks of a page are those of any span, so where the program began is one bucket's time among others. */
  program(): void {}

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
    if (this.#closed.length === MOST_BUCKETS) this.#halve();
    this.#open = this.#newBucket();
    this.#eventsOfBucket = 0;
  }

  #halve(): void {
    const all = this.#closed;
    const pairs = Array.from({ length: MOST_BUCKETS / 2 }, (_, k) => [all[2 * k], all[2 * k + 1]] as const);
    const inFirst = (pair: number) => (all[2 * pair]?.peakBytes ?? 0) >= (all[2 * pair + 1]?.peakBytes ?? 0);
    this.#rows = this.#rows.halved(this.accounts.length, inFirst);
    this.#crossings = this.#crossings.halved();
    this.#closed = pairs.flatMap(([first, second], k) => (first && second ? [joined(first, second, inFirst(k))] : []));
    this.#mostEvents *= 2;
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
    if (this.live.remove(address)) this.#died();
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
      this.#current.notePeak();
    }
  }

  /** The block that was just removed from the table is gone. */
  #died(): void {
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
    if (this.live.remove(address)) this.#died();
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    this.#count();
    if (this.live.remove(before)) this.#died();
    this.#born(address, size, tag, node);
  }

  /** Every row, those of the bucket that is open as well. */
  forEachRow(visit: RowVisitor): void {
    this.#rows.forEach(visit);
    this.#current.forEach(this.#closed.length, visit);
  }
}

/** One bucket of two. */
function joined(first: OpenBucket, second: OpenBucket, peakInFirst: boolean): OpenBucket {
  const { peakBytes, peakBlocks, peakTime } = peakInFirst ? first : second;
  return {
    time: first.time,
    firstBirth: first.firstBirth,
    peakBytes,
    peakBlocks,
    peakTime,
    endBytes: second.endBytes,
    endBlocks: second.endBlocks,
    reserved: Math.max(first.reserved, second.reserved),
    allocations: first.allocations + second.allocations,
    frees: first.frees + second.frees,
  };
}
