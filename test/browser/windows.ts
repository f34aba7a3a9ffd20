// Looks at every tab of a page in a wide and in a narrow window, in light and in dark.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { ROOT } from "../needs.js";

/** The folder of screenshots, which are taken if SCREENSHOTS is in the environment: nothing reads them but people. */
const SHOTS = join(ROOT, "build/screenshots");

export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** Waits until the page was drawn as it is now. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** Expects that no tab is wider than its window. */
export async function expectToFit(
  open: (options: BrowserContextOptions) => Promise<Page>,
  tabs: readonly string[],
  prefix = "",
): Promise<void> {
  for (const width of [1440, 390]) {
    const page = await open({ viewport: { width, height: 900 } });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const tab of tabs) {
        await page.locator(`#tab-${tab}`).click();
        await drawn(page);
        expect(await page.evaluate("document.documentElement.scrollWidth"), `${tab} at ${width}`).toBeLessThanOrEqual(
          width,
        );
        await shoot(page, `${prefix}${tab}-${width}-${colorScheme}`);
      }
    }
    await page.close();
  }
}
