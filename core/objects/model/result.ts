// The result of an operation for the host, where one number is not enough (host/exchange.ts).

import { decref } from "./refcount";
import { at, PASS_AT, RESULT_AT } from "./state";
import { PyObject } from "./type";

@unmanaged
export class Result {
  kind: u32;
  a: u32;
  b: u32;
  c: u32;
  /** A string that only the result refers to: the host reads the text of a result of kind IS_TEXT in it. */
  held: PyObject | null;
  /** Where the host writes a number that it parsed for the core. */
  parsed: f64;
}

if (offsetof<Result>() > PASS_AT - RESULT_AT) ERROR("Result does not fit its region");

@inline
export function result(): Result {
  return changetype<Result>(at(RESULT_AT));
}

/** The address of the word that refers to the string whose text the host reads; the word may be 0. */
@inline
export function heldText(): usize {
  return changetype<usize>(result()) + offsetof<Result>("held");
}

/** The host has read the text of the last result: the string that was held for it is released. */
export function release_text(): void {
  const r = result();
  const held = r.held;
  r.held = null;
  if (held) decref(held);
}
