// Chromium's own DevTools, with a heap snapshot in its Memory panel. Its front end is a part of the browser, and needs
// no page to inspect.

import { basename, extname } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";

const FRONT_END = "devtools://devtools/bundled/devtools_app.html?panel=heap-profiler";
const PATIENCE = 60_000;
/** How long one attempt to open a snapshot may take, in milliseconds. */
const ATTEMPT = 300;

/** A row of one of the panel's two tables. Sizes are in bytes, as far as the panel shows them: to 50 bytes. */
export interface Row {
  readonly name: string;
  readonly distance: number;
  readonly own: number;
  readonly retained: number;
}

const bytesOf = (shown = ""): number => Math.round(Number(shown.split("kB")[0]?.replaceAll(",", "")) * 1000);

export class MemoryPanel {
  readonly page: Page;
  readonly #view: Locator;

  private constructor(page: Page) {
    this.page = page;
    this.#view = page.locator(".heap-snapshot-view");
  }

  /** Starts DevTools in a page of its own. */
  static async start(browser: Browser): Promise<MemoryPanel> {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(FRONT_END);
    // DevTools shows the stacks in a file .heaptimeline only with this setting.
    await page.locator("#profile-type-HEAP-RECORD").click();
    await page.locator("input[title^='Allocation stack traces']").click();
    return new MemoryPanel(page);
  }

  /** Starts DevTools, and opens a snapshot. */
  static async open(browser: Browser, file: string): Promise<MemoryPanel> {
    const panel = await MemoryPanel.start(browser);
    await panel.load(file);
    return panel;
  }

  /** Opens a snapshot, with stacks if it has some, and waits until its types are shown. */
  async load(file: string): Promise<void> {
    const chosen = this.page.waitForEvent("filechooser");
    await this.page.getByText("Load profile", { exact: true }).click();
    await (await chosen).setFiles(file);
    const entry = this.page.locator(`li[aria-label^="${basename(file, extname(file))}, "]`);
    await entry.waitFor();
    // While the file is still being prepared, its entry can be selected, but opens nothing.
    for (const end = Date.now() + PATIENCE; Date.now() < end && !(await this.#view.isVisible()); ) {
      await this.page.getByText("Profiles", { exact: true }).click();
      await entry.click();
      await this.#view.waitFor({ timeout: ATTEMPT }).catch(() => undefined);
    }
    await this.#rowsOf(0).first().waitFor();
  }

  #rowsOf(table: number): Locator {
    return this.#view.locator(".data-grid").nth(table).locator("tr.data-grid-data-grid-node");
  }

  async #read(table: number): Promise<Row[]> {
    const rows = await this.#rowsOf(table).evaluateAll((found) =>
      found.map((row) => Array.from((row as HTMLTableRowElement).cells, (cell) => cell.innerText)),
    );
    return rows.map(([name = "", distance, own, retained]) => ({
      name: name.replace(/\s+/g, " ").trim(),
      ...{ distance: Number(distance), own: bytesOf(own), retained: bytesOf(retained) },
    }));
  }

  /** The rows of the types whose name contains a text. */
  async types(text: string): Promise<Row[]> {
    await this.page.locator(".toolbar-input:visible").first().click();
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.type(text);
    await this.#rowsOf(0).first().filter({ hasText: text }).waitFor();
    return this.#read(0);
  }

  /** The stack of the selected object's allocation, innermost frame first. */
  async allocationStack(): Promise<string[]> {
    await this.page.getByText("Allocation stack", { exact: true }).click();
    const frames = this.page.locator(".stack-frame");
    await frames.first().waitFor();
    const texts = await frames.allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, " ").trim());
  }

  /** Opens a type that is shown, and selects its first object. Returns the object's row, and those of its retainers. */
  async firstOf(type: string): Promise<{ readonly object: Row; readonly retainers: Row[] }> {
    await this.#rowsOf(0).filter({ hasText: type }).first().click();
    await this.page.keyboard.press("ArrowRight");
    const object = this.#rowsOf(0).nth(1);
    await object.filter({ hasText: "@" }).waitFor();
    await object.click();
    await this.#rowsOf(1).first().waitFor();
    return { object: (await this.#read(0))[1] as Row, retainers: await this.#read(1) };
  }
}
