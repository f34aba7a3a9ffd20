// The live PyProxies of an interpreter: what each holds, who made it, and how they are grouped and shown.

import { loadPyodide, type PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { attach, loadPython, type PythonHeap } from "../../src/hosts/python/pyodide.js";

interface Proxy {
  destroy(): void;
}

describe("heap.proxies()", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;

  beforeAll(async () => {
    ({ pyodide, heap } = await loadPython({ proxyStacks: true }));
  });

  const handOut = (expression: string) => pyodide.runPython(expression) as Proxy;

  it("has each proxy with its object's type, its age, and the calls that made it, until it is destroyed", () => {
    const begun = Date.now();
    const proxy = handOut("class Row: pass\nrow = Row(); row");
    const id = pyodide.runPython("id(row)") as number;
    const [found, ...others] = [...heap.proxies()];
    expect(others).toEqual([]);
    expect(found).toMatchObject({ object: id, type: "__main__.Row", retained: undefined });
    expect(found?.stack).toMatch(/handOut.*live-proxies\.test\.ts/);
    expect(found?.age).toBeGreaterThanOrEqual(0);
    expect(found?.age).toBeLessThanOrEqual(Date.now() - begun);
    proxy.destroy();
    expect([...heap.proxies()]).toEqual([]);
  });

  it("has the bytes that a proxy holds alone, if they are asked for", () => {
    const alone = handOut("[b'x' * 50_000]");
    const shared = handOut("kept = [b'x' * 50_000]; kept");
    const [first, second] = [...heap.proxies({ retained: true })];
    expect(first?.retained).toBeGreaterThan(50_000);
    expect(first?.retained).toBeLessThan(51_000);
    expect(second?.retained).toBe(0);
    for (const each of [alone, shared]) each.destroy();
  });

  it("groups them by type and maker, the largest group first, and shows the groups", () => {
    const makeList = () => handOut("[1]");
    const makeDict = () => handOut("{1: 2}");
    const proxies = [makeDict(), ...Array.from({ length: 3 }, makeList)];
    const groups = heap.proxies({ retained: true }).groups();
    const [lists, dicts] = groups;
    expect(groups.length).toBe(2);
    expect(lists).toMatchObject({ type: "list", count: 3 });
    expect(dicts).toMatchObject({ type: "dict", count: 1 });
    expect(lists?.retained).toBeGreaterThanOrEqual(3 * 32);
    const lines = String(heap.proxies({ retained: true })).split("\n");
    expect([lines[0], heap.proxies().length]).toEqual(["4 live PyProxies", 4]);
    expect(lines[1]).toMatch(/^ {2}3 proxies of list, up to .* old, \d+ B held by them alone$/);
    expect(lines.slice(1, 5).join("\n")).toMatch(/\n {4}.*handOut.*\n {4}from .*makeList/);
    for (const each of proxies) each.destroy();
  });

  it("has none of pyheap's own, in an interpreter that was running, too", async () => {
    expect(heap.proxies().length).toBe(0);
    const running = await loadPyodide();
    const attached = await attach(running);
    expect([String(attached.proxies()), attached.proxies().groups()]).toEqual(["0 live PyProxies", []]);
    const proxy = running.runPython("{1: 2}") as Proxy;
    expect([...attached.proxies()].map(({ type, stack }) => [type, stack])).toEqual([["dict", ""]]);
    proxy.destroy();
  });
});
