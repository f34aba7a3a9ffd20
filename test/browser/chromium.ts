// The browser of the browser tests.

import { type Browser, chromium } from "playwright-core";
import { CHROMIUM } from "../needs.js";

/** Chromium, headless: Debian's, or the one that the environment variable CHROMIUM names. It asks nobody for anything. */
export function launchChromium(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
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
