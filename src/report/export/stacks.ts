// The source of every export: the stacks of a trace that have allocations, one by one.

import type { Measure, View } from "../../trace/accounts.js";
import type { TraceFunction } from "../../trace/format.js";
import type { StackTree } from "../../trace/tree.js";
import type { TraceReport } from "../trace-context.js";
import { stackRows } from "../trace-groups.js";

/** The pieces of a file, in order, because a file may be too large for memory, or for one string. */
export type Chunks = Iterable<string | Uint8Array>;

/** The interpreter's start is one stack, and this is its only frame. */
export { START } from "../../trace/base.js";

/**
 * The bytes and blocks of the interpreter's start in the view. Undefined if there are none, if they are shown by stack, or
 * if only the stacks that match a filter are shown.
 */
export function startOf({
  analysis,
  view,
  selection,
}: Pick<TraceReport, "analysis" | "view" | "selection">): Measure | undefined {
  const start = analysis.start[view];
  if (start.count < 0.5 || selection.filter) return undefined;
  return { bytes: Math.round(start.bytes), count: Math.round(start.count) };
}

/** A stack: its bytes and blocks as whole numbers, and its innermost node. */
export interface ExportedStack {
  readonly bytes: number;
  readonly count: number;
  readonly node: number;
}

/** The stacks, those with the most bytes first; without the interpreter's start. */
export function* exportedStacks({ stacks, view }: Pick<TraceReport, "stacks" | "view">): Generator<ExportedStack> {
  for (const { node, own } of stackRows(stacks, view)) {
    yield { node, bytes: Math.round(own.bytes), count: Math.round(own.count) };
  }
}

/** The nodes of a stack, from the innermost to the outermost; only the root if it has no frame. */
export function* nodesOf(tree: StackTree, node: number): Generator<number> {
  if (node === 0) yield 0;
  for (let at = node; at !== 0; at = tree.parent(at)) yield at;
}

/** Makes a value for each function and line that occurs in a frame. Equal frames share one value. */
export class PerFrame<T> {
  readonly #known = new Map<number, T>();
  readonly #tree: StackTree;
  readonly #make: (f: TraceFunction, line: number, functionNumber: number) => T;

  constructor(tree: StackTree, make: (f: TraceFunction, line: number, functionNumber: number) => T) {
    this.#tree = tree;
    this.#make = make;
  }

  of(node: number): T {
    const number = this.#tree.functionNumber(node);
    // Lines are below 2^32.
    const key = number * 2 ** 32 + this.#tree.line(node);
    let known = this.#known.get(key);
    if (known === undefined) {
      const { function: f, line } = this.#tree.frame(node);
      known = this.#make(f, line, number);
      this.#known.set(key, known);
    }
    return known;
  }
}

/** The elements of a list in JSON, separated by commas. */
export function* jsonList<T>(items: Iterable<T>, text: (item: T) => string): Generator<string> {
  let comma = "";
  for (const item of items) {
    yield `${comma}${text(item)}`;
    comma = ",";
  }
}

/** The names of views in a file. */
export const VIEW_NAMES: Readonly<Record<View, string>> = {
  peak: "live at the peak",
  end: "live at the end",
  leaks: "allocated and not freed",
  allocated: "allocated",
  temporary: "allocated and freed at once",
};
