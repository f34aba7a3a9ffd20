// The input of every report of a trace, and the lines with which each report begins and ends.

import type { Colors } from "picocolors/types.js";
import { byteRange, bytes } from "../text/bytes.js";
import { placeOf, programName } from "../text/labels.js";
import { counted, percent } from "../text/numbers.js";
import { instant, time, when } from "../text/time.js";
import { forTerminal, visible } from "../text/visible.js";
import type { Measure, View } from "../trace/accounts.js";
import type { Analysis } from "../trace/analysis.js";
import type { TraceSummary } from "../trace/reader.js";
import { type Interval, intervalOf, varianceOf } from "../trace/sampling.js";
import type { Frame } from "../trace/tree.js";
import { type Selected, type Selection, select } from "./selection.js";
import type { Sources } from "./sources.js";

/** A trace that was read, and the part of it that is shown. */
export interface TraceParts {
  readonly analysis: Analysis;
  readonly summary: TraceSummary;
  readonly view: View;
  readonly colors: Colors;
}

export interface TraceReport extends TraceParts {
  /** The source of lines of code; undefined if none are to be shown. */
  readonly sources?: Sources | undefined;
  /** The shown stacks of the view; their names are in the form for the report's destination. */
  readonly stacks: Selected;
  readonly selection: Selection;
}

/** Makes a report of the selected stacks; the default is all stacks, for a terminal. */
export function traceReport(parts: TraceParts & Pick<TraceReport, "sources">, selection: Selection = {}): TraceReport {
  const chosen = { write: forTerminal, ...selection };
  return { ...parts, selection: chosen, stacks: select(parts.analysis, parts.view, chosen) };
}

/** The source line of a frame, with a margin before it; "" if it can't be read. */
export function sourceText(
  { sources, stacks, colors }: Pick<TraceReport, "sources" | "stacks" | "colors">,
  frame: Frame,
): string {
  const text = sources?.line(stacks.fileOf(frame.function), frame.line);
  return text === undefined ? "" : `  ${colors.cyan(forTerminal(text))}`;
}

/** A frame as one line: its function, its place, more words, and the source line. */
export function frameText(report: Pick<TraceReport, "sources" | "stacks" | "colors">, frame: Frame, more = ""): string {
  const { name } = frame.function;
  const place = placeOf(frame.function, frame.line);
  return `${name}${place === "" ? "" : ` ${report.colors.dim(place)}`}${more}${sourceText(report, frame)}`;
}

/** The end of a report: why source lines are missing. */
export function reportFoot({ sources, colors }: TraceReport): string[] {
  const changed = [...(sources?.changed ?? [])].map(visible);
  if (changed.length === 0) return [];
  return [colors.dim(`  ${changed.join(", ")}: changed since the recording began, so its lines are not shown.`)];
}

/** The bytes and blocks in the view, in total. */
export function viewSum({ analysis, view }: Pick<TraceParts, "analysis" | "view">): Measure {
  const { figures, accounts } = analysis;
  if (view === "peak") return { bytes: figures.peakBytes, count: figures.peakBlocks };
  if (view === "end") return { bytes: figures.liveBytes, count: figures.liveBlocks };
  return accounts.sum(view);
}

/**
 * The part of the view that belongs to the interpreter's start, in words; undefined if there is none, or if it is shown
 * by stack.
 */
export function startWords({ analysis, view }: Pick<TraceParts, "analysis" | "view">): string | undefined {
  const { bytes: size, count: blocks } = analysis.start[view];
  return blocks < 0.5 ? undefined : `${bytes(size)} in ${counted(blocks, "block")} of the interpreter's start`;
}

/** An interval that contains the view's true bytes in 95 of 100 recordings; undefined if everything was recorded. */
export function viewInterval({ analysis, view }: Pick<TraceParts, "analysis" | "view">): Interval | undefined {
  const { accounts, sample } = analysis;
  if (sample === 0) return undefined;
  let variance = 0;
  for (let account = 0; account < accounts.length; account++)
    variance += varianceOf(accounts.read(view, account), sample);
  return intervalOf(viewSum({ analysis, view }).bytes, variance, sample);
}

