// What all reports of a trace share: they read it, choose a part of it, and show progress while they read.

import { createReadStream, statSync } from "node:fs";
import { dirname } from "node:path";
import colors from "picocolors";
import { loadTrace, type MomentOptions, ReportError } from "../../report/load.js";
import { isImport } from "../../report/selection.js";
import { Sources } from "../../report/sources.js";
import { type TraceReport, traceReport } from "../../report/trace-context.js";
import { forTerminal } from "../../text/visible.js";
import { TraceError } from "../../trace/reader.js";
import { UsageError } from "../system/errors.js";
import { sourceFiles } from "../system/source-files.js";
import { type SelectionOptions, secondsOf, type TraceOptions } from "./options.js";

const CHUNK_BYTES = 2 ** 20;
/** Milliseconds: if reading takes longer than this, progress is shown. */
const PATIENCE = 500;
const REDRAW_EVERY = 100;

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

/** What --at asks for. */
function viewOf(at: string): MomentOptions["at"] {
  if (at === "peak" || at === "end" || at === "allocated") return at;
  const seconds = secondsOf(at);
  if (seconds !== undefined) return seconds;
  throw new UsageError(`Cannot report at ${at}: it must be peak, end, allocated, or a number of seconds`);
}

/** Reads and analyses a trace. Throws UsageError if that is not possible. */
export async function loadReport(
  file: string,
  {
    at = "peak",
    from,
    to,
    withStart,
    byType,
    filter,
    hideImports,
    source = true,
  }: Partial<TraceOptions> & SelectionOptions,
  asked: Pick<MomentOptions, "at" | "within"> = { at: viewOf(at) },
): Promise<TraceReport> {
  const loaded = await asUsageError(file, loadTrace(readFile(file), file, { from, to, withStart, byType, ...asked }));
  const read = sourceFiles([".", dirname(file)]);
  const sources = source ? new Sources(loaded.summary.metadata, read) : undefined;
  const selection = { filter, hide: hideImports ? isImport : undefined };
  return traceReport({ ...loaded, colors: terminalColors(), sources }, selection);
}

/** Waits for a trace to be read. If it can't be read, throws a UsageError that says why. */
export async function asUsageError<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof TraceError || error instanceof ReportError) throw new UsageError(error.message);
    if (error instanceof Error && "code" in error) throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}`);
    throw error;
  }
}

function reasonOf(error: Error & { code?: unknown }): string {
  if (error.code === "ENOENT") return "no such file";
  return error.code === "EISDIR" ? "it is a folder" : error.message;
}

export function terminalColors() {
  return colors.createColors(process.stdout.isTTY === true && !process.env.NO_COLOR);
}
