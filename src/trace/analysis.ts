// Analyses a trace in one pass: accounts by stack, domain and size class, the peak, and figures of the whole.
//
// All of these are the program's, unless the interpreter's start is requested as well. What was allocated before the
// program began is one measure for each view, `start`, and is in no account:
//
//   live now    = accounts' `end`  + start.end      a block belongs to whoever allocated it, as long as it lives
//   at the peak = accounts' `peak` + start.peak     the peak is the program's: the moment when most of its bytes were live
//
// If the program resizes a block of the start, the block is the program's from then on.

import { Accounts, type Measure, type StartMeasures, VIEWS, type View } from "./accounts.js";
import { BrokenContent } from "./bytes.js";
import { Collections } from "./collections.js";
import { type Figures, NO_FIGURES } from "./figures.js";
import type { TraceCollection, TraceFunction, TraceMetadata } from "./format.js";
import { LiveTable } from "./live-table.js";
import { readTrace, readWholeTrace, type TraceConsumer, type TraceSummary } from "./reader.js";
import { weightOf } from "./sampling.js";
import { SizeCounts } from "./size-counts.js";
import { Timeline } from "./timeline.js";
import type { AggregateWhole } from "./totals.js";
import { StackTree } from "./tree.js";

export interface AnalysisOptions {
  /** The span to analyse, in microseconds from the start of the recording; the default is the whole recording. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** A block is temporary if fewer than this many other blocks are allocated before it is freed; the default is 1. */
  readonly temporary?: number | undefined;
  /**
   * Whether accounts and figures include what was allocated before the program began; by default it is only in `start`.
   */
  readonly withStart?: boolean | undefined;
  /**
   * Whether objects of one type have a stack of their own, with the type innermost; by default, types are omitted from
   * stacks.
   */
  readonly byType?: boolean | undefined;
}

/**
 * A period of the recording in which no time was recorded, and the moment in it at which the span begins or ends. All
 * events of the period count as before the moment.
 */
export interface TimeGap {
  /** The moment, and the beginning and the end of the gap: microseconds from the start of the recording. */
  readonly moment: number;
  readonly from: number;
  readonly to: number;
  readonly events: number;
  /** The least and the most that was live in the gap. What was live at the moment is one of these, or between them. */
  readonly leastBytes: number;
  readonly mostBytes: number;
}

/** The precision of moments, in microseconds: a shorter gap does not count. */
const RESOLUTION = 1000;
/** The value of #gapEvents until the first event after a recorded time. */
const NOT_YET = -1;

const nothing = (): Record<View, { bytes: number; count: number }> => ({
  peak: { bytes: 0, count: 0 },
  end: { bytes: 0, count: 0 },
  leaks: { bytes: 0, count: 0 },
  allocated: { bytes: 0, count: 0 },
  temporary: { bytes: 0, count: 0 },
});

export class Analysis implements TraceConsumer {
  readonly tree = new StackTree();
  readonly accounts = new Accounts();
  readonly timeline = new Timeline();
  readonly figures: Figures = { ...NO_FIGURES };
  /** Runs of the cycle collector in the span. */
  readonly collections = new Collections();
  /** The number of blocks of each exact size. */
  readonly sizes = new SizeCounts();
  readonly wantsTypes: boolean;
  readonly #live = new LiveTable();
  readonly #from: number;
  readonly #to: number;
  readonly #temporary: number;
  readonly #withStart: boolean;
  #start = nothing();
  #sample = 0;
  /**
   * A sampled trace has the exact live bytes from time to time: their last value, and their highest value in the span.
   */
  #exactLive = 0;
  #exactPeak = 0;
  /** The number of allocations so far, including resizes. A block's birth is such a number. */
  #births = 0;
  /** The first birth of the span, and the first birth that counts as a leak if the block stays. */
  #firstBirth = 0;
  #firstLeak = 0;
  /** The first birth of the program; 0 if the start is not separate. */
  #firstOfProgram = 0;
  #programTime: number | undefined;
  #now = 0;
  #reserved = 0;
  #inSpan: boolean;
  #ended = false;
  #startIsSums = false;
  /** Whether gaps between recorded times are watched, because a moment is requested. */
  readonly #watchesGaps: boolean;
  /** Since the last recorded time: the number of events after the first one, and the least and the most that was live. */
  #gapEvents = NOT_YET;
  #gapLeast = 0;
  #gapMost = 0;
  /** The gaps that contain the beginning and the end of the span; undefined if the moment is exact. */
  #beginGap: TimeGap | undefined;
  #endGap: TimeGap | undefined;

