// Collapsed stacks, as flamegraph.pl and its kin read them: `outer;inner bytes` a line.

import { placeOf } from "../../text/labels.js";
import type { TraceReport } from "../trace-context.js";
import { exportedStacks } from "./stacks.js";

/** A frame as one word of a stack: what would end it is replaced. */
const word = (text: string) => text.replaceAll(";", ":").replace(/\s+/g, " ");

export function collapsed(report: TraceReport): string {
  const sums = new Map<string, number>();
  for (const { bytes, frames } of exportedStacks(report)) {
    const stack = frames.map(({ function: f, line }) =>
      word(f.file === "" ? f.name : `${f.name} (${placeOf(f, line)})`),
    );
    const key = stack.reverse().join(";");
    sums.set(key, (sums.get(key) ?? 0) + bytes);
  }
  return [...sums].map(([stack, bytes]) => `${stack} ${bytes}\n`).join("");
}
