// Traces of blocks of 0.5 to 3 GiB, above and across 2 GiB: whatever reads a trace says what the model of big-trace.ts
// says, of every view and every moment.

import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { BLOCK_DOMAINS } from "../src/core/catalogue.gen.js";

import { decodePage } from "../src/page/wire.js";
import { FORMATS } from "../src/report/export/formats.js";
import { NEVER, ParquetTables, type TableName } from "../src/report/export/parquet.js";
import { hasProgram } from "../src/report/program-time.js";
import { type AnalyseOptions, analyse, flamegraphPage, type Report } from "../src/report.js";
import { bytes as inWords } from "../src/text/bytes.js";
import { VIEWS, type View } from "../src/trace/accounts.js";
import { readTrace } from "../src/trace/reader.js";
import { sizeClassName } from "../src/trace/size-class.js";
import { Model } from "../viewer/model.js";
import { unpack } from "../viewer/unpack.js";
import {
  type BigBlock,
  type BigEvent,
  BigModel,
  type Book,
  bigTrace,
  keyOf,
  type ModelFigures,
  pathText,
  type Sum,
  sumOf,
} from "./big-trace.js";
import { Adder, EXPORTED, type Found, OUTSIDE, pathOf, place, START } from "./exported-stacks.js";
import { randomIntegers, SEED } from "./random.js";

const TRACES = Number(process.env.PYHEAP_TRACES ?? 3);
const STEPS = 300;
/** The sums of a book under other keys. */
function regrouped(book: Book, groupsOf: (path: string, domain: string, sizeClass: string) => Iterable<string>): Found {
  const sums = new Map<string, Sum>();
  for (const [key, { bytes, count }] of book) {
    const [path = "", domain = "", sizeClass = ""] = key.split(" | ");
    for (const group of new Set(groupsOf(path, domain, sizeClass))) {
      const before = sums.get(group) ?? { bytes: 0n, count: 0 };
      sums.set(group, { bytes: before.bytes + bytes, count: before.count + count });
    }
  }
  return new Map([...sums].map(([key, { bytes, count }]) => [key, { bytes: Number(bytes), count }]));
}

const byPath = (book: Book) => regrouped(book, (path) => [path]);
const asFound = (book: Book): Found => regrouped(book, (...parts) => [keyOf(...parts)]);

/** What a format shows by stack, with the interpreter's start as one more. */
function withStart(found: Found, { bytes, count }: Sum): Found {
  return count === 0 ? found : new Map([...found, [START, { bytes: Number(bytes), count }]]);
}

/** The sums as a format has them that lacks bytes or counts: those are 0, and a sum of which nothing is left is omitted. */
const only = (found: Found, { bytes: hasBytes = true, count: hasCount = true }) =>
  new Map(
    [...found]
      .map(([key, { bytes, count }]) => [key, { bytes: hasBytes ? bytes : 0, count: hasCount ? count : 0 }] as const)
      .filter(([, { bytes, count }]) => bytes !== 0 || count !== 0),
  );

async function expectExports(report: Report, { views, start }: ModelFigures, view: View): Promise<void> {
  for (const name of Object.keys(FORMATS) as (keyof typeof FORMATS)[]) {
    const blob = await report.export(name);
    const isPacked = name === "pprof";
    const stream = isPacked ? blob.stream().pipeThrough(new DecompressionStream("gzip")) : blob.stream();
    const found = EXPORTED[name](new Uint8Array(await new Response(stream).arrayBuffer()));
    const book = name === "csv" ? asFound(views[view]) : byPath(views[view]);
    const parts = name === "heapprofile" || name === "collapsed" ? { count: false } : {};
    expect({ name, found: only(found, parts) }).toEqual({ name, found: only(withStart(book, start[view]), parts) });
  }
}

// ---- reports ----

type GroupsOf = (path: string, domain: string, sizeClass: string) => string[];
/** The labels under which a report counts a stack, a domain and a size class; the first is that of the block itself. */
const GROUPS: Readonly<Record<"domain" | "size" | "line" | "file", GroupsOf>> = {
  domain: (_path, domain) => [domain],
  size: (_path, _domain, sizeClass) => [sizeClass],
  line: (path) => framesIn(path).map(({ name, file, line }) => (file === "" ? name : `${file}:${line} ${name}`)),
  file: (path) => framesIn(path).map(({ name, file }) => (file === "" ? name : file)),
};

