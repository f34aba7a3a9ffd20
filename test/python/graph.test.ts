// The graph of CPython's objects: names and paths in a known program, who holds what, and that a snapshot changes nothing.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPython, type PythonHeap } from "../../src/hosts/python/pyodide.js";
import type { PyodideExports } from "../../src/hosts/python/pyodide-module.js";
import { findDominators } from "../../src/snapshot/dominators.js";
import { EDGE, FLAG, NODE, type ObjectGraph } from "../../src/snapshot/graph.js";
import { Paths } from "../../src/snapshot/paths.js";
import { isFreed } from "../collect.js";
import { randomNumbers, SEED } from "../random.js";
import { startPython } from "./start.js";
import { type Edge, edgesOf, nodesById, typeName } from "./versions/objects.js";

const PROGRAM = `
import gc, sys, types

class Node:
    def __init__(self, name):
        self.name = name
        self.children = []

class Slots:
    __slots__ = ("first", "second")

def keeps(what):
    def inner(): return what
    return inner

def generates(argument):
    variable = ["of a generator"]
    yield 1

@types.coroutine
def pause(): yield

async def waits(argument):
    variable = ["of a coroutine"]
    await pause()

tree = Node("root")
tree.children.append(Node("child"))
table = {"text": ["by text"], 7: ["by number"], (1, "a"): ["by tuple"]}
slots = Slots(); slots.first = ["slot"]
function = keeps(["in a cell"])
generator = generates(["argument"]); next(generator)
coroutine = waits(["argument"]); coroutine.send(None)
`;

