// Every measure has a price: whatever a program does, measures take at most a quarter of its time in vain, plus a few
// runs. Tested on simulated heaps and clocks, with random programs; thrashing-heaps.test.ts has real heaps.

import { describe, expect, it } from "vitest";
import { SHARE } from "../src/pressure/books.js";
import type { MeasureName } from "../src/pressure/policy.js";
import { randomNumbers, SEED } from "./random.js";
import { type Costs, SimulatedHeap } from "./simulated-heap.js";

const MIB = 2 ** 20;
const SEEDS = 150;
const STEPS = 2000;

/** How a program behaves for a while. Sizes are in bytes, times in milliseconds. */
interface Phase {
  /** What the program keeps. */
  readonly live: number;
  readonly size: number;
  readonly ms: number;
  /** Shares of what is made, from 0 to 1: garbage in cycles, and what is freed at once. The rest stays alive. */
  readonly cyclic: number;
  readonly temporary: number;
  /** The share of what is freed that leaves holes. */
  readonly holes: number;
  /** Milliseconds of an occasional pause. */
  readonly pause: number;
  /** What the program does about a MemoryError: nothing, frees a little, drops objects in cycles. */
  readonly answer: "goes on" | "frees" | "drops cycles";
}

class RandomProgram {
  readonly heap: SimulatedHeap;
  readonly #random: () => number;

