// What a page pays for an open panel while nobody records, and for pushing its profiles: a Python program in a page with each of
// them, and without, in turn. The time is the processor time of the page's process, with all its threads.

import { type CDPSession, chromium, type Page } from "playwright-core";
import { servePages } from "../test/browser/served.js";
import { median } from "./measure.js";
import type { Row } from "./micro.js";

/** Runs the program in pieces, between which the page draws, the panel looks at the heap, and messages are sent. */
const PROGRAM = `
import { loadPyodide } from "/node_modules/pyodide/pyodide.mjs";
import { attach } from "/dist/hosts/python/pyodide.js";
import { openPanel } from "/dist/panel.js";
import { pushProfiles } from "/dist/browser/profiles.js";
const pyodide = await loadPyodide({ indexURL: "/node_modules/pyodide/" });
const heap = await attach(pyodide);
const piece = pyodide.runPython(\`
import json
kept = [{"n": n, "text": str(n)} for n in range(50_000)]
def piece():
    for _ in range(4):
        json.loads(json.dumps(kept[:2000]))
piece\`);
let end = () => {};
globalThis.begin = async (what) => {
  if (what === "panel") {
    const panel = await openPanel(heap);
    end = () => panel.remove();
  } else if (what === "push") {
    const pusher = pushProfiles(heap, { url: location.origin, every: 1, onError: () => {} });
    end = () => pusher.stop();
  } else end = () => {};
};
globalThis.end = () => end();
globalThis.work = async (pieces) => {
  for (let k = 0; k < pieces; k++) {
    piece();
    await new Promise((done) => setTimeout(done));
  }
};
document.body.dataset.ready = "yes";`;

const PIECES = 150;

type What = "panel" | "push" | "nothing";
type Globals = { begin(what: What): Promise<void>; work(pieces: number): Promise<void>; end(): Promise<void> };

/** The seconds for which the page's process has had a processor. */
async function processorSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "ProcessTime")?.value ?? Number.NaN;
}

/** Runs the program, and returns the seconds of processor time that it took. What begins and ends with it is not included. */
async function run(page: Page, session: CDPSession, what: What): Promise<number> {
  await page.evaluate((name) => (globalThis as unknown as Globals).begin(name), what);
  const begun = await processorSeconds(session);
  await page.evaluate((pieces) => (globalThis as unknown as Globals).work(pieces), PIECES);
  const seconds = (await processorSeconds(session)) - begun;
  await page.evaluate(() => (globalThis as unknown as Globals).end());
  return seconds;
}

function row(what: string, ratios: readonly number[]): Row {
  const beside = { least: Math.min(...ratios), most: Math.max(...ratios) };
  return { what, value: median(ratios), unit: "x", goal: 1.01, beside };
}

export async function measurePanel(rounds: number): Promise<Row[]> {
  const { address, close } = await servePages({ "/panel": PROGRAM });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    await page.goto(`${address}/panel?python`);
    await page.waitForSelector("body[data-ready]", { timeout: 120_000 });
    for (const what of ["panel", "push"] as const) await run(page, session, what);
    const ratios = { panel: [] as number[], push: [] as number[] };
    for (let k = 0; k < rounds; k++) {
      process.stderr.write(`the panel, ${k + 1} of ${rounds}\n`);
      // Each is compared with the mean of a run before it and one after it, so that a machine that slows down counts less.
      let before = await run(page, session, "nothing");
      for (const what of ["panel", "push"] as const) {
        const seconds = await run(page, session, what);
        const after = await run(page, session, "nothing");
        ratios[what].push((2 * seconds) / (before + after));
        before = after;
      }
    }
    return [
      row("a program in a page with an open panel, nothing recorded, time / without", ratios.panel),
      row("a program in a page that pushes its profiles every second, time / without", ratios.push),
    ];
  } finally {
    await browser.close();
    close();
  }
}
