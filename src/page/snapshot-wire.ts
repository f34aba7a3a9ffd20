// Heap snapshots as bytes, for a page: their graphs, column by column. The bytes are not compressed here.
//
//   how many | for each: its name | columns of nodes | columns of edges | strings
//
// One column of nodes has the number of each node's edges. The strings are the lengths of all, then one text with all.

import type { ObjectGraph } from "../snapshot/graph.js";
import { visibleLines } from "../text/visible.js";
import { ByteReader, ByteWriter } from "../trace/bytes.js";
import { f64, readColumn, u8, u32, writeColumn } from "./columns.js";

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

/** Reads strings as a page shows them: with escapes in place of characters that have an effect, such as those that turn text around. */
function readStrings(from: ByteReader): string[] {
  const lengths = readColumn(from, u32);
  const text = from.text();
  const strings = new Array<string>(lengths.length);
  let at = 0;
  for (let k = 0; k < strings.length; k++) {
    const end = at + (lengths[k] as number);
    strings[k] = visibleLines(text.slice(at, end));
    at = end;
  }
  return strings;
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

const MOST_SIZE = 2 ** 32 - 1;

/** The bytes do not have a graph's buffers, because the page does not show where blocks are. */
const NO_BUFFERS = { bufferAddresses: new Uint32Array(0), bufferOwners: new Uint32Array(0) };

/** Sizes take 32 bits each, unless one of them is larger, as in V8's own snapshots. */
function readSizes(from: ByteReader): Float64Array | Uint32Array {
  const sizes = readColumn(from, f64);
  return sizes.some((size) => size > MOST_SIZE) ? sizes : Uint32Array.from(sizes);
}

function readGraph(from: ByteReader): ObjectGraph {
  const [bytes, words] = [() => readColumn(from, u8), () => readColumn(from, u32)];
  const [kinds, types, values, sizes, ids, flags] = [bytes(), words(), words(), readSizes(from), words(), bytes()];
  const nodes = { kinds, types, values, sizes, ids, flags };
  const edgeCounts = words();
  const edges = { edgeKinds: bytes(), edgeNames: words(), targets: words() };
  const nodeCount = nodes.kinds.length;
  const firstEdge = new Uint32Array(nodeCount + 1);
  edgeCounts.forEach((count, node) => {
    firstEdge[node + 1] = (firstEdge[node] as number) + count;
  });
  const edgeCount = edges.targets.length;
  return { nodeCount, edgeCount, firstEdge, ...nodes, ...edges, ...NO_BUFFERS, strings: readStrings(from) };
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