function framesIn(path: string): ReturnType<typeof place>[] {
  if (path === "") return [place(OUTSIDE, "", 0)];
  return path.split(" < ").map((frame) => {
    const [, name = "", file = "", line = ""] = /^(\S+) \((\S+):(\d+)\)$/.exec(frame) ?? [];
    return place(name, file, Number(line));
  });
}

function expectReport(report: Report, figures: ModelFigures, view: View): void {
  const book = figures.views[view];
  for (const [by, of] of Object.entries(GROUPS)) {
    const groups = report.groups(by as keyof typeof GROUPS);
    const own = new Map(groups.map(({ label, own }) => [label, own]));
    const total = new Map(groups.map(({ label, total }) => [label, total]));
    expect({ by, own: only(own, {}) }).toEqual({
      by,
      own: only(
        regrouped(book, (...parts) => of(...parts).slice(0, 1)),
        {},
      ),
    });
    expect({ by, total: only(total, {}) }).toEqual({ by, total: only(regrouped(book, of), {}) });
  }
  const stacks = new Adder();
  for (const { frames, bytes, count } of report.stacks()) stacks.add(pathText(frames), bytes, count);
  expect(stacks.found).toEqual(byPath(book));
  const most = Math.max(0, ...[...regrouped(book, (_, domain) => [domain]).values()].map(({ bytes }) => bytes));
  const whole = sumOf(book);
  if (whole.count === 0) return;
  const table = report.text.table({ by: "domain" });
  expect(table).toContain(inWords(most));
  expect(table).toContain(`: ${inWords(Number(whole.bytes))} in ${whole.count.toLocaleString("en-US")} block`);
  for (const text of [report.text.tree(), report.text.summary()]) expect(text).toContain(inWords(Number(whole.bytes)));
}

function expectStats({ stats, problem }: Report, figures: ModelFigures): void {
  expect(problem).toBeUndefined();
  const { views, start } = figures;
  const [peak, end, allocated] = [views.peak, views.end, views.allocated].map(sumOf) as [Sum, Sum, Sum];
  expect(stats).toMatchObject({
    ...{ allocations: figures.allocations, resizes: figures.resizes, frees: figures.frees, foreignFrees: 0 },
    ...{ peakBytes: Number(peak.bytes), peakBlocks: peak.count },
    ...{ endBytes: Number(end.bytes), endBlocks: end.count, allocatedBytes: Number(allocated.bytes) },
    ...{ platformPeakBytes: figures.reservedPeak },
    start: {
      ...{ allocatedBytes: Number(start.allocated.bytes), allocations: start.allocated.count },
      ...{ peakBytes: Number(start.peak.bytes), peakBlocks: start.peak.count },
      ...{ endBytes: Number(start.end.bytes), endBlocks: start.end.count },
    },
  });
  expect(stats.peakSeconds * 1e6).toBeCloseTo(figures.peakTime - figures.programTime, 3);
  const shares = (list: readonly { name: string; bytes: number; count: number }[]) =>
    new Map(list.map(({ name, ...sum }) => [name, sum]));
  expect(shares(stats.domains)).toEqual(regrouped(views.allocated, (_, domain) => [domain]));
  expect(shares(stats.sizeClasses)).toEqual(regrouped(views.allocated, (_, __, sizeClass) => [sizeClass]));
}

/** What is live after each mark of time, which the timeline has. */
function expectTimeline({ timeline }: Report, events: readonly BigEvent[], programTime: number): void {
  const marks = events.filter((event) => event.kind === "time");
  const live = new Map([0, ...marks.map(({ now }) => now)].map((now) => [now - programTime, levelAt(events, now)]));
  expect(timeline.length).toBeGreaterThan(0);
  for (const { time, live: bytes, blocks } of timeline) {
    const sum = live.get(time);
    expect({ time, bytes, blocks }).toEqual({ time, bytes: Number(sum?.bytes), blocks: sum?.count });
  }
}

type Amount = { bytes: number; count: number };

const levelAt = (events: readonly BigEvent[], now: number): Sum =>
  sumOf(BigModel.of(events, { to: now, withStart: true }).views.end);

// ---- pages and tables ----

async function pageOf(trace: Uint8Array<ArrayBuffer>): Promise<Model> {
  const html = await (await flamegraphPage(trace)).text();
  const packed = /id="data" data-kind="trace">([^<]*)</.exec(html)?.[1] ?? "";
  return new Model(decodePage(await unpack(packed)));
}

