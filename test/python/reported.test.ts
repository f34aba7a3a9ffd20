// Programs of the kinds that people have reported as faults of other tools and runtimes, each written anew. All run one
// after the other in one interpreter with a limit; after each, the heap is whole.

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadPython, type Python } from "../../src/hosts/python/pyodide.js";
import { byLine, Tape } from "../trace-data.js";

const MIB = 2 ** 20;
/** The program's part of the limit; the rest is for the interpreter's start. */
const ROOM = 48 * MIB;
const IMPORTS = "import ast, gc, json, sys, traceback, tracemalloc, weakref; from pyodide.ffi import to_js";

let python: Python;

beforeAll(async () => {
  python = await loadPython();
  run("");
  python.heap.limit = python.heap.stats().account.platform + ROOM;
});

afterEach(() => python.heap.check());

/** Runs a program, and returns the value of its last line. */
function run(program: string, file = "app.py"): unknown {
  const { pyodide } = python;
  const globals = pyodide.toPy({ __name__: "app" });
  try {
    pyodide.runPython(IMPORTS, { globals });
    return pyodide.runPython(program, { globals, filename: file });
  } finally {
    globals.destroy();
  }
}

const live = () => {
  const { mem, object, raw } = python.heap.stats().account.live;
  return mem + object + raw;
};

/** Records a program. */
async function record(program: string) {
  const tape = new Tape();
  const recorder = python.heap.trace({ write: tape.write });
  try {
    run(program);
  } finally {
    recorder.stop();
  }
  return (await tape.analyse()).analysis;
}

describe("memory that runs out", () => {
  it("is a MemoryError for a request beyond all addresses, again and again (pyodide 1513, 1879, 4016)", () => {
    expect(
      run(`
caught = 0
for size in (2**31 - 64, 2**31, 2**32 - 64, 2**40) * 3:
    for make in bytearray, lambda n: b"x" * n, lambda n: [None] * (n // 4), lambda n: "é" * n:
        try: make(size)
        except (MemoryError, OverflowError): caught += 1
caught`),
    ).toBe(48);
  });

  it("raises as many MemoryErrors at once as a program keeps (cpython 85820)", () => {
    expect(
      run(`
kept = []
def nested(n):
    try: raise MemoryError(n) if n else bytearray(2**30)
    except MemoryError as error:
        kept.append(error)
        if n < 100: nested(n + 1)
nested(0)
del kept[::2]
sum(len(traceback.format_exception(error)) > 0 for error in kept)`),
    ).toBe(50);
  });

  it("in the middle of a structure leaves what was there, which can be used and freed", () => {
    const before = live();
    expect(
      run(`
table, texts = {}, []
try:
    for n in range(10**9):
        table[n] = texts.append(str(n) * 50)
except MemoryError: pass
whole = len(texts) in (len(table), len(table) + 1) and all(table[n] is None for n in range(len(table)))
del table, texts, n
json.dumps([whole, len([bytes(2**23) for _ in range(3)])])`),
    ).toBe("[true, 3]");
    run("gc.collect()");
    expect(live()).toBeLessThan(before + MIB);
  });
});

describe("garbage in cycles", () => {
  // cpython 98801, 142002, 142516, 148937, pull request 108038: few objects with many bytes each, which the collector's own thresholds do not see.
  it.each([
    ["with large buffers", "class Node:\n    def __init__(self): self.me, self.data = self, bytearray(500_000)", 1000],
    [
      "with weak references and finalizers",
      "class Node:\n    def __init__(self):\n        self.me, self.data = self, bytearray(500_000)\n        weakref.finalize(self, lambda: None)\n    def __del__(self): pass",
      600,
    ],
    [
      "in linked lists, each of which refers to what lives",
      "class Node:\n    def __init__(self, next=alive):\n        self.next, self.previous, self.data = next, self, bytearray(500_000)",
      600,
    ],
  ])("%s stays within the limit", (_, source, count) => {
    expect(run(`alive = []\n${source}\nfor _ in range(${count}): Node()\nTrue`)).toBe(true);
  });
});

describe("deep programs", () => {
  it("end in a RecursionError that can be caught; what comes afterwards works (pyodide 951)", () => {
    expect(
      run(`
def f(): return 1 + f()
told = []
for _ in range(3):
    try: f()
    except RecursionError: told.append(json.dumps({"n": [1]}))
import colorsys, string
len(set(told))`),
    ).toBe(1);
  });

  it("have no MemoryError from a parser under a higher limit of recursion (cpython 107263)", () => {
    expect(
      run(`
limit = sys.getrecursionlimit()
sys.setrecursionlimit(3000)
try: len(ast.dump(ast.parse("-" * 60 + "1"))) > 0
finally: sys.setrecursionlimit(limit)
[type(ast.parse("(" * n + ")" * n)).__name__ for n in (1, 50, 150)] == ["Module"] * 3`),
    ).toBe(true);
  });
});

describe("what crosses to JavaScript", () => {
  it("is freed when its buffer or copy is released (pyodide 1853, 1643, 1325)", () => {
    const { pyodide } = python;
    const globals = pyodide.toPy({ __name__: "app" });
    pyodide.runPython(IMPORTS, { globals });
    pyodide.runPython(
      "class Holder:\n    @property\n    def data(self): return bytes(2_000_000)\nholder = Holder()\ndef call(f): return f()",
      { globals },
    );
    const holder = globals.get("holder");
    const before = live();
    for (let k = 0; k < 200; k++) {
      const proxy = holder.data;
      const buffer = proxy.getBuffer();
      expect(buffer.data.length).toBe(2_000_000);
      buffer.release();
      proxy.destroy();
      pyodide.runPython("to_js(bytes(2_000_000)).byteLength", { globals });
    }
    expect(live()).toBeLessThan(before + 4 * MIB);
    holder.destroy();
    globals.destroy();
  });
});

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
});
