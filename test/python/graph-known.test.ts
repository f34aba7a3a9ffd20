// Programs whose graphs are known: the test computes which references, paths, garbage and retained bytes a snapshot must have.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import { findDominators } from "../../src/snapshot/dominators.js";
import { EDGE, FLAG, type ObjectGraph } from "../../src/snapshot/graph.js";
import { Paths } from "../../src/snapshot/paths.js";
import { randomIntegers, SEED } from "../random.js";
import { startPython } from "./start.js";
import { edgesOf, nodesById } from "./versions/objects.js";

/** Each kind of holder, in Python: what holds the payload `p`, and the path from there to the payload. */
const HOLDERS: Readonly<Record<string, readonly [make: string, path: string]>> = {
  "a cycle": ["cycle(p)", "[0][1]"],
  slots: ["slotted(p)", ".left"],
  "an inherited slot": ["slotted(p, Derived)", ".left"],
  "a dataclass": ["Data(p)", ".payload"],
  "a dataclass with slots": ["SlottedData(p)", ".payload"],
  "a closure": ["closure(p)", ".__closure__.kept.cell_contents"],
  "a suspended generator": ["begun(generates(p))", ".local"],
  "a suspended coroutine": ["begun(waits(p))", ".local"],
  "an exception with its traceback": ["raised(p)", ".__traceback__.tb_next.tb_frame.local"],
  "an exception that caused another one": ["caused(p)", ".__cause__.args[0]"],
  "a subclass of dict": ["MyDict(key=p)", "['key']"],
  "an attribute of a subclass of str": ["noted(MyStr('text'), p)", ".note"],
  "an item of a subclass of list": ["MyList([p])", "[0]"],
  "a default value": ["lambda a=p: a", ".__defaults__[0]"],
  "a bound method": ["Plain(p).method", ".__self__.payload"],
  "a partial": ["functools.partial(print, p)", ".args[0]"],
  "a deque": ["collections.deque([p])", "[0]"],
};

const PROGRAM = `
import collections, dataclasses, functools, gc, sys, types, weakref

class Plain:
    def __init__(self, payload): self.payload = payload
    def method(self): pass
class Slotted: __slots__ = ("left", "right", "__weakref__")
class Derived(Slotted): __slots__ = ()
@dataclasses.dataclass
class Data: payload: bytes
@dataclasses.dataclass(slots=True)
class SlottedData: payload: bytes
class MyDict(dict): pass
class MyList(list): pass
class MyStr(str): pass

def cycle(p):
    one, other = [], []
    one.append(other); other.append(one); other.append(p)
    return one
def slotted(p, kind=Slotted):
    made = kind(); made.left = p
    return made
def noted(made, p):
    made.note = p
    return made
def closure(kept):
    def inner(): return kept
    return inner
def generates(p):
    local = p; del p
    yield
@types.coroutine
def pause(): yield
async def waits(p):
    local = p; del p
    await pause()
def begun(made):
    made.send(None)
    return made
def fails(p):
    local = p; del p
    raise ValueError("failed")
def raised(p):
    box = [p]; del p
    try: fails(box.pop())
    except ValueError as error: return error
def caused(p):
    made = ValueError("second"); made.__cause__ = KeyError(p)
    return made
`;

/** What of a graph can be reached from its root without a node, by references that are not weak. */
function reachedWithout(graph: ObjectGraph, without: number): Uint8Array {
  const isReached = new Uint8Array(graph.nodeCount);
  const todo = [0];
  isReached[0] = 1;
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    for (let edge = graph.firstEdge[node] as number; edge < (graph.firstEdge[node + 1] as number); edge++) {
      const target = graph.targets[edge] as number;
      if (graph.edgeKinds[edge] === EDGE.weak || target === without || isReached[target] === 1) continue;
      isReached[target] = 1;
      todo.push(target);
    }
  }
  return isReached;
}

/** What would be free without a node, in bytes: not by dominators, but by looking. */
function retainedBy(graph: ObjectGraph, node: number): number {
  const isReached = reachedWithout(graph, node);
  let bytes = 0;
  for (let k = 0; k < graph.nodeCount; k++) if (isReached[k] === 0) bytes += graph.sizes[k] as number;
  return bytes;
}

