// A trace that was read: its figures as data, as text, and as files for other tools.

import colors from "picocolors";
import type { TraceFunction } from "../../trace/format.js";
import { type Interval, intervalOf } from "../../trace/sampling.js";
import type { TimelinePoint } from "../../trace/timeline.js";
import { callsOf, type FunctionCalls } from "../calls.js";
import { exportReport, FORMATS, type Format } from "../export/formats.js";
import { type LoadedTrace, loadTrace, type MomentOptions } from "../load.js";
import { isImport } from "../selection.js";
import { type ReadSource, Sources } from "../sources.js";
import { matchingFunctions } from "../trace-callers.js";
import { type TraceReport, traceReport } from "../trace-context.js";
import { DIFF_DEFAULTS, type Difference, type DiffOptions, differences, traceDiff } from "../trace-diff.js";
import { type Grouping, groupBy, stackRows } from "../trace-groups.js";
import { type TraceStats, traceStats } from "../trace-stats.js";
import { bytesOf, nameOf, type TraceInput } from "./input.js";
import { TextReports } from "./text.js";

/** What a report is about, and which stacks it shows. */
export interface AnalyseOptions extends MomentOptions {
  /** The trace's name in messages; the default is the name of the file, if the trace is one. */
  readonly name?: string | undefined;
  /** Only stacks with a function whose name or file matches. */
  readonly filter?: RegExp | undefined;
  /** Whether the frames of Python's import system are omitted: their memory counts as the importer's. */
  readonly hideImports?: boolean | undefined;
  /** Reads the program's source files; without it, no lines of source are shown. */
  readonly source?: ReadSource | undefined;
  /** Whether texts have the escape sequences of a terminal's colours; the default is false. */
  readonly colors?: boolean | undefined;
}

/** Bytes and number of blocks; estimates if the trace is sampled. */
export interface Amount {
  readonly bytes: number;
  readonly count: number;
}

/** A function, line, file, module, type, domain or size class, as one row of a table. */
export interface ReportGroup {
  readonly label: string;
  /** What the group's own code allocated. */
  readonly own: Amount;
  /** What was allocated while the group was on the stack. */
  readonly total: Amount;
  /** Contains the true own bytes in 95 of 100 sampled recordings; undefined if everything was recorded. */
  readonly ownInterval: Interval | undefined;
}

export interface ReportFrame extends TraceFunction {
  /** 0 if it is not known. */
  readonly line: number;
}

/** A stack, the innermost frame first; no frames for what was allocated outside of every function. */
export interface ReportStack extends Amount {
  readonly frames: readonly ReportFrame[];
}

export interface ExportOptions {
  /** The highest number of frames of a stack: in deeper stacks, the middle is omitted. The default is the format's. */
  readonly maxDepth?: number | undefined;
  /** Calls with a smaller share of the bytes, from 0 to 1, are put together. */
  readonly minShare?: number | undefined;
}

export type ExportFormat = keyof typeof FORMATS;

/** The formats of other tools. */
export const EXPORT_FORMATS = Object.keys(FORMATS) as readonly ExportFormat[];

export class Report {
  /** The reports as text, as `pyheap report` shows them. */
  readonly text: TextReports;
  readonly #loaded: LoadedTrace;
  readonly #report: TraceReport;

