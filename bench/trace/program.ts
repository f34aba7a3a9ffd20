// Runs a Python program untraced and traced, in its own process: node program.js FILE ROUNDS WHAT prints JSON.
//
// Our interpreter runs it untraced, recorded with full stacks to a file, the same with types, summed up, and sampled, in
// turn. Another interpreter on our heap, which never records, shows the lasting cost of having recorded. If WHAT is "peers",
// stock CPython also runs it with its tracemalloc, in one round; if it is "types", only the cost of types is measured.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import { analyse } from "../../src/trace/analysis.js";
import { startInterpreter } from "../interpreter.js";
import { type Candidate, interleave, median, processorTime, ratio } from "../measure.js";

export interface TraceFigures {
  /** The median seconds of an untraced run. All times are processor times. */
  readonly seconds: number;
  /** Medians over the rounds of the ratio of the time to that of the untraced run. */
  readonly full: number;
  readonly sums: number;
  readonly sample: number;
  /** The ratio of a recording that is summed up to one with every event. */
  readonly sumsToFull: number;
  /** The ratio of a run that records types as well to one that records without. */
  readonly types: number;
  /** The ratio of an interpreter that has recorded before to one that never has. */
  readonly off: number;
  /** The ratio of stock CPython with tracemalloc to the same without; absent if it was not measured. */
  readonly tracemalloc1?: number;
  readonly tracemalloc25?: number;
  readonly events: number;
  /** The size of the file. */
  readonly bytes: number;
}

const SAMPLE = 512 * 1024;
const RUN = "program.run()";

const [file = "", rounds = "5", what = "usual"] = process.argv.slice(2);
const trace = join(tmpdir(), `pyheap-bench-${process.pid}.trace`);
const source = readFileSync(file);
const ours = await startInterpreter("ours", source);
const never = await startInterpreter("never traced", source);

function recorded(heap: PythonHeap, options: { sample?: number; aggregate?: boolean; types?: boolean } = {}): void {
  const fd = openSync(trace, "w");
  const recorder = heap.trace({ ...options, write: (bytes) => void writeSync(fd, bytes) });
  ours.pyodide.runPython(RUN);
  recorder.stop();
  closeSync(fd);
}

function candidates(): Candidate[] {
  const { heap } = ours;
  if (!heap) throw new Error("Cannot measure: the interpreter is not on the heap");
  return [
    { name: "untraced", run: () => void ours.pyodide.runPython(RUN) },
    { name: "sample", run: () => recorded(heap, { sample: SAMPLE }) },
    { name: "full", run: () => recorded(heap) },
    { name: "sums", run: () => recorded(heap, { aggregate: true }) },
    { name: "types", run: () => recorded(heap, { types: true }) },
    { name: "never", run: () => void never.pyodide.runPython(RUN) },
  ];
}

/** Stock CPython. Its tracemalloc takes so long that it is measured in one round only. */
async function slow(): Promise<Candidate[]> {
  const { pyodide } = await startInterpreter("malloc", source);
  const traced = (frames: number) =>
    void pyodide.runPython(`import tracemalloc; tracemalloc.start(${frames}); ${RUN}; tracemalloc.stop()`);
  return [
    { name: "stock", run: () => void pyodide.runPython(RUN) },
    { name: "tracemalloc 1", run: () => traced(1) },
    { name: "tracemalloc 25", run: () => traced(25) },
  ];
}

if (what === "types") {
  const both = candidates().filter(({ name }) => name === "types" || name === "full");
  const types = ratio(interleave(both, Number(rounds), 1, processorTime), "types", "full");
  rmSync(trace);
  process.stdout.write(JSON.stringify({ types }));
  process.exit(0);
}
const times = interleave(candidates(), Number(rounds), 1, processorTime);
const peersTimes = what === "peers" ? interleave(await slow(), 1, 1, processorTime) : new Map<string, number[]>();
recorded(ours.heap as PythonHeap);
const { summary } = await analyse([readFileSync(trace)], trace);
rmSync(trace);
const figures: TraceFigures = {
  seconds: median(times.get("untraced") ?? []) / 1000,
  full: ratio(times, "full", "untraced"),
  sample: ratio(times, "sample", "untraced"),
  sums: ratio(times, "sums", "untraced"),
  sumsToFull: ratio(times, "sums", "full"),
  types: ratio(times, "types", "full"),
  off: ratio(times, "untraced", "never"),
  ...(what === "peers" && {
    tracemalloc1: ratio(peersTimes, "tracemalloc 1", "stock"),
    tracemalloc25: ratio(peersTimes, "tracemalloc 25", "stock"),
  }),
  events: summary.events,
  bytes: summary.bytes,
};
process.stdout.write(JSON.stringify(figures));
// Interpreters would keep the process alive.
process.exit(0);
