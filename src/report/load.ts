// Reads a trace for a report: the view, the span and the stacks that are asked for. Refuses what the trace does not
// have, with the reason.

import { instant, MICROSECONDS } from "../text/time.js";
import { VIEWS, type View } from "../trace/accounts.js";
import { type Analysis, type AnalysisOptions, analyse } from "../trace/analysis.js";
import type { TraceSummary } from "../trace/reader.js";

/** The report that is asked for can't be made from this trace. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

/** The part of a recording that a report is about. Times are seconds from the beginning of the recording. */
export interface SpanOptions {
  /** Only what happened from then on. */
  readonly from?: number | undefined;
  /** Only what happened until then. */
  readonly to?: number | undefined;
  /** Whether what the interpreter allocated to start is counted too; the default is false. */
  readonly withStart?: boolean | undefined;
}

export interface MomentOptions extends SpanOptions {
  /**
   * - `peak`: what was live at the highest moment; the default
   * - `end`: what was live at the end
   * - `leaks`: what was allocated in the span and was not freed until its end
   * - `allocated`: everything that was allocated
   * - `temporary`: what was freed again before more than `within` other blocks were allocated
   * - a number: what was live after this number of seconds
   */
  readonly at?: View | number | undefined;
  /** For `temporary`: how many other blocks may be allocated meanwhile; the default is 0. */
  readonly within?: number | undefined;
}

/** The bytes of a trace. */
export type TraceBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface LoadedTrace {
  readonly analysis: Analysis;
  readonly summary: TraceSummary;
  readonly view: View;
}

const isView = (at: unknown): at is View => VIEWS.some((view) => view === at);

/** The view, and the end of the span, that `at` asks for. */
function chooseView({ at = "peak", from, to }: MomentOptions): { view: View; to: number | undefined } {
  if (isView(at)) return { view: at, to };
  if (typeof at !== "number" || !(at >= 0)) {
    throw new ReportError(`Cannot report at ${at}: it is ${VIEWS.join(", ")}, or a number of seconds`);
  }
  if (from !== undefined || to !== undefined) {
    throw new ReportError(`Cannot report at ${at} s with the beginning or the end of a span: a moment has no span`);
  }
  return { view: "end", to: at };
}

const inMicroseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * MICROSECONDS);

/**
 * Reads and analyses a trace. `name` is its name in messages. Throws TraceError if it is not a trace, and ReportError
 * if it does not have what is asked for.
 */
export async function loadTrace(bytes: TraceBytes, name: string, options: MomentOptions = {}): Promise<LoadedTrace> {
  const { view, to } = chooseView(options);
  const { from, withStart, within } = options;
  if (from !== undefined && to !== undefined && from > to) {
    throw new ReportError(`Cannot report from ${from} s to ${to} s: the end is not after the start`);
  }
  const temporary = within === undefined ? undefined : within + 1;
  const span = { from: inMicroseconds(from), to: inMicroseconds(to), temporary, withStart };
  const { analysis, summary } = await analyse(bytes, name, span);
  checkKind(name, summary, span);
  checkMoments(name, analysis, options);
  return { analysis, summary, view };
}

/** Refuses moments after the end of the recording, or before the start of its program. */
function checkMoments(
  name: string,
  { recordedTime, programTime, startIsSums }: Analysis,
  { at, from, to, withStart = false }: MomentOptions,
): void {
  const moments = [
    { seconds: typeof at === "number" ? at : undefined, words: `at ${at} s` },
    { seconds: to, words: `until ${to} s` },
    { seconds: from, words: `from ${from} s on`, isBegin: true },
  ];
  const begins = programTime === undefined ? "" : `, its program begins after ${instant(programTime)}`;
  for (const { seconds, words, isBegin = false } of moments) {
    if (seconds === undefined) continue;
    const time = seconds * MICROSECONDS;
    // A report shows the end rounded; whoever types that number means the end.
    if (time > recordedTime && instant(time) !== instant(recordedTime)) {
      throw new ReportError(`Cannot report ${words}: ${name} ends after ${instant(recordedTime)}${begins}`);
    }
    if (!isBegin && (!withStart || startIsSums) && programTime !== undefined && time < programTime) {
      const how = startIsSums ? "run --trace-start records" : "--with-start shows";
      throw new ReportError(
        `Cannot report ${words}: ${name} ends after ${instant(recordedTime)}${begins}; ${how} what was before`,
      );
    }
  }
}

/** Refuses a span of an aggregated trace, which has no events to choose from. */
function checkKind(name: string, { metadata }: TraceSummary, span: AnalysisOptions): void {
  if (!metadata.aggregated) return;
  const what = Object.entries({
    from: "a span",
    to: "a moment or a span",
    temporary: "other temporary blocks",
    withStart: "the interpreter's start by stack",
  });
  for (const [option, asked] of what) {
    if (span[option as keyof AnalysisOptions] === undefined) continue;
    throw new ReportError(
      `Cannot report ${asked} of ${name}: it was recorded with --aggregate, which keeps totals only`,
    );
  }
}
