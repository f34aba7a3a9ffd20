// CPython on the heap from its first allocation: it works, the account is right, the limit is kept.

import type { PyodideAPI } from "pyodide";
import { loadPyodide } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { attach, loadPython, type PythonHeap } from "../../src/hosts/python/pyodide.js";
import { sumOfParts } from "../../src/index.js";
import { work } from "./work.js";

const WORK = `
${work(20_000, 3000)}
import collections, decimal
assert len(re.findall(r"\\d+\\.\\d+", text)) > 1000
total = sum((decimal.Decimal(n) / 3 for n in range(2000)), decimal.Decimal(0))
`;

function addsUp(heap: PythonHeap): void {
  const { account } = heap.stats();
  expect(sumOfParts(account)).toBe(account.platform);
  expect(account.platform).toBe(heap.footprint);
  for (const part of [
    ...Object.values(account.live),
    account.freeInPools,
    account.rawFree,
    account.overhead,
    account.native,
    account.escaped,
  ]) {
    expect(part).toBeGreaterThanOrEqual(0);
  }
}

/** The limit that the tests reach. */
const LIMIT = 40 * 2 ** 20;

describe("an interpreter that starts on the heap", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  beforeAll(async () => {
    ({ pyodide, heap } = await loadPython());
  });

  it("has everything on it", () => {
    const { account, arenas, allocatedBlocks } = heap.stats();
    expect(account.live.object).toBeGreaterThan(4_000_000);
    expect(arenas.count).toBeGreaterThan(50);
    expect(allocatedBlocks).toBeGreaterThan(50_000);
    expect(account.escaped).toBeLessThan(200_000);
    addsUp(heap);
    heap.check();
  });

  it("works, and the heap stays whole", () => {
    pyodide.runPython(WORK);
    heap.check();
    addsUp(heap);
  });

  it("counts blocks, which stock Pyodide does not", () => {
    const [stock, before, during, after] = pyodide
      .runPython(`
import sys, gc, pyheap
gc.collect()
before = pyheap.getallocatedblocks()
made = [float(n) for n in range(50000)]
during = pyheap.getallocatedblocks()
del made
[sys.getallocatedblocks(), before, during, pyheap.getallocatedblocks()]
`)
      .toJs() as number[];
    expect(stock).toBe(0);
    expect((during ?? 0) - (before ?? 0)).toBeGreaterThanOrEqual(50_000);
    expect(Math.abs((after ?? 0) - (before ?? 0))).toBeLessThan(500);
  });

  it("gives Python stats, limit, check and relieve", () => {
    const answer = pyodide.runPython(`
import pyheap
account = pyheap.stats()["account"]
live = sum(account["live"].values())
parts = live + account["freeInPools"] + account["freePools"] + account["rawFree"] + account["overhead"] + account["escaped"]
errors = []
for wrong in (0, -1, "64MiB", 1.5, True):
    try:
        pyheap.limit = wrong
    except (TypeError, ValueError) as error:
        errors.append(type(error).__name__)
assert pyheap.limit is None
pyheap.limit = 10**9
assert pyheap.limit == 10**9
pyheap.limit = None
assert pyheap.limit is None
assert pyheap.check() is None
assert pyheap.relieve() >= 0
[parts == account["platform"], *errors]
`);
    expect(answer.toJs()).toEqual([true, "ValueError", "ValueError", "TypeError", "TypeError", "TypeError"]);
  });

  it("meets the limit a hundred times, and goes on", () => {
    pyodide.runPython(`
import pyheap
def fill_list(): return [bytes(700) for _ in range(10**7)]
def fill_small(): return [float(n) for n in range(10**8)]
def fill_text():
    text = "x"
    # Not text += text: CPython 3.14.2 itself frees the operand twice when that runs out of memory.
    while True: text = "".join((text, text))
def fill_dict(): return {n: (n, str(n)) for n in range(10**8)}
def fill_number(): return 1 << (10**10)
def fill_nested():
    return [[n, (n, [n], {n})] for n in range(10**8)]
def fill_array(): return bytearray(10**9)
KINDS = [fill_list, fill_small, fill_text, fill_dict, fill_number, fill_nested, fill_array]
def meet(k):
    try:
        KINDS[k % len(KINDS)]()
    except MemoryError:
        return True
    return False
pyheap.limit = ${LIMIT}
`);
    const meet = pyodide.globals.get("meet") as (k: number) => boolean;
    for (let k = 0; k < 100; k++) {
      expect(meet(k), `run ${k}`).toBe(true);
      heap.check();
      expect(heap.footprint).toBeLessThanOrEqual(LIMIT);
    }
    pyodide.runPython("pyheap.limit = None");
    pyodide.runPython(WORK);
    addsUp(heap);
  });
});

describe("an interpreter that runs already", () => {
  it("is taken over: what it had goes back to where it came from", async () => {
    const pyodide = await loadPyodide();
    pyodide.runPython(
      "old = [str(n) * 5 for n in range(30000)]; grown = list(range(100)); table = {n: n for n in range(1000)}",
    );
    const heap = await attach(pyodide);
    const before = heap.stats();
    pyodide.runPython(`
grown.extend(range(100000))
table.update((n, [n]) for n in range(20000))
new = [[n] for n in range(20000)]
del old
import pyheap
pyheap.check()
assert pyheap.getallocatedblocks() > 40000
`);
    pyodide.runPython(WORK);
    heap.check();
    const { account } = heap.stats();
    expect(sumOfParts(account)).toBe(account.platform);
    expect(account.live.object).toBeGreaterThan(before.account.live.object);
  });

  it("is refused when it runs on another allocator than malloc", async () => {
    const pyodide = await loadPyodide({ env: { PYTHONMALLOC: "mimalloc" } });
    await expect(attach(pyodide)).rejects.toThrow(/Cannot attach: this interpreter's allocator is mimalloc/);
    await expect(attach({} as PyodideAPI)).rejects.toThrow(/Cannot attach: this is not a running Pyodide/);
  });
});
