// The browser's Back and Forward on the pages, on a phone and on a wide window; and what a phone shows before the graph.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../../src/page/build.js";
import { Spans } from "../../src/page/spans.js";
import { flamegraphPage, snapshotsPage } from "../../src/report/flamegraph.js";
import { GraphBuilder } from "../../src/snapshot/builder.js";
import { NODE } from "../../src/snapshot/graph.js";
import { canBrowse } from "../needs.js";
import { launchBrowser } from "./chromium.js";
import { openPage, savePage } from "./open.js";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
const WIDE = { viewport: { width: 1440, height: 900 } } as const;

/** A program in which `main` calls `load` and `save`, and both call `read`. */
async function traceFile(): Promise<string> {
  const spans = new Spans();
  const functions = ["main", "load", "save", "read"];
  functions.forEach((name, k) => {
    spans.function({ name, file: "app.py", firstLine: 10 * k + 1 });
  });
  for (const [parent, f] of [
    [0, 1],
    [1, 2],
    [1, 3],
    [2, 4],
    [3, 4],
  ] as const) {
    spans.node(parent, f, 10 * f);
  }
  for (let k = 0; k < 100; k++) {
    spans.allocate(4096 * (k + 1), 1000, 2, 2 + (k % 4));
    spans.time(1000 * k);
  }
  // Too few bytes for a frame of its own.
  spans.function({ name: "tiny", file: "app.py", firstLine: 90 });
  spans.node(1, 5, 91);
  spans.allocate(2 ** 20, 1, 2, 6);
  spans.allocate(2 ** 21, 200_000_000, 2, 1);
  spans.time(200_000);
  const facts = { command: ["app.py"], started: "", python: "3.14.2", sample: 0, problem: null };
  return savePage("app.html", await flamegraphPage(buildPage(spans, facts, { mostNodes: 6 })));
}

async function snapshotFile(): Promise<string> {
  const graph = new GraphBuilder();
  const root = graph.group("(root)");
  for (let k = 0; k < 3; k++) {
    const node = graph.node(NODE.object, graph.strings.number(`app.Type${k}`), 4096 * (k + 1));
    graph.groupEdge(root, node, `name${k}`);
    graph.begin(node);
    graph.describe(node, 9000, 0);
  }
  return savePage("app.objects.html", await snapshotsPage([{ name: "app", graph: graph.finish() }]));
}

