// pyheap/vitest for the heap of an interpreter: what JavaScript goes on holding of Python's objects.

import { beforeAll, describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { heapMatchers } from "../../src/vitest.js";
import { failing } from "../failing.js";
import { startPython } from "./start.js";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter is vitest's own.
  interface Assertion<T = any> {
    toHoldNoProxies(options?: { warmUps?: number }): T;
  }
}

describe("expect(function).toHoldNoProxies()", () => {
  interface Proxy {
    destroy(): void;
  }
  let run: (code: string) => Proxy;
  const kept: Proxy[] = [];

  function keepList() {
    kept.push(run("[1, 2]"));
  }

  beforeAll(async () => {
    const { pyodide, heap } = await startPython();
    run = (code) => pyodide.runPython(code) as Proxy;
    expect.extend(heapMatchers(heap) as unknown as Parameters<typeof expect.extend>[0]);
  });

  it("names the types and the calls of what was not destroyed", async () => {
    expect(() => run("[1, 2]").destroy()).toHoldNoProxies();
    expect(() => {
      keepList();
      kept.pop()?.destroy();
    }).toHoldNoProxies();
    const cache: Proxy[] = [];
    const caching = () => {
      if (cache.length === 0) cache.push(run("[3]"));
    };
    expect(caching).toHoldNoProxies();
    cache.length = 0;
    expect(caching).not.toHoldNoProxies({ warmUps: 0 });
    const text = await failing(() =>
      expect(() => {
        for (let k = 0; k < 3; k++) keepList();
        kept.push(run("import decimal; decimal.Decimal(1)"));
      }).toHoldNoProxies(),
    );
    expect(text).toMatch(
      /^it left 4 PyProxies:\n {2}3 times list\n {4}run \S.*\n {4}from keepList \(?\S+matchers\.test\.ts:\d+:\d+\)?\n/,
    );
    expect(text).toMatch(/\n {2}1 time decimal\.Decimal\n {4}run \S.*\n {4}from \S+$/);
    expect(text).not.toContain("held-proxies");
  });

  it("waits for promises, and does not count what was there before", async () => {
    keepList();
    await expect(async () => {
      await null;
      run("{}").destroy();
    }).toHoldNoProxies();
    const later = async () => {
      await null;
      keepList();
    };
    expect(await failing(() => expect(later).toHoldNoProxies())).toMatch(/^it left 1 PyProxy:\n {2}1 time list\n/);
    await expect(later).not.toHoldNoProxies();
  });

  it("lets errors through, and needs the heap of an interpreter", async () => {
    const fails = () => {
      throw new Error("its own error");
    };
    expect(await failing(() => expect(fails).toHoldNoProxies())).toBe("its own error");
    const { toHoldNoProxies } = heapMatchers(await Heap.create());
    expect(() => toHoldNoProxies(fails)).toThrow("this heap is not that of an interpreter in Pyodide");
  });
});
