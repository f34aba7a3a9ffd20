// Traces of Python programs: every byte is at its line, whatever the stack looks like.

import { beforeAll, describe, expect, it } from "vitest";
import { loadPython, type Python } from "../../src/hosts/python/pyodide.js";
import type { Measure } from "../../src/trace/accounts.js";
import type { Analysis } from "../../src/trace/analysis.js";
import { sizeClassOf } from "../../src/trace/size-class.js";
import { addTo } from "../sums.js";
import { byLine, Tape } from "../trace-data.js";
import { recordApp } from "./app.js";
import { startPython } from "./start.js";
import { MIXED_SIZES } from "./work.js";

/** Runs a program as app.py, traced. */
async function trace(python: Python, program: string): Promise<Analysis> {
  const { analysis, summary } = await recordApp(python, program).analyse();
  expect(summary.problem).toBeUndefined();
  return analysis;
}

/** The stack of the account with the most bytes, innermost first: names and lines in app.py. */
function largest({ accounts, tree }: Analysis): string[] {
  let best = 0;
  for (let account = 1; account < accounts.length; account++) {
    if (accounts.read("allocated", account).bytes > accounts.read("allocated", best).bytes) best = account;
  }
  return tree
    .stack(accounts.nodes.at(best))
    .filter(({ function: f }) => f.file === "app.py")
    .map(({ function: f, line }) => `${f.name}:${line}`);
}

const RAW = 0;
/** The size class of an int of one digit. */
const INT_CLASS = sizeClassOf(16);

/** Bytes and blocks by line and size class, from rows of line, size, bytes, blocks. */
function sumUp(rows: readonly (readonly [number, number, number, number])[]): Map<string, Measure> {
  const sums = new Map<string, Measure>();
  for (const [line, size, bytes, count] of rows) addTo(sums, `${line} ${sizeClassOf(size)}`, { bytes, count });
  return sums;
}

/** A bytes object of n bytes has this many bytes more. */
const BYTES_HEADER = 17;
const MIB = 2 ** 20;

