// The browser of the browser tests.

import { type Browser, chromium } from "playwright-core";
import { CHROMIUM } from "../needs.js";

/**
 * Chromium, or Chrome, without a window (needs.ts says which). It makes no requests that the page does not make.
 */
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
