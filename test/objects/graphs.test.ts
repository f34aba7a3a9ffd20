// Random object graphs: each collection destroys exactly the objects that can't be reached.

import { describe, expect, it } from "vitest";
import { Heap, type HeapOptions } from "../../src/index.js";
import { SEED } from "../random.js";
import { type GraphOptions, runGraphs } from "./graphs.js";
import { footprint } from "./leak-free.js";

async function run(options: Omit<GraphOptions, "seed">, seeds: number, heapOptions: HeapOptions = {}): Promise<void> {
  for (let k = 0; k < seeds; k++) {
    const heap = await Heap.create(heapOptions);
    const before = footprint(heap);
    runGraphs(heap, { seed: SEED + k, ...options });
    expect(footprint(heap)).toEqual(before);
  }
}

describe(`random object graphs (PYHEAP_SEED=${SEED})`, () => {
  it("collected when the program asks for it", () => run({ steps: 1500 }, 12));
  it("collected by themselves, at low thresholds", () => run({ steps: 1500, thresholds: [5, 2, 2] }, 12));
  it("with debug hooks", () => run({ steps: 600 }, 2, { allocator: "debug" }));
  it("without any policy", () =>
    run({ steps: 600 }, 2, {
      policies: { smallInts: false, characters: false, interning: false, freeLists: false, keySharing: false },
    }));
});
