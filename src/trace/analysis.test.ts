// The analysis of a span: moments inside gaps between recorded times.

import { describe, expect, it } from "vitest";
import { Analysis, type AnalysisOptions } from "./analysis.js";

const NODE = 1;
const OBJECT = 2;
const MIB = 2 ** 20;

/**
 * The analysis of a span of a program that holds 50 MiB while it waits for two seconds, with small allocations before
 * and after.
 */
function program(options: AnalysisOptions): Analysis {
  const analysis = new Analysis(options);
  analysis.metadata({ command: [], started: "", stacks: "python", sample: 0 });
  analysis.function({ name: "f", file: "app.py", firstLine: 1 });
  analysis.node(0, 1, 1);
  analysis.time(1_000_000);
  analysis.allocate(8, 50 * MIB, OBJECT, NODE);
  for (let k = 0; k < 30; k++) analysis.allocate(16 + 8 * k, 1000, OBJECT, NODE);
  // The program waits.
  analysis.time(1_000_100);
  analysis.time(3_000_000);
  analysis.free(8);
  // It computes without allocating.
  for (let k = 0; k < 20; k++) analysis.free(16 + 8 * k);
  analysis.time(5_000_000);
  analysis.free(16 + 8 * 20);
  analysis.time(5_000_010);
  return analysis;
}

const seconds = (n: number) => n * 1e6;

describe("a moment of a recording", () => {
  it("is exact while the program waits", () => {
    for (const moment of [1.5, 2, 2.999]) {
      const { figures, gaps } = program({ to: seconds(moment) });
      expect(figures.liveBytes).toBe(50 * MIB + 30_000);
      expect(gaps).toEqual([]);
    }
  });

  it("is exact at a mark of time; between two marks, it gives what was live around it", () => {
    const { figures, gaps } = program({ to: seconds(4) });
    expect(figures.liveBytes).toBe(10_000);
    expect(gaps).toEqual([
      {
        moment: seconds(4),
        from: seconds(3),
        to: seconds(5),
        events: 20,
        leastBytes: 10_000,
        mostBytes: 30_000,
      },
    ]);
  });

  it("can be the beginning of a span in which nothing happens: what was live then is the peak", () => {
    const { figures, gaps } = program({ from: seconds(2), to: seconds(2.5) });
    expect(gaps).toEqual([]);
    expect(figures).toMatchObject({ peakBytes: 50 * MIB + 30_000, peakTime: seconds(2), allocatedBytes: 0 });
  });

  it("that is a span's peak is never before the span, nor after it", () => {
    for (let from = 0; from < 5; from += 0.25) {
      for (let to = from + 0.25; to < 5.5; to += 0.5) {
        const { figures, endTime } = program({ from: seconds(from), to: seconds(to) });
        expect(figures.peakTime).toBeGreaterThanOrEqual(figures.peakBytes === 0 ? 0 : seconds(from));
        expect(figures.peakTime).toBeLessThanOrEqual(endTime);
      }
    }
  });
});
