// The worker of browser.test.ts: it loads a module in C by a URL that is relative to this script.

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
