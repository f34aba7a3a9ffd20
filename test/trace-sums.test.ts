// Recordings that are summed up while they run: random programs, each compared in every figure with a recording of the same
// program that has all events. The clock moves with the program, so times are compared too.

import { describe, expect, it, vi } from "vitest";
import { type Address, Heap, type HeapOptions } from "../src/index.js";
import { VIEWS } from "../src/trace/accounts.js";
import type { Analysis } from "../src/trace/analysis.js";
import { sizeClassName } from "../src/trace/size-class.js";
import { randomIntegers, SEED } from "./random.js";
import { Tape } from "./trace-data.js";

const DOMAINS = ["raw", "mem", "object"] as const;
const GIB = 2 ** 30;
const PAGE = 65536;

/** A program that allocates at several depths, clears, resizes and frees, and for which time passes. */
class Program {
  readonly heap: Heap;
  readonly #random: (bound: number) => number;
  readonly #live: { address: Address; domain: (typeof DOMAINS)[number] }[] = [];
  now = 1000;

  constructor(heap: Heap, seed: number) {
    this.heap = heap;
    this.#random = randomIntegers(seed);
  }

  #size(): number {
    const random = this.#random;
    const kind = random(20);
    if (kind === 0) return random(200_000);
    return kind === 1 ? 0 : random(kind === 2 ? 3000 : 40) * 8 + random(8);
  }

  #deep<T>(depth: number, act: () => T): T {
    if (depth === 0) return act();
    return depth % 2 === 0 ? this.#deep(depth - 1, act) : this.#deep(depth - 1, act);
  }

  #step(): void {
    const random = this.#random;
    const domain = DOMAINS[random(3)] ?? "raw";
    const size = this.#size();
    const at = random(this.#live.length);
    const chosen = this.#live[at];
    const kind = random(12);
    if (kind < 4 || !chosen) this.#live.push({ address: this.heap[domain].malloc(size), domain });
    else if (kind < 5) this.#live.push({ address: this.heap[domain].calloc(3, size), domain });
    else if (kind < 7) chosen.address = this.heap[chosen.domain].realloc(chosen.address, size);
    else if (kind < 8) this.heap[domain].free(this.heap[domain].malloc(size));
    else {
      this.heap[chosen.domain].free(chosen.address);
      this.#live.splice(at, 1);
    }
  }

  run(steps: number): void {
    for (let k = 0; k < steps; k++) {
      this.now += this.#random(8) / 16;
      this.#deep(this.#random(4), () => this.#step());
    }
  }

  /** Frees most of what is live. */
  shrink(): void {
    for (const { address, domain } of this.#live.splice(this.#live.length >> 3)) this.heap[domain].free(address);
  }
}

/** How a recording begins: with the program, or earlier, with a mark or with sums of what was before. */
type Begin = "alone" | "marked" | "tallied";

async function recorded(options: HeapOptions, begin: Begin, seed: number, aggregate: boolean): Promise<Tape> {
  const heap = await Heap.create(options);
  const program = new Program(heap, seed);
  vi.spyOn(performance, "now").mockImplementation(() => program.now);
  const tape = new Tape();
  // These blocks are freed in the recording, which does not know them.
  program.run(100);
  const start = begin === "tallied" ? heap.tallyStart() : undefined;
  const begun = begin === "marked" ? heap.trace({ write: tape.write, aggregate }) : undefined;
  if (begin !== "alone") program.run(500);
  begun?.noteProgram();
  const recorder = begun ?? heap.trace({ write: tape.write, aggregate, start });
  for (let k = 0; k < 3; k++) {
    program.run(400);
    recorder.flush();
    program.shrink();
  }
  program.run(100);
  recorder.stop();
  heap.check();
  vi.restoreAllMocks();
  return tape;
}

/** The figures of every account, by its stack, domain and size class. */
function accountsOf({ accounts, tree }: Analysis): Map<string, object> {
  const found = new Map<string, object>();
  for (let account = 0; account < accounts.length; account++) {
    const views = VIEWS.map((view) => [view, accounts.read(view, account)] as const);
    if (views.every(([, { count }]) => count === 0)) continue;
    const stack = tree.stack(accounts.nodes.at(account)).map((frame) => `${frame.function.name}:${frame.line}`);
    const kind = [accounts.domain(account), sizeClassName(accounts.sizeClass(account))];
    found.set([...stack, ...kind].join(), Object.fromEntries(views));
  }
  return found;
}

async function figuresOf(tape: Tape) {
  const { analysis, summary } = await tape.analyse();
  const { figures, start, programTime, sizes, timeline } = analysis;
  return {
    ...{ problem: summary.problem, events: summary.events, end: summary.end?.duration, figures, start, programTime },
    accounts: accountsOf(analysis),
    sizes: new Map(sizes),
    timeline: timeline.points.filter(({ time }) => time < (summary.end?.duration ?? 0)),
  };
}

describe(`sums are those of all events (PYHEAP_SEED=${SEED})`, () => {
  const heaps: readonly (readonly [string, HeapOptions])[] = [
    ["of a heap", {}],
    ["across 2 GiB", { base: 2 * GIB - PAGE }],
    ["above 3 GiB", { base: 3 * GIB }],
    ["without pools", { allocator: "malloc" }],
  ];
  const cases = heaps.flatMap(([name, options]) =>
    (["alone", "marked", "tallied"] as const).map((begin) => [name, begin, options] as const),
  );
  it.each(cases)("%s, %s", async (_name, begin, options) => {
    const found: Awaited<ReturnType<typeof figuresOf>>[] = [];
    for (const aggregate of [false, true]) {
      found.push(await figuresOf(await recorded(options, begin, SEED, aggregate)));
    }
    const [all, sums] = found as [(typeof found)[0], (typeof found)[0]];
    expect(sums).toEqual(all);
    expect(all.problem).toBeUndefined();
    expect(all.accounts.size).toBeGreaterThan(20);
    expect(all.figures.foreignFrees).toBeGreaterThan(begin === "alone" ? 0 : -1);
  });
});

it("a recording of sums ends with an error if there is no memory for its tables, and the program goes on", async () => {
  const heap = await Heap.create();
  class SmallMemory extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      // 4 MiB for the directory of blocks, and 1 MiB for all else.
      super({ ...descriptor, maximum: 1 + 64 + 16 });
    }
  }
  const { Memory } = WebAssembly;
  WebAssembly.Memory = SmallMemory;
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write, aggregate: true });
  WebAssembly.Memory = Memory;
  const blocks = Array.from({ length: 5000 }, () => heap.malloc(8192));
  recorder.flush();
  for (const block of blocks) heap.free(block);
  expect(() => recorder.stop()).toThrow("Cannot sum up the recording: there is no memory left for its tables");
  heap.check();
  expect((await tape.analyse()).summary.problem).toMatch(/^The recording was not ended in order/);
  const again = new Tape();
  const next = heap.trace({ write: again.write, aggregate: true });
  heap.free(heap.malloc(100));
  next.stop();
  expect((await again.analyse()).analysis.figures.allocations).toBe(1);
});
