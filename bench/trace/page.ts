// Measures a page in headless Chromium: how long it takes to appear, its memory, and its frames while it is scrolled or
// the timeline's handle is dragged. It measures speedscope, too, which shows the flame graph of the same trace.

import { fileURLToPath, pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const SPEEDSCOPE = fileURLToPath(new URL("../../../node_modules/speedscope/dist/release/index.html", import.meta.url));

export interface PageFigures {
  /** The seconds from the navigation until something is drawn, and until everything is. */
  readonly paints: number;
  readonly opens: number;
  /** The bytes of the page's JavaScript heap, with its buffers, without garbage. */
  readonly bytes: number;
  /** The milliseconds from one frame to the next: the median, and the value that 95 of 100 are below. */
  readonly scroll: Frames;
  readonly drag: Frames;
}

export interface Frames {
  readonly median: number;
  readonly slow: number;
}

export interface SpeedscopeFigures {
  /** The seconds from the choice of the file until its flame graph is drawn. */
  readonly opens: number;
  readonly bytes: number;
}

const STEPS = 60;

function framesOf(times: readonly number[]): Frames {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { median: at(0.5), slow: at(0.95) };
}

/** The milliseconds between some frames. The element that `scrolled` selects is scrolled by a step in each frame. */
function frames(page: Page, scrolled?: string): Promise<number[]> {
  return page.evaluate(
    ([at, steps]) =>
      new Promise<number[]>((done) => {
        const inner = at === undefined ? null : document.querySelector(at);
        const scroller = inner && inner.scrollHeight > inner.clientHeight ? inner : document.documentElement;
        const times: number[] = [];
        let before = performance.now();
        const step = (now: number) => {
          times.push(now - before);
          before = now;
          if (at !== undefined) scroller.scrollTop += 90;
          if (times.length < steps) requestAnimationFrame(step);
          else done(times.slice(1));
        };
        requestAnimationFrame(step);
      }),
    [scrolled, STEPS] as const,
  );
}

/** Drags the end of the span over half of the timeline. Returns the milliseconds between frames. */
async function drag(page: Page): Promise<number[]> {
  const box = await page.locator(".selection").boundingBox();
  if (!box) throw new Error("Cannot measure a drag: the timeline has no place");
  const [y, right] = [box.y + box.height / 2, box.x + box.width];
  await page.mouse.move(right, y);
  await page.mouse.down();
  const times = frames(page);
  let isOver = false;
  void times.then(() => {
    isOver = true;
  });
  for (let k = 0; !isOver; k++) await page.mouse.move(right - (box.width / 2) * ((k % STEPS) / STEPS), y);
  await page.mouse.up();
  return times;
}

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize = 0 } = (await session.send("Runtime.getHeapUsage")) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  return usedSize + backingStorageSize;
}

async function withBrowser<T>(what: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    return await what(browser);
  } finally {
    await browser.close();
  }
}

export function measurePage(file: string): Promise<PageFigures> {
  return withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const begun = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready=yes]");
    const opens = (performance.now() - begun) / 1000;
    await page.waitForTimeout(300);
    const paints = await page.evaluate(
      () => (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0) / 1000,
    );
    const bytes = await heapOf(page);
    const dragged = await drag(page);
    const scrolled = await frames(page, ".flame-scroller");
    await page.locator("#tab-table").click();
    await page.waitForTimeout(300);
    scrolled.push(...(await frames(page, ".table-scroller")));
    return { paints, opens, bytes, drag: framesOf(dragged), scroll: framesOf(scrolled) };
  });
}

/** Measures how fast speedscope shows a file in its own format. */
export function measureSpeedscope(file: string): Promise<SpeedscopeFigures> {
  return withBrowser(async (browser) => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(pathToFileURL(SPEEDSCOPE).href);
    const input = page.locator("input[type=file]").first();
    const begun = performance.now();
    await input.setInputFiles(file);
    await page.getByText("Sandwich").waitFor();
    const opens = (performance.now() - begun) / 1000;
    return { opens, bytes: await heapOf(page) };
  });
}
