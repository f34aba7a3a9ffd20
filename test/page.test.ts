// For any span, the data of a page has the same figures as an analysis of that span. Compared on random programs,
// through the bytes of a page, with so many events that stretches of time are joined again and again.

import { describe, expect, it } from "vitest";
import { buildPage } from "../src/page/build.js";
import { withSources } from "../src/page/sources.js";
import { Spans } from "../src/page/spans.js";
import { decodePage, encodePage } from "../src/page/wire.js";
import { groupBy } from "../src/report/trace-groups.js";
import type { View } from "../src/trace/accounts.js";
import { Analysis } from "../src/trace/analysis.js";
import type { TraceConsumer } from "../src/trace/reader.js";
import { readTrace } from "../src/trace/reader.js";
import { totalsWriter, writeTotals } from "../src/trace/totals-writer.js";
import { StackTree } from "../src/trace/tree.js";
import { layOut, MOST_LEVELS } from "../viewer/flame/layout.js";
import { FlameTree } from "../viewer/flame/tree.js";
import { Model, type Span } from "../viewer/model.js";
import { type Shown, shownStacks } from "../viewer/shown.js";
import { originOf } from "../viewer/words.js";
import { randomNumbers, SEED } from "./random.js";

const VIEWS: readonly View[] = ["peak", "end", "leaks", "allocated", "temporary"];
const FACTS = { command: ["random"], started: "", python: null, sample: 0, problem: null };
const FUNCTIONS = 12;
const NODES = 40;

/**
 * A program that allocates, resizes and frees, with phases of growth and of shrinking, and with pauses. The time is
 * recorded every 64 events. Returns the duration, in microseconds.
 */
function play(seed: number, events: number, to: TraceConsumer, programAt = 0): number {
  const next = randomNumbers(seed);
  const below = (n: number) => Math.floor(next() * n);
  for (let k = 0; k < FUNCTIONS; k++) to.function({ name: `f${k}`, file: `m${k % 3}.py`, firstLine: k });
  for (let k = 0; k < NODES; k++) to.node(below(k + 1), 1 + below(FUNCTIONS), 1 + below(50));
  const live: number[] = [];
  let free = 8;
  let now = 0;
  for (let k = 1; k <= events; k++) {
    const grows = (k >> 14) % 3 !== 2;
    const choice = next();
    if (live.length === 0 || choice < (grows ? 0.52 : 0.42)) {
      const address = free;
      free += 8;
      live.push(address);
      to.allocate(address, 1 + below(600), below(3), below(NODES + 1));
    } else if (choice < 0.95) {
      // Often the latest block, so that some are temporary.
      const at = next() < 0.5 ? live.length - 1 : below(live.length);
      const last = live.pop() ?? 0;
      to.free(at < live.length ? (live[at] as number) : last);
      if (at < live.length) live[at] = last;
    } else {
      const at = below(live.length);
      to.resize(live[at] ?? 0, free, 1 + below(600), below(3), below(NODES + 1));
      live[at] = free;
      free += 8;
    }
    if (k % 64 !== 0) continue;
    now += 1 + below(1200) + (below(500) === 0 ? below(1_000_000) : 0);
    to.time(now);
    if (k === programAt) to.program();
  }
  to.time(now + 640);
  return now + 640;
}

interface Level {
  /** The most bytes that the program had added after any event of the mark. */
  highestOwn: number;
  /** The live bytes at that moment. */
  atHighest: number;
  /** The live bytes after the mark's last event. */
  atEnd: number;
}

