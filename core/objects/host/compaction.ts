// What the host can ask of compaction.

import { currentPass } from "../compaction/pass";
import { settings } from "../model/settings";

/** Bytes that the last compaction copied. */
export function moved_bytes(): usize {
  return currentPass().movedBytes;
}

/** Bytes of the objects that the last compaction could not move: foreign code refers to them, or they were hashed by their address. */
export function pinned_bytes(): usize {
  return currentPass().pinnedBytes;
}

/** How many tracked objects the roots did not lead to: they are garbage, or foreign code owns a reference. */
export function unrooted_objects(): u32 {
  return currentPass().unrooted;
}

/** From now on other modules may own references to objects: a compaction has to count references to find out (settings.lent). */
export function lend_objects(): void {
  settings().lent = 1;
}
