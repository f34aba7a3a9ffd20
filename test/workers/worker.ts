// A worker of the tests of shared heaps: joins the heap, and does what it was started for.

import { parentPort, workerData } from "node:worker_threads";
import { Heap, type HeapShare, type ObjectShare, type SharedHeap } from "../../src/index.js";
import { CONTRACT } from "../contract-cases.js";
import { Gate } from "./gate.js";
import { recordHistory } from "./history.js";
import type { Event } from "./linearizable.js";
import { Mail } from "./mail.js";
import { compareWithOwn, type Done, ObjectProgram } from "./object-program.js";
import { type Plan, WorkerProgram } from "./program.js";
import { transferForever } from "./transfers.js";

export type Task =
  /** Runs a random program in rounds, and waits after each. */
  | { readonly kind: "program"; readonly plan: Plan; readonly rounds: number }
  /** Runs a random program until it is terminated, and counts its steps in `progress`. */
  | { readonly kind: "endless"; readonly plan: Plan; readonly progress: SharedArrayBuffer }
  /** Runs the cases of the contract that need not be alone, at the same time as others. */
  | { readonly kind: "contract"; readonly rounds: number }
  /** Uses objects at random, its own and those of all, in rounds; and runs random programs, here and on a heap of its own. */
  | {
      readonly kind: "objects";
      readonly seed: number;
      readonly programs: number;
      readonly steps: number;
      readonly rounds: number;
    }

  /** Gets numbers from a queue, and puts twice each of them into another one, until it gets 0. */
  | { readonly kind: "echo"; readonly jobs: ObjectShare; readonly answers: ObjectShare }
  /** Moves money between accounts until it is terminated, and counts that in `progress`. */
  | { readonly kind: "transfers"; readonly seed: number; readonly progress: SharedArrayBuffer }
  /** Records what it does at the same time as others, in rounds, each with new objects. */
  | { readonly kind: "history"; readonly seed: number; readonly rounds: number; readonly clock: SharedArrayBuffer };

export interface Start {
  readonly share: HeapShare;
  readonly number: number;
  readonly workers: number;
  readonly gate: SharedArrayBuffer;
  readonly mail: SharedArrayBuffer;
  readonly task: Task;
}

/** What a worker says after each round: how many blocks it has in the mem and object domains, and what it did to the objects of all. */
export interface Pause {
  readonly pooled: number;
  readonly done?: Done;
  readonly history?: readonly Event[];
}

const { share, number, workers, gate: gateBuffer, mail: mailBuffer, task } = workerData as Start;
const gate = new Gate(gateBuffer);
const heap = await Heap.join(share);

function pause(pooled: number, done?: Done): void {
  const { opened } = gate;
  parentPort?.postMessage({ pooled, ...(done && { done }) } satisfies Pause);
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
} else if (task.kind === "echo") {
  const [jobs, answers] = [heap.queue<number>(task.jobs), heap.queue<number>(task.answers)];
  for (let n = jobs.get(); n; n = jobs.get()) answers.put(2 * n);
} else if (task.kind === "transfers") {
  transferForever(heap, task.seed, number, new Int32Array(task.progress));
} else if (task.kind === "history") {
  const history = recordHistory(heap, number, workers, task);
  parentPort?.postMessage({ pooled: 0, history } satisfies Pause);
} else if (task.kind === "objects") {
  const program = new ObjectProgram(heap, new Mail(mailBuffer), number, workers, task.seed);
  for (let round = 0; round < task.rounds; round++) {
    program.run(task.steps);
    await compareWithOwn(heap, task.seed + 1000 * number + round, task.programs);
    pause(0, program.done);
  }
  program.end();
  pause(0, program.done);
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
