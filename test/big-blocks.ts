// Random programs of blocks up to 2 GiB against a model: sizes and distances of 2^31 and more, in a memory of up to 4 GiB.
//
// Untouched memory costs nothing, so a block is marked only at its ends, and moved only as long as the budget lasts.

import { expect } from "vitest";
import { type Address, type CoreHeap, type Domain, type HeapItem, NULL, sumOfParts } from "../src/index.js";
import { randomNumbers } from "./random.js";

export const MIB = 2 ** 20;
export const GIB = 2 ** 30;
/** The end of the addresses that a heap uses (core/ground/config.ts, ADDRESS_END). */
const ADDRESS_END = 0xffff_0000;
const MARKED = 16;
/** Smaller blocks may come from pools, which this test does not look into. */
const LEAST_LARGE = 64 * 1024;
/** Bytes of a chunk's header. */
const HEADER = 4;
/** The most bytes that rounding up to a chunk adds. */
const ROUNDED = 24;
/** The most bytes that a block keeps besides its size if it shrinks by less than a quarter. */
const KEPT = 128;

export interface Block {
  readonly domain: Domain;
  address: Address;
  size: number;
  mark: number;
}

/** Writes a block's mark at both of its ends. */
export function markBlock(heap: CoreHeap, { address, size, mark }: Block): void {
  const bytes = new Uint8Array(heap.memory.buffer);
  bytes.fill(mark, address, address + Math.min(size, MARKED));
  bytes.fill(mark, Math.max(address, address + size - MARKED), address + size);
}

/** Checks that the first `kept` bytes of a block of `size` bytes, which are now at `address`, are as they were marked. */
export function verifyBlock(heap: CoreHeap, address: Address, kept: number, { size, mark }: Block): void {
  const bytes = new Uint8Array(heap.memory.buffer);
  const isMarked = (from: number, to: number) =>
    bytes.subarray(address + from, address + Math.max(from, to)).every((byte) => byte === mark);
  expect(isMarked(0, Math.min(size, MARKED, kept))).toBe(true);
  expect(isMarked(Math.max(0, size - MARKED), kept)).toBe(true);
}

/** Checks that the parts of the heap's account add up, and that none is negative. */
export function checkAccount(heap: CoreHeap): void {
  const { account } = heap.stats();
  expect(sumOfParts(account)).toBe(account.platform);
  expect(
    Math.min(...Object.values(account.live), account.rawFree, account.freeInPools, account.freePools),
  ).toBeGreaterThanOrEqual(0);
}

/** Checks that no block covers another, and that none reaches past the end of addresses. */
export function checkPlaces(live: readonly Block[]): void {
  const places = live.map(({ address, size }) => [address, address + Math.max(size, 1)] as const);
  places.sort((a, b) => a[0] - b[0]);
  for (const [k, [address]] of places.entries()) expect(address).toBeGreaterThanOrEqual(places[k - 1]?.[1] ?? 1);
  expect(places.at(-1)?.[1] ?? 0).toBeLessThanOrEqual(ADDRESS_END);
}

/** Free bytes [at, end), enough for one chunk of their size, directly after the chunk at `after`. */
interface Room {
  readonly after: number;
  readonly at: number;
  readonly end: number;
}

export interface BigPlan {
  readonly heap: CoreHeap;
  readonly seed: number;
  readonly steps: number;
  /** Large blocks have between an eighth and half of this many bytes; the default is 4 GiB. */
  readonly span?: number;
  /** The most bytes of blocks that may be moved in total. */
  readonly moves?: number;
  /** Whether the memory is the heap's own, so that a walk shows all of it. */
  readonly isOwn?: boolean;
  /** Like aligned_alloc, if the heap has it. Such a block is freed through `raw`. */
  readonly aligned?: (alignment: number, n: number) => Address;
}

/** Throws unless a walk shows a gapless row of chunks in which no two neighbours are free. Returns the free parts. */
export function roomsOf(heap: CoreHeap): Room[] {
  const rooms: Room[] = [];
  let after = 0;
  let at: number | undefined;
  let wasFree = false;
  heap.walk(
    (item: HeapItem) => {
      if (item.kind !== "chunk" && item.kind !== "freeChunk" && item.kind !== "top") return;
      if (at !== undefined) expect(item.address).toBe(at);
      at = item.address + item.size;
      const isFree = item.kind !== "chunk";
      expect(isFree && wasFree).toBe(false);
      wasFree = isFree;
      if (item.kind === "freeChunk") rooms.push({ after, at: item.address, end: at });
      if (item.kind === "top") {
        const reach = item.address + item.size + (heap.limit - heap.reserved);
        rooms.push({ after, at: item.address, end: Math.min(ADDRESS_END, reach) });
      }
      after = item.address;
    },
    { blocks: false },
  );
  return rooms;
}

