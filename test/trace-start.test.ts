// A recording that begins with the program, and has sums of what was allocated before: random programs, each compared
// with a recording of the same program that has every event.

import { expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { buildPage } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { VIEWS } from "../src/trace/accounts.js";
import type { AnalysisOptions } from "../src/trace/analysis.js";
import { decodeBase, encodeBase } from "../src/trace/base.js";
import { readTrace } from "../src/trace/reader.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

const DOMAINS = ["raw", "mem", "object"] as const;

/** A program that allocates, clears, resizes and frees in all domains. It is the same for the same seed. */
class Program {
  readonly heap: Heap;
  readonly #random: (bound: number) => number;
  readonly #live: { address: ReturnType<Heap["malloc"]>; domain: (typeof DOMAINS)[number] }[] = [];

  constructor(heap: Heap, seed: number) {
    this.heap = heap;
    this.#random = randomIntegers(seed);
  }

  run(steps: number): void {
    const random = this.#random;
    for (let k = 0; k < steps; k++) {
      const domain = DOMAINS[random(3)] ?? "raw";
      const size = random(10) === 0 ? random(200_000) : random(700);
      const at = random(this.#live.length);
      const chosen = this.#live[at];
      const kind = random(10);
      if (kind < 4 || !chosen) this.#live.push({ address: this.heap[domain].malloc(size), domain });
      else if (kind < 5) this.#live.push({ address: this.heap[domain].calloc(3, size), domain });
      else if (kind < 7) chosen.address = this.heap[chosen.domain].realloc(chosen.address, size);
      else {
        this.heap[chosen.domain].free(chosen.address);
        this.#live.splice(at, 1);
      }
    }
  }
}

/** How a program's start is recorded: every event, the sums, or sums that a second tally goes on with. */
type Start = "events" | "sums" | "two sums";

/** The recording of a program that starts with some steps, and then has others. */
async function record(seed: number, how: Start, aggregate = false): Promise<Tape> {
  const hasEvents = how === "events";
  const heap = await Heap.create();
  const program = new Program(heap, seed);
  const tape = new Tape();
  const before = DOMAINS.map((domain) => heap.getAllocator(domain).words);
  let start = hasEvents ? undefined : heap.tallyStart();
  let recorder = hasEvents ? heap.trace({ write: tape.write, aggregate }) : undefined;
  program.run(1000);
  if (how === "two sums" && start) {
    start.end();
    start = heap.tallyStart(decodeBase(encodeBase(start.base())));
  }
  program.run(1000 + 100 * seed);
  if (recorder) recorder.noteProgram();
  else recorder = heap.trace({ write: tape.write, aggregate, start });
  program.run(1000);
  recorder.stop();
  expect(DOMAINS.map((domain) => heap.getAllocator(domain).words)).toEqual(before);
  return tape;
}

async function figuresOf(tape: Tape, options: AnalysisOptions = {}) {
  const { analysis, summary } = await tape.analyse(options);
  expect(summary.problem).toBeUndefined();
  const { allocations, resizes, frees, peakTime: _, reservedPeak: __, ...figures } = analysis.figures;
  const views = VIEWS.filter((view) => view !== "temporary");
  return {
    figures,
    // A resize before the program counts as one block that was freed and one that was allocated.
    came: allocations + resizes,
    start: Object.fromEntries(views.map((view) => [view, analysis.start[view]])),
    sums: Object.fromEntries(views.map((view) => [view, analysis.accounts.sum(view)])),
    sizes: [...analysis.sizes].filter(([size]) => size <= 512),
  };
}

it("says of the program, and of its start, what a recording of every event says", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const how = seed % 2 === 0 ? "sums" : "two sums";
    const [sums, events] = [await record(seed, how), await record(seed, "events")];
    expect(await figuresOf(sums)).toEqual(await figuresOf(events));
    // The peak of the whole recording can be in the start. Then only the recording with events has it, so it is not
    // compared.
    const [mine, all] = [await figuresOf(sums, { withStart: true }), await figuresOf(events, { withStart: true })];
    for (const key of ["end", "leaks", "allocated"]) expect(mine.sums[key]).toEqual(all.sums[key]);
    expect({ came: mine.came, sizes: mine.sizes }).toEqual({ came: all.came, sizes: all.sizes });
    const { analysis } = await sums.analyse();
    expect(analysis.startIsSums).toBe(true);
    expect((await events.analyse()).analysis.startIsSums).toBe(false);
    expect(analysis.figures.foreignFrees).toBe(0);
  }
});

