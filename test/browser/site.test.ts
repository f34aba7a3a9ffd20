// The site where recordings are looked at, in Chromium: files are chosen and dropped, read in a worker, and shown. It opens from a
// file, and makes no requests. Screenshots go to build/screenshots/ if SCREENSHOTS is set.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { command } from "../command.js";
import { longTrace } from "../long-trace.js";
import { canBrowse, ROOT } from "../needs.js";
import { Tape } from "../trace-data.js";
import { launchBrowser } from "./chromium.js";
import { shoot } from "./windows.js";

/** Writes a trace, and snapshots before and after, of a heap that gets a list of a thousand texts. */
async function record(path: (name: string) => string): Promise<void> {
  const heap = await Heap.create();
  const tape = new Tape();
  const snapshot = (name: string) => {
    const pieces: Uint8Array[] = [];
    heap.snapshot({ write: (bytes) => void pieces.push(bytes.slice()) });
    writeFileSync(path(name), Buffer.concat(pieces));
  };
  snapshot("app.9.heapsnapshot");
  const recording = heap.trace({ write: tape.write, command: ["shop.ts"] });
  function fillShelves() {
    heap.roots.set("shelf", heap.from(Array.from({ length: 1000 }, (_, k) => `book number ${k}`)));
  }
  fillShelves();
  recording.stop();
  snapshot("app.10.heapsnapshot");
  writeFileSync(path("shop.trace"), tape.bytes);
}

const PATIENCE = { timeout: 60_000 };

