import { expect, it } from "vitest";
import { EDGE, GraphBuilder, NODE } from "../snapshot/graph.js";
import { buildPage } from "./build.js";
import { Spans } from "./spans.js";
import { withTypes } from "./types.js";

it("gives the blocks that are live at the end the types of the objects in them", () => {
  const spans = new Spans();
  spans.program();
  spans.function({ name: "load", file: "app.py", firstLine: 1 });
  spans.node(0, 1, 2);
  // A block with a header before the object, one without, a buffer, and one that was freed, in which another one is.
  for (const [address, size] of [
    [1000, 64],
    [2000, 32],
    [3000, 1024],
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
  const { header, blocks } = withTypes(buildPage(spans, facts), builder.finish());
  const typeOf = (address: number) =>
    [...blocks.addresses.keys()]
      .filter((k) => blocks.addresses[k] === address)
      .map((k) => header.types?.[(blocks.types[k] ?? 0) - 1] ?? "none");
  expect([1000, 2000, 3000, 5008].map(typeOf)).toEqual([["dict"], ["str"], ["none"], ["int"]]);
  expect(typeOf(5000).every((type) => type === "none")).toBe(true);
});
