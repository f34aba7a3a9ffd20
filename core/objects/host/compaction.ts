// Figures and settings of compaction, for the host.

import { currentPass } from "../compaction/pass";
import { settings } from "../model/settings";

/** The bytes that the last compaction copied. */
export function moved_bytes(): usize {
  return currentPass().movedBytes;
}

/**
 * The bytes of the objects that the last compaction could not move, because foreign code refers to them, or because
 * they were hashed by their address.
 */
export function pinned_bytes(): usize {
  return currentPass().pinnedBytes;
}

/**
 * The number of tracked objects to which the roots did not lead: they are garbage, or foreign code owns a reference.
 */
export function unrooted_objects(): u32 {
  return currentPass().unrooted;
}

/**
 * Notes that other modules may own references to objects from now on. A compaction then has to count all references
 * (settings.lent).
 */
export function lend_objects(): void {
  settings().lent = 1;
}
