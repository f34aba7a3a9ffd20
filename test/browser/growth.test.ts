// pyheap/playwright in Chromium. For a page's own heap, it tells a leak from a cache that fills, and from noise. For Python's heap, it tells
// a leak from garbage that JavaScript has not collected yet.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNoLeak, measureGrowth } from "../../src/playwright.js";
import { canBrowse } from "../needs.js";
import { ServedPages } from "./served-pages.js";

const PROGRAMS: Readonly<Record<string, string>> = {
  "/heap": `
import { Heap } from "/dist/index.js";
const heap = await Heap.create();
globalThis.app = { heap };
let times = 0;
app.leak = function leak() { heap.mem.malloc(640); if (times++ % 2 === 0) heap.mem.malloc(64); };
const cache = [];
app.cached = function cached() {
  if (cache.length < 6) cache.push(heap.mem.malloc(10_000));
  heap.mem.free(heap.mem.malloc(640));
};
const kept = [];
app.noisy = function noisy() {
  times++;
  for (const block of kept.splice(0)) heap.mem.free(block);
  for (let k = 0; k < (times * 7919) % 13; k++) kept.push(heap.mem.malloc(500));
};
document.body.dataset.ready = "yes";`,
  "/python": `
import { loadPyodide } from "/node_modules/pyodide/pyodide.mjs";
import { attach } from "/dist/hosts/python/pyodide.js";
const pyodide = await loadPyodide();
globalThis.heap = await attach(pyodide);
pyodide.runPython("def rows(n):\\n    return [str(k) for k in range(n)]\\nseen = {}");
const rows = pyodide.globals.get("rows");
globalThis.forgotten = () => void rows(100);
globalThis.leaking = () => void pyodide.runPython("seen[len(seen)] = rows(100)");
document.body.dataset.ready = "yes";`,
};

describe.runIf(canBrowse)("measureGrowth", () => {
  let pages: ServedPages;

  beforeAll(async () => {
    pages = await ServedPages.start(PROGRAMS);
  });

  afterAll(() => pages?.close());

  it("tells a leak from a cache that fills and from noise, and names who allocated it", async () => {
    const page = await pages.open("/heap");
    const run = (name: string) => () => page.evaluate(`app.${name}()`);
    const inApp = { heap: "app.heap" };
    const leak = await measureGrowth(page, run("leak"), inApp);
    expect(leak).toMatchObject({ isLeak: true, live: { length: 20 } });
    expect(leak.slope.least).toBeGreaterThan(630);
    expect(leak.slope.most).toBeLessThan(710);
    expect(leak.text).toMatch(
      /^20 times, a leak: \+6\d\d B each time \(\+6\d\d B to \+\d+ B with 99 % confidence\)\. /,
    );
    expect(leak.text).toMatch(
      /\. 3 more times left [\d.]+ KiB:\n {2}[\d.]+ KiB in \d blocks\n {4}\S*leak \S+heap\.js:6\n/,
    );
    const cached = await expectNoLeak(page, run("cached"), inApp);
    // The cache takes six blocks: three while the page warms up, and three while growth is measured.
    expect((cached.live.at(-1) ?? 0) - (cached.live[0] ?? 0)).toBeGreaterThan(19_000);
    expect(cached.slope).toMatchObject({ value: 0, least: 0 });
    expect((await expectNoLeak(page, run("noisy"), inApp)).text).toMatch(/^20 times, no leak: /);
    await expect(expectNoLeak(page, run("leak"), { ...inApp, times: 10, warmUps: 0 })).rejects.toThrow(
      /^10 times, a leak/,
    );
    expect(await measureGrowth(page, run("leak"), { ...inApp, tolerance: 1000 })).toMatchObject({ isLeak: false });
    await expect(measureGrowth(page, run("leak"), { times: 5 })).rejects.toThrow("5 times are too few");
  });

  it("collects JavaScript's garbage first: forgotten PyProxies are no leak, what Python keeps is one", async () => {
    const page = await pages.open("/python?python");
    expect((await measureGrowth(page, () => page.evaluate("forgotten()"))).text).toMatch(/no leak/);
    const { isLeak, text } = await measureGrowth(page, () => page.evaluate("leaking()"));
    expect(isLeak).toBe(true);
    expect(text).toMatch(/\n {4}rows <exec>:2\n/);
  });
});
