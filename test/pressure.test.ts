// What a heap does under pressure: measures at a soft limit, before an allocation fails, against holes, and when asked.
// No measures run while an operation is under way, and measures that gain nothing run less and less often.

import { describe, expect, it } from "vitest";
import {
  type Address,
  DEFAULT_POLICY,
  Heap,
  MemoryError,
  NO_LIMIT,
  type Policy,
  type PyList,
  type PySet,
} from "../src/index.js";
import { MIB, makeCycles, quietHeap, ran } from "./pressed.js";

function messageOf(act: () => unknown): string {
  try {
    return String(act());
  } catch (error) {
    return (error as Error).message;
  }
}

describe("soft limit", () => {
  it("collects before the heap grows past it, and stops when enough was gained", async () => {
    const heap = await quietHeap({ softLimit: 8 * MIB });
    makeCycles(heap, 4000, 10_000);
    expect(heap.stats().platformPeak).toBeLessThan(9 * MIB);
    const measures = ran(heap);
    expect(measures).toContain("collectYoung");
    expect(measures).not.toContain("compact");
    heap.check();
  });

  it("is seven eighths of the hard limit by default, and none without one", async () => {
    expect((await Heap.create()).softLimit).toBe(NO_LIMIT);
    const heap = await Heap.create({ limit: 64 * MIB });
    expect(heap.softLimit).toBe(56 * MIB);
    heap.limit = 32 * MIB;
    expect(heap.softLimit).toBe(28 * MIB);
    heap.softLimit = 10 * MIB;
    expect(heap.softLimit).toBe(10 * MIB);
    heap.softLimit = undefined;
    expect(heap.softLimit).toBe(28 * MIB);
  });

  it("compacts if there is nothing else to gain", async () => {
    const heap = await quietHeap({ softLimit: 24 * MIB });
    const rows = heap.list<unknown>();
    for (let k = 0; k < 400_000; k++) rows.push(`row number ${k}`);
    for (let k = 0; k < rows.length; k++) if (k % 10 !== 0) rows.set(k, null);
    const before = heap.reserved;
    heap.softLimit = before + MIB;
    const more = heap.list<unknown>();
    while (heap.measureLog.length === 0) more.push(heap.bytes(new Uint8Array(4000)));
    expect(ran(heap)).toContain("compact");
    expect(heap.reserved).toBeLessThan(before);
    expect(rows.at(390_000)).toBe("row number 390000");
    heap.check();
  });

  it("comes before the hard limit again, after its measures gained nothing for a while", async () => {
    const heap = await quietHeap({ limit: 16 * MIB });
    const kept = heap.list<unknown>();
    while (heap.reserved < 15.5 * MIB) kept.push("x".repeat(20_000) + kept.length);
    expect(heap.measureLog.length).toBeGreaterThan(0);
    kept.clear();
    heap.release();
    const before = heap.measureLog.length;
    makeCycles(heap, 4000, 10_000);
    const reasons = heap.measureLog.slice(before).map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(["soft limit"]));
    heap.check();
  });

  it("runs measures less and less often if they gain nothing", async () => {
    const heap = await quietHeap({ softLimit: 2 * MIB });
    const kept = heap.list<unknown>();
    for (let k = 0; k < 60_000; k++) kept.push(`kept number ${k}, and some more`.repeat(8));
    const runs = ran(heap).filter((measure) => measure === "compact").length;
    expect(runs).toBeGreaterThan(0);
    expect(runs).toBeLessThan(12);
    heap.check();
  });
});

describe("a program that lives above its soft limit", () => {
  it("pays for few collections, on a clock that counts its operations", async () => {
    let ms = 0;
    const heap = await Heap.create({ softLimit: 5 * MIB, clock: () => ms });
    const keep = heap.list<unknown>();
    heap.on("collect", ({ generation }) => {
      // As measured: looking at a list takes a tenth of the time of making it.
      ms += generation === 2 ? 0.0001 * keep.length : 0.1;
    });
    heap.on("compact", () => {
      ms += 0.0003 * keep.length;
    });
    for (let k = 0; k < 200_000; k++) {
      keep.push(heap.list([k]));
      ms += 0.001;
    }
    expect(heap.reserved).toBeGreaterThan(12 * MIB);
    const { programMs, vainMs, spentMs, measures } = heap.pressureAccount;
    expect(programMs + spentMs).toBeCloseTo(ms, 3);
    expect(vainMs).toBeLessThan(0.25 * programMs);
    expect(measures.collect?.runs).toBeLessThan(8);
    expect(measures.compact?.runs).toBeLessThan(5);
    heap.check();
  });
});

