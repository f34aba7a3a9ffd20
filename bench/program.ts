// Runs a Python program on the three allocators, in its own process: node program.js FILE ROUNDS prints JSON. Each
// allocator has a fresh interpreter; the program runs in them in turn.

import { readFileSync } from "node:fs";
import { footprintOf } from "../src/hosts/python/python-heap.js";
import { type Interpreter, startInterpreter } from "./interpreter.js";
import { interleave, median, ratio } from "./measure.js";

export interface ProgramFigures {
  /** By allocator: the median seconds of a run, and the program break above the static data after the first run. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly footprint: Readonly<Record<string, number>>;
  /** Medians over the rounds of the ratio of times: pyheap to each peer. */
  readonly toMalloc: number;
  readonly toMimalloc: number;
}

const [file = "", rounds = "5"] = process.argv.slice(2);
const source = readFileSync(file);
const interpreters: Interpreter[] = [];
for (const name of ["malloc", "mimalloc", "pyheap"]) interpreters.push(await startInterpreter(name, source));

const results = interpreters.map(({ pyodide }) => String(pyodide.runPython("program.run()")));
if (new Set(results).size !== 1) throw new Error(`${file} gives ${results.join(", ")}`);
const footprint = Object.fromEntries(interpreters.map(({ name, python }) => [name, footprintOf(python)]));

const times = interleave(
  interpreters.map(({ name, pyodide }) => ({ name, run: () => void pyodide.runPython("program.run()") })),
  Number(rounds),
  1,
);
const figures: ProgramFigures = {
  seconds: Object.fromEntries([...times].map(([name, values]) => [name, median(values) / 1000])),
  footprint,
  toMalloc: ratio(times, "pyheap", "malloc"),
  toMimalloc: ratio(times, "pyheap", "mimalloc"),
};
process.stdout.write(JSON.stringify(figures));
