// Sets free memory to zero, so that an image has nothing of what was freed: it is smaller, and compresses better.

import type { HeapItem } from "../../alloc/stats.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { PythonHeap } from "./python-heap.js";

/** Sizes of blocks that are taken from the host's malloc to find its free memory, the largest first. */
const LARGEST = 2 ** 24;
const SMALLEST = 64;
/** A free block of a pool begins with a link to the next one. */
const LINK = 4;

/**
 * Sets all free memory of a heap and of its host's malloc, and of the C stack, to zero, except the links and headers that the allocators
 * themselves store there.
 */
export function clearFreeMemory(python: PyodideExports, heap: PythonHeap): void {
  const clear = (address: number, size: number) => new Uint8Array(python.memory.buffer, address, size).fill(0);
  const free: HeapItem[] = [];
  heap.walk((item) => {
    if (item.kind === "freePool" || (item.kind === "block" && !item.used)) free.push(item);
  });
  for (const { kind, address, size } of free) {
    if (kind === "block") clear(address + LINK, size - LINK);
    else clear(address, size);
  }
  clearHost(python, clear);
  const [begin, end] = freeStack(python);
  clear(begin, end - begin);
}

/** The part of the C stack that no call uses now; it is empty if this version does not say where the stack is. */
export function freeStack(python: PyodideExports): readonly [begin: number, end: number] {
  const { emscripten_stack_get_end: end, emscripten_stack_get_current: current } = python;
  // The stack grows down.
  return end && current ? [end() >>> 0, current() >>> 0] : [0, 0];
}

/** Takes all memory that the host's malloc has free, sets it to zero, and gives it back. */
function clearHost(python: PyodideExports, clear: (address: number, size: number) => void): void {
  const taken: number[] = [];
  // With this limit, malloc takes no more memory from the platform.
  python.malloc_set_footprint_limit(Math.max(python.malloc_footprint() >>> 0, 1));
  for (let size = LARGEST; size >= SMALLEST; size /= 2) {
    for (;;) {
      const block = python.malloc(size) >>> 0;
      if (block === 0) break;
      clear(block, python.malloc_usable_size(block) >>> 0);
      taken.push(block);
    }
  }
  for (const block of taken) python.free(block);
  // No limit.
  python.malloc_set_footprint_limit(-1);
}
