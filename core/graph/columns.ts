// The columns of a graph: nodes, edges, and the buffers of objects.

import { List, makeList, reserve } from "./memory";

export let kinds: List = changetype<List>(0);
export let types: List = changetype<List>(0);
export let values: List = changetype<List>(0);
export let sizes: List = changetype<List>(0);
export let ids: List = changetype<List>(0);
export let flags: List = changetype<List>(0);
export let firstEdge: List = changetype<List>(0);
export let edgeKinds: List = changetype<List>(0);
export let edgeNames: List = changetype<List>(0);
export let targets: List = changetype<List>(0);

export let bufferAddresses: List = changetype<List>(0);
export let bufferOwners: List = changetype<List>(0);

/** Bytes of a node and of an edge in all columns, those of the buffers and the places of the texts included. */
const NODE_BYTES: u64 = 34;
const EDGE_BYTES: u64 = 9;

/**
 * Makes the columns, with room for `nodes` nodes and `edges` edges at first. If memory is short, a column gets less room, but never more than
 * the column before it. So the last column of each group (`flags`, `edgeKinds`, `bufferOwners`) is full first: it tells when the group has to
 * grow.
 */
export function beginColumns(nodes: u32, edges: u32): void {
  reserve(<u64>nodes * NODE_BYTES + <u64>edges * EDGE_BYTES);
  types = makeList(nodes, 4);
  values = makeList(types.room, 4);
  sizes = makeList(values.room, 4);
  ids = makeList(sizes.room, 4);
  kinds = makeList(ids.room, 1);
  flags = makeList(kinds.room, 1);
  firstEdge = makeList(nodes, 4);
  edgeNames = makeList(edges, 4);
  targets = makeList(edgeNames.room, 4);
  edgeKinds = makeList(targets.room, 1);
  bufferAddresses = makeList(nodes, 4);
  bufferOwners = makeList(bufferAddresses.room, 4);
}

export function column(number: u32): List {
  switch (number) {
    case 0:
      return kinds;
    case 1:
      return types;
    case 2:
      return values;
    case 3:
      return sizes;
    case 4:
      return ids;
    case 5:
      return flags;
    case 6:
      return firstEdge;
    case 7:
      return edgeKinds;
    case 8:
      return edgeNames;
    case 9:
      return targets;
    case 10:
      return bufferAddresses;
    default:
      return bufferOwners;
  }
}

@inline
export function word(list: List, index: u32): u32 {
  return load<u32>(list.data + <usize>index * 4);
}

@inline
export function setWord(list: List, index: u32, value: u32): void {
  store<u32>(list.data + <usize>index * 4, value);
}

/** The index after the last edge of the node that has the index `begun` in `firstEdge`. */
@inline
export function endOfEdges(begun: u32): u32 {
  return begun + 1 < firstEdge.length ? word(firstEdge, begun + 1) : targets.length;
}

/**
 * Gives the other columns of nodes at least as much room as `ids` has. Called after an element was added to `ids`. (`firstEdge` grows
 * separately.)
 */
export function growNodes(): void {
  const room = ids.room;
  const count = ids.length - 1;
  growTo(types, room, count);
  growTo(values, room, count);
  growTo(sizes, room, count);
  growTo(kinds, room, count);
  growTo(flags, room, count);
}

/** Sets the number of a column's elements to `count`, and gives it room for at least `room`. */
export function growTo(list: List, room: u32, count: u32): void {
  list.length = count;
  if (list.room < room) list.grow(room);
}
