// Adoption: a thread takes over what a vacant one has left: its arenas with all blocks, and the blocks that are on their way to it or from it.
//
// It happens when a thread would need a new arena, and when a worker has ended that may have been terminated at any point: so the lists are
// made anew from the records of its arenas and pools.

import { ARENA_POOLS, SIZE_CLASSES } from "../ground/config";
import { CONTROL, SMALL_LIBC_AT, SMALL_MEM_AT, SMALL_OBJECT_AT, THREAD_ALIGNMENT } from "../ground/control";
import { ledger, Ledger } from "../ground/ledger";
import { lock, unlock } from "../ground/lock";
import { Arena, Arenas, arenas, arenasAt } from "./arena";
import { scratchBits } from "./pool";
import { firstThread, ownThread, Thread, VACANT } from "./threads";

/** How far a domain's bins are from the beginning of its Small (small.ts). */
export const BINS_OFFSET: usize = 16;

function emptyBins(small: usize): void {
  memory.fill(small + BINS_OFFSET, 0, SIZE_CLASSES * sizeof<usize>());
}

/**
 * Takes over what vacant threads have. False if none of them has anything. If the thread that runs this is terminated meanwhile, whoever
 * adopts it goes on.
 */
export function adoptVacant(): bool {
  lock();
  let found = false;
  let thread: Thread | null = firstThread();
  while (thread) {
    if (thread.state == VACANT && hasAnything(thread)) {
      adopt(thread);
      found = true;
    }
    thread = thread.following;
  }
  unlock();
  return found;
}

function hasAnything(thread: Thread): bool {
  return arenasAt(thread.control).count != 0 || thread.pools != 0 || thread.taken != 0 || thread.waiting != 0;
}

function adopt(thread: Thread): void {
  const control = thread.control;
  emptyBins(control + SMALL_MEM_AT);
  emptyBins(control + SMALL_OBJECT_AT);
  emptyBins(control + SMALL_LIBC_AT);
  const theirs = arenasAt(control);
  theirs.listMask = 0;
  memory.fill(theirs.listAt(0), 0, (ARENA_POOLS + 1) << 2);
  while (theirs.youngest) takeOver(theirs, theirs.youngest!, thread);
  // What is left is what the thread has counted and the ledger has not, or the other way round.
  atomic.sub<u32>(changetype<usize>(ledger()), thread.pools, offsetof<Ledger>("pools"));
  thread.pools = 0;
  passOn(thread);
  thread.openInbox();
  passOn(thread);
  thread.sendAll();
}

/**
 * Takes an arena of another thread, its youngest. Of the other's lists, only the one of all arenas has to be right. If the thread that runs
 * this is terminated, the arena with its open pools is either its own or still the other's.
 */
function takeOver(theirs: Arenas, arena: Arena, thread: Thread): void {
  const ours = arenas();
  const own = ownThread();
  const open = relist(arena);
  const older = arena.older;
  const next = ours.youngest;
  theirs.youngest = older;
  theirs.count--;
  if (older) older.younger = null;
  arena.older = next;
  arena.younger = null;
  if (next) next.younger = arena;
  ours.youngest = arena;
  ours.count++;
  thread.pools -= open;
  own.pools += open;
  ours.enlist(arena);
}

/** Lists the arena's open pools in one's own bins, and counts them and the idle ones anew. Returns how many are open. */
function relist(arena: Arena): u32 {
  let open: u32 = 0;
  arena.idle = 0;
  for (let index: u32 = 0; index < arena.total; index++) {
    const pool = arena.poolAt(index);
    if (!pool.isOpen) {
      arena.idle |= 1 << index;
      continue;
    }
    open++;
    pool.recount(scratchBits());
    pool.bin = (pool.bin & (THREAD_ALIGNMENT - 1)) | CONTROL;
    if (pool.free != 0) pool.enlist();
  }
  arena.idleCount = arena.total - open;
  return open;
}

/** Puts the blocks that a thread has taken from its inbox into one's own. */
function passOn(from: Thread): void {
  const first = from.taken;
  if (first == 0) return;
  let last = first;
  for (let next = load<usize>(last); next != 0; next = load<usize>(last)) last = next;
  ownThread().receive(first, last);
  from.taken = 0;
}
