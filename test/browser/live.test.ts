// A running program is looked at: its page in Chromium, and the playground.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canBrowse } from "../needs.js";
import { launchBrowser } from "./chromium.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 200 };
const MIB = 2 ** 20;

/** Allocates 1 MiB at a known line, again and again, until a line of input comes. */
const PROGRAM = `
import sys, threading
kept = []
def grow():
    kept.append(bytes(2**20))
print("begun", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        grow()
        junk = [object() for _ in range(2000)]
`;

import { focusedText } from "./open.js";

class Running {
  readonly process: ChildProcess;
  out = "";
  readonly ended: Promise<number | null>;

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, COLUMNS: "100" } });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.out += chunk.toString();
      });
    }
    this.ended = new Promise((done) => this.process.on("exit", done));
  }

  type(line: string): void {
    this.process.stdin?.write(line);
  }

  async address(): Promise<string> {
    await expect.poll(() => this.out, PATIENCE).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\S*\s/);
    return /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(this.out)?.[0] ?? "";
  }
}

describe.runIf(canBrowse)("a program that runs", () => {
  let browser: Browser;
  let script: string;
  let running: Running | undefined;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    script = join(mkdtempSync(join(tmpdir(), "pyheap-")), "grows.py");
    writeFileSync(script, PROGRAM);
  });

  afterEach(() => {
    running?.process.kill("SIGKILL");
  });

  afterAll(async () => {
    await browser?.close();
  });

  const run = (...options: string[]) => {
    running = new Running("dist/cli/main.js", "run", "--quiet", ...options, script);
    return running;
  };

  async function open(address: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(new URL(address).origin) && !/^(data|blob):/.test(url)) problems.push(`asked for ${url}`);
    });
    await page.goto(address);
    await page.waitForSelector("html[data-ready=yes]", { timeout: PATIENCE.timeout });
    return page;
  }

  /** The bytes in a figure of the page's head. */
  async function figure(page: Page, name: string): Promise<number> {
    const text = await page.locator(`.figures div:has(dt:text-is("${name}")) dd`).first().innerText();
    const [, number, unit] = /([\d.]+) (B|KiB|MiB)/.exec(text) ?? [];
    return Number(number) * { B: 1, KiB: 1024, MiB: MIB }[unit as "B" | "KiB" | "MiB"];
  }

  it("is followed by a page: figures, stacks and map, until it has ended and Ctrl-C", async () => {
    const file = join(dirname(script), "grows.heapsnapshot");
    const program = run("--live", "--snapshot", file);
    const page = await open(await program.address());
    const status = page.locator(".status");
    await expect.poll(() => status.innerText(), PATIENCE).toBe("Running");
    await expect.poll(() => program.out, PATIENCE).toContain("begun");
    // The page shows the interpreter's start until the program begins.
    await expect.poll(() => page.getByRole("button", { name: "Interpreter's start" }).isVisible(), PATIENCE).toBe(true);
    const live = () => figure(page, "Live now");
    const before = await live();
    program.type("12\n");
    await expect.poll(live, PATIENCE).toBeGreaterThan(before + 11 * MIB);
    await page.locator("#tab-table").click();
    await expect.poll(() => page.locator("#panel-table tbody").innerText(), PATIENCE).toContain("grow");
    // The details are drawn again with each update from the program, and the keyboard stays where it is in them.
    await page.locator("#panel-table .link", { hasText: /^grow$/ }).click();
    const details = page.getByRole("complementary", { name: "Selected function" });
    await details.locator(".calls .link").first().focus();
    const caller = await focusedText(page);
    expect(caller).toMatch(/^<module> /);
    program.type("2\n");
    await expect.poll(() => details.innerText(), PATIENCE).toMatch(/\b14\.\d MiB/);
    await expect.poll(() => focusedText(page)).toBe(caller);
    await page.keyboard.press("Escape");
    await expect.poll(() => focusedText(page)).toBe("grow");
    await page.locator("#tab-map").click();
    const map = page.locator("#panel-map");
    await expect.poll(() => map.innerText(), PATIENCE).toMatch(/Now in \d+ arenas · [\d,]+ blocks/);
    await map.locator(".map-overview").focus();
    // Goes downwards until a square is in an arena.
    const says = map.locator(".map-says");
    for (let k = 0; k < 40 && !(await says.innerText()).includes("arena"); k++) await page.keyboard.press("ArrowDown");
    await expect
      .poll(() => says.innerText())
      .toMatch(/% in use · (mostly .+ · )?a (free )?pool .*in the arena of \d+(\.\d)? [KM]iB at 0x[0-9a-f]+/);
    await expect.poll(() => page.getByRole("radio", { name: "Now", exact: true }).isVisible()).toBe(true);
    // A heap snapshot is taken as soon as the program goes on.
    await page.keyboard.press("s");
    program.type("8\n");
    await expect
      .poll(() => page.locator(".snapshots").innerText(), PATIENCE)
      .toContain(`Snapshot 1: ${file.replace(".heap", ".1.heap")}`);
    await expect.poll(live, PATIENCE).toBeGreaterThan(before + 19 * MIB);
    program.process.stdin?.end();
    await expect.poll(() => status.innerText(), PATIENCE).toBe("Ended");
    await expect.poll(() => page.getByRole("radio", { name: "End", exact: true }).isVisible()).toBe(true);
    await expect.poll(() => figure(page, "Live at the end")).toBeGreaterThan(before + 19 * MIB);
    program.process.kill("SIGINT");
    await expect.poll(() => program.ended).toBe(0);
    expect(problems).toEqual([]);
    await page.close();
  });

  it("can be a prompt in a page: a list comes, shows on the map, and goes", async () => {
    running = new Running("scripts/playground.mjs");
    const page = await open(await running.address());
    const line = page.getByLabel("Python statement");
    const blocks = async () => {
      const text = await page.locator(`.figures div:has(dt:text-is("Live now")) dd.detail`).first().innerText();
      return Number(/in ([\d,]+) blocks/.exec(text)?.[1]?.replaceAll(",", ""));
    };
    const type = async (statement: string) => {
      await expect.poll(() => line.isEnabled(), PATIENCE).toBe(true);
      await line.fill(statement);
      await line.press("Enter");
      await expect.poll(() => line.isEnabled(), PATIENCE).toBe(true);
    };
    await type("1 + 1");
    // Garbage of the console's own statements may be freed meanwhile: the list is seen in what is live, not in the
    // difference.
    await type("import gc; gc.collect()");
    const before = await blocks();
    expect(before).toBeLessThan(100);
    await page.locator("#tab-map").click();
    const picture = () => page.locator("#panel-map canvas").first().screenshot();
    const mapBefore = await picture();
    await type("x = [object() for _ in range(10**5)]");
    await expect.poll(blocks, PATIENCE).toBeGreaterThan(100_000);
    expect((await picture()).equals(mapBefore)).toBe(false);
    await type("del x");
    await expect.poll(blocks, PATIENCE).toBeLessThan(before + 1000);
    await type("1 / 0");
    await expect.poll(() => page.locator("#lines").innerText()).toContain("ZeroDivisionError");
    expect(problems).toEqual([]);
    await page.close();
  });
});