it("has the times of the program's events from the moment at which counting began", async () => {
  const heap = await Heap.create();
  const tape = new Tape();
  const start = heap.tallyStart();
  for (let k = 0; k < 50_000; k++) heap.malloc(8);
  const recorder = heap.trace({ write: tape.write, start });
  const since = () => (performance.now() - start.begun) * 1000;
  const between: (readonly [before: number, after: number])[] = [];
  for (let k = 0; k < 3; k++) {
    const before = since();
    heap.malloc(10_000);
    between.push([before, since()]);
    for (const until = performance.now() + 20; performance.now() < until; );
  }
  recorder.stop();
  let now = 0;
  const told: number[] = [];
  await tape.read({
    time: (time) => {
      now = time;
    },
    allocate: () => void told.push(now),
  });
  expect(told.length).toBe(3);
  told.forEach((time, k) => {
    const [before, after] = between[k] ?? [];
    expect(time).toBeGreaterThan((before ?? Number.NaN) - 500);
    expect(time).toBeLessThan((after ?? Number.NaN) + 500);
  });
});

it("has the same sums of the start in a recording of totals", async () => {
  const [events, totals] = [await record(3, "sums"), await record(3, "sums", true)];
  const { sizes: _, ...whole } = await figuresOf(events);
  expect(await figuresOf(totals)).toMatchObject(whole);
});

it("has the start as one stretch of a page, with accounts of its own", async () => {
  const tape = await record(5, "sums");
  const { analysis, summary } = await tape.analyse();
  const spans = new Spans();
  await readTrace([tape.bytes], "the tape", spans);
  const { header, buckets, accounts, rows } = buildPage(spans, {
    ...{ command: [], started: "", python: null, sample: 0, problem: null },
  });
  expect(header).toMatchObject({ program: 1, events: summary.events, begin: -(analysis.programTime ?? 0) });
  expect(buckets.at(-1)).toMatchObject({ base: analysis.start.end.bytes, baseBlocks: analysis.start.end.count });
  const names = Array.from(
    accounts.nodes.subarray(0, header.startAccounts),
    (node) => spans.tree.frame(node).function.name,
  );
  expect(new Set(names)).toEqual(new Set(["interpreter start"]));
  let allocated = 0;
  rows.accounts.forEach((account, row) => {
    if (account < header.startAccounts) allocated += rows.values[10 * row] as number;
  });
  expect(allocated).toBe(analysis.start.allocated.bytes);
});

it("samples the blocks of the start, and knows when the program frees them", async () => {
  for (const sample of [1, 300, 4096]) {
    const heap = await Heap.create();
    const tape = new Tape();
    const start = heap.tallyStart();
    const blocks = Array.from({ length: 20_000 }, (_, k) => ({ size: k % 500, block: heap.mem.malloc(k % 500) }));
    for (const { block } of blocks.splice(15_000)) heap.mem.free(block);
    const recorder = heap.trace({ write: tape.write, start, sample, seed: sample });
    const live = blocks.reduce((sum, { size }) => sum + size, 0);
    const own = Array.from({ length: 1000 }, () => heap.mem.malloc(1000));
    recorder.flush();
    const before = (await tape.analyse()).analysis;
    for (const { block } of blocks) heap.mem.free(block);
    recorder.stop();
    const { analysis, summary } = await tape.analyse();
    expect(summary.problem).toBeUndefined();
    const isNear = (estimate: number, truth: number) =>
      expect(Math.abs(estimate / truth - 1), `${estimate} for ${truth}`).toBeLessThan(sample === 1 ? 0.02 : 0.2);
    isNear(before.start.end.bytes, live);
    isNear(before.start.end.count, 15_000);
    isNear(analysis.start.allocated.count, 20_000);
    // Blocks of 0 bytes count as one byte.
    expect(Math.abs(analysis.start.end.bytes)).toBeLessThan(1);
    expect(Math.abs(analysis.start.end.count)).toBeLessThan(1e-6);
    isNear(analysis.figures.liveBytes, own.length * 1000);
    heap.check();
  }
});

it("can't begin to count while a recording is under way", async () => {
  const heap = await Heap.create();
  const start = heap.tallyStart();
  const recorder = heap.trace({ write: () => undefined, start });
  expect(() => heap.tallyStart()).toThrow(/a recording is under way$/);
  recorder.stop();
  heap.check();
});
