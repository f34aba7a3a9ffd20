// Programs of the kinds that people have reported as faults of other tools, each written anew: tracemalloc, and recordings.

import { describe, expect, it } from "vitest";
import { byLine, sumsBy } from "../trace-data.js";
import { LimitedPython } from "./reported.js";

const limited = new LimitedPython();
const { run, record } = limited;

describe("tracemalloc", () => {
  it("has sums that are those of its traces, and a peak that can be reset (cpython 77746, 84810)", () => {
    expect(
      run(`
tracemalloc.start()
try:
    peaks = []
    bytearray(5_000_000)
    peaks.append(tracemalloc.get_traced_memory()[1] // 1_000_000)
    tracemalloc.reset_peak()
    kept = [bytes(1000) for _ in range(1000)]
    peaks.append(tracemalloc.get_traced_memory()[1] // 1_000_000)
    snapshot = tracemalloc.take_snapshot()
    ours = snapshot.filter_traces([tracemalloc.Filter(True, "app.py")])
    line = max(ours.statistics("lineno"), key=lambda each: each.size)
    told = peaks, line.traceback[0].lineno, line.size // 1_000_000, sum(each.size for each in ours.traces) == sum(each.size for each in ours.statistics("filename"))
finally: tracemalloc.stop()
str(told)`),
    ).toBe("([5, 1], 8, 1, True)");
  });

  it("has a snapshot that is the same after it was written and read (cpython 121120)", () => {
    expect(
      run(`
tracemalloc.start()
try:
    kept = [bytes(1000) for _ in range(1000)]
    snapshot = tracemalloc.take_snapshot()
    snapshot.dump("/tmp/snapshot")
    again = tracemalloc.Snapshot.load("/tmp/snapshot")
    told = again.statistics("lineno") == snapshot.statistics("lineno"), again.compare_to(snapshot, "lineno")[0].size_diff
finally: tracemalloc.stop()
str(told)`),
    ).toBe("(True, 0)");
  });

  it("has traces that say how deep a stack was, though not all of its frames are kept (cpython 82142)", () => {
    expect(
      run(`
tracemalloc.start(2)
try:
    def down(n): return down(n - 1) if n else [bytes(5000) for _ in range(1)]
    kept = down(10)
    [trace] = [each for each in tracemalloc.take_snapshot().traces if 5000 <= each.size < 5100]
finally: tracemalloc.stop()
str((len(trace.traceback), trace.traceback.total_nframe >= 12))`),
    ).toBe("(2, True)");
  });

  it("has, for what comes from a free list, a trace with the line that takes it (cpython 79234)", () => {
    expect(
      run(`
def line(made): return tracemalloc.get_object_traceback(made)[0].lineno
tracemalloc.start()
try:
    first = [{} for _ in range(500)]
    del first
    second = {"a": 1}
    told = line(second)
finally: tracemalloc.stop()
told`),
    ).toBe(7);
  });

  it("has traces with the size of what was resized, once (cpython 126076)", () => {
    expect(
      run(`
tracemalloc.start()
try:
    text = bytearray(100_000)
    before = tracemalloc.get_traced_memory()[0]
    text.extend(bytes(900_000))
    grown = tracemalloc.get_traced_memory()[0] - before
    del text[1000:]
    shrunk = tracemalloc.get_traced_memory()[0] - before
    a, b = b"x" * 1000, [b"y" * 1000]
    while len(a) < 100_000: a += b[0]
    del text, a, b
    gone = tracemalloc.get_traced_memory()[0] - before
finally: tracemalloc.stop()
str((900_000 <= grown < 1_200_000, shrunk < 0, abs(gone + 100_000) < 5000))`),
    ).toBe("(True, True, True)");
  });
});

describe("a recording", () => {
  it("tells what was allocated from what was live at once, and each attribute's line (scalene 266, 156)", async () => {
    const analysis = await record(
      [
        "class Rows:",
        "    def __init__(self):",
        "        self.data = bytearray(3_000_000)",
        "        self.list = [1] * 500_000",
        "for _ in range(5): Rows()",
      ].join("\n"),
    );
    const [peak, all] = [byLine(analysis, "peak", "app.py"), byLine(analysis, "allocated", "app.py")];
    for (const [line, bytes] of [
      [3, 3_000_000],
      [4, 2_000_000],
    ] as const) {
      expect(Math.round((peak.get(line)?.bytes ?? 0) / bytes)).toBe(1);
      expect(Math.round((all.get(line)?.bytes ?? 0) / bytes)).toBe(5);
    }
  });

  it("has no frames of its own, also through JavaScript (memray 204)", async () => {
    const analysis = await record(
      [
        "from pyodide.code import run_js",
        "call = run_js('(f) => f()')",
        "def inner(): return bytearray(3_000_000)",
        "kept = call(lambda: call(inner))",
      ].join("\n"),
    );
    const { accounts, tree } = analysis;
    for (let account = 0; account < accounts.length; account++) {
      const names = tree.stack(accounts.nodes.at(account)).map(({ function: f }) => f.name);
      if (accounts.read("peak", account).bytes < 3_000_000) continue;
      expect(names.filter((name) => !/^(run|eval_code)$|CodeRunner|</.test(name))).toEqual(["inner"]);
    }
  });

  it("shows as little of temporaries at the peak as there is, and all of what a loop keeps (scalene 256, 304, 1051)", async () => {
    const analysis = await record(
      [
        "kept, z = {}, 1.0000001",
        "for k in range(1000, 51_000):",
        "    double = k * 2",
        "    z = z * z",
        "    kept[k] = None",
      ].join("\n"),
    );
    const peak = byLine(analysis, "peak", "app.py");
    // CPython's free list for ints gives the memory of a dropped `double` to the next key.
    const ints = (peak.get(2)?.count ?? 0) + (peak.get(3)?.count ?? 0);
    expect(Math.round(ints / 1000)).toBe(Math.round(analysis.figures.peakBlocks / 1000));
    expect(ints).toBeGreaterThan(40_000);
    expect(peak.get(4)?.bytes ?? 0).toBeLessThan(100);
    expect(peak.get(5)?.bytes).toBeGreaterThan(500_000);
  });

  it("has one number of allocations and resizes, by size and by stack, and the stacks of the peak (memray 118, 434, 807)", async () => {
    const analysis = await record(
      [
        "import pickle",
        "def load(depth): return load(depth - 1) if depth else pickle.loads(pickle.dumps(list(range(300_000))))",
        "first = load(3)",
        "del first",
        "def small(): return bytearray(100_000)",
        "second = small()",
      ].join("\n"),
    );
    const { figures, accounts, sizes } = analysis;
    const bySize = [...sizes].reduce((sum, [, count]) => sum + count, 0);
    const byStack = accounts.sum("allocated").count;
    const atPeak = sumsBy(analysis, "peak", (stack) => {
      const names = stack.map(({ function: f }) => f.name);
      return names.filter((name) => /^(load|small)$/.test(name)).join(" ");
    });
    const all = figures.allocations + figures.resizes;
    expect([bySize, byStack]).toEqual([all, all]);
    expect(atPeak.get("load load load load")?.bytes).toBeGreaterThan(5_000_000);
    expect(atPeak.get("small")?.bytes ?? 0).toBe(0);
  });
});
