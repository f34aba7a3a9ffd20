// The page of heap snapshots in Chromium: types, who holds them, the treemap, search, and the comparison of two.
// Screenshots of every tab, wide and narrow, light and dark, go to build/screenshots/ if SCREENSHOTS is set.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TypeRow } from "../../src/snapshot/types.js";
import { command } from "../command.js";
import { canBrowse } from "../needs.js";
import { launchBrowser } from "./chromium.js";
import { focusedText, openPage } from "./open.js";
import { expectToFit, shoot } from "./windows.js";

/** Milliseconds: a program is recorded, and three pages are made. */
const PATIENCE = 300_000;
const PROGRAM = `
import pyheap
class Point:
    __slots__ = ("data",)
    def __init__(self, size): self.data = bytes(size)
class Cache:
    def __init__(self, count): self.points = {f"p{k}": Point(2000) for k in range(count)}
cache = Cache(300)
big = bytes(3 * 2**20)
pyheap.snapshot("before.heapsnapshot")
cache.extra = [Point(5000) for _ in range(40)]
note = "a needle in the heap"
`;

describe.runIf(canBrowse)("the page of heap snapshots", () => {
  let browser: Browser;
  let folder: string;
  const problems: string[] = [];
  const pyheap = (...args: string[]) => command(args, { cwd: folder });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pyheap-"));
    writeFileSync(join(folder, "app.py"), PROGRAM);
    const good = { status: 0, stdout: "" };
    const record = ["--trace", "app.trace", "--snapshot", "app.heapsnapshot"];
    expect(pyheap("run", "--quiet", ...record, "app.py")).toMatchObject(good);
    const typed = ["--snapshot", "app.heapsnapshot", "-o", "typed.html"];
    expect(pyheap("report", "flamegraph", "app.trace", ...typed)).toMatchObject(good);
    expect(pyheap("report", "page", "app.heapsnapshot")).toMatchObject(good);
    expect(pyheap("report", "page", "before.heapsnapshot", "app.heapsnapshot", "-o", "both.html")).toMatchObject(good);
    browser = await launchBrowser();
  }, PATIENCE);

  afterAll(async () => {
    await browser?.close();
  });

  const open = (name: string, options?: BrowserContextOptions) =>
    openPage(browser, pathToFileURL(join(folder, name)).href, problems, options);

  const details = (page: Page) => page.getByRole("complementary", { name: "Selected objects" });
  const search = (page: Page, text: string) => page.locator("input[type=search]").fill(text);

  it("opens on the types, with the figures that the report has, and asks nobody for anything", async () => {
    const page = await open("app.objects.html");
    const { rows, objects } = JSON.parse(pyheap("report", "objects", "--json", "app.heapsnapshot").stdout) as {
      rows: TypeRow[];
      objects: number;
    };
    const shown = await page.locator("#panel-types tbody tr").evaluateAll((trs) =>
      trs.map((tr) => ({
        name: tr.querySelector("th")?.textContent ?? "",
        count: Number(tr.querySelector("td:last-child")?.textContent?.replaceAll(",", "")),
      })),
    );
    expect(shown.length).toBeGreaterThan(50);
    for (const { name, count } of shown) expect(rows.find((row) => row.name === name)?.count, name).toBe(count);
    expect(shown.find(({ name }) => name === "__main__.Point")?.count).toBe(340);
    const figure = page.locator('.figures div:has(dt:text-is("Objects")) dd').first();
    await expect.poll(() => figure.innerText()).toBe(objects.toLocaleString("en-US"));
    await page.getByRole("button", { name: "Count" }).click();
    await expect.poll(() => page.locator("thead th[aria-sort=descending]").innerText()).toBe("Count ↓");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("leads from a type to who holds it, to an object, and up its retainers, with the mouse and with keys", async () => {
    const page = await open("app.objects.html");
    await search(page, "main__.Point");
    await page.locator("#panel-types tbody .link").click();
    const text = await details(page).innerText();
    expect(text).toMatch(/^__main__\.Point\n340 objects\n/);
    expect(text).toMatch(/sys\.modules\['__main__'\]\.cache\.points\[…\]\s+[\d.]+ (Ki)?B\s*× 300/);
    expect(text).toMatch(/sys\.modules\['__main__'\]\.cache\.extra\[…\]\s+[\d.]+ (Ki)?B\s*× 40/);
    await details(page).locator(".calls .link").first().click();
    await expect.poll(() => details(page).innerText()).toMatch(/sys\.modules\['__main__'\]\.cache\.extra\[\d+\]/);
    const tree = details(page).getByRole("tree", { name: "Referred to by" });
    const items = tree.getByRole("treeitem");
    await expect.poll(() => items.count()).toBe(1);
    await expect.poll(() => items.first().innerText()).toMatch(/^▸\s*\[\d+\]\s*of\s*list\s/);
    await items.first().focus();
    const path: string[] = [];
    for (let k = 0; k < 4; k++) {
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      path.push((await page.evaluate("document.activeElement.querySelector('.tree-row').innerText")) as string);
    }
    expect(path[0]).toMatch(/\.extra|\['extra'\]/);
    expect(path.join("\n")).toMatch(/\['cache'\]\s*of\s*dict/);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await expect.poll(() => details(page).locator("h3").innerText()).not.toBe("__main__.Point");
    // Back to what was shown before.
    const followed = await details(page).locator("h3").innerText();
    await details(page).getByRole("button", { name: "Back" }).click();
    await expect.poll(() => details(page).locator("h3").innerText()).toBe("__main__.Point");
    await details(page).getByRole("button", { name: "Back" }).click();
    await expect.poll(() => details(page).innerText()).toMatch(/^__main__\.Point\n340 objects\n/);
    await expect.poll(() => details(page).getByRole("button", { name: "Back" }).isVisible()).toBe(false);
    await details(page).locator(".calls .link").first().click();
    await details(page).getByRole("tree", { name: "Referred to by" }).locator(".link").first().click();
    expect(followed).not.toBe("");
    // The keyboard is in the details until they are closed, then at the row that opened them.
    await expect.poll(() => focusedText(page)).toBe(await details(page).locator("h3").innerText());
    await page.keyboard.press("Escape");
    await expect.poll(() => details(page).isVisible()).toBe(false);
    await expect.poll(() => focusedText(page)).toBe("__main__.Point");
    await page.keyboard.press("Enter");
    await expect.poll(() => details(page).locator("h3").innerText()).toBe("__main__.Point");
    await details(page).getByRole("button", { name: "Close" }).click();
    await expect.poll(() => details(page).isVisible()).toBe(false);
    await page.close();
  });

  it("shows what holds most as a treemap, in which one goes in and out", async () => {
    const page = await open("app.objects.html");
    await page.locator("#tab-largest").click();
    const says = page.locator("#panel-largest .flame-says");
    const steps = page.locator(".path .step");
    const map = page.locator(".treemap");
    await expect.poll(() => says.innerText()).toMatch(/^Everything · [\d.]+ MiB, 100 %/);
    await search(page, "main__.big");
    await expect.poll(() => page.locator(".piece.found").count()).toBeGreaterThan(0);
    await search(page, "");
    await search(page, "Cache");
    await page.locator("#tab-types").click();
    await page.locator("#panel-types tbody .link", { hasText: "__main__.Cache" }).click();
    await details(page).locator(".calls .link").first().click();
    await details(page).getByRole("button", { name: "Show in the treemap" }).click();
    await search(page, "");
    await expect.poll(() => steps.last().innerText()).toBe("__main__.cache");
    // 300 points of 2,000 bytes, and 40 of 5,000.
    await expect.poll(() => says.innerText()).toMatch(/^__main__\.cache.* KiB/);
    const [, kib = ""] = /([\d.]+) KiB/.exec(await says.innerText()) ?? [];
    expect(Number(kib) * 1024).toBeGreaterThan(300 * 2000 + 40 * 5000);
    expect(Number(kib) * 1024).toBeLessThan(1.2 * (300 * 2000 + 40 * 5000));
    await map.focus();
    await page.keyboard.press("ArrowDown");
    const first = await says.innerText();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => says.innerText()).not.toBe(first);
    const zoomed = await steps.allInnerTexts();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await expect.poll(() => steps.allInnerTexts()).not.toEqual(zoomed);
    for (let k = 0; k < 20 && (await steps.count()) > 1; k++) await page.keyboard.press("Escape");
    await expect.poll(() => steps.allInnerTexts()).toEqual(["Everything"]);
    const box = await map.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 60, (box?.y ?? 0) + 100);
    await expect.poll(() => steps.count()).toBeGreaterThan(1);
    await steps.first().click();
    await expect.poll(() => steps.count()).toBe(1);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("finds objects by their value, or by their id", async () => {
    const page = await open("app.objects.html");
    await page.keyboard.press("/");
    await page.keyboard.type("a needle in");
    const found = page.locator(".found-objects");
    await expect.poll(() => found.innerText()).toMatch(/^1 object with “a needle in” in the value\nstr/);
    await found.locator(".link").click();
    await expect.poll(() => details(page).innerText()).toContain("'a needle in the heap'");
    const id = /0x[0-9a-f]+/.exec(await details(page).locator(".details-head small").innerText())?.[0] ?? "none";
    await search(page, id);
    await expect.poll(() => found.innerText()).toContain("'a needle in the heap'");
    await page.close();
  });

  it("compares two snapshots: what is new, and who holds it", async () => {
    const page = await open("both.html");
    const row = page.locator("#panel-compare tr", { hasText: "__main__.Point" });
    // Sorted by the change: the points first.
    await expect.poll(() => row.innerText()).toMatch(/× 40/);
    await row.locator(".link").click();
    const text = await details(page).innerText();
    expect(text).toMatch(/^__main__\.Point\n40 objects, new in app\n/);
    expect(text).toMatch(/cache\.extra\[…\]\s+[\d.]+ (Ki)?B\s*× 40/);
    await page.locator("#tab-types").click();
    const count = () => page.locator("#panel-types tr", { hasText: "__main__.Point" }).locator("td").last().innerText();
    await expect.poll(() => count()).toBe("340");
    await page.getByRole("radio", { name: "before" }).click();
    await expect.poll(() => count()).toBe("300");
    await expect.poll(() => details(page).isVisible()).toBe(false);
    await page.close();
  });

  it("tells the heap map of a trace the types of blocks", async () => {
    const page = await open("typed.html");
    await page.locator("#tab-map").click();
    await page.getByRole("radio", { name: "End", exact: true }).click();
    await page.locator(".map").getByRole("radio", { name: "Type" }).click();
    const legend = page.locator(".map .legend li");
    await expect.poll(() => legend.first().innerText()).toBe("bytes");
    await expect.poll(() => legend.allInnerTexts()).toEqual(expect.arrayContaining(["str", "other types", "free"]));
    // From the last row upwards to a square in a large block.
    const says = page.locator(".map-says");
    await page.locator(".map-overview").focus();
    for (let k = 0; k < 60; k++) await page.keyboard.press("ArrowDown");
    for (let k = 0; k < 60 && !(await says.innerText()).includes("100 % in use"); k++) {
      await page.keyboard.press("ArrowUp");
    }
    await page.locator(".map-closeup").focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => says.innerText()).toMatch(/ at 0x[0-9a-f]+ · [\w.]+, (raw|mem|object) domain · /);
    await shoot(page, "objects-map-1440-light");
    await page.close();
  });

  it("fits wide and narrow windows", async () => {
    await expectToFit((options) => open("both.html", options), ["types", "largest", "compare"], "objects-");
    expect(problems).toEqual([]);
  });
});
