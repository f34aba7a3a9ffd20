// Counts the depth of recursion into nested objects.

import { raiseRecursion } from "./raises.gen";
import { settings } from "./settings";

/** Goes one level deeper into nested objects. False, with RecursionError, at the limit. Pairs with `leave`. */
@inline
export function enter(): boolean {
  const s = settings();
  if (s.depth >= s.recursionLimit) return tooDeep();
  s.depth++;
  return true;
}

@inline
export function leave(): void {
  settings().depth--;
}

function tooDeep(): boolean {
  raiseRecursion();
  return false;
}
