// The types of blocks on a page, from a heap snapshot.

import { expect, it } from "vitest";
import { GraphBuilder } from "../snapshot/builder.js";
import { EDGE, NODE } from "../snapshot/graph.js";
import { buildPage } from "./build.js";
import { Spans } from "./spans.js";
import { withTypes } from "./types.js";

it("gives the blocks that are live at the end the types of the objects in them", () => {
  const spans = new Spans();
  spans.program();
  spans.function({ name: "load", file: "app.py", firstLine: 1 });
  spans.node(0, 1, 2);
  // Five blocks: two with an object, the first after a header; two buffers, the first owned by an object; and one that
  // is freed. A sixth block then takes the memory of the freed one.
  for (const [address, size] of [
    [1000, 64],
    [2000, 32],
    [3000, 1024],
    [4104, 104],
    [5000, 48],
  ] as const) {
    spans.allocate(address, size, 2, 1);
  }
  spans.time(1000);
  spans.free(5000);
  spans.time(2000);
  spans.allocate(5008, 16, 2, 1);
  spans.time(3000);
  const facts = { command: ["app.py"], started: "", python: null, sample: 0, problem: null };
  const builder = new GraphBuilder();
  const root = builder.group("(root)");
  const objects = [
    [2000, "str"],
    [1016, "dict"],
    [5008, "int"],
    [900, "far"],
  ] as const;
  for (const [id, type] of objects)
    builder.groupEdge(root, builder.node(NODE.object, builder.strings.number(type), id), type, EDGE.internal);
  builder.buffer(builder.nodeCount - 4, 3000);
  const { header, blocks } = withTypes(buildPage(spans, facts), builder.finish());
  const typeOf = (address: number) =>
    [...blocks.addresses.keys()]
      .filter((k) => blocks.addresses[k] === address)
      .map((k) => header.types?.[(blocks.types[k] ?? 0) - 1] ?? "none");
  expect([1000, 2000, 3000, 4104, 5008].map(typeOf)).toEqual([["dict"], ["str"], ["str"], ["none"], ["int"]]);
  expect(typeOf(5000).every((type) => type === "none")).toBe(true);
});
