// The page of a trace in Chromium: clicked, dragged, searched, controlled with keys. It opens from a file, and makes no
// requests. Screenshots of every tab, wide and narrow, light and dark, go to build/screenshots/ if SCREENSHOTS is set.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../command.js";
import { canBrowse } from "../needs.js";
import { launchBrowser } from "./chromium.js";
import { focusedText, openPage } from "./open.js";
import { expectToFit } from "./windows.js";

const TABS = ["flame", "table", "map", "sizes"] as const;
const PROGRAM = `
import colorsys, json
class Order:
    def __init__(self, n):
        self.lines = [{"item": f"item {n} {k}", "price": k * 1.5} for k in range(8)]
def load(count):
    return [Order(n) for n in range(count)]
def summarise(orders):
    return json.dumps([order.lines for order in orders])
kept = []
for round in range(4):
    orders = load(1500)
    text = summarise(orders)
    kept.append(orders[:300])
`;

/** The page of a small program, as a file. */
function makePage(...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  const [script, trace, page] = ["orders.py", "orders.trace", "orders.html"].map((name) => join(folder, name));
  writeFileSync(script ?? "", PROGRAM);
  const run = (...args: string[]) => command(args, { cwd: folder });
  expect(run("run", "--quiet", "--trace", trace ?? "", ...options, "orders.py")).toMatchObject({
    status: 0,
    stderr: "",
  });
  expect(run("report", "flamegraph", trace ?? "")).toMatchObject({ status: 0, stdout: "" });
  return pathToFileURL(page ?? "").href;
}

