// Loose blocks: blocks in use that no object has claimed, though an object may use them. An object refers to such a block from one of
// its own words that are no known reference (types_word), and a block can refer to further blocks. The host follows these, and decides
// which object owns a block (src/snapshot/loose.ts).
//
//   loose blocks     in a pool: the host has marked them, store.ts has their state; others: the host knows them by their address
//   references       | block | node of the object | for each word of an object that is the address of a loose block
//
// Such a word, or a field, can also be the address of another object to which the object has no edge. This may be the only trace of a
// reference (src/hosts/python/graph/fields.ts decides).
//
//   fields           | node of the object | node of the other object | name, or 0 | for each such word

import { endOfEdges, firstEdge, targets, word } from "./columns";
import { LOOSE_AT, NO_FIELD, NOT_POOLED } from "./kinds";
import { List, makeList } from "./memory";
import { blocks_is_dynamic, loose_state, nodes_find } from "./store";
import { types_name } from "./types";

/** Whether a block that lies in no pool, and that no object has claimed, begins at this address. */
@external("host", "isLooseLarge")
declare function isLooseLarge(start: usize): bool;

const ALIGNMENT_MASK: usize = 7;
const FIRST: u32 = 1024;
/** Bytes of a field. */
const FIELD: u32 = 12;

let references: List = changetype<List>(0);
let fields: List = changetype<List>(0);

/** Whether an address is the first one of a loose block. */
export function loose_is_at(start: usize): bool {
  if ((start & ALIGNMENT_MASK) != 0 || !blocks_is_dynamic(start)) return false;
  const state = loose_state(start);
  return state == NOT_POOLED ? isLooseLarge(start) : state == LOOSE_AT;
}

/** Notes that an object has an address in one of its words, if it is that of a loose block, which starts `before` bytes in front of it. */
export function loose_refer(node: u32, address: usize, before: u32): void {
  if (!loose_is_at(address - before)) return;
  if (changetype<usize>(references) == 0) references = makeList(FIRST, 8);
  const at = references.addRow();
  store<u32>(at, <u32>(address - before));
  store<u32>(at, node, 4);
}

/**
 * Notes that an object has the address of another one in a word or a field, if there is an object to which it has no edge. `first` is the
 * number of the first node that has edges here; `field` is a field of the current type, or NO_FIELD.
 */
export function loose_field(node: u32, first: u32, address: usize, field: u32): void {
  const target = (address & 3) == 0 && blocks_is_dynamic(address) ? nodes_find(address) : -1;
  if (target < 0) return;
  const end = endOfEdges(node - first);
  for (let edge = word(firstEdge, node - first); edge < end; edge++) if (word(targets, edge) == <u32>target) return;
  if (changetype<usize>(fields) == 0) fields = makeList(FIRST, FIELD);
  const at = fields.addRow();
  store<u32>(at, node);
  store<u32>(at, target, 4);
  store<u32>(at, field == NO_FIELD ? 0 : types_name(field), 8);
}

/** How many references were noted, and where they are. */
export function loose_count(): u32 {
  return changetype<usize>(references) == 0 ? 0 : references.length;
}

export function loose_references(): usize {
  return changetype<usize>(references) == 0 ? 0 : references.data;
}

/** How many fields were noted, and where they are. */
export function loose_fields(): u32 {
  return changetype<usize>(fields) == 0 ? 0 : fields.length;
}

export function loose_field_rows(): usize {
  return changetype<usize>(fields) == 0 ? 0 : fields.data;
}
