// JavaScript's collector, for tests of what it frees.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Runs the collector. */
export const collectGarbage: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

/**
 * Whether JavaScript's collector frees an object, at the latest when it has run fifty times: what a finalizer or the engine still holds
 * goes with a later run. A test that expects the object itself to be gone would print all of it if it is not.
 */
export async function isFreed(object: WeakRef<object>): Promise<boolean> {
  for (let k = 0; k < 50 && object.deref() !== undefined; k++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collectGarbage();
  }
  return object.deref() === undefined;
}
