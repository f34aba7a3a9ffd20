// Heaps under pressure, for tests of their reactions.

import { Heap, type HeapOptions, type MeasureName } from "../src/index.js";

export const MIB = 2 ** 20;

/**
 * Makes garbage that only a collection frees: lists that contain themselves, each with a text of this many characters.
 */
export function makeCycles(heap: Heap, count: number, characters: number): void {
  for (let k = 0; k < count; k++) {
    const cycle = heap.list<unknown>(["x".repeat(characters - 1) + (k % 10)]);
    cycle.push(cycle);
    cycle.release();
  }
}

export async function quietHeap(options: HeapOptions = {}): Promise<Heap> {
  const heap = await Heap.create(options);
  heap.gc.disable();
  return heap;
}

/** The names of the measures that ran, in order. */
export function ran(heap: Heap): MeasureName[] {
  return heap.measureLog.map(({ measure }) => measure);
}
