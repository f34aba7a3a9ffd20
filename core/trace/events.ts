// Events as bytes: most take one to four.
//
//   free      00 vvvvvv                             the address
//   allocate  01 ss aaaa                            the address, the site
//   resize    10 ss 0000  00vvvvvv  00vvvvvv        the old address, the new one, the site
//             10 11 0000  00vvvvvv                  the old address: the new block is not sampled
//   others    11 cccccc                             time, new node, what the platform gave, what samples leave out
//
// An address is written in one of three ways. If it was in one of the last events: how many events ago (v < 48, a < 7). If it
// is in the table of addresses: its slot (48 <= v < 56, a >= 8: three bits, and a byte). Else: its distance from the address before.
// A site is a stack, a size, a domain, and whether the block is cleared. s = 0: the previous site was used before, and this site followed
// it the last time; 1: a slot of the table of sites, two bytes; 2: in full. The reader keeps the same tables.
//
// The time is recorded every EVENTS_PER_MARK events, before a large block is allocated or freed, and when the host asks for it: before the
// program waits, and for the first event after that. So every event lies between two recorded times, with at most EVENTS_PER_MARK events of
// small blocks between them.

import { ledger } from "../ground/ledger";
import { platform } from "../ground/platform";
import { currentStack } from "./stack";
import { ADDRESS_ENTRY, SITE_ENTRY, SLOT_SHIFT, Tracer, tracer } from "./tracer";
import { LARGE, mayBeWatched, unwatch, watch } from "./watched";

/** Microseconds since some moment of the host's. */
@external("host", "traceNow")
declare function hostNow(): f64;

const ALLOCATE: u32 = 0x40;
const RESIZE: u32 = 0x80;
export const TIME: u32 = 0xc0;
export const RESERVED: u32 = 0xc2;
/** The number of blocks that were allocated, but not sampled. */
export const OTHERS: u32 = 0xc4;
/** The change of the live bytes since the last such record, in units of 8 bytes, zigzag. */
export const LIVE: u32 = 0xc5;

const EVENTS_PER_MARK: u32 = 64;
/** Blocks of at least this size are large: their allocation and their end are recorded with exact times. */
const LARGE_BYTES: usize = 8192;
/** The platform's bytes are recorded in steps of 64 KiB: this is log2 of a step. */
export const RESERVED_SHIFT: u32 = 16;

/** Set in a site's tag if the block was cleared; the lowest two bits are the domain. */
export const CLEARED: u32 = 4;
/** A resize with this instead of the form of a site has no site: the new block was not sampled. */
const OUTGROWN: u32 = 3;

export const FREE_NEAR: u32 = 48;
export const ALLOCATE_NEAR: u32 = 7;

/** Factors of the hashes that map an address, and a site, to a slot. The reader of a trace computes the same hashes. */
export const HASH_ADDRESS: u32 = 0x9e3779b1;
export const HASH_SIZE: u32 = 0x85ebca6b;
export const HASH_MIX: u32 = 0xc2b2ae35;

/** Makes room for an event, and records the time if the last mark is too old. To be called before each event. */
@inline
function beforeEvent(t: Tracer): void {
  t.makeRoom();
  if (--t.untilMark == 0) mark(t);
}

/** Writes the time, and the platform's bytes if they have changed, so that the next event has its exact time. */
export function trace_mark(): void {
  const t = tracer();
  if (t.recording == 0) return;
  t.makeRoom();
  mark(t);
  if (t.pointBytes != 0) tellLive();
  t.untilMark = 1;
}

/** The same for an event that makes a block. The event, and the end of the block, get their exact times if the block is large. */
@inline
function beforeSite(t: Tracer, block: usize, size: usize): void {
  if (size >= LARGE_BYTES) {
    watch(block, LARGE);
    t.untilMark = 1;
  }
  beforeEvent(t);
}

/** Sums up an event, as core/sums/sums.ts has it, in place of writing it. */
@inline
function sum(t: Tracer, before: usize, block: usize, size: usize, tag: u32, node: u32): void {
  call_indirect<void>(t.sums, before, block, size, tag, node);
}

/** The block is not watched any more. If it was large, the event that ends it gets its exact time. */
@inline
function unwatchLarge(t: Tracer, block: usize): void {
  if (mayBeWatched(block) && (unwatch(block) & LARGE) != 0) t.untilMark = 1;
}

/** Writes the time, and the platform's bytes if they have changed, into the buffer. */
function mark(t: Tracer): void {
  t.untilMark = EVENTS_PER_MARK;
  const now = hostNow();
  const passed = now - t.lastTime;
  if (passed >= 1.0) {
    // A rest of less than a microsecond is kept for the next mark.
    const whole = <u32>min<f64>(passed, 4294967295.0);
    t.lastTime += <f64>whole;
    t.put(TIME);
    t.putNumber(whole);
  }
  const reserved = <u32>(platform().reserved >> RESERVED_SHIFT);
  if (reserved != t.lastReserved) {
    t.lastReserved = reserved;
    t.put(RESERVED);
    t.putNumber(reserved);
  }
}

/**
 * Writes the head and the address. The low bits of the head say how the address is written. Below `near`: by how many events ago it was
 * used. From `near` on, for a free: near + 0 .. 7 by its slot, near + 8 in full; for other events: 7 in full, 8 .. 15 by its slot.
 */
