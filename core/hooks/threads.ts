// The life of a thread: given to a worker, begun in it, ended. docs/workers.md says what holds for blocks of a worker that was terminated.

import { adoptVacant } from "../alloc/adoption";
import { arenas } from "../alloc/arena";
import { setDefaultAllocators } from "../alloc/domains";
import { raw_memalign } from "../alloc/raw-functions";
import { repairShared } from "../alloc/repair";
import { scavenge, smallAt, takeBack } from "../alloc/small";
import { EXPECTED, firstThread, ownThread, RUNNING, Thread, threadOf, VACANT } from "../alloc/threads";
import { CONTROL, Head, HEAD_AT, LAYOUT_VERSION, MAGIC, THREAD_ALIGNMENT, THREAD_BYTES } from "../ground/control";
import { INTERNAL, LIBC, MEM } from "../ground/domains.gen";
import { breakLock, lock, seizeLock, unlock } from "../ground/lock";

/** A thread for another worker, a vacant one if there is one: the address of its control block; 0 if there is no memory. */
export function thread_open(): usize {
  lock();
  const thread = vacantThread();
  if (thread) {
    thread.state = EXPECTED;
    thread.turn++;
  }
  unlock();
  return thread ? thread.control : 0;
}

function vacantThread(): Thread | null {
  let thread = firstThread();
  for (;;) {
    if (thread.state == VACANT) return thread;
    const next = thread.following;
    if (!next) break;
    thread = next;
  }
  const control = raw_memalign(INTERNAL, THREAD_ALIGNMENT, 0, THREAD_BYTES);
  if (control == 0) return null;
  memory.fill(control, 0, THREAD_BYTES);
  for (let domain = MEM; domain <= LIBC; domain++) smallAt(control, domain).domain = domain;
  thread.next = control;
  return threadOf(control);
}

/**
 * The worker that runs this becomes the thread whose control block its instance has. The core's functions lie in the table from `tableBase`
 * on. False if it is not the worker's turn: the thread is not meant for a worker, or another one has it, or had it.
 */
export function thread_begin(tableBase: u32, turn: u32): bool {
  const thread = ownThread();
  if (thread.turn != turn) return false;
  const state = changetype<usize>(thread) + offsetof<Thread>("state");
  if (atomic.cmpxchg<u32>(state, EXPECTED, RUNNING) != EXPECTED) return false;
  const head = changetype<Head>(CONTROL + HEAD_AT);
  head.magic = MAGIC;
  head.version = LAYOUT_VERSION;
  head.tableBase = tableBase;
  arenas().begin();
  setDefaultAllocators(false, true);
  return true;
}

/** The thread that began the heap runs. */
export function thread_begin_first(): void {
  ownThread().state = RUNNING;
}

/** Sends back what others wait for, and takes what they have sent. */
export function thread_flush(): void {
  ownThread().sendAll();
  takeBack();
}

/** The worker that runs this leaves the heap. Its blocks stay, for whoever frees them. */
export function thread_leave(): void {
  thread_flush();
  scavenge();
  lock();
  ownThread().state = VACANT;
  unlock();
}

/**
 * The worker of a thread has ended; it may have been terminated at any point. What it had is now the caller's. Nothing changes if the
 * thread is another worker's by now. Returns false if the worker left the state that threads share in a condition that can't be repaired:
 * then nobody gets the lock any more.
 */
export function thread_end(control: usize, turn: u32): bool {
  const thread = threadOf(control);
  if (thread.turn != turn) return true;
  if (!seizeLock(control)) {
    lock();
  } else if (!repairShared()) {
    breakLock();
    return false;
  }
  thread.state = VACANT;
  adoptVacant();
  unlock();
  return true;
}
