// The page of the browser test: a heap of its own, and Python on a heap.

import { Heap, NULL, sumOfParts } from "pyheap";
import { loadPython } from "pyheap/pyodide";

async function ownHeap(): Promise<Record<string, unknown>> {
  const heap = await Heap.create({ limit: 1 << 20 });
  const block = heap.new("float64", 100);
  block.view.fill(1.5);
  const whole = block.view.reduce((sum, value) => sum + value, 0);
  const tooMuch = heap.mem.malloc(2 << 20) === NULL;
  block.delete();
  heap.check();
  return { whole, tooMuch, live: heap.stats().account.live.mem };
}

async function python(): Promise<Record<string, unknown>> {
  const { pyodide, heap } = await loadPython({ pyodide: { indexURL: new URL("/pyodide/", location.href).href } });
  heap.limit = 40 << 20;
  const caught = pyodide.runPython(`
import pyheap
try:
    x = [bytes(1000) for _ in range(10**6)]
except MemoryError:
    x = "caught"
pyheap.check()
x`);
  const { account } = heap.stats();
  return { caught, adds: sumOfParts(account) === account.platform, objects: account.live.object };
}

Object.assign(globalThis, { ownHeap, python });
document.title = "ready";
