// gc_visit: the function that a type's own traverse function calls for each reference. It does what the visitor of the current pass does.

import { PyObject } from "../model/type";
import { gatherOne, seekOne } from "./graph";
import { PASS_GATHER, PASS_REACH, PASS_SUBTRACT } from "./state";
import { reachOne, subtractOne } from "./unreachable";

/** The function that a type's traverse(o, visit, pass) calls for each object that `o` refers to. Always returns 0. */
export function gc_visit(o: PyObject, pass: i32): i32 {
  if (pass == PASS_SUBTRACT) subtractOne(o);
  else if (pass == PASS_REACH) reachOne(o);
  else if (pass == PASS_GATHER) gatherOne(o);
  else seekOne(o);
  return 0;
}