/** The live bytes by marks of time, counted directly. */
function levelsOf(seed: number, events: number, programAt: number): Map<number, Level> {
  const sizes = new Map<number, number>();
  const before = new Set<number>();
  const levels = new Map<number, Level>();
  let [now, live, base] = [0, 0, 0];
  const note = () => {
    const level = levels.get(now) ?? { highestOwn: -1, atHighest: 0, atEnd: 0 };
    levels.set(now, level);
    level.atEnd = live;
    if (live - base > level.highestOwn) Object.assign(level, { highestOwn: live - base, atHighest: live });
  };
  const free = (address: number) => {
    const size = sizes.get(address) ?? 0;
    sizes.delete(address);
    live -= size;
    if (before.delete(address)) base -= size;
    note();
  };
  const allocate = (address: number, size: number) => {
    sizes.set(address, size);
    live += size;
    note();
  };
  const nothing = () => undefined;
  play(
    seed,
    events,
    {
      ...{ function: nothing, node: nothing, metadata: nothing, collection: nothing, reserved: nothing },
      ...{ account: nothing, whole: nothing, outgrown: nothing, others: nothing, liveNow: nothing, free, allocate },
      ...{ baseGone: nothing, baseBlock: nothing },
      time: (microseconds) => {
        now = microseconds;
      },
      program: () => {
        for (const address of sizes.keys()) before.add(address);
        base = live;
      },
      resize: (old, address, size) => {
        free(old);
        allocate(address, size);
      },
    },
    programAt,
  );
  return levels;
}

const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);

/** Checks that all figures of the page for a span equal those of an analysis of it. */
function expectSame(model: Model, span: Span, analysis: Analysis): void {
  const figures = model.figures(span);
  const { peakBytes, liveBytes, liveBlocks } = analysis.figures;
  const { peak, end } = figures;
  expect({ span, peak: peak.bytes, end: end.bytes, blocks: end.blocks }).toEqual({
    ...{ span, peak: peakBytes, end: liveBytes, blocks: liveBlocks },
  });
  if (!span.withStart) expect(figures.base).toBe(analysis.start.end.bytes);
  // Only a block that was allocated before the span and freed right after its beginning is temporary for one and not
  // for the other.
  const temporary = groupBy(analysis, "temporary", "domain").reduce((sum, { own }) => sum + own.count, 0);
  const more = model.whole("temporary", span).count - temporary;
  expect(more === 0 || (more === 1 && span.from > 0)).toBe(true);
  for (const view of VIEWS) {
    if (view === "temporary" && more === 1) continue;
    for (const grouping of ["line", "size", "domain"] as const) {
      const ours = bySize(groupBy(model.groupable(view, span), view, grouping));
      const theirs = bySize(groupBy(analysis, view, grouping));
      expect({ view, span, groups: ours }).toEqual({ view, span, groups: theirs });
    }
  }
}

const bySize = (groups: ReturnType<typeof groupBy>) =>
  Object.fromEntries(groups.map(({ label, own, total }) => [label, { own, total }]));

