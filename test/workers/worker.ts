// A worker of the tests of shared heaps: joins the heap, and does what it was started for.

import { parentPort, workerData } from "node:worker_threads";
import { Heap, type HeapShare, type SharedHeap } from "../../src/index.js";
import { CONTRACT } from "../contract-cases.js";
import { Gate } from "./gate.js";
import { Mail } from "./mail.js";
import { type Plan, WorkerProgram } from "./program.js";

export type Task =
  /** Runs a random program in rounds, and waits after each. */
  | { readonly kind: "program"; readonly plan: Plan; readonly rounds: number }
  /** Runs a random program until it is terminated, and counts its steps in `progress`. */
  | { readonly kind: "endless"; readonly plan: Plan; readonly progress: SharedArrayBuffer }
  /** Runs the cases of the contract that need not be alone, at the same time as others. */
  | { readonly kind: "contract"; readonly rounds: number };

export interface Start {
  readonly share: HeapShare;
  readonly number: number;
  readonly workers: number;
  readonly gate: SharedArrayBuffer;
  readonly mail: SharedArrayBuffer;
  readonly task: Task;
}

/** What a worker says after each round: how many blocks it has in the mem and object domains. */
export interface Pause {
  readonly pooled: number;
}

const { share, number, workers, gate: gateBuffer, mail: mailBuffer, task } = workerData as Start;
const gate = new Gate(gateBuffer);
const heap = await Heap.join(share);

function pause(pooled: number): void {
  const { opened } = gate;
  parentPort?.postMessage({ pooled } satisfies Pause);
  gate.pass(opened);
}

function runContract(heap: SharedHeap): void {
  // What others do meanwhile is not to be checked.
  const busy = new Proxy(heap, {
    get: (_, name) => {
      const value = name === "check" ? () => undefined : Reflect.get(heap, name, heap);
      return typeof value === "function" ? value.bind(heap) : value;
    },
  });
  for (const allocator of [heap.raw, heap.mem, heap.object])
    for (const { run, isAlone } of CONTRACT) if (!isAlone) run({ heap: busy, allocator });
}

if (task.kind === "contract") {
  for (let round = 0; round < task.rounds; round++) runContract(heap);
  pause(0);
} else {
  const program = new WorkerProgram(heap, new Mail(mailBuffer), number, workers, task.plan);
  if (task.kind === "endless") {
    const steps = new Int32Array(task.progress);
    for (;;) program.run(() => Atomics.add(steps, 0, 1));
  }
  for (let round = 0; round < task.rounds; round++) {
    program.run();
    pause(program.pooled);
  }
  program.end();
  pause(program.pooled);
}
heap.leave();
