// The page's data, asked for a span and a view: figures for each account, then for whatever they are grouped by. The
// equations are in src/page/model.ts.

import { type Bucket, type PageData, ROW, ROW_VALUES } from "../src/page/model.js";
import { bucketOf, endOf, highestBucket, highestOf } from "../src/page/moments.js";
import type { Groupable } from "../src/report/trace-groups.js";
import type { View } from "../src/trace/accounts.js";
import { StackTree } from "../src/trace/tree.js";

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Sums {
  readonly bytes: Float64Array;
  readonly count: Float64Array;
}

export interface SpanFigures {
  readonly peak: Bucket;
  readonly endBytes: number;
  readonly endBlocks: number;
  readonly allocations: number;
  readonly reserved: number;
}

export class Model {
  #data: PageData;
  #tree = new StackTree();
  #cached: { readonly key: string; readonly sums: Sums } | undefined;

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

  /** From now on the model is of other data: what a program that runs has come to. */
  replace(data: PageData): void {
    this.#data = data;
    this.#tree = new StackTree();
    this.#cached = undefined;
    const { nodes, header } = data;
    for (const f of header.functions.slice(1)) this.#tree.addFunction(f);
    for (let node = 1; node < nodes.parents.length; node++) {
      this.#tree.addNode(nodes.parents[node] ?? 0, nodes.functions[node] ?? 1, nodes.lines[node] ?? 0);
    }
  }

  /** The boundary between buckets that is nearest to a time in microseconds. */
  boundaryAt(microseconds: number): number {
    let best = 0;
    for (let k = 1; k <= this.buckets.length; k++) {
      if (Math.abs(this.timeOf(k) - microseconds) < Math.abs(this.timeOf(best) - microseconds)) best = k;
    }
    return best;
  }

  /** From where the program begins to the end; undefined if nothing before it was recorded. */
  get program(): Span | undefined {
    const from = this.data.header.program;
    return from > 0 ? { from, to: this.buckets.length } : undefined;
  }

  get buckets(): readonly Bucket[] {
    return this.data.header.buckets;
  }

  /** When the bucket begins, in microseconds; for the one after the last, when everything ends. */
  timeOf(bucket: number): number {
    return this.buckets[bucket]?.time ?? this.data.header.duration;
  }

  /** The bucket in which the most was live. */
  peakOf({ from, to }: Span): number {
    return highestBucket(this.buckets, from, to);
  }

  /** The moment of a view that the heap map shows, or the nearest that the page has: its index. */
  momentOf(view: View, span: Span): number {
    const { moments } = this.data.blocks;
    const wanted = view === "peak" ? highestOf(this.peakOf(span)) : endOf(span.to - 1);
    const distance = (k: number) => Math.abs((moments[k] ?? 0) - wanted);
    let best = 0;
    for (let k = 1; k < moments.length; k++) if (distance(k) < distance(best)) best = k;
    return best;
  }

  /** When a moment is, in microseconds. */
  timeOfMoment(index: number): number {
    const moment = this.data.blocks.moments[index] ?? endOf(this.buckets.length - 1);
    const bucket = bucketOf(moment);
    return moment === highestOf(bucket) ? (this.buckets[bucket]?.peakTime ?? 0) : this.timeOf(bucket + 1);
  }

  figures(span: Span): SpanFigures {
    const inSpan = this.buckets.slice(span.from, span.to);
    const last = inSpan.at(-1);
    const peak = this.buckets[this.peakOf(span)];
    if (!peak || !last) throw new RangeError(`Cannot show buckets ${span.from} to ${span.to}: there are none`);
    return {
      peak,
      endBytes: last.endBytes,
      endBlocks: last.endBlocks,
      allocations: inSpan.reduce((sum, { allocations }) => sum + allocations, 0),
      reserved: inSpan.reduce((most, { reserved }) => Math.max(most, reserved), 0),
    };
  }

  /** Sums for each account. */
  sums(view: View, span: Span): Sums {
    const key = `${view} ${span.from} ${span.to}`;
    if (this.#cached?.key === key) return this.#cached.sums;
    const sums = this.#compute(view, span);
    this.#cached = { key, sums };
    return sums;
  }

  #compute(view: View, span: Span): Sums {
    const length = this.data.accounts.nodes.length;
    const sums: Sums = { bytes: new Float64Array(length), count: new Float64Array(length) };
    const { from, to } = span;
    if (view === "allocated") this.#addRows(sums, ROW.bytes, from, to);
    else if (view === "temporary") this.#addRows(sums, ROW.temporary, from, to);
    else if (view === "end") this.#addRows(sums, ROW.net, 0, to);
    else if (view === "peak") {
      const peak = this.peakOf(span);
      this.#addRows(sums, ROW.net, 0, peak);
      this.#addRows(sums, ROW.peak, peak, peak + 1);
    } else {
      this.#addRows(sums, ROW.net, from, to);
      this.#addDeathsOfElders(sums, span);
    }
    return sums;
  }

  /** Adds the value `which`, and the count behind it, of the rows of buckets [from, to). */
  #addRows({ bytes, count }: Sums, which: number, from: number, to: number): void {
    const { accounts, buckets, values } = this.data.rows;
    for (let row = 0; row < accounts.length; row++) {
      const bucket = buckets[row] as number;
      if (bucket < from || bucket >= to) continue;
      const account = accounts[row] as number;
      const at = row * ROW_VALUES + which;
      bytes[account] = (bytes[account] as number) + (values[at] as number);
      count[account] = (count[account] as number) + (values[at + 1] as number);
    }
  }

  /** Adds what was freed in the span and born before it. */
  #addDeathsOfElders({ bytes, count }: Sums, { from, to }: Span): void {
    const { accounts, births, deaths, bytes: crossedBytes, counts } = this.data.crossings;
    for (let k = 0; k < accounts.length; k++) {
      const death = deaths[k] as number;
      if (death < from || death >= to || (births[k] as number) >= from) continue;
      const account = accounts[k] as number;
      bytes[account] = (bytes[account] as number) + (crossedBytes[k] as number);
      count[account] = (count[account] as number) + (counts[k] as number);
    }
  }

  /** All of a view's bytes and blocks. */
  whole(view: View, span: Span): { bytes: number; count: number } {
    const { bytes, count } = this.sums(view, span);
    const sum = (of: Float64Array) => of.reduce((all, value) => all + value, 0);
    return { bytes: sum(bytes), count: sum(count) };
  }

  /** What src/report/trace-groups.ts makes groups of. */
  groupable(view: View, span: Span): Groupable {
    const { nodes, domains, sizeClasses } = this.data.accounts;
    const { bytes, count } = this.sums(view, span);
    return {
      tree: this.tree,
      accounts: {
        length: nodes.length,
        nodes: { at: (k) => nodes[k] ?? 0 },
        domain: (k) => domains[k] ?? 0,
        sizeClass: (k) => sizeClasses[k] ?? 0,
        read: (_, k) => ({ bytes: bytes[k] ?? 0, count: count[k] ?? 0 }),
      },
    };
  }
}
