// What every export is made from: a trace's stacks that have something.

import type { View } from "../../trace/accounts.js";
import type { Frame } from "../../trace/tree.js";
import type { TraceReport } from "../trace-context.js";
import { stackRows } from "../trace-groups.js";

/** One stack: whole bytes and blocks, and its frames from the innermost outwards; one frame at least. */
export interface ExportedStack {
  readonly bytes: number;
  readonly count: number;
  readonly frames: readonly Frame[];
}

export function exportedStacks({ analysis, view }: Pick<TraceReport, "analysis" | "view">): ExportedStack[] {
  const { tree } = analysis;
  return stackRows(analysis, view).map(({ node, own }) => ({
    bytes: Math.round(own.bytes),
    count: Math.round(own.count),
    frames: node === 0 ? [tree.frame(0)] : tree.stack(node),
  }));
}

/** What a view is called in a file. */
export const VIEW_NAMES: Readonly<Record<View, string>> = {
  peak: "live at the peak",
  end: "live at the end",
  leaks: "allocated and not freed",
  allocated: "allocated",
  temporary: "allocated and freed at once",
};
