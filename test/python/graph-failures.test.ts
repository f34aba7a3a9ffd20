// A snapshot at each allocation of a program that finds no memory, in the middle of that allocation: objects may be half
// made then, and the graph is whole nevertheless.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { toWasmFunction } from "../../src/core/table-functions.js";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import type { PyodideExports } from "../../src/hosts/python/pyodide-module.js";
import { startPython } from "./start.js";

/** Numbers of CPython's domains that have objects and their buffers. */
const DOMAINS = [1, 2];

/** Each allocates a few blocks, of its own kinds. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "a list that grows, and a tuple": "kept = [0] * 5\nkept += [1] * 200\nkept = (*kept, [kept])",
  "a dict, and its items": "kept = dict.fromkeys(range(9))\nkept[300, 301] = 2.5\nkept = list(kept.items())",
  "a set, and its difference": "kept = set(range(30)) - {3, 4}",
  "texts of every width": "kept = 'a' * 600 + 'é' * 600 + '中' * 600\nkept.encode()\nkept.split('é', 2)",
  "a deque, an OrderedDict, an array, a StringIO": `
import array, collections, io
kept = collections.deque(range(200)); kept.rotate(70)
ordered = collections.OrderedDict((k, kept) for k in range(20)); ordered.move_to_end(3)
numbers = array.array("d", range(300)); text = io.StringIO("a" * 700); text.write("b" * 900)`,
  "a class, its instances, weak references": `
import weakref
class Node:
    __slots__ = ("left", "__weakref__")
kept = Node(); kept.left = kept
weak = weakref.ref(kept, print)`,
  "an exception, a generator, a closure": `
def numbers(limit):
    def inner(): return limit
    yield inner
generator = numbers(10**20); inner = next(generator)
try: raise ValueError("no", [inner])
except ValueError as error: kept = error`,
  "a coroutine that is suspended": `
import types
@types.coroutine
def pause(): yield "suspended"
async def waits(what):
    local = [what, object()]
    await pause()
coroutine = waits(["argument"]); coroutine.send(None)`,
};

describe("a snapshot at every allocation failure", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  /** The allocation that fails next, counted from now; 0: none. */
  let failing = 0;
  let failed = 0;
  const wrong: string[] = [];

  /** Takes a snapshot if it is this allocation's turn to fail. Returns whether it is. */
  function fails(): boolean {
    if (failing === 0 || --failing > 0) return false;
    failed++;
    const graph = heap.graph();
    const bytes = graph.sizes.reduce((sum, size) => sum + size, 0);
    if (bytes !== heap.stats().account.platform) wrong.push(`${bytes}, not ${heap.stats().account.platform}`);
    return true;
  }

  /** Puts an allocator that can fail in front of a domain, as PyMem_SetAllocator does for programs in C. */
  function watch(python: PyodideExports, domain: number): void {
    const table = python.__indirect_function_table;
    const words = () => new Uint32Array(python.memory.buffer);
    const allocator = python.malloc(20);
    python.PyMem_GetAllocator(domain, allocator);
    // ctx, malloc, calloc, realloc, free
    for (let k = 1; k <= 3; k++) {
      const at = (allocator >>> 2) + k;
      const next = table.get(words()[at] as number) as (...args: number[]) => number;
      const relay = (...args: number[]) => (fails() ? 0 : next(...args));
      const index = table.grow(1);
      table.set(index, toWasmFunction(relay, { parameters: k === 1 ? 2 : 3, results: 1 }));
      words()[at] = index;
    }
    python.PyMem_SetAllocator(domain, allocator);
  }

  beforeAll(async () => {
    let python: PyodideExports;
    ({ pyodide, heap, exports: python } = await startPython());
    for (const domain of DOMAINS) watch(python, domain);
    pyodide.registerJsModule("failures", {
      begin: (at: number) => {
        failing = at;
      },
    });
    pyodide.runPython(`
from failures import begin

def at(code, number):
    try:
        begin(number)
        exec(code, {"__name__": "__main__"})
    except MemoryError:
        pass
    finally:
        begin(0)
`);
  });

  it.each(Object.entries(PROGRAMS))("%s", (_, text) => {
    const at = pyodide.globals.get("at") as (code: unknown, number: number) => void;
    const code = pyodide.runPython(`compile(${JSON.stringify(text)}, "<program>", "exec")`) as unknown;
    at(code, 0);
    let taken = 0;
    for (let number = 1; number < 60; number++) {
      failed = 0;
      at(code, number);
      if (failed === 0) break;
      taken++;
    }
    expect(wrong).toEqual([]);
    expect(taken).toBeGreaterThan(5);
    heap.check();
  });
});
