// A fault: the record that tells the host about a call that misuses memory.
//
// There is only one record; the next fault overwrites it. Debug hooks (hooks/debug.ts) fill all of it. The raw
// allocator has no list of its blocks, so it can only tell that an address is certainly not a block.

import { CONTROL, FAULT_AT, SCRATCH_AT } from "./control";
import { LIBRARY, THREADS } from "./config";
import { DOMAINS } from "./domains.gen";
import { lock, unlock } from "./lock";

/** Tells the host that `fault()` describes a fault. The host may throw, or return. */
@external("host", "fault")
export declare function hostFault(): void;

export const UNDERFLOW: u32 = 1;
export const OVERFLOW: u32 = 2;
export const DOUBLE_FREE: u32 = 3;
export const WRITE_AFTER_FREE: u32 = 4;
export const WRONG_DOMAIN: u32 = 5;
export const NOT_A_BLOCK: u32 = 6;
export const REALLOC_OF_FREED: u32 = 7;

@unmanaged
export class Fault {
  kind: u32;
  address: usize;
  size: usize;
  serial: u32;
  /** The block's domain, or DOMAINS if it is not known. */
  domain: u32;
  /** The domain whose function was called. */
  called: u32;
  /** The host's numbers for the places where the block was allocated and freed. */
  site: u32;
  freedAt: u32;
  /** The first wrong byte, as an offset from the block. */
  offset: isize;
}

if (offsetof<Fault>() > SCRATCH_AT - FAULT_AT) ERROR("Fault does not fit its region");

@inline
export function fault(): Fault {
  return changetype<Fault>(CONTROL + FAULT_AT);
}

/** Describes a fault at an address about which nothing is known. */
export function describeForeign(kind: u32, address: usize, called: u32): void {
  const f = fault();
  memory.fill(CONTROL + FAULT_AT, 0, offsetof<Fault>());
  f.kind = kind;
  f.address = address;
  f.called = called;
  f.domain = DOMAINS;
}

/** Reports that no block starts at an address that was to be freed or resized through a domain. */
export function refuse(address: usize, called: u32): void {
  // Like abort(): a program in C has no host that could say more.
  if (LIBRARY) unreachable();
  describeForeign(NOT_A_BLOCK, address, called);
  // The host may throw.
  if (THREADS) unlock();
  hostFault();
  if (THREADS) lock();
}
