// Making a graph: nodes, edges and texts, beyond the expected numbers, and without memory.

import { expect, it } from "vitest";
import { GraphBuilder } from "./builder.js";
import { EDGE, NODE } from "./graph.js";
import { COLUMN, GraphStore } from "./store.js";

const NO_HOST = { floatText: String, claimLarge: () => 0, isLooseLarge: () => false };

it("has more nodes, edges and texts than there was room for", () => {
  const graph = new GraphBuilder({ nodes: 10, edges: 10 });
  const root = graph.group("(root)");
  const count = 100_000;
  for (let k = 0; k < count; k++) graph.node(NODE.object, graph.strings.add(`type ${k % 5}`), 8 * k + 8);
  for (let k = 1; k <= count; k++) {
    graph.begin(k);
    graph.describe(k, k, graph.strings.number(`value ${k}`));
    for (let n = 0; n < k % 4; n++) graph.edge(EDGE.index, n, 1 + ((k + n) % count));
  }
  graph.groupEdge(root, 1, "first");
  const made = graph.finish();
  const { firstEdge, targets, values, strings } = made;
  expect([made.nodeCount, made.edgeCount, made.edgeNames[0]]).toEqual([count + 1, 150_001, strings.indexOf("first")]);
  for (const k of [1, 7, 1023, 1024, 1025, 4096, 65_537, count]) {
    expect([strings[values[k] as number], made.sizes[k], made.ids[k]]).toEqual([`value ${k}`, k, 8 * k]);
    const own = [...targets.subarray(firstEdge[k], firstEdge[k + 1])];
    expect(own).toEqual(Array.from({ length: k % 4 }, (_, n) => 1 + ((k + n) % count)));
  }
});

it("has each text as it was, and once unless it is said to be new", () => {
  const texts = [
    "",
    "a",
    "grüße €\u{1f600}",
    "half \ud800 of \udfff",
    '"\\\b\f\n\r\t\0\u001f',
    "x".repeat(253),
    "x".repeat(254),
  ];
  const all = [
    ...texts,
    "é".repeat(300_000),
    "\udead".repeat(5000),
    ...Array.from({ length: 9000 }, (_, k) => `text ${k}`),
  ];
  const { strings, ...graph } = (() => {
    const builder = new GraphBuilder();
    const numbers = all.map((text) => builder.strings.number(text));
    expect(all.map((text) => builder.store.text(text, false))).toEqual(numbers);
    expect(builder.strings.add("a")).toBe(all.length);
    return builder.finish();
  })();
  expect(strings).toEqual([...all, "a"]);
  expect(graph.nodeCount).toBe(0);
});

it("has columns that do not overlap, however many edges were expected", () => {
  const store = new GraphStore(1, 2 ** 28, NO_HOST);
  const edges = 2 ** 27 + 1;
  store.f.store_shift(edges, 0);
  const places = Object.values(COLUMN).map((column) => store.f.store_column(column) >>> 0);
  for (const [column, width] of [
    [COLUMN.edgeKinds, 1],
    [COLUMN.edgeNames, 4],
    [COLUMN.targets, 4],
  ] as const) {
    const begin = places[column] as number;
    expect(places.filter((place) => place > begin && place < begin + width * edges)).toEqual([]);
  }
});

it("takes a guess of 0", () => {
  const graph = new GraphBuilder({ nodes: 0, edges: 0 });
  const root = graph.group("(root)");
  for (let k = 0; k < 5000; k++) graph.groupEdge(root, graph.node(NODE.object, 0, 8 * k + 8), "held");
  for (let k = 1; k <= 5000; k++) graph.begin(k);
  const { ids, targets } = graph.finish();
  expect([ids[5000], targets[4999]]).toEqual([40_000, 5000]);
});

it("says that there is no memory", () => {
  const store = new GraphStore(1 << 10, 1 << 10, NO_HOST);
  expect(() => {
    for (;;) store.f.texts_room(2 ** 31);
  }).toThrow("Cannot take a snapshot: there is no memory left for its graph");
});
