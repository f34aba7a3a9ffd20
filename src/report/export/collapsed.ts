// Collapsed stacks, for flamegraph.pl and similar tools: a line `outer;inner bytes` for each stack.

import { placeOf } from "../../text/labels.js";
import type { TraceReport } from "../trace-context.js";
import { type Chunks, exportedStacks, nodesOf, PerFrame, START, startOf } from "./stacks.js";

/** A frame as one word of a stack: characters that would end it are replaced. */
const word = (text: string) => text.replaceAll(";", ":").replace(/\s+/g, " ");

export function* collapsed(report: TraceReport): Chunks {
  const words = new PerFrame(report.stacks.tree, (f, line) =>
    word(f.file === "" ? f.name : `${f.name} (${placeOf(f, line)})`),
  );
  for (const { node, bytes } of exportedStacks(report)) {
    const stack = Array.from(nodesOf(report.stacks.tree, node), (at) => words.of(at));
    yield `${stack.reverse().join(";")} ${bytes}\n`;
  }
  const start = startOf(report);
  if (start) yield `${START.name} ${start.bytes}\n`;
}
