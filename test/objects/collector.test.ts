// The collector alone: generations and thresholds, deep structures, what it reports, and what a program may do to it
// meanwhile.

import { describe, expect, it } from "vitest";
import { DEBUG_STATS, Heap, HeapFault, type PyInstance, type PyObject } from "../../src/index.js";
import { footprint, leakFree } from "./leak-free.js";

/** A list that contains itself, to which nothing else refers. */
function dropCycle(heap: Heap): void {
  heap.scope(() => {
    const l = heap.list<unknown>();
    l.append(l);
  });
}

describe("generations", () => {
  it("have CPython's thresholds, which can be set", async () => {
    const heap = await Heap.create();
    expect(heap.gc.threshold).toEqual([2000, 10, 10]);
    heap.gc.threshold = [7, 3];
    expect(heap.gc.threshold).toEqual([7, 3, 10]);
    expect(() => {
      heap.gc.threshold = [-1];
    }).toThrow("Cannot set threshold 0 to -1: not a whole number from 0 to 2147483647");
    expect(() => heap.gc.collect(3)).toThrow("Cannot collect generation 3: the generations are 0, 1 and 2");
  });

  it("count allocations less frees, and collections of the younger one", async () => {
    const heap = await Heap.create();
    const { gc } = heap;
    gc.disable();
    const lists = Array.from({ length: 10 }, () => heap.list());
    expect(gc.count).toEqual([10, 0, 0]);
    lists.pop()?.release();
    expect(gc.count).toEqual([9, 0, 0]);
    gc.collect(0);
    expect(gc.count).toEqual([0, 1, 0]);
    gc.collect(1);
    expect(gc.count).toEqual([0, 0, 1]);
    gc.collect();
    expect(gc.count).toEqual([0, 0, 0]);
    lists.pop()?.release();
    expect(gc.count).toEqual([0, 0, 0]);
    expect(gc.stats.map((s) => s.collections)).toEqual([1, 1, 1]);
  });

  it("are passed by survivors from the youngest to the oldest", async () => {
    const heap = await Heap.create();
    const { gc } = heap;
    gc.disable();
    const l = heap.list();
    const generationOf = (): number[] =>
      [0, 1, 2].filter((k) => heap.scope(() => [...gc.getObjects(k)].some((o) => o.is(l))));
    expect(generationOf()).toEqual([0]);
    gc.collect(0);
    expect(generationOf()).toEqual([1]);
    gc.collect(0);
    expect(generationOf()).toEqual([1]);
    gc.collect(1);
    expect(generationOf()).toEqual([2]);
    gc.collect(2);
    expect(generationOf()).toEqual([2]);
    gc.freeze();
    expect([generationOf(), gc.frozen]).toEqual([[], 1]);
    expect(heap.scope(() => gc.getObjects().length)).toBe(0);
    gc.unfreeze();
    expect(generationOf()).toEqual([2]);
  });

  it("an old cycle is found by a collection of its generation only", async () => {
    const heap = await Heap.create();
    const { gc } = heap;
    const l = heap.list<unknown>();
    l.append(l);
    gc.collect(1);
    l.release();
    expect([gc.collect(0), gc.collect(1), gc.collect(2)]).toEqual([0, 0, 1]);
    expect(gc.stats.map((s) => s.collected)).toEqual([0, 0, 1]);
  });

  it("are collected automatically when their counts pass the thresholds", async () => {
    const heap = await Heap.create();
    const before = footprint(heap);
    const { gc } = heap;
    const seen: number[] = [];
    gc.callbacks.push((phase, { generation }) => {
      if (phase === "start") seen.push(generation);
    });
    gc.threshold = [50, 3, 2];
    for (let k = 0; k < 2000; k++) dropCycle(heap);
    expect(new Set(seen)).toEqual(new Set([0, 1, 2]));
    expect(seen.slice(0, 5)).toEqual([0, 0, 0, 0, 1]);
    expect(heap.objectStats().types.list?.live).toBeLessThan(60);
    const { length } = seen;
    gc.disable();
    expect(gc.isEnabled).toBe(false);
    for (let k = 0; k < 200; k++) dropCycle(heap);
    gc.enable();
    gc.threshold = [0];
    for (let k = 0; k < 200; k++) dropCycle(heap);
    expect(seen.length).toBe(length);
    expect(heap.objectStats().types.list?.live).toBeGreaterThan(400);
    gc.callbacks.length = 0;
    expect(footprint(heap)).toEqual(before);
  });

  it("a full one waits until a quarter of the old objects is new", async () => {
    const heap = await Heap.create();
    const { gc } = heap;
    gc.disable();
    const kept = heap.list(Array.from({ length: 1000 }, () => heap.list()));
    gc.collect();
    gc.enable();
    gc.threshold = [10, 1, 1];
    for (let k = 0; k < 2000; k++) dropCycle(heap);
    expect(gc.stats[2]?.collections).toBe(1);
    for (let k = 0; k < 1000; k++) heap.scope(() => kept.append(heap.list()));
    expect(gc.stats[2]?.collections).toBeGreaterThan(1);
  });
});

