// A trace as a tree of calls: where the bytes are, from the outermost frame inwards.

import { bytes } from "../text/bytes.js";
import { placeOf } from "../text/labels.js";
import { count, counted, percent } from "../text/numbers.js";
import { reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { sumByNode, visitTree } from "./trace-groups.js";

export interface TreeOptions {
  /** Branches with less than this share of the bytes, from 0 to 1, are left out. */
  readonly least: number;
  /** Levels that are shown at most. */
  readonly depth: number;
}

export function traceTree(report: TraceReport, { least, depth }: TreeOptions): string {
  const { analysis, view, colors } = report;
  const { tree } = analysis;
  const sums = sumByNode(analysis, view);
  const whole = viewSum(report).bytes;
  const children = new Map<number, number[]>();
  const isShown = (node: number) => (sums.totalBytes[node] as number) >= Math.max(whole * least, 1);
  visitTree(
    tree,
    (node) => {
      if (node === 0 || !isShown(node)) return;
      const siblings = children.get(tree.parent(node)) ?? [];
      siblings.push(node);
      children.set(tree.parent(node), siblings);
    },
    () => undefined,
  );
  const lines: string[] = [];
  const show = (node: number, prefix: string, level: number) => {
    const below = (children.get(node) ?? []).sort(
      (a, b) => (sums.totalBytes[b] as number) - (sums.totalBytes[a] as number),
    );
    const rows = level >= depth ? [] : below;
    const own = sums.ownBytes[node] as number;
    if (node === 0 && own >= Math.max(whole * least, 1)) lines.push(`${figure(own)} ${tree.frame(0).function.name}`);
    rows.forEach((child, k) => {
      const last = k === rows.length - 1;
      // A chain of single calls stays in one column, so that deep stacks can be read.
      const alone = rows.length === 1 && level > 0;
      const { function: f, line } = tree.frame(child);
      const place = `${f.name} ${colors.dim(placeOf(f, line))}`;
      lines.push(`${figure(sums.totalBytes[child] as number)} ${prefix}${alone ? "" : last ? "└ " : "├ "}${place}`);
      show(child, alone ? prefix : `${prefix}${last ? "  " : "│ "}`, level + 1);
    });
    if (level >= depth && below.length > 0) lines.push(`${" ".repeat(16)} ${prefix}${colors.dim("…")}`);
  };
  const figure = (size: number) => `${bytes(size).padStart(10)} ${percent(size, whole).padStart(5)}`;
  show(0, "", 0);
  const shown = lines.length;
  return [
    ...reportHead(report),
    "",
    ...lines,
    colors.dim(`  ${count(shown)} of ${counted(tree.length, "node")}`),
    "",
  ].join("\n");
}
