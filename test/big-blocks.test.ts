// Blocks of 0.5 to 2 GiB, above and across 2 GiB: whatever the order, the heap stays whole, and says what it has.

import { describe, expect, it } from "vitest";
import { toAddress } from "../src/address.js";
import * as C from "../src/core/constants.gen.js";
import type { Core } from "../src/core.js";
import { Heap, type HeapOptions, sumOfParts } from "../src/index.js";
import { GIB, MIB, roomsOf, runBigBlocks } from "./big-blocks.js";

const SEED = Number(process.env.PYHEAP_SEED ?? Date.now() % 2 ** 31);

function alignedOf(heap: Heap) {
  const { functions: f } = (heap as unknown as { core: Core }).core;
  return (alignment: number, n: number) => toAddress(f.raw_memalign(C.RAW, alignment, 0, n));
}

describe("blocks that are freed next to each other", () => {
  const cases = [
    [512, 2],
    [512, 7],
    [1024, 3],
    [700, 4],
    [2047, 1],
    [1365, 2],
  ] as const;
  for (const [size, count] of cases) {
    it(`${count} of ${size} MiB`, async () => {
      for (const order of ["upwards", "downwards", "every other"]) {
        const heap = await Heap.create({ policy: false });
        const blocks = Array.from({ length: count }, () => heap.mem.malloc(size * MIB));
        const keep = heap.mem.malloc(64);
        expect(blocks.every(Boolean)).toBe(true);
        heap.check();
        if (order === "downwards") blocks.reverse();
        if (order === "every other") blocks.sort((a, b) => (blocks.indexOf(a) % 2) - (blocks.indexOf(b) % 2));
        for (const block of blocks) {
          heap.mem.free(block);
          heap.check();
          roomsOf(heap);
          const { account } = heap.stats();
          expect(sumOfParts(account)).toBe(account.platform);
        }
        heap.mem.free(keep);
      }
    });
  }

  it("leave a run of more than 2 GiB, which is given again in pieces", async () => {
    const heap = await Heap.create({ policy: false });
    const blocks = [1030, 1030, 1030].map((size) => heap.raw.malloc(size * MIB));
    const keep = heap.raw.malloc(1000);
    for (const block of blocks) heap.raw.free(block);
    expect(Math.max(...roomsOf(heap).map(({ at, end }) => end - at))).toBeGreaterThan(3 * GIB);
    const { reserved } = heap;
    const again = [2000, 900, 100].map((size) => heap.raw.malloc(size * MIB));
    heap.check();
    expect(again.every((block) => block !== 0 && block < keep)).toBe(true);
    expect(heap.reserved).toBe(reserved);
    expect(heap.raw.realloc(again[2] as (typeof again)[0], 150 * MIB)).toBe(again[2]);
    heap.check();
  });
});

describe(`random programs of large blocks (PYHEAP_SEED=${SEED})`, () => {
  const plans: readonly [string, HeapOptions, number][] = [
    ["in 4 GiB", {}, 4 * GIB],
    ["within a limit of 3 GiB", { limit: 3 * GIB }, 3 * GIB],
    ["within a limit of 4 GiB", { limit: 4 * GIB }, 4 * GIB],
    ["from 2 GiB up", { base: 2 * GIB }, 2 * GIB],
    ["from just below 2 GiB up", { base: 2 * GIB - 65536 }, 2 * GIB],
    ["from 3 GiB up", { base: 3 * GIB }, GIB],
    ["without pools", { allocator: "malloc" }, 4 * GIB],
  ];
  for (const [k, [name, options, span]] of plans.entries()) {
    it(name, async () => {
      const heap = await Heap.create({ ...options, policy: false });
      const plan = { heap, seed: SEED + k, steps: 400, span, moves: span / 8, aligned: alignedOf(heap) };
      expect(runBigBlocks(plan)).toBe(0);
    });
  }
});
