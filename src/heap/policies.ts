// Policies of object types: as a program chooses them, and as bits for the core.

import * as C from "../core/constants.gen.js";

/** The policies of object types. Each can be switched off, to measure its effect. All are on by default. */
export interface Policies {
  /** Ints from -5 to 256 exist once. */
  readonly smallInts?: boolean;
  /** Strings of one Latin-1 character, bytes of one byte, and the empty ones exist once. */
  readonly characters?: boolean;
  /**
   * Keys are interned: two keys with the same text are one string. A short text that comes again in a converted value
   * also becomes one string.
   */
  readonly interning?: boolean;
  /** Freed ints, floats, tuples, lists, dicts and instances of the program's types are kept for reuse. */
  readonly freeLists?: boolean;
  /** Dicts of one shape share their keys. */
  readonly keySharing?: boolean;
}

const POLICY_BITS: Readonly<Record<keyof Policies, number>> = {
  smallInts: C.POLICY_SMALL_INTS,
  characters: C.POLICY_CHARACTERS,
  interning: C.POLICY_INTERNING,
  freeLists: C.POLICY_FREE_LISTS,
  keySharing: C.POLICY_KEY_SHARING,
};

export function policyBits(policies: Policies): number {
  for (const name of Object.keys(policies)) {
    if (!Object.hasOwn(POLICY_BITS, name)) {
      throw new RangeError(`Cannot set policy ${name}: the policies are ${Object.keys(POLICY_BITS).join(", ")}`);
    }
  }
  return Object.entries(POLICY_BITS).reduce(
    (bits, [name, bit]) => (policies[name as keyof Policies] === false ? bits : bits | bit),
    0,
  );
}
