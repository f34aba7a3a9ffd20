// A heap snapshot as memlab reads and analyses it: classes, references, dominators, retained sizes.

import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findDominators } from "../../src/snapshot/dominators.js";
import type { ObjectGraph } from "../../src/snapshot/graph.js";
import { hasMemlab, MEMLAB } from "../needs.js";
import { startPython } from "./start.js";
import { nodesById } from "./versions/objects.js";

interface MemlabEdge {
  readonly name_or_index: string | number;
  readonly type: string;
  readonly toNode: MemlabNode;
  readonly fromNode: MemlabNode;
}

interface MemlabNode {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly self_size: number;
  readonly trace_node_id: number;
  readonly retainedSize: number;
  readonly dominatorNode: MemlabNode | null;
  readonly references: readonly MemlabEdge[];
  readonly referrers: readonly MemlabEdge[];
}

interface MemlabHeap {
  readonly nodes: { readonly length: number; forEach(visit: (node: MemlabNode) => void): void };
  getNodeById(id: number): MemlabNode | null;
}

interface Memlab {
  getFullHeapFromFile(file: string): Promise<MemlabHeap>;
}

const PROGRAM = `
class Leaf:
    def __init__(self, shared):
        self.data = bytes(9000)
        self.shared = shared
class Tree:
    def __init__(self):
        shared = bytearray(50_000)
        self.leaves = {k: Leaf(shared) for k in range(30)}
tree = Tree()
[id(tree), *(id(leaf) for leaf in tree.leaves.values())]
`;

describe.runIf(hasMemlab)("memlab", () => {
  let graph: ObjectGraph;
  let heap: MemlabHeap;
  let tree: MemlabNode;
  let leaves: readonly number[];

  beforeAll(async () => {
    const file = join(mkdtempSync(join(tmpdir(), "pyheap-")), "known.heapsnapshot");
    const python = await startPython();
    const pieces: Uint8Array[] = [];
    python.heap.trace({ write: (bytes) => pieces.push(bytes.slice()), readBack: () => pieces });
    const [of = 0, ...ids] = (python.pyodide.runPython(PROGRAM) as { toJs(): number[] }).toJs();
    python.heap.snapshot({ file });
    graph = python.heap.graph();
    const load = createRequire(MEMLAB);
    (load("@memlab/core") as { config: { muteConsole: boolean } }).config.muteConsole = true;
    const memlab = load("@memlab/heap-analysis") as Memlab;
    heap = await memlab.getFullHeapFromFile(file);
    tree = heap.getNodeById(of) as MemlabNode;
    leaves = ids;
  }, 300_000);

  it("finds the objects of a class, what they refer to, and who refers to them", () => {
    const found: number[] = [];
    heap.nodes.forEach((node) => {
      if (node.name === "__main__.Leaf" && node.type === "object") found.push(node.id);
    });
    expect(found.sort()).toEqual([...leaves].sort());
    const dict = tree.references.find(({ name_or_index: name }) => name === "leaves")?.toNode;
    expect(dict?.name).toBe("dict");
    const [edge] = dict?.references.filter(({ name_or_index: name }) => name === "[7]") ?? [];
    expect([edge?.type, edge?.toNode.id]).toEqual(["property", leaves[7]]);
    const holders = tree.referrers.filter(({ type }) => type !== "weak");
    expect(holders.map(({ name_or_index: name, fromNode }) => [name, fromNode.name])).toContainEqual([
      "['tree']",
      "dict",
    ]);
  });

  it("knows where objects were allocated", () => {
    const traceNodes = leaves.map((id) => heap.getNodeById(id)?.trace_node_id ?? 0);
    // All leaves were made in one line, and the tree in another one.
    expect(new Set(traceNodes).size).toBe(1);
    expect(traceNodes[0]).toBeGreaterThan(0);
    expect(tree.trace_node_id).toBeGreaterThan(0);
    expect(tree.trace_node_id).not.toBe(traceNodes[0]);
  });

  it("finds the same dominators and retained sizes as pyheap", () => {
    const { parents, retained } = findDominators(graph);
    const nodes = nodesById(graph);
    for (const id of [tree.id, ...leaves]) {
      const node = nodes.get(id) as number;
      const theirs = heap.getNodeById(id);
      expect(Number(theirs?.retainedSize)).toBe(retained[node]);
      expect(theirs?.dominatorNode?.id).toBe(graph.ids[parents[node] as number]);
    }
    expect(Number(tree.retainedSize)).toBeGreaterThan(30 * 9000 + 50_000);
  });
});
