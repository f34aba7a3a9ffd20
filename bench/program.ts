// Runs a Python program on malloc, mimalloc, pyheap and the floor, in its own process: node program.js FILE ROUNDS prints
// JSON. Each of the three allocators has one interpreter; the program runs in them in turn. The floor never frees, so it
// has a fresh interpreter in each round.

import { readFileSync } from "node:fs";
import { footprintOf, hostInfo } from "../src/hosts/python/python-heap.js";
import { Floor } from "./floor.js";
import { type Interpreter, startInterpreter } from "./interpreter.js";
import { type Candidate, interleave, median, ratio } from "./measure.js";
import { recordSteps } from "./replay/record.js";

export interface ProgramFigures {
  /** By allocator: the median seconds of a run. */
  readonly seconds: Readonly<Record<string, number>>;
  /** By allocator: the program break above the static data, after the first run. */
  readonly footprint: Readonly<Record<string, number>>;
  /** Medians over the rounds of the ratio of times: pyheap to each peer. */
  readonly toMalloc: number;
  readonly toMimalloc: number;
  /**
   * The ratio of the time with an allocator that never frees to that with malloc; absent if the program's bytes don't fit
   * into the memory.
   */
  readonly floorToMalloc?: number;
  /** The most bytes that were live at one time, counted as the program asked for them, from the interpreter's start on. */
  readonly live: number;
  /** What the host takes by itself, in bytes: what is not for CPython's domains. */
  readonly host: number;
}

/** Runs in a floor's interpreter: one to warm up, one measured. */
const FLOOR_RUNS = 2;
/** A block's header and its alignment on the floor take at most this many bytes. */
const FLOOR_EXTRA = 11;

const [file = "", rounds = "5"] = process.argv.slice(2);
const source = readFileSync(file);
const interpreters: Interpreter[] = [];
for (const name of ["malloc", "mimalloc", "pyheap"]) interpreters.push(await startInterpreter(name, source));

const results = interpreters.map(({ pyodide }) => String(pyodide.runPython("program.run()")));
if (new Set(results).size !== 1) throw new Error(`${file} gives ${results.join(", ")}`);
const footprint = Object.fromEntries(interpreters.map(({ name, python }) => [name, footprintOf(python)]));

const candidate = ({ name, pyodide }: Interpreter): Candidate => ({
  name,
  run: () => void pyodide.runPython("program.run()"),
});
const times = interleave(interpreters.map(candidate), Number(rounds), 1);

const steps = await recordSteps(source);
const { program } = steps.parts();
const stock = interpreters[0] as Interpreter;

/** A fresh interpreter that never frees. */
async function startOnFloor(): Promise<{ interpreter: Interpreter; floor: Floor }> {
  let floor: Floor | undefined;
  const interpreter = await startInterpreter("floor", source, {
    ofStock: (python) => {
      floor = new Floor(python);
      floor.install();
    },
  });
  return { interpreter, floor: floor as unknown as Floor };
}

/** The times of malloc and of the floor, in turn; undefined if the memory has no room for the program's bytes. */
async function timeFloor(): Promise<ReadonlyMap<string, readonly number[]> | undefined> {
  const times = new Map<string, number[]>();
  const room = FLOOR_RUNS * (program.bytes + program.steps * FLOOR_EXTRA);
  for (let round = 0; round < Number(rounds); round++) {
    const { interpreter, floor } = await startOnFloor();
    if (!floor.reserve(room)) return undefined;
    interpreter.pyodide.runPython("program.run()");
    for (const [name, [time = Number.NaN]] of interleave([stock, interpreter].map(candidate), 1, 0)) {
      times.set(name, [...(times.get(name) ?? []), time]);
    }
  }
  return times;
}

/** What a stock interpreter's host takes without any block of CPython's domains. */
async function hostBytes(): Promise<number> {
  const { interpreter, floor } = await startOnFloor();
  return hostInfo(interpreter.python).used - floor.taken;
}

const floorTimes = await timeFloor();
const figures: ProgramFigures = {
  seconds: Object.fromEntries([...times].map(([name, values]) => [name, median(values) / 1000])),
  footprint,
  toMalloc: ratio(times, "pyheap", "malloc"),
  toMimalloc: ratio(times, "pyheap", "mimalloc"),
  ...(floorTimes && { floorToMalloc: ratio(floorTimes, "floor", "malloc") }),
  live: steps.peak,
  host: await hostBytes(),
};
process.stdout.write(JSON.stringify(figures));
// Interpreters would keep the process alive.
process.exit(0);
