// Chrome's .heapprofile: HeapProfiler.SamplingHeapProfile of the DevTools protocol, which its Memory panel loads.
//
// A node's size is its own; `samples` has one entry for each stack, as the protocol asks. Lines and columns are from 0.

import type { TraceReport } from "../trace-context.js";
import { sumByNode } from "../trace-groups.js";

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
  readonly children: HeapProfileNode[];
}

export interface HeapProfile {
  readonly head: HeapProfileNode;
  readonly samples: readonly { readonly size: number; readonly nodeId: number; readonly ordinal: number }[];
}

export function heapProfile({ analysis, view }: TraceReport): HeapProfile {
  const { tree } = analysis;
  const { ownBytes, totalBytes } = sumByNode(analysis, view);
  const nodes: (HeapProfileNode | undefined)[] = [];
  const samples: { size: number; nodeId: number; ordinal: number }[] = [];
  // A parent's number is lower than its children's.
  for (let node = 0; node < tree.length; node++) {
    if (node !== 0 && (totalBytes[node] as number) < 0.5) continue;
    const { function: f, line } = tree.frame(node);
    const selfSize = Math.round(ownBytes[node] as number);
    const made: HeapProfileNode = {
      callFrame: {
        functionName: node === 0 ? "(root)" : f.name,
        scriptId: String(tree.functionNumber(node)),
        url: f.file,
        lineNumber: node === 0 ? -1 : line - 1,
        columnNumber: node === 0 ? -1 : 0,
      },
      selfSize,
      id: node + 1,
      children: [],
    };
    nodes[node] = made;
    if (node !== 0) nodes[tree.parent(node)]?.children.push(made);
    if (selfSize > 0) samples.push({ size: selfSize, nodeId: node + 1, ordinal: samples.length + 1 });
  }
  const [head] = nodes;
  if (!head) throw new Error("Cannot export: a tree has no root");
  return { head, samples };
}