  /** Made by `analyse`. */
  constructor(loaded: LoadedTrace, { filter, hideImports = false, source, colors: isColored = false }: AnalyseOptions) {
    const sources = source && new Sources(loaded.summary.metadata, source);
    const selection = { filter, hide: hideImports ? isImport : undefined };
    this.#loaded = loaded;
    this.#report = traceReport({ ...loaded, colors: colors.createColors(isColored), sources }, selection);
    this.text = new TextReports(this.#report);
  }

  /** All figures of the trace. */
  get stats(): TraceStats {
    return traceStats(this.#loaded.analysis, this.#loaded.summary);
  }

  /** Why the trace could be read only in part; undefined if it was read completely. */
  get problem(): string | undefined {
    return this.#loaded.summary.problem;
  }

  /**
   * Live bytes, blocks and the platform's bytes over time: at most 2,048 points. Times are microseconds from the beginning
   * of the program; those of the interpreter's start are negative.
   */
  get timeline(): readonly TimelinePoint[] {
    const { analysis } = this.#loaded;
    return analysis.timeline.points.map((point) => ({ ...point, time: analysis.sinceProgram(point.time) }));
  }

  /** Groups with allocations, those with the most own bytes first. */
  groups(by: Grouping): ReportGroup[] {
    const { stacks, view } = this.#report;
    const { sample = 0 } = stacks;
    return groupBy(stacks, view, by).map(({ label, own, total, variance }) => ({
      ...{ label, own, total },
      ownInterval: sample > 0 ? intervalOf(own.bytes, variance, sample) : undefined,
    }));
  }

  /** The stacks with allocations, those with the most bytes first. */
  *stacks(): Generator<ReportStack> {
    const { stacks, view } = this.#report;
    const { tree } = stacks;
    for (const { node, own } of stackRows(stacks, view)) {
      const frames: ReportFrame[] = [];
      for (let at = node; at !== 0; at = tree.parent(at)) {
        const { function: f, line } = tree.frame(at);
        frames.push({ ...f, line });
      }
      yield { ...own, frames };
    }
  }

  /** Functions whose name or file matches, those with the most bytes in total first: their callers, lines and callees. */
  callers(pattern: RegExp): FunctionCalls[] {
    const { stacks, view } = this.#report;
    return matchingFunctions(this.#report, pattern).map((label) => callsOf(stacks, view, label));
  }

  /**
   * The stacks as a file of another tool: `pprof` (compressed, as pprof reads it), `speedscope`, `heapprofile` (Chrome's
   * Memory panel), `collapsed` (flame graphs), `csv`, `json`.
   */
  async export(name: ExportFormat, options: ExportOptions = {}): Promise<Blob> {
    if (!Object.hasOwn(FORMATS, name)) {
      throw new TypeError(`Cannot export as ${name}: the formats are ${EXPORT_FORMATS.join(", ")}`);
    }
    const format: Format = FORMATS[name];
    const made = exportReport(this.#report, format, { ...this.#report.selection, ...options });
    const file = blobOf(format.write(made));
    if (!format.isCompressed) return file;
    return new Response(file.stream().pipeThrough(new CompressionStream("gzip"))).blob();
  }

  /**
   * The differences from another trace, which was recorded before: the largest difference of bytes first.
   * Functions are matched by name and file, so lines that moved are not a difference.
   */
  changesSince(before: Report, by: Grouping = "function"): Difference[] {
    return differences(before.#report, this.#report, by);
  }

  /** The differences from another trace as text. */
  changesText(before: Report, options: Partial<DiffOptions> = {}): string {
    return traceDiff(before.#report, this.#report, { ...DIFF_DEFAULTS, ...options }, this.#report.colors);
  }
}

/** The pieces of a file, gathered into parts of some size, because a Blob of a million parts is slow. */
function blobOf(pieces: Iterable<string | Uint8Array>): Blob {
  const PART_BYTES = 2 ** 20;
  let whole = new Blob();
  let waiting: BlobPart[] = [];
  let length = 0;
  for (const piece of pieces) {
    // The writers use their buffers again.
    waiting.push(typeof piece === "string" ? piece : piece.slice());
    length += piece.length;
    if (length < PART_BYTES) continue;
    whole = new Blob([whole, ...waiting]);
    waiting = [];
    length = 0;
  }
  return new Blob([whole, ...waiting]);
}

/**
 * Reads a trace. Throws TraceError if it is not one, and ReportError if it does not have what is asked for. What comes
 * after damage is not read: `problem` says so.
 */
export async function analyse(trace: TraceInput, options: AnalyseOptions = {}): Promise<Report> {
  return new Report(await loadTrace(bytesOf(trace), options.name ?? nameOf(trace), options), options);
}