describe.runIf(canBrowse)("the site where recordings are looked at", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  const path = (name: string) => join(folder, name);
  let browser: Browser;
  let address: string;
  const problems: string[] = [];

  beforeAll(async () => {
    await record(path);
    const trace = readFileSync(path("shop.trace"));
    writeFileSync(path("cut.trace"), trace.subarray(0, trace.length - 40));
    writeFileSync(path("long.trace"), longTrace(200));
    const snapshot = readFileSync(path("app.9.heapsnapshot"));
    writeFileSync(path("broken.heapsnapshot"), snapshot.subarray(0, snapshot.length / 2));
    writeFileSync(path("empty.trace"), "");
    writeFileSync(path("photo.png"), "\x89PNG");
    writeFileSync(path("idle.trace"), idleTrace());
    expect(command(["image", "create", "app.pyimage", "-c", "x = 1"], { cwd: folder })).toMatchObject({ status: 0 });
    const image = readFileSync(path("app.pyimage"));
    writeFileSync(path("cut.pyimage"), image.subarray(0, 5000));
    execFileSync(process.execPath, [join(ROOT, "scripts/site.mjs"), path("site")]);
    address = pathToFileURL(path("site/index.html")).href;
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  function idleTrace(): Uint8Array {
    const whole = readFileSync(path("shop.trace"));
    // The header, and the block of metadata: there are no events.
    return whole.subarray(0, 12 + 12 + whole.readUInt32LE(16));
  }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && request.url() !== address) problems.push(request.url());
    });
    await page.goto(address);
    await page.waitForSelector("html[data-ready=yes]");
    return page;
  }

  const choose = (page: Page, ...names: string[]) => page.locator("input[type=file]").setInputFiles(names.map(path));
  const title = (page: Page) => page.locator("h1");
  const problem = (page: Page) => page.locator("#page > .problem");

  it("shows a trace that is chosen, as its page does", async () => {
    const page = await open();
    await expect.poll(() => page.locator("h2").innerText()).toBe("Drop a recording here");
    await choose(page, "shop.trace");
    await expect.poll(() => title(page).innerText(), PATIENCE).toBe("shop.ts");
    await page.locator("#tab-table").click();
    await expect.poll(() => page.locator(".table tbody").innerText()).toContain("fillShelves");
    await expect.poll(() => page.locator(".head .status").isHidden()).toBe(true);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("shows a file that is dropped, in place of the one before", async () => {
    const page = await open();
    await choose(page, "shop.trace");
    await title(page).waitFor();
    const text = readFileSync(path("app.10.heapsnapshot"), "latin1");
    const dropped = await page.evaluateHandle((content) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(content, (c) => c.charCodeAt(0))], "app.10.heapsnapshot"));
      return data;
    }, text);
    await page.dispatchEvent("body", "dragenter", { dataTransfer: dropped });
    await expect.poll(() => page.locator("body.dropping").count()).toBe(1);
    await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await expect.poll(() => title(page).innerText(), PATIENCE).toBe("app.10");
    await expect.poll(() => page.locator("body.dropping").count()).toBe(0);
    await expect.poll(() => page.locator("#panel-types tbody").innerText()).toContain("str");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("compares two snapshots, the earlier one first", async () => {
    const page = await open();
    await choose(page, "app.10.heapsnapshot", "app.9.heapsnapshot");
    await expect.poll(() => title(page).innerText(), PATIENCE).toBe("app.9 → app.10");
    await expect.poll(() => page.locator("#panel-compare tbody tr").first().innerText()).toMatch(/^str\s+\+/);
    await page.close();
  });

  it("lets the user choose among several files", async () => {
    const page = await open();
    await choose(page, "shop.trace", "app.pyimage", "app.9.heapsnapshot");
    await expect.poll(() => title(page).innerText(), PATIENCE).toBe("shop.ts");
    await page.getByRole("radio", { name: "app.9.heapsnapshot" }).click();
    await expect.poll(() => title(page).innerText(), PATIENCE).toBe("app.9");
    await page.getByRole("radio", { name: "app.pyimage" }).click();
    await expect.poll(() => title(page).innerText(), PATIENCE).toBe("app.pyimage");
    await expect.poll(() => page.locator(".figures").innerText()).toMatch(/Live\s+7\.\d MiB/);
    await expect.poll(() => page.locator("[role=tab]").allInnerTexts()).toEqual(["Heap map", "Size classes"]);
    await page.locator("#tab-sizes").click();
    await expect.poll(() => page.locator(".sizes-table tbody tr").count()).toBeGreaterThan(20);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("shows what was read so far while a long trace is read, and then all of it", async () => {
    const page = await open();
    await choose(page, "long.trace");
    const status = page.locator(".head .status");
    await page.getByText("Read so far").waitFor();
    await expect.poll(() => page.locator(".progress").innerText()).toMatch(/^Reading long\.trace: \d+ %$/);
    await status.waitFor({ state: "hidden" });
    await expect.poll(() => page.locator(".progress").isHidden()).toBe(true);
    await expect.poll(() => page.locator(".facts").innerText()).toContain("4,000,001 events");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("names a file that it can't show, and says why", async () => {
    const page = await open();
    await choose(page, "shop.trace");
    await title(page).waitFor();
    for (const [name, why] of Object.entries({
      "photo.png": "photo.png is not a trace, a heap snapshot, or an image of Python",
      "empty.trace": "empty.trace is empty",
      "broken.heapsnapshot": "broken.heapsnapshot is not a heap snapshot, or is broken: ",
      "cut.pyimage": "cut.pyimage: Cannot load the heap image: it is cut off: 5000 bytes instead of ",
      "idle.trace": "idle.trace has no allocations. The recording was not ended in order",
    })) {
      await choose(page, name);
      await expect.poll(() => problem(page).innerText(), { ...PATIENCE, message: name }).toContain(why);
      // What was shown before is still there.
      await expect.poll(() => title(page).innerText()).toBe("shop.ts");
    }
    await choose(page, "cut.trace");
    await expect
      .poll(() => page.locator(".head .problem").innerText(), PATIENCE)
      .toContain("Everything before that is shown");
    await expect.poll(() => problem(page).isHidden()).toBe(true);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("fits into a narrow window", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1440, 390]) {
        const page = await open({ viewport: { width, height: 900 }, colorScheme });
        await shoot(page, `site-start-${width}-${colorScheme}`);
        await choose(page, "shop.trace", "app.pyimage", "app.9.heapsnapshot");
        await title(page).waitFor();
        await shoot(page, `site-files-${width}-${colorScheme}`);
        await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
        await page.close();
      }
    }
  });
});