describe("a trace of Python", () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPython();
  });

  it("has exactly the bytes that each line allocated", async () => {
    const analysis = await trace(
      python,
      `kept = []
def fill(n):
    kept.append(bytes(n))
for _ in range(100):
    fill(1000)
for _ in range(50):
    fill(3000)
    bytes(70_000)
`,
    );
    const sizes = [...Array(100).fill(1000), ...Array(50).fill(3000)].map((n) => n + BYTES_HEADER);
    const own = sizes.reduce((sum, size) => sum + size, 0);
    const filled = byLine(analysis, "end", "app.py").get(3);
    // The list's buffer grows on the same line; the sizes of the bytes objects are known exactly.
    const inBytes = [...analysis.sizes].filter(([size]) => size === 1017 || size === 3017);
    expect(inBytes.sort()).toEqual([
      [1017, 100],
      [3017, 50],
    ]);
    expect(filled?.bytes).toBeGreaterThanOrEqual(own);
    expect((filled?.bytes ?? 0) - own).toBeLessThan(2000);
    const dropped = byLine(analysis, "allocated", "app.py").get(8);
    expect(dropped).toEqual({ bytes: 50 * (70_000 + BYTES_HEADER), count: 50 });
    expect(byLine(analysis, "end", "app.py").get(8)).toEqual({ bytes: 0, count: 0 });
  });

  it.each([
    ["a module", `x = bytes(${MIB})`, ["<module>:1"]],
    [
      "a generator",
      `def g():\n    yield 1\n    yield bytes(${MIB})\ndef f():\n    return [*g()]\nf()`,
      ["g:3", "f:5", "<module>:6"],
    ],
    [
      "a generator that moves between callers",
      `def g():\n    yield 1\n    yield bytes(${MIB})\ndef one(it): return next(it)\ndef two(it):\n    return next(it)\nit = g()\none(it)\ntwo(it)`,
      ["g:3", "two:6", "<module>:9"],
    ],
    [
      "generators in generators",
      `def a(): yield bytes(${MIB})\ndef b(): yield from a()\ndef c():\n    yield from b()\nlist(c())`,
      ["a:1", "b:2", "c:4", "<module>:5"],
    ],
    [
      "coroutines",
      `async def a(): return bytes(${MIB})\nasync def b():\n    return await a()\ntry:\n    b().send(None)\nexcept StopIteration: pass`,
      ["a:1", "b:3", "<module>:5"],
    ],
    [
      "native frames in between",
      `max([1, 2], key=lambda n:\n    len(bytes(${MIB} * (n - 1))))`,
      ["<lambda>:2", "<module>:1"],
    ],
    [
      "a class that is called often",
      `class A:\n    def __init__(self, n):\n        self.x = bytes(n)\ndef f():\n    for k in range(40):\n        A(${MIB} if k == 39 else 1)\nf()`,
      ["A.__init__:3", "f:6", "<module>:7"],
    ],
    [
      "an exception",
      `def bad(): raise ValueError(bytes(10))\ndef f():\n    try:\n        bad()\n    except ValueError:\n        return bytes(${MIB})\nf()`,
      ["f:6", "<module>:7"],
    ],
    [
      "the same function called from two lines",
      `def f(n): return bytes(n)\ndef g():\n    f(10)\n    f(${MIB})\ng()`,
      ["f:1", "g:4", "<module>:5"],
    ],
    [
      "code that is gone before the end",
      `for k in range(300):\n    exec(compile(f"def f{k}():\\n  bytes({${32 * MIB} if k == 299 else 1})\\nf{k}()", "app.py", "exec"), {})`,
      ["f299:2", "<module>:3", "<module>:2"],
    ],
  ])("has the right stack in %s", async (_, program, stack) => {
    expect(largest(await trace(python, program))).toEqual(stack);
  });

  it("has the right stack 900 calls deep", async () => {
    const analysis = await trace(python, `def f(n):\n    if n: return f(n - 1)\n    return bytes(${MIB})\nf(900)`);
    expect(largest(analysis)).toEqual(["f:3", ...Array(900).fill("f:2"), "<module>:4"]);
  });

  it("agrees with tracemalloc, line by line, on what is left", async () => {
    const program = MIXED_SIZES;
    // tracemalloc is in front of the tracer, so both see the same calls. Its own tables are in the raw domain.
    const { pyodide, heap } = python;
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write });
    const told = pyodide.runPython(
      `
import tracemalloc
space = {"__name__": "app"}
code = compile(program, "app.py", "exec")
tracemalloc.start()
exec(code, space)
recorder.stop()
shot = tracemalloc.take_snapshot()
tracemalloc.stop()
[[t.traceback[0].lineno, t.size] for t in shot.traces if t.traceback[0].filename == "app.py"]
`,
      { globals: pyodide.toPy({ program, recorder }) },
    );
    const theirs = sumUp((told.toJs() as [number, number][]).map(([line, size]) => [line, size, size, 1]));
    const { accounts, tree } = (await tape.analyse()).analysis;
    const mine = sumUp(
      Array.from({ length: accounts.length }, (_, account): [number, number, number, number][] => {
        const { function: f, line } = tree.frame(accounts.nodes.at(account));
        const { bytes, count } = accounts.read("end", account);
        const isOne = f.file === "app.py" && accounts.domain(account) !== RAW && count > 0;
        return isOne ? [[line, bytes / count, bytes, count]] : [];
      }).flat(),
    );
    // An int that CPython takes from its free list counts, for tracemalloc, at the line that takes it; for a trace, at the
    // line where its block was allocated.
    const isInt = (key: string) => key.endsWith(` ${INT_CLASS}`);
    const others = (sums: Map<string, Measure>) => [...sums].filter(([key]) => !isInt(key)).sort();
    expect(others(mine)).toEqual(others(theirs));
    expect(others(mine).length).toBeGreaterThan(30);
    const ints = (sums: Map<string, Measure>) =>
      [...sums].filter(([key]) => isInt(key)).reduce((sum, [, { count }]) => sum + count, 0);
    expect(Math.abs(ints(mine) - ints(theirs))).toBeLessThan(5);
  });

  it("follows an interpreter from its start", async () => {
    const tape = new Tape();
    let stop = () => {};
    const { pyodide } = await loadPython({
      onAttach: (heap) => {
        const recorder = heap.trace({ write: tape.write, command: ["test"] });
        stop = () => recorder.stop();
      },
    });
    pyodide.runPython("x = bytes(5_000_000)", { filename: "app.py" });
    stop();
    const { analysis, summary } = await tape.analyse();
    expect(summary.metadata).toMatchObject({ command: ["test"], stacks: "python", python: "3.14.2", sample: 0 });
    expect(analysis.figures.foreignFrees).toBe(0);
    expect(analysis.figures.allocations).toBeGreaterThan(100_000);
    expect(byLine(analysis, "peak", "app.py").get(1)?.bytes).toBe(5_000_000 + BYTES_HEADER);
    expect(summary.bytes / summary.events).toBeLessThan(5);
  });

  it("counts what the heap counts", async () => {
    const tape = new Tape();
    let heapBytes = () => 0;
    const { pyodide, heap } = await loadPython({
      onAttach: (attached) => {
        const recorder = attached.trace({ write: tape.write });
        heapBytes = () => {
          const { live } = attached.stats().account;
          recorder.stop();
          return live.raw + live.mem + live.object;
        };
      },
    });
    pyodide.runPython("x = [str(n) * 10 for n in range(20000)]");
    const live = heapBytes();
    heap.check();
    const { analysis } = await tape.analyse();
    // Blocks are rounded up: to 8 bytes, and large ones to the sizes of the host's malloc.
    expect(analysis.figures.liveBytes).toBeLessThanOrEqual(live);
    expect(analysis.figures.liveBytes).toBeGreaterThan(0.85 * live);
  });
});
