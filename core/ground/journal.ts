// The journal of a shared heap: what it takes to undo what a worker does with objects while it has their lock (docs/workers.md).
//
//   JOURNAL
//   | state | next | spilled | settled | blocks | fresh: 8 blocks |        entries: | ... oldest .. newest | next ... | (full: the host empties it)
//
//   an entry:   | address | the word that was there |           a run:   | bytes that were there ... | address | length | RUN | 0 |
//               | TAKEN   | block |  it was allocated                    | 0 | bytes | GIVEN | block |   it was allocated since the journal began, and freed;
//                                                                                                    or its end, which was cut off
//               | DROPPED | block |  it is to be freed when all is done
//
// The code of the objects does not know of the journal. Where a heap is shared, the host replaces each store in it by a call of one of
// the functions here (src/core/journaled-module.ts). The entry comes first, and counts when `next` has moved behind it; then the
// word changes. So a worker can be terminated anywhere: whoever takes the lock over reads the entries from the newest to the oldest, and
// writes the words back (src/heap/journal.ts).
//
// A block of the allocators below can't be taken back from whoever has it next. So a block that existed when the journal began is freed
// when all is done. One that was allocated since is freed immediately if it is among the last few; its words are then not written back.
// Addresses of words are above all of the numbers of kinds.

import { THREADS } from "./config";
import { ENTRIES_AT, ENTRIES_BYTES, JOURNAL_AT, shared } from "./control";

/** Address of the journal, for a module that is not the one for threads: 0 if the heap is not shared. */
@external("host", "journal")
declare const SHARED_JOURNAL: usize;

/** The entries are full: the host puts them elsewhere, and sets `next` to their beginning. */
@external("host", "spill")
declare function hostSpill(): void;

export const TAKEN: u32 = 1;
export const GIVEN: u32 = 2;
export const DROPPED: u32 = 3;
export const RUN: u32 = 4;

/** A worker uses objects: what it does can be undone. */
export const ACTIVE: u32 = 1;

const FRESH: u32 = 8;
/** A run has at least so many bytes; fewer are words. */
const LEAST_RUN: usize = 24;
const RUN_END: usize = 16;

@unmanaged
export class Journal {
  state: u32;
  /** Where the next entry goes. */
  next: usize;
  /** Bytes of entries that the host has put elsewhere. */
  spilled: u32;
  /** How many blocks the host has freed so far, of those that are to be freed at the end. */
  settled: u32;
  /** How many blocks were allocated and freed. */
  blocks: u32;
  /** The last blocks that were allocated; 0 where there is none. */
  fresh0: usize;

  @inline
  get end(): usize {
    return changetype<usize>(this) + (ENTRIES_AT - JOURNAL_AT) + ENTRIES_BYTES;
  }

  @inline
  private add(first: usize, second: usize): void {
    if (this.next == this.end) hostSpill();
    const next = this.next;
    store<usize>(next, first);
    store<usize>(next, second, 4);
    this.next = next + 8;
  }

  /** Notes the word at an address. */
  @inline
  note(address: usize): void {
    this.add(address, load<u32>(address));
  }

  /** Notes the bytes [at, at + n). */
  @inline
  noteRange(at: usize, n: usize): void {
    while (n >= LEAST_RUN) {
      let room = this.end - this.next;
      if (room < LEAST_RUN + RUN_END) {
        hostSpill();
        room = this.end - this.next;
      }
      const part = min(n & ~7, (room - RUN_END) & ~7);
      const next = this.next;
      memory.copy(next, at, part);
      store<usize>(next + part, at);
      store<usize>(next + part, part, 4);
      store<u32>(next + part, RUN, 8);
      store<u32>(next + part, 0, 12);
      this.next = next + part + RUN_END;
      at += part;
      n -= part;
    }
    if (n == 0) return;
    const end = (at + n + 3) & ~3;
    for (at &= ~3; at < end; at += 4) this.note(at);
  }

  @inline
  private freshAt(k: u32): usize {
    return changetype<usize>(this) + offsetof<Journal>("fresh0") + ((k & (FRESH - 1)) << 2);
  }

