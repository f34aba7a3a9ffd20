// What the host can ask of compaction.

import { census } from "../compaction/census";
import { settings } from "../model/settings";

/** Bytes that the last compaction copied. */
export function moved_bytes(): usize {
  return census().movedBytes;
}

/** Bytes of the objects that it could not move: somebody else's code refers to them, or they were hashed by their address. */
export function pinned_bytes(): usize {
  return census().pinnedBytes;
}

/** Collected objects to which nothing led from the roots: they are garbage, or somebody else's code owns a reference. */
export function unrooted_objects(): u32 {
  return census().unrooted;
}

/** Modules of others can own references to objects from now on, which a compaction has to find. */
export function lend_objects(): void {
  settings().lent = 1;
}
