// The graph of a snapshot while it is made: nodes and edges in columns, the texts, and which node an address has. This is a separate
// module with its own memory, so that nothing is written into the memory that is looked at.
//
//   nodes      kinds, types, values, sizes, ids, flags; firstEdge only of nodes whose edges have begun
//   edges      kinds, names, targets, in the order of the nodes
//   buffers    the address of each block that only one object uses, and the object's node
//   grains     for each KiB of the heap: the number of its pool, from 1; 0 if it is in no pool
//   pools      | start | block size | number of the first block | number of blocks that were claimed |
//   blocks     for each block of each pool: its node + 1 (0: it has no node), and whether an object claimed it, or whether it is
//              a loose block (loose.ts)
//   others     the nodes of other addresses: open addressing, a power of two long, at most half full; 0: empty
//
// Invariants: an address has at most one node; the edges of the node k are those from firstEdge[k] up to firstEdge[k + 1], or to the
// last one; a pool's number of claims is the number of its blocks that were claimed.

import {
  beginColumns,
  bufferAddresses,
  bufferOwners,
  column,
  edgeKinds,
  edgeNames,
  endOfEdges,
  firstEdge,
  flags,
  growNodes,
  growTo,
  ids,
  kinds,
  setWord,
  sizes,
  targets,
  types,
  values,
  word,
} from "./columns";
import { LOOSE_AT, NODE_OBJECT, NOT_LOOSE, NOT_POOLED } from "./kinds";
import { slotIn, take } from "./memory";
import { beginTexts } from "./texts";

/** Claims the block at an address that is in no pool, and returns its bytes; 0 if there is no block, or if it was claimed already. */
@external("host", "claimLarge")
declare function claimLarge(start: usize): u32;

const GRAIN_SHIFT: u32 = 10;
const CLAIMED: u32 = 1 << 31;
const LOOSE: u32 = 1 << 30;
const NODE: u32 = LOOSE - 1;
const FIRST_OTHERS: u32 = 1 << 14;
/** Bytes of a row of edges_insert. */
const ROW: usize = 16;

/** Begins a graph. `nodes` and `edges` say for how many there is room at first. */
export function store_begin(nodes: u32, edges: u32): void {
  beginColumns(nodes, edges);
  others = take(<usize>FIRST_OTHERS * 8);
  othersMask = FIRST_OTHERS - 1;
  beginTexts(nodes);
}

/** The address of a column. The columns are numbered from 0 in the order above: nodes, edges, buffers. */
export function store_column(number: u32): usize {
  return column(number).data;
}

export function nodes_count(): u32 {
  return ids.length;
}

/** Adds a node. Its other columns have 0, because memory that was just taken is zero. */
export function nodes_add(kind: u32, type: u32, id: u32): u32 {
  const node = ids.add();
  if (flags.room < ids.room) growNodes();
  setWord(ids, node, id);
  nodes_become(node, kind, type);
  return node;
}

/** A node's type: the number of a text. */
export function nodes_type(node: u32): u32 {
  return word(types, node);
}

/** The address of a node's object, or another number that no other node has; 0 after the last node. */
export function nodes_id(node: u32): u32 {
  return node < ids.length ? word(ids, node) : 0;
}

export function nodes_become(node: u32, kind: u32, type: u32): void {
  store<u8>(kinds.data + node, kind);
  setWord(types, node, type);
}

/** After this call, new edges belong to the next node. Returns the number of nodes that began before. */
export function nodes_begin(): u32 {
  const begun = firstEdge.add();
  setWord(firstEdge, begun, targets.length);
  return begun;
}

export function nodes_describe(node: u32, size: u32, value: u32, flag: u32): void {
  setWord(sizes, node, size);
  setWord(values, node, value);
  nodes_flag(node, flag);
}

/** Adds a block that only the object of a node uses to the node's bytes. */
export function nodes_grow(node: u32, bytes: u32): void {
  setWord(sizes, node, word(sizes, node) + bytes);
}

export function nodes_flag(node: u32, flag: u32): void {
  store<u8>(flags.data + node, <u32>load<u8>(flags.data + node) | flag);
}

export function edges_count(): u32 {
  return targets.length;
}

/** The number after the last edge of the node that is the `begun`-th one with edges. */
export function edges_end(begun: u32): u32 {
  return endOfEdges(begun);
}

export function edges_add(kind: u32, name: u32, target: u32): void {
  const edge = targets.add();
  if (edgeKinds.room < targets.room) {
    growTo(edgeKinds, targets.room, edge);
    growTo(edgeNames, targets.room, edge);
  }
  store<u8>(edgeKinds.data + edge, kind);
  setWord(edgeNames, edge, name);
  setWord(targets, edge, target);
}

