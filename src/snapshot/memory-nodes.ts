// Nodes for memory that belongs to no object. With them, the sizes of all nodes of a graph add up to the heap's account.

import type { GraphBuilder } from "./builder.js";
import { NODE } from "./graph.js";

/** Blocks in use of one size that belong to no object. */
interface Blocks {
  readonly domain: string;
  readonly blockSize: number;
  readonly count: number;
}

/** Adds a node in a group for memory of `bytes` bytes; none for 0 bytes. */
export function addMemory(graph: GraphBuilder, group: number, type: string, bytes: number, value = ""): void {
  if (bytes === 0) return;
  const node = graph.node(NODE.memory, graph.strings.number(type), graph.nodeCount * 2 + 1);
  graph.begin(node);
  graph.describe(node, bytes, graph.strings.number(value));
  graph.groupEdge(group, node, value === "" ? type : `${type}, ${value}`);
}

/** Adds a node for each domain and size class. */
export function addBlocks(graph: GraphBuilder, group: number, blocks: readonly Blocks[]): void {
  for (const { domain, blockSize, count } of blocks) {
    const value = `${count} ${count === 1 ? "block" : "blocks"} of ${blockSize} bytes`;
    addMemory(graph, group, `(${domain} domain, no object)`, count * blockSize, value);
  }
}
