// Paths to nodes, as text.

import { expect, it } from "vitest";
import { GraphBuilder } from "./builder.js";
import { EDGE, NODE } from "./graph.js";
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
  const text = (node: number | undefined, merged: boolean) => paths.text(paths.to(node ?? 0) ?? [], merged);
  expect(text(objects[3], true)).toBe("head.next.next.next");
  expect(text(objects[4], true)).toBe("head.next.next.next…");
  expect(text(objects[depth - 1], true)).toBe("head.next.next.next…");
  expect(text(lists[2], true)).toBe("rows[…][…]");
  expect(text(lists[depth - 1], true)).toBe("rows[…][…][…]…");
  expect(text(objects[depth - 1], false)).toBe(`head${".next".repeat(depth - 1)}`);
  expect(text(lists[5], false)).toBe("rows[7][7][7][7][7]");
});
