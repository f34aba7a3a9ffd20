// What was live at a moment, in the form of Python's tracemalloc: sums by line, file or traceback, and changes since
// another snapshot.

import { passes, type TraceDomain, type TraceFilter } from "./filter.js";
import { Statistic, StatisticDiff } from "./statistic.js";
import { type Frame, Traceback } from "./traceback.js";

/** Live blocks of one size and one domain that were allocated at one place. */
export interface Trace {
  readonly domain: TraceDomain;
  /** The sum of their bytes. */
  readonly size: number;
  readonly count: number;
  readonly traceback: Traceback;
}

export type StatisticKey = "lineno" | "filename" | "traceback";

export interface StatisticOptions {
  /**
   * Whether a block counts for every frame of its traceback, once for each; by default it counts for the frame that
   * allocated it.
   */
  readonly cumulative?: boolean;
}

interface Sum {
  readonly traceback: Traceback;
  size: number;
  count: number;
}

/** The traceback that stands for a frame in statistics by `key`. */
function placeOf({ filename, lineno }: Frame, key: "lineno" | "filename"): Traceback {
  return new Traceback([{ filename, lineno: key === "lineno" ? lineno : 0, name: "" }], 1);
}

const order = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);

export class Snapshot {
  readonly traces: readonly Trace[];
  /** The most frames of a traceback. */
  readonly tracebackLimit: number;

  constructor(traces: readonly Trace[], tracebackLimit: number) {
    this.traces = traces;
    this.tracebackLimit = tracebackLimit;
  }

  #sums(key: StatisticKey, cumulative: boolean): Map<string, Sum> {
    if (cumulative && key === "traceback") {
      throw new RangeError(`Cannot make cumulative statistics by traceback: only by "lineno" or "filename"`);
    }
    const sums = new Map<string, Sum>();
    for (const { traceback, size, count } of this.traces) {
      const frames = cumulative ? traceback.frames : [traceback.last];
      const places = key === "traceback" ? [traceback] : frames.map((frame) => placeOf(frame, key));
      for (const place of new Map(places.map((at) => [at.key, at])).values()) {
        const sum = sums.get(place.key);
        if (!sum) sums.set(place.key, { traceback: place, size, count });
        else {
          sum.size += size;
          sum.count += count;
        }
      }
    }
    return sums;
  }

  /** Sums of the traces, the largest first. Throws RangeError for cumulative statistics by traceback. */
  statistics(key: StatisticKey, { cumulative = false }: StatisticOptions = {}): Statistic[] {
    return [...this.#sums(key, cumulative).values()]
      .map(({ traceback, size, count }) => new Statistic(traceback, size, count))
      .sort((a, b) => b.size - a.size || b.count - a.count || order(a.traceback.key, b.traceback.key));
  }

  /** The differences to an older snapshot, the largest change first. Throws as `statistics` does. */
  compareTo(old: Snapshot, key: StatisticKey, { cumulative = false }: StatisticOptions = {}): StatisticDiff[] {
    const before = old.#sums(key, cumulative);
    const now = this.#sums(key, cumulative);
    const all = new Map([...before, ...now]);
    const diffs = [...all].map(([place, { traceback }]) => {
      const { size, count } = now.get(place) ?? { size: 0, count: 0 };
      return new StatisticDiff({ traceback, size, count }, before.get(place) ?? { size: 0, count: 0 });
    });
    return diffs.sort(
      (a, b) =>
        Math.abs(b.sizeDiff) - Math.abs(a.sizeDiff) ||
        b.size - a.size ||
        Math.abs(b.countDiff) - Math.abs(a.countDiff) ||
        b.count - a.count ||
        order(a.traceback.key, b.traceback.key),
    );
  }

  /**
   * A snapshot of the traces that pass the filters: an inclusive filter matches, if there is one, and no exclusive
   * filter does.
   */
  filterTraces(filters: readonly TraceFilter[]): Snapshot {
    return new Snapshot(
      this.traces.filter((trace) => passes(trace, filters)),
      this.tracebackLimit,
    );
  }

  /** The snapshot as JSON, for storing; `Snapshot.load` reads it. */
  dump(): string {
    const traces = this.traces.map(({ domain, size, count, traceback: { frames, totalNframe } }) => ({
      domain,
      size,
      count,
      totalNframe,
      frames: frames.map(({ filename, lineno, name }) => [filename, lineno, name]),
    }));
    return JSON.stringify({ version: VERSION, tracebackLimit: this.tracebackLimit, traces });
  }

  /** Reads what `dump` wrote. Throws Error for other text. */
  static load(text: string): Snapshot {
    try {
      const { version, tracebackLimit, traces } = JSON.parse(text) as Dumped;
      if (version === VERSION) return new Snapshot(traces.map(loadTrace), number(tracebackLimit));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
    throw new Error("Cannot load a snapshot: the text is not what Snapshot.dump wrote");
  }
}

const VERSION = 1;

interface DumpedTrace {
  readonly domain: TraceDomain;
  readonly size: number;
  readonly count: number;
  readonly totalNframe: number;
  readonly frames: readonly (readonly [filename: string, lineno: number, name: string])[];
}

interface Dumped {
  readonly version: number;
  readonly tracebackLimit: number;
  readonly traces: readonly DumpedTrace[];
}

/** The value if it is a number; throws otherwise. */
function number(value: unknown): number {
  if (typeof value !== "number") throw new TypeError("not a number");
  return value;
}

function loadTrace({ domain, size, count, totalNframe, frames }: DumpedTrace): Trace {
  const places = frames.map(([filename, lineno, name]) => ({
    filename: `${filename}`,
    lineno: number(lineno),
    name: `${name}`,
  }));
  return { domain, size: number(size), count: number(count), traceback: new Traceback(places, number(totalNframe)) };
}
