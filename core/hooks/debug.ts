// Debug hooks (PyMem_SetupDebugHooks): a second allocator in front of each domain's allocator, which checks each call and then passes
// it on.
//
//   p-8    p-4  p-3      p                        p+n        p+n+4      p+n+8
//   | size | id | FD x 3 | n bytes, CD when fresh | FD x 4   | serial   |
//
// The layout is CPython's (Objects/obmalloc.c, with PYMEM_DEBUG_SERIALNO): numbers are big-endian, id is 'r', 'm', 'o',
// or 'c' for the C library's malloc. A freed block is filled with DD and held back. When the held blocks exceed their bounds, the oldest
// is checked and really freed; so a write to a freed block is found.
//
// Where a block's header and the registry differ, the registry is right. A fault is reported to the host. If the fault is
// in the block that a call is about, the call does nothing else: free does not free the block, and realloc returns 0.
// See docs/debug-hooks.md.

import { base_malloc, base_memalign } from "../alloc/base";
import { Allocator, allocatorOf } from "../alloc/domains";
import { MAX_REQUEST } from "../ground/config";
import { CONTROL, DEBUG_AT, FAULT_AT } from "../ground/control";
import { DOMAINS, INTERNAL, LIBC, OBJECT, RAW } from "../ground/domains.gen";
import {
  describeForeign,
  DOUBLE_FREE,
  fault,
  hostFault,
  NOT_A_BLOCK,
  OVERFLOW,
  REALLOC_OF_FREED,
  UNDERFLOW,
  WRITE_AFTER_FREE,
  WRONG_DOMAIN,
} from "../ground/fault";
import { tableIndex } from "../ground/functions";
import { DEBUG_FUNCTIONS } from "../ground/table.gen";
import { Entry, HELD, LIVE, Registry } from "./registry";

/** The host's number for the place in the program that makes the call. */
@external("host", "site")
declare function hostSite(): u32;

const FRESH: u8 = 0xcd;
const DEAD: u8 = 0xdd;
const FORBIDDEN: u32 = 0xfdfdfdfd;
/** Bytes before a block. */
export const HEADER: usize = 8;
const DEBUG_OVERHEAD: usize = 16;
/** The most blocks that are held back, and the most bytes. */
const HELD_BLOCKS: u32 = 2048;
const HELD_BYTES: usize = 256 * 1024;

@unmanaged
export class Debug {
  installed: u32;
  serial: u32;
  /** 1 if there can be blocks older than the heap. Then calls on blocks that the registry does not know are passed on, not reported. */
  foreignAllowed: u32;
  // Held blocks: a ring of addresses, oldest at `head`.
  ring: usize;
  head: u32;
  count: u32;
  heldBytes: usize;
  heldBytesMax: usize;

  @inline
  private ringAt(index: u32): usize {
    return this.ring + ((index % HELD_BLOCKS) << 2);
  }

  begin(): void {
    this.installed = 0;
    this.serial = 0;
    this.heldBytesMax = HELD_BYTES;
  }

  /** Holds a block back, as the youngest. Frees the oldest ones while there are too many. */
  hold(entry: Entry): void {
    store<usize>(this.ringAt(this.head + this.count), entry.address);
    this.count++;
    this.heldBytes += entry.size + DEBUG_OVERHEAD;
    while (this.count > 1 && (this.count == HELD_BLOCKS || this.heldBytes > this.heldBytesMax)) this.letGo();
  }

  /** Frees the oldest held block. A held block that was written to is reported instead, and never freed. */
  letGo(): void {
    const address = load<usize>(this.ringAt(this.head));
    this.head = (this.head + 1) % HELD_BLOCKS;
    this.count--;
    const entry = registry().find(address);
    if (!entry) return;
    this.heldBytes -= entry.size + DEBUG_OVERHEAD;
    const domain = entry.domain;
    const offset = firstNotDead(entry);
    if (offset < 0) {
      registry().remove(entry);
      hooked(domain).doFree(address - HEADER);
      return;
    }
    describe(WRITE_AFTER_FREE, address, entry, domain, offset);
    registry().remove(entry);
    hostFault();
  }

  letAllGo(): void {
    while (this.count != 0) this.letGo();
  }
}

const REGISTRY_OFFSET: usize = 32;
const HOOKED_OFFSET: usize = 48;

if (offsetof<Debug>() > REGISTRY_OFFSET) ERROR("Debug does not fit");
if (REGISTRY_OFFSET + offsetof<Registry>() > HOOKED_OFFSET) ERROR("Registry does not fit");
if (HOOKED_OFFSET + offsetof<Allocator>() * DOMAINS > FAULT_AT - DEBUG_AT) ERROR("the hooked allocators do not fit");

