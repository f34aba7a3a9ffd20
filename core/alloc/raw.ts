// Layer 1, the raw allocator: any size, in the memory that the break gives, as chunks side by side (chunk.ts).
//
//   first chunk ... last chunk | top ................. brk
//                                (the break's unused rest)
//
// Free chunks lie in bins: one bin for each size below 512; above that, sixteen bins for each power of two, up to 2^32. A bitmap
// says which bins hold chunks. An allocation takes the best of the first few chunks in the first bin that can serve it, else a piece of the
// top.
//
// Invariants (firstInvalid):
//   each chunk keeps its own invariants (chunk.ts)
//   a chunk is in the bin of its size iff it is free; a bin's bit is set iff it holds a chunk
//   the ledger's bytes and blocks are those of the chunks in use

import { ALIGNMENT, DEBUG, GRANULE, THREADS, TOP_KEPT } from "../ground/config";
import { ARENAS_AT, RAW_AT, shared } from "../ground/control";
import { INTERNAL } from "../ground/domains.gen";
import { refuse } from "../ground/fault";
import { ledger } from "../ground/ledger";
import { platform } from "../ground/platform";
import { Chunk, CHUNK_OVERHEAD, chunkOf, chunkSizeFor, MAX_BLOCK, MIN_CHUNK } from "./chunk";

const EXACT_BINS: u32 = 64;
const EXACT_LIMIT: usize = 512;
/** 23 powers of two, from 2^9 up to 2^31. */
export const BINS: u32 = EXACT_BINS + 23 * 16;
const BITMAP_WORDS: u32 = (BINS + 31) / 32;
/** How many chunks of a bin are looked at for the best fit. */
const SCAN: i32 = 12;

@inline
function binOf(size: usize): u32 {
  if (size < EXACT_LIMIT) return <u32>(size >> 3);
  const log = 31 - <u32>clz<u32>(<u32>size);
  return EXACT_BINS + ((log - 9) << 4) + ((<u32>size >> (log - 4)) & 15);
}

@unmanaged
export class Raw {
  /** First chunk, and the end of the last. */
  first: usize;
  top: usize;
  // The list of closed chunks has a head like a chunk's, so a chunk unlinks itself without knowing which list it is in.
  closedHeader: u32;
  closedNext: usize;
  closedPrev: usize;
  bitmap: u32;

  @inline
  private get closed(): Chunk {
    return changetype<Chunk>(changetype<usize>(this) + offsetof<Raw>("closedHeader"));
  }

  @inline
  private wordAt(word: u32): usize {
    return changetype<usize>(this) + offsetof<Raw>("bitmap") + (word << 2);
  }

  @inline
  binAt(bin: u32): usize {
    return changetype<usize>(this) + offsetof<Raw>("bitmap") + ((BITMAP_WORDS + bin) << 2);
  }

  /** Whether the bitmap says that a bin holds chunks. */
  marks(bin: u32): bool {
    return ((load<u32>(this.wordAt(bin >> 5)) >> (bin & 31)) & 1) != 0;
  }

  @inline
  get topBytes(): usize {
    return platform().brk - this.top;
  }

  /**
   * Begins without a chunk, with bins that are empty already. `first` is where the first chunk's header will be: the
   * last word before an aligned address.
   */
  begin(first: usize): void {
    this.first = first;
    this.top = first;
  }

  /** Forgets all free chunks. */
  emptyBins(): void {
    memory.fill(this.wordAt(0), 0, (BITMAP_WORDS + BINS) << 2);
  }

  insert(chunk: Chunk): void {
    const bin = binOf(chunk.sizeFree);
    const at = this.binAt(bin);
    const head = load<Chunk | null>(at);
    chunk.prev = null;
    chunk.next = head;
    if (head) head.prev = chunk;
    else store<u32>(this.wordAt(bin >> 5), load<u32>(this.wordAt(bin >> 5)) | (1 << (bin & 31)));
    store<Chunk>(at, chunk);
  }

  private remove(chunk: Chunk): void {
    const next = chunk.next;
    const prev = chunk.prev;
    if (next) next.prev = prev;
    if (prev) {
      prev.next = next;
      return;
    }
    const bin = binOf(chunk.sizeFree);
    store<Chunk | null>(this.binAt(bin), next);
    if (!next) store<u32>(this.wordAt(bin >> 5), load<u32>(this.wordAt(bin >> 5)) & ~(1 << (bin & 31)));
  }

