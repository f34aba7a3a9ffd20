// Single measures against pressure; and policies that are invalid, or misbehave: a run ends whatever they do.

import { describe, expect, it } from "vitest";
import { DEFAULT_POLICY, Heap, MemoryError, type Policy } from "../src/index.js";
import { MIB, makeCycles, quietHeap, ran } from "./pressed.js";

/** The default policy with some parts replaced. */
function policyWith(part: Partial<Record<keyof Policy, unknown>>): Policy {
  return { ...DEFAULT_POLICY, ...part } as Policy;
}

describe("a policy", () => {
  it("is refused if it is not valid, and the previous one stays", async () => {
    const wrong: [unknown, string][] = [
      ["all", "it is a string"],
      [{}, "its softLimit is not a function"],
      [{ ...DEFAULT_POLICY, measures: ["collect"] }, "its measures is not a function"],
      [policyWith({ fragmentation: Number.NaN }), "its fragmentation is NaN, not 0 to 1"],
      [policyWith({ softLimit: () => Number.NaN }), "soft limit NaN: not a number of bytes"],
      [policyWith({ softLimit: () => -1 }), "soft limit -1: not a number of bytes"],
    ];
    const heap = await Heap.create({ limit: 8 * MIB });
    for (const [policy, message] of wrong) {
      await expect(Heap.create({ policy: policy as Policy }), message).rejects.toThrow(message);
      expect(() => {
        heap.policy = policy as Policy;
      }).toThrow(message);
      expect([heap.policy, heap.softLimit]).toEqual([DEFAULT_POLICY, 7 * MIB]);
    }
  });

  it("that throws, or names an unknown measure: its error is thrown by relieve(), and reported under pressure", async () => {
    for (const [measures, message] of [
      [() => fail("no idea"), "no idea"],
      [() => undefined, "Cannot run measures: their names are not iterable: undefined"],
      [() => ["sweep"], 'Cannot run the measure "sweep": the measures are freeLists, release'],
    ] as const) {
      const heap = await quietHeap({ limit: 8 * MIB, policy: policyWith({ measures }) });
      const errors: unknown[] = [];
      heap.onUnraisable = (error) => errors.push(error);
      expect(() => makeCycles(heap, 2000, 10_000)).toThrow(MemoryError);
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThan(12);
      expect(String(errors[0])).toContain(message);
      expect(() => heap.relieve()).toThrow(message);
      heap.policy = DEFAULT_POLICY;
      makeCycles(heap, 2000, 10_000);
      heap.check();
    }
  });

  it("that never ends is ended", async () => {
    const forever = function* () {
      for (;;) yield "release" as const;
    };
    const heap = await quietHeap({ limit: 8 * MIB, policy: policyWith({ measures: forever }) });
    expect(() => makeCycles(heap, 2000, 10_000)).toThrow(MemoryError);
    expect(heap.relieve().measures.length).toBe(64);
    expect(heap.relieve({ budgetMs: 0 }).measures.length).toBe(0);
  });
});

function fail(message: string): never {
  throw new Error(message);
}

describe("measures", () => {
  it("can be run each by itself, and answer what they gained", async () => {
    const heap = await quietHeap();
    makeCycles(heap, 500, 5000);
    const { gained, measures } = heap.relieve({ measures: ["collectYoung", "compact"] });
    expect(measures.map(({ measure }) => measure)).toEqual(["collectYoung", "compact"]);
    expect(gained).toBeGreaterThan(2 * MIB);
    expect(() => heap.relieve({ measures: ["sweep" as never] })).toThrow(RangeError);
  });

  it("that find no memory for themselves gain nothing, and the next ones run", async () => {
    const heap = await quietHeap({ limit: 8 * MIB });
    const errors: unknown[] = [];
    heap.onUnraisable = (error) => errors.push(error);
    const rows = heap.list<string>();
    // The limit is reached with small objects, so no memory is left for a list of them, which a compaction needs.
    expect(() => {
      for (let k = 0; ; k++) rows.push(`row ${k}`);
    }).toThrow(MemoryError);
    expect(ran(heap)).toContain("trim");
    expect(heap.relieve().measures.map(({ measure }) => measure)).toEqual([
      ...["freeLists", "release", "collectYoung", "collect", "compact", "trim"],
    ]);
    expect(errors).toEqual([]);
    expect(() => heap.compact()).toThrow(MemoryError);
    heap.check();
  });

  it("gain what goes back to the system, too", async () => {
    const heap = await quietHeap();
    const rows = heap.list<string>();
    for (let k = 0; k < 2000; k++) rows.push("r".repeat(5000) + k);
    rows.release();
    heap.compact();
    const { gained, measures } = heap.relieve();
    expect(measures.at(-1)).toMatchObject({ measure: "trim" });
    expect(measures.at(-1)?.gained).toBeGreaterThan(9 * MIB);
    expect(gained).toBeGreaterThan(9 * MIB);
    expect(heap.measureLog.at(-1)?.gained).toBe(gained);
  });

  it("do not collect again to compact", async () => {
    const heap = await quietHeap();
    heap.list([heap.list([1])]);
    const collections: number[] = [];
    heap.on("collect", ({ generation }) => collections.push(generation));
    heap.relieve();
    expect(collections).toEqual([1, 2]);
    heap.list([heap.list([1])]);
    heap.relieve({ measures: ["compact"] });
    expect(collections).toEqual([1, 2]);
    heap.compact();
    expect(collections).toEqual([1, 2, 2]);
  });

  it("cause no pressure by what they need for themselves", async () => {
    const heap = await quietHeap({ softLimit: 2 * MIB });
    const rows = heap.list<string>();
    let runs = 0;
    heap.on("pressure", ({ reason }) => {
      if (reason !== "soft limit") return;
      runs++;
      heap.softLimit = MIB;
      heap.policy = DEFAULT_POLICY;
    });
    for (let k = 0; k < 100_000; k++) rows.push(`row number ${k}`);
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(12);
    const before = runs;
    for (let k = 0; k < 10; k++) {
      heap.relieve({ measures: ["compact"] });
      rows.push("another");
    }
    expect(runs).toBe(before);
  });

  it("run when the heap grows next after a soft limit was set below what it has", async () => {
    const heap = await quietHeap();
    makeCycles(heap, 500, 5000);
    heap.softLimit = MIB;
    makeCycles(heap, 20, 5000);
    expect(ran(heap)).toContain("collectYoung");
    expect(heap.measureLog.every(({ reason }) => reason === "soft limit")).toBe(true);
  });

  it("wait for the end of what is under way, and no longer", async () => {
    const heap = await quietHeap({ softLimit: MIB });
    let isFirst = true;
    heap.walk(() => {
      if (isFirst) makeCycles(heap, 300, 10_000);
      isFirst = false;
    });
    expect(heap.measureLog).toEqual([]);
    expect(heap.reserved).toBeGreaterThan(2 * MIB);
    makeCycles(heap, 20, 5000);
    expect(ran(heap)).toContain("collectYoung");
    heap.check();
  });

  it("that took long when the heap was large are known to be faster when it is small", async () => {
    const heap = await quietHeap();
    const rows = heap.list<string>();
    for (let k = 0; k < 300_000; k++) rows.push(`row ${k}`);
    const { measures } = heap.relieve({ measures: ["compact"] });
    rows.release();
    heap.gc.collect();
    heap.release();
    const budgetMs = (measures[0]?.ms ?? 0) / 2;
    expect(heap.relieve({ measures: ["compact"], budgetMs }).measures.length).toBe(1);
  });
});