describe("no memory", () => {
  it("collects, and gives what was asked for", async () => {
    const heap = await quietHeap({ limit: 16 * MIB, softLimit: NO_LIMIT });
    makeCycles(heap, 1400, 10_000);
    // A text is written to a buffer, from which the string is made.
    const text = heap.str("y".repeat(6 * MIB));
    expect(text.length).toBe(6 * MIB);
    expect(ran(heap)).toContain("collectYoung");
    text.release();
    makeCycles(heap, 1400, 10_000);
    const block = heap.new("float64", (10 * MIB) / 8);
    expect(block.length).toBe((10 * MIB) / 8);
    heap.check();
  });

  it("throws if the measures gain nothing, and then runs them only the 2nd, 4th, 8th ... time", async () => {
    let ms = 0;
    const heap = await quietHeap({ limit: 4 * MIB, softLimit: NO_LIMIT, clock: () => ms });
    heap.on("measure", () => {
      ms++;
    });
    const collections = () => ran(heap).filter((measure) => measure === "collect").length;
    const kept = heap.bytes(new Uint8Array(1.5 * MIB));
    const tries = Array.from({ length: 40 }, () => {
      expect(() => heap.bytes(new Uint8Array(1.25 * MIB))).toThrow(MemoryError);
      return collections();
    });
    expect(tries.slice(0, 9)).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4]);
    expect(tries.at(-1)).toBe(6);
    expect(() => heap.bytes(new Uint8Array(5 * MIB))).toThrow(MemoryError);
    expect(collections()).toBe(6);
    kept.release();
    expect(heap.bytes(new Uint8Array(1.25 * MIB)).length).toBe(1.25 * MIB);
    heap.check();
  });

  it("repeats an operation after the measures, and does not iterate over its arguments again", async () => {
    const operations: Record<string, (heap: Heap, items: Iterable<string>) => number> = {
      list: (heap, items) => heap.list(items).length,
      tuple: (heap, items) => heap.tuple(items).length,
      set: (heap, items) => heap.set(items).size,
      dict: (heap, items) => heap.dict(Array.from(items, (item) => [item, 1] as const)).size,
      from: (heap, items) => heap.from([...items]).length,
      extend: (heap, items) => {
        const list = heap.list<string>();
        list.extend(items);
        return list.length;
      },
      update: (heap, items) => heap.set<string>().update(items).size,
      set_one_by_one: (heap, items) => {
        const dict = heap.dict<string, number>();
        for (const item of items) dict.set(item, 1);
        return dict.size;
      },
      push_one_by_one: (heap, items) => {
        const list = heap.list<string>();
        for (const item of items) list.push(item);
        return list.length;
      },
    };
    for (const [name, operate] of Object.entries(operations)) {
      const heap = await quietHeap({ limit: 16 * MIB, softLimit: NO_LIMIT });
      makeCycles(heap, 1500, 10_000);
      let iterated = 0;
      function* items() {
        for (let k = 0; k < 100_000; k++) {
          iterated++;
          yield `item ${k}`;
        }
      }
      expect(operate(heap, items()), name).toBe(100_000);
      expect(iterated, name).toBe(100_000);
      expect(heap.measureLog.length, name).toBeGreaterThan(0);
      heap.check();
    }
  });

  it("lets nobody move objects or release memory in the middle of an operation", async () => {
    let attempt: (() => void) | undefined;
    const locate = () => {
      attempt?.();
      return "here";
    };
    const write = () => attempt?.();
    const heaps = [await quietHeap(), await quietHeap({ allocator: "debug", locate })] as const;
    for (const heap of heaps) {
      const kept = heap.list(["kept"]);
      const acts = [
        ...[() => heap.compact(), () => heap.release(), () => heap.trim(), () => heap.relieve()],
        () => heap.gc.collect(),
      ];
      const expected = ["compact the heap", "release memory", "trim the heap", "relieve the heap", "collect garbage"];
      const messages = new Set<string>();
      attempt = () => {
        if (messages.size < acts.length) for (const act of acts) messages.add(messageOf(act));
      };
      const refused = () => {
        expect([...messages].sort()).toEqual(
          expected.map((what) => `Cannot ${what}: an operation is under way`).sort(),
        );
        messages.clear();
      };
      heap.walk(attempt);
      refused();
      const before = heap.getAllocator("mem");
      const { malloc, calloc, free } = before;
      const realloc = (block: Address, n: number) => {
        attempt?.();
        return before.realloc(block, n);
      };
      heap.setAllocator("mem", { malloc, calloc, realloc, free });
      for (let k = 0; k < 100; k++) kept.push(`more ${k}`);
      refused();
      heap.setAllocator("mem", before);
      if (heap === heaps[0]) {
        const again = attempt;
        attempt = undefined;
        const recorder = heap.trace({ write });
        // Fills most of the tracer's buffer with events that are made faster than the strings below.
        for (let k = 0; k < 60_000; k++) heap.mem.free(heap.mem.malloc(16));
        attempt = again;
        for (let k = 0; messages.size === 0 && k < 100_000; k++) kept.push(`more ${k}`);
        refused();
        attempt = undefined;
        recorder.stop();
      }
      attempt = undefined;
      expect(kept.at(100)).toBe("more 99");
      heap.check();
    }
  });

  it("does not end a walk when another walk ends inside of it", async () => {
    const heap = await quietHeap();
    heap.list(Array.from({ length: 100 }, (_, k) => `item ${k}`));
    let [outer, inner] = [0, 0];
    heap.walk(() => inner++);
    heap.walk(() => {
      heap.stats();
      outer++;
    });
    expect(outer).toBe(inner);
  });

  it("helps whatever makes or changes objects", async () => {
    const large = "x".repeat(3 * MIB);
    const numbers = Array.from({ length: 150_000 }, (_, k) => k % 200);
    const repeat = (act: (k: number) => unknown) => Array.from({ length: 60_000 }, (_, k) => act(k));
    const operations: Record<string, (heap: Heap, list: PyList<number>, set: PySet<number>) => unknown> = {
      slice: (_, list) => list.slice(1),
      copy: (_, list) => list.copy(),
      sort: (_, list) => list.sort(),
      sort_by_key: (_, list) => list.sort({ key: (item) => -item }),
      repr: (_, list) => list.repr().length,
      heap_repr: (heap, list) => heap.repr(list).length,
      set_item: (_, list) => list.set(0, large as never),
      includes: (_, list) => list.includes(large),
      hash: (heap) => heap.hash(large),
      compare: (heap, list) => heap.compare(list, "==", large),
      copy_of_set: (_, __, set) => set.copy(),
      subset: (_, list, set) => set.isSubsetOf(list.slice(0, 100_000)),
      clone: (_, list) => repeat(() => list.clone()),
      root: (heap, list) => repeat((k) => heap.roots.set(`${k}`, list)),
      ref: (heap, _, set) => repeat(() => heap.ref(set, () => undefined)),
      float: (heap) => repeat((k) => heap.float(k)),
      type: (heap) => repeat((k) => k < 4000 && heap.type(`T${k}`, { fields: { a: "object" } })),
      get_objects: (heap) => repeat(() => heap.list([1])) && heap.gc.getObjects(),
      unary: (heap) => heap.exact(() => repeat((k) => heap.unary("-", -1000 - k))),
    };
    for (const [name, operate] of Object.entries(operations)) {
      const heap = await quietHeap({ limit: 12 * MIB, softLimit: NO_LIMIT });
      const [list, set] = [heap.list(numbers), heap.set(repeat((k) => k % 10_000) as number[])];
      while (heap.limit - heap.reserved > 40_000) makeCycles(heap, 1, 20_000);
      expect(() => operate(heap, list, set), name).not.toThrow();
      expect(heap.measureLog.length, name).toBeGreaterThan(0);
      heap.check();
    }
  });

  it("runs no measures while an allocator of the program is called", async () => {
    const heap = await quietHeap({ limit: 8 * MIB });
    const before = heap.getAllocator("object");
    let failures = 0;
    heap.setAllocator("object", {
      ...{ malloc: before.malloc, calloc: before.calloc, realloc: before.realloc, free: before.free },
      malloc: (n) => {
        try {
          heap.free(heap.malloc(16 * MIB));
        } catch {
          failures++;
        }
        return before.malloc(n);
      },
    });
    const list = heap.list([1.5, 2.5]);
    expect(failures).toBeGreaterThan(0);
    expect(heap.measureLog).toEqual([]);
    expect(list.at(1)).toBe(2.5);
    heap.setAllocator("object", before);
    heap.check();
  });
});

