// Measures how the viewer's site opens a long recording in headless Chromium: when its flame graph appears, when all of it
// is shown, and the longest time for which the page could not draw or answer.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export interface SiteFigures {
  /** The seconds from the choice of the file until a flame graph is drawn, and until it is that of the whole file. */
  readonly first: number;
  readonly whole: number;
  /** The milliseconds of the longest task of the page's thread; 0 if all are shorter than 50. */
  readonly blocked: number;
}

const WRITER = fileURLToPath(new URL("../../../scripts/site.mjs", import.meta.url));
const PATIENCE = { timeout: 600_000 };

export async function measureSite(file: string): Promise<SiteFigures> {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-site-"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    execFileSync(process.execPath, [WRITER, folder]);
    await page.goto(pathToFileURL(join(folder, "index.html")).href);
    await page.waitForSelector("html[data-ready=yes]");
    await page.evaluate(() => {
      const tasks: number[] = [];
      Object.assign(globalThis, { tasks });
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: "longtask",
      });
    });
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    await page.locator("input[type=file]").setInputFiles(file);
    await page.locator(".flame-scroller").waitFor(PATIENCE);
    const first = seconds();
    await page.locator(".head .status").waitFor({ state: "hidden", ...PATIENCE });
    const whole = seconds();
    const blocked = await page.evaluate(() => Math.max(0, ...(globalThis as unknown as { tasks: number[] }).tasks));
    return { first, whole, blocked };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