describe("structures as deep as they like", () => {
  const DEPTH = 100_000;
  const nest: Readonly<Record<string, (heap: Heap) => (inner: PyObject, k: number) => PyObject>> = {
    lists: (heap) => (inner) => heap.list([inner]),
    tuples: (heap) => (inner) => heap.tuple([inner]),
    dicts: (heap) => (inner) => heap.dict([[1, inner]]),
    "dicts of one shape": (heap) => (inner) => heap.dict({ next: inner }),
    frozensets: (heap) => (inner) => heap.frozenset([inner]),
    instances: (heap) => {
      const T = heap.type("T", { fields: { next: "object" } });
      return (next) => T.new({ next });
    },
    "instances with items and finalizers": (heap) => {
      const T = heap.type("T", { items: "object", finalize: () => undefined, dealloc: () => undefined });
      return (next) => T.new({}, [next]);
    },
    "everything in turn": (heap) => {
      const T = heap.type("T", { fields: { next: "object" } });
      return (inner, k) =>
        [
          () => heap.list([inner]),
          () => heap.tuple([inner]),
          () => heap.dict([["k", inner]]),
          () => T.new({ next: inner }),
        ][k % 4]?.() as PyObject;
    },
  };
  for (const [name, make] of Object.entries(nest)) {
    it(`${name}: they are deallocated, and collected, on a bounded stack`, async () => {
      await leakFree((heap) => {
        const wrap = make(heap);
        for (const cyclic of [false, true]) {
          if (cyclic && name === "frozensets") continue;
          const bottom = heap.list<unknown>();
          let top: PyObject = bottom.clone();
          // The hash of a frozenset includes all nested ones, so the depth must be limited.
          const depth = name === "frozensets" ? 900 : DEPTH;
          for (let k = 0; k < depth; k++) {
            const next = name === "frozensets" && k === 0 ? heap.tuple() : wrap(top, k);
            top.release();
            top = next;
          }
          if (cyclic) bottom.append(top);
          bottom.release();
          top.release();
          const found = heap.gc.collect();
          if (cyclic) expect(found).toBe(DEPTH + 1);
          else expect(found).toBe(0);
        }
        heap.check();
      });
    });
  }
});

