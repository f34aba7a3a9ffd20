// A page's data says of any span what an analysis of that span says: compared on random programs, through the bytes of a
// page, with so many events that buckets are made one of two again and again.

import { describe, expect, it } from "vitest";
import { buildPage } from "../src/page/build.js";
import { bucketOf, endOf } from "../src/page/moments.js";
import { Spans } from "../src/page/spans.js";
import { decodePage, encodePage } from "../src/page/wire.js";
import { groupBy } from "../src/report/trace-groups.js";
import type { View } from "../src/trace/accounts.js";
import { Analysis } from "../src/trace/analysis.js";
import type { TraceConsumer } from "../src/trace/reader.js";
import { Model } from "../viewer/model.js";
import { originOf } from "../viewer/words.js";

const VIEWS: readonly View[] = ["peak", "end", "leaks", "allocated", "temporary"];
const FACTS = { command: ["random"], started: "", python: null, sample: 0, problem: null };
const FUNCTIONS = 12;
const NODES = 40;

/** Numbers from 0 to 1 that a seed decides. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A program that allocates, resizes and frees, with phases in which it grows and shrinks. */
function play(seed: number, events: number, to: TraceConsumer, programAt = 0): void {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  for (let k = 0; k < FUNCTIONS; k++) to.function({ name: `f${k}`, file: `m${k % 3}.py`, firstLine: k });
  for (let k = 0; k < NODES; k++) to.node(below(k + 1), 1 + below(FUNCTIONS), 1 + below(50));
  const live: number[] = [];
  let free = 8;
  for (let k = 1; k <= events; k++) {
    const grows = (k >> 14) % 3 !== 2;
    const choice = next();
    if (live.length === 0 || choice < (grows ? 0.52 : 0.42)) {
      const address = free;
      free += 8;
      live.push(address);
      to.allocate(address, 1 + below(600), below(3), below(NODES + 1));
    } else if (choice < 0.95) {
      // Often the latest, so that there is something temporary.
      const at = next() < 0.5 ? live.length - 1 : below(live.length);
      const [address = 0] = live.splice(at, 1);
      to.free(address);
    } else {
      const at = below(live.length);
      to.resize(live[at] ?? 0, free, 1 + below(600), below(3), below(NODES + 1));
      live[at] = free;
      free += 8;
    }
    if (k % 64 === 0) to.time(k * 10);
    if (k === programAt) to.program();
  }
  to.time((events + 1) * 10);
}

const bySize = (groups: ReturnType<typeof groupBy>) =>
  Object.fromEntries(groups.map(({ label, own, total }) => [label, { own, total }]));

