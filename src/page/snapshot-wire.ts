// Heap snapshots as bytes, for a page: their graphs, column by column. The bytes are not compressed here.
//
//   how many | for each: its name | columns of nodes | columns of edges | strings
//
// The edges of a node are written as their number. Strings are one text, after their lengths.

import type { ObjectGraph } from "../snapshot/graph.js";
import { ByteReader, ByteWriter } from "../trace/bytes.js";
import { readColumn, u8, u32, writeColumn } from "./columns.js";

/** A snapshot, with the name that the page shows. */
export interface NamedGraph {
  readonly name: string;
  readonly graph: ObjectGraph;
}

function writeStrings(out: ByteWriter, strings: readonly string[]): void {
  writeColumn(
    out,
    Uint32Array.from(strings, ({ length }) => length),
  );
  out.text(strings.join(""));
}

function readStrings(from: ByteReader): string[] {
  const lengths = readColumn(from, u32);
  const text = from.text();
  let at = 0;
  return Array.from(lengths, (length) => {
    at += length;
    return text.slice(at - length, at);
  });
}

function writeGraph(out: ByteWriter, graph: ObjectGraph): void {
  const { nodeCount, firstEdge } = graph;
  const edgeCounts = new Uint32Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    edgeCounts[node] = (firstEdge[node + 1] as number) - (firstEdge[node] as number);
  }
  const { kinds, types, values, sizes, ids, flags, edgeKinds, edgeNames, targets, strings } = graph;
  for (const column of [kinds, types, values, sizes, ids, flags, edgeCounts]) writeColumn(out, column);
  for (const column of [edgeKinds, edgeNames, targets]) writeColumn(out, column);
  writeStrings(out, strings);
}

function readGraph(from: ByteReader): ObjectGraph {
  const [bytes, words] = [() => readColumn(from, u8), () => readColumn(from, u32)];
  const nodes = { kinds: bytes(), types: words(), values: words(), sizes: words(), ids: words(), flags: bytes() };
  const edgeCounts = words();
  const edges = { edgeKinds: bytes(), edgeNames: words(), targets: words() };
  const nodeCount = nodes.kinds.length;
  const firstEdge = new Uint32Array(nodeCount + 1);
  edgeCounts.forEach((count, node) => {
    firstEdge[node + 1] = (firstEdge[node] as number) + count;
  });
  return { nodeCount, edgeCount: edges.targets.length, firstEdge, ...nodes, ...edges, strings: readStrings(from) };
}

export function encodeSnapshots(snapshots: readonly NamedGraph[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  out.number(snapshots.length);
  for (const { name, graph } of snapshots) {
    out.text(name);
    writeGraph(out, graph);
  }
  return out.written;
}

/** Throws BrokenContent if the bytes end too early. */
export function decodeSnapshots(data: Uint8Array): NamedGraph[] {
  const from = new ByteReader(data);
  return Array.from({ length: from.number() }, () => ({ name: from.text(), graph: readGraph(from) }));
}
