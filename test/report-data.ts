// Reports for tests, from stacks that are written in the test.

import colors from "picocolors";
import type { Selection } from "../src/report/selection.js";
import { type TraceParts, type TraceReport, traceReport } from "../src/report/trace-context.js";
import { Analysis } from "../src/trace/analysis.js";
import type { TraceFunction, TraceMetadata } from "../src/trace/format.js";

/** A frame: its function's name, its file, its line, and the function's first line, which is 1 unless it is given. */
export type Place = readonly [name: string, file: string, line: number, firstLine?: number];

const METADATA: TraceMetadata = {
  command: ["app.py"],
  started: "2026-01-01T00:00:00.000Z",
  stacks: "python",
  sample: 0,
};

export interface StacksOptions {
  readonly metadata?: Partial<TraceMetadata>;
  /** The bytes that the interpreter allocated to start. */
  readonly start?: number;
  readonly problem?: string;
}

/** A trace of live stacks, each given as bytes and frames from the outermost to the innermost. */
export function traceOf(
  stacks: readonly (readonly [bytes: number, ...frames: Place[]])[],
  { metadata = {}, start = 0, problem }: StacksOptions = {},
): TraceParts {
  const analysis = new Analysis();
  const numbers = new Map<string, number>();
  const nodes = new Map<string, number>();
  const functionOf = ([name, file, , firstLine = 1]: Place): number => {
    const key = `${name}\0${file}\0${firstLine}`;
    const known = numbers.get(key) ?? numbers.size + 1;
    if (known > numbers.size) {
      numbers.set(key, known);
      analysis.function({ name, file, firstLine } satisfies TraceFunction);
    }
    return known;
  };
  const nodeOf = (parent: number, place: Place): number => {
    const key = `${parent} ${functionOf(place)} ${place[2]}`;
    const known = nodes.get(key) ?? nodes.size + 1;
    if (known > nodes.size) {
      nodes.set(key, known);
      analysis.node(parent, functionOf(place), place[2]);
    }
    return known;
  };
  const whole = { ...METADATA, ...metadata };
  analysis.metadata(whole);
  let address = 8;
  if (start > 0) {
    analysis.allocate(address, start, 2, 0);
    analysis.program();
  }
  for (const [bytes, ...frames] of stacks) {
    address += 8;
    analysis.allocate(address, bytes, 2, frames.reduce(nodeOf, 0));
  }
  analysis.time(1_000_000);
  const summary = { metadata: whole, blocks: 2, events: stacks.length, bytes: 100, end: undefined, problem };
  return { analysis, summary, view: "end", colors: colors.createColors(false) };
}

export function reportOf(
  stacks: readonly (readonly [bytes: number, ...frames: Place[]])[],
  selection: Selection = {},
  options: StacksOptions = {},
): TraceReport {
  return traceReport(traceOf(stacks, options), selection);
}

/** The stacks that a report shows, as `main;f 12`, the most bytes first. */
export function shownStacks({ stacks }: TraceReport): string[] {
  const { tree, accounts } = stacks;
  const rows = Array.from({ length: accounts.length }, (_, account) => {
    const frames = tree.stack(accounts.nodes.at(account)).reverse();
    return { text: frames.map(({ function: f }) => f.name).join(";"), bytes: accounts.read("end", account).bytes };
  });
  return rows.sort((a, b) => b.bytes - a.bytes).map(({ text, bytes }) => `${text} ${bytes}`);
}

/** The pieces of a file, joined. */
export function joined(pieces: Iterable<string | Uint8Array>): Buffer {
  return Buffer.concat([...pieces].map((piece) => Buffer.from(piece as Uint8Array)));
}
