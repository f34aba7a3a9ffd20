// A library's memory: regions of the program's memory, one after the other, with the memory of others between them.
//
//   static data, stack | region ............ | pages that the program took | region ......... brk ... end |
//                      | chunks ... | fence                                | chunks ... | top
//                                     \_ a chunk in use, of no block, up to the next region
//
// Others grow the memory as well: the program by sbrk or memory.grow, or its host. Their pages are theirs. A region that does not end where the
// memory ends can't grow any more, so another is opened: what is left of the old one becomes free memory, and a fence of one header
// joins the two. So the raw allocator's chunks still lie side by side, and its invariants hold.

import { ADDRESS_END, ALIGNMENT, GRANULE, WASM_PAGE } from "../ground/config";
import { INTERNAL } from "../ground/domains.gen";
import { ledger } from "../ground/ledger";
import { endOfPages, platform } from "../ground/platform";
import { Chunk, CHUNK_OVERHEAD, MAX_BLOCK, MIN_CHUNK } from "./chunk";
import { raw } from "./raw";

/** Addresses that the linker knows: the end of the static data and of the stack, and the end of the memory at the program's start. */
@external("host", "heapBase")
declare const HEAP_BASE: usize;
@external("host", "heapEnd")
declare const HEAP_END: usize;

/**
 * Opens a region in which a block of `n` bytes may find room. False if `n` is too large, if there is no memory, or if the current region
 * could grow: then a new one would not help. The first region is what the program's memory has from the start.
 */
export function openRegion(n: usize): bool {
  const p = platform();
  if (n > MAX_BLOCK) return false;
  if (p.end == 0 && HEAP_END > HEAP_BASE + 2 * GRANULE) {
    begin(HEAP_BASE, HEAP_END);
    return true;
  }
  if (p.end != 0 && <u32>memory.size() == <u32>(p.end / WASM_PAGE)) return false;
  const pages = <u32>((n + 2 * GRANULE + WASM_PAGE - 1) / WASM_PAGE);
  const first = memory.grow(pages);
  if (first < 0) return false;
  const start = <usize>first * WASM_PAGE;
  if (p.end != 0 && !reach(start)) return false;
  begin(start, endOfPages(<u32>first + pages));
  return true;
}

/** The address of the first chunk of memory that begins at `start`: the last word before an aligned address. */
@inline
function firstChunkAt(start: usize): usize {
  return ((start + CHUNK_OVERHEAD + ALIGNMENT - 1) & ~(ALIGNMENT - 1)) - CHUNK_OVERHEAD;
}

/** Allocation goes on in the region [start, end). */
function begin(start: usize, end: usize): void {
  const p = platform();
  const first = firstChunkAt(start);
  if (p.end == 0) raw().begin(first);
  else raw().top = first;
  p.brk = (first + GRANULE - 1) & ~(GRANULE - 1);
  p.end = end;
}

/**
 * Closes the current region with a fence up to the first chunk of a region at `start`. False if the fence would be larger than a chunk can
 * be, or if `start` is too near to the end of the address space.
 */
function reach(start: usize): bool {
  const top = raw().top;
  const fence = changetype<Chunk>(platform().end - CHUNK_OVERHEAD);
  const bytes = firstChunkAt(start) - fence.address;
  if (bytes > MAX_BLOCK || start > ADDRESS_END - 2 * GRANULE) return false;
  fence.beginAfterUsed();
  fence.becomeUsed(bytes, INTERNAL);
  ledger().born(INTERNAL, fence.usable);
  const rest = fence.address - top;
  raw().top = fence.address + bytes;
  if (rest >= MIN_CHUNK) {
    const chunk = changetype<Chunk>(top);
    chunk.beginAfterUsed();
    chunk.becomeUsed(rest, INTERNAL);
    ledger().born(INTERNAL, chunk.usable);
    raw().free(INTERNAL, chunk.payload);
  }
  return true;
}
