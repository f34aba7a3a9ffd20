// The account of live memory. It counts only where counting costs nothing.
//
// Large blocks are counted one by one, for their domain. Of small blocks, only the pools are counted. A pool knows how many
// of its blocks are in use, so one walk over the pools gives the exact number of live small blocks (the host's stats).
//
//   allocated(now) = bytes of raw, mem, object and native + pools in use x POOL_SIZE
//   peak           = the highest allocated() so far
//
// Threads count pools with atomic operations, and blocks under the lock.
//
// A heap that attaches late to a host counts the host's live bytes as raw from the start, because it will be asked to
// free them, in any domain. So the count of one domain may fall below zero (modulo 2^32), but not the sum of all.

import { POOL_SIZE, THREADS } from "./config";
import { LEDGER_AT, RAW_AT, shared } from "./control";
import { raise } from "./lock";

@unmanaged
export class Ledger {
  pools: u32;
  peak: usize;
  /** Sum of the byte counters below: one for each domain, and one for INTERNAL, the heap's own tables. */
  large: usize;
  bytes0: usize;
  bytes1: usize;
  bytes2: usize;
  bytes3: usize;
  bytes4: usize;
  blocks0: u32;
  blocks1: u32;
  blocks2: u32;
  blocks3: u32;
  blocks4: u32;
  /** Pools and arenas that were opened since the heap began. */
  poolsOpened: u32;
  arenasOpened: u32;

  @inline
  bytesOf(domain: u32): usize {
    return load<usize>(changetype<usize>(this) + ((<usize>domain) << 2), offsetof<Ledger>("bytes0"));
  }

  /** Counts a large block of `bytes` usable bytes that was allocated in `domain`. */
  born(domain: u32, bytes: usize): void {
    const at = changetype<usize>(this) + ((<usize>domain) << 2);
    store<u32>(at, load<u32>(at, offsetof<Ledger>("blocks0")) + 1, offsetof<Ledger>("blocks0"));
    this.resized(domain, 0, bytes);
  }

  /** Counts a large block of `domain` that was freed. */
  died(domain: u32, bytes: usize): void {
    const at = changetype<usize>(this) + ((<usize>domain) << 2);
    store<u32>(at, load<u32>(at, offsetof<Ledger>("blocks0")) - 1, offsetof<Ledger>("blocks0"));
    this.resized(domain, bytes, 0);
  }

  resized(domain: u32, from: usize, to: usize): void {
    const at = changetype<usize>(this) + ((<usize>domain) << 2);
    store<usize>(at, load<usize>(at, offsetof<Ledger>("bytes0")) + to - from, offsetof<Ledger>("bytes0"));
    this.large += to - from;
    this.notePeak();
  }

  poolOpened(): void {
    if (THREADS) {
      atomic.add<u32>(changetype<usize>(this), 1, offsetof<Ledger>("pools"));
      atomic.add<u32>(changetype<usize>(this), 1, offsetof<Ledger>("poolsOpened"));
    } else {
      this.pools++;
      this.poolsOpened++;
    }
    this.notePeak();
  }

  poolClosed(): void {
    if (THREADS) atomic.sub<u32>(changetype<usize>(this), 1, offsetof<Ledger>("pools"));
    else this.pools--;
  }

  private notePeak(): void {
    const now = this.allocated();
    if (THREADS) raise(changetype<usize>(this) + offsetof<Ledger>("peak"), now);
    else if (now > this.peak) this.peak = now;
  }

  allocated(): usize {
    return this.large - this.bytes4 + <usize>this.pools * POOL_SIZE;
  }

  isValid(): bool {
    return this.large == this.bytes0 + this.bytes1 + this.bytes2 + this.bytes3 + this.bytes4;
  }
}

if (offsetof<Ledger>() > RAW_AT - LEDGER_AT) ERROR("Ledger does not fit its region");

@inline
export function ledger(): Ledger {
  return changetype<Ledger>(shared() + LEDGER_AT);
}
