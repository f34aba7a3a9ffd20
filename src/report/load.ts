// Reads a trace for a report: the view, the span and the stacks that are asked for. Refuses what the trace does not
// have, with the reason.

import { instant, MICROSECONDS } from "../text/time.js";
import { VIEWS, type View } from "../trace/accounts.js";
import { type Analysis, type AnalysisOptions, analyse } from "../trace/analysis.js";
import type { TraceSummary } from "../trace/reader.js";
import { findProgram, type TraceBytes } from "./program-time.js";

export type { TraceBytes };

/** The report that is asked for can't be made from this trace. */
export class ReportError extends Error {
  override readonly name = "ReportError";
}

/**
 * The part of a recording that a report is about. Times are seconds from the beginning of the program; times of the
 * interpreter's start are negative.
 */
export interface SpanOptions {
  /** The beginning of the span: only what happened from this time on counts. */
  readonly from?: number | undefined;
  /** The end of the span: only what happened until this time counts. */
  readonly to?: number | undefined;
  /** Whether what the interpreter allocated to start is counted too; the default is false. */
  readonly withStart?: boolean | undefined;
  /**
   * Whether the type of each object is on its stack, as the innermost frame; the default is false. Only for a trace that
   * was recorded with types.
   */
  readonly byType?: boolean | undefined;
}

export interface MomentOptions extends SpanOptions {
  /**
   * - `peak`: what was live at the highest moment; the default
   * - `end`: what was live at the end
   * - `leaks`: what was allocated in the span and was not freed until its end
   * - `allocated`: everything that was allocated
   * - `temporary`: what was freed again before more than `within` other blocks were allocated
   * - a number: what was live after this number of seconds of the program
   */
  readonly at?: View | number | undefined;
  /** For `temporary`: how many other blocks may be allocated before the block is freed; the default is 0. */
  readonly within?: number | undefined;
}

export interface LoadedTrace {
  readonly analysis: Analysis;
  readonly summary: TraceSummary;
  readonly view: View;
}

const isView = (at: unknown): at is View => VIEWS.some((view) => view === at);

/** The view, and the end of the span, that `at` asks for. */
function chooseView({ at = "peak", from, to }: MomentOptions): { view: View; to: number | undefined } {
  if (isView(at)) return { view: at, to };
  if (typeof at !== "number" || !Number.isFinite(at)) {
    throw new ReportError(`Cannot report at ${at}: it must be ${VIEWS.join(", ")}, or a number of seconds`);
  }
  if (from !== undefined || to !== undefined) {
    throw new ReportError(`Cannot report at ${at} s with the beginning or the end of a span: a moment has no span`);
  }
  return { view: "end", to: at };
}

/**
 * Reads and analyses a trace. `name` is its name in messages. Throws TraceError if it is not a trace, and ReportError
 * if it does not have what is asked for.
 */
export async function loadTrace(bytes: TraceBytes, name: string, options: MomentOptions = {}): Promise<LoadedTrace> {
  const { view, to } = chooseView(options);
  const { from, withStart, within, byType } = options;
  if (from !== undefined && to !== undefined && from > to) {
    throw new ReportError(`Cannot report from ${from} s to ${to} s: the end is before the beginning`);
  }
  const temporary = within === undefined ? undefined : within + 1;
  const isWhole = from === undefined && to === undefined;
  const { programTime = 0, trace } = isWhole ? { trace: bytes } : await findProgram(bytes, name);
  const inRecording = (seconds: number | undefined) =>
    seconds === undefined ? undefined : Math.max(0, programTime + seconds * MICROSECONDS);
  const span = { from: inRecording(from), to: inRecording(to), temporary, withStart };
  const { analysis, summary } = await analyse(trace, name, { ...span, byType });
  checkKind(name, summary, span);
  if (byType) checkTypes(name, summary);
  checkMoments(name, analysis, options);
  return { analysis, summary, view };
}

/** Refuses moments after the end of the recording, or before what is shown of it. */
function checkMoments(name: string, analysis: Analysis, { at, from, to, withStart = false }: MomentOptions): void {
  const moments = [
    { seconds: typeof at === "number" ? at : undefined, words: `at ${at} s` },
    { seconds: to, words: `until ${to} s` },
    { seconds: from, words: `from ${from} s on` },
  ];
  const { startIsSums } = analysis;
  const [begin, end] = [0, analysis.recordedTime].map((time) => analysis.sinceProgram(time)) as [number, number];
  const first = withStart && !startIsSums ? begin : 0;
  const range = `${name} has ${first < 0 ? "moments" : "the program"} from ${instant(first)} to ${instant(end)}`;
  for (const { seconds, words } of moments) {
    if (seconds === undefined) continue;
    const time = seconds * MICROSECONDS;
    // A message shows both ends of the range rounded; whoever types such a number means that end.
    const isIn = time >= first && time <= end;
    if (isIn || instant(time) === instant(first) || instant(time) === instant(end)) continue;
    const isOfStart = time < 0 && first === 0 && begin < 0;
    const how = startIsSums ? "run --trace-start records" : "--with-start shows";
    throw new ReportError(`Cannot report ${words}: ${range}${isOfStart ? `; ${how} what was before` : ""}`);
  }
}

/** Refuses types of a trace that has none. */
export function checkTypes(name: string, { metadata }: Pick<TraceSummary, "metadata">): void {
  if (!metadata.types) {
    throw new ReportError(`Cannot report ${name} by type: it was recorded without types (run --trace FILE --types)`);
  }
}

/** Refuses a span of an aggregated trace, which has no events to choose from. */
function checkKind(name: string, { metadata }: TraceSummary, span: AnalysisOptions): void {
  if (!metadata.aggregated) return;
  const what = Object.entries({
    from: "a span",
    to: "a moment or a span",
    temporary: "temporary blocks that were not freed at once",
    withStart: "the interpreter's start by stack",
  });
  for (const [option, asked] of what) {
    if (span[option as keyof AnalysisOptions] === undefined) continue;
    throw new ReportError(
      `Cannot report ${asked} of ${name}: it was recorded with --aggregate, which keeps totals only`,
    );
  }
}