/** Which objects are left when only the first one is kept: without the others to which nothing refers, which Python has freed at once. */
function notFreed(count: number, edges: readonly { readonly from: number; readonly to: number }[]): boolean[] {
  const isLeft = Array.from({ length: count }, () => true);
  for (let isSame = false; !isSame; ) {
    const isReferred = isLeft.map((_, k) => k === 0);
    for (const { from, to } of edges) if (isLeft[from]) isReferred[to] = true;
    isSame = isReferred.every((is, k) => is === isLeft[k]);
    for (const [k, is] of isReferred.entries()) isLeft[k] = is;
  }
  return isLeft;
}

describe("known graphs", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  beforeAll(async () => {
    ({ pyodide, heap } = await startPython());
    pyodide.runPython(PROGRAM);
  });

  const numbers = (expression: string): number[] =>
    JSON.parse(pyodide.runPython(`import json; json.dumps(${expression})`) as string) as number[];

  it("each kind of holder: path, and retained bytes", () => {
    const kinds = Object.entries(HOLDERS);
    const lines = kinds.map(
      ([, [make]], k) => `holders.append(${make.replace(/\bp\b/g, `bytes(${50_000 + 100 * k})`)})`,
    );
    pyodide.runPython(`holders = []\n${lines.join("\n")}`);
    const ids = numbers("[id(each) for each in holders]");
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const { retained } = findDominators(graph);
    const paths = new Paths(graph);
    const payloads = [...graph.ids.keys()].filter(
      (node) => (graph.sizes[node] as number) > 50_000 && graph.strings[graph.types[node] as number] === "bytes",
    );
    for (const [k, [kind, [, path]]] of kinds.entries()) {
      const holder = nodes.get(ids[k] as number) as number;
      const all = retained[holder] as number;
      expect(all, kind).toBeGreaterThan(50_000 + 100 * k);
      expect(all, kind).toBe(retainedBy(graph, holder));
      const isReached = reachedWithout(graph, holder);
      const only = payloads.filter((node) => isReached[node] === 0);
      expect(only.length, kind).toBe(1);
      const text = paths.text(paths.to(only[0] as number) ?? []);
      expect(text, kind).toBe(`sys.modules['__main__'].holders[${k}]${path}`);
    }
    pyodide.runPython("del holders");
  });

  it("weak sets hold nothing, and an interned text is one object for all that use it", () => {
    pyodide.runPython(`
members = [Plain(bytes(60_000 + k)) for k in range(3)]
weak = weakref.WeakSet(members)
texts = [sys.intern("an interned text " * k) for k in (40, 40, 40)]
`);
    const [weak, text, ...members] = numbers("[id(weak), id(texts[0]), *map(id, members)]");
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const at = (id: number | undefined) => nodes.get(id as number) as number;
    const { retained } = findDominators(graph);
    expect(retained[at(weak)]).toBeLessThan(5000);
    for (const member of members) expect(retained[at(member)]).toBe(retainedBy(graph, at(member)));
    const [list] = numbers("[id(texts)]");
    const used = edgesOf(graph, at(list)).filter(({ target }) => target === at(text));
    expect(used.map(({ name }) => name)).toEqual(["[0]", "[1]", "[2]"]);
    expect((graph.flags[at(text)] as number) & FLAG.shared).toBe(FLAG.shared);
  });

  it("proxies refer weakly, and a text dies with the last object that has it, though the interpreter has a table of texts", () => {
    pyodide.runPython(`
class Called:
    def __call__(self): pass
plain, called = Plain(bytes(50_000)), Called()
proxies = [weakref.proxy(plain), weakref.proxy(called), weakref.proxy(plain, print)]
class Names: pass
names = Names()
names.texts = [sys.intern(f"user {k} " + "x" * 500) for k in range(100)]
`);
    const [names, ...ids] = numbers("[id(names), id(plain), id(called), id(plain)]");
    const proxyIds = numbers("[*map(id, proxies)]");
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const at = (id: number | undefined) => nodes.get(id as number) as number;
    const weak = proxyIds.map((id) => edgesOf(graph, at(id)).filter(({ kind }) => kind === EDGE.weak));
    expect(weak.map((edges) => edges.map(({ target }) => graph.ids[target]))).toEqual(ids.map((id) => [id]));
    expect(findDominators(graph).retained[at(names)]).toBeGreaterThan(100 * 500);
    const [text] = numbers("[id(names.texts[7])]");
    const paths = new Paths(graph);
    expect(paths.text(paths.to(at(text)) ?? [])).toBe("sys.modules['__main__'].names.texts[7]");
  });

  it("garbage holds nothing that is alive", () => {
    pyodide.runPython(`
gc.collect(); gc.disable()
app = Plain(Plain(Plain(bytes(300_000))))
lost = Plain([app.payload.payload]); lost.me = lost; lost.payload.append(app.payload.payload)
lost.direct = app.payload.payload
`);
    const [app, held, lost] = numbers("[id(app), id(app.payload.payload), id(lost)]");
    pyodide.runPython("del lost");
    const graph = heap.graph();
    pyodide.runPython("gc.enable()");
    const nodes = nodesById(graph);
    const at = (id: number | undefined) => nodes.get(id as number) as number;
    const paths = new Paths(graph);
    expect((graph.flags[at(lost)] as number) & FLAG.garbage).toBe(FLAG.garbage);
    expect(paths.text(paths.to(at(held)) ?? [])).toBe("sys.modules['__main__'].app.payload.payload");
    expect(findDominators(graph).retained[at(app)]).toBeGreaterThan(300_000);
    expect(edgesOf(graph, at(lost)).find(({ name }) => name === "direct")?.kind).toBe(EDGE.weak);
    expect(edgesOf(graph, at(lost)).find(({ name }) => name === "me")?.kind).toBe(EDGE.attribute);
  });

  it(`random programs (PYHEAP_SEED=${SEED})`, () => {
    const below = randomIntegers(SEED);
    for (let round = 0; round < 3; round++) {
      const count = 50 + below(400);
      // Node 0 is what the program keeps. A tuple refers to earlier nodes only.
      const kinds = Array.from({ length: count }, (_, k) => (k === 0 ? 0 : below(5)));
      const edges = kinds.flatMap((kind, from) =>
        Array.from({ length: below(4) }, () => ({ from, to: kind === 2 ? below(from) : below(count) })),
      );
      pyodide.runPython(`
import gc, json
gc.disable()
kinds, edges = json.loads('${JSON.stringify([kinds, edges.map(({ from, to }) => [from, to])])}')
class Own: pass
class Slots: __slots__ = tuple(f"a{k}" for k in range(4))
made = []
targets = [[b for a, b in edges if a == k] for k in range(len(kinds))]
for k, kind in enumerate(kinds):
    made.append(tuple([made[b] for b in targets[k]] + [k]) if kind == 2 else [[], {}, None, Own(), Slots()][kind].__class__())
for k, kind in enumerate(kinds):
    for place, b in enumerate(targets[k]):
        if kind == 0: made[k].append(made[b])
        elif kind == 1: made[k][f"a{place}"] = made[b]
        elif kind > 2: setattr(made[k], sys.intern(f"a{place}"), made[b])
ids = list(map(id, made))
root = made[0]
del made
`);
      const ids = numbers("ids");
      const graph = heap.graph();
      const nodes = nodesById(graph);
      const isLeft = notFreed(count, edges);
      const nodeOf = new Map(ids.flatMap((id, k) => (isLeft[k] ? [[nodes.get(id) as number, k]] : [])));
      const name = (kind: number, place: number) =>
        [`[${place}]`, `['a${place}']`, `[${place}]`, `a${place}`, `a${place}`][kind];
      const targetsOf = (k: number) => edges.filter(({ from }) => from === k).map(({ to }) => to);
      for (const [node, k] of nodeOf) {
        // Attributes are in the object, or in its dict.
        const all = edgesOf(graph, node);
        const dict = kinds[k] === 3 ? all.find(({ name }) => name === "__dict__") : undefined;
        const attributes = dict
          ? edgesOf(graph, dict.target).map((edge) => ({ ...edge, name: edge.name.slice(2, -2) }))
          : [];
        const found = [...all, ...attributes].flatMap((edge) => {
          const to = nodeOf.get(edge.target);
          return to === undefined ? [] : [`${edge.name} ${to}`];
        });
        const expected = targetsOf(k).map((to, place) => `${name(kinds[k] as number, place)} ${to}`);
        expect(found.sort(), `node ${k} of kind ${kinds[k]}`).toEqual(expected.sort());
      }
      const alive = new Set([0]);
      for (const k of alive) for (const to of targetsOf(k)) alive.add(to);
      const isGarbage = (node: number) => ((graph.flags[node] as number) & FLAG.garbage) !== 0;
      for (const [node, k] of nodeOf) expect(isGarbage(node), `node ${k}`).toBe(!alive.has(k));
      const { retained } = findDominators(graph);
      for (let k = 0; k < 3; k++) {
        const node = nodes.get(ids[[...alive][below(alive.size)] as number] as number) as number;
        expect(retained[node]).toBe(retainedBy(graph, node));
      }
      pyodide.runPython("del root, ids, kinds, edges, targets; gc.enable(); gc.collect()");
    }
  });
});