@inline
export function debug(): Debug {
  return changetype<Debug>(CONTROL + DEBUG_AT);
}

@inline
export function registry(): Registry {
  return changetype<Registry>(CONTROL + DEBUG_AT + REGISTRY_OFFSET);
}

/** The allocator that a domain had before its debug hooks. */
@inline
function hooked(domain: u32): Allocator {
  return changetype<Allocator>(CONTROL + DEBUG_AT + HOOKED_OFFSET + domain * offsetof<Allocator>());
}

@inline
function domainOf(ctx: usize): u32 {
  return <u32>((ctx - (CONTROL + DEBUG_AT + HOOKED_OFFSET)) / offsetof<Allocator>());
}

/** CPython's letters: r, m, o; and c for the C library's. */
@inline
function letterOf(domain: u32): u8 {
  return domain == OBJECT ? 0x6f : domain == RAW ? 0x72 : domain == LIBC ? 0x63 : 0x6d;
}

function describe(kind: u32, address: usize, entry: Entry, called: u32, offset: isize): void {
  describeForeign(kind, address, called);
  const f = fault();
  f.offset = offset;
  f.size = entry.size;
  f.serial = entry.serial;
  f.domain = entry.domain;
  f.site = entry.site;
  f.freedAt = entry.freedAt;
}

/** Writes size, id, guards and serial number around a block, as its entry says. */
function dress(entry: Entry): void {
  const p = entry.address;
  store<u32>(p - 8, bswap<u32>(<u32>entry.size));
  store<u32>(p - 4, (FORBIDDEN << 8) | letterOf(entry.domain));
  store<u32>(p + entry.size, FORBIDDEN);
  store<u32>(p + entry.size + 4, bswap<u32>(entry.serial));
}

/** "All bytes are right", as an offset that no byte has. */
const PRISTINE: isize = -0x80000000;

/** Offset of the first wrong byte around a live block, or PRISTINE. */
function firstWrong(entry: Entry): isize {
  const p = entry.address;
  // Downwards, because an underflow first hits the bytes next to the block.
  const id = (FORBIDDEN << 8) | letterOf(entry.domain);
  for (let k: isize = -1; k >= -4; k--) if (load<u8>(p + k) != <u8>(id >> ((4 + <u32>k) << 3))) return k;
  if (load<u32>(p - 8) != bswap<u32>(<u32>entry.size)) return -8;
  for (let k: usize = 0; k < 4; k++) if (load<u8>(p + entry.size + k) != <u8>FORBIDDEN) return <isize>(entry.size + k);
  if (load<u32>(p + entry.size + 4) != bswap<u32>(entry.serial)) return <isize>(entry.size + 4);
  return PRISTINE;
}

/** Offset of the first byte of a held block that isn't DEAD, or -1. */
function firstNotDead(entry: Entry): isize {
  for (let k: usize = 0; k < entry.size; k++) if (load<u8>(entry.address + k) != DEAD) return <isize>k;
  return -1;
}

/**
 * The entry of a block that a function of the domain `called` may free or resize; null after a fault was reported, or if
 * the block is foreign and that is allowed. `ifFreed` is the fault to report if the block was freed before.
 */
function accepted(block: usize, called: u32, ifFreed: u32): Entry | null {
  const entry = registry().find(block);
  if (!entry) {
    if (debug().foreignAllowed != 0) return null;
    describeForeign(NOT_A_BLOCK, block, called);
  } else if (entry.state == HELD) {
    describe(ifFreed, block, entry, called, 0);
  } else if (entry.domain != called) {
    describe(WRONG_DOMAIN, block, entry, called, 0);
  } else {
    const wrong = firstWrong(entry);
    if (wrong == PRISTINE) return entry;
    describe(wrong < 0 ? UNDERFLOW : OVERFLOW, block, entry, called, wrong);
  }
  hostFault();
  return null;
}

/** Enters a block that the hooked allocator gave at `start`, and dresses it. */
function register(start: usize, n: usize, domain: u32, site: u32): usize {
  const entry = registry().add(start + HEADER);
  entry.size = n;
  entry.serial = ++debug().serial;
  entry.site = site;
  entry.freedAt = 0;
  entry.domain = <u8>domain;
  entry.state = LIVE;
  dress(entry);
  return start + HEADER;
}

/** malloc by the hooked allocator. If that fails, frees the blocks that are held back, and tries again. */
function mallocOrReclaim(domain: u32, n: usize): usize {
  const start = hooked(domain).doMalloc(n);
  if (start != 0 || debug().count == 0) return start;
  debug().letAllGo();
  return hooked(domain).doMalloc(n);
}

// The functions of the allocator that the hooks install; ctx is the address of the record of the hooked allocator.

