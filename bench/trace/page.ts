// How fast a page is in headless Chromium: until it is there, and while its table and its flame graph are scrolled.

import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";

export interface PageFigures {
  /** Seconds from the navigation until everything is drawn. */
  readonly opens: number;
  /** Milliseconds from one frame to the next while scrolling: the median, and what 95 of 100 are below. */
  readonly frame: number;
  readonly slowFrame: number;
}

const STEPS = 60;

/** Scrolls what is at the page's middle for some frames, a step each. Answers milliseconds between frames. */
function scroll(page: Page, selector: string): Promise<number[]> {
  return page.evaluate(
    ([at, steps]) =>
      new Promise<number[]>((done) => {
        const inner = document.querySelector(at);
        const scroller = inner && inner.scrollHeight > inner.clientHeight ? inner : document.documentElement;
        const times: number[] = [];
        let before = performance.now();
        const step = (now: number) => {
          times.push(now - before);
          before = now;
          scroller.scrollTop += 90;
          if (times.length < steps) requestAnimationFrame(step);
          else done(times.slice(1));
        };
        requestAnimationFrame(step);
      }),
    [selector, STEPS] as const,
  );
}

export async function measurePage(file: string): Promise<PageFigures> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const begun = performance.now();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("html[data-ready=yes]");
    const opens = (performance.now() - begun) / 1000;
    const frames = await scroll(page, ".flame-scroller");
    await page.locator("#tab-table").click();
    await page.waitForTimeout(300);
    frames.push(...(await scroll(page, ".table-scroller")));
    frames.sort((a, b) => a - b);
    const at = (share: number) => frames[Math.floor(frames.length * share)] ?? Number.NaN;
    return { opens, frame: at(0.5), slowFrame: at(0.95) };
  } finally {
    await browser.close();
  }
}
