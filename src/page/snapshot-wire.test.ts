// Heap snapshots as bytes for a page: what was written can be read again.

import { expect, it } from "vitest";
import { GraphBuilder } from "../snapshot/builder.js";
import { EDGE, NODE } from "../snapshot/graph.js";
import { decodeSnapshots, encodeSnapshots } from "./snapshot-wire.js";

/** A graph with every kind of value, up to the highest addresses. */
function someGraph(count: number) {
  const builder = new GraphBuilder();
  const root = builder.group("(root)");
  const type = builder.strings.number("app.Point");
  const nodes = Array.from({ length: count }, (_, k) => builder.node(NODE.object, type, 2 ** 32 - 8 * (k + 1)));
  for (const [k, node] of nodes.entries()) {
    builder.begin(node);
    builder.describe(node, 40 + k, builder.strings.add(`é ${k} 𝕫`));
    builder.flag(node, k % 8);
    builder.edge(EDGE.index, k, nodes[(k * 7) % count] ?? root);
    builder.edge(EDGE.weak, type, nodes[0] ?? root);
  }
  builder.groupEdge(root, nodes[0] ?? root, "first");
  return builder.finish();
}

it("keeps snapshots as they are", () => {
  const snapshots = [
    { name: "before", graph: someGraph(1) },
    { name: "after ≥ 1", graph: someGraph(1000) },
  ];
  expect(decodeSnapshots(encodeSnapshots(snapshots).slice())).toEqual(snapshots);
});

it("escapes what turns the text around it, and keeps line breaks", () => {
  const builder = new GraphBuilder();
  builder.node(NODE.object, builder.strings.number("app.\u202eevil"), 8);
  builder.describe(0, 40, builder.strings.add("first\nsecond\x1b"));
  const [read] = decodeSnapshots(encodeSnapshots([{ name: "odd", graph: builder.finish() }]));
  expect(read?.graph.strings.slice(1)).toEqual(["app.\\u202eevil", "first\nsecond\\x1b"]);
});

it("says that bytes end too early", () => {
  const whole = encodeSnapshots([{ name: "app", graph: someGraph(20) }]);
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeSnapshots(whole.subarray(0, length)), `${length} bytes`).toThrow(
      expect.objectContaining({ name: "BrokenContent" }),
    );
  }
});
