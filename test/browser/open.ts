// Opens the pages that the command writes, and notes what goes wrong in them.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/**
 * Opens a page, and waits until it is ready. Errors, and requests for anything but the page itself, are added to
 * `problems`.
 */
export async function openPage(
  browser: Pick<Browser, "newPage">,
  address: string,
  problems: string[],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("data:")) problems.push(`asked for ${url}`);
  });
  await page.goto(address);
  await page.waitForSelector("html[data-ready=yes]");
  return page;
}

/** Writes a page into a folder of its own. Returns its address. */
export function savePage(name: string, page: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "pyheap-")), name);
  writeFileSync(file, page);
  return pathToFileURL(file).href;
}

/** The text of the element that has the keyboard. */
export const focusedText = (page: Page): Promise<string> => page.evaluate("document.activeElement.textContent");
