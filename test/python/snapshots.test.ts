// Pyodide's memory snapshots: what can't be on a heap is refused before the heap is attached; the rest works.

import { loadPyodide, type PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { attach, loadPython, SnapshotError } from "../../src/hosts/python/pyodide.js";

describe("one of Pyodide's memory snapshots", () => {
  let maker: PyodideAPI;
  let snapshot: Uint8Array;
  beforeAll(async () => {
    maker = await loadPyodide({ _makeSnapshot: true });
    maker.runPython("x = [str(n) for n in range(1000)]");
    snapshot = (maker as unknown as { makeMemorySnapshot(): Uint8Array }).makeMemorySnapshot();
  });

  it.each([
    ["loaded", () => ({ _loadSnapshot: snapshot }), /snapshot while it is loaded.* call attach\(pyodide\)/],
    ["made", () => ({ _makeSnapshot: true }), /make a snapshot of an interpreter on a heap.* without a heap/],
  ])("is refused by loadPython when it is to be %s, with what to do instead", async (_, options, message) => {
    const load = vi.fn();
    const refused = loadPython({ pyodide: options(), loadPyodide: load });
    await expect(refused).rejects.toThrow(SnapshotError);
    await expect(refused).rejects.toThrow(message);
    expect(load).not.toHaveBeenCalled();
  });

  it("is made of an interpreter without a heap: none can be attached to it", async () => {
    await expect(attach(maker)).rejects.toThrow(SnapshotError);
    expect(maker.runPython("len([str(n) for n in range(10**5)])")).toBe(100_000);
    expect(() => maker.runPython("import pyheap")).toThrow(/ModuleNotFoundError/);
  });

  it("can have a heap attached once it is restored", async () => {
    const pyodide = await loadPyodide({ _loadSnapshot: snapshot });
    const heap = await attach(pyodide);
    expect(pyodide.runPython("y = [str(n) for n in range(10**5)]; del x; len(y)")).toBe(100_000);
    const { account, allocatedBlocks } = heap.stats();
    expect(allocatedBlocks).toBeGreaterThan(95_000);
    expect(account.live.object).toBeGreaterThan(2_000_000);
    heap.check();
  });
});