describe.runIf(canBrowse)("the page of a trace", () => {
  let browser: Browser;
  let address: string;
  const problems: string[] = [];

  beforeAll(async () => {
    address = makePage();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  const open = (options?: BrowserContextOptions) => openPage(browser, address, problems, options);

  const figure = (page: Page, name: string) =>
    page.locator(`.figures div:has(dt:text-is("${name}")) dd`).first().innerText();

  it("shows what the trace has, and asks nobody for anything", async () => {
    const page = await open();
    await expect.poll(() => page.locator("h1").innerText()).toBe("orders.py");
    await expect.poll(() => figure(page, "Peak")).toMatch(/^\d+\.\d MiB$/);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("zooms the flame graph with a click and back with the path", async () => {
    const page = await open();
    const flames = page.locator(".flame-scroller");
    await flames.click({ position: { x: 200, y: 36 } });
    await expect.poll(() => page.locator(".path .step").count()).toBe(2);
    await page.locator(".path .step").first().click();
    await expect.poll(() => page.locator(".path .step").allInnerTexts()).toEqual(["All"]);
    await page.close();
  });

  it("says beside the pointer what a frame is", async () => {
    const page = await open();
    await page.locator(".flame-scroller").hover({ position: { x: 200, y: 36 } });
    await expect.poll(() => page.locator(".note").innerText()).toMatch(/MiB, \d+ %[\s\S]*orders\.py:\d+/);
    // The line that has most of the frame's sum.
    await expect.poll(() => page.locator(".note code").innerText()).toBe("orders = load(1500)");
    await page.close();
  });

  it("is walked through with keys", async () => {
    const page = await open();
    await page.locator(".flame-scroller").focus();
    await page.keyboard.press("ArrowDown");
    const first = await page.locator(".flame-says").innerText();
    expect(first).toMatch(/MiB, \d+ % · .*, and other lines/);
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.locator(".flame-says").innerText()).not.toBe(first);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator(".path .step").count()).toBe(3);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(".path .step").count()).toBe(2);
    await page.locator("#tab-flame").focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator("#tab-table").getAttribute("aria-selected")).toBe("true");
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("tab-table");
    const chosen = page.locator("[aria-label='What is shown'] [aria-checked=true]");
    await chosen.focus();
    for (const name of ["End", "Leaks", "Temporary", "Allocated", "Peak", "End"]) {
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => chosen.innerText()).toBe(name);
    }
    await expect.poll(() => page.evaluate("document.activeElement.textContent")).toBe("End");
    await page.close();
  });

  it("searches, in the flame graph and in the table", async () => {
    const page = await open();
    await page.keyboard.press("/");
    await page.keyboard.type("load");
    await expect
      .poll(() => page.locator(".flame-says").innerText())
      .toMatch(/“load” is on the stack of \d.* MiB, \d+ %/);
    await page.locator("#tab-table").click();
    const labels = await page.locator("tbody th .link").allInnerTexts();
    expect(labels.length).toBeGreaterThan(0);
    expect(labels).toContain("load");
    await page.locator("input[type=search]").fill("no such function");
    await expect.poll(() => page.locator(".table .empty").innerText()).toBe("Nothing is called “no such function”.");
    await page.close();
  });

  it("sorts the table by a column, and back", async () => {
    const page = await open();
    await page.locator("#tab-table").click();
    const blocks = async () =>
      (await page.locator("tbody td:last-child span").allInnerTexts()).map((text) => Number(text.replaceAll(",", "")));
    await page.locator("thead button", { hasText: "Blocks" }).click();
    const down = await blocks();
    expect(down).toEqual([...down].sort((a, b) => b - a));
    await expect.poll(() => page.locator("thead th[aria-sort=descending]").innerText()).toBe("Blocks ↓");
    await page.locator("thead button", { hasText: "Blocks" }).click();
    const up = await blocks();
    expect(up).toEqual([...up].sort((a, b) => a - b));
    expect(up).not.toEqual(down);
    await page.locator(".table [data-value=module]").click();
    await page.locator("input[type=search]").fill("orders");
    await expect.poll(() => page.locator("tbody th .link").allInnerTexts()).toContain("orders");
    await page.close();
  });

  /** The seconds at which a handle of the timeline is, and the least and most seconds that it can have. */
  async function handle(page: Page, name: string): Promise<{ now: number; least: number; most: number }> {
    const slider = page.getByRole("slider", { name });
    const [now = 0, least = 0, most = 0] = await Promise.all(
      ["now", "min", "max"].map(async (what) => Number(await slider.getAttribute(`aria-value${what}`))),
    );
    return { now, least, most };
  }

  /** Drags over the timeline between two places, which are from 0 to 1. */
  async function drag(page: Page, from: number, to: number): Promise<void> {
    const box = await page.locator(".selection").boundingBox();
    if (!box) throw new Error("the timeline has no place");
    await page.mouse.move(box.x + box.width * from, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, box.y + 60, { steps: 5 });
    await page.mouse.up();
  }

  it("shows a function by itself: its lines of source, who calls it, whom it calls", async () => {
    const page = await open();
    const details = page.getByRole("complementary", { name: "Selected function" });
    await expect.poll(() => details.isVisible()).toBe(false);
    await page.locator("#tab-table").click();
    await page.locator("tbody th .link", { hasText: /^load$/ }).click();
    const text = await details.innerText();
    expect(text).toMatch(/^load\norders\.py:6 · program\n/);
    expect(text).toMatch(/7\n[\d.]+ MiB\n {4}return \[Order\(n\) for n in range\(count\)\]/);
    expect(text).toMatch(/Called from\s+<module> orders\.py\s+[\d.]+ MiB\s*100 %\s+orders\.py:12/);
    await details.getByRole("button", { name: "Order.__init__" }).click();
    await expect.poll(() => details.innerText()).toMatch(/Called from\s+load\s/);
    await expect.poll(() => page.locator("#tab-table").getAttribute("aria-selected")).toBe("true");
    // The keyboard is in the details until they are closed, then at the row that opened them.
    await expect.poll(() => focusedText(page)).toBe("Order.__init__");
    await details.getByRole("button", { name: "Back" }).click();
    await expect.poll(() => details.locator("h3").innerText()).toBe("load");
    await expect.poll(() => details.getByRole("button", { name: "Back" }).isVisible()).toBe(false);
    await page.keyboard.press("Escape");
    await expect.poll(() => details.isVisible()).toBe(false);
    await expect.poll(() => focusedText(page)).toBe("load");
    await page.locator("#tab-flame").click();
    await page.locator(".flame-scroller").click({ position: { x: 200, y: 36 } });
    await expect.poll(() => details.innerText()).toMatch(/^<module> orders\.py\n/);
    await page.getByRole("button", { name: "Inverted" }).click();
    await page.locator(".flame-scroller").click({ position: { x: 200, y: 36 } });
    await expect.poll(() => details.innerText()).toMatch(/^Order\.__init__\n/);
    await page.close();
  });

  it("leads from a row of the table to its frames in the flame graph", async () => {
    const page = await open();
    await page.locator("#tab-table").click();
    await page.locator("tbody th .link", { hasText: /^load$/ }).click();
    await page.getByRole("button", { name: "Find in the flame graph" }).click();
    await expect.poll(() => page.locator("#tab-flame").getAttribute("aria-selected")).toBe("true");
    await expect.poll(() => page.locator("input[type=search]").inputValue()).toBe("load");
    await expect
      .poll(() => page.locator(".flame-says").innerText())
      .toMatch(/“load” is on the stack of \d.* MiB, \d+ %/);
    await page.close();
  });

  it("hides the machinery of imports, and frames below a share, and names the file of a module", async () => {
    const page = await open();
    const rows = async () => Number((await page.locator(".flame-space").evaluate((space) => space.clientHeight)) / 24);
    const machinery = page.getByRole("button", { name: "Import machinery" });
    await page.getByRole("radio", { name: "Allocated" }).click();
    await expect.poll(() => machinery.getAttribute("aria-pressed")).toBe("false");
    const hidden = await rows();
    await machinery.click();
    await expect.poll(() => rows()).toBeGreaterThan(hidden);
    await machinery.click();
    await page.getByRole("radio", { name: "≥ 1 %" }).click();
    await expect.poll(() => rows()).toBeLessThanOrEqual(hidden);
    await page.locator(".flame-scroller").focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.locator(".flame-says").innerText()).toMatch(/^<module> orders\.py · /);
    await page.close();
  });

  it("follows the span that is dragged over the timeline, or set with its handles", async () => {
    const page = await open();
    const allocated = await figure(page, "Allocated");
    await drag(page, 0.3, 0.6);
    await expect.poll(() => figure(page, "Allocated")).not.toBe(allocated);
    await expect.poll(() => page.locator(".span-says").innerText()).toMatch(/^Picked: [\d.]+ m?s to [\d.]+ m?s$/);
    // The words are above the shades, so that they can be read beyond the span.
    await expect
      .poll(() => page.locator(".u-over > .selection ~ .peak-words").innerText())
      .toMatch(/^peak [\d.]+ MiB$/);
    const whole = page.getByRole("button", { name: "Whole program" });
    await whole.click();
    await expect.poll(() => figure(page, "Allocated")).toBe(allocated);
    const begin = page.getByRole("slider", { name: "Begin of the span" });
    await begin.focus();
    for (let k = 0; k < 8; k++) await page.keyboard.press("ArrowRight");
    const { now, least, most } = await handle(page, "Begin of the span");
    expect((now - least) / (most - least)).toBeCloseTo(0.08, 1);
    // The figures follow, as for the drag; in the first moments, the program may allocate too little to change them.
    await expect.poll(() => page.locator(".span-says").innerText()).toMatch(/^Picked: [\d.]+ m?s to [\d.]+ m?s$/);
    await page.close();
  });

  it("picks what is dragged, to a hundredth of what is seen, also closer and with the interpreter's start", async () => {
    const page = await open();
    let sight = await handle(page, "Begin of the span");
    const expectPicked = async (from: number, to: number) => {
      await drag(page, from, to);
      const [begin, end] = [await handle(page, "Begin of the span"), await handle(page, "End of the span")];
      const seen = sight.most - sight.least;
      expect(Math.abs(begin.now - (sight.least + from * seen))).toBeLessThanOrEqual(seen / 100);
      expect(Math.abs(end.now - (sight.least + to * seen))).toBeLessThanOrEqual(seen / 100);
      return { ...sight, least: begin.now, most: end.now };
    };
    await expectPicked(0.2, 0.4);
    await expectPicked(0.5, 0.9);
    const closer = await expectPicked(0.31, 0.62);
    await page.getByRole("button", { name: "Zoom in" }).click();
    sight = closer;
    await expectPicked(0.2, 0.4);
    await page.getByRole("button", { name: "Zoom out" }).click();
    await page.getByRole("button", { name: "Interpreter's start" }).click();
    await page.getByRole("button", { name: "Whole recording" }).click();
    sight = await handle(page, "Begin of the span");
    await expectPicked(0.2, 0.4);
    await expectPicked(0.5, 0.9);
    await page.close();
  });

  it("marks the collector's runs on the timeline, and says what they did", async () => {
    const page = await open();
    const words = page.locator(".timeline .legend li").last();
    await expect.poll(() => words.innerText()).toMatch(/^\d+ garbage collections, [\d.]+ m?s$/);
    // Moves from left to right until the pointer is at a mark.
    const plot = page.locator(".selection");
    const { width = 0 } = (await plot.boundingBox()) ?? {};
    const says = page.locator(".span-says");
    let found = "";
    for (let x = 4; x < width && found === ""; x += 6) {
      await plot.hover({ position: { x, y: 40 } });
      const text = await says.innerText();
      if (text.includes("found")) found = text;
    }
    expect(found).toMatch(
      /· (generation \d collected|\d+ collections, up to generation \d) in [\d.]+ m?s, [\d,]+ objects? found$/,
    );
    await page.close();
  });

  it("has a map whose blocks say what they are", async () => {
    const page = await open();
    await page.locator("#tab-map").click();
    await page.locator(".map-overview").focus();
    for (let k = 0; k < 40; k++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator(".map-says").innerText()).toMatch(/^0x[0-9a-f]+ · /);
    await page.locator(".map-closeup").focus();
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.locator(".map-says").innerText())
      .toMatch(/ at 0x[0-9a-f]+ · (raw|mem|object) domain · since /);
    await page.locator(".map-closeup").hover({ position: { x: 300, y: 60 } });
    await expect.poll(() => page.locator(".note").innerText()).toMatch(/domain|free/);
    const says = page.locator(".map-says");
    // A click, or a tap, on a block does the same.
    await page.locator(".map-closeup").click({ position: { x: 120, y: 60 } });
    await expect.poll(() => says.innerText()).toMatch(/domain · since |% in use/);
    // The last square is the program's, the first one of the interpreter's start.
    await page.locator(".map-overview").focus();
    await page.keyboard.press("Home");
    await expect.poll(() => says.innerText()).toMatch(/% in use · mostly interpreter start$/);
    await page.keyboard.press("End");
    for (let k = 0; k < 200 && !(await says.innerText()).includes("orders.py"); k++) {
      await page.keyboard.press("ArrowLeft");
    }
    await expect.poll(() => says.innerText()).toMatch(/% in use · mostly \S+ orders\.py:\d+ Show \S+$/);
    await says.getByRole("button").click();
    await expect.poll(() => page.locator("#tab-table").getAttribute("aria-selected")).toBe("true");
    const details = page.getByRole("complementary", { name: "Selected function" });
    await expect.poll(() => details.innerText()).toMatch(/orders\.py:\d+ · program/);
    await page.close();
  });

  it("gets out of the way on a phone, when it has found a function in the flame graph", async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await page.locator("#tab-table").tap();
    await page.locator("tbody th .link", { hasText: /^summarise$/ }).tap();
    const details = page.getByRole("complementary", { name: "Selected function" });
    // Paths that are cut at their beginning keep their order.
    const place = details.locator(".calls .place bdi").first();
    await expect.poll(() => place.innerText()).toMatch(/^orders\.py:\d+$/);
    await details.getByRole("button", { name: "Find in the flame graph" }).tap();
    await expect.poll(() => details.isVisible()).toBe(false);
    await expect.poll(() => page.locator(".flame-scroller").isVisible()).toBe(true);
    const bottom = await page.locator(".flame-scroller").evaluate((graph) => graph.getBoundingClientRect().top);
    expect(bottom).toBeLessThan(844);
    await page.close();
  });

  it("has a map of the moment that is looked at: the highest of the span, or its end", async () => {
    const page = await open();
    // The map shows everything in memory.
    await page.getByRole("button", { name: "Interpreter's start" }).click();
    await page.locator("#tab-map").click();
    const map = page.locator("#panel-map");
    const view = (name: string) => page.getByRole("radio", { name, exact: true }).click();
    const blocksInMap = async () => Number(/ · ([\d,]+) blocks/.exec(await map.innerText())?.[1]?.replaceAll(",", ""));
    const blocksAtEnd = async () => {
      const text = await page.locator('.figures div:has(dt:text-is("Live at the end")) dd.detail').innerText();
      return Number(/in ([\d,]+) blocks/.exec(text)?.[1]?.replaceAll(",", ""));
    };
    await expect.poll(() => map.innerText()).toMatch(/At the peak, after [\d.]+ s/);
    const atPeak = await blocksInMap();
    await expect.poll(() => page.getByRole("radio", { name: "Temporary" }).isVisible()).toBe(false);
    await view("End");
    await expect.poll(() => map.innerText()).toContain("At the end of the recording");
    await expect.poll(() => blocksInMap()).toBe(await blocksAtEnd());
    await expect.poll(() => blocksInMap()).toBeLessThan(atPeak);
    await page.getByRole("slider", { name: "End of the span" }).focus();
    const last = await map.locator("canvas").first().screenshot();
    await page.keyboard.press("PageDown");
    // The nearest moment of the map.
    await expect.poll(() => map.innerText()).toMatch(/At the nearest moment that is known, after [\d.]+ s/);
    await expect.poll(() => blocksInMap()).toBeGreaterThan(0);
    expect((await map.locator("canvas").first().screenshot()).equals(last)).toBe(false);
    const legend = map.locator(".legend");
    await page.getByRole("slider", { name: "Begin of the span" }).focus();
    await page.keyboard.press("PageUp");
    expect(await legend.innerText()).not.toContain("not of the span");
    await view("Leaks");
    await expect.poll(() => legend.innerText()).toContain("not of the span");
    await page.close();
  });

  it("says of a sampled recording what its figures are worth, and that the map has only what was sampled", async () => {
    const page = await browser.newPage();
    await page.goto(makePage("--sample", "32KiB"));
    // Every figure is an estimate, in the interval that is shown.
    const parts = /^≈ ([\d.]+) (\w+)\nafter [\d.]+ m?s, very likely ([\d.]+) (\w+) to ([\d.]+) (\w+)$/;
    const peak = await page.locator('.figures div:has(dt:text-is("Peak"))').innerText();
    const [, ...sizes] = parts.exec(peak.replace(/^Peak\s+/, "").replace(/\n+/, "\n")) ?? [];
    const inBytes = (k: number) =>
      Number(sizes[2 * k]) * { KiB: 1024, MiB: 2 ** 20 }[sizes[2 * k + 1] as "KiB" | "MiB"];
    expect(inBytes(1), peak).toBeLessThan(inBytes(0));
    expect(inBytes(2), peak).toBeGreaterThan(inBytes(0));
    await page.locator("#tab-map").click();
    const map = page.locator("#panel-map");
    await expect.poll(() => map.innerText()).toMatch(/only what was sampled: [\d,]+ blocks/);
    await expect.poll(() => map.innerText()).toMatch(/% in sampled blocks/);
    await expect.poll(() => page.getByRole("radio", { name: "How full" }).isVisible()).toBe(false);
    await page.close();
  });

  it("opens on what the program added, with the interpreter's start as one figure", async () => {
    const page = await open();
    const start = page.getByRole("button", { name: "Interpreter's start" });
    const flames = async () => (await page.locator(".figures dd").first().innerText()).replace(/ .*/, "");
    const [own, base] = [Number(await flames()), Number.parseFloat(await figure(page, "Interpreter's start"))];
    const allocated = await figure(page, "Allocated");
    expect(base).toBeGreaterThan(5);
    const { least } = await handle(page, "Begin of the span");
    expect(least).toBe(0);
    await start.click();
    await expect.poll(() => start.getAttribute("aria-pressed")).toBe("true");
    expect((await handle(page, "Begin of the span")).least).toBeLessThan(0);
    await expect
      .poll(() => page.locator(".span-says").innerText())
      .toContain("Times count from the beginning of the program.");
    expect(Number(await flames())).toBeGreaterThanOrEqual(own + base - 0.2);
    await start.click();
    await expect.poll(() => figure(page, "Allocated")).toBe(allocated);
    await page.close();
  });

  it("is dark and light, as the system says or as one chooses", async () => {
    const ground = (page: Page) => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const dark = await open({ colorScheme: "dark" });
    const light = await open({ colorScheme: "light" });
    const [darkGround, lightGround] = [await ground(dark), await ground(light)];
    expect(darkGround).not.toBe(lightGround);
    await dark.locator(".head .icon").click();
    await expect.poll(() => ground(dark)).toBe(lightGround);
    await dark.close();
    await light.close();
  });

  it("draws a frame of the flame graph once, with what is in sight, and measures no text again", async () => {
    const page = await open();
    const drawn = await page.evaluate(async () => {
      const scroller = document.querySelector(".flame-scroller") as HTMLElement;
      const context = CanvasRenderingContext2D.prototype;
      const { roundRect, fillRect, measureText } = context;
      const frame = { boxes: 0, outside: 0, measured: 0 };
      const note = (y: number, height: number) => {
        frame.boxes++;
        if (y + height <= 0 || y >= scroller.clientHeight + height) frame.outside++;
      };
      context.roundRect = function (x, y, width, height, radius) {
        note(y, height);
        roundRect.call(this, x, y, width, height, radius);
      };
      context.fillRect = function (x, y, width, height) {
        note(y, height);
        fillRect.call(this, x, y, width, height);
      };
      context.measureText = function (text) {
        frame.measured++;
        return measureText.call(this, text);
      };
      const frames: (typeof frame)[] = [];
      for (const events of [1, 20]) {
        Object.assign(frame, { boxes: 0, outside: 0, measured: 0 });
        for (let k = 0; k < events; k++) scroller.dispatchEvent(new Event("scroll"));
        for (let k = 0; k < 2; k++) await new Promise((done) => requestAnimationFrame(done));
        frames.push({ ...frame });
      }
      return frames;
    });
    expect(drawn[0]?.boxes).toBeGreaterThan(10);
    expect(drawn).toEqual(Array(2).fill({ boxes: drawn[0]?.boxes, outside: 0, measured: 0 }));
    await page.close();
  });

  it("fits wide and narrow windows", async () => {
    await expectToFit(open, TABS);
    expect(problems).toEqual([]);
  });
});
