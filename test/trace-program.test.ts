// What the program allocated is told apart from what the interpreter's start allocated: random events, compared with a
// model that keeps every block.

import { describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { startWords, viewSum } from "../src/report/trace-context.js";
import { VIEWS } from "../src/trace/accounts.js";
import { Analysis, type AnalysisOptions } from "../src/trace/analysis.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

interface Block {
  readonly size: number;
  readonly ofProgram: boolean;
}

/** The sums of a simple model, for comparison. */
interface Expected {
  peak: number;
  /** The bytes of the interpreter's start that were live when the program had most live bytes. */
  startAtPeak: number;
  allocated: number;
  startAllocated: number;
  end: number;
  startAtEnd: number;
}

/**
 * Passes 400 random events to an analysis; the program begins with number `start`. Returns the expected figures for
 * the span.
 */
function play(analysis: Analysis, seed: number, start: number, { from = 0, to = 1e9 }: AnalysisOptions): Expected {
  const random = randomIntegers(seed);
  const live = new Map<number, Block>();
  const sum = (ofProgram: boolean) =>
    [...live.values()].reduce((all, block) => all + (block.ofProgram === ofProgram ? block.size : 0), 0);
  const seen: Expected = { peak: 0, startAtPeak: 0, allocated: 0, startAllocated: 0, end: 0, startAtEnd: 0 };
  analysis.metadata({ command: [], started: "", stacks: "python", sample: 0 });
  analysis.function({ name: "f", file: "app.py", firstLine: 1 });
  for (let node = 0; node < 4; node++) analysis.node(node, 1, node + 1);
  let ofProgram = false;
  const look = (inSpan: boolean) => {
    const peak = sum(true);
    if (inSpan && (peak > seen.peak || seen.peak === 0)) Object.assign(seen, { peak, startAtPeak: sum(false) });
  };
  for (let step = 0; step < 400; step++) {
    analysis.time(step * 10);
    const inSpan = step * 10 >= from && step * 10 <= to;
    if (step === start) {
      ofProgram = true;
      analysis.program();
    }
    // A second beginning occurs only in a broken trace; it must have no effect.
    if (step === start + 50) analysis.program();
    look(inSpan);
    if (step * 10 > to) continue;
    const addresses = [...live.keys()];
    const known = addresses[random(addresses.length)] ?? 0;
    const size = random(step % 40 === 0 ? 5000 : 100);
    const address = 8 * (step + 1);
    const kind = known === 0 ? 0 : random(5);
    if (kind < 2) analysis.allocate(address, size, 2, random(5));
    else if (kind === 2) analysis.resize(known, address, size, 2, random(5));
    else analysis.free(known);
    if (kind >= 2) live.delete(known);
    if (kind > 2) continue;
    live.set(address, { size, ofProgram });
    if (inSpan) seen[ofProgram ? "allocated" : "startAllocated"] += size;
    look(inSpan);
  }
  return { ...seen, end: sum(true), startAtEnd: sum(false) };
}

describe("the program of a trace", () => {
  it.each([{}, { from: 900 }, { from: 2000 }, { from: 500, to: 3000 }])(
    "is told apart from the interpreter's start, in the span %j",
    (span) => {
      for (let seed = 1; seed <= 40; seed++) {
        const analysis = new Analysis(span);
        const expected = play(analysis, seed, 60 + seed, span);
        const { start, figures } = analysis;
        expect({
          peak: figures.peakBytes,
          startAtPeak: start.peak.bytes,
          allocated: figures.allocatedBytes,
          startAllocated: start.allocated.bytes,
          end: figures.liveBytes,
          startAtEnd: start.end.bytes,
        }).toEqual(expected);
        for (const view of VIEWS) expect(analysis.accounts.sum(view)).toEqual(viewSum({ analysis, view }));
        expect(start.leaks).toEqual({ bytes: 0, count: 0 });
        expect(analysis.programTime).toBe((60 + seed) * 10);
      }
    },
  );

  it("and the start add up to what --with-start shows, and to a trace without a mark", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [apart, together] = [new Analysis(), new Analysis({ withStart: true })];
      play(apart, seed, 100, {});
      play(together, seed, 100, {});
      for (const view of ["end", "allocated"] as const) {
        const { bytes, count } = apart.accounts.sum(view);
        expect(together.accounts.sum(view)).toEqual({
          bytes: bytes + apart.start[view].bytes,
          count: count + apart.start[view].count,
        });
      }
      expect(together.accounts.sum("leaks")).toEqual(apart.accounts.sum("leaks"));
      expect(startWords({ analysis: together, view: "end" })).toBeUndefined();
    }
  });

  it("has the same figures in a recording of totals", async () => {
    const record = async (aggregate: boolean) => {
      const heap = await Heap.create();
      const tape = new Tape();
      const recorder = heap.trace({ write: tape.write, aggregate });
      const old = Array.from({ length: 20 }, (_, k) => heap.malloc(1000 + k));
      recorder.noteProgram();
      for (const block of old.slice(0, 5)) heap.free(block);
      const kept = Array.from({ length: 10 }, () => heap.malloc(500));
      for (const block of kept.slice(0, 7)) heap.free(block);
      recorder.stop();
      return (await tape.analyse()).analysis;
    };
    const [whole, totals] = [await record(false), await record(true)];
    expect(whole.figures.peakBytes).toBe(5000);
    expect(whole.start.peak.count).toBe(15);
    expect(totals.start).toEqual(whole.start);
    expect(totals.programTime).toBeTypeOf("number");
    const { peakTime: _, ...figures } = whole.figures;
    expect(totals.figures).toMatchObject(figures);
    for (const view of VIEWS) expect(totals.accounts.sum(view)).toEqual(whole.accounts.sum(view));
  });
});
