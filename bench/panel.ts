// The cost of an open panel while nobody records: a Python program in a page, with the panel and without it, in turn.

import { chromium } from "playwright-core";
import { servePages } from "../test/browser/served.js";
import { median } from "./measure.js";
import type { Row } from "./micro.js";

/** Runs the program in pieces, between which the page draws and the panel looks at the heap. */
const PROGRAM = `
import { loadPyodide } from "/node_modules/pyodide/pyodide.mjs";
import { attach } from "/dist/hosts/python/pyodide.js";
import { openPanel } from "/dist/panel.js";
const pyodide = await loadPyodide({ indexURL: "/node_modules/pyodide/" });
const heap = await attach(pyodide);
const piece = pyodide.runPython(\`
import json
kept = [{"n": n, "text": str(n)} for n in range(50_000)]
def piece():
    for _ in range(4):
        json.loads(json.dumps(kept[:2000]))
piece\`);
globalThis.measure = async (withPanel, pieces) => {
  const panel = withPanel ? await openPanel(heap) : undefined;
  const begun = performance.now();
  for (let k = 0; k < pieces; k++) {
    piece();
    await new Promise((done) => setTimeout(done));
  }
  const passed = performance.now() - begun;
  panel?.remove();
  return passed;
};
document.body.dataset.ready = "yes";`;

const PIECES = 150;

type Measure = (withPanel: boolean, pieces: number) => Promise<number>;

export async function measurePanel(rounds: number): Promise<Row[]> {
  const { address, close } = await servePages({ "/panel": PROGRAM });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${address}/panel?python`);
    await page.waitForSelector("body[data-ready]", { timeout: 120_000 });
    const run = (withPanel: boolean) =>
      page.evaluate(([open, pieces]) => (globalThis as unknown as { measure: Measure }).measure(open, pieces), [
        withPanel,
        PIECES,
      ] as const);
    await run(true);
    const ratios: number[] = [];
    for (let k = 0; k < rounds; k++) {
      process.stderr.write(`the panel, ${k + 1} of ${rounds}\n`);
      // The two take turns in coming first, so that neither always has the quieter moment.
      const first = await run(k % 2 === 0);
      const second = await run(k % 2 !== 0);
      ratios.push(k % 2 === 0 ? first / second : second / first);
    }
    const [least = Number.NaN, most = Number.NaN] = [Math.min(...ratios), Math.max(...ratios)];
    return [
      {
        what: "a program in a page with an open panel, nothing recorded, time / without",
        value: median(ratios),
        unit: "x",
        goal: 1.01,
        beside: { least, most },
      },
    ];
  } finally {
    await browser.close();
    close();
  }
}