  /** The smallest chunk of at least `size` bytes among the first few of a bin. */
  private bestIn(bin: u32, size: usize): Chunk | null {
    let best: Chunk | null = null;
    let bestSize: usize = ~0;
    let chunk = load<Chunk | null>(this.binAt(bin));
    for (let seen = 0; chunk && seen < SCAN; seen++) {
      const have = chunk.sizeFree;
      if (have >= size && have < bestSize) {
        best = chunk;
        bestSize = have;
        if (have == size) break;
      }
      chunk = chunk.next;
    }
    return best;
  }

  /** A free chunk of at least `size` bytes, still in its bin. */
  private find(size: usize): Chunk | null {
    const bin = binOf(size);
    const fit = this.bestIn(bin, size);
    if (fit) return fit;
    // Every chunk of a later bin is large enough.
    let word = (bin + 1) >> 5;
    if (word >= BITMAP_WORDS) return null;
    let bits = load<u32>(this.wordAt(word)) & ((<u32>-1) << ((bin + 1) & 31));
    while (bits == 0) {
      if (++word == BITMAP_WORDS) return null;
      bits = load<u32>(this.wordAt(word));
    }
    return this.bestIn((word << 5) + <u32>ctz<u32>(bits), size);
  }

  /** Makes the top at least `size` bytes long. Returns false and changes nothing if that is not possible. */
  private fillTop(size: usize): bool {
    const have = this.topBytes;
    if (have >= size) return true;
    return platform().extend((size - have + GRANULE - 1) & ~(GRANULE - 1));
  }

  /**
   * Gives the top's whole granules back to the platform, except for `keep` bytes. Returns the number of bytes given
   * back.
   */
  trimTop(keep: usize): usize {
    const have = this.topBytes;
    if (have <= keep) return 0;
    const bytes = (have - keep) & ~(GRANULE - 1);
    if (bytes) platform().retract(bytes);
    return bytes;
  }

  /** The bytes [at, at + size) become part of the top, if they reach it; else a free chunk, which is joined with a free chunk after it. */
  private release(at: usize, size: usize): void {
    let end = at + size;
    if (end != this.top) {
      const after = changetype<Chunk>(end);
      if (after.isFree) {
        this.remove(after);
        end += after.sizeFree;
      }
    }
    if (end == this.top) {
      this.top = at;
      if (this.topBytes > TOP_KEPT + TOP_KEPT) this.trimTop(TOP_KEPT);
      return;
    }
    const chunk = changetype<Chunk>(at);
    chunk.becomeFree(end - at);
    changetype<Chunk>(end).followsFree();
    this.insert(chunk);
    if (DEBUG) assert(chunk.isValid(this.top));
  }

  /** Cuts a used chunk down to `size`, if the rest can be a chunk. */
  private cut(chunk: Chunk, size: usize): void {
    const rest = chunk.sizeInUse - size;
    if (rest < MIN_CHUNK) return;
    // At any moment, sizes lead from chunk to chunk: so the chunks can be found if the thread is terminated (repair.ts).
    if (THREADS) changetype<Chunk>(chunk.address + size).becomeFree(rest);
    chunk.resize(size);
    this.release(chunk.address + size, rest);
  }

  /**
   * Takes the first `size` of the bytes [at, end), which are free, not in a bin, and not directly below the top. The rest becomes a free
   * chunk, if it is large enough for one; else it is taken too. Returns how many bytes are taken.
   */
  private take(at: usize, size: usize, end: usize): usize {
    const rest = end - at - size;
    if (rest < MIN_CHUNK) {
      changetype<Chunk>(end).followsUsed();
      return end - at;
    }
    const chunk = changetype<Chunk>(at + size);
    chunk.becomeFree(rest);
    this.insert(chunk);
    return size;
  }

  /** Like malloc, but 0 if the platform would have to be asked. */
  mallocHere(domain: u32, n: usize): usize {
    const size = chunkSizeFor(n);
    return this.topBytes >= size || this.find(size) ? this.malloc(domain, n) : 0;
  }

  malloc(domain: u32, n: usize): usize {
    if (n > MAX_BLOCK) return 0;
    const size = chunkSizeFor(n);
    const chunk = this.find(size);
    if (chunk) {
      this.remove(chunk);
      chunk.becomeUsed(this.take(chunk.address, size, chunk.address + chunk.sizeFree), domain);
    } else return this.mallocAtTop(domain, n);
    if (DEBUG) assert(chunk.isValid(this.top));
    ledger().born(domain, chunk.usable);
    return chunk.payload;
  }

