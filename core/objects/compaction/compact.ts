// Compaction: objects move together, so that the memory above them can go back.
//
//   before   | o o . o | . o . . | o . . . | . . o . |          after   | o o o o | o o . . |
//
// A pass goes like this:
//   1  evacuation.ts says what is to be left: pools, and large blocks above a line
//   2  gather.ts, the first pass, or lower.ts, the others, copies objects and changes references; the first pass empties pools that are full of
//      holes, the others, for which objects are dense already, what is above the line
//   3  relocate.ts frees old blocks; pools and arenas that this empties go back
//
// Blocks come from the domains' own allocators. Debug hooks, traces and users' allocators see each old block freed; without them, a pool that is
// left is closed as a whole. No step can fail half way: an object for which there is no block stays where it is. After each pass check() passes.

import { isOwn } from "../../alloc/base";
import { isPooled } from "../../alloc/domains";
import { evacuation_begin } from "../../alloc/evacuation";
import { raw } from "../../alloc/raw";
import { scavenge } from "../../alloc/small";
import { MEM } from "../../ground/config";
import { collector } from "../collector/state";
import { settings } from "../model/settings";
import { census } from "./census";
import { gather } from "./gather";
import { lineOf, lower, lowerOwn, slideParts } from "./lower";
import { letHeldGo } from "./relocate";

// What compact answers.
export const COMPACTED: i32 = 0;
/** Something is under way that knows objects by their addresses. */
export const BUSY: i32 = 1;
/** There is no memory for the census. */
export const NO_ROOM: i32 = 2;
/** A reference count is wrong: see broken_object. */
export const BROKEN: i32 = 3;

/** Whether something is under way that knows objects by their addresses, or has some that are not whole. */
export function is_busy(): bool {
  const s = settings();
  return s.held != 0 || s.outside != 0 || collector().collecting != 0;
}

/** Moves objects together; free lists are empty. Answers COMPACTED or why not. */
export function compact_objects(): i32 {
  if (is_busy()) return BUSY;
  const c = census();
  c.movedBytes = 0;
  c.line = 0;
  letHeldGo();
  if (!c.begin()) return NO_ROOM;
  if (settings().lent != 0 && !c.pin()) {
    c.unpin();
    c.release();
    return BROKEN;
  }
  evacuation_begin();
  gather(c);
  scavenge();
  lower(c);
  lowerOwn();
  if (isOwn() && isPooled(MEM) && raw().largestHoleEnd(lineOf(0)) != 0) slideParts(c);
  if (settings().lent != 0) c.unpin();
  const broken = c.broken != 0;
  c.release();
  return broken ? BROKEN : COMPACTED;
}

export function broken_object(): usize {
  return census().broken;
}
