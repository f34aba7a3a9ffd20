// Opens the pages that the command writes, and notes what goes wrong in them.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/**
 * Opens a page, and waits until it is ready. Errors, and requests for anything but the page itself, are added to
 * `problems`.
 */
export async function openPage(
  browser: Browser,
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
