// pyheap.Tracker and what is built on it: recordings that a Python program makes of itself, and reads.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import { analyse } from "../../src/report.js";
import { startPython } from "./start.js";

const PROGRAM = `
import asyncio, io, json, os, pyheap

def load(n):
    return [bytes(1000) for _ in range(n)]

def raised(f, *args):
    try:
        f(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
`;

describe("pyheap.Tracker", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;

  /** The value of the last line, through JSON. */
  const run = (code: string): unknown => JSON.parse(pyodide.runPython(code, { filename: "app.py" }) as string);

  beforeAll(async () => {
    ({ pyodide, heap } = await startPython());
    pyodide.runPython(PROGRAM, { filename: "app.py" });
  });

  it("records what its block allocates, into a file that the interpreter sees", async () => {
    const told = run(`
with pyheap.Tracker("out.trace") as tracker:
    kept = load(500)
    load(100)
reader = pyheap.FileReader("out.trace")
records = reader.get_high_watermark_allocation_records()
first = records[0]
json.dumps([
    reader.metadata.peak_memory > 600_000, reader.metadata.end_memory < 600_000, reader.metadata.is_aggregated,
    first.size > 490_000, first.n_allocations, first.allocator, first.stack_trace(2),
    [record.n_allocations for record in reader.get_leaked_allocation_records()][0],
    sum(record.size for record in reader.get_allocation_records()) == reader.metadata.total_bytes,
    # A moment stands for a tenth of a millisecond, with the most that was live in it.
    reader.get_memory_snapshots()[-1].heap >= reader.metadata.end_memory,
])`);
    const stack = [
      ["load", "app.py", 5],
      ["<module>", "app.py", 3],
    ];
    expect(told).toEqual([true, true, false, true, 500, "object", stack, 500, true, true]);
    const { stats } = await analyse(pyodide.FS.readFile("out.trace"), { at: "end" });
    expect(stats).toMatchObject({
      problem: null,
      endBlocks: expect.any(Number),
      python: expect.stringMatching(/^3\.14/),
    });
    expect(heap.isTracing).toBe(false);
  });

  it("keeps the recording in memory, samples, and sums up", () => {
    const told = run(`
with pyheap.Tracker() as whole: kept = load(200)
with pyheap.Tracker(aggregate=True) as sums: kept = load(200)
with pyheap.Tracker(sample=1) as sampled: kept = load(200)
def found(tracker):
    return [(r.n_allocations, r.stack_trace(1)[0][0]) for r in tracker.reader().get_leaked_allocation_records()][0]
json.dumps([found(whole), found(sums), found(sampled), sums.reader().metadata.is_aggregated, sampled.reader().metadata.sample])`);
    expect(told).toEqual([[200, "load"], [200, "load"], [200, "load"], true, 1]);
  });

  it("records types of objects: each allocation record has its type", () => {
    const told = run(`
class Point: pass
with pyheap.Tracker(types=True) as typed: kept = [Point() for _ in range(300)]
with pyheap.Tracker(types=True, aggregate=True) as sums: kept = [Point() for _ in range(300)]
with pyheap.Tracker() as plain: kept = [Point() for _ in range(300)]
def points(tracker):
    reader = tracker.reader()
    found = [r for r in reader.get_leaked_allocation_records() if r.type == "__main__.Point"]
    where = sorted({r.stack_trace(1)[0][2] for r in found})
    shown = all(" of __main__.Point, <module> (app.py:" in repr(r) for r in found)
    return [reader.metadata.has_types, sum(r.n_allocations for r in found), where, shown]
json.dumps([points(typed), points(sums), points(plain)])`);
    expect(told).toEqual([
      [true, 300, [3], true],
      [true, 300, [4], true],
      [false, 0, [], true],
    ]);
  });

  it("refuses what can't be, and the program goes on", () => {
    const told = run(`
def enter(*args, **options):
    with pyheap.Tracker(*args, **options) as tracker:
        return tracker
def twice():
    with pyheap.Tracker():
        enter()
def early():
    with pyheap.Tracker() as tracker:
        tracker.reader()
json.dumps([
    raised(twice), raised(early), raised(enter, "out.trace"), raised(enter, "no/such/folder/out.trace"),
    raised(lambda: enter(sample=-1)), raised(lambda: enter().__enter__()), raised(pyheap.FileReader, "none.trace"),
    raised(lambda: pyheap.nothing),
])`) as string[];
    expect(told[0]).toBe("RuntimeError: a recording runs already, and there can be one at a time");
    expect(told[1]).toBe("RuntimeError: the recording has not ended");
    expect(told[2]).toMatch(/^FileExistsError: .*out\.trace/);
    expect(told[3]).toMatch(/^FileNotFoundError: /);
    expect(told[4]).toBe("ValueError: sample must be a number of bytes from 0 to 64 MiB, not -1");
    expect(told[5]).toBe("RuntimeError: a Tracker records once: make another one");
    expect(told[6]).toMatch(/^FileNotFoundError: /);
    expect(told[7]).toBe("AttributeError: module 'pyheap' has no attribute 'nothing'");
    pyodide.FS.writeFile("not.trace", "no trace");
    expect(run('json.dumps(raised(pyheap.FileReader, "not.trace"))')).toBe(
      "ValueError: Cannot read not.trace: it is not a trace of pyheap",
    );
    expect(heap.isTracing).toBe(false);
  });

  it("ends when its block raises, and the exception goes on", () => {
    const told = run(`
def fails():
    with pyheap.Tracker() as tracker:
        fails.tracker = tracker
        load(10)
        1 / 0
json.dumps([raised(fails), fails.tracker.reader().metadata.total_allocations >= 10])`);
    expect(told).toEqual(["ZeroDivisionError: division by zero", true]);
  });

  it("measures functions that have a limit: the error names the stacks that allocated", () => {
    const told = run(`
@pyheap.limit_memory("100 KB")
def peaks(n):
    "Its text."
    return len(load(n))
@pyheap.limit_leaks("1 KB")
def leaves(to, n):
    cycle = []
    cycle.append(cycle)
    to.extend(load(n))
json.dumps([
    peaks(10), peaks.__doc__, raised(peaks, 1000), raised(leaves, [], 0), raised(leaves, [], 10), raised(pyheap.limit_memory, "much"),
    raised(pyheap.limit_memory, 1.5), raised(pyheap.limit_leaks, -1),
])`) as string[];
    expect(told.slice(0, 2)).toEqual([10, "Its text."]);
    expect(told[2]).toMatch(
      /^MemoryLimitExceeded: peaks took [\d.]+ KiB, and may take 97\.7 KiB\. At its peak there were:\n {2}[\d.]+ KiB in 1,000 blocks\n {4}load \(app\.py:5\)\n {4}from peaks \(app\.py:5\)\n {4}from /,
    );
    expect(told[3]).toBeNull();
    expect(told[4]).toMatch(
      /^MemoryLimitExceeded: leaves left 10\.\d KiB, and may leave 1000 B:\n {2}.* in 10 blocks\n/,
    );
    expect(told[5]).toBe("ValueError: 'much' is not a size such as '20 MB' or '20 MiB'");
    expect(told[6]).toBe("TypeError: a size is a number of bytes or a text such as '20 MB', not float");
    expect(told[7]).toBe("ValueError: a size can't be negative: -1");
  });

  it("profiles functions, also asynchronous ones", async () => {
    const code = `
out = io.StringIO()
@pyheap.profile(stream=out)
def work(): return len(load(100))
@pyheap.profile(stream=out)
async def waits():
    kept = load(50)
    await asyncio.sleep(0)
    return len(kept)
json.dumps([work(), await waits(), out.getvalue()])`;
    const [plain, later, text] = JSON.parse(await pyodide.runPythonAsync(code, { filename: "app.py" }));
    expect([plain, later]).toEqual([100, 50]);
    expect(text).toMatch(/^work: peak [\d.]+ KiB, left \d+ B, 1\d\d allocations of [\d.]+ KiB, [\d.]+ s\n/);
    expect(text).toMatch(/\nwaits: peak [\d.]+ KiB, /);
    expect(text.match(/ {2}load \(app\.py:5\)\n/g)).toHaveLength(2);
  });
});
