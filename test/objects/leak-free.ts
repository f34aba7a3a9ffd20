// Nothing is left behind: what a heap holds, down to the block, before and after a test.
//
//   await leakFree((heap) => { ... });                 a heap of its own; handles made in the function are released for it
//   const before = footprint(heap); ...; expect(footprint(heap)).toEqual(before);

import { expect } from "vitest";
import { Heap, type HeapOptions } from "../../src/index.js";

/** What lives in a heap, in figures that a test can compare. */
export type Footprint = ReturnType<typeof footprint>;

/**
 * Collects cycles, empties every free list, proves that the heap is whole, and counts: blocks and bytes in use by domain, what the
 * object layer has, live objects by type, interned strings, handles.
 */
export function footprint(heap: Heap) {
  // The list of garbage is there from the first time that it is asked for.
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