  /** Like malloc, above all other blocks. */
  mallocAtTop(domain: u32, n: usize): usize {
    if (n > MAX_BLOCK) return 0;
    const size = chunkSizeFor(n);
    if (!this.fillTop(size)) return 0;
    const chunk = changetype<Chunk>(this.top);
    this.top += size;
    chunk.beginAfterUsed();
    chunk.becomeUsed(size, domain);
    if (DEBUG) assert(chunk.isValid(this.top));
    ledger().born(domain, chunk.usable);
    return chunk.payload;
  }

  /** A used chunk becomes free. The caller updates the ledger. */
  private freeChunk(chunk: Chunk): void {
    let at = chunk.address;
    let size = chunk.sizeInUse;
    if (chunk.isPreviousFree) {
      const before = chunk.preceding;
      this.remove(before);
      at = before.address;
      size += before.sizeFree;
      if (THREADS) before.becomeFree(size);
      chunk.disappear();
    }
    this.release(at, size);
  }

  /**
   * Whether a block may start at `payload`, judged by its header and the header after it. A foreign address passes only if
   * the words there happen to look like ours.
   */
  @inline
  private mayBeBlock(payload: usize): bool {
    const chunk = chunkOf(payload);
    if (payload % ALIGNMENT != 0 || chunk.address - this.first >= this.top - this.first) return false;
    const size = chunk.sizeInUse;
    const room = this.top - chunk.address;
    if (chunk.isFree || size < MIN_CHUNK || size > room) return false;
    return size == room || !chunk.following.isPreviousFree;
  }

  free(domain: u32, payload: usize): void {
    if (payload == 0) return;
    if (!this.mayBeBlock(payload)) {
      refuse(payload, domain);
      return;
    }
    const chunk = chunkOf(payload);
    ledger().died(chunk.domain, chunk.usable);
    this.freeChunk(chunk);
  }

  realloc(domain: u32, payload: usize, n: usize): usize {
    if (payload == 0) return this.malloc(domain, n);
    if (n > MAX_BLOCK) return 0;
    if (!this.mayBeBlock(payload)) {
      refuse(payload, domain);
      return 0;
    }
    const chunk = chunkOf(payload);
    const size = chunkSizeFor(n);
    const before = chunk.usable;
    if (chunk.sizeInUse < size && !this.growInPlace(chunk, size)) return this.move(domain, chunk, n);
    this.cut(chunk, size);
    if (DEBUG) assert(chunk.isValid(this.top));
    ledger().resized(chunk.domain, before, chunk.usable);
    return payload;
  }

  /**
   * Extends a used chunk to at least `size` bytes, into free memory after it. Returns false and changes nothing if that
   * is not possible.
   */
  private growInPlace(chunk: Chunk, size: usize): bool {
    const after = chunk.following;
    if (after.address == this.top) {
      if (!this.fillTop(size - chunk.sizeInUse)) return false;
      this.top = chunk.address + size;
      chunk.resize(size);
      return true;
    }
    // A free chunk is never the last before the top.
    if (!after.isFree) return false;
    const reach = after.address + after.sizeFree;
    if (reach - chunk.address < size) return false;
    this.remove(after);
    chunk.resize(this.take(chunk.address, size, reach));
    return true;
  }

  private move(domain: u32, chunk: Chunk, n: usize): usize {
    const fresh = this.malloc(domain, n);
    if (fresh == 0) return 0;
    memory.copy(fresh, chunk.payload, chunk.usable);
    this.free(domain, chunk.payload);
    return fresh;
  }

  /** A block whose byte at `offset` lies at a multiple of `alignment`, a power of two from 16 up. */
  memalign(domain: u32, alignment: usize, offset: usize, n: usize): usize {
    if (alignment > MAX_BLOCK || n > MAX_BLOCK - alignment - MIN_CHUNK) return 0;
    const wide = this.malloc(domain, n + alignment + MIN_CHUNK);
    if (wide == 0) return 0;
    let block = ((wide + offset + alignment - 1) & ~(alignment - 1)) - offset;
    const front = chunkOf(wide);
    const chunk = chunkOf(block != wide && block - wide < MIN_CHUNK ? block + alignment : block);
    if (chunk !== front) {
      // The bytes in front of the block become a separate chunk, which is freed.
      const whole = front.sizeInUse;
      const lead = chunk.address - front.address;
      ledger().resized(domain, front.usable, lead - CHUNK_OVERHEAD);
      front.resize(lead);
      chunk.beginAfterUsed();
      chunk.becomeUsed(whole - lead, domain);
      ledger().born(domain, chunk.usable);
      this.free(domain, wide);
    }
    const before = chunk.usable;
    this.cut(chunk, chunkSizeFor(n));
    if (DEBUG) assert(chunk.isValid(this.top));
    ledger().resized(domain, before, chunk.usable);
    return chunk.payload;
  }

