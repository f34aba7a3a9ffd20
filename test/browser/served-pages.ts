// Pages with programs that use the built package (served.ts), in a browser.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser } from "./chromium.js";
import { type Served, servePages } from "./served.js";

export class ServedPages {
  /** What went wrong in the pages: exceptions, and errors on the console. */
  readonly problems: string[] = [];
  readonly #server: Served;
  readonly #browser: Browser;

  private constructor(server: Served, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  /** `programs` has the program of each page, by the page's path. */
  static async start(programs: Readonly<Record<string, string>>): Promise<ServedPages> {
    return new ServedPages(await servePages(programs), await launchBrowser());
  }

  /** Opens a page, and waits until its program says that it is ready. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("console", (message) => message.type() === "error" && this.problems.push(message.text()));
    await page.goto(`${this.#server.address}${path}`);
    await page.waitForSelector("body[data-ready]", { timeout: 300_000 });
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}