describe("holes", () => {
  it("are closed when half of a heap that has doubled is holes", async () => {
    const heap = await quietHeap();
    const rows = heap.list<unknown>();
    const others: PyList<unknown>[] = [];
    // Each round keeps one string of ten, so holes make the heap grow.
    for (let round = 0; round < 24; round++) {
      const start = rows.length;
      const size = 20 + round * 12;
      for (let k = 0; k < 40_000; k++) rows.push("r".repeat(size) + k);
      for (let k = start; k < rows.length; k++) if (k % 10 !== 0) rows.set(k, null);
      others.push(heap.list([round]));
    }
    expect(ran(heap)).toContain("compact");
    expect(heap.measureLog.every(({ reason }) => reason === "fragmentation")).toBe(true);
    expect(ran(heap)).not.toContain("collect");
    expect(rows.at(0)).toBe(`${"r".repeat(20)}0`);
    heap.check();
  });
});

describe("relieve", () => {
  it("runs all measures, and says what each gained", async () => {
    const heap = await quietHeap();
    makeCycles(heap, 2000, 5000);
    const relief = heap.relieve();
    expect(relief.measures.map(({ measure }) => measure).slice(0, 5)).toEqual([
      ...["freeLists", "release", "collectYoung", "collect", "compact"],
    ]);
    expect(relief.gained).toBeGreaterThan(9 * MIB);
    expect(relief.measures.find(({ measure }) => measure === "collectYoung")?.gained).toBeGreaterThan(9 * MIB);
    heap.check();
  });

  it("stays within its budget, once it knows what measures take", async () => {
    const heap = await quietHeap();
    const rows = heap.list<unknown>();
    for (let k = 0; k < 300_000; k++) rows.push([k, `row ${k}`].join());
    heap.relieve();
    const { measures } = heap.relieve({ budgetMs: 1 });
    expect(measures.map(({ measure }) => measure)).not.toContain("compact");
    expect(heap.relieve({ budgetMs: 0 }).measures).toEqual([]);
    expect(() => heap.relieve({ budgetMs: Number.NaN })).toThrow(RangeError);
  });

  it("can't be called from a finalizer", async () => {
    const heap = await quietHeap();
    const errors: unknown[] = [];
    heap.onUnraisable = (error) => errors.push(error);
    const type = heap.type("Closing", { finalize: () => void heap.relieve() });
    type.new().release();
    expect(String(errors[0])).toContain("Cannot relieve the heap: an operation is under way");
    heap.check();
  });
});