/** Runs a random program; returns the number of blocks at its end. Throws at the first difference from the model. */
export function runBigBlocks({
  heap,
  seed,
  steps,
  span = 4 * GIB,
  moves = GIB,
  isOwn = true,
  aligned,
}: BigPlan): number {
  const random = randomNumbers(seed);
  const below = (n: number) => Math.floor(random() * n);
  const domains = [heap.raw, heap.mem, heap.object];
  const live: Block[] = [];
  // What a host uses itself.
  const before = heap.stats();
  let budget = moves;

  const size = (): number => {
    const kind = random();
    if (kind < 0.15) return below(600);
    if (kind < 0.3) return LEAST_LARGE + below(MIB);
    if (kind < 0.5) return MIB + below(span / 16);
    if (kind < 0.85) return span / 8 + below((span * 3) / 8);
    if (kind < 0.95) return 0x7fff_ffff - below(64);
    return 2 * GIB + below(GIB);
  };
  const mark = (block: Block) => {
    block.mark = 1 + below(255);
    markBlock(heap, block);
  };
  const check = () => {
    heap.check();
    checkAccount(heap);
    const { account, allocatedBlocks, large } = heap.stats();
    for (const domain of domains) {
      const blocks = live.filter((block) => block.domain === domain);
      const bytes = blocks.reduce((sum, block) => sum + block.size, 0);
      const own = account.live[domain.name] - before.account.live[domain.name];
      expect(own).toBeGreaterThanOrEqual(bytes);
      expect(own).toBeLessThanOrEqual(bytes + blocks.length * (ROUNDED + KEPT));
    }
    for (const { name } of domains) {
      const blocks = live.filter(({ domain, size }) => domain.name === name && size > 512);
      expect(large[name].bytes).toBeGreaterThanOrEqual(blocks.reduce((sum, { size }) => sum + size, 0));
      expect(large[name].bytes).toBeLessThanOrEqual(account.live[name]);
    }
    expect(allocatedBlocks - before.allocatedBlocks).toBe(live.filter(({ domain }) => domain !== heap.raw).length);
    for (const block of live) verifyBlock(heap, block.address, block.size, block);
    checkPlaces(live);
  };
  /** Whether a large block must be found, or can't be; undefined: either may happen. */
  const fits = (n: number, rooms: readonly Room[]): boolean | undefined => {
    if (n > 0x7fff_ff00) return n > 0x7fff_ffff ? false : undefined;
    if (!isOwn || n < LEAST_LARGE) return undefined;
    const most = Math.max(...rooms.map(({ at, end }) => end - at));
    if (most >= n + HEADER + ROUNDED + 4096) return true;
    return most < n ? false : undefined;
  };
  const judge = (address: Address, n: number, rooms: readonly Room[]) => {
    const expected = fits(n, rooms);
    if (expected !== undefined) expect(`${n}: ${address !== NULL}`).toBe(`${n}: ${expected}`);
  };
  const allocate = (rooms: readonly Room[]) => {
    const n = size();
    if (aligned && random() < 0.15) {
      const alignment = 2 ** (4 + below(27));
      const address = aligned(alignment, n);
      if (address === NULL) return;
      expect(address % alignment).toBe(0);
      live.push({ domain: heap.raw, address, size: n, mark: 0 });
    } else {
      const domain = domains[below(3)] as Domain;
      const isCleared = n <= 2 * MIB && random() < 0.3;
      const address = isCleared ? domain.calloc(1, n) : domain.malloc(n);
      judge(address, n, rooms);
      if (address === NULL) return;
      if (isCleared) expect(new Uint8Array(heap.memory.buffer, address, n).every((byte) => byte === 0)).toBe(true);
      live.push({ domain, address, size: n, mark: 0 });
    }
    mark(live.at(-1) as Block);
  };
  const resize = (block: Block, rooms: readonly Room[]) => {
    const n = random() < 0.5 ? size() : Math.floor(block.size * (0.3 + random()));
    const isLarge = block.size >= LEAST_LARGE && n >= LEAST_LARGE;
    // A block of a few bytes may lie between this one and the next room.
    const behind = rooms.find(({ after }) => after + HEADER === block.address);
    const staysWhere = n <= block.size || (behind !== undefined && behind.end - block.address >= n + ROUNDED + 4096);
    if (!(isOwn && staysWhere)) {
      if (block.size > budget) return;
      budget -= block.size;
    }
    const address = block.domain.realloc(block.address, n);
    if (isOwn && isLarge && staysWhere && n < 0x7fff_ff00) expect(address).toBe(block.address);
    else if (!staysWhere) judge(address, n, rooms);
    if (n > 0x7fff_ffff) expect(address).toBe(NULL);
    if (address === NULL) return;
    verifyBlock(heap, address, Math.min(n, block.size), block);
    block.address = address;
    block.size = n;
    mark(block);
  };

  const take = () => {
    const rooms = isOwn ? roomsOf(heap) : [];
    const action = random();
    const k = below(live.length);
    const block = live[k];
    if (block === undefined || action < 0.45) allocate(rooms);
    else if (action < 0.7) resize(block, rooms);
    else {
      block.domain.free(block.address);
      live.splice(k, 1);
    }
    if (random() < 0.02) heap.release();
    check();
  };
  for (let step = 0; step < steps; step++) {
    try {
      take();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
  while (live.length > 0) {
    const { domain, address } = live.pop() as Block;
    domain.free(address);
    check();
  }
  return heap.stats().allocatedBlocks - before.allocatedBlocks;
}
