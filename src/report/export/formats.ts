// The formats of other tools: what each file is called after, how much of a stack is in it, and what writes it.

import { visible } from "../../text/visible.js";
import type { Selection } from "../selection.js";
import type { TraceReport } from "../trace-context.js";
import { type TraceParts, traceReport } from "../trace-context.js";
import { collapsed } from "./collapsed.js";
import { csv } from "./csv.js";
import { heapProfile } from "./heapprofile.js";
import { jsonExport } from "./json.js";
import { pprof } from "./pprof.js";
import { speedscope } from "./speedscope.js";
import type { Chunks } from "./stacks.js";

export interface Format {
  readonly suffix: string;
  readonly write: (report: TraceReport) => Chunks;
  readonly isCompressed?: true;
  /** Most frames of a stack, unless more are asked for. */
  readonly maxDepth?: number;
  /** Names are written as they are, for a program to read. */
  readonly isRaw?: true;
}

/** Where every stack is told in full, a file grows with the square of the depth. */
const MOST_IN_LISTS = 256;
/** Where a stack is a branch of a tree, the file doesn't; but speedscope 1.25 fails on deeper ones than some 4,000 frames. */
const MOST_IN_TREES = 2000;

export const FORMATS = {
  pprof: { suffix: ".pb.gz", write: pprof, isCompressed: true, maxDepth: MOST_IN_LISTS },
  speedscope: { suffix: ".speedscope.json", write: speedscope, maxDepth: MOST_IN_TREES },
  heapprofile: { suffix: ".heapprofile", write: heapProfile, maxDepth: MOST_IN_TREES },
  collapsed: { suffix: ".collapsed.txt", write: collapsed, maxDepth: MOST_IN_LISTS },
  csv: { suffix: ".csv", write: csv, maxDepth: MOST_IN_LISTS },
  json: { suffix: ".json", write: jsonExport, isRaw: true },
} as const satisfies Readonly<Record<string, Format>>;

/** The report that a file in a format is made of. */
export function exportReport(parts: TraceParts, { maxDepth, isRaw }: Format, selection: Selection = {}): TraceReport {
  const write = isRaw ? (text: string) => text : visible;
  return traceReport(parts, { ...selection, maxDepth: selection.maxDepth ?? maxDepth, write });
}
