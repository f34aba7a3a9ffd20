// The choices made when the heap was made (the key of hashes, policies), and some state that changes.

import { at, UNDER_WAY_AT, SETTINGS_AT } from "./state";

@unmanaged
export class Settings {
  hashKey0: u64;
  hashKey1: u64;
  /** Policies that are on, as bits. */
  policies: u32;
  depth: u32;
  recursionLimit: u32;
  /** The work for the next safe point: COLLECTION_DUE, PRESSURE_DUE, as bits. */
  due: u32;
  /** 1 while the host wants a handle for every result, even for a number or a string. */
  exact: u32;
  /** 1 from the moment when another module may own references that the core does not see. */
  lent: u32;
}

/** Enough was allocated for a collection. */
export const COLLECTION_DUE: u32 = 1;
/** The heap passed one of its marks: the host is to run measures. */
export const PRESSURE_DUE: u32 = 2;

if (offsetof<Settings>() > UNDER_WAY_AT - SETTINGS_AT) ERROR("Settings does not fit its region");

@inline
export function settings(): Settings {
  return changetype<Settings>(at(SETTINGS_AT));
}

export const POLICY_SMALL_INTS: u32 = 1;
export const POLICY_CHARACTERS: u32 = 2;
export const POLICY_INTERNING: u32 = 4;
export const POLICY_FREE_LISTS: u32 = 8;
export const POLICY_KEY_SHARING: u32 = 16;

@inline
export function hasPolicy(policy: u32): bool {
  return (settings().policies & policy) != 0;
}
