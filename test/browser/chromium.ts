// The browser of the browser tests.

import { type Browser, chromium } from "playwright-core";

/** Chromium, headless: Debian's, or the one that the environment variable CHROMIUM names. It asks nobody for anything. */
export function launchChromium(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-sync",
      ...args,
    ],
  });
}