  constructor(seed: number) {
    const random = randomNumbers(seed);
    this.#random = random;
    const cost = (): readonly [number, number] => [this.#log(0.001, 2), this.#log(0.0001, 20)];
    const costs: Costs = {
      ...{ freeLists: [0.01, 0], release: [0.01, this.#log(0.0001, 0.1)], trim: [0.01, this.#log(0.0001, 1)] },
      ...{ collectYoung: cost(), collect: cost(), compact: cost() },
    };
    const hasLimit = random() < 0.7;
    const hasSoftLimit = random() < 0.7;
    this.heap = new SimulatedHeap({
      ...(hasLimit && { limit: this.#log(2 * MIB, 500 * MIB) }),
      ...(hasSoftLimit && { softLimit: this.#log(MIB, 500 * MIB) }),
      isHelpless: random() < 0.5,
      costs,
      jitter: () => 0.5 + 1.5 * random(),
    });
  }

  /** A number between two bounds; each order of magnitude is equally likely. */
  #log(lowest: number, highest: number): number {
    return lowest * (highest / lowest) ** this.#random();
  }

  phase(): Phase {
    const random = this.#random;
    const most = Math.min(this.heap.limit, 500 * MIB);
    const part = () => (random() < 0.4 ? 0 : random());
    const answers = ["goes on", "frees", "drops cycles"] as const;
    return {
      live: most * random() * 1.1,
      size: this.#log(1000, most / 4),
      ms: random() < 0.2 ? 0 : this.#log(0.0001, 10),
      ...{ cyclic: part(), temporary: part(), holes: part() },
      pause: random() < 0.2 ? this.#log(1, 100_000) : 0,
      answer: answers[Math.floor(random() * answers.length)] ?? "frees",
    };
  }

  step({ live, size, ms, cyclic, temporary, holes, pause, answer }: Phase): void {
    const { heap } = this;
    const random = this.#random;
    const bytes = Math.ceil(size * 2 * random());
    const isCyclic = random() < cyclic;
    const isTemporary = random() < temporary;
    if (!heap.allocate(isCyclic ? (random() < 0.5 ? "young" : "garbage") : "live", bytes, ms)) {
      if (answer === "frees") heap.free("live", bytes);
      if (answer === "drops cycles") {
        const dropped = Math.min(heap.bytes.live, bytes * 4);
        heap.bytes.live -= dropped;
        heap.bytes.garbage += dropped;
      }
    } else if (isTemporary && !isCyclic) heap.free("live", bytes);
    if (heap.bytes.live > live) {
      const freed = Math.min(heap.bytes.live, bytes * 2);
      heap.bytes[random() < holes ? "holes" : "empty"] += freed;
      heap.free("live", freed);
    }
    if (random() < 0.1) heap.free("holes", bytes);
    if (pause > 0 && random() < 0.01) heap.work(pause);
    if (random() < 0.001) heap.ladder.softLimit = this.#log(MIB, 500 * MIB);
    if (random() < 0.002) heap.ladder.relieve({ budgetMs: this.#log(0.01, 100) });
  }
}

/** A heap whose collections take 1 ms for each MiB. */
function heapWith(options: ConstructorParameters<typeof SimulatedHeap>[0]): SimulatedHeap {
  return new SimulatedHeap({ costs: { collect: [0.1, 1], collectYoung: [0.1, 0.5], compact: [0.1, 3] }, ...options });
}

const KINDS = [
  { kind: "TypeScript", isHelpless: false },
  { kind: "CPython", isHelpless: true },
];

function runs(heap: SimulatedHeap, ...names: MeasureName[]): number {
  return names.reduce((sum, name) => sum + (heap.runs.get(name) ?? 0), 0);
}

describe("a ladder on a simulated heap", () => {
  it(`spends at most ${SHARE} of a program's time in vain, and a few runs, whatever the program does`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const program = new RandomProgram(seed);
      const { heap } = program;
      for (let step = 0, phase = program.phase(); step < STEPS; step++) {
        if (step % 250 === 0) phase = program.phase();
        program.step(phase);
        if (!heap.ladder.isValid()) throw new Error(`the books are not in order (seed ${seed}, step ${step})`);
      }
      const { programMs, spentMs, vainMs } = heap.ladder.account;
      expect(programMs + spentMs, `seed ${seed}`).toBeCloseTo(heap.now, 3);
      expect(spentMs, `seed ${seed}`).toBeCloseTo(heap.spent, 3);
      const dearest = [...heap.dearest.values()].reduce((sum, ms) => sum + ms, 0);
      // Debts are cleared when the number of such steps is a power of two.
      const clears = 2 + 2 * Math.log2(STEPS);
      expect(vainMs, `seed ${seed}`).toBeLessThanOrEqual(SHARE * programMs + 2.5 * clears * dearest);
      if (programMs > 100 * dearest) expect(vainMs, `seed ${seed}`).toBeLessThanOrEqual(SHARE * programMs);
      // At least three quarters of the time of runs that gained almost nothing were in vain, unless a run that gained
      // much paid for them.
      expect(heap.worthless * 0.75, `seed ${seed}`).toBeLessThanOrEqual(vainMs + 3 * heap.halves * dearest + 1e-6);
      expect(heap.errors).toEqual([]);
    }
  });

  it("costs a CPython program little that catches MemoryErrors and drops a few objects, again and again", () => {
    const heap = heapWith({ limit: 64 * MIB, isHelpless: true });
    while (heap.allocate("live", MIB / 4)) heap.work(0.01);
    heap.work(1000);
    const [begun, spent] = [heap.now, heap.spent];
    for (let k = 0; k < 2000; k++) {
      heap.free("live", MIB / 4);
      for (let n = 0; n < 2; n++) heap.allocate("live", MIB / 4, 0.05);
    }
    const took = heap.spent - spent;
    const dearest = [...heap.dearest.values()].reduce((sum, ms) => sum + ms, 0);
    // What was saved up before, a quarter of the time, and half of the time in runs that were forgiven.
    expect(took).toBeLessThan(4 * dearest + 0.75 * (heap.now - begun - took));
  });

  for (const { kind, isHelpless } of KINDS) {
    describe(`of ${kind}'s kind`, () => {
      it("costs a program that lives above the soft limit little, and less and less", () => {
        const heap = heapWith({ softLimit: 48 * MIB, isHelpless });
        heap.allocate("live", 60 * MIB, 500);
        const shares = [1, 10, 100].map((seconds) => {
          const before = heap.spent;
          for (let k = 0; k < seconds * 100; k++) {
            heap.allocate("live", 8 * MIB, 10);
            heap.free("live", 8 * MIB);
          }
          return (heap.spent - before) / (seconds * 1000);
        });
        expect(heap.spent).toBeGreaterThan(0);
        expect(shares[0]).toBeLessThan(0.25);
        expect(shares[2]).toBeLessThan(0.05);
      });

      it("collects each time if that gains half of the heap, however fast the garbage is made", () => {
        const heap = heapWith({ softLimit: 64 * MIB, isHelpless });
        heap.allocate("live", 10 * MIB);
        for (let k = 0; k < 10_000; k++) heap.allocate("garbage", MIB);
        expect(heap.memoryBytes).toBeLessThan(70 * MIB);
        expect(runs(heap, "collect")).toBeGreaterThan(100);
      });

      it("lets no allocation fail while a third of the heap is garbage", () => {
        const heap = heapWith({ limit: 64 * MIB, isHelpless });
        heap.allocate("live", 40 * MIB);
        for (let k = 0; k < 10_000; k++) expect(heap.allocate("garbage", MIB / 4)).toBe(true);
      });

      it("lets no allocation fail for garbage, though the machine does other work during a run now and then", () => {
        const random = randomNumbers(SEED);
        for (const live of [10, 30, 40, 50, 58]) {
          // Of three runs in a row, at most one is interrupted: so most runs tell what a run takes.
          let whole = 0;
          const interruption = () => {
            if (whole++ < 2 || random() < 0.5) return 0;
            whole = 0;
            return 10_000 * random();
          };
          const heap = heapWith({ limit: 64 * MIB, isHelpless, interruption });
          // Four times there is really no memory: what these runs cost must not deny later ones.
          for (let k = 0; k < 4; k++) {
            while (heap.allocate("live", MIB)) heap.work(1);
            heap.free("live", heap.bytes.live - live * MIB);
          }
          heap.work(1000);
          for (let k = 0; k < 20_000; k++) {
            const done = heap.allocate("garbage", MIB * random(), 0.01);
            expect(done, `${live} MiB live, allocation ${k}`).toBe(true);
          }
          expect(heap.ladder.isValid()).toBe(true);
        }
      });

      it("helps a heap that became smaller, after measures were in vain when it was large", () => {
        const heap = heapWith({ limit: 64 * MIB, isHelpless });
        while (heap.allocate("live", MIB / 4)) heap.work(0.01);
        heap.free("live", 32 * MIB);
        for (let k = 0; k < 1000; k++) expect(heap.allocate("garbage", MIB / 4)).toBe(true);
      });

      it("tries measures before the first allocation fails, and not before each of those that fail after it", () => {
        const heap = heapWith({ limit: 64 * MIB, isHelpless });
        while (heap.allocate("live", MIB / 4)) heap.work(0.01);
        const before = runs(heap, "collect");
        expect(before).toBeGreaterThan(0);
        for (let k = 0; k < 10_000; k++) {
          heap.allocate("live", MIB);
          heap.free("live", MIB / 8);
          heap.allocate("live", MIB / 8);
        }
        expect(runs(heap, "collect") - before).toBeLessThan(20);
      });

      it("keeps the soft limit again in a heap that became smaller", () => {
        const heap = heapWith({ softLimit: 48 * MIB, isHelpless });
        heap.allocate("live", 100 * MIB, 100);
        for (let k = 0; k < 100; k++) heap.allocate("live", MIB, 1);
        heap.free("live", 190 * MIB);
        heap.memoryBytes = heap.reserved;
        for (let k = 0; k < 1000; k++) heap.allocate("garbage", MIB / 2, 1);
        expect(heap.memoryBytes).toBeLessThan(56 * MIB);
      });

      it("does not begin anew because a limit is set again and again", () => {
        const heap = heapWith({ softLimit: 48 * MIB, isHelpless });
        heap.allocate("live", 60 * MIB, 500);
        for (let k = 0; k < 1000; k++) {
          heap.ladder.softLimit = 48 * MIB;
          heap.allocate("live", 100, 0.1);
        }
        expect(runs(heap, "collect")).toBeLessThan(5);
      });

      it("saves up no more during a pause than a run costs", () => {
        const heap = heapWith({ softLimit: 48 * MIB, isHelpless });
        heap.allocate("live", 60 * MIB, 500);
        heap.work(3_600_000);
        const before = runs(heap, "collect");
        for (let k = 0; k < 1000; k++) {
          heap.allocate("live", 8 * MIB, 0.1);
          heap.free("live", 8 * MIB);
        }
        expect(runs(heap, "collect") - before).toBeLessThan(3);
      });

      it("leaves an idle heap alone if nothing can be gained", () => {
        const heap = heapWith({ isHelpless });
        heap.allocate("live", 20 * MIB);
        const before = heap.now;
        for (let k = 0; k < 1000; k++) {
          heap.ladder.relieve({ budgetMs: 1000 });
          heap.work(10);
        }
        expect(heap.spent).toBeLessThan(0.1 * (heap.now - before));
        heap.allocate("garbage", 20 * MIB);
        heap.work(10_000);
        expect(heap.ladder.relieve({ budgetMs: 1000 }).gained).toBeGreaterThan(19 * MIB);
        // A program that asks without a budget, or for measures by name, gets them.
        expect(heap.ladder.relieve().measures.length).toBe(heap.measures.size);
        expect(heap.ladder.relieve({ measures: ["collect"], budgetMs: 1000 }).measures.length).toBe(1);
      });

      it("tells a listener less often if it costs much and gains nothing", () => {
        const heap = heapWith({ softLimit: 48 * MIB, isHelpless, costs: {} });
        let told = 0;
        heap.events.on("pressure", () => {
          told++;
          heap.now += 100;
        });
        heap.allocate("live", 60 * MIB, 500);
        for (let k = 0; k < 1000; k++) {
          heap.allocate("live", 16 * MIB, 1);
          heap.free("live", 16 * MIB);
        }
        expect(told).toBeGreaterThan(0);
        expect(told).toBeLessThan(6);
      });
    });
  }

  it("tries an operation that takes long again only when measures gained what it needs, or there is none left", () => {
    const heap = heapWith({ limit: 64 * MIB });
    heap.allocate("live", 60 * MIB);
    heap.bytes.young = heap.bytes.empty = MIB / 8;
    const before = heap.now;
    expect(heap.allocate("live", 5 * MIB, 1000)).toBe(false);
    expect(Math.floor((heap.now - before) / 1000)).toBe(2);
    heap.bytes.live -= 2 * MIB;
    heap.bytes.garbage = 2 * MIB;
    expect(heap.allocate("live", 5 * MIB, 1000)).toBe(true);
    expect(heap.ladder.isValid()).toBe(true);
    // No measure can make more room than the limit.
    const { spent } = heap;
    expect(heap.allocate("live", 65 * MIB, 0)).toBe(false);
    expect(heap.spent).toBe(spent);
  });
});
