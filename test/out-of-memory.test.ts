// Lack of memory: every reservation (a request to the platform) of a scenario fails in turn: only this one, or this one and
// all later ones; and the limit is reached.

import { describe, expect, it } from "vitest";
import { type Address, Heap, type HeapOptions, MemoryError, NULL } from "../src/index.js";

type Scenario = (heap: Heap, keep: (block: Address, free: (block: Address) => void) => void) => void;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "small blocks of all classes": (heap, keep) => {
    for (let k = 0; k < 3000; k++) keep(heap.object.malloc(1 + (k % 512)), (block) => heap.object.free(block));
  },
  "a list that grows beside small blocks": (heap, keep) => {
    let list = heap.mem.malloc(64);
    for (let n = 64; n < 400_000; n += n >> 3) {
      keep(heap.object.malloc(48), (block) => heap.object.free(block));
      const grown = heap.mem.realloc(list, n);
      if (grown !== NULL) list = grown;
    }
    keep(list, (block) => heap.mem.free(block));
  },
  "large and raw blocks": (heap, keep) => {
    for (let k = 1; k < 60; k++) {
      keep(heap.raw.calloc(k, 1000), (block) => heap.raw.free(block));
      keep(heap.mem.malloc(k * 3000), (block) => heap.mem.free(block));
    }
  },
};

async function failEach(scenario: Scenario, options: HeapOptions, forever: boolean): Promise<number> {
  // Without measures, which would find memory where the test makes it fail.
  options = { ...options, policy: false };
  const counting = await Heap.create(options);
  const before = counting.reservations;
  scenario(counting, () => undefined);
  const reservations = counting.reservations - before;
  for (let k = 1; k <= reservations; k++) {
    const heap = await Heap.create(options);
    const kept: (() => void)[] = [];
    heap.failReservation(k, forever);
    scenario(heap, (block, free) => {
      if (block !== NULL) kept.push(() => free(block));
    });
    heap.check();
    heap.failReservation(0);
    expect(heap.mem.malloc(100)).not.toBe(NULL);
    for (const free of kept) free();
    heap.check();
    expect(heap.stats().account.live.object).toBe(0);
  }
  return reservations;
}

describe("each reservation fails", () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    for (const forever of [false, true]) {
      it(`${name}, ${forever ? "for good" : "once"}`, async () => {
        expect(await failEach(scenario, {}, forever)).toBeGreaterThan(5);
      });
    }
  }

  it("with debug hooks", async () => {
    const scenario: Scenario = (heap, keep) => {
      for (let k = 0; k < 400; k++) keep(heap.mem.malloc(k), (block) => heap.mem.free(block));
    };
    const heap = await Heap.create({ allocator: "debug" });
    heap.failReservation(1, true);
    let failed = 0;
    scenario(heap, (block) => {
      if (block === NULL) failed++;
    });
    expect(failed).toBeGreaterThan(0);
    heap.check();
  });
});

describe("the limit", () => {
  it("is never passed, can be met a hundred times, and can then be raised", async () => {
    const heap = await Heap.create({ limit: 1 << 20 });
    for (let round = 0; round < 100; round++) {
      const blocks: Address[] = [];
      for (let block = heap.object.malloc(200); block !== NULL; block = heap.object.malloc(200)) blocks.push(block);
      expect(heap.reserved).toBeLessThanOrEqual(heap.limit);
      expect(blocks.length).toBeGreaterThan(4000);
      expect(() => heap.malloc(100_000)).toThrow(MemoryError);
      for (const block of blocks) heap.object.free(block);
      heap.check();
    }
    heap.limit = 4 << 20;
    expect(heap.malloc(2_000_000)).not.toBe(NULL);
    expect(() => {
      heap.limit = -1;
    }).toThrow(RangeError);
  });

  it("says in the error what was asked for and what the limit is", async () => {
    const heap = await Heap.create({ limit: 100_000 });
    expect(() => heap.malloc(300_000)).toThrow(/Cannot allocate 300000 bytes: the limit is 100000 bytes/);
    expect(() => heap.malloc(2 ** 31)).toThrow(MemoryError);
    expect(() => heap.malloc(-1)).toThrow(RangeError);
  });

  it("lets no block reach into the last 64 KiB of the addresses, if there is none", async () => {
    const heap = await Heap.create({ base: 0xfffd_0000 });
    const blocks: Address[] = [];
    for (let block = heap.raw.malloc(5000); block !== NULL; block = heap.raw.malloc(5000)) blocks.push(block);
    expect(Math.max(...blocks) + 5000).toBeLessThanOrEqual(0xffff_0000);
    expect(blocks.length).toBeGreaterThan(15);
    heap.check();
  });
});
