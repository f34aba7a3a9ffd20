// A trace in figures: as data for other programs, and as text.

import type { Colors } from "picocolors/types.js";
import { bar } from "../text/bar.js";
import { bytes } from "../text/bytes.js";
import { programName } from "../text/labels.js";
import { count, counted, percent } from "../text/numbers.js";
import { MICROSECONDS, seconds, when } from "../text/time.js";
import { forTerminal, visible } from "../text/visible.js";
import type { View } from "../trace/accounts.js";
import type { Analysis } from "../trace/analysis.js";
import type { TraceSummary } from "../trace/reader.js";
import type { Interval } from "../trace/sampling.js";
import { layOut } from "./columns.js";
import { intervalWords, viewInterval } from "./trace-context.js";
import { type Group, groupBy } from "./trace-groups.js";

export const STATS_VERSION = 4;
const TOP = 10;

interface Share {
  readonly name: string;
  readonly bytes: number;
  readonly count: number;
}

/**
 * All sizes are in bytes, all times in seconds. In a sampled trace, sizes and counts are estimates. All figures are the
 * program's. What the interpreter allocated before is only in `start`, unless the report counts the start as well.
 */
export interface TraceStats {
  readonly version: typeof STATS_VERSION;
  readonly command: readonly string[];
  readonly started: string;
  readonly python: string | null;
  readonly sampleBytes: number;
  /** Why the trace could be read only in part; null if it was read completely. */
  readonly problem: string | null;
  readonly seconds: number;
  readonly events: number;
  readonly fileBytes: number;
  readonly stacks: number;
  readonly allocations: number;
  readonly resizes: number;
  readonly frees: number;
  /** Frees of blocks that were there before the recording began; null in a sampled trace, where they are not known. */
  readonly foreignFrees: number | null;
  readonly allocatedBytes: number;
  /** An interval that contains the true `allocatedBytes` in 95 of 100 recordings; null if the trace is not sampled. */
  readonly allocatedBytesInterval: Interval | null;
  readonly peakBytes: number;
  readonly peakBytesInterval: Interval | null;
  readonly peakBlocks: number;
  readonly peakSeconds: number;
  readonly platformPeakBytes: number;
  readonly endBytes: number;
  readonly endBytesInterval: Interval | null;
  readonly endBlocks: number;
  /**
   * What the interpreter allocated before the program began: in total, and the parts that were live at the program's
   * peak and at the end.
   */
  readonly start: {
    readonly allocatedBytes: number;
    readonly allocations: number;
    readonly peakBytes: number;
    readonly peakBlocks: number;
    readonly endBytes: number;
    readonly endBlocks: number;
  };
  /** When the interpreter's start began: 0 or below. null if the recording began with the program. */
  readonly startSeconds: number | null;
  /**
   * Periods in which no time was recorded, each with the moment in it at which the span begins or ends. All events of
   * such a period count as before the moment.
   */
  readonly timeGaps: readonly {
    readonly momentSeconds: number;
    readonly fromSeconds: number;
    readonly toSeconds: number;
    readonly events: number;
    readonly leastLiveBytes: number;
    readonly mostLiveBytes: number;
  }[];
  /** The number of runs of the cycle collector, their total duration, and the unreachable objects that they found. */
  readonly collections: number;
  readonly collectionSeconds: number;
  readonly collectedObjects: number;
  /** All allocations in the span, by domain, the largest first. */
  readonly domains: readonly Share[];
  readonly sizeClasses: readonly Share[];
  /** The types of all that was allocated, the largest first; null unless the report is by type. */
  readonly types: readonly Share[] | null;
  readonly topLines: readonly Share[];
  readonly topSizes: readonly { readonly size: number; readonly count: number }[];
}

const share = ({ label, own }: Group): Share => ({ name: label, bytes: own.bytes, count: own.count });

