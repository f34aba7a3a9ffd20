// A trace as a tree of calls, from the outermost frame inwards.

import { bytes } from "../text/bytes.js";
import { count, counted, percent } from "../text/numbers.js";
import { Children } from "./children.js";
import { frameText, reportFoot, reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { sumByNode } from "./trace-groups.js";

export interface TreeOptions {
  /** Branches with less than this share of the bytes, from 0 to 1, are omitted. */
  readonly minShare: number;
  /** The most levels that are shown. */
  readonly depth: number;
  /** The order of a function's calls. */
  readonly sort: "total" | "own" | "count" | "name";
}

export const TREE_DEFAULTS: TreeOptions = { minShare: 0.01, depth: 60, sort: "total" };

/** A node to be shown, with the text before it and before its callees. */
interface Entry {
  readonly node: number;
  readonly lead: string;
  readonly prefix: string;
  readonly level: number;
}

export function traceTree(report: TraceReport, { minShare, depth, sort }: TreeOptions): string {
  const { stacks, view, colors } = report;
  const { tree } = stacks;
  const { ownBytes, totalBytes, totalCount } = sumByNode(stacks, view);
  const whole = viewSum(report).bytes;
  const least = Math.max(whole * minShare, 1);
  const order = { total: totalBytes, own: ownBytes, count: totalCount, name: undefined }[sort];
  const nameOf = (node: number) => tree.frame(node).function.name;
  const children = new Children(tree, (a, b) =>
    order ? (order[b] as number) - (order[a] as number) : nameOf(a).localeCompare(nameOf(b)),
  );
  const figure = (size: number) => `${bytes(size).padStart(10)} ${percent(size, whole).padStart(5)}`;
  const callees = ({ node, prefix, level }: Entry): Entry[] => {
    const below = [...children.of(node)].filter((child) => (totalBytes[child] as number) >= least);
    // A chain of single calls stays in one column, so that deep stacks can be read.
    if (below.length === 1 && level > 0) return [{ node: below[0] ?? 0, lead: prefix, prefix, level: level + 1 }];
    return below.map((child, k) => {
      const isLast = k === below.length - 1;
      const branch = { lead: `${prefix}${isLast ? "└ " : "├ "}`, prefix: `${prefix}${isLast ? "  " : "│ "}` };
      return { node: child, ...branch, level: level + 1 };
    });
  };
  const lines: string[] = [];
  const outside = ownBytes[0] as number;
  if (outside >= least) lines.push(`${figure(outside)} ${nameOf(0)}`);
  const waiting = callees({ node: 0, lead: "", prefix: "", level: 0 }).reverse();
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    lines.push(`${figure(totalBytes[entry.node] as number)} ${entry.lead}${frameText(report, tree.frame(entry.node))}`);
    const below = callees(entry);
    if (entry.level < depth) waiting.push(...below.reverse());
    else if (below.length > 0) lines.push(`${" ".repeat(16)} ${entry.prefix}${colors.dim("…")}`);
  }
  return [
    ...reportHead(report),
    "",
    ...lines,
    colors.dim(`  ${count(lines.length)} of ${counted(tree.length, "node")}`),
    ...reportFoot(report),
    "",
  ].join("\n");
}
