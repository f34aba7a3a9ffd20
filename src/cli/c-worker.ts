// The thread in which a module in C runs.

import { parentPort, workerData } from "node:worker_threads";
import { visibleLines } from "../text/visible.js";
import type { RunRequest, WorkerMessage } from "./protocol.js";
import { runC } from "./run-c.js";
import { writeAll } from "./stdio.js";
import { UsageError } from "./system/errors.js";
import { INTERRUPTS, type Interruptible } from "./thread-interrupts.js";

// A thread's own streams send their text to the main thread. If the thread were stopped, its last text would be lost.
// So each text is written directly.
for (const [fd, stream] of [
  [1, process.stdout],
  [2, process.stderr],
] as const) {
  stream.write = (chunk: string | Uint8Array) => {
    try {
      writeAll(fd, typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk, Error);
    } catch {
      // Nobody reads this stream.
    }
    return true;
  };
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function complain(what: string): void {
  process.stderr.write(`pyheap: ${visibleLines(what)}\n`);
}

function interruptible(run: Interruptible): void {
  Object.assign(globalThis, { [Symbol.for(INTERRUPTS)]: run });
}

try {
  await runC(workerData as RunRequest, { say, complain, interruptible });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  complain(error.message);
  say({ kind: "done", exitCode: error.exitCode, result: undefined });
}
