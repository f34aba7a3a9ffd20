// The blocks of the host's malloc that a heap has for itself: they belong to no object, though an object may have their address.

import * as C from "../../core/constants.gen.js";
import type { Words } from "../../core/memory-words.js";

/**
 * The addresses of these blocks, and other words: the control block; what it has the addresses of, such as the map of pools and
 * the tables of recordings and debug hooks; and the records of arenas, each of which has the address of the next older one.
 */
export function ownBlocks(words: Words, control: number): Set<number> {
  const found = new Set([control]);
  for (let at = 0; at < C.CONTROL_BYTES; at += 4) found.add(words.get(control + at));
  let arena = words.get(control + C.YOUNGEST_ARENA_AT);
  for (; arena !== 0; arena = words.get(arena + C.ARENA_OLDER)) found.add(arena);
  return found;
}
