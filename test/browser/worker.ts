// The worker of the browser test: a module in C, by its address relative to this script.

import { Heap } from "pyheap";

async function loaded(): Promise<unknown> {
  const heap = await Heap.create();
  const module = await heap.load("c/tally.wasm");
  return heap.scope(() => module.module.attributeNames.includes("Tally"));
}

loaded().then(
  (answer) => postMessage(answer),
  (error: unknown) => postMessage(String(error)),
);
