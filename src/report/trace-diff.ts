// Two traces side by side: what grew, what shrank.

import type { Colors } from "picocolors/types.js";
import { bytes, signedBytes } from "../text/bytes.js";
import { programName } from "../text/labels.js";
import { count, signedCount } from "../text/numbers.js";
import { forTerminal, visible } from "../text/visible.js";
import { type Cell, layOut } from "./columns.js";
import { type TraceReport, viewLine } from "./trace-context.js";
import { type Group, type Groupable, type Grouping, groupBy } from "./trace-groups.js";
import { inTermsOf, type Matched } from "./trace-match.js";

export interface DiffOptions {
  readonly by: Grouping;
  readonly rows: number;
  /** The order: the largest difference first, or names from A on. */
  readonly sort: "bytes" | "count" | "name";
}

export const DIFF_DEFAULTS: DiffOptions = { by: "function", rows: 30, sort: "bytes" };

/**
 * A group of one trace or of both: its own bytes in the first trace (`before`) and in the second (`after`), and by how many
 * bytes and blocks the second exceeds the first.
 */
export interface Difference {
  readonly label: string;
  readonly before: number;
  readonly after: number;
  readonly bytes: number;
  readonly count: number;
}

const matched = ({ stacks, summary }: TraceReport): Matched => ({
  tree: stacks.tree,
  command: summary.metadata.command,
});

/**
 * The groups that differ, the largest difference of bytes first. A group in both traces has its name from the second.
 */
export function differences(before: TraceReport, after: TraceReport, by: Grouping): Difference[] {
  const groups = (of: Groupable, { view }: TraceReport) =>
    new Map(groupBy(of, view, by).map((group): [string, Group] => [group.label, group]));
  const tree = inTermsOf(matched(after), matched(before));
  const first = groups({ tree, accounts: before.stacks.accounts }, before);
  const second = groups(after.stacks, after);
  const nothing = { bytes: 0, count: 0 };
  return [...new Set([...first.keys(), ...second.keys()])]
    .map((label) => {
      const a = first.get(label)?.own ?? nothing;
      const b = second.get(label)?.own ?? nothing;
      return { label, before: a.bytes, after: b.bytes, bytes: b.bytes - a.bytes, count: b.count - a.count };
    })
    .filter((row) => Math.abs(row.bytes) >= 1 || Math.abs(row.count) >= 0.5)
    .sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes) || a.label.localeCompare(b.label));
}

/** The interpreter's start in both traces, in one line, because it is in no group. */
function startChange(before: TraceReport, after: TraceReport): string[] {
  const [first, second] = [before, after].map(({ analysis, view }) => analysis.start[view].bytes);
  if (!first && !second) return [];
  return [`Not counted: the interpreter's start, ${bytes(first ?? 0)} before, ${bytes(second ?? 0)} after.`];
}

export function traceDiff(
  before: TraceReport,
  after: TraceReport,
  { by, rows, sort }: DiffOptions,
  colors: Colors,
): string {
  const all = differences(before, after, by);
  if (sort === "count") all.sort((a, b) => Math.abs(b.count) - Math.abs(a.count));
  else if (sort === "name") all.sort((a, b) => a.label.localeCompare(b.label));
  const lines = all.slice(0, rows).map((row): Cell[] => {
    const paint = row.bytes > 0 ? colors.red : colors.green;
    return [paint(signedBytes(row.bytes)), bytes(row.before), bytes(row.after), signedCount(row.count), row.label];
  });
  const sum = all.reduce((total, row) => total + row.bytes, 0);
  const name = ({ summary }: TraceReport) => colors.bold(forTerminal(programName(summary.metadata.command)));
  const problems = Object.entries({ before, after }).flatMap(([which, { summary }]) =>
    summary.problem === undefined ? [] : [`${which}: ${visible(summary.problem)}`],
  );
  return [
    `before  ${name(before)}  ${colors.dim(viewLine(before))}`,
    `after   ${name(after)}  ${colors.dim(viewLine(after))}`,
    ...startChange(before, after).map((line) => colors.dim(line)),
    ...problems.map((problem) => colors.yellow(`${problem}. Everything before that is compared.`)),
    "",
    all.length === 0
      ? "  Nothing differs."
      : layOut(
          [["grew", "before", "after", "blocks", by].map((title) => colors.dim(title)), ...lines],
          ["right", "right", "right", "right", "left"],
        ),
    ...(all.length > rows ? [colors.dim(`  ${count(all.length - rows)} more`)] : []),
    `  ${signedBytes(sum)} in all`,
    "",
  ].join("\n");
}
