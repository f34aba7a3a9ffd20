// What follows from the edges: which nodes can be reached from others, over edges that are not weak; and how many such edges lead to each
// of the nodes that can't.

import { edgeKinds, edgeNames, endOfEdges, firstEdge, ids, setWord, targets, word } from "./columns";
import { EDGE_WEAK } from "./kinds";
import { take } from "./memory";

/** The nodes before this one have no edges here: they are groups. */
let firstNode: u32 = 0;
/** A byte of `reached` with all bits set. */
const ALL: u32 = 255;
/** For each node a bit: 1 if the node was reached. */
let reached: usize = 0;
/** For each node: how many edges lead to it, as far as reach_count has counted them. */
let known: usize = 0;
/** The nodes that were reached, and whose edges are still to be followed. */
let open: usize = 0;

/** Begins a search over the edges so far. No node is reached yet. */
export function reach_begin(first: u32): void {
  const nodes = <usize>ids.length;
  firstNode = first;
  reached = take((nodes >> 3) + 1);
  known = take(nodes * 4);
  open = take(nodes * 4);
}

@inline
function isReached(node: u32): bool {
  return ((<u32>load<u8>(reached + (node >> 3)) >> (node & 7)) & 1) != 0;
}

@inline
function setReached(node: u32): void {
  const at = reached + (node >> 3);
  store<u8>(at, <u32>load<u8>(at) | (1 << (node & 7)));
}

@inline
function isWeak(edge: u32): bool {
  return <u32>load<u8>(edgeKinds.data + edge) == EDGE_WEAK;
}

/** Reaches a node, and all that can be reached from it. */
export function reach_from(from: u32): void {
  if (isReached(from)) return;
  setReached(from);
  store<u32>(open, from);
  let count: usize = 1;
  while (count > 0) {
    const node = load<u32>(open + --count * 4) - firstNode;
    const last = endOfEdges(node);
    for (let edge = word(firstEdge, node); edge < last; edge++) {
      const target = word(targets, edge);
      if (isReached(target) || isWeak(edge)) continue;
      setReached(target);
      store<u32>(open + count++ * 4, target);
    }
  }
}

/** Counts the edges that lead to nodes that are not reached. All these edges begin at such nodes. */
export function reach_count(): void {
  for (let node = reach_next(firstNode); node < ids.length; node = reach_next(node + 1)) {
    const last = endOfEdges(node - firstNode);
    for (let edge = word(firstEdge, node - firstNode); edge < last; edge++) {
      if (isWeak(edge)) continue;
      const at = known + <usize>word(targets, edge) * 4;
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/** How many edges lead to a node that was not reached when they were counted. */
export function reach_known(node: u32): u32 {
  return load<u32>(known + <usize>node * 4);
}

/** The first node from `from` on that is not reached; the number of nodes if there is none. */
export function reach_next(from: u32): u32 {
  const end = ids.length;
  let node = from;
  while (node < end && isReached(node)) node += load<u8>(reached + (node >> 3)) == ALL ? 8 - (node & 7) : 1;
  return min(node, end);
}

/** Gives the edge `k` of a node another kind and name. Nothing happens if the node has fewer edges. */
export function edges_rename(node: u32, first: u32, k: u32, kind: u32, name: u32): void {
  const edge = word(firstEdge, node - first) + k;
  if (edge >= endOfEdges(node - first)) return;
  store<u8>(edgeKinds.data + edge, kind);
  setWord(edgeNames, edge, name);
}
