// Traces for tests: kept in memory, and examined by line.

import type { Measure, View } from "../src/trace/accounts.js";
import { type Analysis, type AnalysisOptions, analyse } from "../src/trace/analysis.js";
import { IgnoringConsumer, readTrace, type TraceConsumer, type TraceSummary } from "../src/trace/reader.js";

/** Takes the bytes of a trace. */
export class Tape {
  readonly #parts: Uint8Array[] = [];
  readonly write = (bytes: Uint8Array): void => void this.#parts.push(bytes.slice());

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  analyse(options: AnalysisOptions = {}): Promise<{ analysis: Analysis; summary: TraceSummary }> {
    return analyse([this.bytes], "the tape", options);
  }

  /** Passes the content of the trace to those functions that are given. */
  async read(to: Partial<TraceConsumer>): Promise<TraceSummary> {
    const consumer: TraceConsumer = Object.assign(new IgnoringConsumer(), to);
    return readTrace([this.bytes], "the tape", consumer);
  }
}

/** The bytes and blocks of a file's lines themselves, by line. */
export function byLine({ accounts, tree }: Analysis, view: View, file: string): Map<number, Measure> {
  const lines = new Map<number, Measure>();
  for (let account = 0; account < accounts.length; account++) {
    const { function: f, line } = tree.frame(accounts.nodes.at(account));
    if (f.file !== file) continue;
    const { bytes, count } = accounts.read(view, account);
    const sum = lines.get(line) ?? { bytes: 0, count: 0 };
    lines.set(line, { bytes: sum.bytes + bytes, count: sum.count + count });
  }
  return lines;
}
