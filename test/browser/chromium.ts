// The browser of the browser tests.

import { type Browser, chromium } from "playwright-core";
import { CHROMIUM, HEADLESS_SHELL } from "../needs.js";

/** Starts a browser without a window. It makes no requests that the page does not make. */
function launch(executablePath: string, args: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
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

/** The whole of Chromium, or Chrome (needs.ts says which), with DevTools: as people use it, for measurements as well. */
export const launchChromium = (...args: string[]): Promise<Browser> => launch(CHROMIUM, args);

/**
 * For tests of what is in a page: Chromium's headless shell, if it is installed. It differs from Chromium when a page is
 * closed, and when a page's stack ends.
 */
export const launchBrowser = (...args: string[]): Promise<Browser> => launch(HEADLESS_SHELL, args);
