// The page's data for a span and a view: figures for each account, which are then grouped. The equations are in
// src/page/model.ts.

import { ownPeakOf, peakOf } from "../src/page/buckets.js";
import { type Bucket, type PageData, ROW, ROW_VALUES } from "../src/page/model.js";
import { highest } from "../src/page/stretches.js";
import type { Groupable } from "../src/report/trace-groups.js";
import type { View } from "../src/trace/accounts.js";
import { type Interval, intervalOf, varianceOf } from "../src/trace/sampling.js";
import { StackTree } from "../src/trace/tree.js";
import { type Shown, type ShownParts, shownStacks } from "./shown.js";
import { firstIndex, lowerBound } from "./sorted.js";
import { ORIGIN_NAMES, type Origin, originOf } from "./words.js";

/** The buckets [from, to) that are shown, and whether the interpreter's start is included. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly withStart: boolean;
}

/** The times [from, to), in microseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What the user has picked. */
export interface Picked extends Stretch {
  readonly withStart: boolean;
}

export interface Sums {
  readonly bytes: Float64Array;
  readonly count: Float64Array;
}

/** What was live at a moment. */
export interface Moment {
  readonly time: number;
  readonly bytes: number;
  readonly blocks: number;
}

export interface SpanFigures {
  readonly peak: Moment;
  readonly end: Moment;
  /** The bytes of the interpreter's start that are live at the end. */
  readonly base: number;
  readonly reserved: number;
}

/** The shortest step that can be picked, in microseconds; and the least number of steps that are visible. */
const LEAST_STEP = 10;
const HUNDRED = 100;
/** The number of views and spans for which sums are kept. */
const MOST_KNOWN = 8;

export class Model {
  #data: PageData;
  #tree = new StackTree();
  readonly #known = new Map<string, Sums>();
  readonly #shown = new Map<string, Shown>();

  constructor(data: PageData) {
    this.#data = data;
    this.replace(data);
  }

  get data(): PageData {
    return this.#data;
  }

  get tree(): StackTree {
    return this.#tree;
  }

  /** Replaces the data, when a running program has sent newer data. */
  replace(data: PageData): void {
    this.#data = data;
    this.#tree = new StackTree(data.header.functions[0]);
    this.#known.clear();
    this.#shown.clear();
    const { nodes, header } = data;
    for (const f of header.functions.slice(1)) this.#tree.addFunction(f);
    for (let node = 1; node < nodes.parents.length; node++) {
      this.#tree.addNode(nodes.parents[node] ?? 0, nodes.functions[node] ?? 1, nodes.lines[node] ?? 0);
    }
  }

  /** Whether the data is one moment of a heap, without the events that led to it: an image of an interpreter. */
  get isStill(): boolean {
    return this.#data.header.events === 0;
  }

  /** The origins of the code that occurs on stacks. */
  get origins(): ReadonlySet<Origin> {
    const { functions } = this.tree;
    const used = new Set(this.data.nodes.functions);
    return new Set(functions.filter((_, number) => used.has(number)).map(originOf));
  }

  /** The name of an origin. */
  originName(origin: Origin): string {
    return origin === "outside" ? this.tree.frame(0).function.name.replace(/[<>]/g, "") : ORIGIN_NAMES[origin];
  }

  /** A line of the program's source; undefined if the page does not have it. */
  sourceLine(file: string, line: number): string | undefined {
    return this.data.header.sources?.[file]?.[line]?.trim();
  }

  get buckets(): readonly Bucket[] {
    return this.data.buckets;
  }

  /** Whether the page has anything before the program. */
  get hasStart(): boolean {
    return this.data.header.program > 0;
  }

  /** The whole range that can be shown, with the interpreter's start or without. */
  range(withStart: boolean): Stretch {
    const { duration, begin } = this.data.header;
    // Totals have no times before the program.
    return { from: withStart && this.hasStart ? begin : 0, to: duration };
  }

  /** The time when the bucket begins, in microseconds; for the bucket after the last one, the end of everything. */
  timeOf(bucket: number): number {
    return this.buckets[bucket]?.time ?? this.data.header.duration;
  }

