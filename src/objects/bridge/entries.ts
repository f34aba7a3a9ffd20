// Pushes entries onto the stack as a dict.

import type { Bridge } from "./bridge.js";
import { describe } from "./describe.js";
import { PyException } from "./exceptions.js";

export type Pairs = readonly (readonly [unknown, unknown])[];

/** The entries of a Map, of pairs, or of a plain object, in a form that can be pushed more than once. */
export function entered(entries: object): Pairs {
  if (entries === null || typeof entries !== "object") {
    throw new TypeError(`Cannot make entries of ${entries === null ? "null" : describe(entries)}`);
  }
  if (!(Symbol.iterator in entries)) return Object.entries(entries);
  return Array.from(entries as Iterable<unknown>, asPair);
}

/** Pushes a dict with these entries. */
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
    bridge.f.drop_values(n);
    throw error;
  }
  bridge.succeed(bridge.f.build_dict(n / 2));
}

/** Key and value of entry number `k`. If it is not a pair, throws what CPython would raise. */
function asPair(pair: unknown, k: number): readonly [unknown, unknown] {
  if (pair === null || typeof pair !== "object" || !(Symbol.iterator in pair)) {
    throw new PyException("TypeError", `cannot convert dictionary update sequence element #${k} to a sequence`);
  }
  const parts = Array.isArray(pair) ? pair : [...(pair as Iterable<unknown>)];
  if (parts.length === 2) return [parts[0], parts[1]];
  const message = `dictionary update sequence element #${k} has length ${parts.length}; 2 is required`;
  throw new PyException("ValueError", message);
}
