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
// A site is a stack, a size, a domain, and whether the block is cleared. s says how it is written. 0: not at all, because the previous site was
// followed by this one the last time, too; 1: its slot in the table of sites, two bytes; 2: in full. The reader keeps the same tables.
//
// The time is recorded every EVENTS_PER_MARK events, before a large block is allocated or freed, and when the host asks for it: before the
// program waits, and for the first event after that. So every event lies between two recorded times, with at most EVENTS_PER_MARK events of
// small blocks between them.
//
// If types are recorded, the event of a new block of the object domain waits until something else happens: then the block's object has its
// type (core/types/types.ts). The type is the innermost node of the event's stack: a function that represents the type, at line 0. Before anything
// else is recorded, the event that waits is written. So the records have the same order as without types.

import * as BATCH from "../ground/batch";
import { OBJECT } from "../ground/domains.gen";
import { ledger } from "../ground/ledger";
import { platform } from "../ground/platform";
import { childAtLine } from "./nodes";
import { currentStack } from "./stack";
import { ADDRESS_ENTRY, SITE_ENTRY, SLOT_SHIFT, Tracer, tracer } from "./tracer";
import { functionOfType, LARGE, mayBeWatched, unwatch, watch } from "./watched";

/** Microseconds since a moment that the host chose. From one call to the next the number never decreases, and increases by at most 2^31. */
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
/** The most bytes of a batch from one mark to the next, with the mark: resizes have 16 bytes each. */
const BETWEEN_MARKS: usize = (EVENTS_PER_MARK + 1) * 16;
/** Blocks of at least this size are large: their allocation and their end are recorded with exact times. */
const LARGE_BYTES: usize = 8192;
/** The platform's bytes are recorded in steps of 64 KiB: this is log2 of a step. */
export const RESERVED_SHIFT: u32 = 16;

/** Set in a site's tag if the block was cleared; the lowest two bits are the domain. */
export const CLEARED: u32 = 4;
const DOMAIN: u32 = CLEARED - 1;
/** A resize with this instead of the form of a site has no site: the new block was not sampled. */
const OUTGROWN: u32 = 3;

export const FREE_NEAR: u32 = 48;
export const ALLOCATE_NEAR: u32 = 7;

/** Factors of the hashes that map an address, and a site, to a slot. The reader of a trace computes the same hashes. */
export const HASH_ADDRESS: u32 = 0x9e3779b1;
export const HASH_SIZE: u32 = 0x85ebca6b;
export const HASH_MIX: u32 = 0xc2b2ae35;

/** Makes room for an event, and records the time if the last mark is too old. To be called before each event. */
function beforeEvent(t: Tracer): void {
  settle();
  t.makeRoom();
  if (--t.untilMark == 0) mark(t);
}

/**
 * Writes the time, the platform's bytes if they have changed, and while samples are taken the live bytes. The next event gets its exact
 * time, too.
 */
export function trace_mark(): void {
  const t = tracer();
  if (t.recording == 0) return;
  settle();
  t.makeRoom();
  mark(t);
  if (t.pointBytes != 0) tellLive();
  t.untilMark = 1;
}

/** Like beforeEvent, for an event that makes a block. If the block is large, the event and the end of the block get their exact times. */
@inline
function beforeSite(t: Tracer, block: usize, size: usize): void {
  if (size >= LARGE_BYTES) {
    watch(block, LARGE);
    t.untilMark = 1;
  }
  beforeEvent(t);
}

/** Puts a record of three words into the batch. There is room: mark() has made room for all events until the next mark. */
function putThree(t: Tracer, head: u32, second: u32, third: u32): void {
  const at = t.batch;
  store<u32>(at, head);
  store<u32>(at, second, 4);
  store<u32>(at, third, 8);
  t.batch = at + 12;
}

/** Puts a record of one word into the batch. */
@inline
function putOne(t: Tracer, head: u32): void {
  store<u32>(t.batch, head);
  t.batch += 4;
}

/** Puts a block that is allocated into the batch. */
@inline
function putBirth(t: Tracer, block: usize, size: usize, tag: u32, node: u32): void {
  putThree(t, <u32>block | BATCH.ALLOCATE, <u32>size, (node << BATCH.DOMAIN_BITS) | (tag & BATCH.DOMAIN));
}

/** Stops watching a block that is about to end. If it is large, the next event, which ends it, gets its exact time. */
@inline
function unwatchLarge(t: Tracer, block: usize): void {
  if (mayBeWatched(block) && (unwatch(block) & LARGE) != 0) t.untilMark = 1;
}

