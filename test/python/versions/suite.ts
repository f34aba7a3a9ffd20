// Tests for every version of Pyodide: the heap from the first allocation or from an image, limits, account, debug hooks,
// pressure, deep recursions and nests; and stacks, recordings, types and snapshots, compared with what Python says.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { Reader } from "../../../src/hosts/python/graph/reader.js";
import { attach, createImage, loadPython, type Python, type PythonHeap } from "../../../src/hosts/python/pyodide.js";
import { type Fault, sumOfParts } from "../../../src/index.js";
import { NODE, type ObjectGraph } from "../../../src/snapshot/graph.js";
import { SEED } from "../../random.js";
import { byLine, Tape } from "../../trace-data.js";
import { withoutMagic } from "../broken-heaps.js";
import { work } from "../work.js";
import { loaderOf, type Version } from "./list.js";
import { CORPUS, compareWithPython, differences, edgesOf, KEPT, nodesById, ON_STACKS, typeName } from "./objects.js";
import { compareTypes, RANDOM_OBJECTS } from "./types.js";

const MIB = 2 ** 20;
const WORK = work(5000, 1000);

/** No object of these tests has as many references as this, unless it is never freed: then it has at least IMMORTAL. */
const MOST_REFERENCES = 2 ** 20;
const IMMORTAL = 0x3fff_ffff;
const isObject = (kind: number | undefined) => kind === NODE.object || kind === NODE.string;

const CALLED_BYTES = 7777;
/** Calls a recursive function from two lines, at each of many depths. */
const CALLS_AT_BORDERS = `
def inner(depth):
    if depth == 0:
        return bytes(${CALLED_BYTES})
    return inner(depth - 1)

def outer(depth):
    if depth == 0:
        inner(20)
        inner(20)
    else:
        outer(depth - 1)

for depth in range(300):
    outer(depth)
`;

/** Calls look(), which compares stacks, from everywhere. The program returns its results. */
const PLACES = `
import json, sys, traceback, host

def look():
    told = []
    for frame, line in traceback.walk_stack(sys._getframe(1)):
        told.append([frame.f_code.co_filename, line, frame.f_code.co_qualname])
    # The innermost frame is that of this function, and is not in told.
    assert json.loads(host.stack())[1:] == told, (json.loads(host.stack())[:4], told[:3])
    host.allocate(json.dumps(told))
    return len(told)

class A:
    x = look()
    def method(self):
        def inner(): return look()
        return inner()
    def __init__(self):
        self.depth = look(
        )

def generator():
    yield look()
    yield from (look() for _ in range(2))

async def coroutine(): return look()
async def awaits(): return await coroutine()

def recursion(n):
    return look() if n == 0 else recursion(n - 1)

def ñandú(): return look()

def run(f):
    try:
        f.send(None)
    except StopIteration as stop:
        return stop.value

counts = [
    *(A().depth for _ in range(20)), A().method(), *generator(), run(awaits()), recursion(500), ñandú(),
    max([1], key=lambda _: look()), [look() for _ in range(2)][0],
    *sorted([2, 1], key=lambda n: look() * n),
]
`;
/** Nests of the kinds of objects that programs nest: in each, one object holds the next one. Says which are not freed. */
const NESTS = `
import collections, functools, gc, itertools, sys, types, weakref

class Slots: __slots__ = ("next", "__weakref__")
class Plain: pass

def holding(kind):
    def wrap(next):
        made = kind()
        made.next = next
        return made
    return wrap

def context(next):
    error = ValueError()
    error.__context__ = next if isinstance(next, Exception) else None
    return error

def closure(next):
    return lambda: next

def generator(next):
    def wait():
        held = next
        yield
    waiting = wait()
    waiting.send(None)
    return waiting

# Before 3.14, CPython counts levels, and only for some types; 3.13 counts more than a usual stack has space for.
KINDS = [holding(Slots), holding(Plain), lambda x: [x], lambda x: (x,), lambda x: {1: x}]
if sys.version_info[:2] == (3, 13): KINDS = []
if sys.version_info >= (3, 14): KINDS += [
    context, closure, generator, lambda x: iter([x]), lambda x: iter((x,)), lambda x: map(print, (x,)), lambda x: zip((x,)), lambda x: enumerate((x,)),
    lambda x: reversed([x]), lambda x: itertools.chain((x,)), lambda x: collections.deque((x,)), types.CellType,
    lambda x: functools.partial(print, x), lambda x: types.SimpleNamespace(a=x), lambda x: types.MethodType(print, x),
]
gc.disable()
kept = []
for kind, wrap in enumerate(KINDS):
    first = Slots()
    freed = weakref.ref(first)
    nest = first if wrap is not context else ValueError(first)
    if wrap is context: nest.held = first
    del first
    for _ in range(50_000): nest = wrap(nest)
    del nest
    if freed() is not None: kept.append(str(kind))
gc.enable()
", ".join(kept)
`;
/** Sizes of blocks that mark a place in the program. */
const FIRST_MARK = 100_000;
/** A bytes object of n bytes has this many bytes more. */
const BYTES_HEADER = 17;

