// Native memory: what modules in C that CPython has loaded allocate is counted by module, limited and recorded, whoever frees it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sumOfParts } from "../../src/alloc/stats.js";
import { attach, type LoadPythonOptions, loadPython } from "../../src/hosts/python/pyodide.js";
import { canCompile } from "../needs.js";
import { byLine } from "../trace-data.js";
import { recordApp } from "./app.js";
import { compileTaker, installModule } from "./native-module.js";
import { startPython } from "./start.js";
import { loaderOf, VERSIONS } from "./versions/list.js";
import { edgesOf, groupOf } from "./versions/objects.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-native-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!canCompile)("native memory", () => {
  let taker: Uint8Array;
  beforeAll(async () => {
    taker = await compileTaker(folder);
  });

  /** An interpreter with the module. */
  const started = async (options: LoadPythonOptions = {}) => {
    const python = await loadPython(options);
    installModule(python.pyodide, "taker", taker);
    python.pyodide.runPython("import taker");
    return python;
  };

  describe.each(Object.values(VERSIONS))("in Pyodide $pyodide", (version) => {
    it("is counted by module, in each way to allocate and to free", async () => {
      const { pyodide, heap } = await started({ loadPyodide: await loaderOf(version) });
      expect(heap.stats()).toMatchObject({ account: { native: 0 }, modules: [] });
      for (const way of "mcraApdDnNtf") {
        const address = pyodide.runPython(`for k in range(100): p = taker.take(ord("${way}"), 200)\np`) as number;
        const { account, modules } = heap.stats();
        expect(modules, way).toEqual([
          { name: expect.stringMatching(/^taker\..*so$/), blocks: 100, bytes: account.native },
        ]);
        expect(account.native, way).toBeGreaterThanOrEqual(100 * 200);
        expect(account.native, way).toBeLessThan(100 * 230);
        expect(account.platform).toBe(sumOfParts(account));
        expect(address % ({ a: 64, A: 4096, p: 256 }[way] ?? 8), way).toBe(0);
        const usable = pyodide.runPython("taker.usable()") as number;
        expect(usable, way).toBeGreaterThanOrEqual(200);
        expect(usable, way).toBeLessThan(230);
        pyodide.runPython("taker.resize(1000)");
        expect(heap.stats().account.native - account.native, way).toBeGreaterThanOrEqual(790);
        pyodide.runPython("taker.drop()");
        expect(heap.stats(), way).toMatchObject({ account: { native: 0 }, modules: [] });
      }
      heap.check();
    });

    it("is in a snapshot with the module's name, and so is what a block of the module holds", async () => {
      const { pyodide, heap } = await started({ loadPyodide: await loaderOf(version) });
      const id = pyodide.runPython(`
taker.take(ord("m"), 3000)
held = ["held"]
taker.hold(held)
address = id(held)
del held
address`) as number;
      const graph = heap.graph();
      const [object] = edgesOf(graph, groupOf(graph, "(blocks of C)")).filter((edge) => graph.ids[edge.target] === id);
      expect(object).toMatchObject({ name: expect.stringMatching(/^taker\..*so$/) });
      const blocks = edgesOf(graph, groupOf(graph, "(memory)")).filter(({ name }) => name.includes("module in C"));
      expect(blocks).toMatchObject([{ name: expect.stringMatching(/^\(module in C, no object\), taker\..*so$/) }]);
      expect(graph.sizes[blocks[0]?.target as number]).toBe(heap.stats().account.native);
      expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
    });

    it("may be freed by the main module, and the main module's by a module in C", async () => {
      const { pyodide, heap } = await started({ loadPyodide: await loaderOf(version) });
      pyodide.runPython("taker.take(ord('m'), 3000)");
      const before = heap.stats();
      expect(pyodide.runPython("taker.from_main()")).toBe(undefined);
      expect(pyodide.runPython("taker.by_main()")).toBe(undefined);
      const after = heap.stats();
      expect(after.account.native).toBe(before.account.native);
      expect(after.modules).toEqual(before.modules);
      expect(after.account.platform).toBe(sumOfParts(after.account));
      heap.check();
    });
  });

  /** An interpreter from an image, with the module. */
  const startedFast = async (options: Parameters<typeof startPython>[0] = {}) => {
    const python = await startPython(options);
    installModule(python.pyodide, "taker", taker);
    python.pyodide.runPython("import taker");
    return python;
  };

  it("counts each module for itself", async () => {
    const { pyodide, heap } = await startedFast();
    const named = Buffer.from(
      Buffer.from(taker).toString("latin1").replaceAll("PyInit_taker", "PyInit_other"),
      "latin1",
    );
    installModule(pyodide, "other", named);
    pyodide.runPython("import other\nfor k in range(10): taker.take(109, 1000); other.take(109, 5000)");
    const { account, modules } = heap.stats();
    expect(modules.map(({ name, blocks }) => [name.replace(/\..*/, ""), blocks])).toEqual([
      ["other", 10],
      ["taker", 10],
    ]);
    expect(modules.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(account.native);
  });

  it("is limited as Python's own: a module gets NULL, and the program goes on", async () => {
    const { pyodide, heap } = await startedFast({ limit: 64 * 2 ** 20 });
    for (const way of "mcraAt") {
      const code = `
try:
    while True: taker.take(ord("${way}"), 1_000_000)
except MemoryError: pass
taker.sum()`;
      const asked = pyodide.runPython(code) as number;
      expect(asked, way).toBeGreaterThan(30_000_000);
      expect(heap.footprint, way).toBeLessThanOrEqual(64 * 2 ** 20);
      pyodide.runPython("taker.drop()");
    }
    heap.check();
  });

  it("is in recordings, each byte at its line of Python, in the domain native", async () => {
    const python = await startedFast();
    const program = `import taker
def fill(n):
    for k in range(n):
        taker.take(ord("mcranAd"[k % 7]), 100 + k % 100)
fill(5000)
kept = taker.sum()
taker.drop()
fill(3000)
`;
    const { analysis, summary } = await recordApp(python, program).analyse();
    expect(summary.problem).toBeUndefined();
    const asked = python.pyodide.runPython("taker.sum()") as number;
    const { accounts, tree } = analysis;
    const native = { bytes: 0, lines: new Set<number>() };
    for (let account = 0; account < accounts.length; account++) {
      if (accounts.domain(account) !== 3) continue;
      native.bytes += accounts.read("end", account).bytes;
      const [inner] = tree.stack(accounts.nodes.at(account));
      native.lines.add(inner?.line ?? 0);
    }
    expect(native).toEqual({ bytes: asked, lines: new Set([4]) });
    expect(byLine(analysis, "end", "app.py").get(4)?.bytes).toBeGreaterThanOrEqual(asked);
    python.pyodide.runPython("taker.drop()");
    expect(python.heap.stats().account.native).toBe(0);
  });

  it("keeps out of the way of debug hooks, which check Python's domains", async () => {
    const { pyodide, heap } = await startedFast({ debugHooks: true });
    pyodide.runPython("taker.take(109, 5000); taker.from_main(); taker.by_main()");
    expect(heap.stats().modules).toMatchObject([{ blocks: 1 }]);
    pyodide.runPython("taker.drop()");
    heap.check();
    const later = await startedFast();
    later.pyodide.runPython("taker.take(109, 5000)");
    later.heap.setupDebugHooks();
    later.pyodide.runPython("taker.take(109, 5000); taker.drop(); taker.by_main()");
    expect(later.heap.stats().account.native).toBe(0);
  });

  it("is not counted with native: false, or in modules that were loaded before a heap was attached", async () => {
    const { pyodide, heap } = await startedFast({ native: false });
    pyodide.runPython("for k in range(100): taker.take(109, 1000)");
    expect(heap.stats()).toMatchObject({ account: { native: 0 }, modules: [] });
    const { loadPyodide } = await import("pyodide");
    const plain = await loadPyodide();
    installModule(plain, "taker", taker);
    plain.runPython("import taker\nfor k in range(100): taker.take(109, 1000)");
    const late = await attach(plain);
    plain.runPython("taker.take(109, 1000)");
    const named = Buffer.from(
      Buffer.from(taker).toString("latin1").replaceAll("PyInit_taker", "PyInit_other"),
      "latin1",
    );
    installModule(plain, "other", named);
    plain.runPython("import other; other.take(109, 1000); taker.drop()");
    expect(late.stats().modules).toMatchObject([{ name: expect.stringMatching(/^other/), blocks: 1 }]);
    late.check();
  });
});
