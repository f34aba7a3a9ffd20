// A worker is terminated in the middle of an operation on objects, at random steps, or with PYHEAP_STOPS=0 at each step: others find the objects
// as they were before the operation or after it, and go on.

import { describe, expect, it } from "vitest";
import { Heap, type SharedHeap, sumOfParts } from "../src/index.js";
import { randomIntegers, SEED } from "./random.js";
import { Copy } from "./workers/crashes.js";
import { terminateTransfers } from "./workers/transfers.js";
import { Life, type Moment, SCENARIOS, type Scenario } from "./workers/undone.js";

/** How many steps of each scenario are tried; with 0, all of them. */
const STOPS = Number(process.env.PYHEAP_STOPS ?? 15);
/** How many copies of the memory there are at a time. */
const AT_A_TIME = 100;
/** Objects that were passed on have numbers up to this one. */
const MOST_PASSED = 10;

function check(heap: SharedHeap): void {
  heap.check();
  const { account } = heap.stats();
  expect(sumOfParts(account)).toBe(account.platform);
}

/** What others see of the heap at a moment, and what is left when they have released all. */
async function sightOf(life: Life, moment: Moment): Promise<{ seen: string; left: unknown }> {
  const heap = await life.survivor(moment);
  check(heap);
  const seen = heap.scope(() => heap.repr(heap.roots));
  // They use it, and adopt what was passed on.
  heap.scope(() => {
    heap.roots.set("more", heap.from(Array.from({ length: 100 }, (_, k) => [k, `${k}`])));
    const probe = heap.list().share();
    heap.adopt(probe);
    for (let object = 1; object < MOST_PASSED; object++)
      try {
        heap.adopt({ ...probe, object });
      } catch {}
  });
  check(heap);
  heap.roots.clear();
  heap.gc.collect();
  heap.release();
  check(heap);
  const { types } = heap.objectStats();
  return { seen, left: Object.fromEntries(Object.entries(types).map(([name, { live }]) => [name, live])) };
}

async function tryAt(scenario: Scenario, steps: readonly number[]): Promise<void> {
  const wanted = new Set(steps);
  const life = await Life.run(scenario, (step) => wanted.has(step));
  const between = await Promise.all(life.between.map((moment) => sightOf(life, moment)));
  let last: Moment | undefined;
  for (const moment of life.moments) {
    // Many steps change nothing.
    if (last?.acts === moment.acts && last.copy.equals(moment.copy)) continue;
    last = moment;
    try {
      const { seen, left } = await sightOf(life, moment);
      const [before, after] = between.slice(moment.acts, moment.acts + 2);
      expect([before?.seen, after?.seen]).toContain(seen);
      expect(left).toEqual(between[0]?.left);
    } catch (error) {
      throw new Error(`stopped at step ${moment.step} of ${life.steps}, in act ${moment.acts + 1}: ${error}`, {
        cause: error,
      });
    }
  }
}

describe(`an operation on objects whose worker is terminated at any step (PYHEAP_SEED=${SEED})`, () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    it(name, async () => {
      const random = randomIntegers(SEED);
      const { steps: all } = await Life.run(scenario, () => false);
      expect(all).toBeGreaterThan(100);
      const steps = Array.from({ length: STOPS || all }, (_, k) => (STOPS ? 1 + random(all) : k + 1));
      for (let k = 0; k < steps.length; k += AT_A_TIME) await tryAt(scenario, steps.slice(k, k + AT_A_TIME));
    });
  }
});

describe("an operation whose journal finds no memory", () => {
  it("goes on; only if its worker is terminated then, nobody can use objects any more", async () => {
    const first = await Heap.create({ shared: true });
    const [share, another] = [first.share(), first.share()];
    const second = await Heap.join({ ...share, spill: new SharedArrayBuffer(0, { maxByteLength: 8 }) });
    const rows = Array.from({ length: 5000 }, (_, k) => [k, `${k}`]);
    const copy = second.locked(() => {
      second.roots.set("rows", second.from(rows));
      return new Copy(share);
    });
    expect(first.toJS(first.roots)).toEqual({ rows });
    second.roots.delete("rows");
    second.leave();
    check(first);
    expect(first.objectStats().types.str?.live).toBeLessThan(100);

    const opened = copy.opened();
    const third = await Heap.join(opened(another));
    for (const use of [() => third.ended(opened(share)), () => third.list()])
      expect(use).toThrow("The heap is corrupt: what a terminated worker left at 0x10000 breaks its invariants");
    third.free(third.malloc(100_000));
  });
});

describe(`workers that are terminated while they use objects (PYHEAP_SEED=${SEED})`, () => {
  it("leave every section as a whole or not at all, and the others go on", async () => {
    expect(await terminateTransfers(SEED, (terminated) => terminated === 5)).toBe(5);
  });
});
