// Blocks of up to 2 GiB in a host's memory: the account has everything that the host's malloc gives.

import { expect, it } from "vitest";
import { loadPython } from "../../src/hosts/python/pyodide.js";
import { GIB, MIB, runBigBlocks } from "../big-blocks.js";
import { SEED } from "../random.js";
import { startPython } from "./start.js";

it("are in the account, above 2 GiB in all", async () => {
  const { heap } = await loadPython();
  const before = heap.stats().account;
  const sizes = [1100 * MIB, 900 * MIB, 700 * MIB];
  const blocks = sizes.map((size) => heap.mem.malloc(size));
  expect(blocks.every(Boolean)).toBe(true);
  const { account, large } = heap.stats();
  expect(account.live.mem - before.live.mem).toBeGreaterThanOrEqual(sizes.reduce((sum, size) => sum + size, 0));
  expect(large.mem.bytes).toBeGreaterThan(2 * GIB);
  expect(account.rawFree).toBeGreaterThanOrEqual(0);
  heap.check();
  for (const block of blocks) heap.mem.free(block);
  expect(heap.stats().account.live.mem - before.live.mem).toBe(0);
  heap.check();
});

it.each([
  ["", loadPython],
  [", in an interpreter from an image", startPython],
])(`are as in the model, whatever the order%s (PYHEAP_SEED=${SEED})`, async (_, start) => {
  const { heap } = await start();
  expect(runBigBlocks({ heap, seed: SEED, steps: 150, moves: 300 * MIB, isOwn: false })).toBe(0);
});
