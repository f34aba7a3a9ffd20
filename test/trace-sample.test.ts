// Sampled and aggregated recordings: estimates are within their stated intervals, totals equal those of the events.

import { describe, expect, it } from "vitest";
import { type Address, Heap } from "../src/index.js";
import { viewInterval } from "../src/report/trace-context.js";
import { groupBy } from "../src/report/trace-groups.js";
import { VIEWS } from "../src/trace/accounts.js";
import { Gaps, MOST_SAMPLE_BYTES } from "../src/trace/random.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

/** A random program; returns the bytes that it allocates, and those live at its peak and at its end. */
function work(heap: Heap, seed: number, steps: number) {
  const random = randomIntegers(seed);
  const live: { block: Address; size: number }[] = [];
  const sums = { allocated: 0, live: 0, peak: 0, resizes: 0 };
  const born = (size: number) => {
    sums.allocated += size;
    sums.live += size;
    sums.peak = Math.max(sums.peak, sums.live);
    return size;
  };
  for (let k = 0; k < steps; k++) {
    const size = random(20) === 0 ? random(20_000) : random(400);
    const kind = random(10);
    const index = random(live.length);
    const chosen = live[index];
    if (kind < 5 || !chosen) {
      live.push({ block: kind === 0 ? heap.object.calloc(1, size) : heap.malloc(size), size: born(size) });
    } else if (kind < 6) {
      sums.resizes++;
      sums.live -= chosen.size;
      live[index] = { block: heap.realloc(chosen.block, size), size: born(size) };
    } else {
      sums.live -= chosen.size;
      heap.free(chosen.block);
      live.splice(index, 1);
    }
  }
  for (const { block } of live) heap.free(block);
  return sums;
}

describe("a sampled recording", () => {
  it("frees what it sampled, resizes included", async () => {
    const heap = await Heap.create();
    for (const sample of [1, 64, 4096]) {
      const tape = new Tape();
      const recorder = heap.trace({ write: tape.write, sample, seed: 1 });
      const sums = work(heap, sample, 20_000);
      recorder.stop();
      const { analysis, summary } = await tape.analyse();
      const { figures: f } = analysis;
      expect(summary).toMatchObject({ problem: undefined, metadata: { sample } });
      expect(Math.abs(f.liveBytes)).toBeLessThan(1);
      expect(Math.abs(f.resizes / sums.resizes - 1)).toBeLessThan(sample === 4096 ? 0.5 : 0.1);
      const { low = 0, high = 0 } = viewInterval({ analysis, view: "peak" }) ?? {};
      expect(Math.abs(f.peakBytes - sums.peak)).toBeLessThan(high - low);
      heap.check();
    }
  });

  it("has its peak where most was live, whatever was sampled", async () => {
    for (const allocator of ["default", "debug"] as const) {
      const hooked = await Heap.create({ allocator, locate: () => "" });
      for (let seed = 0; seed < 3; seed++) {
        const tape = new Tape();
        const recorder = hooked.trace({ write: tape.write, sample: 4096, seed });
        // Blocks of 30,000 bytes are live at once, ten times; then, for a short time, of 50,000; then of 30,000 again.
        for (let k = 0; k < 10; k++)
          for (const block of Array.from({ length: 300 }, () => hooked.malloc(100))) hooked.free(block);
        const kept = Array.from({ length: 400 }, () => hooked.malloc(100));
        recorder.noteTime();
        const highest = hooked.malloc(10_000);
        hooked.free(highest);
        for (const block of kept) hooked.free(block);
        for (let k = 0; k < 10; k++)
          for (const block of Array.from({ length: 300 }, () => hooked.malloc(100))) hooked.free(block);
        recorder.stop();
        let [live, most] = [0, 0];
        await tape.read({
          liveNow: (bytes) => {
            live = bytes;
            most = Math.max(most, bytes);
          },
        });
        expect(live).toBe(0);
        expect(most).toBeGreaterThanOrEqual(400 * 104 + 10_000);
        if (allocator === "default") expect(most).toBeLessThan(400 * 104 + 10_100);
      }
      hooked.check();
    }
  });

  it("has a rate in the range of the gaps between samples, whose mean is right", async () => {
    const heap = await Heap.create();
    for (const sample of [0, -1, Number.NaN, MOST_SAMPLE_BYTES + 1]) {
      expect(() => heap.trace({ write: () => undefined, sample })).toThrow(/^Cannot sample every/);
    }
    heap.trace({ write: () => undefined, sample: MOST_SAMPLE_BYTES }).stop();
    const gaps = new Gaps(1000, 7);
    const sum = Array.from({ length: 100_000 }, () => gaps.next()).reduce((a, b) => a + b, 0);
    expect(sum / 100_000).toBeGreaterThan(985);
    expect(sum / 100_000).toBeLessThan(1015);
  });
});

describe("an aggregated recording", () => {
  it("has the totals that the events would have had, in less", async () => {
    const [whole, less] = [new Tape(), new Tape()];
    for (const [tape, aggregate] of [
      [whole, false],
      [less, true],
    ] as const) {
      const heap = await Heap.create();
      const recorder = heap.trace({ write: tape.write, aggregate, command: ["work"] });
      work(heap, 5, 30_000);
      const kept = heap.malloc(12_345);
      recorder.noteProgram();
      expect(kept).toBeGreaterThan(0);
      heap.malloc(54_321);
      recorder.stop();
    }
    const [a, b] = [await whole.analyse(), await less.analyse()];
    expect(b.summary).toMatchObject({ problem: undefined, events: a.summary.events, metadata: { aggregated: true } });
    expect({ ...b.analysis.figures, peakTime: 0 }).toEqual({ ...a.analysis.figures, peakTime: 0 });
    for (const view of VIEWS) {
      for (const by of ["line", "size", "domain"] as const) {
        expect(groupBy(b.analysis, view, by)).toEqual(groupBy(a.analysis, view, by));
      }
    }
    expect(b.analysis.timeline.points.length).toBeGreaterThan(10);
    expect(b.analysis.start).toEqual(a.analysis.start);
    const leaks = Array.from(
      { length: a.analysis.accounts.length },
      (_, k) => a.analysis.accounts.read("leaks", k).bytes,
    );
    expect(leaks.reduce((sum, bytes) => sum + bytes, 0)).toBe(54_321);
    expect([...b.analysis.sizes].sort()).toEqual([...a.analysis.sizes].sort());
    expect(less.bytes.length).toBeLessThan(whole.bytes.length / 3);
  });

  it("writes nothing until it ends, and then what was live at the peak", async () => {
    const heap = await Heap.create();
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write, aggregate: true, sample: 1000, seed: 3 });
    const before = tape.bytes.length;
    work(heap, 8, 30_000);
    recorder.flush();
    expect(tape.bytes.length).toBe(before);
    recorder.stop();
    const { figures } = (await tape.analyse()).analysis;
    expect(figures.peakBytes).toBeGreaterThan(100_000);
  });
});
