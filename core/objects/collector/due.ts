// Safe points: moments at which only handles, the stack and counted references refer to objects.
//
// Work that must not be done in the middle of an operation is done here: a collection that allocations made due, and measures against
// pressure, which the host chooses and runs (it may collect, compact, and call the program).

import { error } from "../model/error";
import { COLLECT_UNASKED, may, MEASURE } from "../model/reentrancy";
import { COLLECTION_DUE, PRESSURE_DUE, settings } from "../model/settings";
import { gc_run_due } from "./gc";

/** Asks the host to run the measures that it wants. */
@external("host", "pressure")
declare function hostPressure(): void;

/** Makes the next safe point call the host, so that it runs its measures. */
export function mark_pressure_due(): void {
  settings().due |= PRESSURE_DUE;
}

/** Runs the work that is due, as far as it is allowed now (model/reentrancy.ts). */
@inline
export function safePoint(): void {
  if (settings().due != 0) runDue();
}

/** Like safePoint, after an operation that can make a heap grow but never makes a collection due. */
@inline
export function pressurePoint(): void {
  if ((settings().due & PRESSURE_DUE) != 0) runDue();
}

function runDue(): void {
  const s = settings();
  if (error().code != 0) return;
  if ((s.due & PRESSURE_DUE) != 0 && may(MEASURE)) {
    s.due &= ~PRESSURE_DUE;
    hostPressure();
  }
  if ((s.due & COLLECTION_DUE) != 0 && may(COLLECT_UNASKED)) gc_run_due();
}
