// A worker of the measurement of a shared heap's objects: uses a dict, at the same time as another worker, and says how long that took; or uses
// it until it is terminated.

import { parentPort, workerData } from "node:worker_threads";
import { acquireLockWait, getUnderlyingArrayBuffer, loadObjectBuffer, releaseLock } from "@bnaya/objectbuffer";
import { Heap, type HeapShare, type PyDict } from "../src/index.js";

export interface Start {
  readonly share: HeapShare;
  /** The memory of an object of @bnaya/objectbuffer. */
  readonly peer: SharedArrayBuffer;
  /** The worker's number, above 0. */
  readonly number: number;
  /** Counts how often a worker was ready to begin; then, what `endless` has done. */
  readonly words: SharedArrayBuffer;
}

export interface Job {
  readonly kind: "dict" | "peer" | "endless" | "holding";
  /** How many workers begin together; and how many jobs the workers were given before, all together. */
  readonly workers: number;
  readonly earlier: number;
  readonly count: number;
}

const KEYS = 32;
/** One operation in this many changes the dict. */
const READS = 10;
const PATIENCE_MS = 1000;

const { share, peer, number, words: buffer } = workerData as Start;
const words = new Int32Array(buffer);
const heap = await Heap.join(share);
const dict = heap.roots.get("dict") as unknown as PyDict<string, number>;
const codecs = { textEncoder: new TextEncoder(), textDecoder: new TextDecoder() };
const record = loadObjectBuffer<Record<string, number>>(codecs, peer);
const names = Array.from({ length: KEYS }, (_, k) => `key${k}`);

if (getUnderlyingArrayBuffer(record) !== peer) throw new Error("Cannot measure: the peer's memory was copied");

function useDict(k: number): void {
  const name = names[k % KEYS] as string;
  if (k % READS === 0) dict.set(name, k);
  else if (dict.get(name) === undefined) throw new Error(`Cannot measure: ${name} is gone`);
}

function usePeer(k: number): void {
  const name = names[k % KEYS] as string;
  while (acquireLockWait(number, record, PATIENCE_MS) !== "have-lock");
  if (k % READS === 0) record[name] = k;
  else if (record[name] === undefined) throw new Error(`Cannot measure: ${name} is gone`);
  releaseLock(number, record);
}

function times(count: number, use: (k: number) => void): void {
  for (let k = 0; k < count; k++) use(k);
}

function forEver(use: (k: number) => void): never {
  for (let k = 0; ; k++) {
    use(k);
    Atomics.add(words, number, 1);
  }
}

const JOBS: Readonly<Record<Job["kind"], (job: Job) => void>> = {
  dict: ({ count }) => times(count, useDict),
  peer: ({ count }) => times(count, usePeer),
  endless: () => forEver(useDict),
  holding: () => heap.locked(() => forEver(useDict)),
};

parentPort?.on("message", (job: Job) => {
  Atomics.add(words, 0, 1);
  while (Atomics.load(words, 0) < job.earlier + job.workers);
  const start = performance.now();
  JOBS[job.kind](job);
  parentPort?.postMessage(performance.now() - start);
});
