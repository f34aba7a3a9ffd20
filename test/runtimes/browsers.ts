// The browsers of these tests, each without a window: an address is opened, and an expression evaluated there.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchChromium } from "../browser/chromium.js";
import { BiDi } from "./bidi.js";
import type { BrowserRuntime } from "./list.js";

export interface Browser {
  readonly version: string;
  /** The value of an expression, which is a promise of a string, in a page that was just opened. */
  evaluate(url: string, expression: string): Promise<string>;
  close(): Promise<void>;
}

async function startChromium(): Promise<Browser> {
  const browser = await launchChromium();
  return {
    version: browser.version(),
    evaluate: async (url, expression) => {
      const page = await browser.newPage();
      await page.goto(url);
      const value = await page.evaluate(expression);
      await page.close();
      return String(value);
    },
    close: () => browser.close(),
  };
}

/** Debian's, or the one in the environment variable FIREFOX. */
const FIREFOX = process.env.FIREFOX ?? "firefox-esr";
/** Milliseconds in which Firefox must have started. */
const START = 60_000;

/** The address at which a Firefox that was started waits for commands. */
function addressOf(firefox: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`Firefox did not start: ${said.trim()}`)), START);
    firefox.on("exit", (code) => fail(new Error(`Firefox ended with code ${code}: ${said.trim()}`)));
    firefox.stderr?.on("data", (text: Buffer) => {
      said += text;
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(late);
      done(address);
    });
  });
}

/** What script.evaluate returns. */
interface Evaluated {
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

async function startFirefox(): Promise<Browser> {
  if (spawnSync(FIREFOX, ["--version"]).status !== 0) {
    throw new Error(`Cannot start ${FIREFOX} (apt-get install firefox-esr, or FIREFOX=/path/to/firefox)`);
  }
  const profile = mkdtempSync(join(tmpdir(), "pyheap-firefox-"));
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
  const firefox = spawn(FIREFOX, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: profile } });
  const ended = new Promise((done) => firefox.on("exit", done));
  const end = async () => {
    firefox.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true });
  };
  try {
    const bidi = await BiDi.connect(`${await addressOf(firefox)}/session`);
    const session = await bidi.send("session.new", { capabilities: {} });
    const { capabilities } = session as { capabilities: { browserVersion: string } };
    return {
      version: capabilities.browserVersion,
      evaluate: async (url, expression) => {
        const { context } = (await bidi.send("browsingContext.create", { type: "tab" })) as { context: string };
        await bidi.send("browsingContext.navigate", { context, url, wait: "complete" });
        const asked = { expression, target: { context }, awaitPromise: true };
        const { result, exceptionDetails } = (await bidi.send("script.evaluate", asked)) as Evaluated;
        if (exceptionDetails) throw new Error(exceptionDetails.text);
        await bidi.send("browsingContext.close", { context });
        return String(result?.value);
      },
      close: async () => {
        bidi.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

export function startBrowser({ name }: BrowserRuntime): Promise<Browser> {
  return name === "Chromium" ? startChromium() : startFirefox();
}