/** Writes the time, and the platform's bytes if they have changed, into the buffer; if events are summed up, both into the batch. */
function mark(t: Tracer): void {
  t.untilMark = EVENTS_PER_MARK;
  const now = hostNow();
  // A remainder of less than a microsecond is kept for the next mark.
  const passed = <u32>(now - t.lastTime);
  t.lastTime += <f64>passed;
  const reserved = <u32>(platform().reserved >> RESERVED_SHIFT);
  if (t.sums != 0) {
    t.makeRoomInBatch(BETWEEN_MARKS);
    return putThree(t, BATCH.PASS, passed, reserved);
  }
  if (passed != 0) {
    t.put(TIME);
    t.putNumber(passed);
  }
  if (reserved != t.lastReserved) {
    t.lastReserved = reserved;
    t.put(RESERVED);
    t.putNumber(reserved);
  }
}

/**
 * Writes the head and the address. The low bits of the head say how the address is written. Below `near`: by how many events ago it was
 * used. From `near` on, for a free and the addresses of a resize: near + 0 .. 7 by its slot, near + 8 in full; for an allocation: 7 in
 * full, 8 .. 15 by its slot.
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

/** Writes that a block was allocated, or that it replaced the block at `before`. */
function put(t: Tracer, before: usize, block: usize, size: usize, tag: u32, node: u32): void {
  if (t.sums != 0) {
    if (before != 0) putOne(t, <u32>before | BATCH.RESIZE);
    return putBirth(t, block, size, tag, node);
  }
  const form = enterSite(t, node, size, tag);
  if (before == 0) {
    putAddress(t, ALLOCATE | (form << 4), ALLOCATE_NEAR, 8, 7, block);
  } else {
    t.put(RESIZE | (form << 4));
    putPlain(before);
    putPlain(block);
  }
  putSite(t, form, node, size, tag);
}

/** Clears the three words in which the type can be (core/types/types.ts), so what is found there later was written by the program. */
@inline
function clearTypePlaces(block: usize, size: usize): void {
  if (size < 8) return;
  store<u32>(block, 0, 4);
  if (size < 16) return;
  store<u32>(block, 0, 12);
  if (size >= 24) store<u32>(block, 0, 20);
}

/** Records that a block was made: at once, or, if the type of the object in it is to be recorded, when that is known. */
function made(before: usize, block: usize, size: usize, tag: u32): void {
  const t = tracer();
  const node = currentStack();
  beforeSite(t, block, size);
  const w = t.waiting;
  if (w.types == 0 || (tag & DOMAIN) != OBJECT) return put(t, before, block, size, tag, node);
  if (before == 0) clearTypePlaces(block, size);
  t.waitingFor = block;
  w.before = before;
  w.size = size;
  w.tag = tag;
  w.node = node;
  w.live = t.lastLive;
}

/** Writes the event that waits, if there is one. To be called before anything else is recorded, and before its block is freed or resized. */
@inline
export function settle(): void {
  if (tracer().waitingFor != 0) putWaiting();
}

function putWaiting(): void {
  const t = tracer();
  const w = t.waiting;
  const block = t.waitingFor;
  t.waitingFor = 0;
  const type = call_indirect<usize>(w.types, block, w.size);
  const id = type == 0 ? 0 : functionOfType(type);
  const node = id == 0 ? w.node : childAtLine(w.node, id, 0);
  t.makeRoom();
  put(t, w.before, block, w.size, w.tag, node);
  putLive(t, w.live);
}

/** Records the allocation of a block of `size` bytes. */
export function allocated(block: usize, size: usize, tag: u32): void {
  made(0, block, size, tag);
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
  settle();
  t.makeRoom();
  t.put(OTHERS);
  t.putNumber(count);
}

/** The live bytes, in units of 8, minus those that were live in pools when the recording began. */
function live(t: Tracer): u32 {
  const l = ledger();
  return t.liveSmall + (<u32>(l.large - l.bytes4) >> 3);
}

/** Records the exact number of live bytes; after the event that waits, if there is one. */
export function tellLive(): void {
  const t = tracer();
  const now = live(t);
  if (t.waitingFor != 0) t.waiting.live = now;
  else putLive(t, now);
}

function putLive(t: Tracer, now: u32): void {
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
  if (t.sums != 0) return putOne(t, <u32>block | BATCH.FREE);
  putPlain(block);
}

/** Writes an address in the form that a free uses. */
function putPlain(block: usize): void {
  putAddress(tracer(), 0, FREE_NEAR, 48, 56, block);
}

/** Records that the block at `before` was resized to `size` bytes, and is now at `block`. */
export function resized(before: usize, block: usize, size: usize, tag: u32): void {
  unwatchLarge(tracer(), before);
  made(before, block, size, tag);
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