describe("a page's data", () => {
  const EVENTS = 160_000;
  const PROGRAM_AT = 64 * 600;

  for (const { what, options } of [
    { what: "many stretches of time", options: {} },
    { what: "few", options: { mostBuckets: 640 } },
  ]) {
    it(`agrees with an analysis of any span that is picked, with ${what} (PYHEAP_SEED=${SEED})`, () => {
      const spans = new Spans(options);
      play(SEED, EVENTS, spans, PROGRAM_AT);
      const model = new Model(decodePage(encodePage(buildPage(spans, FACTS))));
      const pick = randomNumbers(SEED + 1);
      for (const withStart of [false, true]) {
        const whole = model.range(withStart);
        const drag = () => model.snap(Math.round(whole.from + pick() * (whole.to - whole.from)));
        const spansToTry: [number, number][] = [
          [whole.from, whole.to],
          ...times(3, () => [drag(), drag()] as [number, number]),
        ];
        for (const [from = 0, to = 0] of spansToTry.map((ends) => ends.sort((a, b) => a - b))) {
          const span = model.spanOf({ from, to, withStart });
          // Times of a page count from the program's beginning, those of an analysis from the recording's.
          const begun = -model.data.header.begin;
          const end = to === whole.to ? Number.POSITIVE_INFINITY : begun + to - 1;
          const analysis = new Analysis({ from: begun + from, to: end, withStart });
          play(SEED, EVENTS, analysis, PROGRAM_AT);
          expectSame(model, span, analysis);
        }
      }
    });
  }

  it("picks what is dragged to a hundredth of what is seen, and finer where less is seen", () => {
    const spans = new Spans();
    const duration = play(SEED, EVENTS, spans, PROGRAM_AT);
    const model = new Model(buildPage(spans, FACTS));
    const pick = randomNumbers(SEED + 2);
    for (const withStart of [false, true]) {
      const whole = model.range(withStart);
      const { begin: first } = model.data.header;
      expect(first).toBeLessThan(0);
      expect(whole).toEqual({ from: withStart ? first : 0, to: duration + first });
      for (const zoom of [1, 4]) {
        const seen = (whole.to - whole.from) / zoom;
        const begin = whole.from + pick() * (whole.to - whole.from - seen);
        for (let k = 0; k < 300; k++) {
          const wanted = begin + pick() * seen;
          // In the interpreter's start, the page has longer stretches of time.
          if (zoom > 1 && wanted < 0) continue;
          expect(Math.abs(model.snap(wanted) - wanted)).toBeLessThanOrEqual(seen / 100);
        }
      }
    }
  });

  it("has all events, also those after the last tick of a coarse clock", () => {
    const spans = new Spans();
    for (const time of [0, 100, 200]) {
      spans.time(time);
      for (let k = 1; k <= 50; k++) spans.allocate(time * 8192 + k * 8, 8, 0, 0);
    }
    const model = new Model(decodePage(encodePage(buildPage(spans, FACTS))));
    const whole = model.spanOf({ ...model.range(false), withStart: false });
    expect(model.figures(whole).end.blocks).toBe(150);
    // When the clock goes on, the same events end where they did.
    spans.time(201);
    expect(buildPage(spans, FACTS).header.duration).toBe(201);
  });

  it("joins stretches of time if there would be too many rows", () => {
    const rowsOf = (mostCells: number) => {
      const spans = new Spans({ mostCells });
      play(SEED, EVENTS, spans);
      const { rows, crossings, buckets } = buildPage(spans, FACTS);
      return { cells: rows.accounts.length + crossings.accounts.length, buckets: buckets.length };
    };
    const [all, few] = [rowsOf(10_000_000), rowsOf(50_000)];
    expect(few.cells).toBeLessThan(all.cells);
    expect(few.buckets).toBeLessThan(all.buckets / 2);
    expect(few.buckets).toBeGreaterThanOrEqual(100);
  });

  it("has one span if the trace has only totals, with the figures of all events", async () => {
    const analysis = new Analysis();
    play(SEED, 20_000, analysis, 5000);
    const pieces: Uint8Array[] = [];
    const metadata = { command: [], started: "", stacks: "python", sample: 0 } as const;
    const writer = totalsWriter((bytes) => pieces.push(bytes.slice()), metadata);
    writeTotals(writer, analysis);
    const spans = new Spans();
    await readTrace(pieces, "totals", spans);
    const model = new Model(decodePage(encodePage(buildPage(spans, FACTS))));
    const span = model.spanOf({ ...model.range(true), withStart: true });
    expect(span).toEqual({ from: 0, to: 1, withStart: true });
    const { peak, end } = model.figures(span);
    const { peakBytes, peakBlocks, peakTime, liveBytes } = analysis.figures;
    expect(peak).toEqual({ bytes: peakBytes, blocks: peakBlocks, time: analysis.sinceProgram(peakTime) });
    expect(end.bytes).toBe(liveBytes);
    const { start, line } = spans.totals;
    expect(start).toBe(analysis.start.end.bytes);
    // The line of the chart is the recording's own, and reaches the peak.
    expect(line.length).toBe(analysis.timeline.points.filter(({ time }) => analysis.sinceProgram(time) >= 0).length);
    expect(Math.max(...line.map(([, live]) => live))).toBeGreaterThan(0.9 * peakBytes);
    for (const view of VIEWS) {
      for (const by of ["line", "size", "domain"] as const) {
        expect(bySize(groupBy(model.groupable(view, span), view, by))).toEqual(bySize(groupBy(analysis, view, by)));
      }
    }
  });

  it("keeps the sums when small stacks are put together", () => {
    const spans = new Spans();
    play(SEED, 50_000, spans);
    const span = { from: 0, to: spans.buckets.length, withStart: true };
    const whole = new Model(buildPage(spans, FACTS));
    const small = new Model(buildPage(spans, FACTS, { mostNodes: 6 }));
    expect(small.data.nodes.parents.length).toBeLessThan(whole.data.nodes.parents.length);
    for (const view of VIEWS) expect(small.whole(view, span)).toEqual(whole.whole(view, span));
  });

  it("has every live block where it is", () => {
    const spans = new Spans();
    play(SEED, 20_000, spans);
    const { blocks, buckets } = buildPage(spans, FACTS);
    const atEnd = blocks.sizes.filter((_, k) => blocks.lasts[k] === blocks.froms.length - 1);
    expect(atEnd.length).toBe(spans.live.count);
    expect(atEnd.reduce((sum, size) => sum + size, 0)).toBe(buckets.at(-1)?.endBytes);
    expect([...blocks.addresses]).toEqual([...blocks.addresses].sort((a, b) => a - b));
  });

  it("has a sample of the blocks, and says so, if too many are live at one moment", () => {
    const spans = new Spans();
    play(SEED, 20_000, spans);
    const all = buildPage(spans, FACTS).blocks;
    const few = decodePage(encodePage(buildPage(spans, FACTS, { mostBlocks: 100 }))).blocks;
    expect(all.step).toBe(1);
    expect(few.step).toBeGreaterThan(1);
    expect(few.addresses.length).toBeLessThanOrEqual(100);
    expect(few.addresses.length).toBeGreaterThan(30);
  });

  for (const { what, share, mostDeparted, start } of [
    { what: "moments all over the program", share: 1, mostDeparted: 10_000_000, start: PROGRAM_AT },
    {
      what: "fewer moments, if blocks are too many for a page",
      share: 0.7,
      mostDeparted: 10_000_000,
      start: PROGRAM_AT,
    },
    { what: "fewer moments, if blocks are too many to keep", share: 1, mostDeparted: 10_000, start: 0 },
  ]) {
    it(`has the blocks that were live at ${what} (PYHEAP_SEED=${SEED})`, () => {
      const spans = new Spans({ mostDeparted });
      play(SEED, EVENTS, spans, start);
      const most = Math.floor(buildPage(spans, FACTS).blocks.addresses.length * share);
      const { blocks, buckets } = decodePage(encodePage(buildPage(spans, FACTS, { mostBlocks: most })));
      const { froms, untils } = blocks;
      const length = froms.length;
      expect(froms[length - 1]).toBe(buckets.at(-1)?.last);
      if (what.startsWith("fewer")) expect(length).toBeLessThan(2 * 128);
      else expect(length).toBeGreaterThan(2 * 128);
      expect(blocks.addresses.length).toBeLessThanOrEqual(most);
      const { begin } = buildPage(spans, FACTS).header;
      const levels = new Map([...levelsOf(SEED, EVENTS, start)].map(([time, level]) => [time + begin, level]));
      const top = [...levels].reduce((best, level) => (level[1].highestOwn > best[1].highestOwn ? level : best));
      expect([...froms]).toContain(top[0]);
      froms.forEach((from, k) => {
        const isLive = (_: unknown, block: number) =>
          (blocks.firsts[block] ?? 0) <= k && (blocks.lasts[block] ?? 0) >= k;
        const bytes = blocks.sizes.filter(isLive).reduce((sum, size) => sum + size, 0);
        const addresses = blocks.addresses.filter(isLive);
        expect(new Set(addresses).size).toBe(addresses.length);
        const { atHighest = 0, atEnd = 0 } = levels.get(from) ?? {};
        const marks = [...levels.keys()];
        const before = levels.get(marks[marks.indexOf(from) - 1] ?? Number.NaN)?.atEnd ?? 0;
        // The highest moment of a mark is after one of its events, or before all of them. The blocks that stay live are
        // those that were live at the mark's end.
        expect([atHighest, atEnd, before]).toContain(bytes);
        if ((untils[k] ?? 0) > from) expect(bytes).toBe(atEnd);
        expect(blocks.births.every((birth, block) => !isLive(0, block) || (buckets[birth]?.time ?? 0) <= from)).toBe(
          true,
        );
      });
    });
  }

  it("keeps the interpreter's start apart, and tells it more coarsely than the program", () => {
    const spans = new Spans();
    play(SEED, EVENTS, spans, PROGRAM_AT);
    const { header, buckets } = buildPage(spans, FACTS);
    const { program, begin } = header;
    expect(program).toBeGreaterThan(10);
    expect(program).toBeLessThanOrEqual(2 * 128);
    expect(buckets.length).toBeGreaterThan(800);
    expect(begin).toBeLessThan(0);
    expect(buckets[0]?.time).toBe(begin);
    expect(buckets[program]?.time).toBe(0);
    expect(buckets[program - 1]?.last).toBeLessThan(0);
  });

  it("shows the interpreter's start also if it took no time by a coarse clock", () => {
    const spans = new Spans();
    spans.allocate(8, 40_000, 2, 0);
    spans.program();
    spans.allocate(80_000, 500, 2, 0);
    const model = new Model(decodePage(encodePage(buildPage(spans, FACTS))));
    const whole = (withStart: boolean) => model.spanOf({ ...model.range(withStart), withStart });
    expect(model.range(true).from).toBeLessThan(model.range(false).from);
    expect([true, false].map((withStart) => model.whole("allocated", whole(withStart)).bytes)).toEqual([40_500, 500]);
    expect([true, false].map((withStart) => model.figures(whole(withStart)).peak.bytes)).toEqual([40_500, 500]);
  });

  it("counts times from the beginning of the program, also if nothing was recorded before", () => {
    const spans = new Spans();
    spans.time(6000);
    spans.program();
    spans.allocate(80_000, 500, 2, 0);
    spans.time(9000);
    const model = new Model(buildPage(spans, FACTS));
    expect(model.hasStart).toBe(false);
    expect(model.range(false)).toEqual({ from: 0, to: 3000 });
    expect(model.whole("allocated", model.spanOf({ ...model.range(false), withStart: false })).bytes).toBe(500);
  });

  it("hides the machinery of imports: its own bytes become one frame, beside what was imported", () => {
    const tree = new StackTree();
    const [program, machinery, imported] = [1, 2, 3];
    tree.addFunction({ name: "<module>", file: "app.py", firstLine: 1 });
    tree.addFunction({ name: "_load", file: "<frozen importlib._bootstrap>", firstLine: 1 });
    tree.addFunction({ name: "<module>", file: "lib.py", firstLine: 1 });
    tree.addNode(0, program, 7);
    tree.addNode(1, machinery, 50);
    tree.addNode(2, machinery, 60);
    tree.addNode(3, imported, 9);
    const names = (node: number, shown: Shown) =>
      shown.tree.stack(shown.nodeOf[node] ?? 0).map(({ function: f, line }) => `${f.name} ${f.file} ${line}`);
    const hidden = shownStacks(tree, { withImports: false });
    expect(names(4, hidden)).toEqual(["<module> lib.py 9", "<module> app.py 7"]);
    expect(names(3, hidden)).toEqual(["<import> <frozen importlib> 0", "<module> app.py 7"]);
    expect(hidden.nodeOf[2]).toBe(hidden.nodeOf[3]);
    expect(names(4, shownStacks(tree, { withImports: true })).length).toBe(4);
  });

  it("leaves out frames below a share of the whole", () => {
    const tree = new StackTree();
    for (const name of ["app", "large", "small"]) tree.addFunction({ name, file: "app.py", firstLine: 1 });
    tree.addNode(0, 1, 1);
    tree.addNode(1, 2, 2);
    tree.addNode(1, 3, 3);
    const flames = new FlameTree(tree, Float64Array.of(0, 10, 981, 9), { inverted: false });
    const shown = (least: number) =>
      layOut(flames, 0, 1000, least).map((row) =>
        row.map(({ frame }) => tree.functions[flames.at(frame).functionNumber]?.name),
      );
    expect(shown(0).at(-1)).toEqual(["large", "small"]);
    expect(shown(10).at(-1)).toEqual(["large"]);
  });

  it("shows stacks of 20,000 frames, from the outermost frame and from the innermost", () => {
    const tree = new StackTree();
    for (const name of ["f", "g", "h"]) tree.addFunction({ name, file: "app.py", firstLine: 1 });
    const DEPTH = 20_000;
    for (let node = 0; node < DEPTH; node++) tree.addNode(node, 1 + (node % 3), 1 + (node % 3));
    const own = new Float64Array(DEPTH + 1).fill(100, 1);
    for (const inverted of [false, true]) {
      const flames = new FlameTree(tree, own, { inverted });
      const rows = layOut(flames, 0, 1000, 0);
      expect(rows).toHaveLength(MOST_LEVELS + 1);
      expect(flames.at(0).total).toBe(100 * DEPTH);
      expect(rows[1]).toHaveLength(inverted ? 3 : 1);
      const [deepest] = rows.at(-1) ?? [];
      expect(layOut(flames, deepest?.frame ?? 0, 1000, 0)).toHaveLength(2 * MOST_LEVELS + 1);
    }
  });

  it("has the frames of all stacks when it is inverted, each with its bytes", () => {
    const next = randomNumbers(7);
    const below = (end: number) => Math.floor(next() * end);
    const tree = new StackTree();
    for (let k = 0; k < 5; k++) tree.addFunction({ name: `f${k}`, file: "app.py", firstLine: 1 });
    for (let node = 0; node < 300; node++) tree.addNode(below(node + 1), 1 + below(5), below(3));
    const own = Float64Array.from({ length: tree.length }, () => (below(3) === 0 ? 0 : 1 + below(50)));
    const expected = new Map<string, number>();
    for (let node = 0; node < tree.length; node++) {
      if (own[node] === 0) continue;
      const names = node === 0 ? ["<outside Python>"] : tree.stack(node).map(({ function: f }) => f.name);
      const key = names.join(" ");
      expected.set(key, (expected.get(key) ?? 0) + (own[node] ?? 0));
    }
    const flames = new FlameTree(tree, own, { inverted: true });
    const found = new Map<string, number>();
    const waiting = [...flames.childrenOf(0)];
    for (let frame = waiting.pop(); frame !== undefined; frame = waiting.pop()) {
      const names = flames.path(frame).map((step) => tree.functions[flames.at(step).functionNumber]?.name);
      if (flames.at(frame).own > 0) found.set(names.join(" "), flames.at(frame).own);
      const callers = flames.childrenOf(frame);
      const sum = callers.reduce((all, caller) => all + flames.at(caller).total, flames.at(frame).own);
      expect(sum).toBe(flames.at(frame).total);
      waiting.push(...callers);
    }
    expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
  });

  it("has the source lines that stand on stacks, and those around them", () => {
    const spans = new Spans();
    spans.function({ name: "f", file: "app.py", firstLine: 1 });
    spans.function({ name: "g", file: "gone.py", firstLine: 1 });
    spans.node(0, 1, 2);
    spans.node(1, 2, 1);
    spans.allocate(8, 100, 1, 2);
    const read = (file: string) => (file === "app.py" ? ["def f():", "    return [0] * 100  ", "", "", "", "no"] : []);
    const { header } = decodePage(encodePage(withSources(buildPage(spans, FACTS), read)));
    expect(header.sources).toEqual({
      "app.py": { 1: "def f():", 2: "    return [0] * 100", 3: "", 4: "", 5: "" },
    });
  });

  it("names memory without a stack after the kind of the stacks", () => {
    for (const [stacks, name] of [
      ["python", "outside Python"],
      ["javascript", "no stack"],
    ] as const) {
      const spans = new Spans();
      spans.metadata({ command: [], started: "", stacks, sample: 0 });
      spans.allocate(8, 100, 1, 0);
      const model = new Model(decodePage(encodePage(buildPage(spans, FACTS))));
      expect(model.originName("outside")).toBe(name);
      expect([...model.origins]).toEqual(["outside"]);
    }
  });

  it("tells a program's code from what the interpreter ran under the same name", () => {
    const spans = new Spans();
    spans.function({ name: "<module>", file: "<string>", firstLine: 1 });
    spans.node(0, 1, 1);
    spans.allocate(8, 100, 1, 1);
    spans.program();
    spans.function({ name: "<module>", file: "<string>", firstLine: 1 });
    spans.node(0, 2, 7);
    spans.allocate(16, 100, 1, 2);
    const { functions } = buildPage(spans, FACTS).header;
    expect(functions.slice(2).map(originOf)).toEqual(["frozen", "program"]);
  });
});