/** An interval in words; "" if it is undefined. */
export function intervalWords(interval: Interval | undefined): string {
  return interval === undefined ? "" : byteRange(interval);
}

/** A span in words, and its beginning alone; both "" for the whole recording. */
function spanWords(analysis: Analysis): { span: string; begin: string } {
  const { from, to } = analysis.span;
  const [first, last] = [from, to].map((moment) => time(analysis.sinceProgram(moment)));
  const begin = from > 0 ? ` from ${first} on` : "";
  if (to === Number.POSITIVE_INFINITY) return { span: begin, begin };
  return { span: from > 0 ? ` from ${first} to ${last}` : ` until ${last}`, begin };
}

/** The shown view in one line: `at the peak, after 1.2 s: 30.1 MiB in 12,345 blocks`. */
export function viewLine(report: Pick<TraceParts, "analysis" | "view">): string {
  const { analysis, view } = report;
  const { bytes: size, count: blocks } = viewSum(report);
  const end = analysis.sinceProgram(analysis.endTime);
  const { span, begin } = spanWords(analysis);
  const what = {
    peak: `at the peak${span}, ${when(analysis.sinceProgram(analysis.figures.peakTime))}`,
    end: `live ${when(end)}`,
    leaks: `allocated${begin} and not freed until ${time(end)}`,
    allocated: `allocated${span || " in all"}`,
    temporary: `allocated and freed again at once${span}`,
  }[view];
  const interval = intervalWords(viewInterval(report));
  return `${what}: ${bytes(size)}${interval === "" ? "" : ` (${interval})`} in ${counted(blocks, "block")}`;
}

/**
 * A line for the beginning and for the end of the span, if that moment lies in a gap: the report can't tell which events
 * of the gap happened before it. No line if the same was live in the whole gap.
 */
function gapLines({ analysis }: Pick<TraceReport, "analysis">): string[] {
  return analysis.gaps.flatMap(({ moment, from, to, events, leastBytes, mostBytes }) => {
    const [least, most] = [bytes(leastBytes), bytes(mostBytes)];
    if (least === most) return [];
    const what = `${counted(events, "event")} there (${least} to ${most} live)`;
    const [begin, end, asked] = [from, to, moment].map((at) => instant(analysis.sinceProgram(at)));
    return [`From ${begin} to ${end} no time was recorded: ${what} count as before ${asked}.`];
  });
}

/** A line that says which part of the view the filter keeps; none without a filter. */
function filterLines({ selection: { filter }, stacks: { sum }, analysis, view, colors }: TraceReport): string[] {
  if (!filter) return [];
  const share = percent(sum.bytes, viewSum({ analysis, view }).bytes);
  return [
    colors.dim(
      `With ${forTerminal(filter.source)} on the stack: ${bytes(sum.bytes)}, ${share}, in ${counted(sum.count, "block")}`,
    ),
  ];
}

/** Says how the interpreter's start can be shown by stack. */
function startHint({ analysis, summary }: TraceReport): string {
  if (summary.metadata.aggregated) return "";
  return analysis.startIsSums ? ": run --trace-start records them by stack" : ": --with-start shows them by stack";
}

/** The head of a report: the program, the view, and what could not be read of the trace. */
export function reportHead(report: TraceReport): string[] {
  const { colors, summary } = report;
  const { command, sample } = summary.metadata;
  const start = startWords(report);
  return [
    `${colors.bold(forTerminal(programName(command)))}  ${colors.dim(viewLine(report))}`,
    ...filterLines(report),
    ...(start === undefined ? [] : [colors.dim(`Not counted: ${start}${startHint(report)}.`)]),
    ...(sample > 0
      ? [
          colors.dim(
            `Sampled, one in ${bytes(sample)}: sizes and counts are estimates. (a to b) contains the true value in 95 of 100 recordings; what is not shown has less than ${bytes(intervalOf(0, 0, sample).high)}.`,
          ),
        ]
      : []),
    ...gapLines(report).map(colors.dim),
    ...(summary.problem === undefined
      ? []
      : [colors.yellow(`${visible(summary.problem)}. Everything before that is shown.`)]),
  ];
}
