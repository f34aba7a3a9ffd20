// How long asyncio takes for 10,000 tasks that sleep and are gathered: under `pyheap run`, and in Pyodide alone, whose
// loop waits for JavaScript's timers and suspends Python meanwhile (JSPI). Both run in the newest Node, in turn.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "../test/runtimes/install.js";
import { type CommandRuntime, RUNTIMES } from "../test/runtimes/list.js";
import { median, ratio } from "./measure.js";
import type { Row } from "./micro.js";

const COMMAND = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const RUNTIME = "Node 26";

/** `measured` runs the tasks, and returns the seconds that this takes after the first time. */
const PROGRAM = `
import asyncio, time

async def sleeps(k):
    await asyncio.sleep(k % 10 / 1000)
    return k

async def main():
    return sum(await asyncio.gather(*map(sleeps, range(10_000))))

def timed():
    begun = time.perf_counter()
    assert asyncio.run(main()) == 49_995_000
    return time.perf_counter() - begun

def measured():
    timed()
    return min(timed() for _ in range(3))
`;

/** A script for Pyodide alone. */
const peer = (program: string) => `
const { loadPyodide } = await import(${JSON.stringify(import.meta.resolve("pyodide"))});
const { readFileSync } = await import("node:fs");
const pyodide = await loadPyodide();
pyodide.runPython(readFileSync(${JSON.stringify(program)}, "utf8"));
console.log(await pyodide.globals.get("measured").callPromising());`;

/** Measures both `rounds` times. `folder` is for files. */
export function measureTasks(folder: string, rounds: number): Row {
  const node = install(RUNTIMES.find(({ name }) => name === RUNTIME) as CommandRuntime);
  const [program, ours, stock] = [join(folder, "tasks.py"), join(folder, "ours.py"), join(folder, "stock.mjs")];
  writeFileSync(program, PROGRAM);
  writeFileSync(ours, `${PROGRAM}print(measured())\n`);
  writeFileSync(stock, peer(program));
  const candidates: Record<string, string[]> = {
    "pyheap run": [COMMAND, "run", "--quiet", ours],
    "Pyodide alone": [stock],
  };
  const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  const env = { ...process.env, PYHEAP_CACHE: join(folder, "cache") };
  for (let round = 0; round < rounds; round++) {
    for (const [name, words] of Object.entries(candidates)) {
      times.get(name)?.push(Number(execFileSync(node.program, words, { env, encoding: "utf8" })));
    }
  }
  return {
    what: `10,000 tasks that sleep and gather, in Node ${node.version} / asyncio of Pyodide alone, on JSPI`,
    ...{ value: ratio(times, "pyheap run", "Pyodide alone"), unit: "x", goal: 1 },
    beside: Object.fromEntries([...times].map(([name, values]) => [`${name}, s`, median(values)])),
  };
}
