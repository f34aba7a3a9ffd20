// Chrome's .heapprofile: HeapProfiler.SamplingHeapProfile of the DevTools protocol, which its Memory panel loads.
//
// A node's size is its own, without its callees. `samples` has one entry for each stack, as the protocol requires.
// Lines and columns count from 0.

import { functionName } from "../../text/labels.js";
import { Children, walk } from "../children.js";
import type { TraceReport } from "../trace-context.js";
import { sumByNode } from "../trace-groups.js";
import { type Chunks, jsonList, START, startOf } from "./stacks.js";

export interface HeapProfileNode {
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly HeapProfileNode[];
}

export interface HeapProfile {
  readonly head: HeapProfileNode;
  readonly samples: readonly { readonly size: number; readonly nodeId: number; readonly ordinal: number }[];
}

export function* heapProfile(report: TraceReport): Chunks {
  const { stacks, view } = report;
  const { tree } = stacks;
  const { ownBytes, totalBytes } = sumByNode(stacks, view);
  const start = startOf(report);
  const sizeOf = (node: number) => Math.round(ownBytes[node] as number);
  /** The text of a node up to its callees; a bracket closes it after them. */
  const open = (name: string, url: string, line: number, script: number, selfSize: number, id: number) => {
    const callFrame = {
      functionName: name,
      scriptId: String(script),
      url,
      lineNumber: line - 1,
      columnNumber: line === 0 ? -1 : 0,
    };
    return `${JSON.stringify({ callFrame, selfSize, id }).slice(0, -1)},"children":[`;
  };
  const startId = tree.length + 1;
  const children = new Children(tree, (a, b) => (totalBytes[b] as number) - (totalBytes[a] as number));
  yield '{"head":';
  let comma = "";
  for (const step of walk(children)) {
    if (step < 0) {
      if (step === ~0 && start) yield `${comma}${open(START.name, "", 0, 0, start.bytes, startId)}]}`;
      yield "]}";
      comma = ",";
      continue;
    }
    const { function: f, line } = tree.frame(step);
    const name = step === 0 ? "(root)" : functionName(f);
    yield `${comma}${open(name, f.file, line, tree.functionNumber(step), sizeOf(step), step + 1)}`;
    comma = "";
  }
  yield ',"samples":[';
  function* samples() {
    for (let node = 0; node < tree.length; node++) {
      if (sizeOf(node) > 0) yield { size: sizeOf(node), nodeId: node + 1 };
    }
    if (start) yield { size: start.bytes, nodeId: startId };
  }
  let ordinal = 0;
  yield* jsonList(samples(), (sample) => JSON.stringify({ ...sample, ordinal: ++ordinal }));
  yield "]}\n";
}