export function traceStats(analysis: Analysis, summary: TraceSummary): TraceStats {
  const { figures: f, sizes, tree, start, programTime } = analysis;
  const { metadata } = summary;
  const within = (view: View) => viewInterval({ analysis, view }) ?? null;
  const secondsOf = (time: number) => analysis.sinceProgram(time) / MICROSECONDS;
  const collections = (field: "count" | "duration" | "collected") =>
    analysis.collections.points.reduce((sum, point) => sum + point[field], 0);
  return {
    version: STATS_VERSION,
    command: metadata.command,
    started: metadata.started,
    python: metadata.python ?? null,
    sampleBytes: metadata.sample,
    problem: summary.problem ?? null,
    seconds: secondsOf(analysis.endTime),
    events: summary.events,
    fileBytes: summary.bytes,
    stacks: tree.length - 1,
    allocations: f.allocations,
    resizes: f.resizes,
    frees: f.frees,
    foreignFrees: metadata.sample > 0 ? null : f.foreignFrees,
    allocatedBytes: f.allocatedBytes,
    allocatedBytesInterval: within("allocated"),
    peakBytes: f.peakBytes,
    peakBytesInterval: within("peak"),
    peakBlocks: f.peakBlocks,
    peakSeconds: secondsOf(f.peakTime),
    platformPeakBytes: f.reservedPeak,
    endBytes: f.liveBytes,
    endBytesInterval: within("end"),
    endBlocks: f.liveBlocks,
    start: {
      allocatedBytes: start.allocated.bytes,
      allocations: start.allocated.count,
      peakBytes: start.peak.bytes,
      peakBlocks: start.peak.count,
      endBytes: start.end.bytes,
      endBlocks: start.end.count,
    },
    startSeconds: programTime === undefined ? null : secondsOf(0),
    timeGaps: analysis.gaps.map(({ moment, from, to, events, leastBytes, mostBytes }) => ({
      momentSeconds: secondsOf(moment),
      fromSeconds: secondsOf(from),
      toSeconds: secondsOf(to),
      events,
      leastLiveBytes: leastBytes,
      mostLiveBytes: mostBytes,
    })),
    collections: collections("count"),
    collectionSeconds: collections("duration") / MICROSECONDS,
    collectedObjects: collections("collected"),
    domains: groupBy(analysis, "allocated", "domain").map(share),
    sizeClasses: groupBy(analysis, "allocated", "size").map(share),
    types: analysis.wantsTypes ? groupBy(analysis, "allocated", "type").map(share) : null,
    topLines: groupBy(analysis, "allocated", "line").slice(0, TOP).map(share),
    topSizes: [...sizes]
      .sort(([, a], [, b]) => b - a)
      .slice(0, TOP)
      .map(([size, count]) => ({ size, count })),
  };
}

function shares(rows: readonly Share[], whole: number, colors: Colors): string {
  return layOut(
    rows.map(({ name, bytes: size, count: blocks }) => [
      bytes(size),
      percent(size, whole),
      colors.cyan(bar(size / whole, 16)),
      count(blocks),
      forTerminal(name),
    ]),
    ["right", "right", "left", "right", "left"],
  );
}

function startRow({ allocations, allocatedBytes, endBytes }: TraceStats["start"], colors: Colors): string[][] {
  if (allocations < 0.5) return [];
  const more = `${bytes(endBytes)} live at the end, ${bytes(allocatedBytes)} allocated in ${counted(allocations, "block")}`;
  return [["interpreter start", "", colors.dim(more)]];
}

export function traceStatsText(stats: TraceStats, colors: Colors): string {
  const within = (interval: Interval | null) => (interval === null ? "" : `${intervalWords(interval)}, `);
  return [
    colors.bold(forTerminal(programName(stats.command))),
    ...(stats.problem === null ? [] : [colors.yellow(`${visible(stats.problem)}. Everything before that is shown.`)]),
    layOut(
      [
        ["allocations", count(stats.allocations), ""],
        ["resizes", count(stats.resizes), ""],
        ["frees", count(stats.frees), ""],
        ["allocated", bytes(stats.allocatedBytes), colors.dim(within(stats.allocatedBytesInterval).slice(0, -2))],
        [
          "peak",
          bytes(stats.peakBytes),
          colors.dim(`${within(stats.peakBytesInterval)}${when(stats.peakSeconds * MICROSECONDS)}`),
        ],
        [
          "live at the end",
          bytes(stats.endBytes),
          colors.dim(`${within(stats.endBytesInterval)}${counted(stats.endBlocks, "block")}`),
        ],
        ...startRow(stats.start, colors),
        ["from the platform", bytes(stats.platformPeakBytes), ""],
        [
          "collections",
          count(stats.collections),
          colors.dim(`${seconds(stats.collectionSeconds)}, found ${counted(stats.collectedObjects, "object")}`),
        ],
        ["stacks", count(stats.stacks), ""],
        ["trace", bytes(stats.fileBytes), colors.dim(`${counted(stats.events, "event")}, ${seconds(stats.seconds)}`)],
      ],
      ["left", "right", "left"],
    ),
    "",
    colors.bold("Size classes") + colors.dim("  of all that was allocated"),
    shares(stats.sizeClasses.slice(0, TOP), stats.allocatedBytes, colors),
    "",
    colors.bold("Domains"),
    shares(stats.domains, stats.allocatedBytes, colors),
    "",
    ...(stats.types === null
      ? []
      : [colors.bold("Types"), shares(stats.types.slice(0, TOP), stats.allocatedBytes, colors), ""]),
    colors.bold("Lines that allocated most"),
    shares(stats.topLines, stats.allocatedBytes, colors),
    "",
    colors.bold("Most frequent sizes"),
    layOut(
      stats.topSizes.map(({ size, count: times }) => [`${count(size)} B`, count(times)]),
      ["right", "right"],
    ),
    "",
  ].join("\n");
}
