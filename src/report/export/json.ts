// A trace's stacks as JSON, for other programs. Stacks are the nodes of one tree, so callers that stacks share are
// written once.

import type { View } from "../../trace/accounts.js";
import type { StackTree } from "../../trace/tree.js";
import type { TraceReport } from "../trace-context.js";
import { type Chunks, exportedStacks, jsonList, startOf } from "./stacks.js";

export const EXPORT_VERSION = 2;

/** All sizes in bytes. */
export interface JsonExport {
  readonly version: typeof EXPORT_VERSION;
  readonly command: readonly string[];
  readonly started: string;
  readonly view: View;
  /** Mean distance between samples in bytes; 0 if everything was recorded. */
  readonly sampleBytes: number;
  readonly problem: string | null;
  /**
   * The part of the view that belongs to the interpreter's start, if it is not in the stacks. Null if it is in the
   * stacks, if there is none, or if the stacks are filtered.
   */
  readonly start: { readonly bytes: number; readonly count: number } | null;
  /** Function 0 stands for what is outside of Python. */
  readonly functions: readonly {
    readonly name: string;
    readonly file: string;
    readonly firstLine: number;
    /** Set for the type of objects, which is innermost on their stacks. */
    readonly isType?: true;
  }[];
  /** The calling node, which has a lower index; the index of the function; and the line. Node 0 is the root. */
  readonly nodes: readonly (readonly [parent: number, functionIndex: number, line: number])[];
  /** The bytes and blocks of each stack, by its innermost node. */
  readonly stacks: readonly { readonly node: number; readonly bytes: number; readonly count: number }[];
}

function* nodesOf(tree: StackTree): Generator<number> {
  for (let node = 0; node < tree.length; node++) yield node;
}

export function* jsonExport(report: TraceReport): Chunks {
  const { summary, view, stacks } = report;
  const { command, started, sample } = summary.metadata;
  const { tree } = stacks;
  const head = {
    version: EXPORT_VERSION,
    command,
    started,
    view,
    sampleBytes: sample,
    problem: summary.problem ?? null,
    start: startOf(report) ?? null,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"functions":[`;
  yield* jsonList(tree.functions, (f) => JSON.stringify(f));
  yield '],"nodes":[';
  yield* jsonList(nodesOf(tree), (node) => `[${tree.parent(node)},${tree.functionNumber(node)},${tree.line(node)}]`);
  yield '],"stacks":[';
  yield* jsonList(exportedStacks(report), (stack) => JSON.stringify(stack));
  yield "]}\n";
}
