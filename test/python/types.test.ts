// Recordings with the types of objects.

import { beforeAll, describe, expect, it } from "vitest";
import type { Python } from "../../src/hosts/python/pyodide.js";
import { Heap } from "../../src/index.js";
import { traceReport } from "../../src/report/trace-context.js";
import { groupBy } from "../../src/report/trace-groups.js";
import { VIEWS, type View } from "../../src/trace/accounts.js";
import type { Analysis } from "../../src/trace/analysis.js";
import { sumsBy, Tape } from "../trace-data.js";
import { recordApp } from "./app.js";
import { startPython } from "./start.js";

const PROGRAM = `class Point:
    def __init__(self, x):
        self.x = x
class Slotted:
    __slots__ = ("left", "right")
class Items(list):
    pass
def load():
    return [Point(n) for n in range(4000)]
kept = load()
slotted = [Slotted() for _ in range(500)]
items = [Items() for _ in range(300)]
texts = ["text" + str(n) for n in range(200)]
for n in range(100):
    Point(n)
for n in range(150):
    bytes(600)
`;

/** A recording of a program, with types. */
const record = (python: Python, options: object = {}, program = PROGRAM): Tape =>
  recordApp(python, program, { types: true, ...options });

/** The blocks of a view by type and line of app.py: "app.Point 9". */
function byTypeAndLine(analysis: Analysis, view: View): Map<string, number> {
  const sums = sumsBy(analysis, view, ([innermost, caller]) =>
    innermost?.function.isType && caller?.function.file === "app.py"
      ? `${innermost.function.name} ${caller.line}`
      : undefined,
  );
  return new Map(Array.from(sums, ([key, { count }]) => [key, count]));
}