/** Starts an interpreter. */
async function cold(version: Version, onWarning: (text: string) => void): Promise<Python> {
  return loadPython({ loadPyodide: await loaderOf(version), onWarning });
}

/** Starts an interpreter from an image of another one, which has done some work. */
async function fromImage(version: Version, onWarning: (text: string) => void): Promise<Python> {
  const loadPyodide = await loaderOf(version);
  const image = await createImage({ loadPyodide, prepare: (pyodide) => void pyodide.runPython(WORK) });
  const broken = loadPython({ loadPyodide, image: await withoutMagic(image), onWarning });
  await expect(broken).rejects.toThrow(
    /^Cannot load the heap image: its heap is broken: it does not begin like a heap$/,
  );
  return loadPython({ loadPyodide, image, onWarning });
}

/**
 * The tests of a version. Each version has its own test file, so that one can be run alone, and several at the same time.
 */
export function testVersion(version: Version): void {
  testStart(version, "started", cold);
  testStart(version, "from an image", fromImage);
  it(`Pyodide ${version.pyodide} can be taken over while it runs, with debug hooks that say the line`, async () => {
    const running = await (await loaderOf(version))();
    running.runPython("old = [str(n) * 5 for n in range(30_000)]; grown = list(range(100))");
    const faults: Fault[] = [];
    const taken = await attach(running, { debugHooks: true, onFault: (fault) => void faults.push(fault) });
    running.runPython("grown.extend(range(100_000)); new = [[n] for n in range(20_000)]; del old");
    running.runPython(WORK);
    taken.check();
    expect(faults).toEqual([]);
    const { account } = taken.stats();
    expect(sumOfParts(account)).toBe(account.platform);
    running.registerJsModule("host", {
      overflow: () => {
        const block = taken.mem.malloc(16);
        new Uint8Array(taken.memory.buffer)[block + 16] = 1;
        taken.mem.free(block);
      },
    });
    running.runPython("import host\n\nhost.overflow()", { filename: "overflow.py" });
    expect(faults).toMatchObject([{ kind: "overflow", domain: "mem", allocatedAt: "overflow.py:3 in <module>" }]);
  });
}