  /** The first bucket with events at this time or later. */
  #bucketAt(time: number): number {
    const { program } = this.data.header;
    const bucket = firstIndex(this.buckets.length, (k) => (this.buckets[k]?.last ?? 0) < time);
    // The program may begin between two marks of time. Then the beginning of its bucket counts.
    return bucket < program && time >= 0 ? program : bucket;
  }

  /**
   * The nearest time at which the page can separate what was before from what was after. If nothing happened at the
   * given time, that is the time itself.
   */
  snap(time: number): number {
    const k = this.#bucketAt(time);
    const bucket = this.buckets[k];
    if (!bucket || bucket.time >= time) return time;
    const next = Math.min(bucket.last + 1, this.timeOf(k + 1));
    return next - time < time - bucket.time ? next : bucket.time;
  }

  /** Another time that `snap` returns, at about this distance from `time`; at least the next one in that direction. */
  step(time: number, distance: number): number {
    const { from, to } = this.range(true);
    const found = this.snap(Math.min(to, Math.max(from, time + distance)));
    if (distance > 0 ? found > time : found < time) return found;
    const k = this.#bucketAt(time);
    const bucket = this.buckets[distance > 0 ? k : k - 1];
    if (!bucket) return found;
    return distance > 0 ? Math.min(bucket.last + 1, this.timeOf(k + 1)) : bucket.time;
  }

  /**
   * The shortest visible part of a range that has a stretch in its middle. It is so long that `snap` moves a time by at
   * most a hundredth of it.
   */
  around({ from, to }: Stretch, range: Stretch): Stretch {
    let seen: Stretch = { from, to };
    for (;;) {
      const { from: begin, to: end } = seen;
      const inSight = this.buckets.slice(this.#bucketAt(begin), this.#bucketAt(end));
      const longest = inSight.reduce((most, { time, last }) => Math.max(most, last - time), LEAST_STEP);
      const length = Math.min(HUNDRED * longest, range.to - range.from);
      if (end - begin >= length) return seen;
      const first = Math.max(range.from, Math.min((begin + end - length) / 2, range.to - length));
      seen = { from: first, to: first + length };
    }
  }

  /** The buckets of a span whose times `snap` has returned; none if nothing happened in it. */
  spanOf({ from, to, withStart }: Picked): Span {
    const begin = Math.max(withStart ? 0 : this.data.header.program, this.#bucketAt(from));
    return { from: begin, to: Math.max(begin, this.#bucketAt(to)), withStart };
  }

  /** The bucket of a span in which the most was live; the one before the span if the span is empty. */
  peakOf({ from, to, withStart }: Span): number {
    if (from === to) return from - 1;
    return highest(this.buckets, from, to, withStart ? peakOf : ownPeakOf);
  }

  /** The index of the heap map's moment for a view, or of the nearest moment that the map has. */
  momentOf(view: View, span: Span): number {
    const { froms, untils } = this.data.blocks;
    const { peak, end } = this.figures(span);
    const { time } = view === "peak" ? peak : end;
    const distance = (k: number) => Math.max(0, (froms[k] ?? 0) - time, time - (untils[k] ?? 0));
    let best = 0;
    for (let k = 1; k < froms.length; k++) if (distance(k) <= distance(best)) best = k;
    return best;
  }

  figures(span: Span): SpanFigures {
    const inSpan = this.buckets.slice(span.from, span.to);
    const end = this.#endOf(span);
    return {
      peak: inSpan.length > 0 ? this.#peakMoment(span) : end,
      end,
      base: span.to > this.data.header.program ? (this.buckets[span.to - 1]?.base ?? 0) : end.bytes,
      reserved: inSpan.reduce(
        (most, { reserved }) => Math.max(most, reserved),
        this.buckets[span.to - 1]?.reserved ?? 0,
      ),
    };
  }

  #endOf({ to, withStart }: Span): Moment {
    const { endBytes = 0, endBlocks = 0, base = 0, baseBlocks = 0 } = this.buckets[to - 1] ?? {};
    const time = this.timeOf(to);
    if (withStart) return { time, bytes: endBytes, blocks: endBlocks };
    return { time, bytes: endBytes - base, blocks: endBlocks - baseBlocks };
  }

  #peakMoment(span: Span): Moment {
    const peak = this.buckets[this.peakOf(span)];
    if (!peak) throw new RangeError(`Cannot show buckets ${span.from} to ${span.to}: there are none`);
    if (span.withStart) return { time: peak.peakTime, bytes: peak.peakBytes, blocks: peak.peakBlocks };
    return { time: peak.ownPeakTime, bytes: peak.ownPeakBytes, blocks: peak.ownPeakBlocks };
  }

  /** The sums of each account. */
  sums(view: View, span: Span): Sums {
    const key = `${view} ${span.from} ${span.to} ${span.withStart}`;
    const known = this.#known.get(key);
    if (known) return known;
    const sums = this.#compute(view, span);
    if (this.#known.size === MOST_KNOWN) this.#known.clear();
    this.#known.set(key, sums);
    return sums;
  }

  #compute(view: View, span: Span): Sums {
    const { nodes } = this.data.accounts;
    const sums: Sums = { bytes: new Float64Array(nodes.length), count: new Float64Array(nodes.length) };
    const { from, to } = span;
    const least = this.#hasStartIn(view, span) ? 0 : this.data.header.startAccounts;
    if (view === "allocated") this.#addRows(sums, least, ROW.bytes, from, to);
    else if (view === "temporary") this.#addRows(sums, least, ROW.temporary, from, to);
    else if (view === "end") this.#addRows(sums, least, ROW.net, 0, to);
    else if (view === "peak" && from === to) this.#addRows(sums, least, ROW.net, 0, to);
    else if (view === "peak") {
      const peak = this.peakOf(span);
      this.#addRows(sums, least, ROW.net, 0, peak);
      this.#addRows(sums, least, span.withStart ? ROW.peak : ROW.ownPeak, peak, peak + 1);
    } else {
      this.#addRows(sums, least, ROW.net, from, to);
      this.#addDeathsOfElders(sums, least, span);
    }
    return sums;
  }

  /**
   * Whether accounts of the interpreter's start count. The view of leaks does not count blocks of the start that were
   * live when the program began.
   */
  #hasStartIn(view: View, { from, to, withStart }: Span): boolean {
    const { program } = this.data.header;
    return withStart && !(view === "leaks" && from < program && program < to);
  }

  /**
   * Adds the value `which`, and the count after it, for accounts from `least` on, over the rows in buckets [from, to).
   */
  #addRows({ bytes, count }: Sums, least: number, which: number, from: number, to: number): void {
    const { accounts, buckets, values } = this.data.rows;
    for (let row = lowerBound(accounts, least); row < accounts.length; row++) {
      const bucket = buckets[row] as number;
      if (bucket < from || bucket >= to) continue;
      const account = accounts[row] as number;
      const at = row * ROW_VALUES + which;
      bytes[account] = (bytes[account] as number) + (values[at] as number);
      count[account] = (count[account] as number) + (values[at + 1] as number);
    }
  }

  /** Adds what was freed in the span and allocated before it, for accounts from `least` on. */
  #addDeathsOfElders({ bytes, count }: Sums, least: number, { from, to }: Span): void {
    const { accounts, births, deaths, bytes: crossedBytes, counts } = this.data.crossings;
    for (let k = lowerBound(accounts, least); k < accounts.length; k++) {
      const death = deaths[k] as number;
      if (death < from || death >= to || (births[k] as number) >= from) continue;
      const account = accounts[k] as number;
      bytes[account] = (bytes[account] as number) + (crossedBytes[k] as number);
      count[account] = (count[account] as number) + (counts[k] as number);
    }
  }

  /** The bytes and blocks of a whole view. */
  whole(view: View, span: Span): { bytes: number; count: number } {
    const { bytes, count } = this.sums(view, span);
    const sum = (of: Float64Array) => of.reduce((all, value) => all + value, 0);
    return { bytes: sum(bytes), count: sum(count) };
  }

  /** The interval that contains the true bytes of a view, if the recording is sampled. */
  interval(view: View, span: Span): Interval | undefined {
    const { sample } = this.data.header;
    if (sample === 0) return undefined;
    const { bytes, count } = this.sums(view, span);
    const variance = bytes.reduce((sum, of, k) => sum + varianceOf({ bytes: of, count: count[k] ?? 0 }, sample), 0);
    return intervalOf(this.whole(view, span).bytes, variance, sample);
  }

  /** The stacks in the shown form. */
  #stacks(parts: ShownParts): Shown {
    const key = `${parts.withImports} ${parts.withTypes}`;
    const shown = this.#shown.get(key) ?? shownStacks(this.tree, parts);
    this.#shown.set(key, shown);
    return shown;
  }

  /** Whether the recording has the types of objects. */
  get hasTypes(): boolean {
    return this.tree.functions.some(({ isType }) => isType);
  }

  /** The input for the groups of src/report/trace-groups.ts. */
  groupable(view: View, span: Span, parts: ShownParts = {}): Groupable {
    const { nodes, domains, sizeClasses } = this.data.accounts;
    const { bytes, count } = this.sums(view, span);
    const { tree, nodeOf } = this.#stacks(parts);
    return {
      tree,
      sample: this.data.header.sample,
      accounts: {
        length: nodes.length,
        nodes: { at: (k) => nodeOf[nodes[k] ?? 0] ?? 0 },
        domain: (k) => domains[k] ?? 0,
        sizeClass: (k) => sizeClasses[k] ?? 0,
        read: (_, k) => ({ bytes: bytes[k] ?? 0, count: count[k] ?? 0 }),
      },
    };
  }
}
