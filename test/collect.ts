// JavaScript's collector, for tests of what it frees.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Runs the collector. */
export const collectGarbage: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();
