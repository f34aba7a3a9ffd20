// heap.tracemalloc of a Python guest compared with CPython's own module: the same program, each in its own interpreter.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPython, type Python } from "../../src/hosts/python/pyodide.js";
import { Filter } from "../../src/index.js";
import type { Snapshot } from "../../src/tracemalloc/snapshot.js";
import { MIXED_SIZES } from "./work.js";

const PROGRAM = `${MIXED_SIZES}def gen(n):
    for k in range(n):
        yield [k, str(k)]
rows = list(gen(500))
def deep(n):
    if n:
        return deep(n - 1)
    return bytes(12345)
kept = deep(30)
names = {f"key{n}" for n in range(300)}
from collections import OrderedDict, deque
od = OrderedDict((k, float(k)) for k in range(200))
dq = deque(bytes(100 + k) for k in range(200))
tuples = [(k, k + 1.5) for k in range(700)]
`;
/** Lines with objects that CPython keeps in free lists; docs/tracemalloc.md explains them. */
const FREE_LISTS = [3, 7, 8, 12, 13, 20, 22, 24];

type Row = [line: number, size: number, count: number];

function rowsOf(snapshot: Snapshot, cumulative = false): Row[] {
  return snapshot
    .statistics("lineno", { cumulative })
    .filter(({ traceback }) => traceback.last.filename === "app.py")
    .map(({ traceback, size, count }): Row => [traceback.last.lineno, size, count])
    .sort(([a], [b]) => a - b);
}

const others = (rows: readonly Row[]) => rows.filter(([line]) => !FREE_LISTS.includes(line));
const sum = (rows: readonly Row[], column: 1 | 2) => rows.reduce((total, row) => total + row[column], 0);

describe("heap.tracemalloc beside CPython's", () => {
  let theirs: { own: Row[]; cumulative: Row[] };
  let ours: Snapshot;
  let python: Python;
  const space = () => python.pyodide.toPy({ __name__: "app" });

  beforeAll(async () => {
    // Not from an image: free lists are empty in it, so the program's own tuples fill them, and CPython moves these to the
    // line in tracemalloc.py that uses them next.
    const { pyodide } = await loadPython();
    const told = pyodide.runPython(
      `
import tracemalloc
def rows(cumulative):
    found = [(s.traceback[0], s) for s in shot.statistics("lineno", cumulative)]
    return sorted([at.lineno, s.size, s.count] for at, s in found if at.filename == "app.py")
code = compile(program, "app.py", "exec")
space = {"__name__": "app"}
tracemalloc.start(50)
exec(code, space)
shot = tracemalloc.take_snapshot()
tracemalloc.stop()
{"own": rows(False), "cumulative": rows(True)}
`,
      { globals: pyodide.toPy({ program: PROGRAM }) },
    );
    theirs = told.toJs({ dict_converter: Object.fromEntries });
    python = await loadPython();
    python.heap.tracemalloc.start(50);
    python.pyodide.runPython(PROGRAM, { globals: space(), filename: "app.py" });
    ours = python.heap.tracemalloc.takeSnapshot();
    python.heap.tracemalloc.stop();
  });

  it("has the same bytes and blocks on every line, but where free lists are", () => {
    const own = rowsOf(ours);
    expect(others(own)).toEqual(others(theirs.own));
    expect(others(own).length).toBe(11);
    // Free lists move blocks from line to line, and to and from the interpreter's start.
    expect(own.map(([line]) => line)).toEqual(theirs.own.map(([line]) => line));
    expect(Math.abs(sum(own, 1) - sum(theirs.own, 1))).toBeLessThan(0.005 * sum(own, 1));
    expect(Math.abs(sum(own, 2) - sum(theirs.own, 2))).toBeLessThan(0.02 * sum(own, 2));
  });

  it("has the same cumulative sums where no line is twice on a stack", () => {
    const RECURSIVE = 17;
    const FEW = new Set([1, 2, 5, 9, 10, 11, 15, 18, 19, 21]);
    const picked = (rows: readonly Row[]) => rows.filter(([line]) => FEW.has(line));
    const own = rowsOf(ours, true);
    expect(picked(own)).toEqual(picked(theirs.cumulative));
    // Python's module counts the block once for each of thirty calls.
    expect(own.find(([line]) => line === RECURSIVE)).toEqual([RECURSIVE, 12_362, 1]);
    expect(theirs.cumulative.find(([line]) => line === RECURSIVE)).toEqual([RECURSIVE, 30 * 12_362, 30]);
  });

  it("has the table that the docs show", () => {
    const docs = readFileSync(new URL("../../docs/tracemalloc.md", import.meta.url), "utf8");
    const told = [...docs.matchAll(/^\| (\d+) \| `(.*)` \|.*\| (\*?) *\|$/gm)];
    const text = PROGRAM.split("\n");
    for (const [, line, code] of told) expect(text[Number(line) - 1]?.trim()).toBe(code);
    expect(told.map(([, line]) => Number(line))).toEqual(theirs.own.map(([line]) => line));
    expect(told.filter(([, , , mark]) => mark === "*").map(([, line]) => Number(line))).toEqual(FREE_LISTS);
  });

  it("says where an object was allocated, by its id()", () => {
    const { pyodide, heap } = python;
    heap.tracemalloc.start(5);
    const globals = space();
    const program =
      "def f():\n    return [bytes(1000), {1, 2}, bytearray(9), type('T', (), {})(), type('U', (), {})]\nx = f()";
    pyodide.runPython(program, { globals, filename: "app.py" });
    const ids = pyodide.runPython("list(map(id, x))", { globals }).toJs() as number[];
    for (const id of ids) {
      const frames = heap.tracemalloc.getObjectTraceback(id)?.frames ?? [];
      expect(frames.slice(-2).map(({ name, lineno }) => [name, lineno])).toEqual([
        ["<module>", 3],
        ["f", 2],
      ]);
    }
    expect(heap.tracemalloc.getObjectTraceback(pyodide.runPython("id(len)") as number)).toBeUndefined();
    const large = heap.tracemalloc.takeSnapshot().filterTraces([new Filter(true, "app.py", { lineno: 2 })]);
    expect(large.traces.find(({ size }) => size === 1017)).toMatchObject({ count: 1, domain: "object" });
    heap.tracemalloc.stop();
    heap.check();
  });

  it("has the same peak as CPython's, and a new one after resetPeak", () => {
    const { pyodide, heap } = python;
    heap.tracemalloc.start();
    pyodide.runPython("y = bytes(3_000_000)\ndel y\nz = bytes(1000)");
    const { current, peak } = heap.tracemalloc.getTracedMemory();
    expect(peak).toBeGreaterThan(3_000_000);
    expect(peak - current).toBeGreaterThan(2_900_000);
    heap.tracemalloc.resetPeak();
    expect(heap.tracemalloc.getTracedMemory().peak).toBeLessThan(peak - 2_900_000);
    heap.tracemalloc.stop();
  });
});
