// The thread in which Python runs. It is begun as soon as it is known that Python will run: it gets ready while the
// main thread loads the rest of the command, and waits for its request.

import { Worker } from "node:worker_threads";
import { setSwitchedStackSize } from "./engine.js";

/**
 * The size of the thread's stack, in MiB of addresses; memory is used only as the stack grows. CPython's guard against
 * recursion does not know this stack: it watches only CPython's own stack of 10 MiB in WebAssembly's memory. So this
 * stack must be so large that the other one is full first. Measured in Node 20 by trying sizes: nests of 400,000 dicts
 * are freed with 128 but not with 96; a comparison of a list that contains itself raises RecursionError with 160, and
 * kills the interpreter with 144; a nest of 1.4 million lists, which fills 64 MiB, is freed with 512 but not with 256.
 * docs/stack.md has the sizes for other engines.
 */
export const STACK_MEBIBYTES = 512;

/** Begins the thread. It runs python-worker.ts, and the first message to it must be the request. */
export function beginPythonThread(): Worker {
  setSwitchedStackSize(STACK_MEBIBYTES);
  return new Worker(new URL("./python-worker.js", import.meta.url), {
    resourceLimits: { stackSizeMb: STACK_MEBIBYTES },
  });
}