  constructor({
    from = 0,
    to = Number.POSITIVE_INFINITY,
    temporary = 1,
    withStart = false,
    byType = false,
  }: AnalysisOptions = {}) {
    this.#from = from;
    this.#to = to;
    this.#temporary = temporary;
    this.#withStart = withStart;
    this.wantsTypes = byType;
    this.#inSpan = from <= 0;
    this.#watchesGaps = from > 0 || to !== Number.POSITIVE_INFINITY;
  }

  /** The analysed span, in microseconds; if `to` is infinite, it ends with the recording. */
  get span(): { readonly from: number; readonly to: number } {
    return { from: this.#from, to: this.#to };
  }

  /** The gaps that contain the beginning and the end of the span; none for exact moments. */
  get gaps(): readonly TimeGap[] {
    return [this.#beginGap, this.#endGap].filter((gap) => gap !== undefined);
  }

  /** What the interpreter allocated before the program began, for each view. No account and no figure includes it. */
  get start(): StartMeasures {
    return this.#start;
  }

  /** Mean distance between samples in bytes; 0 if everything was recorded. */
  get sample(): number {
    return this.#sample;
  }

  /**
   * The time when the program began, in microseconds; undefined if the recording does not have it, or began with the
   * program.
   */
  get programTime(): number | undefined {
    return this.#programTime;
  }

  /**
   * A time of the recording as people count it: from the beginning of the program. What was before it is negative. This
   * is the only conversion of a trace's times for reports.
   */
  sinceProgram(time: number): number {
    return time - (this.#programTime ?? 0);
  }

  metadata({ sample, stacks }: TraceMetadata): void {
    this.tree.setKind(stacks);
    this.#sample = sample;
  }

  function(f: TraceFunction): void {
    this.tree.addFunction(f);
  }

  node(parent: number, functionNumber: number, line: number): void {
    this.tree.addNode(parent, functionNumber, line);
  }

  time(microseconds: number): void {
    const { figures: f } = this;
    if (!this.#ended) {
      const { end } = this.#start;
      const [live, blocks] = [f.liveBytes + end.bytes, f.liveBlocks + end.count];
      this.timeline.add({ time: this.#now, live, blocks, reserved: this.#reserved });
    }
    if (this.#watchesGaps) this.#endGapAt(microseconds);
    this.#now = microseconds;
    if (!this.#inSpan && microseconds >= this.#from) this.#beginSpan();
    if (microseconds > this.#to) this.#ended = true;
  }

  /** Handles a recorded time: all events since the last one happened between the two. */
  #endGapAt(to: number): void {
    const gap = {
      from: this.#now,
      to,
      events: this.#gapEvents,
      leastBytes: this.#gapLeast,
      mostBytes: this.#gapMost,
    };
    if (gap.events > 0 && to - gap.from > RESOLUTION && !this.#ended) {
      if (!this.#inSpan && to > this.#from) this.#beginGap = { ...gap, moment: this.#from };
      if (to > this.#to) this.#endGap = { ...gap, moment: this.#to };
    }
    this.#gapEvents = NOT_YET;
  }

  /** Notes an event. The first event after a time has exactly that time, so the gap begins after it. */
  #noteInGap(): void {
    const { liveBytes } = this.figures;
    const isFirst = ++this.#gapEvents === 0;
    if (isFirst || liveBytes < this.#gapLeast) this.#gapLeast = liveBytes;
    if (isFirst || liveBytes > this.#gapMost) this.#gapMost = liveBytes;
  }

  #beginSpan(): void {
    this.#inSpan = true;
    this.#firstBirth = this.#firstLeak = this.#births;
    this.#exactPeak = this.#exactLive;
    this.#notePeak();
    this.figures.peakTime = this.#from;
  }

  collection(collection: TraceCollection): void {
    if (collection.time >= this.#from && collection.time <= this.#to) this.collections.add(collection);
  }

  /**
   * Begins the program. Leaks are what the program leaves; what was there before is the interpreter's. Only the first
   * call has an effect, because a broken trace may have several.
   */
  program(): void {
    if (this.#programTime !== undefined) return;
    this.#programTime = this.#now;
    if (this.#ended) return;
    this.#firstLeak = this.#births;
    if (this.#withStart) this.accounts.clear("leaks");
    else this.#setStartApart();
  }

  /** Moves all that has been counted so far to `start`. */
  #setStartApart(): void {
    this.#firstOfProgram = this.#births;
    const { accounts, figures, sizes, collections } = this;
    for (const view of VIEWS) {
      if (view !== "peak" && view !== "leaks") this.#start[view] = accounts.sum(view);
      accounts.clear(view);
    }
    Object.assign(figures, { ...NO_FIGURES, reservedPeak: figures.reservedPeak });
    sizes.clear();
    collections.clear();
    this.#exactPeak = this.#exactLive;
    this.#notePeak();
  }

  /** Whether the interpreter's start was recorded as sums: its blocks have one stack, and no times and events. */
  get startIsSums(): boolean {
    return this.#startIsSums;
  }

  baseGone(domain: number, size: number, count: number, bytes: number, node: number): void {
    this.#startIsSums = true;
    if (node >= this.tree.length) throw new BrokenContent("its base has no stack");
    this.#births += count;
    if (!this.#inSpan) return;
    this.accounts.add("allocated", this.accounts.of(node, domain, size), bytes, count);
    this.sizes.add(size, count);
    this.figures.allocations += count;
    this.figures.frees += count;
    this.figures.allocatedBytes += bytes;
  }

  baseBlock(address: number, size: number, tag: number, node: number): void {
    this.#startIsSums = true;
    this.#born(address, size, tag, node);
    if (this.#inSpan) this.figures.allocations += weightOf(size, this.#sample);
  }

  account(node: number, domain: number, sizeClass: number, measures: Readonly<Record<View, Measure>>): void {
    this.accounts.include(this.accounts.ofClass(node, domain, sizeClass), measures);
  }

  whole({ figures, sizes, timeline, collections, start, programTime }: AggregateWhole): void {
    Object.assign(this.figures, figures);
    if (start) this.#start = { ...start };
    this.#programTime = programTime;
    for (const [size, count] of sizes) this.sizes.add(size, count);
    for (const point of collections) this.collections.addPoint(point);
    for (const point of timeline) {
      this.timeline.add(point);
      this.#now = point.time;
    }
  }

  reserved(bytes: number): void {
    this.#reserved = bytes;
    if (this.#inSpan && !this.#ended && bytes > this.figures.reservedPeak) this.figures.reservedPeak = bytes;
  }

  allocate(address: number, size: number, tag: number, node: number): void {
    if (this.#ended) return;
    this.#born(address, size, tag, node);
    if (this.#watchesGaps) this.#noteInGap();
    if (this.#inSpan) this.figures.allocations += weightOf(size, this.#sample);
  }

  #born(address: number, size: number, tag: number, node: number): void {
    if (address === 0 || node >= this.tree.length) throw new BrokenContent("a block has no address, or no stack");
    const { figures, accounts } = this;
    const account = accounts.of(node, tag, size);
    const count = weightOf(size, this.#sample);
    const bytes = size * count;
    if (this.#live.add(address, account, size, this.#births)) this.#died();
    this.#births++;
    figures.liveBytes += bytes;
    figures.liveBlocks += count;
    if (!this.#inSpan) {
      accounts.live(account, bytes, count);
      return;
    }
    accounts.born(account, bytes, count);
    figures.allocatedBytes += bytes;
    this.sizes.add(size, count);
    // The maximum of estimates would be too high. A sampled trace gets its peak from `liveNow`.
    if (this.#sample === 0 && figures.liveBytes > figures.peakBytes) this.#notePeak();
  }

  liveNow(bytes: number): void {
    if (this.#ended) return;
    this.#exactLive = bytes;
    if (!this.#inSpan || bytes <= this.#exactPeak) return;
    this.#exactPeak = bytes;
    this.#notePeak();
  }

  others(count: number): void {
    if (!this.#ended) this.#births += count;
  }

  outgrown(before: number): void {
    if (this.#ended) return;
    if (this.#live.remove(before)) this.#died();
    this.#births++;
  }

  #notePeak(): void {
    const { figures } = this;
    figures.peakBytes = figures.liveBytes;
    figures.peakBlocks = figures.liveBlocks;
    figures.peakTime = this.#now;
    const { peak, end } = this.#start;
    peak.bytes = end.bytes;
    peak.count = end.count;
    this.accounts.notePeak();
  }

  /** Handles the death of the block that was just removed from the table of live blocks, or replaced there. */
  #died(): void {
    const { figures, accounts } = this;
    const { account, size, birth } = this.#live;
    const count = weightOf(size, this.#sample);
    const bytes = size * count;
    if (birth < this.#firstOfProgram) {
      this.#start.end.bytes -= bytes;
      this.#start.end.count -= count;
      return;
    }
    accounts.live(account, -bytes, -count);
    figures.liveBytes -= bytes;
    figures.liveBlocks -= count;
    if (!this.#inSpan || birth < this.#firstBirth) return;
    if (birth >= this.#firstLeak) accounts.add("leaks", account, -bytes, -count);
    if (this.#births - birth - 1 < this.#temporary) accounts.add("temporary", account, bytes, count);
  }

  free(address: number): void {
    if (this.#ended) return;
    const known = this.#live.remove(address);
    if (known) this.#died();
    if (this.#watchesGaps) this.#noteInGap();
    if (!this.#inSpan) return;
    if (!known) this.figures.foreignFrees++;
    else if (this.#live.birth >= this.#firstOfProgram) this.figures.frees += weightOf(this.#live.size, this.#sample);
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    if (this.#ended) return;
    if (this.#live.remove(before)) this.#died();
    this.#born(address, size, tag, node);
    if (this.#watchesGaps) this.#noteInGap();
    if (this.#inSpan) this.figures.resizes += weightOf(size, this.#sample);
  }

  /** Handles the end of the recording, this many microseconds after its beginning. */
  ended(microseconds: number): void {
    if (microseconds > this.#now) this.time(microseconds);
  }

  /** The time when the recording ends, in microseconds. */
  get recordedTime(): number {
    return this.#now;
  }

  /** The time when the span ends, in microseconds. */
  get endTime(): number {
    return Math.min(this.#now, this.#to);
  }
}

/** A trace that was read. */
export interface Analysed {
  readonly analysis: Analysis;
  readonly summary: TraceSummary;
}

/** Reads a trace and analyses it. */
export async function analyse(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  options: AnalysisOptions = {},
): Promise<Analysed> {
  const analysis = new Analysis(options);
  return finished(analysis, await readTrace(source, name, analysis));
}

/** Like analyse, but synchronous: for bytes that are all in memory. */
export function analyseWhole(pieces: Iterable<Uint8Array>, name: string, options: AnalysisOptions = {}): Analysed {
  const analysis = new Analysis(options);
  return finished(analysis, readWholeTrace(pieces, name, analysis));
}

function finished(analysis: Analysis, summary: TraceSummary): Analysed {
  if (summary.end) analysis.ended(summary.end.duration);
  return { analysis, summary };
}
