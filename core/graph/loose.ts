// Loose blocks: blocks in use that no object has claimed, though an object may use them. An object refers to such a block from one of
// its own words that are no known reference (types_word), and a block can refer to further blocks. The host follows these, and decides
// which object owns a block (src/hosts/python/graph/loose.ts).
//
//   loose blocks     in a pool: the host has marked them, store.ts has their state; others: the host knows them by their address
//   references       | block | node of the object | for each word of an object that is the address of a loose block

import { LOOSE_AT, NOT_POOLED } from "./kinds";
import { List, makeList } from "./memory";
import { blocks_is_dynamic, loose_state } from "./store";

/** Whether a block that lies in no pool, and that no object has claimed, begins at this address. */
@external("host", "isLooseLarge")
declare function isLooseLarge(start: usize): bool;

const ALIGNMENT_MASK: usize = 7;
const FIRST: u32 = 1024;

let references: List = changetype<List>(0);

/** Whether an address is the first one of a loose block. */
export function loose_is_at(start: usize): bool {
  if ((start & ALIGNMENT_MASK) != 0 || !blocks_is_dynamic(start)) return false;
  const state = loose_state(start);
  return state == NOT_POOLED ? isLooseLarge(start) : state == LOOSE_AT;
}

/** Notes that an object has the address `start` in one of its words, if a loose block begins there. */
export function loose_refer(node: u32, start: usize): void {
  if (!loose_is_at(start)) return;
  if (changetype<usize>(references) == 0) references = makeList(FIRST, 8);
  const at = references.data + <usize>references.add() * 8;
  store<u32>(at, <u32>start);
  store<u32>(at, node, 4);
}

/** How many references were noted, and where they are. */
export function loose_count(): u32 {
  return changetype<usize>(references) == 0 ? 0 : references.length;
}

export function loose_references(): usize {
  return changetype<usize>(references) == 0 ? 0 : references.data;
}
