// Runs of the cycle collector in recordings: a heap's own collector, and CPython's.

import { describe, expect, it } from "vitest";
import { loadPython } from "../src/hosts/python/pyodide.js";
import { Heap } from "../src/index.js";
import { Collections } from "../src/trace/collections.js";
import type { TraceCollection } from "../src/trace/format.js";
import { Tape } from "./trace-data.js";

/** The collections of a recording, and the recording's duration in microseconds. */
async function collectionsOf(tape: Tape): Promise<{ list: TraceCollection[]; end: number }> {
  const list: TraceCollection[] = [];
  const summary = await tape.read({ collection: (collection) => void list.push(collection) });
  expect(summary.problem).toBeUndefined();
  return { list, end: summary.end?.duration ?? 0 };
}

describe("collections in a recording", () => {
  it("are those of the heap's collector, with what they found", async () => {
    const heap = await Heap.create();
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write });
    heap.gc.collect();
    heap.scope(() => {
      for (let k = 0; k < 5; k++) {
        const list = heap.list<unknown>();
        list.push(list);
      }
    });
    heap.gc.collect(1);
    recorder.stop();
    heap.gc.collect();
    const { list, end } = await collectionsOf(tape);
    expect(list.map(({ generation, collected }) => [generation, collected])).toEqual([
      [2, 0],
      [1, 5],
    ]);
    for (const { time, duration } of list) {
      expect(time).toBeGreaterThanOrEqual(0);
      // Each of the three was rounded to a whole microsecond.
      expect(time + duration).toBeLessThanOrEqual(end + 2);
    }
  });

  it("are kept by an aggregated recording too", async () => {
    const heap = await Heap.create();
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write, aggregate: true });
    heap.gc.collect();
    heap.gc.collect(0);
    recorder.stop();
    const { points } = (await tape.analyse()).analysis.collections;
    expect(points.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(Math.max(...points.map(({ generation }) => generation))).toBe(2);
  });

  it("of CPython are recorded from the interpreter's start to the recording's end, and the program sees nothing of that", async () => {
    const tape = new Tape();
    let stop = () => {};
    const { pyodide, heap } = await loadPython({
      onAttach: (attached) => {
        const recorder = attached.trace({ write: tape.write });
        stop = () => recorder.stop();
      },
    });
    const callbacks = () => pyodide.runPython("import gc; len(gc.callbacks)") as number;
    expect(callbacks()).toBe(0);
    pyodide.runPython(`
class A: pass
for _ in range(7):
    a = A(); a.self = a
del a
gc.collect()
gc.collect()
`);
    stop();
    pyodide.runPython("gc.collect()");
    expect(callbacks()).toBe(0);
    const { list } = await collectionsOf(tape);
    const full = list.filter(({ generation }) => generation === 2);
    expect(full.length).toBeGreaterThanOrEqual(2);
    expect(full.at(-2)?.collected).toBeGreaterThanOrEqual(7);
    expect(full.at(-1)?.collected).toBe(0);
    const second = new Tape();
    const again = heap.trace({ write: second.write });
    pyodide.runPython("gc.collect()");
    again.stop();
    heap.tracemalloc.start();
    pyodide.runPython("gc.collect()");
    expect(callbacks()).toBe(0);
    heap.tracemalloc.stop();
    expect((await collectionsOf(second)).list.filter(({ generation }) => generation === 2).length).toBe(1);
    heap.check();
  });

  it("are kept as sums of those that are close together, when there are many", () => {
    const collections = new Collections();
    for (let k = 0; k < 50_000; k++) {
      collections.add({ time: k * 37, generation: k % 1000 === 0 ? 2 : 0, duration: 3, collected: k & 1 });
    }
    const { points } = collections;
    expect(points.length).toBeLessThanOrEqual(1024);
    expect(points.length).toBeGreaterThan(400);
    const sum = (of: "count" | "duration" | "collected") => points.reduce((total, point) => total + point[of], 0);
    expect([sum("count"), sum("duration"), sum("collected")]).toEqual([50_000, 150_000, 25_000]);
    expect(points.every(({ time }, k) => k === 0 || time > (points[k - 1]?.time ?? 0))).toBe(true);
    expect(points.filter(({ generation }) => generation === 2).length).toBe(50);
  });
});
