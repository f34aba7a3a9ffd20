// Whether an action in a page leaks: it is repeated, and what is live on the page's heap is measured after each time.
//
// A leak grows each time, a cache only until it is full: the slope of the measurements and its interval tell one from the
// other (slope.ts). What a leak consists of is then recorded, during some more repeats. The page is only asked to evaluate
// expressions, so Playwright's pages and workers can be used, Puppeteer's, and any other client of a browser.

import { bytes, signedBytes } from "../text/bytes.js";
import { analyseWhole } from "../trace/analysis.js";
import { blamed } from "./blamed.js";
import { type Confidence, FEWEST_VALUES, type Slope, slopeOf } from "./slope.js";

export type { Confidence, Slope };

/** A page, or a worker: Playwright's, Puppeteer's, or that of another client. */
export interface EvaluatingPage {
  /** The value of an expression in the page; if it is a promise, the value that it gets. */
  evaluate(expression: string): Promise<unknown>;
  /** Collects JavaScript's garbage, as Playwright's pages can. */
  requestGC?(): Promise<void>;
}

export interface GrowthOptions {
  /** A JavaScript expression whose value in the page is the heap. The default is `heap`, a global variable. */
  readonly heap?: string;
  /** How often the action is repeated and measured, at least 10. The default is 20. */
  readonly times?: number;
  /** How often it runs before that. The default is 3. */
  readonly warmUps?: number;
  /** How sure the interval is: 0.95, 0.99 (the default) or 0.999. */
  readonly confidence?: Confidence;
  /** Growth of at most this many bytes each time is no leak. The default is 0. */
  readonly tolerance?: number;
  /**
   * Collects JavaScript's garbage, and with it forgotten PyProxies, before each measurement. The default is the page's
   * `requestGC`; a page without one is measured as it is.
   */
  readonly collect?: () => Promise<unknown>;
}

export interface Growth {
  /** Bytes that were live after each time. */
  readonly live: readonly number[];
  /** Bytes by which that grew each time. */
  readonly slope: Slope;
  /** Whether the lower end of the slope's interval is above the tolerance. */
  readonly isLeak: boolean;
  /** What was found, as a sentence; for a leak, with the stacks that allocated it. */
  readonly text: string;
}

/** How often the action is repeated while a leak is recorded. */
const RECORDED_TIMES = 3;
/** The page's global variable with the recording. */
const RECORDING = "globalThis[Symbol.for('pyheap.growth')]";

const startOf = (heap: string) => `((heap) => {
  const pieces = [];
  const recorder = heap.trace({ aggregate: true, write: (piece) => void pieces.push(piece.slice()) });
  ${RECORDING} = { pieces, recorder };
})(${heap})`;

/** Ends the recording. Its value is the recording's pieces, in base64. */
const endOf = (heap: string) => `((heap) => {
  heap.relieve();
  const { pieces, recorder } = ${RECORDING};
  delete ${RECORDING};
  recorder.stop();
  return pieces.map((piece) => btoa(Array.from(piece, (byte) => String.fromCharCode(byte)).join("")));
})(${heap})`;

const liveOf = (heap: string) => `((heap) => {
  heap.relieve();
  return Object.values(heap.stats().account.live).reduce((sum, bytes) => sum + bytes, 0);
})(${heap})`;

/** When this is evaluated, the finalizers of what was collected have run. */
const NEXT_TASK = "new Promise((done) => setTimeout(done))";

const bytesOf = (base64: unknown): Uint8Array => Uint8Array.from(atob(String(base64)), (char) => char.charCodeAt(0));

/**
 * Repeats an action, and measures what it leaves in the page each time: `action` may use the page as a user does, or evaluate
 * a function there. No other recording of the heap may be under way. Throws what the action throws.
 */
export async function measureGrowth(
  page: EvaluatingPage,
  action: () => unknown,
  options: GrowthOptions = {},
): Promise<Growth> {
  const { heap = "heap", times = 20, warmUps = 3, confidence = 0.99, tolerance = 0 } = options;
  const { collect = () => page.requestGC?.() } = options;
  if (!(times >= FEWEST_VALUES)) {
    throw new TypeError(`${times} times are too few to tell a leak from chance: at least ${FEWEST_VALUES}`);
  }
  for (let k = 0; k < warmUps; k++) await action();
  const live: number[] = [];
  const settle = async () => {
    await collect();
    await page.evaluate(NEXT_TASK);
  };
  while (live.length < times) {
    await action();
    await settle();
    live.push(Number(await page.evaluate(liveOf(heap))));
  }
  const slope = slopeOf(live, confidence);
  const isLeak = slope.least > tolerance;
  const interval = `${signedBytes(slope.least)} to ${signedBytes(slope.most)} with ${confidence * 100} % confidence`;
  const grown = `${signedBytes(slope.value)} each time (${interval})`;
  if (!isLeak) return { live, slope, isLeak, text: `${times} times, no leak: ${grown}` };
  await page.evaluate(startOf(heap));
  for (let k = 0; k < RECORDED_TIMES; k++) await action();
  await settle();
  const pieces = (await page.evaluate(endOf(heap))) as unknown[];
  const recording = analyseWhole(pieces.map(bytesOf), "the recording");
  const { liveBytes } = recording.analysis.figures;
  const blame = `${RECORDED_TIMES} more times left ${bytes(liveBytes)}:\n${blamed(recording, "end")}`;
  return { live, slope, isLeak, text: `${times} times, a leak: ${grown}. ${blame}` };
}

/** Like measureGrowth, but throws an error with the growth's text if it is a leak. */
export async function expectNoLeak(
  page: EvaluatingPage,
  action: () => unknown,
  options: GrowthOptions = {},
): Promise<Growth> {
  const growth = await measureGrowth(page, action, options);
  if (growth.isLeak) throw new Error(growth.text);
  return growth;
}
