// Broken files of heap snapshots: whatever is in a file, it is read, or refused with an error that says why; and what was
// read can be evaluated.

import { evaluateQuery } from "../src/report/query.js";
import { parseQuery } from "../src/report/query-parse.js";
import { GraphBuilder } from "../src/snapshot/builder.js";
import { newObjects } from "../src/snapshot/diff.js";
import { findDominators } from "../src/snapshot/dominators.js";
import { EDGE, NODE } from "../src/snapshot/graph.js";
import { Paths } from "../src/snapshot/paths.js";
import { BrokenSnapshot, readHeapSnapshot } from "../src/snapshot/reader.js";
import { groupObjects } from "../src/snapshot/types.js";
import { writeHeapSnapshot } from "../src/snapshot/writer.js";
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
  writeHeapSnapshot(graph.finish(), (bytes) => pieces.push(Buffer.from(bytes)));
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

/** Reads and evaluates one broken file, made from its seed. Throws if an error occurs that is not a BrokenSnapshot. */
export function surviveSnapshot(whole: Buffer, seed: number, survival: SnapshotSurvival): void {
  const file = broken(whole, randomIntegers(seed));
  survival.files++;
  try {
    const graph = readHeapSnapshot([file]);
    const dominators = findDominators(graph);
    const paths = new Paths(graph);
    for (let node = 0; node < graph.nodeCount; node++) paths.text(paths.to(node) ?? []);
    groupObjects(graph, dominators, "module");
    evaluateQuery(graph, dominators, QUERY);
    newObjects(graph, graph);
  } catch (error) {
    if (!(error instanceof BrokenSnapshot)) throw new Error(`Seed ${seed}: ${error}`, { cause: error });
    survival.refused++;
  }
}