describe("what a program does meanwhile", () => {
  it("a callback of the collector may raise, and log; a collection within it does nothing", async () => {
    await leakFree((heap) => {
      const reports: unknown[] = [];
      const lines: string[] = [];
      heap.onUnraisable = (error) => reports.push((error as Error).message);
      heap.gc.log = (line) => lines.push(line);
      heap.gc.debug = DEBUG_STATS;
      heap.gc.callbacks.push((phase) => {
        expect(heap.gc.collect()).toBe(0);
        throw new Error(phase);
      });
      dropCycle(heap);
      expect(heap.gc.collect()).toBe(1);
      heap.gc.debug = 0;
      heap.gc.callbacks.length = 0;
      expect(reports).toEqual(["start", "stop"]);
      expect(lines).toEqual(["gc: collecting generation 2...", "gc: done, 1 unreachable, 0 uncollectable"]);
    });
  });

  it("the heap is whole in every callback and finalizer", async () => {
    await leakFree((heap) => {
      let calls = 0;
      const look = () => {
        calls++;
        heap.check();
        heap.scope(() => {
          for (const o of heap.gc.getObjects()) expect(o.refcount).toBeGreaterThan(0);
        });
      };
      const T = heap.type("T", {
        fields: { next: "object" },
        weakReferences: true,
        finalize: look,
        dealloc: look,
      });
      heap.scope(() => {
        const nodes = Array.from({ length: 20 }, () => T.new());
        for (const [k, node] of nodes.entries()) {
          heap.scope(() => node.set("next", heap.list([nodes[(k + 1) % 20], heap.tuple([nodes[(k * 7) % 20]])])));
        }
        const refs = nodes.map((node) => heap.ref(node, look));
        for (const node of nodes) node.release();
        heap.gc.collect();
        expect(refs.every((ref) => ref.deref() === undefined)).toBe(true);
      });
      expect(calls).toBe(60);
      heap.gc.callbacks.push(look);
      dropCycle(heap);
      heap.gc.collect();
      heap.gc.callbacks.length = 0;
      expect(calls).toBe(62);
    });
  });

  it("an exception in a callback is reported, and the others still run", async () => {
    await leakFree((heap) => {
      const reports: string[] = [];
      heap.onUnraisable = (error) => reports.push((error as Error).message);
      const log: number[] = [];
      const set = heap.set([1]);
      for (let k = 0; k < 3; k++) {
        heap.ref(set, () => {
          log.push(k);
          throw new Error(`callback ${k}`);
        });
      }
      set.release();
      expect([log, reports]).toEqual([
        [2, 1, 0],
        ["callback 2", "callback 1", "callback 0"],
      ]);
    });
  });

  it("the callback of a weak reference that can't be made is forgotten", async () => {
    await leakFree((heap) => {
      expect(() => heap.ref(heap.list(), () => undefined)).toThrow("cannot create weak reference to 'list' object");
    });
  });

  it("finalizers of a cycle run once each, in the order in which the objects were made", async () => {
    await leakFree((heap) => {
      const order: unknown[] = [];
      const T = heap.type("T", { fields: { n: "int32", next: "object" }, finalize: (o) => order.push(o.get("n")) });
      heap.scope(() => {
        const nodes = Array.from({ length: 10 }, (_, n) => T.new({ n }));
        for (const [k, node] of nodes.entries()) node.set("next", nodes[(k + 3) % 10] as PyInstance);
      });
      expect(heap.gc.collect()).toBe(10);
      expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });
});

describe("a fault that the debug hooks find in a collection", () => {
  /** A heap with garbage. One block of the garbage was written beyond its end. */
  async function damaged(): Promise<Heap> {
    const heap = await Heap.create({
      allocator: "debug",
      locate: () => undefined,
      policies: { freeLists: false },
    });
    heap.gc.disable();
    const cycle = heap.list<unknown>(["damaged"]);
    cycle.append(cycle);
    const at = heap.addressOf(cycle);
    const block = heap.knownBlocks().find(({ address, size }) => address <= at && at < address + size);
    if (!block) throw new Error("there is no such block");
    new Uint8Array(heap.memory.buffer)[block.address + block.size] = 1;
    cycle.release();
    for (let k = 0; k < 100; k++) dropCycle(heap);
    return heap;
  }

  /** Checks that the collector still works, and so do the actions that are forbidden during a collection. */
  function expectToGoOn(heap: Heap): void {
    dropCycle(heap);
    expect(heap.gc.collect()).toBe(1);
    heap.compact();
    heap.relieve();
  }

  it("is thrown when the collection is over", async () => {
    const heap = await damaged();
    const ended: number[] = [];
    heap.on("collect", ({ collected }) => ended.push(collected));
    expect(() => heap.gc.collect()).toThrow(HeapFault);
    expect(ended).toEqual([101]);
    expectToGoOn(heap);
  });

  it("is reported if the collection began by itself", async () => {
    const heap = await damaged();
    const errors: unknown[] = [];
    heap.onUnraisable = (error) => errors.push(error);
    heap.gc.enable();
    heap.gc.threshold = [50];
    const kept = Array.from({ length: 100 }, () => heap.list([heap.list()]));
    expect(errors).toEqual([expect.any(HeapFault)]);
    expect(kept.length).toBe(100);
    expectToGoOn(heap);
  });

  it("is thrown at once where a finalizer does wrong", async () => {
    const heap = await Heap.create({ allocator: "debug", locate: () => undefined });
    const seen: unknown[] = [];
    const T = heap.type("T", {
      fields: { o: "object" },
      finalize: () => {
        const block = heap.malloc(8);
        heap.free(block);
        try {
          heap.free(block);
        } catch (error) {
          seen.push(error);
        }
      },
    });
    const instance = T.new();
    instance.set("o", instance);
    instance.release();
    expect(heap.gc.collect()).toBe(1);
    expect(seen).toEqual([expect.any(HeapFault)]);
  });
});
