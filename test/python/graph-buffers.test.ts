// Blocks that are no objects, and that pyheap knows nothing about: those of deques, arrays, files in memory. They belong to the objects that
// refer to them.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import type { ObjectGraph } from "../../src/snapshot/graph.js";
import { startPython } from "./start.js";
import { nodesById } from "./versions/objects.js";

describe("blocks that only an object's own words lead to", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  beforeAll(async () => {
    ({ pyodide, heap } = await startPython());
  });

  interface Found {
    readonly name: string;
    readonly type: string;
    readonly own: number;
    readonly told: number;
    readonly buffers: number;
  }

  /** Runs a program that makes `made`, a dict of objects, and says what the graph has of them. */
  function objectsOf(program: string): { found: Map<string, Found>; graph: ObjectGraph } {
    const told = JSON.parse(
      pyodide.runPython(`${program}
import json, sys
json.dumps([[name, id(each), sys.getsizeof(each)] for name, each in made.items()])`) as string,
    ) as [string, number, number][];
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const buffers = new Map<number, number>();
    for (const owner of graph.bufferOwners) buffers.set(owner, (buffers.get(owner) ?? 0) + 1);
    const found = told.map(([name, id, size]): [string, Found] => {
      const node = nodes.get(id) ?? -1;
      const type = graph.strings[graph.types[node] as number] as string;
      return [name, { name, type, own: graph.sizes[node] as number, told: size, buffers: buffers.get(node) ?? 0 }];
    });
    expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
    expect(new Set(graph.bufferAddresses).size).toBe(graph.bufferAddresses.length);
    return { found: new Map(found), graph };
  }

  it("are the object's: its own size is what Python says, rounded up for each block", () => {
    const { found } = objectsOf(`
import array, collections
class Ordered(collections.OrderedDict): pass
class Deque(collections.deque): __slots__ = "more",
made = {
    "short": collections.deque([1]), "empty": collections.deque(), "deque": collections.deque(range(1000)), "derived": Deque(range(200)),
    "middle": collections.deque(range(10**5), 5000), "ordered": collections.OrderedDict((k, [k]) for k in range(1000)),
    "few": collections.OrderedDict(a=1), "none": collections.OrderedDict(), "my ordered": Ordered(a=1, b=2),
    "array": array.array("d", [0.5] * 1000), "large": array.array("d", [0.5] * 10**5), "bytes": array.array("b", b"x" * 20),
}
for k in range(10): made["deque"].popleft()
for k in range(0, 1000, 3): del made["ordered"][k]
made["ordered"].move_to_end(1)
`);
    const wrong = [...found.values()].filter(
      ({ own, told, buffers }) => !(own >= told - 8 && own <= told + 8 + 15 * (buffers + 1)),
    );
    expect(wrong).toEqual([]);
    expect(found.get("deque")?.buffers).toBe(16);
    expect(found.get("ordered")?.buffers).toBe(1000 - 334 + 2);
    expect(found.get("array")?.buffers).toBe(1);
  });

  it("are the object's where Python does not count them", () => {
    const { found } = objectsOf(`
import io, struct, xml.etree.ElementTree as tree
made = {"text": io.StringIO("x" * 5000), "struct": struct.Struct("iqd" * 50), "element": tree.Element("a")}
made["text"].write("y")
for k in range(100): tree.SubElement(made["element"], "b")
`);
    // A StringIO has four bytes for each character; a Struct has a code for each field; an Element has its children's addresses.
    expect(found.get("text")?.own).toBeGreaterThan(4 * 5000);
    expect(found.get("struct")?.own).toBeGreaterThan(150 * 16);
    expect(found.get("element")?.own).toBeGreaterThan(100 * 4);
  });

  it("belong to the object that others refer to, if several have a block's address", () => {
    const { found } = objectsOf(`
import array, collections
numbers = array.array("d", [0.5] * 1000)
many = collections.deque(range(10000))
middle = iter(many)
for k in range(5000): next(middle)
made = {"view": memoryview(numbers), "slice": memoryview(numbers)[:5], "numbers": numbers, "middle": middle, "many": many}
made["managed"] = __import__("gc").get_referents(made["view"])[0]
`);
    expect([...found.values()].map(({ name, buffers }) => [name, buffers > 0])).toEqual([
      ...[
        ["view", false],
        ["slice", false],
        ["numbers", true],
        ["middle", false],
        ["many", true],
        ["managed", false],
      ],
    ]);
    expect(found.get("numbers")?.own).toBeGreaterThan(8000);
    expect(found.get("many")?.own).toBeGreaterThan(40_000);
  });
});
