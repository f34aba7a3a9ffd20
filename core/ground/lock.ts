// The lock of what threads share: raw allocator, platform, and the lists of all threads' arenas.
//
//   | holder, CONTENDED | depth |
//
// The holder is the address of a thread's control block, or 0. A thread that finds the lock taken looks at it a few times, because it is rarely
// held for long; then it sets CONTENDED and sleeps, and whoever gives the lock back wakes one sleeper. The holder may take the lock again: depth
// counts how often.
//
// A thread can be terminated while it holds the lock. Whoever learns of this takes the lock over (seizeLock). Until then the others
// sleep, and tell their host each time that PATIENCE has passed.

import { CONTROL, LOCK_AT, shared } from "./control";

const CONTENDED: u32 = 1;
/** How often a thread looks at the lock before it sleeps. */
const LOOKS: i32 = 100;
/** Ten seconds, in nanoseconds. */
const PATIENCE: i64 = 10_000_000_000;
/** The result of a wait that ended because its time had passed. */
const TIMED_OUT: i32 = 2;

/** The holder of a lock that is never given back: a terminated thread left something behind that can't be repaired. */
export const BROKEN: u32 = 2;

/** Tells the host that the thread whose control block is at `holder` does not give the lock back. The host throws. */
@external("host", "stalled")
declare function hostStalled(holder: usize): void;

@inline
function word(): usize {
  return shared() + LOCK_AT;
}

@inline
function depthAt(): usize {
  return shared() + LOCK_AT + 4;
}

export function lock(): void {
  const seen = atomic.cmpxchg<u32>(word(), 0, <u32>CONTROL);
  if (seen == 0) return;
  if ((seen & ~CONTENDED) == <u32>CONTROL) store<u32>(depthAt(), load<u32>(depthAt()) + 1);
  else waitForLock();
}

function waitForLock(): void {
  for (let look = LOOKS; look != 0; look--) {
    if (atomic.load<u32>(word()) == 0 && atomic.cmpxchg<u32>(word(), 0, <u32>CONTROL) == 0) return;
  }
  for (;;) {
    const seen = atomic.cmpxchg<u32>(word(), 0, <u32>CONTROL | CONTENDED);
    if (seen == 0) return;
    const holder = seen & ~CONTENDED;
    if (holder == BROKEN) hostStalled(holder);
    const marked = holder | CONTENDED;
    if (seen != marked && atomic.cmpxchg<u32>(word(), seen, marked) != seen) continue;
    if (atomic.wait<i32>(word(), <i32>marked, PATIENCE) == TIMED_OUT) hostStalled(holder);
  }
}

export function unlock(): void {
  const depth = load<u32>(depthAt());
  if (depth != 0) {
    store<u32>(depthAt(), depth - 1);
    return;
  }
  if ((atomic.xchg<u32>(word(), 0) & CONTENDED) != 0) atomic.notify(word(), 1);
}

/** Takes the lock from a thread that has ended while it held it. False if it did not hold it; then the caller has not got it either. */
export function seizeLock(holder: usize): bool {
  for (;;) {
    const seen = atomic.load<u32>(word());
    if ((seen & ~CONTENDED) != <u32>holder) return false;
    // Somebody may be asleep whom only CONTENDED tells of.
    if (atomic.cmpxchg<u32>(word(), seen, <u32>CONTROL | CONTENDED) == seen) break;
  }
  store<u32>(depthAt(), 0);
  return true;
}

/** Gives the lock, which the caller holds, to nobody for ever. Whoever sleeps is told. */
export function breakLock(): void {
  atomic.store<u32>(word(), BROKEN);
  atomic.notify(word(), -1);
}

/** Raises the number at `at` to `value`, if it is lower. Threads may do so at the same time. */
export function raise(at: usize, value: usize): void {
  let seen = atomic.load<usize>(at);
  while (seen < value) {
    const found = atomic.cmpxchg<usize>(at, seen, value);
    if (found == seen) return;
    seen = found;
  }
}
