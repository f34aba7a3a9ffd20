// A trace's stacks as JSON, for other programs.

import type { View } from "../../trace/accounts.js";
import type { TraceReport } from "../trace-context.js";
import { exportedStacks } from "./stacks.js";

export const EXPORT_VERSION = 1;

/** A function is its index in `functions`; frames are pairs of a function and a line, the innermost first. */
export interface JsonExport {
  readonly version: typeof EXPORT_VERSION;
  readonly command: readonly string[];
  readonly started: string;
  readonly view: View;
  /** Mean distance between samples in bytes; 0 if everything was recorded. */
  readonly sampleBytes: number;
  readonly problem: string | null;
  readonly functions: readonly { readonly name: string; readonly file: string; readonly firstLine: number }[];
  readonly stacks: readonly {
    readonly bytes: number;
    readonly count: number;
    readonly frames: readonly (readonly [functionIndex: number, line: number])[];
  }[];
}

export function jsonExport(report: TraceReport): JsonExport {
  const { summary, view, analysis } = report;
  const { command, started, sample } = summary.metadata;
  const { functions } = analysis.tree;
  const indices = new Map(functions.map((f, k) => [f, k]));
  return {
    version: EXPORT_VERSION,
    command,
    started,
    view,
    sampleBytes: sample,
    problem: summary.problem ?? null,
    functions,
    stacks: exportedStacks(report).map(({ bytes, count, frames }) => ({
      bytes,
      count,
      frames: frames.map(({ function: f, line }): [number, number] => [indices.get(f) ?? 0, line]),
    })),
  };
}
