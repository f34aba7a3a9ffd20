// Matchers for vitest and jest: what a function takes of a heap, and what it leaves there, with the calls that allocated it.

import { bytes } from "../text/bytes.js";
import { counted } from "../text/numbers.js";
import { parseSize } from "../text/size.js";
import { type Analysed, analyseWhole } from "../trace/analysis.js";
import { blamed } from "./blamed.js";
import { whenEnded } from "./ending.js";
import { type HeldProxy, heldProxies, type WatchedProxies } from "./held-proxies.js";

export type { HeldProxy, WatchedProxies };

/** A heap of a TypeScript program, or of a Python interpreter. */
export interface TestedHeap {
  trace(options: { readonly write: (bytes: Uint8Array) => void }): { stop(): void };
  /** Collects garbage, and gives empty memory back. */
  relieve(): unknown;
  /** What JavaScript holds of a Python interpreter's objects. */
  readonly proxyWatch?: WatchedProxies | undefined;
  /** The name of the type of the object with this id(). */
  typeName?(object: number): string | undefined;
}

/** A matcher's answer, in the form that vitest and jest want. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Bytes, or a text such as "1 MB" (1,000,000 bytes) or "1 MiB" (1,048,576). */
export type Size = number | string;

export interface LeaveOptions {
  /** How often the function runs before the run that counts, so that caches are filled. The default is 1. */
  readonly warmUps?: number;
}

export interface HeapMatchers {
  /** All that the function allocates, including what it frees again, is less than this. */
  toAllocateLessThan(tested: unknown, size: Size): MatcherResult | Promise<MatcherResult>;
  /** What the function allocates, and has not freed yet, is always less than this. */
  toPeakBelow(tested: unknown, size: Size): MatcherResult | Promise<MatcherResult>;
  /** Whatever the function allocates is freed when it has ended, and garbage was collected. */
  toLeaveNothing(tested: unknown, options?: LeaveOptions): MatcherResult | Promise<MatcherResult>;
  /** Every PyProxy that is made while the function runs is destroyed when it has ended. */
  toHoldNoProxies(tested: unknown, options?: LeaveOptions): MatcherResult | Promise<MatcherResult>;
}

function sizeOf(size: Size): number {
  const parsed = typeof size === "number" ? size : parseSize(size);
  if (parsed === undefined || !(parsed >= 0)) throw new TypeError(`${size} is not a size, such as "1 MB" or "64 KiB"`);
  return parsed;
}

function functionOf(tested: unknown): () => unknown {
  if (typeof tested === "function") return tested as () => unknown;
  throw new TypeError(`Cannot test the memory of ${String(tested)}: it is not a function`);
}

/** What a call of the function does to the heap. If the function throws, the recording ends, and the error goes on. */
function record(heap: TestedHeap, tested: () => unknown, atEnd: () => void): Analysed | Promise<Analysed> {
  const parts: Uint8Array[] = [];
  const recorder = heap.trace({ write: (piece) => void parts.push(piece.slice()) });
  const finish = () => {
    atEnd();
    recorder.stop();
    return analyseWhole(parts, "the recording");
  };
  return whenEnded(tested, finish, () => recorder.stop());
}

/** Judges a recording when there is one. */
function judged(
  recorded: Analysed | Promise<Analysed>,
  judge: (analysed: Analysed) => MatcherResult,
): MatcherResult | Promise<MatcherResult> {
  return recorded instanceof Promise ? recorded.then(judge) : judge(recorded);
}

/** Judges a function after it has run `warmUps` times. */
function afterWarmUps(
  tested: () => unknown,
  warmUps: number,
  judge: () => MatcherResult | Promise<MatcherResult>,
): MatcherResult | Promise<MatcherResult> {
  if (warmUps === 0) return judge();
  const result = tested();
  const next = () => afterWarmUps(tested, warmUps - 1, judge);
  return result instanceof Promise ? result.then(next) : next();
}

/**
 * The matchers for a heap: `expect.extend(heapMatchers(heap))`. A recording runs while the function does, so no other
 * recording can run then. Functions may be async; what else the program does meanwhile counts as well.
 */
export function heapMatchers(heap: TestedHeap): HeapMatchers {
  const below = (what: string, view: "allocated" | "peak") => (tested: unknown, size: Size) => {
    const most = sizeOf(size);
    return judged(
      record(heap, functionOf(tested), () => undefined),
      (analysed) => {
        const { allocatedBytes, peakBytes } = analysed.analysis.figures;
        const taken = view === "peak" ? peakBytes : allocatedBytes;
        const pass = taken < most;
        const claim = `it ${what} ${bytes(taken)}, ${pass ? "" : "not "}less than ${bytes(most)}`;
        return { pass, message: () => (taken === 0 ? claim : `${claim}:\n${blamed(analysed, view)}`) };
      },
    );
  };
  const left = (tested: () => unknown) =>
    judged(
      record(heap, tested, () => heap.relieve()),
      (analysed) => {
        const { liveBytes, liveBlocks } = analysed.analysis.figures;
        const pass = liveBlocks === 0;
        const claim = pass ? "it left nothing" : `it left ${bytes(liveBytes)} in ${counted(liveBlocks, "block")}`;
        return { pass, message: () => (pass ? claim : `${claim}:\n${blamed(analysed, "end")}`) };
      },
    );
  return {
    toAllocateLessThan: below("allocated", "allocated"),
    toPeakBelow: below("took", "peak"),
    toLeaveNothing: (tested, { warmUps = 1 } = {}) => {
      const run = functionOf(tested);
      return afterWarmUps(run, warmUps, () => left(run));
    },
    toHoldNoProxies: (tested, { warmUps = 1 } = {}) => {
      const run = functionOf(tested);
      const { proxyWatch } = heap;
      if (!proxyWatch) throw new TypeError("Cannot test proxies: this heap is not that of an interpreter in Pyodide");
      return afterWarmUps(run, warmUps, () => heldProxies(proxyWatch, (object) => heap.typeName?.(object), run));
    },
  };
}
