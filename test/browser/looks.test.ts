// What the page of a trace looks like, in wide and narrow windows: nothing is cut, nothing covers something else, every
// colour has a name, and every row leads somewhere. Texts on canvases are noted when they are drawn.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../../src/page/build.js";
import { withSources } from "../../src/page/sources.js";
import { Spans } from "../../src/page/spans.js";
import { flamegraphPage } from "../../src/report/flamegraph.js";
import { placeBetween } from "../../viewer/timeline/peak.js";
import { canBrowse } from "../needs.js";
import { launchBrowser } from "./chromium.js";
import { openPage, savePage } from "./open.js";

const LONG = "src/a/folder/with/a/long/path/that/no/phone/has/room/for/application.py";
const LINE = `    kept = load("${"a long text, ".repeat(8)}")`;
const DEPTH = 60;
/** Microseconds: when the program begins, and between two of its blocks. */
const BEGIN = 100_000;
const STEP = 1000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

/** A program of half a second whose memory grows, falls at the end, has a deep stack, and a gap of addresses. */
async function makeFile(): Promise<string> {
  const spans = new Spans();
  spans.allocate(8, 40_000, 2, 0);
  spans.time(BEGIN);
  spans.program();
  spans.function({ name: "outer", file: LONG, firstLine: 1 });
  spans.function({ name: "load", file: LONG, firstLine: 10 });
  spans.function({ name: "find", file: "<frozen importlib._bootstrap>", firstLine: 5 });
  spans.node(0, 1, 2);
  for (let k = 1; k < DEPTH; k++) spans.node(k, 2, 11);
  spans.node(1, 3, 6);
  for (let k = 0; k < 400; k++) {
    // The second half of the blocks is far from the first.
    const address = 65_536 + 4096 * k + (k < 200 ? 0 : 2 ** 24);
    spans.allocate(address, k % 5 === 0 ? 64 : 3000, k % 3, k % 7 === 0 ? DEPTH + 1 : 1 + (k % DEPTH));
    spans.time(BEGIN + STEP * (k + 1));
  }
  for (let k = 0; k < 200; k++) {
    spans.free(65_536 + 4096 * k);
    spans.time(BEGIN + STEP * (401 + k / 2));
  }
  const data = buildPage(spans, { command: ["app.py"], started: "", python: "3.14.2", sample: 0, problem: null });
  const source = ["def outer():", LINE, ...Array.from({ length: 20 }, (_, k) => `    line_${k} = ${k}`)];
  const page = await flamegraphPage(withSources(data, (file) => (file === LONG ? source : [])));
  return savePage("app.html", page);
}

interface Drawn {
  readonly text: string;
  /** The ends, and the middle of the height, in CSS pixels of the canvas. */
  readonly left: number;
  readonly right: number;
  readonly y: number;
  readonly color: string;
}

/** Notes the texts of every canvas, as they were drawn last. Runs in the page. */
const NOTING = `
  const drawn = new WeakMap();
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...args) {
    drawn.set(this.canvas, []);
    return clearRect.apply(this, args);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const { width } = this.measureText(text);
    const before = { left: 0, start: 0, center: width / 2, right: width, end: width }[this.textAlign] ?? 0;
    const at = this.getTransform().transformPoint({ x: x - before, y });
    const end = this.getTransform().transformPoint({ x: x - before + width, y });
    const list = drawn.get(this.canvas) ?? [];
    const ratio = devicePixelRatio;
    list.push({ text, left: at.x / ratio, right: end.x / ratio, y: at.y / ratio, color: String(this.fillStyle) });
    drawn.set(this.canvas, list);
    return fillText.call(this, text, x, y, ...rest);
  };
  window.textsOf = (selector) => drawn.get(document.querySelector(selector)) ?? [];
`;

describe("the place of words between lines", () => {
  const words = { left: 40, width: 30 };

  it("is the best one if nothing is near", () => {
    expect(placeBetween(words, 200, [0, 200])).toBe(40);
    expect(placeBetween({ left: -20, width: 30 }, 200, [])).toBe(0);
    expect(placeBetween({ left: 190, width: 30 }, 200, [])).toBe(170);
  });

  it("is beside a line that would cross them, on the nearer side that has room", () => {
    expect(placeBetween(words, 200, [50])).toBe(58);
    expect(placeBetween(words, 200, [65])).toBe(27);
    expect(placeBetween({ left: 185, width: 30 }, 200, [0, 200])).toBe(162);
    expect(placeBetween({ left: -20, width: 30 }, 200, [0, 200])).toBe(8);
    expect(placeBetween(words, 200, [42, 200])).toBe(50);
  });

  it("crosses a line only if there is no other place", () => {
    expect(placeBetween({ left: 5, width: 30 }, 40, [20])).toBe(5);
  });
});