  /** A block was allocated for the objects. */
  took(block: usize): void {
    if (this.state != ACTIVE) return;
    store<usize>(this.freshAt(this.blocks), block);
    this.blocks++;
    this.add(TAKEN, block);
  }

  /** Which of the last blocks it is; FRESH if it is none of them. */
  private placeOf(block: usize): u32 {
    let k: u32 = 0;
    while (k < FRESH && load<usize>(this.freshAt(k)) != block) k++;
    return k;
  }

  /** Notes that somebody else may have these bytes next, which this worker has had since the journal began. */
  private gave(at: usize, bytes: usize): void {
    if (this.end - this.next < 16) hostSpill();
    const next = this.next;
    store<usize>(next, 0);
    store<usize>(next, bytes, 4);
    store<u32>(next, GIVEN, 8);
    store<usize>(next, at, 12);
    this.next = next + 16;
  }

  /** A block of `bytes` bytes is to be freed. Returns whether the caller has to do so now. */
  mayFree(block: usize, bytes: usize): bool {
    if (this.state != ACTIVE) return true;
    const k = this.placeOf(block);
    if (k == FRESH) {
      this.blocks++;
      this.add(DROPPED, block);
      return false;
    }
    store<usize>(this.freshAt(k), 0);
    this.gave(block, bytes);
    return true;
  }

  /** A block of `bytes` bytes would keep only the first `kept`. Returns whether the caller may do so. */
  mayCut(block: usize, kept: usize, bytes: usize): bool {
    if (this.state != ACTIVE) return true;
    if (this.placeOf(block) == FRESH) return false;
    this.gave(block + kept, bytes - kept);
    return true;
  }
}

if (offsetof<Journal>() + (FRESH - 1) * 4 > 64) ERROR("Journal does not fit its region");

@inline
export function journal(): Journal {
  if (THREADS) return changetype<Journal>(shared() + JOURNAL_AT);
  return changetype<Journal>(SHARED_JOURNAL);
}

// ---- what replaces the stores: the operands of the instruction, and the offset that stands in it ----

/** The words that two bytes are in: two, if the bytes are in two. */
@inline
function noteHalf(address: usize): void {
  journal().note(address & ~3);
  if ((address & 3) == 3) journal().note((address + 1) & ~3);
}

@inline
function noteDouble(address: usize): void {
  journal().note(address);
  journal().note(address + 4);
}

export function journal_i32_store(address: usize, value: u32, offset: usize): void {
  journal().note(address + offset);
  store<u32>(address + offset, value);
}

export function journal_i32_store8(address: usize, value: u32, offset: usize): void {
  journal().note((address + offset) & ~3);
  store<u8>(address + offset, value);
}

export function journal_i32_store16(address: usize, value: u32, offset: usize): void {
  noteHalf(address + offset);
  store<u16>(address + offset, value);
}

export function journal_i64_store(address: usize, value: u64, offset: usize): void {
  noteDouble(address + offset);
  store<u64>(address + offset, value);
}

export function journal_i64_store8(address: usize, value: u64, offset: usize): void {
  journal().note((address + offset) & ~3);
  store<u8>(address + offset, <u8>value);
}

export function journal_i64_store16(address: usize, value: u64, offset: usize): void {
  noteHalf(address + offset);
  store<u16>(address + offset, <u16>value);
}

export function journal_i64_store32(address: usize, value: u64, offset: usize): void {
  journal().note(address + offset);
  store<u32>(address + offset, <u32>value);
}

export function journal_f32_store(address: usize, value: f32, offset: usize): void {
  journal().note(address + offset);
  store<f32>(address + offset, value);
}

export function journal_f64_store(address: usize, value: f64, offset: usize): void {
  noteDouble(address + offset);
  store<f64>(address + offset, value);
}

export function journal_copy(to: usize, from: usize, n: usize): void {
  journal().noteRange(to, n);
  memory.copy(to, from, n);
}

export function journal_fill(to: usize, value: u32, n: usize): void {
  journal().noteRange(to, n);
  memory.fill(to, <u8>value, n);
}
