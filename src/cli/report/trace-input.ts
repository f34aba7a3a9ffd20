// What all kinds of report share: they read a trace, choose a part of it, and show progress meanwhile.

import { createReadStream, statSync } from "node:fs";
import { dirname } from "node:path";
import colors from "picocolors";
import { isImport, type Selection } from "../../report/selection.js";
import { Sources } from "../../report/sources.js";
import { type TraceReport, traceReport } from "../../report/trace-context.js";
import { instant, MICROSECONDS } from "../../text/time.js";
import { forTerminal } from "../../text/visible.js";
import type { View } from "../../trace/accounts.js";
import { type Analysis, type AnalysisOptions, analyse } from "../../trace/analysis.js";
import { TraceError, type TraceSummary } from "../../trace/reader.js";
import { UsageError } from "../system/errors.js";
import { type SelectionOptions, secondsOf, type TraceOptions } from "./options.js";

const CHUNK_BYTES = 2 ** 20;
/** Milliseconds: if reading takes longer than this, progress is shown. */
const PATIENCE = 500;
const REDRAW_EVERY = 100;

/** The view, and the end of the span, that --at asks for. */
function chooseView({ at, from, to }: TraceOptions): { view: View; to: number | undefined } {
  if (at === "peak" || at === "end" || at === "allocated") return { view: at, to };
  const moment = secondsOf(at);
  if (moment === undefined) {
    throw new UsageError(`Cannot report at ${at}: it is peak, end, allocated, or a number of seconds`);
  }
  if (from !== undefined || to !== undefined) {
    throw new UsageError(`Cannot report at ${at} with --from or --to: a moment has no span`);
  }
  return { view: "end", to: moment };
}

const inMicroseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * MICROSECONDS);

/** The bytes of a file, with progress on a terminal. */
export async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  const whole = statSync(file).size;
  const begun = performance.now();
  const shows = process.stderr.isTTY === true && !process.env.CI;
  let drawn = begun + PATIENCE - REDRAW_EVERY;
  let read = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      yield chunk as Uint8Array;
      read += (chunk as Uint8Array).length;
      const now = performance.now();
      if (shows && now - drawn > REDRAW_EVERY) {
        drawn = now;
        process.stderr.write(`\rreading ${forTerminal(file)}: ${Math.floor((100 * read) / whole)} %`);
      }
    }
  } finally {
    if (drawn > begun + PATIENCE) process.stderr.write("\r\u001b[K");
  }
}

export interface LoadOptions {
  /** The view; the default follows from --at. */
  readonly view?: View;
  readonly temporary?: number;
  /** A selection of the stacks that are shown, in addition to that of the options. */
  readonly selection?: Selection;
}

/** Reads and analyses a trace. Throws UsageError if that is not possible. */
export async function loadTrace(
  file: string,
  options: TraceOptions & SelectionOptions,
  { view, temporary, selection }: LoadOptions = {},
): Promise<TraceReport> {
  const chosen = chooseView(options);
  const { from, withStart } = options;
  const span = { from: inMicroseconds(from), to: inMicroseconds(chosen.to), temporary, withStart };
  if (from !== undefined && chosen.to !== undefined && from > chosen.to) {
    throw new UsageError(`Cannot report from ${from} s to ${chosen.to} s: the end is not after the start`);
  }
  const { analysis, summary } = await asUsageError(file, analyse(readFile(file), file, span));
  checkKind(file, summary, span);
  checkMoments(file, analysis, options);
  const { filter, hideImports, source = true } = options;
  const sources = source ? new Sources(summary.metadata, [".", dirname(file)]) : undefined;
  const parts = { analysis, summary, view: view ?? chosen.view, colors: terminalColors(), sources };
  return traceReport(parts, { filter, hide: hideImports ? isImport : undefined, ...selection });
}

/** Throws UsageError for moments after the end of the recording, or before the start of its program. */
function checkMoments(file: string, { recordedTime, programTime, startIsSums }: Analysis, options: TraceOptions): void {
  const { at, from, to, withStart = false } = options;
  const moments = [
    { seconds: secondsOf(at), words: `at ${at} s` },
    { seconds: to, words: `until ${to} s` },
    { seconds: from, words: `from ${from} s on`, isBegin: true },
  ];
  const begins = programTime === undefined ? "" : `, its program begins after ${instant(programTime)}`;
  for (const { seconds, words, isBegin = false } of moments) {
    if (seconds === undefined) continue;
    const time = seconds * MICROSECONDS;
    // A report shows the end rounded; whoever types that number means the end.
    if (time > recordedTime && instant(time) !== instant(recordedTime)) {
      throw new UsageError(`Cannot report ${words}: ${file} ends after ${instant(recordedTime)}${begins}`);
    }
    if (!isBegin && (!withStart || startIsSums) && programTime !== undefined && time < programTime) {
      const how = startIsSums ? "run --trace-start records" : "--with-start shows";
      throw new UsageError(
        `Cannot report ${words}: ${file} ends after ${instant(recordedTime)}${begins}; ${how} what was before`,
      );
    }
  }
}

/** Waits for a trace to be read. If it can't be read, throws a UsageError that says why. */
export async function asUsageError<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(error.message);
    if (error instanceof Error && "code" in error) throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}`);
    throw error;
  }
}

/** Throws UsageError if a span is asked for of an aggregated trace, which has no events to choose from. */
function checkKind(file: string, { metadata }: TraceSummary, span: AnalysisOptions): void {
  if (!metadata.aggregated) return;
  const what = Object.entries({
    from: "a span",
    to: "a moment or a span",
    temporary: "other temporary blocks",
    withStart: "the interpreter's start by stack",
  });
  for (const [option, name] of what) {
    if (span[option as keyof AnalysisOptions] === undefined) continue;
    throw new UsageError(`Cannot report ${name} of ${file}: it was recorded with --aggregate, which keeps totals only`);
  }
}

function reasonOf(error: Error & { code?: unknown }): string {
  if (error.code === "ENOENT") return "no such file";
  return error.code === "EISDIR" ? "it is a folder" : error.message;
}

export function terminalColors() {
  return colors.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
}
