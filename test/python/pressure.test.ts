// CPython as a guest under pressure. Above the soft limit it collects between two bytecodes, so that garbage which its
// own thresholds do not notice does not use up the memory.

import { loadPyodide } from "pyodide";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadPython, type Python } from "../../src/hosts/python/pyodide.js";
import { exportsOfRunning } from "../../src/hosts/python/pyodide-module.js";
import { PythonHeap } from "../../src/hosts/python/python-heap.js";
import { DEFAULT_POLICY, NO_LIMIT } from "../../src/index.js";
import { startPython } from "./start.js";
import { CYCLES } from "./work.js";

const MIB = 2 ** 20;

describe("a guest", () => {
  let python: Python;
  beforeAll(async () => {
    python = await startPython();
  });

  it("makes cyclic garbage within a budget of 64 MiB above its start", () => {
    const { heap, pyodide } = python;
    heap.limit = heap.footprint + 64 * MIB;
    pyodide.runPython(CYCLES);
    expect(heap.footprint).toBeLessThanOrEqual(heap.limit);
    const measures = heap.measureLog.map(({ measure, reason }) => `${reason}: ${measure}`);
    expect(measures).toContain("soft limit: collect");
    heap.check();
    pyodide.runPython("import pyheap; pyheap.limits.hard = None");
  });

  it("pays for few collections while it lives above its soft limit, and near its hard one", async () => {
    const lists = `
keep = [[i] for i in range(150_000)]
for k in range(30):
    part = [str(i) * 4 for i in range(8000)]
    big = bytearray(1_000_000)
del keep, part, big
`;
    for (const [soft, hard] of [
      [2, 4000],
      [8, 16],
    ] as const) {
      const { heap, pyodide } = await startPython();
      heap.limit = heap.footprint + hard * MIB;
      heap.softLimit = heap.reserved + soft * MIB;
      pyodide.runPython(lists);
      expect(heap.stats().platformPeak).toBeGreaterThan(heap.softLimit);
      const { measures, vainMs, programMs } = heap.pressureAccount;
      expect(measures.collect?.runs).toBeGreaterThan(0);
      expect(measures.collect?.runs).toBeLessThan(8);
      // A quarter, and what a credit can fall below zero (account.ts): the machine may do other work during a run.
      const longest = Math.max(...heap.measureLog.map(({ ms }) => ms));
      expect(vainMs).toBeLessThan(0.25 * programMs + 2.5 * longest);
      heap.check();
    }
  });

  it("runs measures once for each MemoryError, not for each block that finds another place", async () => {
    const { heap, pyodide } = await startPython();
    heap.limit = heap.footprint + 16 * MIB;
    const errors: number = pyodide.runPython(`
keep, errors, numbers = [], 0, iter(range(400_000))
while True:
    try:
        for i in numbers:
            keep.append([i])
        break
    except MemoryError:
        errors += 1
        n = 1000
        while n:
            keep.pop()
            n -= 1
errors
`);
    const { measures } = heap.pressureAccount;
    expect(errors).toBeGreaterThan(50);
    // A few more: before the first error the heap passes its soft limit, and gives back what it held in reserve.
    expect(measures.release?.runs).toBeGreaterThan(0);
    expect(measures.release?.runs).toBeLessThanOrEqual(errors + 10);
    heap.check();
  });

  it("has limits that Python sees and sets", () => {
    const answer = python.pyodide.runPython(`
import pyheap
limits = pyheap.limits
seen = [repr(limits)]
limits.hard = 80 * 2**20
seen.append(limits.soft == 70 * 2**20 and pyheap.limit == limits.hard)
limits.soft = 50 * 2**20
seen.append(repr(limits))
for name in ("hard", "soft"):
    for wrong in (0, -1, "64MiB", 1.5, True):
        try:
            setattr(limits, name, wrong)
        except (TypeError, ValueError) as error:
            seen.append(str(error))
limits.soft = limits.hard = None
seen.append(repr(limits))
seen
`);
    expect(answer.toJs()).toEqual([
      ...["limits(hard=None, soft=None)", true, `limits(hard=${80 * MIB}, soft=${50 * MIB})`],
      ...["hard must be positive, not 0", "hard must be positive, not -1"],
      "hard must be a number of bytes or None, not str",
      "hard must be a number of bytes or None, not float",
      "hard must be a number of bytes or None, not bool",
      ...["soft must be positive, not 0", "soft must be positive, not -1"],
      "soft must be a number of bytes or None, not str",
      "soft must be a number of bytes or None, not float",
      "soft must be a number of bytes or None, not bool",
      "limits(hard=None, soft=None)",
    ]);
    expect(python.pyodide.runPython("limits.hard = limits.soft = 2**70; repr(limits)")).toBe(
      "limits(hard=None, soft=None)",
    );
    python.heap.softLimit = undefined;
  });

  it("tells of its collections, whoever began them, and says why it does not trim", () => {
    const { heap, pyodide } = python;
    const seen: unknown[] = [];
    const stop = heap.on("collect", (event) => seen.push([event.generation, event.collected > 0, event.ms >= 0]));
    pyodide.runPython("import gc; cycle = []; cycle.append(cycle); del cycle; gc.collect()");
    expect(seen).toEqual([[2, true, true]]);
    heap.relieve();
    expect(seen.length).toBe(2);
    stop();
    heap.relieve();
    expect(seen.length).toBe(2);
    const { before, after, gained, stays } = heap.trim();
    expect([after, gained, stays]).toEqual([before, 0, "it is in Python's memory, of which others have parts"]);
    heap.check();
  });

  it("tells of collections whatever the program does to gc.callbacks, which is the program's alone", () => {
    const { heap, pyodide } = python;
    let told = 0;
    const stop = heap.on("collect", () => told++);
    const answer = pyodide.runPython(`
import gc
seen = [list(gc.callbacks), isinstance(gc.callbacks, list)]
phases = []
def note(phase, info):
    phases.append(phase)
gc.callbacks.append(note)
gc.callbacks += [note]
gc.collect()
gc.callbacks.remove(note)
gc.collect()
seen.append([gc.callbacks == [note], phases.count("start"), phases.count("stop")])
gc.callbacks.clear()
gc.collect()
del gc.callbacks[:]
gc.callbacks = []
gc.collect()
seen.append(len(phases))
seen
`);
    expect(answer.toJs()).toEqual([[], true, [true, 3, 3], 6]);
    expect(told).toBe(4);
    stop();
    heap.check();
  });

  it("survives a policy that throws between two bytecodes", () => {
    const { heap, pyodide } = python;
    const report = vi.spyOn(console, "error").mockImplementation(() => undefined);
    heap.limit = heap.footprint + 30 * MIB;
    heap.policy = {
      ...DEFAULT_POLICY,
      measures: () => {
        throw new Error("no idea");
      },
    };
    expect(() => pyodide.runPython(CYCLES)).toThrow("MemoryError");
    expect(String(report.mock.calls[0]?.[1])).toBe("Error: no idea");
    report.mockRestore();
    heap.policy = DEFAULT_POLICY;
    pyodide.runPython("import gc; gc.collect()");
    pyodide.runPython(CYCLES);
    heap.limit = NO_LIMIT;
    heap.check();
  });

  it("asks again, when the heap has grown, if CPython had no room for another pending call", async () => {
    const pyodide = await loadPyodide();
    const exports = exportsOfRunning(pyodide);
    let refused = 0;
    const refuseTwice: typeof exports.Py_AddPendingCall = (f, x) =>
      refused < 2 ? -++refused : exports.Py_AddPendingCall(f, x);
    const heap = await PythonHeap.attach({ ...exports, Py_AddPendingCall: refuseTwice });
    heap.softLimit = heap.reserved + 10 * MIB;
    pyodide.runPython(CYCLES);
    expect(refused).toBe(2);
    expect(heap.measureLog.map(({ measure }) => measure)).toContain("collect");
    heap.check();
  });

  it("can drop its caches under pressure, in Python and in TypeScript", () => {
    const { heap, pyodide } = python;
    const reasons: string[] = [];
    const stop = heap.on("pressure", ({ reason }) => reasons.push(reason));
    heap.softLimit = heap.footprint + 10 * MIB;
    const answer = pyodide.runPython(`
import sys, pyheap
cache, told, ignored = [], [], []

@pyheap.on_pressure
def drop(pressure):
    told.append(pressure)
    cache.clear()

@pyheap.on_pressure
def fail(pressure):
    raise RuntimeError("in a callback")

hook, sys.unraisablehook = sys.unraisablehook, ignored.append
while not told:
    cache.append(bytearray(100_000))
sys.unraisablehook = hook
for wrong in (3, drop):
    try:
        pyheap.on_pressure(wrong) if wrong == 3 else pyheap.remove_on_pressure(len)
    except (TypeError, ValueError) as error:
        ignored.append(error)
[len(cache) < 2, told[0]["reason"], told[0]["reserved"] > told[0]["softLimit"], str(ignored[0].exc_value), *map(str, ignored[-2:])]
`);
    expect(answer.toJs()).toEqual([
      ...[true, "soft limit", true, "in a callback", "callback must be callable, not int"],
      "<built-in function len> is not a callback of on_pressure",
    ]);
    expect(reasons).toContain("soft limit");
    stop();
    heap.softLimit = undefined;
    heap.check();
  });

  it("shows the exception of a callback as Python shows one that can't be raised", () => {
    const said = python.pyodide.runPython(`
import io, sys, pyheap
@pyheap.on_pressure
def fail(pressure):
    raise RuntimeError("in a callback")
stderr, sys.stderr = sys.stderr, io.StringIO()
pyheap.relieve()
said = sys.stderr.getvalue()
sys.stderr = None
pyheap.relieve()
sys.stderr = stderr
pyheap.remove_on_pressure(fail)
said
`);
    expect(said).toMatch(
      /^Exception ignored in a callback of pyheap\.on_pressure: <function fail at .*\nTraceback .*\n(.*\n)*RuntimeError: in a callback\n$/,
    );
  });

  it("no longer calls a callback that was removed, and calls each other one as often as it was added", () => {
    const { heap, pyodide } = python;
    const told = pyodide.runPython(`
for callback in list(pyheap._callbacks):
    pyheap.remove_on_pressure(callback)
told = []
a, b = lambda pressure: told.append("a"), lambda pressure: told.append("b")
def tells():
    told.clear()
    pyheap.relieve()
    return "".join(told)
for callback in (a, b, a):
    pyheap.on_pressure(callback)
answers = [tells()]
for callback in (a, a, b):
    pyheap.remove_on_pressure(callback)
    answers.append(tells())
pyheap.on_pressure(b)
answers.append(tells())
pyheap.remove_on_pressure(b)
answers
`);
    expect(told.toJs()).toEqual(["aba", "ba", "b", "", "b"]);
    const seen: string[] = [];
    const listener = ({ reason }: { reason: string }) => void seen.push(reason);
    heap.on("pressure", listener);
    heap.relieve();
    expect([heap.off("pressure", listener), heap.off("pressure", listener)]).toEqual([true, false]);
    heap.relieve();
    expect(seen).toEqual(["asked"]);
    heap.check();
  });

  it("relieves itself when asked, from either side, also with the collector's own timing off", () => {
    const { heap, pyodide } = python;
    const gained = pyodide.runPython(`
import gc, pyheap
gc.disable()
def make():
    for _ in range(100):
        cycle = [bytearray(100_000)]
        cycle.append(cycle)
make()
gained = pyheap.relieve()
make()
gained
`);
    expect(gained).toBeGreaterThan(9 * MIB);
    const relief = heap.relieve();
    expect(relief.measures.map(({ measure }) => measure)).toEqual(["release", "collect", "trim"]);
    expect(relief.gained).toBeGreaterThan(9 * MIB);
    pyodide.runPython("gc.enable()");
    heap.check();
  });

  it("collects nothing before Python has started", async () => {
    let problem: unknown;
    const early = await loadPython({
      softLimit: MIB,
      onAttach: (heap) => {
        try {
          heap.relieve();
        } catch (error) {
          problem = error;
        }
      },
    });
    expect(String(problem)).toContain("Cannot relieve the heap: an operation is under way");
    expect(early.heap.measureLog.map(({ measure }) => measure)).toContain("collect");
    expect(early.pyodide.runPython("sum(range(10))")).toBe(45);
    early.heap.check();
  });

  it("does nothing by itself if the policy is off", async () => {
    const off = await loadPython({ policy: false, limit: 60 * MIB });
    expect(() => off.pyodide.runPython(CYCLES)).toThrow("MemoryError");
    expect(off.heap.measureLog).toEqual([]);
    off.heap.check();
  });
});
