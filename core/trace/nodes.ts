// Stacks as a tree. A node consists of the caller's node, a function, and the line of that function with the call or the allocation.
//
//   node 0 (no function) <- <module>, line 12 <- load, line 7 <- parse, line 30
//
//   table: open addressing by the first three words of an entry, a power of two long, at most half full
//   entry: parent | function | place | node        a place is a code unit, or LINE + a line; node 0: empty
//
// Nodes are numbered from 1 in the order in which they were first seen, and are never removed. A stack is looked up by code unit. The
// first time, the host says which line the unit belongs to; all units of one line lead to one node. A new node is written to the
// buffer, so that the reader gives it the same number.
// Invariants: every entry is reachable from its home without passing an empty one; a node has one entry with a line.

import { base_calloc, base_free } from "../alloc/base";
import { INTERNAL } from "../ground/domains.gen";
import { tracer } from "./tracer";

/** The line that a code unit of a function is in. */
@external("host", "traceLine")
declare function hostLine(id: u32, unit: u32): u32;

export const ENTRY: usize = 16;
const FIRST_LENGTH: u32 = 8192;
/** The bit that marks a place as a line. */
const LINE: u32 = 0x80000000;
/** The first byte of the record of a new node: see events.ts. */
export const NODE: u32 = 0xc1;

@inline
function hash(parent: u32, id: u32, place: u32): u32 {
  const h = (parent * 0x85ebca6b) ^ (id * 0x9e3779b1) ^ (place * 0xc2b2ae35);
  return h ^ (h >> 15);
}

@inline
function at(index: u32): usize {
  return tracer().nodes + <usize>(index & tracer().nodeMask) * ENTRY;
}

/** The node for a place below `parent`; 0 if there is none. */
@inline
function find(parent: u32, id: u32, place: u32): u32 {
  const key = <u64>parent | ((<u64>id) << 32);
  let index = hash(parent, id, place);
  let entry = at(index);
  while (load<u32>(entry, 12) != 0 && (load<u64>(entry) != key || load<u32>(entry, 8) != place)) entry = at(++index);
  return load<u32>(entry, 12);
}

function enter(parent: u32, id: u32, place: u32, node: u32): void {
  let index = hash(parent, id, place);
  while (load<u32>(at(index), 12) != 0) index++;
  const entry = at(index);
  store<u32>(entry, parent);
  store<u32>(entry, id, 4);
  store<u32>(entry, place, 8);
  store<u32>(entry, node, 12);
}

/** The node below `parent` for a code unit of a function; `parent` itself if there is no memory for a new node. */
export function childOf(parent: u32, id: u32, unit: u32): u32 {
  const node = find(parent, id, unit);
  return node != 0 ? node : addUnit(parent, id, unit);
}

function addUnit(parent: u32, id: u32, unit: u32): u32 {
  const node = childAtLine(parent, id, hostLine(id, unit));
  if (node != parent && nodes_make_room()) {
    tracer().nodeEntries++;
    enter(parent, id, unit, node);
  }
  return node;
}

/** The node below `parent` for a line of a function; `parent` itself if there is no memory for a new node. */
export function childAtLine(parent: u32, id: u32, line: u32): u32 {
  const known = find(parent, id, line | LINE);
  if (known != 0) return known;
  const t = tracer();
  if (!nodes_make_room()) {
    t.cut++;
    return parent;
  }
  const node = ++t.nodeCount;
  t.nodeEntries++;
  enter(parent, id, line | LINE, node);
  t.makeRoom();
  t.put(NODE);
  t.putNumber(node - parent);
  t.putNumber(id);
  t.putNumber(line);
  return node;
}

/** Makes room for one more entry. False, with the table unchanged, if there is no memory for it. */
export function nodes_make_room(): bool {
  const t = tracer();
  const before: u32 = t.nodes == 0 ? 0 : t.nodeMask + 1;
  if (t.nodeEntries * 2 < before) return true;
  const length: u32 = before == 0 ? FIRST_LENGTH : before * 2;
  const table = base_calloc(INTERNAL, length, ENTRY);
  if (table == 0) return false;
  const old = t.nodes;
  t.nodes = table;
  t.nodeMask = length - 1;
  for (let k: u32 = 0; k < before; k++) {
    const entry = old + <usize>k * ENTRY;
    const node = load<u32>(entry, 12);
    if (node != 0) enter(load<u32>(entry), load<u32>(entry, 4), load<u32>(entry, 8), node);
  }
  if (old != 0) base_free(INTERNAL, old);
  return true;
}
