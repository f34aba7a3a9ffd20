// The page of the browser test: its own heap, images of it, modules in C on it, and Python on a heap.

import { describeFault, Heap, NULL, type PyExtensionObject, type PyExtensionType, sumOfParts } from "pyheap";
import { createImage, loadPython } from "pyheap/pyodide";

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

/** Makes an index, compacts it, and saves it as a page would keep it; and loads another heap from a response. */
async function images(): Promise<Record<string, unknown>> {
  const heap = await Heap.create();
  const rows = heap.list<unknown>();
  heap.roots.set("rows", rows);
  for (let k = 0; k < 100_000; k++) rows.push(`row number ${k}`);
  for (let k = 0; k < rows.length; k++) if (k % 10 !== 0) rows.set(k, null);
  const { gained } = heap.relieve();
  const response = new Response(await heap.save({ stream: true, compress: true }));
  const copy = await Heap.load(response, { verify: true });
  copy.check();
  heap.check();
  const copied = copy.roots.get<typeof rows>("rows");
  const broken = await Heap.load(new Blob(["no image"])).catch((error: Error) => error.name);
  return { gained: gained > 2 ** 21, rows: [rows.at(50), copied?.at(50), copied?.at(51)], broken };
}

/** Two modules, one by its address relative to the page: used from TypeScript, then unloaded. */
async function modulesInC(): Promise<Record<string, unknown>> {
  const faults: string[] = [];
  const heap = await Heap.create({ allocator: "debug", onFault: (fault) => faults.push(describeFault(fault)) });
  const loaded = await heap.load("c/tally.wasm");
  const wrong = await heap.load(new URL("/c/wrong_functions.wasm", location.href));
  const [counts, error] = heap.scope(() => {
    const tally = (loaded.module.getAttr("Tally") as PyExtensionType).call() as PyExtensionObject;
    for (const word of "to be or not to be".split(" ")) tally.callMethod("show", word);
    tally.callMethod("show", heap.tuple([1, tally]));
    let refused = "";
    try {
      tally.callMethod("show", heap.list());
    } catch (why) {
      refused = String(why);
    }
    return [tally.getAttr("total"), refused];
  });
  wrong.call("main");
  heap.check();
  const [{ leaks }, { blocks }] = [wrong.unload(), loaded.unload()];
  return { counts, error, faults, left: leaks.map(({ allocatedAt }) => allocatedAt), blocks };
}

/** The effect of an endless recursion on a heap, and the error for an address without a module. */
async function failuresInC(): Promise<Record<string, unknown>> {
  const heap = await Heap.create();
  const loaded = await heap.load("c/deep.wasm");
  const messages: string[] = [];
  const fails = async (run: () => unknown) => {
    try {
      await run();
    } catch (error) {
      messages.push(String(error));
    }
  };
  await fails(() => loaded.call("deep", 1));
  await fails(() => heap.load("c/nowhere.wasm"));
  await fails(() => heap.load("page.js"));
  heap.check();
  return { messages, blocks: loaded.unload().blocks };
}

const PYODIDE = () => ({ indexURL: new URL("/pyodide/", location.href).href });

/** Makes an image of Python, and starts interpreters from it, as a page would: from a Blob, and from a response. */
async function pythonImages(): Promise<Record<string, unknown>> {
  const image = await createImage({
    pyodide: PYODIDE(),
    compress: true,
    prepare: (pyodide) => void pyodide.runPython("import json, random; table = {str(n): n * n for n in range(100)}"),
  });
  const answers: unknown[] = [];
  const numbers = new Set<unknown>();
  for (const source of [new Blob([image]), new Response(image)]) {
    const { pyodide, heap } = await loadPython({ image: source, limit: 40 << 20, pyodide: PYODIDE() });
    answers.push(
      pyodide.runPython(`
try:
    x = bytearray(60_000_000)
except MemoryError:
    x = "caught"
json.dumps([table["7"], x])`),
    );
    numbers.add(pyodide.runPython("random.random()"));
    heap.check();
  }
  const broken = image.slice(0, -1);
  const refused = await loadPython({ image: broken, pyodide: PYODIDE() }).catch((error: Error) => error.name);
  return { answers, numbers: numbers.size, refused };
}

async function python(): Promise<Record<string, unknown>> {
  const { pyodide, heap } = await loadPython({ pyodide: PYODIDE() });
  heap.limit = 40 << 20;
  const caught = pyodide.runPython(`
import pyheap
try:
    x = [bytes(1000) for _ in range(10**6)]
except MemoryError:
    x = "caught"
pyheap.check()
x`);
  // In a page, the stack has the browser's size.
  const recursion = pyodide.runPython(`
from pyodide.code import run_js
call = run_js("(f, ...args) => f(...args)")
def endless(): return call(endless)
def down(n): return n and call(down, n - 1)
try: endless()
except RecursionError: recursion = "ended", down(80)
str(recursion)`);
  const { account } = heap.stats();
  return { caught, recursion, adds: sumOfParts(account) === account.platform, objects: account.live.object };
}

/** The worker's result. */
async function worker(): Promise<unknown> {
  const other = new Worker("/worker.js", { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      other.onmessage = ({ data }) => resolve(data);
      other.onerror = ({ message }) => reject(new Error(message));
    });
  } finally {
    other.terminate();
  }
}

Object.assign(globalThis, { ownHeap, images, worker, modulesInC, failuresInC, python, pythonImages });
document.title = "ready";
