// What every kind of report has in common: the trace it is of, which part of it, and progress while it is read.

import { createReadStream, statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import colors from "picocolors";
import type { TraceReport } from "../../report/trace-context.js";
import { instant, MICROSECONDS } from "../../text/time.js";
import type { View } from "../../trace/accounts.js";
import { type Analysis, type AnalysisOptions, analyse } from "../../trace/analysis.js";
import { TraceError, type TraceSummary } from "../../trace/reader.js";
import { UsageError } from "../errors.js";

const CHUNK_BYTES = 2 ** 20;
/** A recording that takes longer than this to read shows progress, in milliseconds. */
const PATIENCE = 500;
const REDRAW_EVERY = 100;

export interface SpanOptions {
  readonly from?: number;
  readonly to?: number;
  readonly withStart?: boolean;
}

export interface TraceOptions extends SpanOptions {
  /** "peak", "end", "allocated", or a moment in seconds. */
  readonly at: string;
}

/** A number of seconds; undefined if the text is none. */
function secondsOf(text: string): number | undefined {
  const seconds = Number(text);
  return text.trim() !== "" && seconds >= 0 && Number.isFinite(seconds) ? seconds : undefined;
}

export function toSeconds(text: string): number {
  const seconds = secondsOf(text);
  if (seconds === undefined) throw new InvalidArgumentError("It is a number of seconds.");
  return seconds;
}

export function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("It is a whole number from 1 up.");
  return count;
}

export function toWhole(text: string): number {
  const count = Number(text);
  if (text.trim() === "" || !Number.isInteger(count) || count < 0) {
    throw new InvalidArgumentError("It is a whole number from 0 up.");
  }
  return count;
}

/** The options that say which span of a trace is looked at. */
export function addSpanOptions(command: Command): Command {
  return command
    .addOption(new Option("--from <seconds>", "look at what happened from then on").argParser(toSeconds))
    .addOption(new Option("--to <seconds>", "look at what happened until then").argParser(toSeconds))
    .option("--with-start", "show what the interpreter allocated to start by stack as well, not as one figure");
}

/** The options that say how much of a list of stacks is shown. */
export function addStackOptions(command: Command): Command {
  return command
    .option("--rows <n>", "stacks that are shown at most", toCount, 15)
    .option("--frames <n>", "frames of each that are shown at most", toCount, 8);
}

/** And those that say which moment. */
export function addMomentOptions(command: Command): Command {
  return addSpanOptions(
    command.option(
      "--at <moment>",
      "peak: what was live at the highest moment; end: at the last; allocated: all that was allocated; or a second",
      "peak",
    ),
  );
}

/** What is looked at, from --at: a view, and where the span ends. */
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
        process.stderr.write(`\rreading ${file}: ${Math.floor((100 * read) / whole)} %`);
      }
    }
  } finally {
    if (drawn > begun + PATIENCE) process.stderr.write("\r\u001b[K");
  }
}

/** Reads and analyses a trace. A problem that stands in its way is a UsageError. */
export async function loadTrace(
  file: string,
  options: TraceOptions,
  { view, temporary }: { readonly view?: View; readonly temporary?: number } = {},
): Promise<TraceReport> {
  const chosen = chooseView(options);
  const { from, withStart } = options;
  const span = { from: inMicroseconds(from), to: inMicroseconds(chosen.to), temporary, withStart };
  if (from !== undefined && chosen.to !== undefined && from > chosen.to) {
    throw new UsageError(`Cannot report from ${from} s to ${chosen.to} s: that is no span`);
  }
  const { analysis, summary } = await asUsageError(file, analyse(readFile(file), file, span));
  checkKind(file, summary, span);
  checkMoments(file, analysis, options);
  return { analysis, summary, view: view ?? chosen.view, colors: terminalColors() };
}

/** Refuses moments that the recording doesn't have, or that are before its program. */
function checkMoments(file: string, { recordedTime, programTime }: Analysis, options: TraceOptions): void {
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
    // Who types what a report shows as the end means the end.
    if (time > recordedTime && instant(time) !== instant(recordedTime)) {
      throw new UsageError(`Cannot report ${words}: ${file} ends after ${instant(recordedTime)}${begins}`);
    }
    if (!isBegin && !withStart && programTime !== undefined && time < programTime) {
      throw new UsageError(
        `Cannot report ${words}: ${file} ends after ${instant(recordedTime)}${begins}; --with-start shows what was before`,
      );
    }
  }
}

/** What reading a trace comes to; if it can't be read, a UsageError that says why. */
export async function asUsageError<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(error.message);
    if (error instanceof Error && "code" in error) throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}`);
    throw error;
  }
}

/** An aggregated trace has no events to choose from. */
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
