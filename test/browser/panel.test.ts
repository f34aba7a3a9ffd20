// The panel in a page with a strict Content-Security-Policy, in Chromium: its buttons, its views, and what is recorded. The page
// loads the built package as it is. Screenshots go to build/screenshots/ if SCREENSHOTS is set.

import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyse } from "../../src/report.js";
import { canBrowse, ROOT } from "../needs.js";
import { ServedPages } from "./served-pages.js";
import { shoot } from "./windows.js";

const PATIENCE = { timeout: 60_000 };
const BEGIN = `
import { openPanel } from "/dist/panel.js";
const ready = (panel) => { globalThis.panel = panel; document.body.dataset.ready = "yes"; };
`;

function documented(): string {
  const [, program = ""] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "docs/panel.md"), "utf8")) ?? [];
  return program
    .replace('"pyodide"', '"/node_modules/pyodide/pyodide.mjs"')
    .replace('"pyheap/pyodide"', '"/dist/hosts/python/pyodide.js"')
    .replace('"pyheap/panel"', '"/dist/panel.js"');
}

/** Programs of the page, by path. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "/heap": `${BEGIN}
import { Heap } from "/dist/index.js";
const heap = await Heap.create();
const rows = heap.list();
heap.roots.set("rows", rows);
globalThis.heap = heap;
globalThis.fillRows = function fillRows(count) { for (let k = 0; k < count; k++) rows.push("row number " + k); };
fillRows(3000);
ready(await openPanel(heap));`,
  // The program of docs/panel.md, with the addresses of this server.
  "/python": `${documented()}
globalThis.python = (code) => pyodide.runPython(code);
document.body.dataset.ready = "yes";`,
};

describe.runIf(canBrowse)("the panel", () => {
  let pages: ServedPages;

  beforeAll(async () => {
    pages = await ServedPages.start(PROGRAMS);
  });

  afterAll(() => pages?.close());

  const press = (page: Page, name: string) =>
    page.locator("pyheap-panel").getByRole("button", { name, exact: true }).click();
  const show = (page: Page, name: string) =>
    page.locator("pyheap-panel").getByRole("tab", { name, exact: true }).click();
  const panel = (page: Page) => page.locator("pyheap-panel");
  const fill = (page: Page, count: number) =>
    page.evaluate((n) => (globalThis as unknown as { fillRows(count: number): void }).fillRows(n), count);

  it("shows the heap's figures, and sets its limits", async () => {
    const page = await pages.open("/heap");
    await expect
      .poll(() => panel(page).locator(".figures").innerText())
      .toMatch(/Live\s+\d+\.\d KiB\s+in 3,\d{3} blocks/);
    await expect.poll(() => panel(page).locator("canvas").first().isVisible()).toBe(true);
    const limit = panel(page).getByLabel("Limit, in MiB", { exact: true });
    await limit.fill("5");
    await limit.press("Enter");
    const limits = () =>
      page.evaluate(() => {
        const { limit, softLimit } = (globalThis as unknown as { heap: { limit: number; softLimit: number } }).heap;
        return [limit, softLimit];
      });
    const MIB = 2 ** 20;
    expect((await limits())[0]).toBe(5 * MIB);
    await panel(page).getByLabel("Soft limit, in MiB").fill("3.5");
    await limit.focus();
    expect((await limits())[1]).toBe(3.5 * MIB);
    await limit.fill("");
    await limit.press("Enter");
    expect((await limits())[0]).toBe(2 ** 32 - 1);
    await show(page, "Map");
    await panel(page)
      .getByText(/\d arenas? · 3,\d{3} blocks/)
      .waitFor(PATIENCE);
    expect(pages.problems).toEqual([]);
    await page.close();
  });

  it("records, shows what is recorded meanwhile, stops, and gives the trace", async () => {
    const page = await pages.open("/heap");
    await press(page, "Record");
    await fill(page, 2000);
    const status = panel(page).locator(".head .status");
    await expect.poll(() => status.innerText(), PATIENCE).toBe("Recording");
    await panel(page).locator("#tab-table").click();
    const table = panel(page).locator(".table tbody");
    await expect.poll(() => table.innerText()).toContain("fillRows");
    await fill(page, 1000);
    await press(page, "Stop");
    await expect.poll(() => status.innerText(), PATIENCE).toBe("Ended");
    const download = page.waitForEvent("download");
    await press(page, "Save");
    const file = join(tmpdir(), (await download).suggestedFilename());
    await (await download).saveAs(file);
    const report = await analyse(readFileSync(file), { at: "end" });
    expect(report.problem).toBeUndefined();
    expect(report.groups("function")[0]?.label).toContain("fillRows");
    expect(report.stats.endBlocks).toBeGreaterThanOrEqual(3000);
    // It can be opened again.
    await show(page, "Memory");
    await panel(page).locator("input[type=file]").setInputFiles(file);
    await expect.poll(() => panel(page).locator(".head .status").isHidden(), PATIENCE).toBe(true);
    await expect.poll(() => panel(page).locator(".facts").innerText()).toContain("events");
    expect(pages.problems).toEqual([]);
    await page.close();
  });

  it("stays at what the user looks at when the first events of a recording arrive", async () => {
    const page = await pages.open("/heap");
    await panel(page).evaluate(async ({ shadowRoot }) => {
      const named = (role: string, name: string) =>
        [...(shadowRoot?.querySelectorAll<HTMLElement>(role) ?? [])].find((each) => each.textContent === name);
      named("button", "Record")?.click();
      const isShown = () => named("[role=tab]", "Recording")?.ariaSelected === "true";
      while (!isShown()) await new Promise((resolve) => setTimeout(resolve));
      named("[role=tab]", "Map")?.click();
    });
    await fill(page, 500);
    await panel(page)
      .locator(".head .status")
      .waitFor({ ...PATIENCE, state: "attached" });
    const map = panel(page).locator(".panel-bar").getByRole("tab", { name: "Map" });
    await expect.poll(() => map.getAttribute("aria-selected")).toBe("true");
    await show(page, "Recording");
    await expect.poll(() => panel(page).locator(".head .status").innerText()).toBe("Recording");
    expect(pages.problems).toEqual([]);
    await page.close();
  });

  it("takes a snapshot, which has the stacks of what was recorded", async () => {
    const page = await pages.open("/heap");
    await press(page, "Record");
    await fill(page, 500);
    await press(page, "Snapshot");
    await panel(page).locator("#panel-types tbody").waitFor(PATIENCE);
    await expect.poll(() => panel(page).locator("#panel-types tbody").innerText()).toContain("str");
    expect(pages.problems).toEqual([]);
    await page.close();
  });

  it("says what is wrong with a file, and with a second recording", async () => {
    const page = await pages.open("/heap");
    const problem = panel(page).locator(".panel > .problem");
    await panel(page)
      .locator("input[type=file]")
      .setInputFiles({ name: "photo.png", mimeType: "image/png", buffer: Buffer.from("PNG") });
    await expect.poll(() => problem.innerText(), PATIENCE).toContain("photo.png is not a trace, a heap snapshot");
    await page.evaluate(() => {
      const { heap } = globalThis as unknown as { heap: { trace(options: object): unknown } };
      heap.trace({ write: () => undefined });
    });
    await press(page, "Record");
    await expect.poll(() => problem.innerText()).toContain("a recording is under way");
    await page.close();
  });

  it("reads in the page if the page's policy allows no worker", async () => {
    const page = await pages.open("/heap?noworker");
    await press(page, "Record");
    await fill(page, 100);
    await expect.poll(() => panel(page).locator(".head .status").innerText(), PATIENCE).toBe("Recording");
    await page.close();
    pages.problems.length = 0;
  });

  it("leaves the page's keys and styles alone, and everything when it is closed", async () => {
    const page = await pages.open("/heap");
    await press(page, "Record");
    await fill(page, 100);
    await panel(page).locator("input[type=search]").first().waitFor(PATIENCE);
    const inPanel = () => page.evaluate(() => document.activeElement?.tagName);
    await page.locator("body > h1").click();
    await page.keyboard.press("/");
    await expect.poll(() => inPanel()).toBe("BODY");
    expect(await page.evaluate(() => getComputedStyle(document.body).margin)).toBe("8px");
    await press(page, "Close");
    await expect.poll(() => panel(page).count()).toBe(0);
    const isTracing = () =>
      page.evaluate(() => (globalThis as unknown as { heap: { isTracing: boolean } }).heap.isTracing);
    await expect.poll(isTracing).toBe(false);
    expect(pages.problems).toEqual([]);
    await page.close();
  });

  it("shows Python: attach(pyodide).then(openPanel)", async () => {
    const page = await pages.open("/python?python");
    const run = (code: string) =>
      page.evaluate((text) => (globalThis as unknown as { python(code: string): void }).python(text), code);
    await press(page, "Record");
    await run("def load(n):\n    return [object() for _ in range(n)]\nkept = load(20000)");
    await panel(page).locator("#tab-table").click(PATIENCE);
    await expect.poll(() => panel(page).locator(".table tbody").innerText(), PATIENCE).toContain("load");
    await press(page, "Stop");
    await press(page, "Snapshot");
    await panel(page).locator("#panel-types tbody").waitFor(PATIENCE);
    await expect.poll(() => panel(page).locator("#panel-types tbody").innerText()).toContain("object");
    expect(pages.problems).toEqual([]);
    await page.close();
  });

  it("fits into a narrow window, and beside the page", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1440, 390]) {
        const page = await pages.open("/heap", { viewport: { width, height: 900 }, colorScheme });
        await shoot(page, `panel-memory-${width}-${colorScheme}`);
        await press(page, "Dock to the right");
        await press(page, "Record");
        await fill(page, 1000);
        await panel(page).locator(".flame-scroller").waitFor(PATIENCE);
        await shoot(page, `panel-recording-${width}-${colorScheme}`);
        const wide = await panel(page).evaluate((host) => {
          const body = host.shadowRoot?.querySelector(".panel-body");
          return [
            document.documentElement.scrollWidth - innerWidth,
            (body?.scrollWidth ?? 0) - (body?.clientWidth ?? 0),
          ];
        });
        expect(wide.map((pixels) => pixels <= 0)).toEqual([true, true]);
        await page.close();
      }
    }
  });
});
