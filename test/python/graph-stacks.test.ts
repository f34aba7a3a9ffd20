// Where the objects of a snapshot were allocated: the stacks of a recording, in the graph and in the file.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import type { ObjectGraph } from "../../src/snapshot/graph.js";
import { startPython } from "./start.js";
import { nodesById } from "./versions/objects.js";

const PROGRAM = `
class Point:
    __slots__ = ("x",)
    def __init__(self, n):
        self.x = bytes(100 + n)

def load(count):
    return [Point(n) for n in range(count)]

def descend(depth):
    if depth == 0:
        return load(3)
    return descend(depth - 1)

points = load(20)
deep = descend(600)
[*map(id, points), id(points[0].x), id(deep[0])]
`;
/** How the file of a snapshot with a recording looks to a program that reads JSON. */
interface SnapshotFile {
  readonly snapshot: { readonly meta: { readonly node_fields: string[] }; readonly trace_function_count: number };
  readonly nodes: number[];
  readonly trace_function_infos: number[];
  readonly trace_tree: TraceList;
  readonly strings: string[];
}
type TraceList = (number | TraceList)[];

/** The stacks of a file by the id of the trace node, innermost first, as "function:line". */
function stacksOf({ trace_function_infos: infos, trace_tree: tree, strings }: SnapshotFile): Map<number, string[]> {
  const found = new Map<number, string[]>();
  const visit = (list: TraceList, callers: string[]) => {
    for (let k = 0; k < list.length; k += 5) {
      const at = 6 * (list[k + 1] as number);
      const stack = [`${strings[infos[at + 1] as number]}:${infos[at + 4]}`, ...callers];
      found.set(list[k] as number, stack);
      visit(list[k + 4] as TraceList, stack);
    }
  };
  visit(tree, []);
  return found;
}

function fileOf(heap: PythonHeap): SnapshotFile {
  const pieces: Buffer[] = [];
  heap.snapshot({ write: (bytes) => pieces.push(Buffer.from(bytes)) });
  return JSON.parse(Buffer.concat(pieces).toString("utf8")) as SnapshotFile;
}

/** The stack of an object in a graph, innermost first. */
function stackIn({ stacks }: ObjectGraph, node: number | undefined): string[] {
  const found: string[] = [];
  for (let at = stacks?.nodes[node ?? -1] ?? 0; stacks && at !== 0; at = stacks.tree.parent(at)) {
    const { function: of, line } = stacks.tree.frame(at);
    found.push(`${of.name}:${line}`);
  }
  return found;
}

describe("a snapshot while a recording runs", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  const pieces: Uint8Array[] = [];
  let ids: number[];
  let stop: () => void;

  beforeAll(async () => {
    ({ pyodide, heap } = await startPython());
    expect(heap.graph().stacks).toBeUndefined();
    const recorder = heap.trace({ write: (bytes) => pieces.push(bytes.slice()), readBack: () => pieces });
    stop = () => recorder.stop();
    ids = (pyodide.runPython(PROGRAM) as { toJs(): number[] }).toJs();
  });

  it("has the lines where each object was allocated", () => {
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const stack = (id: number | undefined) => stackIn(graph, nodes.get(id ?? 0)).slice(0, 3);
    for (const id of ids.slice(0, 20)) expect(stack(id)).toEqual(["load:8", "<module>:15", expect.any(String)]);
    expect(stack(ids[20])).toEqual(["Point.__init__:5", "load:8", "<module>:15"]);
    expect(stack(ids[21])).toEqual(["load:8", "descend:12", "descend:13"]);
    // An object from before the recording has no stack.
    expect(stackIn(graph, nodes.get(pyodide.runPython("import sys; id(sys.modules)") as number))).toEqual([]);
  });

  it("writes them into the file", () => {
    const file = fileOf(heap);
    const width = file.snapshot.meta.node_fields.length;
    const stacks = stacksOf(file);
    expect(file.snapshot.trace_function_count).toBe(file.trace_function_infos.length / 6);
    const traceNodes = new Map<number, number>();
    for (let k = 0; k < file.nodes.length; k += width) {
      const [, , id = 0, , , trace = 0] = file.nodes.slice(k, k + 6);
      traceNodes.set(id, trace);
    }
    expect([...traceNodes.values()].filter((trace) => trace !== 0 && !stacks.has(trace))).toEqual([]);
    const stack = (id: number | undefined) => stacks.get(traceNodes.get(id ?? 0) ?? 0);
    expect(stack(ids[0])?.slice(0, 2)).toEqual(["load:8", "<module>:15"]);
    expect(stack(ids[0])?.at(-1)).toBe("(root):0");
    expect(stack(ids[20])?.slice(0, 3)).toEqual(["Point.__init__:5", "load:8", "<module>:15"]);
    // Readers are recursive, so of a very deep stack the file has only the innermost and the outermost frames.
    const deep = stack(ids[21]) ?? [];
    expect(deep[0]).toBe("load:8");
    expect(deep.length).toBeLessThan(450);
    expect(deep).toContain("<module>:16");
  });

  it("has the stacks of tracemalloc, and none when nothing is recorded any more", () => {
    stop();
    expect(heap.graph().stacks).toBeUndefined();
    heap.tracemalloc.start(5);
    const id = pyodide.runPython("\n\nnew = bytes(700)\nid(new)") as number;
    const graph = heap.graph();
    expect(stackIn(graph, nodesById(graph).get(id))[0]).toBe("<module>:3");
    heap.tracemalloc.stop();
    const sums = { write: () => undefined, aggregate: true, readBack: () => pieces };
    expect(() => heap.trace(sums)).toThrow("a recording of totals can't be read back");
  });
});
