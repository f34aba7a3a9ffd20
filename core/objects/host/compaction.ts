// What the host can ask of compaction.

import { currentPass } from "../compaction/pass";
import { settings } from "../model/settings";

/** Bytes that the last compaction copied. */
export function moved_bytes(): usize {
  return currentPass().movedBytes;
}

/** Bytes of the objects that it could not move: somebody else's code refers to them, or they were hashed by their address. */
export function pinned_bytes(): usize {
  return currentPass().pinnedBytes;
}

/** Collected objects to which nothing led from the roots: they are garbage, or somebody else's code owns a reference. */
export function unrooted_objects(): u32 {
  return currentPass().unrooted;
}

/** Modules of others can own references to objects from now on, which a compaction has to find. */
export function lend_objects(): void {
  settings().lent = 1;
}
