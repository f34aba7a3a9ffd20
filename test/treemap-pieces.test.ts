// The pieces of the treemap: each byte is in one of them, and each object can be reached, however many there are.

import { expect, it } from "vitest";
import { GraphBuilder } from "../src/snapshot/builder.js";
import { EDGE, NODE } from "../src/snapshot/graph.js";
import { HeapObjects } from "../viewer/objects/heap.js";
import { type Piece, Pieces } from "../viewer/objects/pieces.js";

const MANY = 70_000;
const TYPES = 300;

/** A heap with a dict of many points of different sizes, and a list with one object of each of TYPES types. */
function heapWithMany(): HeapObjects {
  const graph = new GraphBuilder();
  const number = (text: string) => graph.strings.number(text);
  const root = graph.group("(root)");
  const node = (type: string) => graph.node(NODE.object, number(type), 16 * (graph.nodeCount + 1));
  const dict = node("dict");
  const mixed = node("list");
  graph.groupEdge(root, dict, "points");
  graph.groupEdge(root, mixed, "mixed");
  const points = Array.from({ length: MANY }, () => node("app.Point"));
  const others = Array.from({ length: TYPES }, (_, k) => node(`app.Type${k}`));
  graph.begin(dict);
  graph.describe(dict, 1000, 0);
  for (const [k, point] of points.entries()) graph.edge(EDGE.index, k, point);
  graph.begin(mixed);
  for (const [k, other] of others.entries()) graph.edge(EDGE.index, k, other);
  for (const [k, each] of [...points, ...others].entries()) {
    graph.begin(each);
    graph.describe(each, 16 + (k % 1000), 0);
  }
  return new HeapObjects({ name: "many", graph: graph.finish() });
}

it("opens what is too small to be shown, down to each object, and no byte is lost on the way", () => {
  const heap = heapWithMany();
  const { root } = new Pieces(heap);
  const seen = new Set<number>();
  const names = new Set<string>();
  const wrong: string[] = [];
  let deepest = 0;
  const visit = (piece: Piece, depth: number) => {
    deepest = Math.max(deepest, depth);
    const pieces = piece.pieces();
    if (pieces.length > 500) wrong.push(`${piece.name} has ${pieces.length} pieces`);
    if (piece.node !== undefined) seen.add(piece.node);
    else names.add(piece.name);
    const inside = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    const all = inside + (piece.node === undefined ? 0 : heap.own(piece.node));
    if (piece.bytes !== all) wrong.push(`${piece.name} has ${piece.bytes} bytes, and ${all} are in it`);
    for (const [k, { bytes }] of pieces.entries()) {
      // The largest first, except for the last piece, which has all smaller ones.
      if (k > 0 && k < pieces.length - 1 && bytes > (pieces[k - 1]?.bytes ?? 0))
        wrong.push(`piece ${k} of ${piece.name} is larger than the one before`);
      visit(pieces[k] as Piece, depth + 1);
    }
  };
  visit(root, 0);
  expect(wrong).toEqual([]);
  expect(seen.size).toBe(heap.graph.nodeCount);
  expect(deepest).toBeLessThan(8);
  expect([...names].slice(0, 4)).toEqual([
    "app.Point × 70,000",
    "69,750 smaller objects",
    "objects 251 to 750 by size",
    "objects 751 to 1,250 by size",
  ]);
  expect(names).toContain("50 smaller types");
});