  /** Moves the free chunks from `line` up out of their bins into the list of closed chunks: no block comes from there until `reopen`. */
  closeAbove(line: usize): void {
    const closed = this.closed;
    closed.next = null;
    for (let at = this.first; at != this.top; at += changetype<Chunk>(at).size) {
      const chunk = changetype<Chunk>(at);
      if (at < line || !chunk.isFree) continue;
      this.remove(chunk);
      const next = closed.next;
      chunk.prev = closed;
      chunk.next = next;
      if (next) next.prev = chunk;
      closed.next = chunk;
    }
  }

  reopen(): void {
    let chunk = this.closed.next;
    while (chunk) {
      const next = chunk.next;
      this.insert(chunk);
      chunk = next;
    }
  }

  /**
   * Moves the block, with its content, down to where the free chunk before it begins, if there is one. The free bytes are then after it.
   * Returns the block's address.
   */
  slide(payload: usize): usize {
    const chunk = chunkOf(payload);
    if (!chunk.isPreviousFree) return payload;
    const before = chunk.preceding;
    const size = chunk.sizeInUse;
    const domain = chunk.domain;
    const free = before.sizeFree;
    this.remove(before);
    const slid = before;
    memory.copy(slid.payload, payload, size - CHUNK_OVERHEAD);
    // A free chunk is never after another.
    slid.beginAfterUsed();
    slid.becomeUsed(size, domain);
    const rest = slid.following;
    rest.beginAfterUsed();
    const end = rest.address + free;
    if (end != this.top) changetype<Chunk>(end).followsUsed();
    this.release(rest.address, free);
    if (DEBUG) assert(slid.isValid(this.top));
    return slid.payload;
  }

  /** Bytes of the chunks from `line` up that are in use, except for the heap's own (INTERNAL). */
  usedAbove(line: usize): usize {
    let bytes: usize = 0;
    for (let at = this.first; at != this.top; at += changetype<Chunk>(at).size) {
      const chunk = changetype<Chunk>(at);
      if (at >= line && !chunk.isFree && chunk.domain != INTERNAL) bytes += chunk.sizeInUse;
    }
    return bytes;
  }

  /**
   * The end of the largest free chunk that reaches above `line` and has at least `least` bytes; 0 if there is none. A free chunk does not
   * count if only the block at `row` is in use above it.
   */
  largestHoleEnd(line: usize, least: usize, row: usize): usize {
    let largest = least - 1;
    let end: usize = 0;
    let found: usize = 0;
    for (let at = this.first; at != this.top; ) {
      const chunk = changetype<Chunk>(at);
      const size = chunk.size;
      at += size;
      if (!chunk.isFree) {
        if (chunk.payload != row) found = end;
      } else if (size > largest && at > line) {
        largest = size;
        end = at;
      }
    }
    return found;
  }

  /** The address of the first chunk or bin that breaks an invariant; `first` if only a sum is wrong; 0 if all hold. */
  firstInvalid(): usize {
    let bytes: usize = 0;
    let previousFree = false;
    let freeChunks: u32 = 0;
    let at = this.first;
    while (at != this.top) {
      const chunk = changetype<Chunk>(at);
      const size = chunk.size;
      if (!chunk.isValid(this.top) || chunk.isPreviousFree != previousFree) return at;
      if (chunk.isFree) freeChunks++;
      else bytes += chunk.usable;
      previousFree = chunk.isFree;
      at += size;
    }
    for (let bin: u32 = 0; bin < BINS; bin++) {
      let chunk = load<Chunk | null>(this.binAt(bin));
      if (this.marks(bin) != (chunk !== null)) return this.binAt(bin);
      let prev: Chunk | null = null;
      while (chunk) {
        if (!chunk.isFree || binOf(chunk.sizeFree) != bin || chunk.prev !== prev || freeChunks-- == 0)
          return chunk.address;
        prev = chunk;
        chunk = chunk.next;
      }
    }
    return freeChunks != 0 || bytes != ledger().large ? this.first : 0;
  }
}

if (offsetof<Raw>() + (BITMAP_WORDS - 1 + BINS) * 4 > ARENAS_AT - RAW_AT) ERROR("Raw does not fit its region");

@inline
export function raw(): Raw {
  return changetype<Raw>(shared() + RAW_AT);
}