/** Makes `more` edges more, without their content. */
function growEdges(more: u32): void {
  const count = targets.length;
  while (count + more > targets.room) targets.grow(targets.room * 2);
  if (edgeKinds.room < targets.room) {
    growTo(edgeKinds, targets.room, count);
    growTo(edgeNames, targets.room, count);
  }
  targets.length = count + more;
}

/** Moves the edges from `from` up to `end` by `more` places. */
function moveEdges(from: u32, end: u32, more: u32): void {
  const to = from + more;
  const count = end - from;
  memory.copy(edgeKinds.data + to, edgeKinds.data + from, count);
  memory.copy(edgeNames.data + <usize>to * 4, edgeNames.data + <usize>from * 4, <usize>count * 4);
  memory.copy(targets.data + <usize>to * 4, targets.data + <usize>from * 4, <usize>count * 4);
}

/** Makes room for `count` rows | node | kind | name | target |, which edges_insert takes. */
export function edges_room(count: u32): usize {
  return take(<usize>count * ROW);
}

/**
 * Adds edges to nodes whose edges are complete, at their end. The host has written them at `rows`, by ascending node. `first` is the number
 * of the first node that has edges here.
 */
export function edges_insert(first: u32, rows: usize, count: u32): void {
  let end = targets.length;
  growEdges(count);
  let begun = firstEdge.length;
  for (let left = count; left > 0; ) {
    const node = load<u32>(rows + <usize>(left - 1) * ROW);
    const from = node - first + 1 < begun ? word(firstEdge, node - first + 1) : end;
    moveEdges(from, end, left);
    for (let k = node - first + 1; k < begun; k++) setWord(firstEdge, k, word(firstEdge, k) + left);
    begun = node - first + 1;
    end = from;
    for (; left > 0 && load<u32>(rows + <usize>(left - 1) * ROW) == node; left--) {
      const row = rows + <usize>(left - 1) * ROW;
      const edge = from + left - 1;
      store<u8>(edgeKinds.data + edge, load<u32>(row, 4));
      setWord(edgeNames, edge, load<u32>(row, 8));
      setWord(targets, edge, load<u32>(row, 12));
    }
  }
}

/**
 * Moves all edges up by `more` places, and their nodes' entries in firstEdge by `nodes` places: the host then writes `more` edges of
 * `nodes` nodes in front of them. Nodes that have not begun get no edges.
 */
export function store_shift(more: u32, nodes: u32): void {
  const count = targets.length;
  growEdges(more);
  moveEdges(0, count, more);
  const begun = firstEdge.length;
  while (ids.length + 1 > firstEdge.room) firstEdge.grow(firstEdge.room * 2);
  for (let k = begun; k-- > 0; ) setWord(firstEdge, k + nodes, word(firstEdge, k) + more);
  for (let k = begun + nodes; k <= ids.length; k++) setWord(firstEdge, k, targets.length);
}

// Addresses.

let grains: usize = 0;
let grainCount: u32 = 0;
let pools: usize = 0;
let blocks: usize = 0;
let others: usize = 0;
let othersMask: u32 = 0;
let othersCount: u32 = 0;
let dynamicBegin: usize = 0;
let dynamicEnd: usize = 0;

/**
 * Makes room for the pools of a heap, which the host then writes. The program's blocks lie from `begin` up to `end`. `blocks` has one entry
 * more than there are blocks: the bytes after the last block of the last pool use it.
 */
export function pools_begin(count: u32, blockCount: u32, begin: usize, end: usize): void {
  dynamicBegin = begin;
  dynamicEnd = end;
  grainCount = <u32>(end >> GRAIN_SHIFT) + 1;
  grains = take(<usize>grainCount * 4);
  pools = take((<usize>count + 1) * 16);
  blocks = take((<usize>blockCount + 1) * 4);
}

export function pools_grains(): usize {
  return grains;
}

export function pools_rows(): usize {
  return pools;
}

/** The pool that an address is in; 0 if it is in none. */
@inline
function poolAt(address: usize): usize {
  const grain = <u32>(address >> GRAIN_SHIFT);
  if (grain >= grainCount) return 0;
  const number = load<u32>(grains + <usize>grain * 4);
  return number == 0 ? 0 : pools + <usize>number * 16;
}

/** The entry in `blocks` for an address in a pool: that of the block that the address is in. */
@inline
function blockIn(pool: usize, address: usize): usize {
  const block = (<u32>address - load<u32>(pool)) / load<u32>(pool, 4);
  return blocks + (<usize>load<u32>(pool, 8) + block) * 4;
}

export function blocks_is_dynamic(address: usize): bool {
  return address >= dynamicBegin && address < dynamicEnd;
}

/**
 * Claims the block that an address is in, and returns its bytes; 0 if it is in no block, or if the block was claimed already. A
 * block that is in no pool starts `before` bytes in front of the address.
 */
