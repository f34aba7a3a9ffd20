// Entries for a dict, put on the stack as a dict.

import type { Bridge } from "./bridge.js";

/** Puts a dict on the stack that has the entries of a Map, of pairs, or of a plain object. */
export function pushEntries(bridge: Bridge, entries: object): void {
  const pairs: Iterable<readonly unknown[]> =
    Symbol.iterator in entries ? (entries as Iterable<[]>) : Object.entries(entries);
  let n = 0;
  try {
    for (const [key, value] of pairs) {
      if (typeof key === "string") bridge.key(key);
      else bridge.push(key);
      n++;
      bridge.push(value);
      n++;
    }
  } catch (error) {
    bridge.f.drop(n);
    throw error;
  }
  bridge.succeed(bridge.f.build_dict(n / 2));
}
