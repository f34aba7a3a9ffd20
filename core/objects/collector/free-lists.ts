// Gives the free lists of all types back to the heap.

import { KINDS, TUPLE, USER } from "../model/kinds.gen";
import { clearFreeList } from "../model/memory";
import { PyType, typeOf } from "../model/type";
import { keys_clear_free_list } from "../types/keys";
import { tuple_clear_free_lists } from "../types/tuple";

/** Empties every free list. Returns the number of blocks that were given back. */
export function clearFreeLists(): u32 {
  let count = tuple_clear_free_lists() + keys_clear_free_list();
  for (let kind: u32 = 0; kind < KINDS; kind++) if (kind != TUPLE) count += clearFreeList(typeOf(kind));
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) count += clearFreeList(type);
  return count;
}