export function blocks_claim(address: usize, before: u32): u32 {
  const pool = poolAt(address);
  if (pool == 0) return blocks_is_dynamic(address - before) ? claimLarge(address - before) : 0;
  const block = blockIn(pool, address);
  const entry = load<u32>(block);
  if ((entry & CLAIMED) != 0) return 0;
  store<u32>(block, entry | CLAIMED);
  store<u32>(pool, load<u32>(pool, 12) + 1, 12);
  return load<u32>(pool, 4);
}

/** Claims a block that only the object of a node uses, and returns its bytes. */
export function blocks_claim_buffer(node: u32, address: usize, before: u32): u32 {
  const bytes = blocks_claim(address, before);
  if (bytes != 0) buffers_add(node, <u32>address);
  return bytes;
}

export function buffers_add(node: u32, address: u32): void {
  const number = bufferAddresses.add();
  if (bufferOwners.room < bufferAddresses.room) growTo(bufferOwners, bufferAddresses.room, number);
  setWord(bufferAddresses, number, address);
  setWord(bufferOwners, number, node);
}

export function buffers_count(): u32 {
  return bufferAddresses.length;
}

export function blocks_is_claimed(address: usize): bool {
  const pool = poolAt(address);
  return pool != 0 && (load<u32>(blockIn(pool, address)) & CLAIMED) != 0;
}

// Loose blocks of pools.

/** Marks a pool's block as loose: it is in use, and nobody has claimed it. */
export function loose_mark(start: usize): void {
  store<u32>(blockIn(poolAt(start), start), LOOSE);
}

/** Whether an address of a pool is the first one of a loose block that has no owner: LOOSE_AT, NOT_LOOSE; or NOT_POOLED. */
export function loose_state(start: usize): u32 {
  const pool = poolAt(start);
  if (pool == 0) return NOT_POOLED;
  if ((<u32>start - load<u32>(pool)) % load<u32>(pool, 4) != 0) return NOT_LOOSE;
  return load<u32>(blockIn(pool, start)) == LOOSE ? LOOSE_AT : NOT_LOOSE;
}

/** A pool's loose block has an owner now: it is loose no more. False if it is in no pool. */
export function loose_own(start: usize): bool {
  const pool = poolAt(start);
  if (pool == 0) return false;
  store<u32>(blockIn(pool, start), 0);
  return true;
}

/** The bytes of a pool's block; 0 for a block in no pool. */
export function loose_bytes(start: usize): u32 {
  const pool = poolAt(start);
  return pool == 0 ? 0 : load<u32>(pool, 4);
}

/** The slot of an address in `others`, or the empty one that would get it. */
function slotOf(address: usize): usize {
  return slotIn(others, othersMask, address);
}

/** The node of an address; -1 if it has none. */
export function nodes_find(address: usize): i32 {
  const pool = poolAt(address);
  if (pool != 0) {
    const number = load<u32>(blockIn(pool, address)) & NODE;
    if (number == 0) return -1;
    if (word(ids, number - 1) == <u32>address) return number - 1;
  }
  const slot = slotOf(address);
  return load<usize>(slot) == 0 ? -1 : load<u32>(slot, 4);
}

/** The node of an object, which is added if it is new. */
export function nodes_of(address: usize): u32 {
  const pool = poolAt(address);
  if (pool == 0) return other(address);
  const block = blockIn(pool, address);
  const entry = load<u32>(block);
  const number = entry & NODE;
  // If a block has two objects, `others` has the second one.
  if (number != 0) return word(ids, number - 1) == <u32>address ? number - 1 : other(address);
  const node = nodes_add(NODE_OBJECT, 0, <u32>address);
  store<u32>(block, (entry & CLAIMED) | (node + 1));
  return node;
}

function other(address: usize): u32 {
  let slot = slotOf(address);
  if (load<usize>(slot) != 0) return load<u32>(slot, 4);
  if (othersCount * 2 + 2 > othersMask) {
    growOthers();
    slot = slotOf(address);
  }
  const node = nodes_add(NODE_OBJECT, 0, <u32>address);
  store<usize>(slot, address);
  store<u32>(slot, node, 4);
  othersCount++;
  return node;
}

function growOthers(): void {
  const before = others;
  const length = othersMask + 1;
  others = take(<usize>length * 16);
  othersMask = 2 * length - 1;
  for (let k: u32 = 0; k < length; k++) {
    const at = before + <usize>k * 8;
    if (load<usize>(at) != 0) store<u64>(slotOf(load<usize>(at)), load<u64>(at));
  }
}

/** Adds an edge to the object at an address. */
export function edges_refer(kind: u32, name: u32, target: usize): void {
  edges_add(kind, name, nodes_of(target));
}
