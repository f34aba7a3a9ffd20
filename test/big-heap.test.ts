// Whole heaps with blocks of 1 MiB to 2 GiB, above and across 2 GiB: objects move together, the heap moves to smaller
// memories and through images, and recordings have every size.

import { describe, expect, it } from "vitest";
import type { HeapOptions } from "../src/index.js";
import { GIB } from "./big-blocks.js";
import { type BigHeapCounts, runBigHeap } from "./big-heap.js";
import { collectGarbage } from "./collect.js";
import { SEED } from "./random.js";

const PROGRAMS = Number(process.env.PYHEAP_PROGRAMS ?? 1);

describe(`random heaps of large blocks (PYHEAP_SEED=${SEED})`, () => {
  const plans: readonly [string, HeapOptions][] = [
    ["in 4 GiB", {}],
    ["within a limit of 3 GiB", { limit: 3 * GIB }],
    ["from just below 2 GiB up", { base: 2 * GIB - 65536 }],
    ["from 3 GiB up", { base: 3 * GIB }],
  ];
  for (const [k, [name, options]] of plans.entries()) {
    it(name, async () => {
      const sum: BigHeapCounts = { trims: 0, compactions: 0, images: 0, refusals: 0, recordings: 0 };
      for (let n = 0; n < PROGRAMS; n++) {
        // The memories that trims and images left behind can be large.
        collectGarbage();
        const counts = await runBigHeap({ seed: SEED + 100 * n + k, steps: 150, options, copies: GIB / 2 });
        for (const key of Object.keys(sum) as (keyof BigHeapCounts)[]) sum[key] += counts[key];
      }
      expect(Math.min(sum.compactions, sum.images, sum.recordings)).toBeGreaterThan(0);
    });
  }
});