describe("a page's data", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const EVENTS = 1_100_000;

  it(`agrees with an analysis of the whole and of spans (seed ${seed})`, () => {
    const spans = new Spans();
    play(seed, EVENTS, spans, 100_000);
    const model = new Model(decodePage(encodePage(buildPage(spans, FACTS))));
    const { length } = model.buckets;
    expect(length).toBeGreaterThan(64);
    const pick = random(seed + 1);
    const [first, second] = [Math.floor(pick() * (length / 2)), 1 + Math.floor(pick() * (length / 2 - 1))];
    for (const span of [
      { from: 0, to: length },
      { from: first, to: first + second },
      { from: length - 3, to: length },
    ]) {
      const to = span.to === length ? Number.POSITIVE_INFINITY : model.timeOf(span.to) - 1;
      const analysis = new Analysis({ from: model.timeOf(span.from), to });
      play(seed, EVENTS, analysis);
      const figures = model.figures(span);
      expect(figures.peak.peakBytes).toBe(analysis.figures.peakBytes);
      expect(figures.endBytes).toBe(analysis.figures.liveBytes);
      // Only a block that is born before the span's begin and freed right after it is temporary for one and not for the other.
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
  });

  it("keeps the sums when small stacks are put together", () => {
    const spans = new Spans();
    play(seed, 50_000, spans);
    const span = { from: 0, to: spans.buckets.length };
    const whole = new Model(buildPage(spans, FACTS));
    const small = new Model(buildPage(spans, FACTS, { mostNodes: 6 }));
    expect(small.data.nodes.parents.length).toBeLessThan(whole.data.nodes.parents.length);
    for (const view of VIEWS) expect(small.whole(view, span)).toEqual(whole.whole(view, span));
  });

  it("has every live block where it is", () => {
    const spans = new Spans();
    play(seed, 20_000, spans);
    const { blocks, header } = buildPage(spans, FACTS);
    const atEnd = blocks.sizes.filter((_, k) => blocks.lasts[k] === blocks.moments.length - 1);
    expect(atEnd.length).toBe(spans.live.count);
    expect(atEnd.reduce((sum, size) => sum + size, 0)).toBe(header.buckets.at(-1)?.endBytes);
    expect([...blocks.addresses]).toEqual([...blocks.addresses].sort((a, b) => a - b));
  });

  it("has one in so many blocks, and says so, if they are too many at any one moment", () => {
    const spans = new Spans();
    play(seed, 20_000, spans);
    const all = buildPage(spans, FACTS).blocks;
    const few = decodePage(encodePage(buildPage(spans, FACTS, { mostBlocks: 100 }))).blocks;
    expect(all.step).toBe(1);
    expect(few.step).toBeGreaterThan(1);
    expect(few.addresses.length).toBeLessThanOrEqual(100);
    expect(few.addresses.length).toBeGreaterThan(30);
  });

  for (const { what, most, mostDeparted, start } of [
    { what: "all moments", most: 10_000_000, mostDeparted: 10_000_000, start: 100_000 },
    { what: "some moments, if blocks are too many for a page", most: 60_000, mostDeparted: 10_000_000, start: 100_000 },
    { what: "some moments, if blocks are too many to keep", most: 10_000_000, mostDeparted: 30_000, start: 0 },
  ]) {
    it(`has the blocks that were live at ${what} (seed ${seed})`, () => {
      const spans = new Spans({ mostDeparted });
      play(seed, 400_000, spans, start);
      const { blocks, header } = decodePage(encodePage(buildPage(spans, FACTS, { mostBlocks: most })));
      const { buckets } = header;
      const peak = Math.max(...buckets.map(({ peakBytes }) => peakBytes));
      const shown = [...blocks.moments];
      expect(shown.at(-1)).toBe(endOf(buckets.length - 1));
      expect(shown.some((moment) => moment % 2 === 0 && buckets[bucketOf(moment)]?.peakBytes === peak)).toBe(true);
      if (what === "all moments") expect(shown.length).toBe(2 * buckets.length);
      else expect(blocks.addresses.length).toBeLessThanOrEqual(most);
      shown.forEach((moment, k) => {
        const bucket = buckets[bucketOf(moment)];
        const isLive = (_: unknown, block: number) =>
          (blocks.firsts[block] ?? 0) <= k && (blocks.lasts[block] ?? 0) >= k;
        const sizes = blocks.sizes.filter(isLive);
        const addresses = blocks.addresses.filter(isLive);
        const [bytes, count] =
          moment % 2 === 0 ? [bucket?.peakBytes, bucket?.peakBlocks] : [bucket?.endBytes, bucket?.endBlocks];
        expect({ moment, bytes: sizes.reduce((sum, size) => sum + size, 0), count: sizes.length }).toEqual({
          moment,
          bytes,
          count,
        });
        expect(new Set(addresses).size).toBe(count);
        expect(blocks.births.every((birth, block) => !isLive(0, block) || birth <= bucketOf(moment))).toBe(true);
      });
    });
  }

  it("keeps the interpreter's start apart, in few buckets", () => {
    const spans = new Spans();
    play(seed, 500_000, spans, 300_000);
    const { buckets, program } = buildPage(spans, FACTS).header;
    expect(program).toBeGreaterThan(0);
    expect(program).toBeLessThanOrEqual(8);
    expect(buckets.length).toBeGreaterThan(32);
    expect(buckets[program]?.time).toBe((300_000 - (300_000 % 64)) * 10);
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
