// A million operations of random programs against the model, checked after every step while the heap is small.

import { describe, expect, it } from "vitest";
import { runAgainstModel } from "./model.js";
import { SEED } from "./random.js";

describe(`random programs (PYHEAP_SEED=${SEED})`, () => {
  it("a small heap, checked after every step", async () => {
    for (let k = 0; k < 10; k++) {
      await expect(
        runAgainstModel({ seed: SEED + k, steps: 3000, blocks: 60, checkEvery: 1 }),
      ).resolves.toBeUndefined();
    }
  });

  it("a large heap", async () => {
    for (let k = 0; k < 4; k++) {
      await expect(
        runAgainstModel({ seed: SEED + 100 + k, steps: 200_000, blocks: 20_000, checkEvery: 2000 }),
      ).resolves.toBeUndefined();
    }
  });

  it("at the limit all the time", async () => {
    await expect(
      runAgainstModel({ seed: SEED + 200, steps: 60_000, blocks: 5000, checkEvery: 200, options: { limit: 600_000 } }),
    ).resolves.toBeUndefined();
  });

  it("above 2 GiB, up to the end of the addresses", async () => {
    for (const base of [0x8000_0000, 0xfff0_0000]) {
      await expect(
        runAgainstModel({
          seed: SEED + 300,
          steps: 40_000,
          blocks: 3000,
          checkEvery: 200,
          options: { base, limit: 900_000 },
        }),
      ).resolves.toBeUndefined();
    }
  });

  it("without pools, and with debug hooks", async () => {
    for (const allocator of ["malloc", "debug", "malloc_debug"] as const) {
      await expect(
        runAgainstModel({ seed: SEED + 400, steps: 10_000, blocks: 1000, checkEvery: 100, options: { allocator } }),
      ).resolves.toBeUndefined();
    }
  });
});
