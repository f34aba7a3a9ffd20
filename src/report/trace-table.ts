// A trace as a table: groups with their own bytes, their bytes in total, and their blocks.

import { bytes } from "../text/bytes.js";
import { count, percent } from "../text/numbers.js";
import { intervalOf } from "../trace/sampling.js";
import { layOut } from "./columns.js";
import { intervalWords, reportFoot, reportHead, sourceText, type TraceReport, viewSum } from "./trace-context.js";
import { type Group, type Grouping, groupBy } from "./trace-groups.js";

/** The columns by which rows can be sorted: the largest first, or names from A on. */
export const SORTINGS = ["own", "total", "count", "name"] as const;
export type Sorting = (typeof SORTINGS)[number];

export interface TableOptions {
  readonly by: Grouping;
  /** The most rows that are shown. */
  readonly rows: number;
  readonly sort: Sorting;
  /** Rows whose total is less than this share of the view's bytes, from 0 to 1, are omitted. */
  readonly minShare: number;
}

export const TABLE_DEFAULTS: TableOptions = { by: "function", rows: 30, sort: "own", minShare: 0 };

const ORDERS: Readonly<Record<Sorting, (a: Group, b: Group) => number>> = {
  own: (a, b) => b.own.bytes - a.own.bytes,
  total: (a, b) => b.total.bytes - a.total.bytes,
  count: (a, b) => b.own.count - a.own.count,
  name: (a, b) => a.label.localeCompare(b.label),
};

/** The selected rows, in order, and the number of further rows. */
export function chooseRows(
  groups: readonly Group[],
  whole: number,
  { rows, sort, minShare }: Omit<TableOptions, "by">,
): { shown: Group[]; more: number } {
  const large = groups.filter(({ total }) => total.bytes >= whole * minShare);
  const shown = large.sort(ORDERS[sort]).slice(0, rows);
  return { shown, more: groups.length - shown.length };
}

export function traceTable(report: TraceReport, options: TableOptions): string {
  const { stacks, view, colors } = report;
  const { by } = options;
  const whole = viewSum(report).bytes;
  const { shown, more } = chooseRows(groupBy(stacks, view, by), whole, options);
  const { sample = 0 } = stacks;
  // For estimates, the interval that contains the truth.
  const within = (text: string) => (sample > 0 ? [text] : []);
  const head = ["own", ...within("95 of 100"), "", "total", "", "blocks", by].map((title) => colors.dim(title));
  const lines = shown.map(({ label, own, total, frame, variance }) => [
    bytes(own.bytes),
    ...within(colors.dim(intervalWords(intervalOf(own.bytes, variance, sample)))),
    percent(own.bytes, whole),
    bytes(total.bytes),
    percent(total.bytes, whole),
    count(own.count),
    by === "line" && frame ? `${label}${sourceText(report, frame)}` : label,
  ]);
  return [
    ...reportHead(report),
    "",
    layOut([head, ...lines], [...head.slice(1).map(() => "right" as const), "left"]),
    ...(more > 0 ? [colors.dim(`  ${count(more)} more`)] : []),
    ...reportFoot(report),
    "",
  ].join("\n");
}
