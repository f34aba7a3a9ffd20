// Entries for a dict, put on the stack as a dict.

import type { Bridge } from "./bridge.js";

export type Pairs = readonly (readonly [unknown, unknown])[];

/** The entries of a Map, of pairs, or of a plain object, in a form that can go on the stack more than once. */
export function entered(entries: object): Pairs {
  if (!(Symbol.iterator in entries)) return Object.entries(entries);
  return Array.from(entries as Iterable<[unknown, unknown]>, ([key, value]) => [key, value] as const);
}

/** Puts a dict on the stack that has these entries. */
export function pushEntries(bridge: Bridge, pairs: Pairs): void {
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
