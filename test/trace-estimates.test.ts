// Estimates: every kind of report of 200 sampled recordings is compared with that of the full recording. The means are
// equal, and the stated intervals contain the truth in about 95 of 100 cases. The seeds are fixed.

import colors from "picocolors";
import { beforeAll, describe, expect, it } from "vitest";
import { type Address, Heap } from "../src/index.js";
import { buildPage } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { callsOf } from "../src/report/calls.js";
import { exportReport, FORMATS } from "../src/report/export/formats.js";
import { exportedStacks } from "../src/report/export/stacks.js";
import { type TraceReport, traceReport, viewInterval, viewSum } from "../src/report/trace-context.js";
import { differences } from "../src/report/trace-diff.js";
import { groupBy, labelOf, stackRows, sumByNode } from "../src/report/trace-groups.js";
import { traceStats } from "../src/report/trace-stats.js";
import { VIEWS, type View } from "../src/trace/accounts.js";
import { readTrace } from "../src/trace/reader.js";
import { type Interval, intervalOf } from "../src/trace/sampling.js";
import { Model } from "../viewer/model.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

const RUNS = 200;
const RATE = 4096;
/** A block is temporary if fewer than this many other blocks are allocated before it is freed. */
const TEMPORARY = 20;
/** The interval for a group that is not shown. */
const NOTHING = intervalOf(0, 0, RATE);

