// What an operation answers to the host, where a number does not say it (host/exchange.ts).

import { decref } from "./refcount";
import { at, PASS_AT, RESULT_AT } from "./state";
import { PyObject } from "./type";

@unmanaged
export class Result {
  kind: u32;
  a: u32;
  b: u32;
  c: u32;
  /** The string that a result of kind IS_TEXT reads, if nobody else refers to it. */
  held: PyObject | null;
  /** Where the host writes a number that it read for the core. */
  parsed: f64;
}

if (offsetof<Result>() > PASS_AT - RESULT_AT) ERROR("Result does not fit its region");

@inline
export function result(): Result {
  return changetype<Result>(at(RESULT_AT));
}

/** The address of the word that holds the string which a result reads; the word may be 0. */
@inline
export function heldText(): usize {
  return changetype<usize>(result()) + offsetof<Result>("held");
}

/** The text of the last result has been read. */
export function release_text(): void {
  const r = result();
  const held = r.held;
  r.held = null;
  if (held) decref(held);
}
