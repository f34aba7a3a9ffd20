// The tracer's stacks: in a program with many collections, they are those that complete walks over the interpreter's
// frames find; reading them takes few steps, and writes nothing. A trace is refused while tracemalloc runs.

import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../src/core/constants.gen.js";
import { loadPython, type Python } from "../../src/hosts/python/pyodide.js";
import type { Recorder } from "../../src/trace/recorder.js";
import { SEED } from "../random.js";
import { Tape } from "../trace-data.js";
import { startPython } from "./start.js";

/** Blocks of at least this many bytes are the test's own: one for each comparison. */
const FIRST_SIZE = 1 << 20;

const PROGRAM = `
import gc, random, sys
random.seed(seed)
sys.setrecursionlimit(20_000)

class Node:
    def __init__(self, other=None):
        self.other = other
        self.me = self
        look()

def garbage(n):
    for _ in range(n):
        Node()

def deep(n, f):
    kept = [n, {}]
    if n % 40 == 7: look()
    if n: return deep(n - 1, f)
    return f(kept)

def twice(n):
    look(); deep(n, lambda _: look())
    look(); deep(n, lambda _: look())

def sink(n):
    kept = [n]
    if n % 997 == 5: look()
    if n: sink(n - 1)
    if n % 1499 == 5: look()

def two_ways(n):
    sink(n)
    sink(n)

def plunge(steps):
    if next(steps): plunge(steps)
    else: look()

# Stacks that differ only in a frame far outside. Nothing is allocated in the calls between.
def alike(n):
    steps = iter(([True] * n + [False]) * 3)
    plunge(steps)
    plunge(steps)
    plunge(steps)

def wander(n):
    if n: return wander(n - 1)
    for _ in range(4):
        deep(random.randrange(500), lambda _: look())
        sink(random.randrange(500))
    compiled(2)

def climb(n):
    try:
        if n == 0: raise KeyError
        climb(n - 1)
    except KeyError:
        if n % 613 == 5: sink(random.randrange(300))
        raise

def climbs(n):
    try:
        climb(n)
    except KeyError:
        look()

def numbers(n):
    for k in range(n):
        yield [k, [k]]
        if k % 3 == 0: look()

def chained(n, below):
    if n:
        yield from chained(n - 1, below)
    else:
        for _ in range(below):
            look()
            yield {}

def mixed(n):
    it = chained(20, n)
    for _ in it:
        deep(random.randrange(60), lambda _: next(it, None))

async def leaf(n):
    look()
    return [n]

async def branch(n):
    if n == 0: return await leaf(n)
    await branch(n - 1)
    look()
    return await leaf(n)

def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass

def fails(n):
    try:
        if n == 0: raise ValueError([n])
        fails(n - 1)
    except ValueError:
        look()
        if n < 3: raise

def compiled(n):
    for k in range(n):
        space = {"look": look, "deep": deep}
        lines = "\\n" * random.randrange(5)
        exec(compile(f"{lines}def f{k}():\\n  look()\\n  deep(3, lambda _: look())\\nf{k}()", f"c{k % 3}.py", "exec"), space)

class Held:
    def __del__(self):
        look()
        deep(5, lambda _: look())

def cycles(n):
    for _ in range(n):
        held = Held()
        held.me = held
        del held

steps = [
    lambda: garbage(60),
    lambda: deep(random.choice([5, 50, 300, 800]), lambda _: garbage(5)),
    lambda: twice(random.randrange(200)),
    lambda: two_ways(random.randrange(4000)),
    lambda: wander(random.randrange(3000)),
    lambda: alike(random.randrange(3000)),
    lambda: [alike(random.randrange(700)) for _ in range(4)],
    lambda: deep(random.randrange(900), lambda _: alike(random.randrange(900))),
    lambda: climbs(random.randrange(3000)),
    lambda: [None for _ in numbers(12)],
    lambda: mixed(15),
    lambda: deep(random.randrange(2000), lambda _: mixed(3)),
    lambda: deep(random.randrange(2000), lambda _: next(chained(random.randrange(300), 1))),
    lambda: run(branch(25)),
    lambda: fails(10),
    lambda: compiled(8),
    lambda: cycles(20),
    lambda: sorted(range(6), key=lambda k: (look(), deep(k, lambda _: look()), -k)[2]),
    lambda: gc.collect(random.randrange(3)),
    lambda: deep(random.randrange(100), lambda _: gc.collect(random.randrange(3))),
]
gc.collect()
gc.set_threshold(random.choice([20, 100, 700]), random.choice([1, 3, 10]), 2)
for _ in range(150):
    random.choice(steps)()
gc.set_threshold(2000, 10, 10)
`;

