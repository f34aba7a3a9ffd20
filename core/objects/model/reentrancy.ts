// Re-entrancy: what is under way, and what may happen meanwhile. While the core is in one of these states, the host, a
// finalizer, or a function in C may call it again. Several states can hold at a time; an action is forbidden if one of
// them forbids it.
//
//   state        from .. to                                                       move   collect   collect unasked   measures   free
//   (idle)                                                                        yes    yes       yes               yes        yes
//   HELD         gc_hold .. gc_let_go: an operation of the host that consists     no     yes       no                no         yes
//                of several calls. Between them the host has objects' addresses
//   OUTSIDE      from the call of a finalizer, a callback or a function in C to   no     yes       yes               no         yes
//                its return: the code that called it continues to use addresses
//   COLLECTING   gc_collect: lists are out of order, headers hold counts          no     no        no                no         yes
//   COMPACTING   compact: an object may be in two places                          no     no        no                no         no
//
//   move         compaction, and another memory for the instance
//   measures     the host's measures against pressure: they may do all of the above, and call the program
//   free         to deallocate an object whose last reference is released. No caller asks whether this is allowed, because
//                a compaction calls no code but allocators. The debug build asserts it.
//
// The core never throws, it sets an error (error.ts); so only the host has to know whether throwing is allowed. A forbidden action is
// postponed to the next safe point (collector/due.ts) or refused (BUSY). src/core/reentrancy.ts has what the host forbids in addition while
// the core waits for it.

import { at, HANDLES_AT, UNDER_WAY_AT } from "./state";

/** A counter for each state: how often it was entered and not yet left. */
@unmanaged
class UnderWay {
  held: u32;
  outside: u32;
  collecting: u32;
  compacting: u32;
}

if (offsetof<UnderWay>() > HANDLES_AT - UNDER_WAY_AT) ERROR("UnderWay does not fit its region");

export const HELD: usize = offsetof<UnderWay>("held");
export const OUTSIDE: usize = offsetof<UnderWay>("outside");
export const COLLECTING: usize = offsetof<UnderWay>("collecting");
export const COMPACTING: usize = offsetof<UnderWay>("compacting");

// Actions, as bits.
export const MOVE: u32 = 1;
export const COLLECT: u32 = 2;
export const COLLECT_UNASKED: u32 = 4;
export const MEASURE: u32 = 8;
export const FREE: u32 = 16;

const HELD_FORBIDS: u32 = MOVE | COLLECT_UNASKED | MEASURE;
const OUTSIDE_FORBIDS: u32 = MOVE | MEASURE;
const COLLECTING_FORBIDS: u32 = MOVE | COLLECT | COLLECT_UNASKED | MEASURE;
const COMPACTING_FORBIDS: u32 = COLLECTING_FORBIDS | FREE;

@inline
function underWay(): UnderWay {
  return changetype<UnderWay>(at(UNDER_WAY_AT));
}

/** Enters the state once more. Every way out must call leaveState. */
@inline
export function enterState(state: usize): void {
  const count = at(UNDER_WAY_AT) + state;
  store<u32>(count, load<u32>(count) + 1);
}

@inline
export function leaveState(state: usize): void {
  const count = at(UNDER_WAY_AT) + state;
  store<u32>(count, load<u32>(count) - 1);
}

/** How often the state was entered and not yet left. */
@inline
export function entered(state: usize): u32 {
  return load<u32>(at(UNDER_WAY_AT) + state);
}

/** Sets the count of a state back to `times`, after an exception has ended the calls that entered the state since. */
@inline
export function setEntered(state: usize, times: u32): void {
  store<u32>(at(UNDER_WAY_AT) + state, times);
}

/** Sets all states to "not entered". */
export function nothingUnderWay(): void {
  memory.fill(at(UNDER_WAY_AT), 0, offsetof<UnderWay>());
}

/** Whether the action may happen now. */
@inline
export function may(action: u32): bool {
  const u = underWay();
  if ((action & HELD_FORBIDS) != 0 && u.held != 0) return false;
  if ((action & OUTSIDE_FORBIDS) != 0 && u.outside != 0) return false;
  if ((action & COLLECTING_FORBIDS) != 0 && u.collecting != 0) return false;
  return (action & COMPACTING_FORBIDS) == 0 || u.compacting == 0;
}
