// Threads: who owns a pool, and how a block that another thread frees comes back to its owner. The scheme is snmalloc's.
//
//   thread A frees a block of B's                           thread B
//   outbox: bucket -> block -> block -> ...                 inbox -> block -> block -> ...   (any thread puts lists in)
//             \_ full, or wanted for another owner: the whole list goes into the owner's inbox at once
//                                                           taken -> block -> ...            (the inbox, while B frees its blocks)
//
// A pool is its thread's alone: the bins are in the thread's control block, and so a pool's `bin` tells whose it is. malloc, and free of one's
// own blocks, take no atomic operation. An inbox takes one for a list of up to BATCH blocks. Its owner looks into it when a pool is
// used up (small.ts, takeElsewhere), and takes all of it at once: so no block can come back to a list from which it is being taken.
//
// A block on its way counts as used in its pool. So the pool stays open, and its record stays where it is.
//
// A thread is one of these:
//   VACANT     nobody's: it can be given to a worker, and any thread may take its arenas over (adoption.ts)
//   EXPECTED   given to a worker that has not begun
//   RUNNING    a worker's
// Its memory is never freed: whoever saw a pool's `bin` before the arenas were taken over may put blocks into the old owner's inbox.

import { THREADS } from "../ground/config";
import { CONTROL, KEPT_HANDLES_AT, shared, THREAD_ALIGNMENT, THREAD_AT } from "../ground/control";
import { Pool } from "./pool";

export const VACANT: u32 = 0;
export const EXPECTED: u32 = 1;
export const RUNNING: u32 = 2;

/** The most blocks that wait in a bucket. */
const BATCH: u32 = 64;
export const BUCKETS: usize = 8;
/** What others write to is in another cache line than what only the owner writes to. */
const TAKEN_AT: usize = 64;
const OUTBOX_AT: usize = 128;

/** Blocks for one owner: a list that can be put in front of another one. Empty if `first` is 0. */
@unmanaged
export class Bucket {
  owner: usize;
  first: usize;
  last: usize;
  count: u32;

  /** Puts the list into its owner's inbox. */
  send(): void {
    if (this.first == 0) return;
    threadOf(this.owner).receive(this.first, this.last);
    this.first = 0;
    this.count = 0;
  }
}

if (OUTBOX_AT + BUCKETS * offsetof<Bucket>() > KEPT_HANDLES_AT - THREAD_AT) ERROR("Thread does not fit its region");

@unmanaged
export class Thread {
  inbox: usize;
  state: u32;
  /** The control block of the next of all threads; 0 at the end. */
  next: usize;
  /** Counts the workers that the thread was given to: so a late call for an earlier one is noticed. */
  turn: u32;
  /** Open pools: the thread's part of the ledger's number. */
  pools: u32;

  get control(): usize {
    return changetype<usize>(this) - THREAD_AT;
  }

  /** The next of all threads. */
  get following(): Thread | null {
    return this.next != 0 ? threadOf(this.next) : null;
  }

  get taken(): usize {
    return load<usize>(changetype<usize>(this), TAKEN_AT);
  }

  set taken(block: usize) {
    store<usize>(changetype<usize>(this), block, TAKEN_AT);
  }

  @inline
  bucketAt(k: usize): Bucket {
    return changetype<Bucket>(changetype<usize>(this) + OUTBOX_AT + k * offsetof<Bucket>());
  }

  /** Puts the list from `first` to `last` in front of the inbox. */
  receive(first: usize, last: usize): void {
    const at = changetype<usize>(this);
    let head = atomic.load<usize>(at);
    for (;;) {
      store<usize>(last, head);
      const found = atomic.cmpxchg<usize>(at, head, first);
      if (found == head) return;
      head = found;
    }
  }

  /** The first block in the inbox; 0 if it is empty. */
  @inline
  get waiting(): usize {
    return atomic.load<usize>(changetype<usize>(this));
  }

  /** Makes all that is in the inbox `taken`, which is empty. */
  openInbox(): void {
    this.taken = atomic.xchg<usize>(changetype<usize>(this), 0);
  }

  /** Takes a block from `taken`; 0 if there is none. If the thread is terminated afterwards, one block is lost at most. */
  @inline
  nextTaken(): usize {
    const block = this.taken;
    if (block != 0) this.taken = load<usize>(block);
    return block;
  }

  /** Sends the blocks of all buckets off. */
  sendAll(): void {
    for (let k: usize = 0; k < BUCKETS; k++) this.bucketAt(k).send();
  }
}

@inline
export function threadOf(control: usize): Thread {
  return changetype<Thread>(control + THREAD_AT);
}

/** The thread that runs this. */
@inline
export function ownThread(): Thread {
  return threadOf(CONTROL);
}

/** The first of all threads: the one that began the heap. */
@inline
export function firstThread(): Thread {
  return threadOf(shared());
}

/** Whether the thread that runs this has the pool, which is open. Without threads, it always does. */
@inline
export function isMine(pool: Pool): bool {
  return !THREADS || (pool.bin ^ CONTROL) < THREAD_ALIGNMENT;
}

/** Frees a block of a pool that another thread has. */
export function sendBack(pool: Pool, block: usize): void {
  const owner = pool.bin & ~(THREAD_ALIGNMENT - 1);
  const bucket = ownThread().bucketAt((owner / THREAD_ALIGNMENT) & (BUCKETS - 1));
  if (bucket.owner != owner) {
    bucket.send();
    bucket.owner = owner;
  }
  const next = bucket.first;
  store<usize>(block, next);
  if (next == 0) bucket.last = block;
  bucket.first = block;
  if (++bucket.count == BATCH) bucket.send();
}