describe.runIf(canBrowse)("what the page looks like", () => {
  let browser: Browser;
  let address: string;
  const problems: string[] = [];

  beforeAll(async () => {
    address = await makeFile();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    expect(problems).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    await context.addInitScript(NOTING);
    const page = await openPage({ newPage: () => context.newPage() }, address, problems);
    page.on("close", () => void context.close().catch(() => undefined));
    return page;
  }

  const texts = (page: Page, canvas: string) => page.evaluate(`textsOf(${JSON.stringify(canvas)})`) as Promise<Drawn[]>;

  const box = async (page: Page, selector: string) => {
    const found = await page.locator(selector).first().boundingBox();
    if (!found) throw new Error(`${selector} is not visible`);
    return { ...found, right: found.x + found.width, bottom: found.y + found.height };
  };

  async function drag(page: Page, from: number, to: number): Promise<void> {
    const { x, y, width } = await box(page, ".selection");
    await page.mouse.move(x + width * from, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + width * to, y + 40, { steps: 3 });
    await page.mouse.up();
  }

  it.each([1440, 390])("has marks of time that are neither cut nor crowded, %i pixels wide", async (width) => {
    const page = await open({ viewport: { width, height: 844 } });
    const room = (await box(page, ".plot")).width;
    const check = async () => {
      const marks = (await texts(page, ".plot canvas")).filter(({ text }) => /^[\d.]+ m?s$/.test(text));
      expect(marks.length).toBeGreaterThan(1);
      marks.sort((a, b) => a.left - b.left);
      marks.forEach(({ text, left, right }, k) => {
        expect(left, text).toBeGreaterThanOrEqual(0);
        expect(right, text).toBeLessThanOrEqual(room);
        expect(left - (marks[k - 1]?.right ?? Number.NEGATIVE_INFINITY), text).toBeGreaterThan(4);
      });
    };
    await check();
    for (let k = 0; k < 3; k++) {
      await drag(page, 0.4, 0.45);
      await page.getByRole("button", { name: "Zoom in" }).click();
      await expect.poll(() => texts(page, ".plot canvas")).not.toEqual([]);
      await check();
    }
    await page.close();
  });

  it("has no empty strip below the marks of time", async () => {
    const page = await open();
    const axis = await box(page, ".u-axis");
    expect((await box(page, ".span-says")).y - axis.bottom).toBeLessThanOrEqual(12);
    await page.close();
  });

  it("shades all that is not picked, up to the ends of the plot", async () => {
    const page = await open();
    await drag(page, 0.3, 0.6);
    const plot = await box(page, ".u-over");
    const [before, after] = [await box(page, ".shade.before"), await box(page, ".shade.after")];
    // A line at the border of the plot reaches at least one pixel beyond it.
    expect(before.x).toBeLessThanOrEqual(plot.x - 1);
    expect(after.right).toBeGreaterThanOrEqual(plot.right + 1);
    expect(Math.abs(before.right - (plot.x + 0.3 * plot.width))).toBeLessThan(6);
    expect(Math.abs(after.x - (plot.x + 0.6 * plot.width))).toBeLessThan(6);
    await page.close();
  });

  it("has words at the peak that no handle crosses, wherever the span ends", async () => {
    const page = await open();
    for (const to of [0.55, 0.62, 0.7, 0.78, 0.9]) {
      await drag(page, to - 0.12, to);
      await expect.poll(() => page.locator(".peak-words").isVisible()).toBe(true);
      const words = await box(page, ".peak-words");
      for (const end of ["from", "to"]) {
        const { x, width } = await box(page, `.handle.${end}`);
        const line = x + width / 2;
        expect(line <= words.x - 4 || line >= words.right + 4, `${end} of a span to ${to}`).toBe(true);
      }
      await page.getByRole("button", { name: "Whole program" }).click();
    }
    await page.close();
  });

  it("says where the program begins above the plot, where no handle is", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Interpreter's start" }).click();
    const top = (await box(page, ".u-over")).y - (await box(page, ".plot")).y;
    await expect.poll(async () => (await texts(page, ".plot canvas")).map(({ text }) => text)).toContain("program");
    const label = (await texts(page, ".plot canvas")).find(({ text }) => text === "program");
    expect(label?.y).toBeLessThanOrEqual(top);
    await page.close();
  });

  it("has figures of the span that was picked, at its own times", async () => {
    const page = await open();
    await drag(page, 0.305, 0.6104);
    const [, to = ""] = /to ([\d.]+) m?s$/.exec(await page.locator(".span-says").innerText()) ?? [];
    const end = page.locator('.figures div:has(dt:text-is("Live at the end")) dd.detail');
    await expect.poll(() => end.innerText()).toMatch(new RegExp(`^after ${to} m?s, `));
    await page.close();
  });

  it("has a name for every colour, and colours that differ", async () => {
    const page = await open();
    const unnamed = async (panel: string) =>
      (await page.locator(`${panel} .legend li`).allInnerTexts()).filter((text) => text.trim() === "");
    await expect.poll(() => unnamed("#panel-flame")).toEqual([]);
    const fills = await page
      .locator("#panel-flame .swatch")
      .evaluateAll((all) => all.map((swatch) => getComputedStyle(swatch).backgroundColor));
    const rgb = fills.map((fill) => (fill.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number));
    rgb.forEach((a, i) => {
      for (const b of rgb.slice(i + 1)) {
        expect(Math.hypot(...a.map((value, k) => value - (b[k] ?? 0))), fills.join(" ")).toBeGreaterThan(30);
      }
    });
    await page.locator("#tab-map").click();
    for (const name of ["Owner", "Size class", "Domain", "Age", "How full"]) {
      await page.locator("#panel-map").getByRole("radio", { name, exact: true }).click();
      await expect.poll(() => unnamed("#panel-map"), { message: name }).toEqual([]);
      const legend = await page.locator("#panel-map .legend").innerText();
      expect(legend, name).toMatch(/\bfree\b[\s\S]*unused addresses left out/);
      // A scale has a name at each end.
      if (name === "Age") expect(legend).toMatch(/newest[\s\S]*oldest/);
    }
    await page.locator("#tab-sizes").click();
    await expect.poll(() => unnamed("#panel-sizes")).toEqual([]);
    await page.close();
  });

  it("marks the chosen square of the map among its rows of blocks, and begins with one of the program", async () => {
    const page = await open();
    await page.locator("#tab-map").click();
    const says = page.locator(".map-says");
    await expect.poll(() => says.innerText()).toMatch(/mostly (outer|load) /);
    await page.locator(".map-overview").focus();
    await page.keyboard.press("End");
    const [chosen = ""] = (await says.innerText()).split(" ");
    // Successive frames with the same line are one entry.
    await page.locator(".map-closeup").focus();
    for (let k = 0; k < 8 && !(await says.innerText()).includes("×"); k++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => says.innerText()).toMatch(/ · load \S+:11 × \d+ ← outer \S+:2 Show load$/);
    await page.locator(".map-overview").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("End");
    const labels = () => texts(page, ".map-closeup canvas");
    await expect.poll(async () => (await labels()).map(({ text }) => text)).toContain(chosen);
    const all = await labels();
    const mark = all.find(({ text }) => text === chosen)?.color;
    expect(all.filter(({ color }) => color === mark).map(({ text }) => text)).toEqual([chosen]);
    await page.close();
  });

  it("leads from every row of the table somewhere, from wherever in the row", async () => {
    const page = await open();
    const details = page.getByRole("complementary", { name: "Selected function" });
    for (const [grouping, leads] of [
      ["function", "details"],
      ["line", "details"],
      ["file", "flame"],
      ["module", "flame"],
    ] as const) {
      await page.locator("#tab-table").click();
      await page.locator(`.table [data-value=${grouping}]`).click();
      await page.locator("input[type=search]").fill("");
      await page.locator("tbody tr").first().locator("td").last().click();
      if (leads === "details") {
        await expect.poll(() => details.isVisible()).toBe(true);
        await page.keyboard.press("Escape");
        await expect.poll(() => details.isVisible()).toBe(false);
      } else await expect.poll(() => page.locator("#tab-flame").getAttribute("aria-selected")).toBe("true");
    }
    await page.close();
  });

  it("shows each line of the program with its source, and its own figure only where there is another one", async () => {
    const page = await open();
    await page.locator("#tab-table").click();
    await page.getByRole("radio", { name: "Line" }).click();
    await expect
      .poll(() =>
        page
          .locator("tbody tr", { hasText: `${LONG}:2` })
          .locator("code")
          .innerText(),
      )
      .toBe(LINE.trim());
    await expect.poll(() => page.locator("#panel-table thead").innerText()).toMatch(/Own ↓\s+Total\s+Blocks/);
    await page.getByRole("radio", { name: "Domain" }).click();
    await expect.poll(() => page.locator("#panel-table thead").innerText()).toMatch(/Bytes ↓\s+Blocks/);
    await page.close();
  });

  it("cuts a long name, and not its place", async () => {
    const page = await open({ viewport: { width: 1150, height: 900 } });
    await page.locator("#tab-table").click();
    await page.locator("tbody .link", { hasText: /^outer$/ }).click();
    const names = page.locator(".what");
    await expect.poll(() => names.first().isVisible()).toBe(true);
    let checked = 0;
    for (const place of await names.locator("small bdi").all()) {
      if (!(await place.innerText()).includes("application.py")) continue;
      checked++;
      const [shown, room] = [await place.boundingBox(), await place.locator("xpath=ancestor::th").boundingBox()];
      expect((shown?.x ?? 0) + (shown?.width ?? 0)).toBeLessThanOrEqual((room?.x ?? 0) + (room?.width ?? 0) + 1);
    }
    expect(checked).toBeGreaterThan(0);
    await page.close();
  });

  it("has bars that show shares, and none for nothing", async () => {
    const page = await open(PHONE);
    await page.locator("#tab-table").tap();
    const rows = await page.locator("tbody tr").evaluateAll((trs) =>
      trs.map((tr) => {
        const bar = tr.querySelector(".bar");
        const [own = ""] = tr.querySelector("td")?.innerText.split("\n") ?? [];
        return { own, width: bar?.clientWidth ?? 0, hasBar: bar !== null };
      }),
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const { own, width, hasBar } of rows) {
      expect(hasBar, own).toBe(!own.startsWith("0 B"));
      // The bar must be so wide that a share of a tenth is visible.
      if (hasBar) expect(width, own).toBeGreaterThan(40);
    }
    await page.close();
  });

  it.each([390, 360])("cuts no button, and no line of source, %i pixels wide", async (width) => {
    const page = await open({ ...PHONE, viewport: { width, height: 844 } });
    const cut = (selector: string) =>
      page
        .locator(selector)
        .evaluateAll((all) =>
          all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className),
        );
    // A number and its unit are in one line.
    const lines = await page
      .locator(".detail .size")
      .evaluateAll((all) => all.map((each) => each.getClientRects().length));
    expect(lines.length).toBeGreaterThan(3);
    expect(new Set(lines)).toEqual(new Set([1]));
    for (const tab of ["flame", "table", "map", "sizes"]) {
      await page.locator(`#tab-${tab}`).tap();
      await expect.poll(() => cut(".segments"), { message: tab }).toEqual([]);
    }
    await page.locator("#tab-table").tap();
    await page.locator("tbody .link", { hasText: /^outer$/ }).tap();
    await expect.poll(() => page.locator(".source").isVisible()).toBe(true);
    await expect.poll(() => cut(".source, .source li, .source code")).toEqual([]);
    await expect.poll(() => page.locator(".source").innerText()).toContain(LINE.trim());
    await page.close();
  });

  it("shows the file and the line of a path for which a phone has no room", async () => {
    const page = await open(PHONE);
    await page.locator("#tab-table").tap();
    const ends = await page.locator("tbody small bdi").evaluateAll((all) =>
      all
        .filter((each) => each.textContent?.includes("application.py"))
        .map((each) => {
          const range = document.createRange();
          const text = each.firstChild as Text;
          range.setStart(text, text.data.indexOf("application.py"));
          range.setEnd(text, text.data.length);
          const [shown, room] = [range.getBoundingClientRect(), each.closest("th")?.getBoundingClientRect()];
          return room !== undefined && shown.left >= room.left - 1 && shown.right <= room.right + 1;
        }),
    );
    expect(ends.length).toBeGreaterThan(0);
    expect(new Set(ends)).toEqual(new Set([true]));
    await page.close();
  });

  it("shows that the flame graph goes on below", async () => {
    const page = await open();
    const goesOn = () =>
      page.locator(".flame-scroller").evaluate((scroller) => getComputedStyle(scroller).maskImage !== "none");
    await expect.poll(goesOn).toBe(true);
    await page.locator(".flame-scroller").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await expect.poll(goesOn).toBe(false);
    await page.close();
  });
});