describe("policy and events", () => {
  it("can be replaced, and be off", async () => {
    const asked: string[] = [];
    const policy: Policy = {
      ...DEFAULT_POLICY,
      measures: ({ reason, reserved, softLimit }) => {
        asked.push(reason);
        expect(reserved).toBeGreaterThan(softLimit);
        return ["collect"];
      },
    };
    const heap = await quietHeap({ softLimit: 4 * MIB, policy });
    makeCycles(heap, 2000, 10_000);
    expect(new Set(asked)).toEqual(new Set(["soft limit"]));
    expect(new Set(ran(heap))).toEqual(new Set(["collect"]));

    const off = await quietHeap({ limit: 8 * MIB, policy: false });
    expect(() => makeCycles(off, 2000, 10_000)).toThrow(MemoryError);
    expect(off.measureLog).toEqual([]);
    off.policy = DEFAULT_POLICY;
    makeCycles(off, 2000, 10_000);
    expect(off.measureLog.length).toBeGreaterThan(0);
  });

  it("tells what ran, why, how long, and what it gained", async () => {
    const heap = await quietHeap({ softLimit: 8 * MIB });
    const seen: string[] = [];
    const stop = heap.on("pressure", ({ reason, reserved, softLimit }) => {
      seen.push(`pressure: ${reason}`);
      expect(reserved).toBeGreaterThan(softLimit);
    });
    heap.on("measure", ({ measure, ms, gained, at }) => {
      seen.push(measure);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(gained).toBeGreaterThanOrEqual(0);
    });
    heap.on("collect", ({ generation, collected }) => seen.push(`collected ${generation} ${collected > 0}`));
    heap.on("compact", ({ moved, gained }) => seen.push(`compacted ${moved >= 0} ${gained >= 0}`));
    makeCycles(heap, 1200, 10_000);
    expect(seen.slice(0, 5)).toEqual([
      ...["pressure: soft limit", "freeLists", "release", "collected 1 true", "collectYoung"],
    ]);
    seen.length = 0;
    heap.compact();
    expect(seen).toEqual(["collected 2 true", "compacted true true"]);
    stop();
    makeCycles(heap, 1200, 10_000);
    expect(seen).not.toContain("pressure: soft limit");
    expect(() => heap.on("rain" as never, () => {})).toThrow('Cannot listen to "rain"');
    expect(() => heap.on("collect", 5 as never)).toThrow("the listener is a number, not a function");
  });

  it("lets a listener drop what can be had again, and survives one that throws", async () => {
    const heap = await quietHeap({ softLimit: 8 * MIB });
    const errors: unknown[] = [];
    heap.onUnraisable = (error) => errors.push(error);
    let cache: PyList<unknown> | undefined = heap.list();
    heap.on("pressure", () => {
      cache?.release();
      cache = undefined;
      throw new Error("listener");
    });
    for (let k = 0; cache && k < 2000; k++) cache.push("c".repeat(10_000) + k);
    expect(cache).toBeUndefined();
    expect(heap.reserved).toBeLessThan(2 * MIB);
    heap.on("measure", async () => {
      throw new Error("later");
    });
    heap.relieve({ measures: ["release"] });
    await Promise.resolve();
    expect(errors.map(String)).toEqual(["Error: listener", "Error: listener", "Error: later"]);
    heap.check();
  });
});
