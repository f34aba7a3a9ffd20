// In a snapshot: which of Python's objects JavaScript holds, and what kinds of JavaScript objects Python holds.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPython, type PythonHeap } from "../../src/hosts/python/pyodide.js";
import { evaluateQuery } from "../../src/report/query.js";
import { parseQuery } from "../../src/report/query-parse.js";
import { findDominators } from "../../src/snapshot/dominators.js";
import type { ObjectGraph } from "../../src/snapshot/graph.js";
import { collectGarbage } from "../collect.js";
import { type Edge, edgesOf, nodesById, typeName } from "./versions/objects.js";

interface Proxy {
  destroy(): void;
}

class Widget {
  readonly size = 3;
  get area(): number {
    throw new Error("a getter of the program's ran");
  }
}

describe("a snapshot of an interpreter in a JavaScript program", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;

  beforeAll(async () => {
    ({ pyodide, heap } = await loadPython({ proxyStacks: true }));
  });

  function groupOf(graph: ObjectGraph, name: string): Edge[] {
    const group = edgesOf(graph, 0).find((edge) => edge.name === name);
    if (!group) throw new Error(`there is no group ${name}`);
    return edgesOf(graph, group.target);
  }

  /** The proxies in a graph that hold an object: the edges to their nodes. */
  function holdersOf(graph: ObjectGraph, id: number): Edge[] {
    const node = nodesById(graph).get(id);
    return groupOf(graph, "(JavaScript)").filter(({ target }) =>
      edgesOf(graph, target).some((edge) => edge.name === "(object)" && edge.target === node),
    );
  }

  function holdInPlace(expression: string): Proxy {
    return pyodide.runPython(expression) as Proxy;
  }

  it("has a root for each live PyProxy, with the place of its creation", () => {
    const proxy = holdInPlace("kept = [[b'x' * 20_000]]; kept");
    const id = pyodide.runPython("where = id(kept); del kept; where") as number;
    const graph = heap.graph();
    const [edge, ...others] = holdersOf(graph, id);
    expect(others).toEqual([]);
    expect(edge?.name).toMatch(/^PyProxy from .*holdInPlace.*graph-javascript\.test\.ts/);
    const node = edge?.target ?? -1;
    expect(typeName(graph, node)).toBe("(PyProxy)");
    expect(graph.strings[graph.values[node] as number]?.split("\n").length).toBeGreaterThan(1);
    expect(findDominators(graph).retained[node]).toBeGreaterThan(20_000);
    const found = (query: string) => evaluateQuery(graph, findDominators(graph), parseQuery(query));
    expect(found("type == '(PyProxy)' and value ~ 'holdInPlace'")).toEqual([node]);
    expect(found("kind == group")).toEqual(found("type == '(PyProxy)'"));
    const held = groupOf(graph, "(held by C or JavaScript)").map(({ target }) => graph.ids[target]);
    expect(held).not.toContain(id);
    proxy.destroy();
    expect(holdersOf(heap.graph(), id)).toEqual([]);
  });

  it("has no root for a proxy that JavaScript's collector freed", async () => {
    const makeAndForget = () => void holdInPlace("lost = [1]; lost");
    makeAndForget();
    const id = pyodide.runPython("id(lost)") as number;
    expect(holdersOf(heap.graph(), id).length).toBe(1);
    for (let k = 0; k < 20 && holdersOf(heap.graph(), id).length > 0; k++) {
      collectGarbage();
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(holdersOf(heap.graph(), id)).toEqual([]);
    const references = () => pyodide.runPython("import sys; sys.getrefcount(lost)") as number;
    for (let k = 0; k < 50 && references() > 2; k++) await new Promise((done) => setTimeout(done, 10));
    expect(references()).toBe(2);
  });

  it("says what kind of thing a JsProxy holds, without running a getter", () => {
    function render(): void {}
    const values: [unknown, string][] = [
      [new Map([[1, 2]]), "Map(1)"],
      [[1, 2, 3], "Array(3)"],
      [new Uint8Array(1000), "Uint8Array(1000)"],
      [new Widget(), "Widget"],
      [render, "function render"],
      [Promise.resolve(1), "Promise"],
      [Object.create(null), "object"],
    ];
    const things = values.map(([value]) => value);
    pyodide.globals.set("things", pyodide.toPy(things, { depth: 1 }));
    const ids = (pyodide.runPython("[id(thing) for thing in things]") as { toJs(): number[] }).toJs();
    const graph = heap.graph();
    const nodes = nodesById(graph);
    const shown = ids.map((id) => graph.strings[graph.values[nodes.get(id) ?? 0] as number]);
    expect(shown).toEqual(values.map(([, text]) => text));
    expect(typeName(graph, nodes.get(ids[0] ?? 0) ?? 0)).toBe("pyodide.ffi.JsProxy");
  });
});
