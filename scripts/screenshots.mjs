// Makes the pictures of the README, in docs/images/: `npm run screenshots`.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const MOST_BYTES = 300 * 1024;
process.chdir(fileURLToPath(new URL("..", import.meta.url)));
mkdirSync("docs/images", { recursive: true });

const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
const trace = join(folder, "stdlib.trace");
const html = join(folder, "stdlib.html");
const pyheap = (...args) => execFileSync(process.execPath, ["dist/cli/main.js", ...args], { stdio: "inherit" });
pyheap("run", "--quiet", "--trace", trace, "examples/stdlib.py");
pyheap("report", "flamegraph", trace, "-o", html);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
for (const [tab, colorScheme] of [
  ["flame", "light"],
  ["map", "dark"],
]) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 960 }, colorScheme });
  await page.goto(pathToFileURL(html).href);
  await page.waitForSelector("html[data-ready=yes]");
  await page.locator(`#tab-${tab}`).click();
  // The details of a frame are open beside the whole graph.
  if (tab === "flame") {
    await page.locator(".flame-scroller").click({ position: { x: 240, y: 60 } });
    await page.locator(".path .step").first().click();
    await page.mouse.move(0, 0);
  }
  await page.waitForTimeout(300);
  const file = `docs/images/${tab}.png`;
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes: more than ${MOST_BYTES}`);
  console.log(`${file}: ${size} bytes`);
  await page.close();
}
await browser.close();
