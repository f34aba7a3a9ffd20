// Paths to nodes, as text.

import { expect, it } from "vitest";
import { stepLines } from "../text/steps.js";
import { GraphBuilder } from "./builder.js";
import { findDominators } from "./dominators.js";
import { EDGE, NODE } from "./graph.js";
import { mergedPaths } from "./held.js";
import { Paths } from "./paths.js";

/** A module with a list, whose items are lists in each other, `depth` deep; and a chain of `depth` objects. */
function nested(depth: number) {
  const graph = new GraphBuilder();
  const number = (text: string) => graph.strings.number(text);
  const root = graph.group("(root)");
  const modules = graph.group("(modules)");
  graph.groupEdge(root, modules, "(modules)");
  const chain = (count: number) =>
    Array.from({ length: count }, (_, k) => graph.node(NODE.object, number("Node"), 4096 + 16 * (graph.nodeCount + k)));
  const [objects, lists] = [chain(depth), chain(depth)];
  graph.groupEdge(modules, objects[0] as number, "head", EDGE.key);
  graph.groupEdge(modules, lists[0] as number, "rows", EDGE.key);
  for (const [nodes, kind, name] of [
    [objects, EDGE.attribute, number("next")],
    [lists, EDGE.index, 7],
  ] as const) {
    nodes.forEach((node, k) => {
      graph.begin(node);
      graph.describe(node, 16, 0);
      if (k + 1 < depth) graph.edge(kind, name, nodes[k + 1] as number);
    });
  }
  return { graph: graph.finish(), objects, lists };
}

it("shows the first of many equal steps in a merged path, and all of them in the path of one object", () => {
  const depth = 300;
  const { graph, objects, lists } = nested(depth);
  const paths = new Paths(graph);
  const text = (node: number | undefined) => paths.text(paths.to(node ?? 0) ?? []);
  const merged = (node: number | undefined) => mergedPaths(graph, paths, findDominators(graph), [node ?? 0])[0]?.path;
  expect(merged(objects[3])).toBe("head.next.next.next");
  expect(merged(objects[4])).toBe("head.next.next.next…");
  expect(merged(objects[depth - 1])).toBe("head.next.next.next…");
  expect(merged(lists[2])).toBe("rows[…][…]");
  expect(merged(lists[depth - 1])).toBe("rows[…][…][…]…");
  expect(text(objects[depth - 1])).toBe(`head${".next".repeat(depth - 1)}`);
  expect(text(lists[5])).toBe("rows[7][7][7][7][7]");
});

it("merges the paths of all objects of a long chain, each of which is looked at once", () => {
  const depth = 200_000;
  const { graph, objects, lists } = nested(depth);
  const held = mergedPaths(graph, new Paths(graph), findDominators(graph), [...objects, ...lists]);
  expect(held.map(({ path, count }) => [path, count])).toEqual([
    ["head.next.next.next…", depth - 4],
    ["rows[…][…][…]…", depth - 4],
    ["head", 1],
    ["head.next", 1],
    ["head.next.next", 1],
    ["head.next.next.next", 1],
    ["rows", 1],
    ["rows[…]", 1],
    ["rows[…][…]", 1],
    ["rows[…][…][…]", 1],
  ]);
});

it("has a short text for each object of a long chain", () => {
  const depth = 100_000;
  const { graph, objects, lists } = nested(depth);
  const paths = new Paths(graph);
  const texts = [...objects, ...lists].map((node) => paths.shortText(node) ?? "");
  expect(texts[39]).toBe(`head${".next".repeat(39)}`);
  expect(texts[40]).toBe(`head${".next".repeat(18)} … 2 more steps … ${".next".repeat(20)}`);
  expect(texts[depth - 1]).toBe(`head${".next".repeat(18)} … 99961 more steps … ${".next".repeat(20)}`);
  expect(texts.at(-1)).toBe(`rows${"[7]".repeat(18)} … 99961 more steps … ${"[7]".repeat(20)}`);
  expect(paths.shortText(0)).toBe("");
});

it("shows a merged path up to a length", () => {
  const graph = new GraphBuilder();
  const type = graph.strings.number("Node");
  const names = ["left", "right"].map((name) => graph.strings.number(name));
  const root = graph.group("(root)");
  const nodes = Array.from({ length: 50_000 }, (_, k) => graph.node(NODE.object, type, 4096 + 16 * k));
  graph.groupEdge(root, nodes[0] as number, "(roots)", EDGE.key);
  nodes.forEach((node, k) => {
    graph.begin(node);
    graph.describe(node, 16, 0);
    const next = nodes[k + 1];
    if (next !== undefined) graph.edge(EDGE.attribute, names[k % 2] as number, next);
  });
  const whole = graph.finish();
  const held = mergedPaths(whole, new Paths(whole), findDominators(whole), nodes);
  expect(held.length).toBeLessThan(100);
  expect(held[0]?.path).toMatch(/^left(\.right\.left)+(\.right)?…$/);
  expect(held.reduce((sum, { count }) => sum + count, 0)).toBe(50_000);
});

it("shows both ends of a long path, step by step", () => {
  const { graph, objects } = nested(100_000);
  const paths = new Paths(graph);
  const lines = (node: number | undefined) => stepLines(paths.to(node ?? 0) ?? [], (step) => paths.text([step]).trim());
  expect(lines(objects[2])).toEqual(["(modules)", "  head", "    next", "      next"]);
  const long = lines(objects.at(-1));
  expect(long).toHaveLength(41);
  expect(long[20]?.trim()).toBe("… 99,961 more steps");
  expect(Math.max(...long.map(({ length }) => length))).toBeLessThan(100);
});
