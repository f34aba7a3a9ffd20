// heap.tracemalloc in a TypeScript program: every byte is at its line.

import { beforeEach, describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";

const FILE = import.meta.url.replace("file://", "");

describe("heap.tracemalloc of a TypeScript program", () => {
  let heap: Heap;
  const make = (n: number) => heap.object.malloc(n);

  beforeEach(async () => {
    heap = await Heap.create();
  });

  it("has exactly what each line allocated, through resizes and frees", () => {
    const { tracemalloc } = heap;
    const before = heap.malloc(1000);
    tracemalloc.start();
    const lineOf = (statement: () => void): number => {
      const known = new Set(
        tracemalloc
          .takeSnapshot()
          .statistics("lineno")
          .map(({ traceback }) => traceback.key),
      );
      statement();
      const [fresh] = tracemalloc
        .takeSnapshot()
        .statistics("lineno")
        .filter(({ traceback }) => !known.has(traceback.key));
      return fresh?.traceback.last.lineno ?? 0;
    };
    const first = lineOf(() => {
      for (let k = 1; k <= 10; k++) heap.raw.malloc(k * 100);
    });
    let block = heap.malloc(10);
    const second = lineOf(() => {
      block = heap.realloc(block, 5000);
    });
    heap.free(heap.malloc(70_000));
    heap.free(before);
    const snapshot = tracemalloc.takeSnapshot();
    const sums = snapshot.statistics("lineno").map(({ traceback, size, count }) => [traceback.last, size, count]);
    expect(sums).toEqual([
      [{ filename: FILE, lineno: first, name: "" }, 5500, 10],
      [{ filename: FILE, lineno: second, name: "" }, 5000, 1],
    ]);
    expect(snapshot.statistics("filename")).toMatchObject([{ size: 10_500, count: 11 }]);
    expect(new Set(snapshot.traces.map(({ domain }) => domain))).toEqual(new Set(["raw", "mem"]));
    tracemalloc.stop();
  });

  it("follows memory and its peak", () => {
    const { tracemalloc } = heap;
    expect(tracemalloc.isTracing()).toBe(false);
    expect(tracemalloc.getTracedMemory()).toEqual({ current: 0, peak: 0 });
    expect(tracemalloc.getTracemallocMemory()).toBe(0);
    expect(() => tracemalloc.takeSnapshot()).toThrow("Cannot take a snapshot: memory is not traced; call start first");
    tracemalloc.start(3);
    tracemalloc.start(9);
    expect(tracemalloc.getTracebackLimit()).toBe(3);
    const a = make(3000);
    heap.object.free(make(5000));
    expect(tracemalloc.getTracedMemory()).toEqual({ current: 3000, peak: 8000 });
    tracemalloc.resetPeak();
    expect(tracemalloc.getTracedMemory()).toEqual({ current: 3000, peak: 3000 });
    tracemalloc.clearTraces();
    heap.object.free(a);
    const b = make(7);
    expect(tracemalloc.getTracedMemory()).toEqual({ current: 7, peak: 7 });
    expect(tracemalloc.getTracemallocMemory()).toBeGreaterThan(100_000);
    expect(() => heap.trace({ write: () => undefined })).toThrow("Cannot trace: a recording is under way");
    tracemalloc.stop();
    tracemalloc.stop();
    expect(tracemalloc.isTracing()).toBe(false);
    heap.object.free(b);
    for (const wrong of [0, 1.5, 65536, Number.NaN]) expect(() => tracemalloc.start(wrong)).toThrow(RangeError);
    heap.check();
  });

  it("says where an object was allocated", () => {
    const { tracemalloc } = heap;
    const old = heap.new("uint8", 10);
    tracemalloc.start(2);
    function outer() {
      return heap.from([[1, 2, 3]]);
    }
    using list = outer();
    using inner = list.at(0);
    const floats = heap.new("float64", 3);
    const block = make(40);
    const objects = inner ? [list, inner] : [];
    expect(objects.length).toBe(2);
    for (const object of objects) {
      const traceback = tracemalloc.getObjectTraceback(object);
      expect(traceback?.last).toMatchObject({ filename: FILE, name: "outer" });
      expect(traceback?.frames.length).toBe(2);
      expect(traceback?.totalNframe).toBeGreaterThan(2);
    }
    expect(tracemalloc.getObjectTraceback(block)?.last.name).toBe("make");
    expect(tracemalloc.getObjectTraceback(floats)?.last.filename).toBe(FILE);
    expect(tracemalloc.getObjectTraceback(old)).toBeUndefined();
    expect(tracemalloc.getObjectTraceback(heap.malloc(4) + 8)).toBeUndefined();
    tracemalloc.stop();
    expect(tracemalloc.getObjectTraceback(block)).toBeUndefined();
  });
});
