// What it costs that memory of modules in C goes through the heap: a loop of malloc and free in a module in C that CPython
// has loaded, compared with the same loop in an interpreter without a heap; and whether a recording has every byte. And how much of the
// Python/C API is compared with CPython's, call by call, and how much of it differs.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPyodide, type PyodideAPI } from "pyodide";
import { loadPython } from "../src/hosts/python/pyodide.js";
import { CALLS, calledFunctions, differing, isCall, listedFunctions, onCPython, onHeap } from "../test/c/both-ways.js";
import { compileTaker, installModule } from "../test/python/native-module.js";
import { Tape } from "../test/trace-data.js";
import { interleave, median, processorTime, ratio } from "./measure.js";
import type { Row } from "./micro.js";

const [STEPS, ROUNDS, WARMUPS] = [1_000_000, 15, 3];
const NANOSECONDS = 1e6;
const MIB = 2 ** 20;
/** The domain of native memory, in recordings. */
const NATIVE = 3;

/** The rows of native memory. */
export async function measureNative(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-native-"));
  const taker = await compileTaker(folder);
  rmSync(folder, { recursive: true });
  const withTaker = (pyodide: PyodideAPI): PyodideAPI => {
    installModule(pyodide, "taker", taker);
    pyodide.runPython("import taker");
    return pyodide;
  };
  const stock = withTaker(await loadPyodide());
  const { pyodide: uncounted } = await loadPython({ native: false });
  const { pyodide: counted, heap } = await loadPython();
  withTaker(uncounted);
  withTaker(counted);
  const churn = (name: string, pyodide: PyodideAPI) => ({
    name,
    run: () => void pyodide.runPython(`taker.churn(${STEPS})`),
  });
  const recorded = () => {
    const recorder = heap.trace({ write: () => undefined });
    counted.runPython(`taker.churn(${STEPS})`);
    recorder.stop();
  };
  const candidates = [
    ...[churn("stock", stock), churn("native: false", uncounted), churn("counted", counted)],
    { name: "recorded", run: recorded },
  ];
  const times = interleave(candidates, ROUNDS, WARMUPS, processorTime);
  const each = Object.fromEntries(
    [...times].map(([name, values]) => [`${name}, ns`, (median(values) / STEPS) * NANOSECONDS]),
  );
  const row = (what: string, name: string, goal: number): Row => ({
    ...{ what, value: ratio(times, name, "stock"), unit: "x", goal, beside: each },
  });
  return [
    row("malloc and free in a module in C, counted, time / stock Pyodide", "counted", 0.7),
    row("malloc and free in a module in C, recorded, time / stock Pyodide", "recorded", 3),
    row("malloc and free in a module in C, native: false, time / stock Pyodide", "native: false", 1.05),
    await measureBytes(withTaker),
    ...(await measureCalls(counted)),
  ];
}

/** The bytes that a recording has of 100 MiB of blocks, compared with the bytes that the module asked for. */
async function measureBytes(withTaker: (pyodide: PyodideAPI) => PyodideAPI): Promise<Row> {
  const { pyodide, heap } = await loadPython();
  withTaker(pyodide);
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write });
  pyodide.runPython(
    `k = 0\nwhile taker.sum() < ${100 * MIB}:\n    k += 1\n    taker.take(ord("mcran"[k % 5]), 1 + k * 7919 % 20_000)`,
  );
  recorder.stop();
  const { accounts } = (await tape.analyse()).analysis;
  let bytes = 0;
  for (let account = 0; account < accounts.length; account++) {
    if (accounts.domain(account) === NATIVE) bytes += accounts.read("end", account).bytes;
  }
  const asked = pyodide.runPython("taker.sum()") as number;
  return {
    what: "100 MiB of native blocks: bytes in the recording / bytes that the module asked for",
    ...{ value: bytes / asked, unit: "x", goal: 1 },
    beside: { "asked, MiB": asked / MIB, "in the account, MiB": heap.stats().account.native / MIB },
  };
}

/** The calls of test/c/both/calls_*.c, on CPython and on a heap. */
async function measureCalls(pyodide: PyodideAPI): Promise<Row[]> {
  pyodide.runPython(
    "import warnings; warnings.simplefilter('ignore'); import sys; sys.unraisablehook = lambda _: None",
  );
  let [calls, different] = [0, 0];
  for (const name of CALLS) {
    const right = await onCPython(pyodide, name);
    const { lines } = await onHeap(name, {});
    calls += right.filter(isCall).length;
    different += differing(right, lines).length;
  }
  const [called, listed] = [calledFunctions().length, listedFunctions().length];
  return [
    {
      what: "functions of docs/c-api.md that are compared with CPython's",
      value: called,
      unit: "",
      goal: listed,
      atLeast: true,
    },
    { what: "calls of them that are compared", value: calls, unit: "", goal: 80_000, atLeast: true },
    { what: "calls of them that differ", value: different, unit: "", goal: 100 },
  ];
}
