// Repair of what threads share, when one was terminated while it held the lock: it may have stopped between any two calls.
//
// At any moment, the sizes in headers lead from chunk to chunk up to the top, and a header says whether its chunk is free. All else follows:
// which neighbours are free, the bins, the ledger, the entries for pools. A chunk that was about to be allocated or freed may stay in use.

import { INTERNAL } from "../ground/domains.gen";
import { Ledger, ledger } from "../ground/ledger";
import { platform } from "../ground/platform";
import { arenasAt } from "./arena";
import { Chunk, MIN_CHUNK } from "./chunk";
import { clearDirectory } from "./directory";
import { poolMap } from "./poolmap";
import { raw } from "./raw";
import { firstThread, Thread } from "./threads";

/** Makes the state that threads share whole again. False if the chunks can't be found. */
export function repairShared(): bool {
  if (!areChunksWhole()) return false;
  const p = platform();
  p.reserved = p.brk - p.base;
  if (p.reserved > p.peak) p.peak = p.reserved;
  recountChunks();
  enterPools();
  return true;
}

function areChunksWhole(): bool {
  const r = raw();
  let at = r.first;
  while (at != r.top) {
    const size = changetype<Chunk>(at).size;
    if (size < MIN_CHUNK || size > r.top - at) return false;
    at += size;
  }
  return r.top <= platform().brk;
}

/** Joins free chunks, and makes bins and ledger anew. */
function recountChunks(): void {
  const r = raw();
  const l = ledger();
  r.emptyBins();
  l.large = 0;
  memory.fill(changetype<usize>(l) + offsetof<Ledger>("bytes0"), 0, 2 * (INTERNAL + 1) * 4);
  let previousFree = false;
  let at = r.first;
  while (at != r.top) {
    const chunk = changetype<Chunk>(at);
    if (!chunk.isFree) {
      if (previousFree) chunk.followsFree();
      else chunk.followsUsed();
      previousFree = false;
      l.born(chunk.domain, chunk.usable);
      at += chunk.sizeInUse;
      continue;
    }
    let end = at + chunk.sizeFree;
    while (end != r.top && changetype<Chunk>(end).isFree) end += changetype<Chunk>(end).sizeFree;
    if (end == r.top) {
      r.top = at;
      return;
    }
    chunk.becomeFree(end - at);
    r.insert(chunk);
    previousFree = true;
    at = end;
  }
}

/** Enters the pools of all arenas that there are. */
function enterPools(): void {
  clearDirectory();
  let thread: Thread | null = firstThread();
  while (thread) {
    let arena = arenasAt(thread.control).youngest;
    while (arena) {
      for (let index: u32 = 0; index < arena.total; index++) {
        const pool = arena.poolAt(index);
        poolMap().set(pool, arena.bytesOf(pool));
      }
      arena = arena.older;
    }
    thread = thread.following;
  }
}