describe.runIf(canBrowse)("Back and Forward", () => {
  let browser: Browser;
  let [trace, snapshot] = ["", ""];
  const problems: string[] = [];

  beforeAll(async () => {
    [trace, snapshot] = await Promise.all([traceFile(), snapshotFile()]);
    browser = await launchBrowser();
  });

  afterAll(async () => {
    expect(problems).toEqual([]);
    await browser?.close();
  });

  const open = (address: string, options: BrowserContextOptions) => openPage(browser, address, problems, options);
  const details = (page: Page) => page.locator(".details");
  const title = (page: Page) => details(page).locator("h3").innerText();
  const chosenTab = (page: Page) => page.locator("[role=tab][aria-selected=true]").innerText();
  const row = (page: Page, name: string) => page.locator("tbody .link", { hasText: new RegExp(`^${name}$`) });

  for (const [where, options] of [
    ["a phone", PHONE],
    ["a wide window", WIDE],
  ] as const) {
    it(`close what was opened, and go from view to view, on ${where}`, async () => {
      const page = await open(trace, options);
      await page.locator("#tab-table").click();
      await page.getByRole("radio", { name: "Allocated" }).click();
      await row(page, "read").click();
      await details(page).getByRole("button", { name: "load" }).click();
      await expect.poll(() => title(page)).toBe("load");
      await page.goBack();
      await expect.poll(() => title(page)).toBe("read");
      await expect.poll(() => details(page).getByRole("button", { name: "Back" }).isVisible()).toBe(false);
      await page.goForward();
      await expect.poll(() => title(page)).toBe("load");
      await page.goBack();
      await page.goBack();
      await expect.poll(() => details(page).isVisible()).toBe(false);
      await expect.poll(() => chosenTab(page)).toBe("Table");
      await page.goBack();
      await expect
        .poll(() => page.locator("[aria-label='What is shown'] [aria-checked=true]").innerText())
        .toBe("Peak");
      await page.goBack();
      await expect.poll(() => chosenTab(page)).toBe("Flame graph");
      await page.close();
    });

    it(`do not open again what was closed, on ${where}`, async () => {
      const page = await open(trace, options);
      await page.locator("#tab-table").click();
      await row(page, "read").click();
      await details(page).getByRole("button", { name: "load" }).click();
      await details(page).getByRole("button", { name: "Close" }).click();
      await expect.poll(() => page.evaluate("history.state.at")).toBe(1);
      await expect.poll(() => details(page).isVisible()).toBe(false);
      await page.goBack();
      await expect.poll(() => chosenTab(page)).toBe("Flame graph");
      await expect.poll(() => details(page).isVisible()).toBe(false);
      await page.close();
    });
  }

  it("zoom the flame graph out again, and leave the details closed", async () => {
    const page = await open(trace, PHONE);
    await page.locator(".flame-scroller").tap({ position: { x: 20, y: 36 } });
    await expect.poll(() => title(page)).toBe("main");
    await expect.poll(() => page.locator(".path .step").count()).toBe(2);
    await details(page).getByRole("button", { name: "Close" }).tap();
    await expect.poll(() => page.locator(".path .step").count()).toBe(2);
    await page.goBack();
    await expect.poll(() => details(page).isVisible()).toBe(false);
    await expect.poll(() => page.locator(".path .step").count()).toBe(1);
    await page.close();
  });

  it("forget a search that a link made", async () => {
    const page = await open(trace, PHONE);
    await page.locator("#tab-table").tap();
    await row(page, "read").tap();
    await details(page).getByRole("button", { name: "Find in the flame graph" }).tap();
    await expect.poll(() => page.locator(".flame-says").innerText()).toContain("“read”");
    await page.goBack();
    await expect.poll(() => title(page)).toBe("read");
    await expect.poll(() => page.locator("input[type=search]").inputValue()).toBe("");
    await page.close();
  });

  it("work on the page of a snapshot", async () => {
    const page = await open(snapshot, PHONE);
    await row(page, "app.Type1").tap();
    await page.locator("#tab-largest").tap();
    await page.goBack();
    await expect.poll(() => title(page)).toBe("app.Type1");
    await page.goBack();
    await expect.poll(() => details(page).isVisible()).toBe(false);
    await expect.poll(() => chosenTab(page)).toBe("Types");
    await page.close();
  });

  it("need no room: a phone shows two rows of controls before the flame graph, and the others behind a button", async () => {
    for (const width of [390, 360]) {
      const page = await open(trace, { ...PHONE, viewport: { width, height: 844 } });
      const rowsOfControls = () =>
        page.locator(".content button, .content input").evaluateAll((all) => {
          const graph = document.querySelector(".flame-scroller")?.getBoundingClientRect().top ?? 0;
          const middles = all
            .filter((each) => each.checkVisibility())
            .map((each) => each.getBoundingClientRect())
            .filter(({ bottom }) => bottom <= graph)
            .map(({ top, bottom }) => Math.round((top + bottom) / 2));
          // Controls in one row are of different heights.
          return middles.sort((a, b) => a - b).filter((y, k) => k === 0 || y - (middles[k - 1] ?? 0) > 12).length;
        });
      await expect.poll(() => rowsOfControls()).toBe(2);
      const filters = page.locator(".filters");
      await expect.poll(() => filters.getAttribute("aria-label")).toBe("Search and filters");
      await filters.tap();
      await expect.poll(() => rowsOfControls()).toBeGreaterThan(2);
      await page.getByRole("radio", { name: "≥ 1 %" }).tap();
      await page.getByLabel("Search functions and files").fill("load");
      await filters.tap();
      await expect.poll(() => rowsOfControls()).toBe(2);
      await expect.poll(() => filters.getAttribute("aria-label")).toBe("Search and filters: 2 in use");
      await page.close();
    }
  });

  it("lead away from an explanation of smaller calls", async () => {
    const page = await open(trace, PHONE);
    await expect.poll(() => page.locator("#panel-flame .legend").innerText()).toContain("smaller calls");
    await page.locator("#tab-table").tap();
    await row(page, "smaller calls").tap();
    await expect.poll(() => details(page).innerText()).toContain("Many different calls, each with too little memory");
    await page.goBack();
    await expect.poll(() => details(page).isVisible()).toBe(false);
    await page.close();
  });
});
