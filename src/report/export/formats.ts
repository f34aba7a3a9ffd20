// The formats of other tools: for each the ending of the file's name, the most frames of a stack, and the function that
// writes the file.

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
  /** The most frames of a stack, unless the user asks for more. */
  readonly maxDepth?: number;
  /** Set if names are written unchanged, because a program reads them. */
  readonly isRaw?: true;
}

/** The limit for formats that write every stack in full: such a file grows with the square of the depth. */
const MOST_IN_LISTS = 256;
/**
 * The limit for formats where stacks are branches of a tree. Such a file stays small, but speedscope 1.25 fails on
 * stacks deeper than some 4,000 frames.
 */
const MOST_IN_TREES = 2000;

export const FORMATS = {
  pprof: { suffix: ".pb.gz", write: pprof, isCompressed: true, maxDepth: MOST_IN_LISTS },
  speedscope: { suffix: ".speedscope.json", write: speedscope, maxDepth: MOST_IN_TREES },
  heapprofile: { suffix: ".heapprofile", write: heapProfile, maxDepth: MOST_IN_TREES },
  collapsed: { suffix: ".collapsed.txt", write: collapsed, maxDepth: MOST_IN_LISTS },
  csv: { suffix: ".csv", write: csv, maxDepth: MOST_IN_LISTS },
  json: { suffix: ".json", write: jsonExport, isRaw: true },
} as const satisfies Readonly<Record<string, Format>>;

/** The report from which a file in a format is made. */
export function exportReport(parts: TraceParts, { maxDepth, isRaw }: Format, selection: Selection = {}): TraceReport {
  const write = isRaw ? (text: string) => text : visible;
  return traceReport(parts, { ...selection, maxDepth: selection.maxDepth ?? maxDepth, write });
}
