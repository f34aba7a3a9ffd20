// Compaction: moves objects together, so that the memory above them can be given back.
//
//   before   | o o . o | . o . . | o . . . | . . o . |          after   | o o o o | o o . . |
//
//   pin           if other modules may own references: finds the objects that must not move (census.ts)
//   gather        moves everything out of the vacated pools, into the pools that stay (gather.ts)
//   lower         moves everything above a line below it, then the heap's own tables; slides large blocks down (lower.ts)
//
// Blocks come from the domains' own allocators. Debug hooks, traces and users' allocators see each old block freed; without them, a vacated
// pool is closed as a whole. No step can fail halfway: an object for which there is no block stays where it is. The heap is valid (check())
// after each pass.

import { isOwn } from "../../alloc/base";
import { isPooled } from "../../alloc/domains";
import { evacuation_begin } from "../../alloc/evacuation";
import { scavenge } from "../../alloc/small";
import { MEM } from "../../ground/domains.gen";
import { COMPACTING, enterState, leaveState, may, MOVE } from "../model/reentrancy";
import { settings } from "../model/settings";
import { pin, unpin } from "./census";
import { gather } from "./gather";
import { holeAbove, lower, lowerOwn, slideParts } from "./lower";
import { currentPass, Pass } from "./pass";
import { letHeldGo } from "./relocate";

// What `compact` returns.
export const COMPACTED: i32 = 0;
/** Nothing was moved, because code is under way that has addresses of objects. */
export const BUSY: i32 = 1;
/** Nothing was moved, because there is no memory for the rows of a pass (pass.ts). */
const NO_ROOM: i32 = 2;
/**
 * The heap is broken: a reference count, or a type's number of objects, is too low (broken_object). Nothing was moved if the census noticed
 * this.
 */
export const BROKEN: i32 = 3;

/** Whether code is under way that has addresses of objects, or incomplete objects. */
export function is_busy(): bool {
  return !may(MOVE);
}

/** Moves objects together. Free lists must be empty. Returns COMPACTED, or a code that says why it did not. */
export function compact_objects(): i32 {
  if (is_busy()) return BUSY;
  const c = currentPass();
  c.movedBytes = 0;
  c.line = 0;
  letHeldGo();
  if (!c.begin()) return NO_ROOM;
  enterState(COMPACTING);
  const broken = !move(c);
  leaveState(COMPACTING);
  c.release();
  return broken ? BROKEN : COMPACTED;
}

/** Runs all passes. False if the heap is broken. */
function move(c: Pass): bool {
  if (settings().lent != 0 && !pin(c)) {
    unpin(c);
    return false;
  }
  evacuation_begin();
  gather(c);
  scavenge();
  lower(c);
  lowerOwn(c);
  if (isOwn() && isPooled(MEM) && holeAbove(c, 1) != 0) slideParts(c);
  if (settings().lent != 0) unpin(c);
  return c.broken == 0;
}

export function broken_object(): usize {
  return currentPass().broken;
}