/** Bytes and blocks of each view by stack, without types. */
function byPlace(analysis: Analysis): unknown {
  const { accounts, tree } = analysis;
  const sums = new Map<string, number[]>();
  for (let account = 0; account < accounts.length; account++) {
    const frames = tree.stack(accounts.nodes.at(account)).filter(({ function: f }) => !f.isType);
    const stack = frames.map(({ function: f, line }) => `${f.name}:${line}`).join(" < ");
    const key = `${stack} ${accounts.domain(account)} ${accounts.sizeClass(account)}`;
    const values = VIEWS.flatMap((view) => Object.values(accounts.read(view, account)));
    const sum = sums.get(key);
    sums.set(key, sum ? sum.map((value, k) => value + (values[k] as number)) : values);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe("a recording with types", () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPython();
  });

  it("has the objects of each type at each line", async () => {
    const tape = record(python);
    const { analysis, summary } = await tape.analyse({ byType: true });
    expect(summary.metadata.types).toBe(true);
    const end = byTypeAndLine(analysis, "end");
    expect(end.get("app.Point 9")).toBe(4000);
    expect(end.get("app.Slotted 11")).toBe(500);
    expect(end.get("app.Items 12")).toBe(300);
    expect(end.get("str 13")).toBeGreaterThanOrEqual(200);
    expect(byTypeAndLine(analysis, "allocated").get("app.Point 15")).toBe(100);
    // A block that is freed before anything else happens has its type as well.
    expect(byTypeAndLine(analysis, "temporary").get("bytes 17")).toBe(150);
    const { stacks } = traceReport({ analysis, summary, view: "end", colors: undefined as never });
    const groups = new Map(groupBy(stacks, "end", "type").map(({ label, own }) => [label, own.count]));
    expect(groups.get("app.Point")).toBe(4000);
    expect([...groups.keys()]).toContain("(buffers of objects: mem domain)");
    expect([...groups.values()].reduce((sum, count) => sum + count, 0)).toBe(analysis.figures.liveBlocks);
  });

  it("is the same without types, for readers that don't want them", async () => {
    const tape = record(python);
    const [typed, plain] = [await tape.analyse({ byType: true }), await tape.analyse()];
    expect(plain.analysis.figures).toEqual(typed.analysis.figures);
    expect(plain.analysis.tree.functions.some(({ isType }) => isType)).toBe(false);
    expect(byPlace(plain.analysis)).toEqual(byPlace(typed.analysis));
  });

  it("has the same sums if it is summed up while it runs", async () => {
    // Once before, so that both runs find the same free lists and caches.
    record(python);
    const counts = async (aggregate: boolean) => {
      const { analysis } = await record(python, { aggregate }).analyse({ byType: true });
      return [...byTypeAndLine(analysis, "allocated")].filter(([key]) => key.startsWith("app.")).sort();
    };
    const summed = await counts(true);
    expect(summed).toEqual(await counts(false));
    expect(summed).toContainEqual(["app.Point 9", 4000]);
  });

  it("can be sampled: every sampled object has its type", async () => {
    const tape = record(python, { sample: 64, seed: 7 });
    const { analysis } = await tape.analyse({ byType: true });
    const allocated = byTypeAndLine(analysis, "allocated");
    expect(allocated.get("app.Point 9")).toBeGreaterThan(3000);
    expect(allocated.get("app.Point 9")).toBeLessThan(5000);
    expect(byTypeAndLine(analysis, "temporary").get("bytes 17")).toBeGreaterThan(100);
  });

  it("tells types apart that had the same address one after the other", async () => {
    const program = `import gc
def one(k):
    C = type(f"Class{k}", (), {})
    places.add(id(C))
    objects = [C() for _ in range(10)]
    del objects, C
    gc.collect()
places = set()
for k in range(12): one(k)
assert len(places) < 8, len(places)
`;
    const { analysis } = await record(python, {}, program).analyse({ byType: true });
    const allocated = byTypeAndLine(analysis, "allocated");
    for (let k = 0; k < 12; k++) expect(allocated.get(`app.Class${k} 5`)).toBe(10);
  });

  it("keeps the type that an object is created with", async () => {
    const program = `class A: pass
class B: pass
kept = [A() for _ in range(100)]
for a in kept: a.__class__ = B
`;
    const { analysis } = await record(python, {}, program).analyse({ byType: true });
    expect(byTypeAndLine(analysis, "end").get("app.A 3")).toBe(100);
  });

  it("follows objects that are resized", async () => {
    const program = `import itertools
rows = [tuple(itertools.chain(range(500), [k])) for k in range(100)]
`;
    const { analysis } = await record(python, {}, program).analyse({ byType: true });
    expect(byTypeAndLine(analysis, "end").get("tuple 2")).toBe(100);
  });

  it("keeps what was there before under its own name", async () => {
    const start = python.heap.tallyStart();
    python.pyodide.runPython("before = [bytes(n) for n in range(500)]");
    const { analysis } = await record(python, { start }).analyse({ byType: true, withStart: true });
    const { accounts, tree } = analysis;
    let before = 0;
    for (let account = 0; account < accounts.length; account++) {
      const { name } = tree.frame(accounts.nodes.at(account)).function;
      if (name === "interpreter start") before += accounts.read("end", account).count;
    }
    expect(before).toBeGreaterThanOrEqual(500);
    expect(byTypeAndLine(analysis, "end").get("app.Point 9")).toBe(4000);
  });

  it("goes on where memory runs out: at each of many limits, and the recording can be read", async () => {
    const { heap, pyodide } = python;
    const program = `class Made:
    def __init__(self): self.text = "x" * 300
def fill():
    kept = []
    try:
        while True: kept.append([Made(), (Made(), {}), bytes(100)])
    except MemoryError:
        return len(kept)
`;
    const globals = pyodide.toPy({ __name__: "app" });
    pyodide.runPython(program, { globals, filename: "app.py" });
    for (let k = 0; k < 20; k++) {
      const tape = new Tape();
      const recorder = heap.trace({ write: tape.write, types: true, ...(k % 4 === 3 && { aggregate: true }) });
      heap.limit = heap.stats().account.platform + 64 * 1024 * (k % 5) + 5000 * k;
      const made = pyodide.runPython("fill()", { globals }) as number;
      heap.limit = 2 ** 32;
      recorder.stop();
      heap.check();
      const { analysis, summary } = await tape.analyse({ byType: true });
      expect(summary.problem).toBeUndefined();
      const allocated = byTypeAndLine(analysis, "allocated");
      expect(allocated.get("app.Made 6") ?? 0).toBeGreaterThanOrEqual(2 * made);
    }
  });

  it("is refused for a heap without an interpreter", async () => {
    const heap = await Heap.create();
    expect(() => heap.trace({ write: () => undefined, types: true })).toThrow("Cannot record types");
    heap.trace({ write: () => undefined }).stop();
  });
});

describe("types under faults", () => {
  const SCENARIO = `
import _testcapi
class Point:
    def __init__(self, x):
        self.x = x
class Items(list):
    pass
def scenario():
    return [Point(k) for k in range(30)], {str(k): ((k, [k]), "text" * k, Items([k])) for k in range(20)}
def fails(start):
    _testcapi.set_nomemory(start, start + 1)
    try:
        scenario()
        return 0
    except MemoryError:
        return 1
    finally:
        _testcapi.remove_mem_hooks()
failures = sum(fails(k) for k in range(300))
kept = scenario()
`;

  it("are those of what is live after each allocation has failed, and debug hooks change nothing", async () => {
    const found: Map<string, number>[] = [];
    for (const debugHooks of [false, true]) {
      const faults: unknown[] = [];
      const python = await startPython({ debugHooks, onFault: (fault) => void faults.push(fault) });
      const { analysis, summary } = await record(python, {}, SCENARIO).analyse({ byType: true });
      expect(summary.problem).toBeUndefined();
      expect(faults).toEqual([]);
      found.push(byTypeAndLine(analysis, "end"));
    }
    const [plain, hooked] = found;
    expect(plain?.get("app.Point 9")).toBe(30);
    expect(plain?.get("app.Items 9")).toBe(20);
    expect(hooked).toEqual(plain);
  });
});
