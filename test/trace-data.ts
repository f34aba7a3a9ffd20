// Traces for tests: kept in memory, and examined by line.

import type { Measure, View } from "../src/trace/accounts.js";
import { type Analysis, type AnalysisOptions, analyse } from "../src/trace/analysis.js";
import { IgnoringConsumer, readTrace, type TraceConsumer, type TraceSummary } from "../src/trace/reader.js";
import type { Frame } from "../src/trace/tree.js";
import { addTo } from "./sums.js";

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

/**
 * The bytes and blocks of a view, by a key that `keyOf` makes of a stack, innermost frame first. A stack whose key is
 * undefined is omitted.
 */
export function sumsBy<Key>(
  { accounts, tree }: Analysis,
  view: View,
  keyOf: (stack: readonly Frame[]) => Key | undefined,
): Map<Key, Measure> {
  const sums = new Map<Key, Measure>();
  for (let account = 0; account < accounts.length; account++) {
    const key = keyOf(tree.stack(accounts.nodes.at(account)));
    if (key !== undefined) addTo(sums, key, accounts.read(view, account));
  }
  return sums;
}

/** The bytes and blocks of a file's lines themselves, by line. */
export const byLine = (analysis: Analysis, view: View, file: string): Map<number, Measure> =>
  sumsBy(analysis, view, ([innermost]) => (innermost?.function.file === file ? innermost.line : undefined));
