// Functions of a trace one by one, for a terminal.

import { bytes } from "../text/bytes.js";
import { count, counted, percent } from "../text/numbers.js";
import { forTerminal } from "../text/visible.js";
import type { Measure } from "../trace/accounts.js";
import { callsOf, type Share } from "./calls.js";
import { layOut } from "./columns.js";
import { frameText, reportFoot, reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { groupBy } from "./trace-groups.js";

export interface CallersOptions {
  /** The functions that are shown: those whose name or file matches. */
  readonly pattern: RegExp;
  /** The most functions that are shown, and the most rows of each list. */
  readonly functions: number;
  readonly rows: number;
  /** Rows with less than this share of the function's bytes, from 0 to 1, are omitted. */
  readonly minShare: number;
}

export const CALLERS_DEFAULTS: Omit<CallersOptions, "pattern"> = { functions: 5, rows: 10, minShare: 0 };

/** The labels of the matching functions that have allocations, those with the most in total first. */
export function matchingFunctions({ stacks, view }: TraceReport, pattern: RegExp): string[] {
  return groupBy(stacks, view, "function")
    .filter(({ frame }) => frame && (pattern.test(frame.function.name) || pattern.test(stacks.fileOf(frame.function))))
    .sort((a, b) => b.total.bytes - a.total.bytes)
    .map(({ label }) => label);
}

export function traceCallers(report: TraceReport, options: CallersOptions): string {
  const { colors, stacks, view } = report;
  const found = matchingFunctions(report, options.pattern);
  const whole = viewSum(report).bytes;
  const list = (title: string, shares: readonly Share[], of: number, text: (share: Share) => string): string[] => {
    const shown = shares.filter((share) => share.bytes >= of * options.minShare).slice(0, options.rows);
    if (shares.length === 0) return [];
    const rows = shown.map((share) => [bytes(share.bytes), percent(share.bytes, of), count(share.count), text(share)]);
    const more = shares.length - shown.length;
    return [
      `  ${colors.dim(title)}`,
      ...(rows.length === 0 ? [] : [layOut(rows, ["right", "right", "right", "left"])]),
      ...(more > 0 ? [colors.dim(`  ${count(more)} more`)] : []),
    ];
  };
  const frame = (share: Share) => frameText(report, share.frame);
  const shown = found.slice(0, options.functions).flatMap((label) => {
    const f = callsOf(stacks, view, label);
    const share = (measure: Measure) => `${bytes(measure.bytes)} ${percent(measure.bytes, whole)}`;
    return [
      "",
      `${colors.bold(f.label)}  total ${share(f.total)}, own ${share(f.own)}, ${counted(f.own.count, "block")}`,
      ...list("called from", f.callers, f.total.bytes, frame),
      ...list("in its lines", f.lines, f.total.bytes, frame),
      ...list("calls", f.callees, f.total.bytes, frame),
    ];
  });
  const more = found.length - options.functions;
  return [
    ...reportHead(report),
    ...(found.length === 0
      ? ["", `  No function with allocations matches ${forTerminal(options.pattern.source)}.`]
      : shown),
    ...(more > 0 ? ["", colors.dim(`  ${counted(more, "more function")} matched`)] : []),
    ...reportFoot(report),
    "",
  ].join("\n");
}
