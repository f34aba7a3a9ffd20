// Checks that a test frees everything: compares what a heap holds, block by block, before and after the test.
//
//   await leakFree((heap) => { ... });                 with a new heap; handles made in the function are released
//   const before = footprint(heap); ...; expect(footprint(heap)).toEqual(before);

import { expect } from "vitest";
import { Heap, type HeapOptions } from "../../src/index.js";

/**
 * Collects cycles, empties every free list, checks the heap, and counts: blocks and bytes in use by domain, bytes of
 * the object layer, live objects by type, interned strings, handles.
 */
export function footprint(heap: Heap) {
  // The list of garbage exists from the first time that it is asked for.
  heap.gc.garbage.release();
  heap.gc.collect();
  heap.release();
  heap.check();
  const { account, allocatedBlocks, large } = heap.stats();
  const { bytes, handles, interned, types, userTypes } = heap.objectStats();
  const live = Object.entries(types).filter(([, type]) => type.live > 0);
  return {
    live: account.live,
    blocks: allocatedBlocks,
    rawBlocks: large.raw.blocks,
    bytes,
    handles,
    interned: interned.strings,
    types: Object.fromEntries(live.map(([name, type]) => [name, type.live])),
    userTypes: userTypes.map(({ name, live }) => `${name}: ${live}`),
  };
}

/** Runs a function with a new heap and a scope; afterwards the heap holds exactly what it held before. */
export async function leakFree(run: (heap: Heap) => void, options: HeapOptions = {}): Promise<void> {
  const heap = await Heap.create(options);
  const before = footprint(heap);
  heap.scope(() => {
    run(heap);
  });
  expect(footprint(heap)).toEqual(before);
}