function allocate(ctx: usize, n: usize, fill: u8): usize {
  if (n > MAX_REQUEST - DEBUG_OVERHEAD) return 0;
  const domain = domainOf(ctx);
  if (!registry().makeRoom()) return 0;
  const start = mallocOrReclaim(domain, n + DEBUG_OVERHEAD);
  if (start == 0) return 0;
  memory.fill(start + HEADER, fill, n);
  return register(start, n, domain, hostSite());
}

export function debug_malloc(ctx: usize, n: usize): usize {
  return allocate(ctx, n, FRESH);
}

export function debug_calloc(ctx: usize, count: usize, size: usize): usize {
  if (size != 0 && count > MAX_REQUEST / size) return 0;
  return allocate(ctx, count * size, 0);
}

/**
 * A block for the C library at a multiple of `alignment`, a power of two from 16 up. It comes from the base allocator, not from the hooked
 * one.
 */
export function debug_memalign(alignment: usize, n: usize): usize {
  if (n > MAX_REQUEST - DEBUG_OVERHEAD || !registry().makeRoom()) return 0;
  let start = base_memalign(LIBC, alignment, HEADER, n + DEBUG_OVERHEAD);
  if (start == 0) {
    debug().letAllGo();
    start = base_memalign(LIBC, alignment, HEADER, n + DEBUG_OVERHEAD);
    if (start == 0) return 0;
  }
  memory.fill(start + HEADER, FRESH, n);
  return register(start, n, LIBC, hostSite());
}

export function debug_free(ctx: usize, block: usize): void {
  if (block == 0) return;
  const domain = domainOf(ctx);
  const entry = accepted(block, domain, DOUBLE_FREE);
  if (!entry) {
    if (debug().foreignAllowed != 0 && !registry().find(block)) hooked(domain).doFree(block);
    return;
  }
  entry.state = HELD;
  entry.freedAt = hostSite();
  memory.fill(block - HEADER, DEAD, entry.size + DEBUG_OVERHEAD);
  debug().hold(entry);
}

export function debug_realloc(ctx: usize, block: usize, n: usize): usize {
  if (block == 0) return allocate(ctx, n, FRESH);
  if (n > MAX_REQUEST - DEBUG_OVERHEAD) return 0;
  const domain = domainOf(ctx);
  const entry = accepted(block, domain, REALLOC_OF_FREED);
  if (!entry) {
    if (debug().foreignAllowed != 0 && !registry().find(block)) return hooked(domain).doRealloc(block, n);
    return 0;
  }
  const size = entry.size;
  if (n > size) {
    // Always to another place, so that a use of the old address is found.
    const moved = allocate(ctx, n, FRESH);
    if (moved == 0) return 0;
    memory.copy(moved, block, size);
    debug_free(ctx, block);
    return moved;
  }
  const start = hooked(domain).doRealloc(block - HEADER, n + DEBUG_OVERHEAD);
  if (start == 0) return 0;
  registry().remove(entry);
  return register(start, n, domain, hostSite());
}

/** PyMem_SetupDebugHooks: installs hooks in each domain that has none yet. Does nothing if there is no memory for them. */
export function PyMem_SetupDebugHooks(): void {
  const d = debug();
  if (d.ring == 0) {
    d.ring = base_malloc(INTERNAL, HELD_BLOCKS << 2);
    if (d.ring == 0) return;
  }
  const first = tableIndex(DEBUG_FUNCTIONS);
  for (let domain: u32 = 0; domain < DOMAINS; domain++) {
    const allocator = allocatorOf(domain);
    if (allocator.malloc == first) continue;
    hooked(domain).copyFrom(changetype<usize>(allocator));
    allocator.become(changetype<usize>(hooked(domain)), first);
  }
  d.installed = 1;
}

/** Checks every live and held block. Returns the first fault's kind, described in `fault()`, or 0. */
export function debug_check(): u32 {
  const r = registry();
  for (let index: u32 = 0; index < r.length; index++) {
    const entry = r.at(index);
    if (entry.address == 0) continue;
    if (entry.state == LIVE) {
      const wrong = firstWrong(entry);
      if (wrong == PRISTINE) continue;
      describe(wrong < 0 ? UNDERFLOW : OVERFLOW, entry.address, entry, entry.domain, wrong);
    } else {
      const offset = firstNotDead(entry);
      if (offset < 0) continue;
      describe(WRITE_AFTER_FREE, entry.address, entry, entry.domain, offset);
    }
    return fault().kind;
  }
  return 0;
}

/** Describes the live block at an address in the record `fault()`, for a host that asks about it. False if there is no live block. */
export function debug_find(block: usize): bool {
  const entry = registry().find(block);
  if (!entry || entry.state != LIVE) return false;
  describe(NOT_A_BLOCK, block, entry, entry.domain, 0);
  return true;
}