/** The program: the same blocks in the same order, however it is recorded. */
class Work {
  readonly #heap: Heap;
  readonly #random = randomIntegers(7);
  readonly #kept: Address[] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  #size(): number {
    return this.#random(25) === 0 ? this.#random(20_000) : 1 + this.#random(300);
  }

  keep(n: number): void {
    for (let k = 0; k < n; k++) this.#kept.push(this.#heap.malloc(this.#size()));
  }

  drop(n: number): void {
    for (let k = 0; k < n; k++) {
      const [block] = this.#kept.splice(this.#random(this.#kept.length), 1);
      if (block !== undefined) this.#heap.free(block);
    }
  }

  resize(n: number): void {
    for (let k = 0; k < n; k++) {
      const index = this.#random(this.#kept.length);
      const block = this.#kept[index];
      if (block !== undefined) this.#kept[index] = this.#heap.realloc(block, this.#size());
    }
  }

  /** Blocks that live while ten others are allocated: temporary. */
  short(n: number): void {
    for (let k = 0; k < n; k++) {
      const block = this.#heap.object.malloc(600);
      const others = Array.from({ length: 10 }, () => this.#heap.object.malloc(16));
      this.#heap.free(block);
      for (const other of others) this.#heap.free(other);
    }
  }

  /** Blocks that live while fifty others are allocated: not temporary. */
  long(n: number): void {
    for (let k = 0; k < n; k++) {
      const block = this.#heap.malloc(1000);
      const others = Array.from({ length: 50 }, () => this.#heap.malloc(24));
      this.#heap.free(block);
      for (const other of others) this.#heap.free(other);
    }
  }

  run(more = 1): void {
    this.keep(800 * more);
    this.short(150);
    this.resize(300);
    this.drop(500);
    this.long(60);
    this.keep(300);
    this.drop(350);
  }

  end(): void {
    for (const block of this.#kept) this.#heap.free(block);
  }
}

/** A figure of a report, with its stated interval. */
interface Figure {
  readonly value: number;
  readonly interval?: Interval | undefined;
}
type Figures = Map<string, Figure>;

/** The program's full recording, or a sampled one. */
function record(heap: Heap, run: (work: Work) => void, seed?: number): Tape {
  const tape = new Tape();
  const work = new Work(heap);
  const recorder = heap.trace({ write: tape.write, ...(seed !== undefined && { sample: RATE, seed }) });
  run(work);
  recorder.stop();
  work.end();
  return tape;
}

type Parts = Pick<TraceReport, "analysis" | "summary">;

const analysed = (tape: Tape): Promise<Parts> => tape.analyse({ temporary: TEMPORARY });

const reportOf = (parts: Parts, view: View): TraceReport =>
  traceReport({ ...parts, view, colors: colors.createColors(false) });

/** A function of the program, as a caller sees it. */
const isOurs = (label: string) => /^Work\.(keep|short|long|resize)/.test(label);

/** What the reports of one view show: summary, table, tree, stacks, callers, export, diff. */
function figuresOf(report: TraceReport, other: TraceReport): Figures {
  const { stacks, view } = report;
  const { sample = 0 } = stacks;
  const figures: Figures = new Map();
  const put = (name: string, value: number, interval?: Interval) =>
    figures.set(`${view}: ${name}`, { value, interval });
  const { bytes, count } = viewSum(report);
  put("bytes", bytes, viewInterval(report));
  put("blocks", count);
  for (const by of ["function", "size", "domain"] as const) {
    for (const { label, own, total, variance } of groupBy(stacks, view, by)) {
      if (by === "function" && !isOurs(label)) continue;
      put(`${by} ${label} own`, own.bytes, intervalOf(own.bytes, variance, sample));
      put(`${by} ${label} blocks`, own.count);
      put(`${by} ${label} total`, total.bytes);
    }
  }
  const { totalBytes } = sumByNode(stacks, view);
  put(
    "tree",
    [...totalBytes].reduce((sum, node) => sum + node, 0),
  );
  for (const { node, own, variance } of stackRows(stacks, view)) {
    const label = labelOf(stacks.tree, node, "line");
    if (/short|long/.test(label)) put(`stack ${label}`, own.bytes, intervalOf(own.bytes, variance, sample));
  }
  const run = groupBy(stacks, view, "function").find(({ label }) => label.startsWith("Work.run"))?.label ?? "";
  for (const callee of callsOf(stacks, view, run).callees) put(`callee ${callee.frame.function.name}`, callee.bytes);
  const exported = exportReport(report, FORMATS.json);
  put(
    "export",
    [...exportedStacks(exported)].reduce((sum, stack) => sum + stack.bytes, 0),
  );
  for (const row of differences(other, report, "domain")) put(`diff ${row.label}`, row.bytes);
  return figures;
}

/** The further figures of `stats`. */
function statsOf({ analysis, summary }: TraceReport): Figures {
  const stats = traceStats(analysis, summary);
  const figures: Figures = new Map();
  for (const name of ["allocations", "resizes", "frees"] as const) figures.set(name, { value: stats[name] });
  for (const name of ["allocatedBytes", "peakBytes", "endBytes"] as const) {
    figures.set(name, { value: stats[name], interval: stats[`${name}Interval`] ?? undefined });
  }
  for (const [size, count] of analysis.sizes)
    if ([16, 24, 600, 1000].includes(size)) figures.set(`size ${size}`, { value: count });
  return figures;
}

/** The page's figures for the whole. */
async function pageOf(tape: Tape): Promise<Figures> {
  const spans = new Spans({ temporary: TEMPORARY });
  const { metadata } = await readTrace([tape.bytes], "the tape", spans);
  const { command, started, sample } = metadata;
  const model = new Model(buildPage(spans, { command, started, sample, python: null, problem: null }));
  const span = { from: 0, to: model.buckets.length, withStart: true };
  const figures: Figures = new Map();
  for (const view of VIEWS) figures.set(`page ${view}`, { value: model.whole(view, span).bytes });
  const { peak, end } = model.figures(span);
  figures.set("page's peak", { value: peak.bytes });
  figures.set("page's end", { value: end.bytes });
  return figures;
}

describe("estimates", () => {
  let truth: Figures;
  const runs: Figures[] = [];

  beforeAll(async () => {
    const heap = await Heap.create();
    const other = await analysed(record(heap, (work) => work.run(3)));
    const all = async (tape: Tape): Promise<Figures> => {
      const figures: Figures = new Map();
      const add = (more: Figures) => {
        for (const [name, figure] of more) figures.set(name, figure);
      };
      const parts = await analysed(tape);
      for (const view of VIEWS) {
        const report = reportOf(parts, view);
        add(figuresOf(report, reportOf(other, view)));
        if (view === "end") add(statsOf(report));
      }
      add(await pageOf(tape));
      return figures;
    };
    truth = await all(record(heap, (work) => work.run()));
    for (let seed = 0; seed < RUNS; seed++) runs.push(await all(record(heap, (work) => work.run(), seed)));
    heap.check();
  }, 300_000);

  const valuesOf = (name: string) => runs.map((run) => run.get(name)?.value ?? 0);

  it("are right on average, in every report", () => {
    expect(truth.size).toBeGreaterThan(150);
    const names = new Set([...truth.keys(), ...runs.flatMap((run) => [...run.keys()])]);
    const wrong: string[] = [];
    for (const name of names) {
      const values = valuesOf(name);
      const mean = values.reduce((sum, value) => sum + value, 0) / RUNS;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / RUNS);
      const expected = truth.get(name)?.value ?? 0;
      // Too small to be sampled in 200 runs.
      if (deviation === 0 && expected < 100) continue;
      // A peak is found to an eighth of the rate; rows with less than half a block or byte are not shown.
      const slack = (/peak/.test(name) ? RATE / 8 : 0) + 1;
      if (Math.abs(mean - expected) > (4.5 * deviation) / Math.sqrt(RUNS) + slack) {
        wrong.push(`${name}: ${expected} is ${mean} in the mean, with a deviation of ${deviation}`);
      }
    }
    expect(wrong.join("\n")).toBe("");
  });

  it("have intervals that hold the truth in about 95 of 100", () => {
    const wrong: string[] = [];
    let all = 0;
    let [held, stated] = [0, 0];
    for (const [name, { value }] of truth) {
      const intervals = runs.map((run) => run.get(name)?.interval);
      if (!truth.get(name)?.interval) continue;
      all++;
      // A group without samples is not shown: it has less than the upper bound for nothing.
      const hits = intervals.filter(({ low, high } = NOTHING) => value >= low && value <= high).length;
      held += hits;
      stated += RUNS;
      // Of 200 with a chance of 0.95 each, 190 are expected to hold, with a standard deviation of 3.1.
      if (hits < 178) wrong.push(`${name}: ${hits} of ${RUNS}`);
    }
    expect(wrong.join("\n")).toBe("");
    expect(all).toBeGreaterThan(50);
    expect(held / stated).toBeGreaterThan(0.94);
    expect(held / stated).toBeLessThan(0.99);
  });

  it("know exactly how many other blocks came during a block's life", () => {
    const ofLine = (kind: RegExp, run: Figures) =>
      [...run].filter(([name]) => /^temporary: stack/.test(name) && kind.test(name));
    expect(ofLine(/short/, truth).map(([, { value }]) => value)).toEqual([600 * 150]);
    for (const run of [truth, ...runs]) expect(ofLine(/long/, run)).toEqual([]);
  });
});