function testStart(version: Version, name: string, start: typeof cold): void {
  describe(`Pyodide ${version.pyodide}, CPython ${version.python}, ${name}`, () => {
    let pyodide: PyodideAPI;
    let heap: PythonHeap;
    const told: string[] = [];
    beforeAll(async () => {
      const warned: string[] = [];
      ({ pyodide, heap } = await start(version, (text) => warned.push(text)));
      expect(warned).toEqual([]);
      pyodide.registerJsModule("host", {
        stack: () => JSON.stringify([...heap.stack.frames()].map(({ file, line, name }) => [file, line, name])),
        allocate: (stack: string) => {
          heap.raw.free(heap.raw.malloc(FIRST_MARK + told.length));
          told.push(stack);
        },
      });
    });

    it("is what it says", () => {
      expect(pyodide.version).toMatch(new RegExp(`^${version.pyodide}\\.`));
      expect(heap.stack.version).toBe(pyodide.runPython("'.'.join(map(str, __import__('sys').version_info[:3]))"));
      expect(heap.stack.version).toMatch(new RegExp(`^${version.python}\\.`));
    });

    it("ends a recursion through JavaScript in RecursionError, in a thread with a usual stack", () => {
      const deep = `
from pyodide.code import run_js
call, keywords, item = run_js("[(f, ...args) => f(...args), f => f.callKwargs({}), p => p.get(1)]")
def down(n): return n and call(down, n - 1)
def endless(): return keywords(endless)
class Proxied:
    def __getitem__(self, key): return item(self)
proxied, told = Proxied(), []
for f in endless, lambda: proxied[1]:
    try: f()
    except RecursionError: told.append(down(80))
str(told)
`;
      expect(pyodide.runPython(deep, { globals: pyodide.toPy({}) })).toBe("[0, 0]");
    });

    it("frees nests of every kind, deeper than the engine's usual stack has space for", () => {
      expect(pyodide.runPython(NESTS)).toBe("");
    });

    it("has everything on the heap, which stays whole", () => {
      const { account, allocatedBlocks } = heap.stats();
      expect(account.live.object).toBeGreaterThan(3_500_000);
      expect(allocatedBlocks).toBeGreaterThan(40_000);
      expect(account.escaped).toBeLessThan(250_000);
      pyodide.runPython(WORK);
      heap.check();
      const { account: after } = heap.stats();
      expect(sumOfParts(after)).toBe(after.platform);
      expect(after.platform).toBe(heap.footprint);
    });

    it("is known to Python, which checks it and sets its limits", () => {
      const answer = pyodide.runPython(`
import pyheap
before = pyheap.getallocatedblocks()
made = [float(n) for n in range(50_000)]
more = pyheap.getallocatedblocks() - before
pyheap.check()
pyheap.limit = 200 * 2**20
limit, pyheap.limit = pyheap.limit, None
[49_000 < more < 51_000, limit]
`);
      expect(answer.toJs()).toEqual([true, 200 * MIB]);
    });

    it("collects garbage between two bytecodes, past its soft limit", () => {
      const { length } = heap.measureLog;
      const collections: number[] = [];
      const stop = heap.on("collect", ({ collected }) => collections.push(collected));
      heap.softLimit = heap.reserved + 4 * MIB;
      pyodide.runPython("import gc; gc.disable()\nfor _ in range(60_000): a = [bytes(100)]; a.append(a)\ngc.enable()");
      heap.softLimit = undefined;
      stop();
      expect(heap.measureLog.slice(length).map(({ measure }) => measure)).toContain("collect");
      expect(collections.some((collected) => collected > 1000)).toBe(true);
      heap.check();
    });

    it("meets its limit with MemoryError, and goes on", () => {
      const limit = heap.footprint + 8 * MIB;
      heap.limit = limit;
      const met = pyodide.runPython(`
met = 0
for make in (
    lambda: [float(n) for n in range(10**8)],
    lambda: {n: (n, str(n)) for n in range(10**8)},
    lambda: bytearray(10**9),
    lambda: 1 << 10**10,
):
    for _ in range(3):
        try:
            make()
        except MemoryError:
            met += 1
met
`);
      expect(met).toBe(12);
      expect(heap.footprint).toBeLessThanOrEqual(limit);
      heap.check();
      heap.limit = Number.POSITIVE_INFINITY;
      pyodide.runPython(WORK);
      heap.check();
    });

    it("has stacks as Python tells them, read from outside and in a trace", async () => {
      const tape = new Tape();
      const recorder = heap.trace({ write: tape.write });
      try {
        pyodide.runPython(PLACES, { globals: pyodide.toPy({ __name__: "app" }), filename: "Москва.py" });
      } finally {
        recorder.stop();
      }
      expect(told.length).toBeGreaterThan(30);
      const { analysis, summary } = await tape.analyse();
      expect(summary.problem).toBeUndefined();
      const seen: unknown[] = [];
      await tape.read({
        allocate: (_, size, __, node) => {
          if (size < FIRST_MARK || size >= FIRST_MARK + told.length) return;
          seen[size - FIRST_MARK] = analysis.tree.stack(node).map(({ function: f, line }) => [f.file, line, f.name]);
        },
      });
      // The innermost frame is look's.
      told.forEach((stack, k) => {
        expect((seen[k] as unknown[]).slice(1)).toEqual(JSON.parse(stack));
      });
      heap.check();
    });

    it("has both calls of a function in a trace, wherever its stack's chunk ends", async () => {
      const tape = new Tape();
      const recorder = heap.trace({ write: tape.write });
      // Between two allocations, frames leave a chunk of CPython's data stack and come back to it: the same ones, called from another line.
      pyodide.runPython(CALLS_AT_BORDERS, { globals: pyodide.toPy({}), filename: "borders.py" });
      recorder.stop();
      const { analysis } = await tape.analyse();
      const callers = new Map<number, number>();
      await tape.read({
        allocate: (_, size, __, node) => {
          if (size !== CALLED_BYTES + BYTES_HEADER) return;
          const { line } = analysis.tree.stack(node).find(({ function: f }) => f.name === "outer") ?? { line: 0 };
          callers.set(line, (callers.get(line) ?? 0) + 1);
        },
      });
      expect([...callers]).toEqual([
        [9, 300],
        [10, 300],
      ]);
    });

    it("has a trace with every byte at its line", async () => {
      const tape = new Tape();
      const recorder = heap.trace({ write: tape.write });
      pyodide.runPython("for n in range(9):\n    bytes(\n        7000\n    )\nbytes(9000)", {
        globals: pyodide.toPy({}),
        filename: "lines.py",
      });
      recorder.stop();
      const { analysis } = await tape.analyse();
      const lines = byLine(analysis, "allocated", "lines.py");
      expect(lines.get(2)).toEqual({ bytes: 9 * (7000 + BYTES_HEADER), count: 9 });
      expect(lines.get(5)).toEqual({ bytes: 9000 + BYTES_HEADER, count: 1 });
    });

    it(`has the type of each object in a recording, as a snapshot of its end shows it (PYHEAP_SEED=${SEED})`, async () => {
      const globals = pyodide.toPy({ __name__: "__main__" });
      expect(await compareTypes(heap, () => void pyodide.runPython(CORPUS, { globals }))).toBeGreaterThan(1000);
      const random = pyodide.toPy({ __name__: "__main__" });
      pyodide.runPython(RANDOM_OBJECTS, { globals: random });
      const played = () => pyodide.runPython(`kept = play(${SEED}, 3000)`, { globals: random });
      expect(await compareTypes(heap, played)).toBeGreaterThan(300);
      heap.check();
    });

    it("has its objects in a snapshot, as Python tells them", () => {
      const globals = pyodide.toPy({ __name__: "__main__" });
      pyodide.runPython(CORPUS, { globals });
      const told = (globals.get("tell") as () => string)();
      const graph = heap.graph();
      expect(compareWithPython(graph, told)).toBeGreaterThan(3000);
      expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
      heap.check();
    });

    it("has no freed object in a snapshot, which CPython keeps for reuse, and gives its block to nobody", () => {
      const globals = pyodide.toPy({ __name__: "__main__" });
      pyodide.runPython(KEPT, { globals });
      const [addresses, size] = JSON.parse(globals.get("told") as string) as [number, number];
      const graph = heap.graph();
      const own = graph.sizes[nodesById(graph).get(addresses) as number] as number;
      expect(own).toBeGreaterThanOrEqual(size);
      // The block can be a little larger than what the array asked for.
      expect(own).toBeLessThan(size + 16);
      const words = new Uint32Array(heap.memory.buffer);
      const { kinds, ids } = graph;
      const counts = Array.from(ids, (id, node) => (isObject(kinds[node]) ? (words[id >>> 2] as number) : 1));
      expect(counts.filter((count) => count === 0 || (count > MOST_REFERENCES && count < IMMORTAL))).toEqual([]);
    });

    it("has what functions that run have on their stacks, and in no variable", () => {
      const globals = pyodide.toPy({ __name__: "__main__" });
      let graph: ObjectGraph | undefined;
      globals.set("take", () => {
        graph = heap.graph();
      });
      pyodide.runPython(ON_STACKS, { globals });
      if (!graph) throw new Error("no graph was taken");
      const held: [string, string, string][] = [];
      for (let node = 0; node < graph.nodeCount; node++) {
        const holder = graph.strings[graph.values[node] as number]?.split(" ", 1)[0] ?? "";
        for (const { name, target } of edgesOf(graph, node))
          if (/^__main__.On/.test(typeName(graph, target))) held.push([typeName(graph, target), name, holder]);
      }
      expect(held.sort()).toEqual([
        ["__main__.OnCallersStack", "(stack)", "outer"],
        ["__main__.OnGlobalStack", "(stack)", "<module>"],
        ["__main__.OnOwnStack", "(stack)", "inner"],
        ["__main__.OnStackBehindC", "(stack)", "through"],
      ]);
    });

    it("has the same objects in a snapshot, whether WebAssembly reads the most frequent ones or the host reads all", () => {
      pyodide.runPython(CORPUS, { globals: pyodide.toPy({ __name__: "__main__" }) });
      const graph = heap.graph();
      // The module then leaves each object to the host.
      const howToRead = vi.spyOn(Reader.prototype, "howToRead").mockReturnValue(0);
      try {
        const byHost = heap.graph();
        expect(howToRead).toHaveBeenCalled();
        expect(differences(graph, byHost).slice(0, 5)).toEqual([]);
        expect([byHost.nodeCount, byHost.edgeCount]).toEqual([graph.nodeCount, graph.edgeCount]);
      } finally {
        howToRead.mockRestore();
      }
    });
  });
}