describe("the graph of an interpreter", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  let python: PyodideExports;
  beforeAll(async () => {
    ({ pyodide, heap, exports: python } = await startPython());
    pyodide.runPython(PROGRAM);
  });

  /** The graph, and the node of an expression's value. */
  function graphWith(expression: string): { graph: ObjectGraph; node: number; text: (node: number) => string } {
    const id = pyodide.runPython(`id(${expression})`) as number;
    const graph = heap.graph();
    const node = nodesById(graph).get(id);
    if (node === undefined) throw new Error(`${expression} is not in the graph`);
    return { graph, node, text: (k) => graph.strings[graph.values[k] as number] as string };
  }

  /** Follows names from a node. */
  function follow(graph: ObjectGraph, node: number, ...names: string[]): Edge {
    let edge: Edge = { kind: -1, name: "", target: node };
    for (const name of names) {
      const edges = edgesOf(graph, edge.target);
      const next = edges.find((each) => each.name === name);
      if (!next) throw new Error(`no ${name} among ${edges.map((each) => each.name)}`);
      edge = next;
    }
    return edge;
  }

  it("frees a graph's memory when nothing uses the graph", async () => {
    const buffer = new WeakRef(heap.graph().ids.buffer);
    expect(await isFreed(buffer)).toBe(true);
  });

  it("names attributes, items, keys and slots", () => {
    const { graph, node, text } = graphWith("tree");
    expect(typeName(graph, node)).toBe("__main__.Node");
    const child = follow(graph, node, "children", "[0]", "name");
    expect(child.kind).toBe(EDGE.attribute);
    expect(text(child.target)).toBe("child");
    const table = graphWith("table");
    for (const key of ["['text']", "[7]", "[<tuple>]"]) {
      expect(follow(table.graph, table.node, key).kind).toBe(EDGE.key);
      expect(table.text(follow(table.graph, table.node, key, "[0]").target)).toMatch(/^by /);
    }
    const slots = graphWith("slots");
    expect(slots.text(follow(slots.graph, slots.node, "first", "[0]").target)).toBe("slot");
    expect(edgesOf(slots.graph, slots.node).map(({ name }) => name)).not.toContain("second");
  });

  it("finds the owner of a block that is not an object: items, keys, tables, text", () => {
    const made = pyodide.runPython(`
owners = [[1] * 1000, {k: k for k in range(1000)}, set(range(1000)), bytearray(b"x" * 10_000), type("Text", (str,), {})("x" * 5000)]
[id(owner) for owner in owners]
`);
    const ids = (made as { toJs(): number[] }).toJs();
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const buffersOf = (id: number) =>
      [...graph.bufferOwners.keys()].filter((k) => graph.bufferOwners[k] === nodes.get(id));
    expect(ids.map((id) => buffersOf(id).length)).toEqual([1, 1, 1, 1, 1]);
    // A list's items begin with an int that is 1.
    const [items = -1] = buffersOf(ids[0] as number);
    const first = new Uint32Array(python.memory.buffer)[(graph.bufferAddresses[items] as number) >>> 2];
    expect(graph.strings[graph.values[nodes.get(first ?? -1) ?? -1] as number]).toBe("1");
    expect(new Set(graph.bufferAddresses).size).toBe(graph.bufferAddresses.length);
  });

  it("names the variables of functions that were interrupted, and of inner ones", () => {
    const cell = graphWith("function");
    expect(follow(cell.graph, cell.node, "__closure__", "what").kind).toBe(EDGE.cell);
    const content = follow(cell.graph, cell.node, "__closure__", "what", "cell_contents");
    expect(content.kind).toBe(EDGE.cell);
    expect(cell.text(follow(cell.graph, content.target, "[0]").target)).toBe("in a cell");
    for (const what of ["generator", "coroutine"]) {
      const { graph, node, text } = graphWith(what);
      expect(follow(graph, node, "argument").kind).toBe(EDGE.local);
      expect(text(follow(graph, node, "argument", "[0]").target)).toBe("argument");
      expect(text(follow(graph, node, "variable", "[0]").target)).toBe(`of a ${what}`);
    }
  });

  it("names classes, bases and dicts; marks weak references, and what is shared", () => {
    const made = pyodide.runPython(`
import sys, weakref
class Base: pass
class Derived(Base): pass
derived = Derived(); derived.note = ["kept"]
def id_of_dict(): return id(derived.__dict__)
weak = weakref.ref(derived)
interned = sys.intern("a text that is interned" * 2); alone = "a text " + str(len(sys.argv)) * 30
async def generates(argument):
    variable = ["of an async generator"]
    await pause()
    yield 1
agen = generates(["argument"]); sending = agen.asend(None); sending.send(None)
[*map(id, (derived, Derived, Base, weak, interned, alone, 7, agen)), id_of_dict()]
`);
    const ids = (made as { toJs(): number[] }).toJs();
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const [derived, type, base, weak, interned, alone, seven, agen, dict] = ids.map((id) => nodes.get(id) ?? -1);
    const target = (node: number | undefined, name: string) => follow(graph, node ?? -1, name).target;
    expect(target(derived, "__class__")).toBe(type);
    expect([target(type, "__base__"), follow(graph, type ?? -1, "__bases__", "[0]").target]).toEqual([base, base]);
    // The attributes are still in the object; the dict, which refers to them, is the object's, too.
    expect(target(derived, "__dict__")).toBe(dict);
    expect(new Paths(graph).text(new Paths(graph).to(dict ?? -1) ?? [])).toBe(
      "sys.modules['__main__'].derived.__dict__",
    );
    expect(edgesOf(graph, weak ?? -1)[0]).toEqual({ kind: EDGE.weak, name: "(weak)", target: derived });
    expect(follow(graph, agen ?? -1, "argument").kind).toBe(EDGE.local);
    expect(graph.strings[graph.values[follow(graph, agen ?? -1, "variable", "[0]").target] as number]).toMatch(
      /^of an/,
    );
    const isShared = (node: number | undefined) => ((graph.flags[node ?? -1] as number) & FLAG.shared) !== 0;
    expect([interned, alone, seven, derived].map(isShared)).toEqual([true, false, true, false]);
  });

  it("counts a million objects, and what they retain", () => {
    const id = pyodide.runPython("million = [[n + 0.5 for n in range(10**6)]]\nid(million[0])") as number;
    const graph = heap.graph();
    const list = nodesById(graph).get(id) ?? -1;
    const floats = [...graph.types.keys()].filter((node) => graph.strings[graph.types[node] as number] === "float");
    expect(floats.length).toBeGreaterThanOrEqual(10 ** 6);
    // A float is a block of 16 bytes.
    const items = edgesOf(graph, list);
    expect(items.length).toBe(10 ** 6);
    expect(findDominators(graph).retained[list]).toBe((graph.sizes[list] as number) + 16 * 10 ** 6);
    const middle = new Paths(graph).to(items[500_000]?.target ?? -1) ?? [];
    expect(new Paths(graph).text(middle)).toBe("sys.modules['__main__'].million[0][500000]");
    pyodide.runPython("del million");
  });

  it("leads from the modules to every object of the program", () => {
    const { graph, node } = graphWith("tree");
    const main = follow(graph, 0, "(modules)", "sys.modules", "['__main__']", "__dict__", "['tree']");
    expect(main.target).toBe(node);
  });

  it("has the functions that run, with their variables", () => {
    let graph: ObjectGraph | undefined;
    pyodide.registerJsModule("taker", {
      take: () => {
        graph = heap.graph();
      },
    });
    pyodide.runPython(`
import taker
def outer(parameter):
    kept = ["in outer"]
    return innermost()
def innermost():
    here = ["in innermost"]
    def uses(): return here
    taker.take()
outer(["a parameter"])
`);
    if (!graph) throw new Error("not called");
    const found = graph;
    const threads = follow(found, 0, "(threads)").target;
    const frames = edgesOf(found, threads);
    const frame = (name: string) => frames.find((edge) => edge.name.startsWith(`thread 1: ${name} (`))?.target ?? -1;
    const shown = (target: number) => found.strings[found.values[target] as number];
    expect(shown(follow(found, frame("outer"), "parameter", "[0]").target)).toBe("a parameter");
    expect(shown(follow(found, frame("outer"), "kept", "[0]").target)).toBe("in outer");
    expect(shown(follow(found, frame("innermost"), "here", "cell_contents", "[0]").target)).toBe("in innermost");
    expect(found.kinds[frame("outer")]).toBe(NODE.frame);
    // The line at which each function is, and not its first one.
    const lines = frames.slice(0, 3).map(({ target }) => shown(target)?.replace(/\(.*:/, "("));
    expect(lines).toEqual(["innermost (9)", "outer (5)", "<module> (10)"]);
  });

  it("tells garbage from what C or JavaScript holds", () => {
    const [garbage, held] = pyodide
      .runPython(`
import gc
gc.disable()
lost = [["garbage"]]; lost.append(lost)
kept = [["held"]]
ids = [id(lost), id(kept)]
del lost
ids
`)
      .toJs() as [number, number];
    const { Py_IncRef, Py_DecRef } = python as unknown as Record<string, (object: number) => void>;
    Py_IncRef?.(held);
    pyodide.runPython("del kept");
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const isGarbage = (id: number) => ((graph.flags[nodes.get(id) ?? -1] as number) & FLAG.garbage) !== 0;
    expect([isGarbage(garbage), isGarbage(held)]).toEqual([true, false]);
    const holders = edgesOf(graph, follow(graph, 0, "(held by C or JavaScript)").target);
    expect(holders.map(({ target }) => target)).toContain(nodes.get(held));
    Py_DecRef?.(held);
    pyodide.runPython("gc.enable()");
    expect(pyodide.runPython("import gc; gc.collect() > 0")).toBe(true);
  });

  it("tells what the static data of C code holds", () => {
    const graph = heap.graph();
    const textsIn = (group: string) =>
      edgesOf(graph, follow(graph, 0, group).target).filter(({ target }) => graph.kinds[target] === NODE.string);
    const texts = textsIn("(static data of C)").map(({ target }) => graph.strings[graph.values[target] as number]);
    expect(texts.length).toBeGreaterThan(500);
    expect(texts).toContain("expandtabs");
    expect(textsIn("(held by C or JavaScript)").length).toBeLessThan(200);
  });

  it(`changes nothing in the memory above C's stack and variables, whatever the program has (PYHEAP_SEED=${SEED})`, () => {
    const random = randomNumbers(SEED);
    const { __heap_base: begin } = python.data;
    const names = "abcdefgh";
    const values = [
      ...[
        "[k for k in range(N)]",
        "{str(k): [k] for k in range(N)}",
        "set(range(N))",
        "bytearray(N * 50)",
        "'x' * N * 40",
      ],
      ...[
        "Node(N)",
        "keeps([N])",
        "iter(range(N))",
        "[Node(k) for k in range(N)]",
        "generates(N)",
        "array.array('d', range(N))",
      ],
      ...[
        "collections.deque(range(N))",
        "io.StringIO('y' * N)",
        "memoryview(bytes(N))",
        "collections.OrderedDict(a=[N])",
      ],
    ];
    pyodide.runPython("import array, collections, io");
    for (let round = 0; round < 12; round++) {
      for (let k = 0; k < 20; k++) {
        const name = names[Math.floor(random() * names.length)];
        const value = values[Math.floor(random() * values.length)] as string;
        pyodide.runPython(`${name} = ${value.replace(/\bN\b/g, String(Math.floor(random() * 300)))}`);
      }
      const copy = new Uint8Array(python.memory.buffer).slice(begin, python.sbrk(0) >>> 0);
      heap.graph();
      const now = new Uint8Array(python.memory.buffer).subarray(begin, python.sbrk(0) >>> 0);
      expect(now.length).toBe(copy.length);
      const changed: number[] = [];
      if (Buffer.compare(now, copy) !== 0) {
        now.forEach((byte, k) => {
          if (byte !== copy[k]) changed.push(begin + k);
        });
      }
      expect(changed, `round ${round}`).toEqual([]);
    }
    heap.check();
  });

  it("is whole in a finalizer and in the middle of a collection", () => {
    const sums: boolean[] = [];
    pyodide.registerJsModule("summer", {
      sum: () => {
        const bytes = heap.graph().sizes.reduce((sum, size) => sum + size, 0);
        sums.push(bytes === heap.stats().account.platform);
      },
    });
    pyodide.runPython(`
import gc, summer
class Ends:
    def __init__(self): self.self = self; self.data = [1] * 100
    def __del__(self): summer.sum()
Ends(); gc.collect()
one = Ends(); one.self = None; del one
`);
    expect(sums).toEqual([true, true]);
    heap.check();
  });

  it("has what the collector is about to free", () => {
    let counted: Record<string, number> = {};
    pyodide.registerJsModule("counter", {
      count: () => {
        const graph = heap.graph();
        const found = ["Ends", "Lost", "LostSlots", "LostList"].map((name) => [name, `__main__.${name}`] as const);
        counted = Object.fromEntries(
          found.map(([name, type]) => [name, [...graph.types].filter((k) => graph.strings[k] === type).length]),
        );
      },
    });
    pyodide.runPython(`
import gc, counter
class Lost: pass
class LostSlots: __slots__ = "me", "other"
class LostList(list): pass
class Ends:
    def __del__(self): counter.count()
def make(of, count):
    for _ in range(count):
        made = of(); made.me = made
gc.collect(); gc.disable()
make(Lost, 5); make(LostSlots, 3); make(LostList, 2); make(Ends, 1)
gc.collect(); gc.enable()
`);
    expect(counted).toEqual({ Ends: 1, Lost: 5, LostSlots: 3, LostList: 2 });
    heap.check();
  });

  it("is whole at the moment of an allocation that finds no memory, wherever that is", () => {
    const { limit } = heap;
    const sums: boolean[] = [];
    const programs = [
      "kept = []\nwhile True: kept.append(bytearray(3000))",
      "kept = {}\nwhile True: kept[len(kept)] = (len(kept), [len(kept)])",
      "kept = set()\nwhile True: kept.add(str(len(kept)) * 3)",
      "kept = 'x'\nwhile True: kept += kept",
      "kept = []\nwhile True: kept.append(([1] * 1000, {1: 2}))",
      "class Node: pass\nkept = []\nwhile True:\n  node = Node(); node.name = [1]; kept.append(node)",
    ];
    for (const program of programs) {
      const recorder = heap.trace({
        write: () => undefined,
        sample: 2 ** 26,
        onNoMemory: () => {
          const bytes = heap.graph().sizes.reduce((sum, size) => sum + size, 0);
          sums.push(bytes === heap.stats().account.platform);
        },
      });
      heap.limit = heap.stats().account.platform + 2 ** 20;
      pyodide.runPython(`
def run():
    try:
        exec(${JSON.stringify(program)}, {})
    except MemoryError:
        pass
run()
`);
      heap.limit = limit;
      recorder.stop();
      heap.check();
    }
    expect(sums).toEqual(programs.map(() => true));
  });

  it("has no object of an interpreter that has not begun", async () => {
    const problems: string[] = [];
    await loadPython({
      onAttach: (early) => {
        try {
          early.graph();
        } catch (error) {
          problems.push((error as Error).message);
        }
      },
    });
    expect(problems).toEqual(["Cannot take a snapshot: the interpreter does not run"]);
  });
});