describe("a trace of an interpreter in which tracemalloc runs", () => {
  it("is refused, with the reason", async () => {
    const { heap, pyodide } = await startPython();
    pyodide.runPython("import tracemalloc; tracemalloc.start()");
    expect(() => heap.trace({ write: () => undefined })).toThrow(
      /^Cannot trace: another allocator stands in front .* tracemalloc/,
    );
    pyodide.runPython("tracemalloc.stop()");
    heap.trace({ write: () => undefined }).stop();
    heap.check();
  });
});

describe("the tracer's stacks", () => {
  let python: Python;
  let told: string[] = [];
  beforeAll(async () => {
    python = await startPython();
    const { heap, pyodide } = python;
    pyodide.registerJsModule("host", {
      look: () => {
        told.push([...heap.stack.frames()].map(({ name, file, line }) => `${name} ${file}:${line}`).join(" < "));
        heap.raw.free(heap.raw.malloc(FIRST_SIZE + told.length - 1));
      },
    });
  });

  it(`are those that complete walks find, also after collections (PYHEAP_SEED=${SEED})`, async () => {
    const { heap, pyodide } = python;
    told = [];
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write });
    pyodide.runPython(`from host import look\n${PROGRAM}`, {
      globals: pyodide.toPy({ seed: SEED, __name__: "app" }),
      filename: "app.py",
    });
    recorder.stop();
    const { analysis, summary } = await tape.analyse();
    expect(summary.problem).toBeUndefined();
    const seen: string[] = [];
    const { tree } = analysis;
    await tape.read({
      allocate: (_, size, __, node) => {
        if (size < FIRST_SIZE || size >= FIRST_SIZE + told.length) return;
        const frames = tree.stack(node).map(({ function: f, line }) => `${f.name} ${f.file}:${line}`);
        seen[size - FIRST_SIZE] = frames.join(" < ");
      },
    });
    expect(seen.length).toBe(told.length);
    expect(told.length).toBeGreaterThan(2000);
    const wrong = told.findIndex((stack, k) => stack !== seen[k]);
    if (wrong >= 0) expect(seen[wrong], `look ${wrong}`).toBe(told[wrong]);
    heap.check();
  });

  it("are read in steps whose number does not grow with their depth, from the interpreter's start on", async () => {
    let recorder: Recorder | undefined;
    const { pyodide, heap } = await loadPython({
      onAttach: (attached) => {
        recorder = attached.trace({ write: () => undefined });
      },
    });
    const depth = 60_000;
    const compared: number[] = [];
    pyodide.registerJsModule("tracer", { look: () => void compared.push(recorder?.comparedFrames ?? 0) });
    pyodide.runPython(`
import sys, tracer
sys.setrecursionlimit(${2 * depth})
def f(n):
    kept = [n, {}]
    if n % 997 == 0: tracer.look()
    return f(n - 1) if n else len(kept)
assert f(${depth}) == 2
`);
    recorder?.stop();
    expect(compared.length).toBe(61);
    expect(Math.max(...compared)).toBeGreaterThan(1);
    // The comparison ends at the newest chunk of CPython's data stack: 16 KiB, which have fewer frames than this.
    expect(Math.max(...compared)).toBeLessThan(1000);
    heap.check();
  });

  it("are read, and nothing is written: the byte that CPython's collector marks frames with is as it was", () => {
    const { heap, pyodide } = python;
    const words = new Map(heap.stack.tracerWords);
    const offset = (at: number) => words.get(at) ?? Number.NaN;
    const interpreters = offset(C.TRACE_INTERPRETERS_AT);
    const threads = offset(C.TRACE_THREADS_OFFSET_AT);
    const current = offset(C.TRACE_CURRENT_FRAME_OFFSET_AT);
    const previous = offset(C.TRACE_PREVIOUS_OFFSET_AT);
    const owner = offset(C.TRACE_OWNER_OFFSET_AT);
    const marks: number[] = [];
    pyodide.registerJsModule("marks", {
      read: () => {
        const view = new DataView(heap.memory.buffer);
        const word = (address: number) => view.getUint32(address, true);
        let frame = word(word(word(interpreters) + threads) + current);
        for (; frame !== 0; frame = word(frame + previous)) marks.push(view.getUint8(frame + owner + 1));
      },
    });
    const recorder = heap.trace({ write: () => undefined });
    pyodide.runPython(
      "import gc, marks\ngc.disable()\ndef deep(n):\n    kept = [n, {}]\n    return deep(n - 1) if n else marks.read()\ndeep(300)\ngc.enable()",
    );
    recorder.stop();
    expect(marks.length).toBeGreaterThan(300);
    expect(marks.slice(0, 300).every((mark) => mark === 0)).toBe(true);
  });
});