function expectPageView(
  model: Model,
  view: View,
  picked: { from: number; to: number; withStart: boolean },
  book: Book,
) {
  const groupable = model.groupable(view, model.spanOf(picked));
  const found = new Adder();
  for (let account = 0; account < groupable.accounts.length; account++) {
    const { bytes, count } = groupable.accounts.read(view, account);
    const frames = groupable.tree.stack(groupable.accounts.nodes.at(account));
    const path = pathOf(frames.map(({ function: f, line }) => place(f.name, f.file, line)));
    const key = keyOf(
      path,
      BLOCK_DOMAINS[groupable.accounts.domain(account)] ?? "",
      sizeClassName(groupable.accounts.sizeClass(account)),
    );
    if (bytes !== 0 || count !== 0) found.add(key, bytes, count);
  }
  expect({ view, picked, found: found.found }).toEqual({ view, picked, found: asFound(book) });
}

function expectPage(model: Model, events: readonly BigEvent[], figures: ModelFigures, random: (n: number) => number) {
  for (const withStart of [false, true]) {
    const whole = model.range(withStart);
    const picks = [
      whole,
      ...Array.from({ length: 3 }, () => {
        const ends = [random(whole.to - whole.from), random(whole.to - whole.from)].sort((a, b) => a - b);
        return { from: model.snap(whole.from + (ends[0] ?? 0)), to: model.snap(whole.from + (ends[1] ?? 0)) };
      }),
    ];
    for (const { from, to } of picks) {
      const [first, last] = [from, to].map((time) => time + figures.programTime) as [number, number];
      const end = to === whole.to ? Number.POSITIVE_INFINITY : last - 1;
      // A span that begins before the program, and ends in it, has the leaks of both: that is tested in page.test.ts.
      if (from === to || (withStart && from > whole.from && from < 0)) continue;
      const options = { from: from === whole.from && withStart ? 0 : first, to: end, withStart };
      const views = BigModel.of(events, options).views;
      for (const view of ["peak", "end", "allocated"] as const)
        expectPageView(model, view, { from, to, withStart }, views[view]);
    }
  }
  for (const view of VIEWS) {
    expectPageView(model, view, { ...model.range(false), withStart: false }, figures.views[view]);
  }
}

function expectBlocks({ data: { blocks } }: Model, { live }: ModelFigures): void {
  const atEnd = [...blocks.addresses.keys()].filter((k) => blocks.lasts[k] === blocks.froms.length - 1);
  const shown = new Map(atEnd.map((k) => [blocks.addresses[k], blocks.sizes[k]]));
  expect(shown).toEqual(new Map(live.map(({ address, size }) => [address, size])));
}

/** The rows of a trace's tables. */
async function tablesOf(trace: Uint8Array): Promise<Record<TableName, Record<string, unknown>[]>> {
  const pieces = new Map<TableName, Uint8Array[]>();
  const open = (name: TableName) => {
    pieces.set(name, []);
    return (bytes: Uint8Array) => void pieces.get(name)?.push(bytes.slice());
  };
  const tables = new ParquetTables(open, { hasStart: await hasProgram([trace], "the trace") });
  tables.end(await readTrace([trace], "the trace", tables));
  const rows = await Promise.all(
    [...pieces].map(async ([name, parts]) => {
      const file = new Uint8Array(Buffer.concat(parts)).buffer;
      return [name, await parquetReadObjects({ file })] as const;
    }),
  );
  return Object.fromEntries(rows) as Record<TableName, Record<string, unknown>[]>;
}

async function expectTables(trace: Uint8Array, events: readonly BigEvent[], figures: ModelFigures): Promise<void> {
  const tables = await tablesOf(trace);
  const rowOf = ({ address, size, at, event }: BigBlock) => ({
    address,
    size,
    domain: BLOCK_DOMAINS[at.domain],
    born: event,
  });
  const expected = [
    ...figures.freed.map((block) => ({ ...rowOf(block), freed: block.freedEvent })),
    ...figures.live.map((block) => ({ ...rowOf(block), freed: NEVER })),
  ].map((row) => ({ ...row, of_start: row.born < figures.programEvent ? 1 : 0 }));
  const rows = tables.blocks.map(({ address, size, domain, born, freed, of_start }) => ({
    address,
    size,
    domain,
    born,
    freed,
    of_start,
  }));
  const order = (list: readonly { readonly born?: unknown }[]) =>
    [...list].sort((a, b) => Number(a.born) - Number(b.born));
  expect(order(rows)).toEqual(order(expected));
  const peak = sumOf(figures.views.peak);
  expect(tables.recording[0]).toMatchObject({ peak_bytes: Number(peak.bytes), peak_blocks: peak.count });
  const sizes = events.flatMap((event) => (event.kind === "allocate" || event.kind === "resize" ? [event.size] : []));
  expect(tables.events.filter(({ kind }) => kind !== "free").map(({ size }) => size)).toEqual(sizes);
  expect(tables.stacks.length).toBe(7);
}

