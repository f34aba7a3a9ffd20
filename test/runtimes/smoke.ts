// The library's main features, tried in the runtime that this file is imported into: any of them, also a page.

import { Heap, MemoryError, type PyExtensionObject, type PyExtensionType, sumOfParts } from "pyheap";
import { loadPython, type PyodideOptions } from "pyheap/pyodide";
import type { Feature } from "./list.js";

export interface Surroundings {
  /** The module of examples/c/tally.c: a path, or an address. */
  readonly tally: string;
  readonly pyodide?: PyodideOptions;
  readonly loadPyodide?: typeof import("pyodide").loadPyodide;
}

export interface Outcome {
  readonly feature: Feature;
  /** undefined: it works. */
  readonly failure?: string;
  /** A recording, for whoever can read it. */
  readonly trace?: readonly number[];
}

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
}

async function heap(): Promise<void> {
  const heap = await Heap.create({ limit: 1 << 22 });
  const samples = heap.new("float64", 1000);
  samples.view.fill(0.5);
  samples.resize(2000);
  same(
    "a typed block",
    samples.view.subarray(0, 1000).reduce((sum, value) => sum + value, 0),
    500,
  );
  let refused: unknown;
  try {
    heap.malloc(1 << 23);
  } catch (error) {
    refused = error instanceof MemoryError && error.message;
  }
  same("the limit", /^Cannot allocate 8388608 bytes: the limit is 4194304 bytes/.test(String(refused)), true);
  const blocks = Array.from({ length: 20_000 }, (_, k) => heap.object.malloc(1 + (k % 100)));
  for (const block of blocks) heap.object.free(block);
  samples.delete();
  heap.check();
  const { account } = heap.stats();
  same("the account", [sumOfParts(account) - account.platform, account.live.mem + account.live.object], [0, 0]);
}

async function objects(): Promise<void> {
  const heap = await Heap.create();
  const rows = heap.from(Array.from({ length: 1000 }, (_, k) => ({ name: `row ${k}`, tags: [k, k / 2, null, true] })));
  heap.roots.set("rows", rows);
  same("a row", heap.toJS(rows.at(7)), { name: "row 7", tags: [7, 3.5, null, true] });
  heap.scope(() => {
    const cycle = heap.list<unknown>([1]);
    cycle.push(cycle);
  });
  same("a cycle", heap.gc.collect(), 1);
  same("a power", String(heap.binary(2, "**", 100)), String(2n ** 100n));
  const Point = heap.type("Point", { fields: { x: "float64", label: "object" } });
  same("a type", Point.new({ x: 1.5, label: "p" }).get("x"), 1.5);
  const copy = await Heap.load(await heap.save({ compress: true }), { verify: true });
  same("an image", copy.toJS((copy.roots.get("rows") as typeof rows).at(999)), heap.toJS(rows.at(999)));
  copy.check();
  heap.compact();
  heap.trim();
  heap.check();
}

/** A recording of this program: its functions are on the stacks. */
async function trace(): Promise<readonly number[]> {
  const heap = await Heap.create();
  const bytes: number[] = [];
  const recorder = heap.trace({ write: (part) => void bytes.push(...part) });
  // No call is the last thing that a function does: some engines drop the caller's frame then.
  function keepsBlocks(): number {
    let count = 0;
    for (; count < 50; count++) heap.malloc(1000);
    return count;
  }
  keepsBlocks();
  recorder.stop();
  return bytes;
}

async function c({ tally: url }: Surroundings): Promise<void> {
  const heap = await Heap.create({ allocator: "debug" });
  const loaded = await heap.load(url, { name: "tally.wasm" });
  heap.scope(() => {
    const tally = (loaded.module.getAttr("Tally") as PyExtensionType).call() as PyExtensionObject;
    for (const word of "to be or not to be".split(" ")) tally.callMethod("show", word);
    tally.callMethod("show", heap.tuple([1, tally]));
    same("the tally", tally.getAttr("total"), 7);
    let refused = "";
    try {
      tally.callMethod("show", heap.list());
    } catch (error) {
      refused = String(error);
    }
    same("its error", /^TypeError: .*list/.test(refused), true);
  });
  heap.check();
  same("what is left", loaded.unload().blocks, 0);
}

const APP = `
import pyheap
def keeps_rows():
    return [bytes(10_000) for _ in range(50)]
kept = keeps_rows()
pyheap.limit = 48 * 2**20
try:
    lost = [bytes(1000) for _ in range(10**6)]
except MemoryError:
    lost = "caught"
pyheap.limit = None
pyheap.check()
lost`;

/** Python on a heap that gets a limit, while it is recorded. */
async function python({ pyodide: options, loadPyodide }: Surroundings): Promise<readonly number[]> {
  const how = { ...(options && { pyodide: options }), ...(loadPyodide && { loadPyodide }) };
  const { pyodide, heap } = await loadPython(how);
  const bytes: Uint8Array[] = [];
  const recorder = heap.trace({ write: (part) => void bytes.push(part.slice()) });
  const lost = pyodide.runPython(APP, { filename: "app.py", globals: pyodide.toPy({ __name__: "app" }) });
  recorder.stop();
  same("MemoryError", lost, "caught");
  const { account } = heap.stats();
  same("the account", sumOfParts(account) - account.platform, 0);
  return bytes.flatMap((part) => [...part]);
}

/** A promise that Python waits for in the middle of a call that is not asynchronous, while a recording runs. */
async function promises({ pyodide: options, loadPyodide }: Surroundings): Promise<void> {
  const how = { ...(options && { pyodide: options }), ...(loadPyodide && { loadPyodide }) };
  const { pyodide, heap } = await loadPython(how);
  const recorder = heap.trace({ write: () => undefined });
  const code = `
import js
from pyodide.ffi import run_sync
def waits(n): return waits(n - 1) if n else run_sync(js.Promise.resolve(7))
def main(): return waits(50)
main`;
  const main = pyodide.runPython(code) as { callPromising(): Promise<unknown> };
  same("a promise", await main.callPromising(), 7);
  recorder.stop();
  heap.check();
}

const TRIED = { heap, objects, trace, c, python, promises } satisfies Partial<Record<Feature, unknown>>;

/** Tries each feature, and goes on if one fails. */
export async function smoke(surroundings: Surroundings, features: readonly Feature[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, attempt] of Object.entries(TRIED)) {
    const feature = name as Feature;
    if (!features.includes(feature)) continue;
    try {
      const recorded = await attempt(surroundings);
      outcomes.push({ feature, ...(recorded && { trace: recorded }) });
    } catch (error) {
      const { stack = "" } = error instanceof Error ? error : {};
      outcomes.push({ feature, failure: `${error}\n${stack}` });
    }
  }
  return outcomes;
}
