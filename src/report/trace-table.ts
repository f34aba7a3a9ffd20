// A trace as a table: groups with what is their own, what is theirs in total, and how many blocks.

import { bytes } from "../text/bytes.js";
import { count, percent } from "../text/numbers.js";
import { layOut } from "./columns.js";
import { reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { type Grouping, groupBy } from "./trace-groups.js";

export interface TableOptions {
  readonly by: Grouping;
  /** Rows that are shown at most. */
  readonly rows: number;
  readonly sort: "own" | "total" | "count";
}

export function traceTable(report: TraceReport, { by, rows, sort }: TableOptions): string {
  const { analysis, view, colors } = report;
  const groups = groupBy(analysis, view, by);
  const keys = {
    own: (k: number) => groups[k]?.own.bytes ?? 0,
    total: (k: number) => groups[k]?.total.bytes ?? 0,
    count: (k: number) => groups[k]?.own.count ?? 0,
  };
  const order = groups.map((_, k) => k).sort((a, b) => keys[sort](b) - keys[sort](a));
  const whole = viewSum(report).bytes;
  const shown = order.slice(0, rows).flatMap((k) => groups[k] ?? []);
  const head = ["own", "", "total", "", "blocks", by].map((title) => colors.dim(title));
  const lines = shown.map(({ label, own, total }) => [
    bytes(own.bytes),
    percent(own.bytes, whole),
    bytes(total.bytes),
    percent(total.bytes, whole),
    count(own.count),
    label,
  ]);
  const more = groups.length - shown.length;
  return [
    ...reportHead(report),
    "",
    layOut([head, ...lines], ["right", "right", "right", "right", "right", "left"]),
    ...(more > 0 ? [colors.dim(`  ${count(more)} more`)] : []),
    "",
  ].join("\n");
}
