// Layer 0, the platform: the only place where memory comes from, and where the hard limit is kept.
//
// In a memory that the heap owns, the platform is a break that moves:
//
//   base               brk                  memory.size            end
//   |  given to the heap | grown, not given  |   could be grown     |
//
// In a host's memory (kind HOST) the memory comes from the host's allocator, and `reserved` counts the bytes that it gave us.
//
// Invariants (isValid):
//   reserved <= peak
//   kind == OWN  implies  reserved == brk - base, brk <= end, brk <= memory.size() in bytes, brk is a multiple of GRANULE
// A reservation that would make reserved > limit fails like one that the platform can't serve.
// The host is told once when `reserved` passes the watermark, or falls below the low mark. It then sets new marks.

import { ADDRESS_END, GRANULE, LIBRARY, WASM_PAGE } from "./config";
import { CONTROL, LEDGER_AT, PLATFORM_AT, shared } from "./control";

export const OWN: u32 = 0;
export const HOST: u32 = 1;

export const NO_LIMIT: usize = ~(<usize>0);
const NO_WATERMARK: usize = NO_LIMIT;

/**
 * Tells the host that the heap passed one of its marks, or that a block can't be had. Because an allocation or a free is under way, the host
 * may only take a note, or free a block that it has held back. Returns whether it has freed one that the allocation may use.
 */
@external("host", "watermark")
declare function hostWatermark(): bool;

@unmanaged
export class Platform {
  kind: u32;
  base: usize;
  brk: usize;
  end: usize;
  limit: usize;
  reserved: usize;
  peak: usize;
  /** Reservations asked for so far, failed ones included. */
  reservations: u32;
  /** Fault injection: reservation number `failAt` fails (0: none does), and all later ones too if `failForever`. */
  failAt: u32;
  failForever: u32;
  // The host's allocator, as table indices (kind HOST).
  hostMalloc: u32;
  hostRealloc: u32;
  hostFree: u32;
  /** malloc_usable_size; 0 if the host's blocks have dlmalloc's headers (hosted.ts). */
  hostUsableSize: u32;
  // dlmalloc's malloc_footprint and malloc_set_footprint_limit; 0 if the host has none.
  hostFootprint: u32;
  hostSetFootprintLimit: u32;
  /** While the platform is closed: its limit, to be restored. */
  closedLimit: usize;
  /** The host is told when `reserved` passes `watermark`, and when it falls below `lowMark`, in bytes. */
  watermark: usize;
  lowMark: usize;
  /** Bytes that the host holds back, to serve an allocation that finds no memory. */
  heldBack: usize;

  /** Starts with this limit and without a watermark. */
  begin(kind: u32, limit: usize): void {
    this.kind = kind;
    this.base = CONTROL;
    this.limit = limit;
    this.watermark = NO_WATERMARK;
  }

  /** Counts an attempt to reserve, and returns whether `bytes` more may be taken. */
  admits(bytes: usize): bool {
    const number = ++this.reservations;
    if (this.failAt != 0) {
      if (number == this.failAt || (this.failForever != 0 && number > this.failAt)) return false;
    }
    return bytes <= this.limit && this.reserved <= this.limit - bytes;
  }

  /** Counts `bytes` more as reserved. */
  charge(bytes: usize): void {
    this.reserved += bytes;
    if (this.reserved > this.peak) this.peak = this.reserved;
    if (this.reserved > this.watermark) this.passed();
  }

  private passed(): bool {
    this.watermark = NO_WATERMARK;
    this.lowMark = 0;
    return hostWatermark();
  }

  /** Tells the host that a block of `bytes` can't be had. Returns whether it has made room, so that it is worth trying again. */
  failed(bytes: usize): bool {
    return bytes <= this.limit && this.passed();
  }

  /** Counts `bytes` as given back. */
  discharge(bytes: usize): void {
    this.reserved -= bytes;
    if (this.reserved < this.lowMark) this.passed();
  }

  /** Counts memory of `before` bytes as `after` bytes. */
  recharge(before: usize, after: usize): void {
    if (after < before) this.discharge(before - after);
    else this.charge(after - before);
  }

  /** Moves the break up by `bytes`, a multiple of GRANULE. True if the bytes [old brk, old brk + bytes) are ours now. */
  extend(bytes: usize): bool {
    if (LIBRARY) return this.extendRegion(bytes);
    const brk = this.brk;
    if (bytes > this.end - brk || !this.admits(bytes)) return false;
    const have = <usize>memory.size() * WASM_PAGE;
    // A memory of 65536 wasm pages has 2^32 bytes, which reads as 0 here: everything below ADDRESS_END is there.
    if (have != 0 && brk + bytes > have) {
      const need = (brk + bytes - have + WASM_PAGE - 1) / WASM_PAGE;
      // Growing is expensive where the host has to copy the memory, so we ask for a little more than we need.
      const spare = have / WASM_PAGE / 32;
      if (spare <= need || memory.grow(<i32>spare) < 0) {
        if (memory.grow(<i32>need) < 0) return false;
      }
    }
    this.brk = brk + bytes;
    this.charge(bytes);
    return true;
  }

  /** extend() of a library: `end` is the end of its region, which can grow if no other has grown the memory since (alloc/region.ts). */
  private extendRegion(bytes: usize): bool {
    const have = this.end - this.brk;
    if (bytes > have) {
      const pages = <u32>(this.end / WASM_PAGE);
      if (<u32>memory.size() != pages) return false;
      const need = <u32>((bytes - have + WASM_PAGE - 1) / WASM_PAGE);
      const spare = pages / 32;
      let grown = spare;
      if (spare <= need || memory.grow(spare) < 0) {
        grown = need;
        if (memory.grow(need) < 0) return false;
      }
      this.end = endOfPages(pages + grown);
      if (bytes > this.end - this.brk) return false;
    }
    this.brk += bytes;
    return true;
  }

  /** Closes the platform: it gives nothing more until it is opened again, whatever the limit is. */
  close(): void {
    this.closedLimit = this.limit;
    this.limit = 0;
  }

  reopen(): void {
    this.limit = this.closedLimit;
  }

  /** Moves the break down by `bytes`, a multiple of GRANULE. */
  retract(bytes: usize): void {
    this.brk -= bytes;
    if (!LIBRARY) this.discharge(bytes);
  }

  isValid(): bool {
    if (this.reserved > this.peak) return false;
    if (this.kind != OWN) return true;
    const have = <usize>memory.size() * WASM_PAGE;
    return (
      this.reserved == this.brk - this.base &&
      this.brk <= this.end &&
      this.brk % GRANULE == 0 &&
      (have == 0 || this.brk <= have)
    );
  }
}

if (offsetof<Platform>() > LEDGER_AT - PLATFORM_AT) ERROR("Platform does not fit its region");

@inline
export function platform(): Platform {
  return changetype<Platform>(shared() + PLATFORM_AT);
}

/** The end of a memory of so many wasm pages; at most ADDRESS_END, because no block lies above it. */
@inline
export function endOfPages(pages: u32): usize {
  return pages >= <u32>(ADDRESS_END / WASM_PAGE) ? ADDRESS_END : <usize>pages * WASM_PAGE;
}

/** The highest address to which a break may move: `end`, but not above ADDRESS_END; 0 means that there is no `end`. */
@inline
export function clampEnd(end: usize): usize {
  return end == 0 || end > ADDRESS_END ? ADDRESS_END : end;
}
