// What a trace says, in one pass over it: accounts by stack, domain and size class, the peak, and figures for the whole.
//
// All of that is of the program, unless the interpreter's start is asked for as well. What was allocated before the program began is
// one measure for each view, `start`, and in no account:
//
//   live now  = accounts' `end`  + start.end       a block belongs to who allocated it, for as long as it lives
//   at the peak = accounts' `peak` + start.peak    the peak is the program's: when most of its blocks were live
//
// A block of the start that the program resizes is the program's from then on.

import { Accounts, type Measure, type StartMeasures, VIEWS, type View } from "./accounts.js";
import { BrokenContent } from "./bytes.js";
import { Collections } from "./collections.js";
import { type Figures, NO_FIGURES } from "./figures.js";
import type { TraceCollection, TraceFunction, TraceMetadata } from "./format.js";
import { LiveTable } from "./live-table.js";
import { readTrace, type TraceConsumer, type TraceSummary } from "./reader.js";
import { weightOf } from "./sampling.js";
import { SizeCounts } from "./size-counts.js";
import { Timeline } from "./timeline.js";
import type { AggregateWhole } from "./totals.js";
import { StackTree } from "./tree.js";

export interface AnalysisOptions {
  /** The span that is looked at, in microseconds from the start of the recording; the default is all of it. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** A block is temporary if it is freed before this many others were allocated; the default is 1. */
  readonly temporary?: number | undefined;
  /** What was allocated before the program began is in accounts and figures as well; the default is in `start` only. */
  readonly withStart?: boolean | undefined;
}

/** A stretch of the recording in which no time was told, and a moment in it that was asked for: its events count as before that. */
export interface TimeGap {
  /** The moment, and where the gap begins and ends: microseconds from the start of the recording. */
  readonly moment: number;
  readonly from: number;
  readonly to: number;
  readonly events: number;
  /** The least and the most that was live in it: what was live at the moment is one of them, or in between. */
  readonly leastBytes: number;
  readonly mostBytes: number;
}

/** Moments are told to this, in microseconds: a shorter gap is none. */
const RESOLUTION = 1000;
/** Number of the events in a gap while there was none since time was told. */
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
  /** How many blocks were asked for by exact size. */
  readonly sizes = new SizeCounts();
  readonly #live = new LiveTable();
  readonly #from: number;
  readonly #to: number;
  readonly #temporary: number;
  readonly #withStart: boolean;
  #start = nothing();
  #sample = 0;
  /** What is live of everything, as far as it is told, and the most of that in the span: only of sampled traces. */
  #exactLive = 0;
  #exactPeak = 0;
  /** Allocations so far, resizes included: what a block's birth is counted in. */
  #births = 0;
  /** The first birth of the span, and of what counts as a leak if it stays. */
  #firstBirth = 0;
  #firstLeak = 0;
  /** The first birth of the program; 0 if the start is not told apart. */
  #firstOfProgram = 0;
  #programTime: number | undefined;
  #now = 0;
  #reserved = 0;
  #inSpan: boolean;
  #ended = false;
  /** What happened since time was told last: counted only if a moment is asked for. */
  readonly #watchesGaps: boolean;
  #gapEvents = NOT_YET;
  #gapLeast = 0;
  #gapMost = 0;
  /** The gaps that the span's begin and end fall into; undefined where the moment is exact. */
  #beginGap: TimeGap | undefined;
  #endGap: TimeGap | undefined;

  constructor({ from = 0, to = Number.POSITIVE_INFINITY, temporary = 1, withStart = false }: AnalysisOptions = {}) {
    this.#from = from;
    this.#to = to;
    this.#temporary = temporary;
    this.#withStart = withStart;
    this.#inSpan = from <= 0;
    this.#watchesGaps = from > 0 || to !== Number.POSITIVE_INFINITY;
  }

  /** What is looked at, in microseconds; it ends with the recording if `to` is infinite. */
  get span(): { readonly from: number; readonly to: number } {
    return { from: this.#from, to: this.#to };
  }

  /** The gaps that the span's begin and end fall into; none where the moment is exact. */
  get gaps(): readonly TimeGap[] {
    return [this.#beginGap, this.#endGap].filter((gap) => gap !== undefined);
  }

  /** What of each view the interpreter allocated before the program began. No account and no figure has it. */
  get start(): StartMeasures {
    return this.#start;
  }

  /** Mean distance between samples in bytes; 0 if everything was recorded. */
  get sample(): number {
    return this.#sample;
  }

  /** When the program began, in microseconds; undefined if the recording doesn't say, or began with it. */
  get programTime(): number | undefined {
    return this.#programTime;
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

  /** Time is told: what happened since it was told last, was between these two. */
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

  /** An event is over. The first one after a time is at that time: the gap begins behind it. */
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

  /** Leaks are what the program leaves: what was there before it is the interpreter's. A program begins once, whatever a broken trace says. */
  program(): void {
    if (this.#programTime !== undefined) return;
    this.#programTime = this.#now;
    if (this.#ended) return;
    this.#firstLeak = this.#births;
    if (this.#withStart) this.accounts.clear("leaks");
    else this.#setStartApart();
  }

  /** What there is so far is in `start`, and nowhere else. */
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

  account(node: number, domain: number, sizeClass: number, measures: Readonly<Record<View, Measure>>): void {
    this.accounts.restore(this.accounts.ofClass(node, domain, sizeClass), measures);
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
    if (this.#live.remove(address)) this.#died();
    const { figures, accounts } = this;
    const account = accounts.of(node, tag, size);
    const count = weightOf(size, this.#sample);
    const bytes = size * count;
    this.#live.add(address, account, size, this.#births++);
    accounts.live(account, bytes, count);
    figures.liveBytes += bytes;
    figures.liveBlocks += count;
    if (!this.#inSpan) return;
    accounts.add("leaks", account, bytes, count);
    accounts.add("allocated", account, bytes, count);
    figures.allocatedBytes += bytes;
    this.sizes.add(size, count);
    // The highest of estimates would be too high: samples have their peak from `liveNow`.
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

  /** The block that was just removed from the table is gone. */
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

  /** The recording was ended this many microseconds after it began: nothing happened from the last event on. */
  ended(microseconds: number): void {
    if (microseconds > this.#now) this.time(microseconds);
  }

  /** When the recording ends, in microseconds. */
  get recordedTime(): number {
    return this.#now;
  }

  /** The time that the span ends at, in microseconds. */
  get endTime(): number {
    return Math.min(this.#now, this.#to);
  }
}

/** Reads a trace and analyses it. */
export async function analyse(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  options: AnalysisOptions = {},
): Promise<{ analysis: Analysis; summary: TraceSummary }> {
  const analysis = new Analysis(options);
  const summary = await readTrace(source, name, analysis);
  if (summary.end) analysis.ended(summary.end.duration);
  return { analysis, summary };
}
