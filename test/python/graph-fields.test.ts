// References that no tp_traverse shows: of types that the collector does not know, and of those whose tp_traverse leaves out what can't be a
// part of a cycle. The objects' words have them, and reference counts tell which words are references.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../src/core/constants.gen.js";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import { findDominators } from "../../src/snapshot/dominators.js";
import { EDGE, type ObjectGraph } from "../../src/snapshot/graph.js";
import { startPython } from "./start.js";
import { type Edge, edgesOf, groupOf, nodesById, typeName } from "./versions/objects.js";

const NOT_VISITED = "(not visited)";
const IMMORTAL = 0x3fff_ffff;

describe("references that no tp_traverse shows", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  beforeAll(async () => {
    ({ pyodide, heap } = await startPython());
  });

  const idsOf = (expression: string) =>
    JSON.parse(
      pyodide.runPython(`import json; json.dumps([id(each) for each in ${expression}])`) as string,
    ) as number[];

  const heldBy = (graph: ObjectGraph, group: string): Edge[] => edgesOf(graph, groupOf(graph, group));

  it("a datetime holds its time zone, also if others hold it, too", () => {
    pyodide.runPython(`
import datetime
def zone(minutes): return datetime.timezone(datetime.timedelta(minutes=minutes), f"zone {minutes}")
days = [datetime.datetime(2020, 1, 1, tzinfo=zone(k)) for k in range(50)]
shared = zone(600)
same = [datetime.datetime(2020, 1, 2, tzinfo=shared) for _ in range(20)]
`);
    const [days, zones] = [idsOf("days"), idsOf("(day.tzinfo for day in days)")];
    const [same, [shared]] = [idsOf("same"), idsOf("[shared]")];
    const graph = heap.graph();
    const { parents } = findDominators(graph);
    const nodes = nodesById(graph);
    const at = (id: number | undefined) => nodes.get(id as number) as number;
    expect(zones.map((zone) => graph.ids[parents[at(zone)] as number])).toEqual(days);
    for (const day of same)
      expect(edgesOf(graph, at(day)).map(({ name, target }) => [name, graph.ids[target]])).toEqual([
        [NOT_VISITED, shared],
      ]);
    // The time zone holds its offset and its name.
    expect(edgesOf(graph, at(shared)).map(({ name, target }) => [name, typeName(graph, target)])).toEqual([
      [NOT_VISITED, "datetime.timedelta"],
      [NOT_VISITED, "str"],
    ]);
  });

  it("a number that equals an address is no reference", () => {
    pyodide.runPython(`
import datetime, struct
target = object()
numbers = [struct.unpack("d", struct.pack("Q", id(target) << 32 | id(target)))[0] for _ in range(3)]
complexes = [complex(number, number) for number in numbers]
`);
    const [[target], complexes] = [idsOf("[target]"), idsOf("complexes")];
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const node = nodes.get(target as number) as number;
    expect(
      complexes.flatMap((id) => edgesOf(graph, nodes.get(id) as number).filter((edge) => edge.target === node)),
    ).toEqual([]);
  });

  it("addresses in a block take no reference away from an object's own words", () => {
    pyodide.runPython(`
import array, datetime
held = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(minutes=5)))
addresses = array.array("I", [id(held.tzinfo)] * 3)
`);
    const [day, zone, addresses] = idsOf("[held, held.tzinfo, addresses]");
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const targets = (id: number | undefined) =>
      edgesOf(graph, nodes.get(id as number) as number).map(({ target }) => graph.ids[target]);
    expect(targets(day)).toContain(zone);
    expect(targets(addresses)).not.toContain(zone);
  });

  it("objects that were freed, and are kept for reuse, belong to nobody who has their addresses", () => {
    pyodide.runPython(`
import array
floats = [k + 0.5 for k in range(60)]
addresses = array.array("I", map(id, floats))
del floats
`);
    const [addresses] = idsOf("[addresses]");
    const [size] = JSON.parse(pyodide.runPython("import sys; str([sys.getsizeof(addresses)])") as string) as number[];
    const graph = heap.graph();
    const own = graph.sizes[nodesById(graph).get(addresses as number) as number] as number;
    // The block can be a little larger than what the array asked for.
    expect(own).toBeLessThan((size as number) + 100);
  });

  it("what a freed dict has left in its block is no object", () => {
    pyodide.runPython("class Row(tuple): pass");
    const [dict, row] = idsOf("[dict, Row]") as [number, number];
    const block = heap.object.malloc(40) as number;
    // The collector's header; references and type of the dict; what looks like a tuple with many items.
    new Uint32Array(heap.memory.buffer).set([0, 0, 0, dict, 1, row, 2 ** 31, 0, 0, 0], block >>> 2);
    const ids = new Set(heap.graph().ids);
    heap.object.free(block as never);
    expect([8, 16].filter((front) => ids.has(block + front))).toEqual([]);
  });

  it("a word of a code object that CPython leaves as it was is not looked at", () => {
    const BYTES = 200_000;
    const UNIQUE_ID = 116; // _co_unique_id, which only an interpreter without the lock uses
    const code = pyodide.runPython("def f(): pass\nid(f.__code__)") as number;
    const block = heap.raw.malloc(BYTES) as number;
    const words = new Uint32Array(heap.memory.buffer);
    const before = words[(code + UNIQUE_ID) >>> 2] as number;
    words[(code + UNIQUE_ID) >>> 2] = block;
    const graph = heap.graph();
    words[(code + UNIQUE_ID) >>> 2] = before;
    heap.raw.free(block as never);
    expect(graph.sizes[nodesById(graph).get(code) as number]).toBeLessThan(1000);
  });

  it("a table of the heap belongs to no object that has its address", () => {
    const { core } = (heap as unknown as { foundation: { core: { control: number } } }).foundation;
    const poolMap = new Uint32Array(heap.memory.buffer)[(core.control + C.SMALL_MEM_AT + 8) >>> 2];
    pyodide.runPython(`import array; tables = array.array("I", [${core.control}, ${poolMap}])`);
    const [tables] = idsOf("[tables]");
    const graph = heap.graph();
    const own = graph.sizes[nodesById(graph).get(tables as number) as number] as number;
    expect(own).toBeLessThan(200);
  });

  it("built-in types hold their dicts, and methods their names", () => {
    const [type, dict, method] = idsOf("[str, __import__('gc').get_referents(str.__dict__)[0], str.zfill]");
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const of = (id: number | undefined) =>
      edgesOf(graph, nodes.get(id as number) as number).map(({ name, target }) => [name, graph.ids[target]]);
    expect(of(type)).toContainEqual(["__dict__", dict]);
    expect(of(method).map(([name]) => name)).toContain("__name__");
  });

  it("are not more than the target's references; so hardly anything is held by nobody known", () => {
    const graph = heap.graph();
    const known = new Uint32Array(graph.nodeCount);
    const isTarget = new Uint8Array(graph.nodeCount);
    for (let edge = 0; edge < graph.edgeCount; edge++) {
      const target = graph.targets[edge] as number;
      if (graph.edgeKinds[edge] === EDGE.weak) continue;
      known[target] = (known[target] as number) + 1;
      if (graph.strings[graph.edgeNames[edge] as number] === NOT_VISITED) isTarget[target] = 1;
    }
    const words = new Uint32Array(heap.memory.buffer);
    const inGroups = new Set(
      ["(static data of C)", "(blocks of C)", "(held by C or JavaScript)", "(garbage)"].flatMap((name) =>
        heldBy(graph, name).map(({ target }) => target),
      ),
    );
    const tooMany: string[] = [];
    let found = 0;
    for (let node = 0; node < graph.nodeCount; node++) {
      const count = words[(graph.ids[node] as number) >>> 2] as number;
      if (isTarget[node] === 0 || count >= IMMORTAL) continue;
      found++;
      if ((known[node] as number) - (inGroups.has(node) ? 1 : 0) > count)
        tooMany.push(`${typeName(graph, node)}: ${count}`);
    }
    expect(found).toBeGreaterThan(10);
    expect(tooMany).toEqual([]);
    expect(heldBy(graph, "(held by C or JavaScript)").length).toBeLessThan(20);
  });

  it("many types, with many fields, and many objects with blocks of their own", () => {
    pyodide.runPython(`
import array
classes = [type(f"Many{k}", (), {"__slots__": ("a", "b", "c")}) for k in range(5000)]
many = [each() for each in classes]
for each in many: each.a = each.c = [each]
arrays = [array.array("d", range(100)) for _ in range(5000)]
`);
    const [many, lists, arrays] = [idsOf("many"), idsOf("(each.a for each in many)"), idsOf("arrays")];
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const wrong = many.filter((id, k) => {
      const edges = edgesOf(graph, nodes.get(id) as number).map(({ name, target }) => `${name} ${graph.ids[target]}`);
      return !edges.includes(`a ${lists[k]}`) || !edges.includes(`c ${lists[k]}`);
    });
    expect(wrong).toEqual([]);
    const small = arrays.filter((id) => (graph.sizes[nodes.get(id) as number] as number) < 800);
    expect(small).toEqual([]);
    expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
  });
});
