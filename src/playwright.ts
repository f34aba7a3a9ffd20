// pyheap/playwright: whether an action in a page leaks, for tests with Playwright, Puppeteer, or another client of a browser.

export {
  type Confidence,
  type EvaluatingPage,
  expectNoLeak,
  type Growth,
  type GrowthOptions,
  measureGrowth,
  type Slope,
} from "./testing/growth.js";
