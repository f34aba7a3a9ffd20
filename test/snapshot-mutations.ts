// Broken files of heap snapshots: whatever is in a file, it is read, or refused with an error that says why; and what was
// read can be evaluated by every report, and shown on the page.

import colors from "picocolors";
import { decodeSnapshots, encodeSnapshots } from "../src/page/snapshot-wire.js";
import {
  changesTable,
  dominatorLines,
  dominatorTree,
  heldTable,
  nodeText,
  objectsTable,
  pathText,
} from "../src/report/objects.js";
import { evaluateQuery } from "../src/report/query.js";
import { parseQuery } from "../src/report/query-parse.js";
import { allPaths } from "../src/snapshot/all-paths.js";
import { GraphBuilder } from "../src/snapshot/builder.js";
import { compareSnapshots, grownTwice, newObjects } from "../src/snapshot/diff.js";
import { findDominators } from "../src/snapshot/dominators.js";
import { EDGE, NODE, type ObjectGraph } from "../src/snapshot/graph.js";
import { mergedPaths } from "../src/snapshot/held.js";
import { Paths } from "../src/snapshot/paths.js";
import { BrokenSnapshot, readHeapSnapshot } from "../src/snapshot/reader.js";
import { summaryOf } from "../src/snapshot/take.js";
import { GROUPINGS, groupObjects } from "../src/snapshot/types.js";
import { writeHeapSnapshot } from "../src/snapshot/writer.js";
import { HeapObjects } from "../viewer/objects/heap.js";
import { randomIntegers } from "./random.js";

export interface SnapshotSurvival {
  files: number;
  refused: number;
}

/** A file with nodes and edges of every kind. */
export function wholeSnapshot(): Buffer {
  const graph = new GraphBuilder();
  const number = (text: string) => graph.strings.number(text);
  const root = graph.group("(root)");
  const kinds = [NODE.object, NODE.string, NODE.memory, NODE.frame, NODE.object, NODE.object];
  const nodes = kinds.map((kind, k) => graph.node(kind, number(`app.Type${k}`), 4096 + 16 * k));
  for (const [k, node] of nodes.entries()) {
    graph.groupEdge(root, node, "top");
    graph.begin(node);
    graph.describe(node, 40 * k, number(k % 2 === 0 ? "" : `value "${k}" \u{1f600}`));
    for (const [name, kind] of Object.entries(EDGE)) {
      const target = nodes[(k + kind + 1) % nodes.length] as number;
      graph.edge(kind, kind === EDGE.index ? kind : number(kind === EDGE.key ? "['key']" : name), target);
    }
  }
  for (const node of nodes) graph.buffer(node, 8192 * node);
  const pieces: Buffer[] = [];
  const stacks = graph.finish((made) => ({
    tree: {
      length: 3,
      parent: (node) => node - 1,
      functionNumber: (node) => node,
      line: (node) => 10 * node,
      frame: (node) => ({ function: { name: `f${node}`, file: "app.py" }, line: 10 * node }),
    },
    nodes: Uint32Array.from({ length: made.nodeCount }, (_, node) => node % 3),
  }));
  writeHeapSnapshot(stacks, (bytes) => pieces.push(Buffer.from(bytes)));
  return Buffer.concat(pieces);
}

const INTERESTING = [
  "0",
  "1",
  "-1",
  "7",
  "4294967295",
  "4294967296",
  "1e3",
  "null",
  '""',
  "[]",
  "{}",
  ",",
  '"',
  "\\u0000",
];
const QUERY = parseQuery(".key.attribute == 7 or held by type == Type1 and reachable from size > 10 or name ~ 'top'");

/** A copy of a file with a few changes: bytes, cuts, repetitions, numbers. */
function broken(whole: Buffer, random: (bound: number) => number): Buffer {
  let file = Buffer.from(whole);
  for (let change = random(3); change >= 0; change--) {
    const [a, b] = [random(file.length + 1), random(file.length + 1)].sort((x, y) => x - y) as [number, number];
    const text = Buffer.from(INTERESTING[random(INTERESTING.length)] as string);
    switch (random(6)) {
      case 0:
        file = file.subarray(0, b);
        break;
      case 1:
        file = Buffer.concat([file.subarray(0, a), file.subarray(Math.min(b, a + random(40)))]);
        break;
      case 2:
        file = Buffer.concat([file.subarray(0, b), file.subarray(a, Math.min(b, a + 40)), file.subarray(b)]);
        break;
      case 3:
        file = Buffer.concat([file.subarray(0, a), text, file.subarray(Math.min(file.length, a + random(4)))]);
        break;
      default:
        if (file.length > 0) file[random(file.length)] = random(3) === 0 ? 48 + random(10) : random(256);
    }
  }
  return file;
}

const COLORS = colors.createColors(false);
const MOST = 20;

/** Evaluates a graph as the reports do, with `whole` as an earlier snapshot. */
function report(graph: ObjectGraph, whole: ObjectGraph): void {
  const dominators = findDominators(graph);
  const paths = new Paths(graph);
  for (const by of GROUPINGS) {
    const rows = groupObjects(graph, dominators, by);
    objectsTable(rows, summaryOf(graph), { by, filter: undefined, most: MOST }, COLORS);
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    nodeText(graph, node);
    pathText(graph, paths, paths.to(node) ?? [], COLORS);
    for (const steps of allPaths(graph, paths, node)) paths.text(steps);
  }
  dominatorLines(dominatorTree(graph, dominators, paths, { depth: 9, rows: MOST, minShare: 0 }), COLORS);
  evaluateQuery(graph, dominators, QUERY);
  for (const [before, after] of [
    [whole, graph],
    [graph, whole],
  ] as const) {
    changesTable(compareSnapshots(before, after), MOST, COLORS);
    const held = mergedPaths(after, new Paths(after), findDominators(after), newObjects(after, before));
    heldTable(held, MOST, COLORS);
    grownTwice(before, after, whole);
  }
}

/** Shows a graph as the page does. */
function show(graph: ObjectGraph): void {
  for (const snapshot of decodeSnapshots(encodeSnapshots([{ name: "app", graph }]))) {
    const heap = new HeapObjects(snapshot);
    for (const by of GROUPINGS) for (const { name } of heap.rows(by)) heap.heldBy(heap.nodesOf(by, name));
    for (let node = 0; node < graph.nodeCount; node++) {
      const texts = [heap.type(node), heap.value(node), heap.id(node), heap.where(node), ...heap.remarks(node)];
      heap.find(texts.join(" ").slice(0, MOST), MOST);
      for (const { edge } of [...heap.holders(node, MOST).found, ...heap.references(node, MOST).found])
        heap.edgeText(edge);
      heap.dominatorsOf(node);
      Array.from(heap.dominatedBy(node));
    }
  }
}

/** Reads and evaluates one broken file, made from its seed. Throws if an error occurs that is not a BrokenSnapshot. */
export function surviveSnapshot(whole: Buffer, seed: number, survival: SnapshotSurvival): void {
  const file = broken(whole, randomIntegers(seed));
  survival.files++;
  try {
    const graph = readHeapSnapshot([file]);
    report(graph, readHeapSnapshot([whole]));
    show(graph);
  } catch (error) {
    if (!(error instanceof BrokenSnapshot)) throw new Error(`Seed ${seed}: ${error}`, { cause: error });
    survival.refused++;
  }
}