// ---- the tests ----

/** A trace's report in each view. */
async function reportsOf(trace: Uint8Array<ArrayBuffer>, options: AnalyseOptions): Promise<[View, Report][]> {
  return Promise.all(VIEWS.map(async (at) => [at, await analyse(trace, { ...options, at })] as [View, Report]));
}

describe(`traces of large blocks (PYHEAP_SEED=${SEED})`, () => {
  const seeds = Array.from({ length: TRACES }, (_, k) => SEED + k);
  const each = (run: (seed: number) => Promise<void>) => async () => {
    for (const seed of seeds) {
      try {
        await run(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
  };

  it(
    "reports and exports have the model's figures in every view",
    each(async (seed) => {
      const { bytes, totals, events } = bigTrace(seed, STEPS);
      for (const withStart of [false, true]) {
        const figures = BigModel.of(events, { withStart });
        for (const [view, report] of await reportsOf(bytes, { withStart })) {
          expectReport(report, figures, view);
          await expectExports(report, figures, view);
          expectStats(report, figures);
        }
      }
      const figures = BigModel.of(events);
      expectTimeline(await analyse(bytes), events, figures.programTime);
      for (const [view, report] of await reportsOf(totals, {})) {
        expectReport(report, figures, view);
        expectStats(report, figures);
      }
    }),
  );

  it(
    "reports have the model's figures at any moment and in any span",
    each(async (seed) => {
      const { bytes, events } = bigTrace(seed, STEPS);
      const random = randomIntegers(seed);
      const { programTime } = BigModel.of(events);
      const last = events.at(-1) as Extract<BigEvent, { kind: "time" }>;
      const seconds = (time: number) => (time - programTime) / 1e6;
      for (let k = 0; k < 5; k++) {
        const [from, to] = [0, 0].map(() => programTime + random(last.now - programTime)).sort((a, b) => a - b);
        const moment = BigModel.of(events, { to });
        expectReport(await analyse(bytes, { at: seconds(to as number) }), moment, "end");
        const figures = BigModel.of(events, { from, to });
        for (const [view, report] of await reportsOf(bytes, {
          from: seconds(from as number),
          to: seconds(to as number),
        })) {
          expectReport(report, figures, view);
          expectStats(report, figures);
        }
      }
    }),
  );

  it(
    "a page has them, in every span, and every block where it is",
    each(async (seed) => {
      const { bytes, totals, events } = bigTrace(seed, STEPS);
      const figures = BigModel.of(events);
      const model = await pageOf(bytes);
      expectPage(model, events, figures, randomIntegers(seed));
      expectBlocks(model, figures);
      const summed = await pageOf(totals);
      for (const view of VIEWS) {
        expectPageView(summed, view, { ...summed.range(false), withStart: false }, figures.views[view]);
      }
    }),
  );

  it(
    "tables of Parquet have every block and every event",
    each(async (seed) => {
      const { bytes, events } = bigTrace(seed, STEPS);
      await expectTables(bytes, events, BigModel.of(events));
    }),
  );

  it(
    "differences of two traces are the models'",
    each(async (seed) => {
      const [first, second] = [bigTrace(seed, STEPS), bigTrace(seed + 1000, STEPS)];
      const models = [first, second].map(({ events }) => BigModel.of(events).views);
      for (const view of VIEWS) {
        const [before, after] = await Promise.all([first, second].map(({ bytes }) => analyse(bytes, { at: view })));
        // Not by line: a line that moved in its function is not a difference.
        for (const by of ["file", "domain", "size"] as const) {
          const found = models.map((views) => regrouped(views[view], (...parts) => GROUPS[by](...parts).slice(0, 1)));
          const [a, b] = found as [Found, Found];
          const expected = [...new Set([...a.keys(), ...b.keys()])].map((label) => {
            const [one, two] = [a, b].map((found) => found.get(label) ?? { bytes: 0, count: 0 }) as [Amount, Amount];
            const change = { bytes: two.bytes - one.bytes, count: two.count - one.count };
            return [label, { before: one.bytes, after: two.bytes, ...change }] as const;
          });
          const changes = (after as Report).changesSince(before as Report, by);
          expect(new Map(changes.map(({ label, ...change }) => [label, change]))).toEqual(
            new Map(expected.filter(([, { bytes, count }]) => bytes !== 0 || count !== 0)),
          );
        }
      }
    }),
  );
});
