// A worker of the measurement of shared heaps: does what it is told to, at the same time as another, and says how long it took.

import { parentPort, workerData } from "node:worker_threads";
import type { HeapShare } from "../src/index.js";
import { clientOf, joinCore } from "./thread.js";

export interface Start {
  readonly share: HeapShare;
  /** Counts how often a worker was ready to begin a job. */
  readonly ready: SharedArrayBuffer;
  readonly slots: number;
}

export interface Job {
  readonly kind: "replace" | "produce" | "consume" | "both";
  /** How many workers begin together; and how many jobs the workers were given before, all together. */
  readonly workers: number;
  readonly earlier: number;
  readonly count: number;
  readonly ring: number;
  readonly length: number;
}

const { share, ready: buffer, slots } = workerData as Start;
const ready = new Int32Array(buffer);
const core = joinCore(share);
const replacing = clientOf(core, "bench-workers");
const pairing = clientOf(core, "bench-pairs");
const at = core.functions.PyMem_RawCalloc(slots, 4);
let state = replacing.fill(at, slots, 1, 256, 12345);

const JOBS: Readonly<Record<Job["kind"], (job: Job) => void>> = {
  replace: ({ count }) => {
    state = replacing.replace(at, slots, 1, 256, count, state);
  },
  produce: ({ ring, length, count }) => pairing.produce(ring, length, count),
  consume: ({ ring, length, count }) => pairing.consume(ring, length, count),
  both: ({ ring, length, count }) => pairing.both(ring, length, count),
};

parentPort?.on("message", (job: Job) => {
  Atomics.add(ready, 0, 1);
  while (Atomics.load(ready, 0) < job.earlier + job.workers);
  const start = performance.now();
  JOBS[job.kind](job);
  parentPort?.postMessage(performance.now() - start);
});