@inline
function putAddress(t: Tracer, head: u32, near: u32, slots: u32, literal: u32, block: usize): void {
  const slot = ((<u32>block >> 3) * HASH_ADDRESS) >> SLOT_SHIFT;
  const entry = t.addresses + <usize>slot * ADDRESS_ENTRY;
  const sequence = t.sequence + 1;
  t.sequence = sequence;
  if (load<usize>(entry) == block) {
    const ago = sequence - load<u32>(entry, 4) - 1;
    store<u32>(entry, sequence, 4);
    if (ago < near) {
      t.put(head | ago);
    } else {
      t.put(head | slots | (slot & 7));
      t.put(slot >> 3);
    }
  } else {
    store<usize>(entry, block);
    store<u32>(entry, sequence, 4);
    const distance = (<i32>block >> 3) - (<i32>t.lastAddress >> 3);
    t.put(head | literal);
    t.putSigned(distance);
  }
  t.lastAddress = block;
}

/** Enters a site in its table. Returns the form in which it is to be written, which is `s` above: 0, 1 (its slot) or 2 (in full). */
@inline
function enterSite(t: Tracer, node: u32, size: usize, tag: u32): u32 {
  let h = (node * HASH_ADDRESS) ^ (<u32>size * HASH_SIZE) ^ (tag << 13);
  h = (h ^ (h >> 15)) * HASH_MIX;
  const slot = h >> SLOT_SHIFT;
  const entry = t.sites + <usize>slot * SITE_ENTRY;
  const before = t.sites + <usize>t.lastSite * SITE_ENTRY;
  const foretold = load<u16>(before, 10) == slot;
  store<u16>(before, slot, 10);
  t.lastSite = slot;
  if (load<u32>(entry) == node && load<u32>(entry, 4) == <u32>size && load<u16>(entry, 8) == tag)
    return foretold ? 0 : 1;
  store<u32>(entry, node);
  store<u32>(entry, <u32>size, 4);
  store<u16>(entry, tag, 8);
  return 2;
}

@inline
function putSite(t: Tracer, form: u32, node: u32, size: usize, tag: u32): void {
  if (form == 0) return;
  if (form == 1) {
    store<u16>(t.position, t.lastSite);
    t.position += 2;
  } else {
    t.put(tag);
    t.putNumber(<u32>size);
    t.putNumber(t.nodeCount - node);
  }
}

/** Records the allocation of a block of `size` bytes. */
export function allocated(block: usize, size: usize, tag: u32): void {
  const t = tracer();
  const node = currentStack();
  beforeSite(t, block, size);
  if (t.sums != 0) return sum(t, 0, block, size, tag, node);
  const form = enterSite(t, node, size, tag);
  putAddress(t, ALLOCATE | (form << 4), ALLOCATE_NEAR, 8, 7, block);
  putSite(t, form, node, size, tag);
}

/** Notes that a request of `n` bytes found no memory, and flushes if the host waits for this. Returns 0. */
export function lacking(n: usize): usize {
  const t = tracer();
  if (t.lacked == 0) {
    t.lacked = <u32>max<usize>(n, 1);
    trace_flush();
  }
  return 0;
}

/** Passes all that has been recorded to the host. */
export function trace_flush(): void {
  trace_mark();
  tracer().flush();
}

/** Records how many blocks were allocated, but not sampled. */
export function tellOthers(count: u32): void {
  if (count == 0) return;
  const t = tracer();
  t.makeRoom();
  t.put(OTHERS);
  t.putNumber(count);
}

/** The live bytes, in units of 8, minus those that were live in pools when the recording began. */
function live(t: Tracer): u32 {
  const l = ledger();
  return t.liveSmall + (<u32>(l.large - l.bytes4) >> 3);
}

/** Records the exact number of live bytes. */
export function tellLive(): void {
  const t = tracer();
  const now = live(t);
  if (now == t.lastLive) return;
  t.makeRoom();
  t.put(LIVE);
  t.putSigned(<i32>(now - t.lastLive));
  t.lastLive = now;
}

/** Records that a block is freed. */
export function freed(block: usize): void {
  const t = tracer();
  unwatchLarge(t, block);
  beforeEvent(t);
  if (t.sums != 0) return sum(t, block, 0, 0, 0, 0);
  putAddress(t, 0, FREE_NEAR, 48, 56, block);
}

/** Writes an address in the form that a free uses. */
function putPlain(block: usize): void {
  putAddress(tracer(), 0, FREE_NEAR, 48, 56, block);
}

/** Records that the block at `before` was resized to `size` bytes, and is now at `block`. */
export function resized(before: usize, block: usize, size: usize, tag: u32): void {
  const t = tracer();
  const node = currentStack();
  unwatchLarge(t, before);
  beforeSite(t, block, size);
  if (t.sums != 0) return sum(t, before, block, size, tag, node);
  const form = enterSite(t, node, size, tag);
  t.put(RESIZE | (form << 4));
  putPlain(before);
  putPlain(block);
  putSite(t, form, node, size, tag);
}

/** Records that a block is resized, and that the new block is not sampled. */
export function outgrown(before: usize): void {
  const t = tracer();
  beforeEvent(t);
  t.put(RESIZE | (OUTGROWN << 4));
  putPlain(before);
}

/** Restarts the encoding: no address and no site is known. */
export function beginEvents(): void {
  const t = tracer();
  t.sequence = 0;
  t.lastAddress = 0;
  t.lastSite = 0;
  t.lastTime = hostNow();
  t.lastReserved = 0;
  t.liveSmall = 0;
  t.lastLive = live(t);
  t.untilMark = 1;
}
