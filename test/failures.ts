// Makes allocations of a heap fail.

import { type Heap, NULL } from "../src/index.js";

/** Allocations of the mem and object domains, which can be made to fail. */
export class Failures {
  #count = 0;
  #failAt = 0;
  #forever = false;
  /** How many allocations failed in the last call of `during`. */
  failed = 0;

  constructor(heap: Heap) {
    for (const domain of ["mem", "object"] as const) {
      const { malloc, calloc, realloc, free } = heap.getAllocator(domain);
      heap.setAllocator(domain, {
        malloc: (n) => (this.#fails() ? NULL : malloc(n)),
        calloc: (count, size) => (this.#fails() ? NULL : calloc(count, size)),
        realloc: (block, n) => (this.#fails() ? NULL : realloc(block, n)),
        free,
      });
    }
  }

  #fails(): boolean {
    this.#count++;
    const fails = this.#failAt > 0 && (this.#forever ? this.#count >= this.#failAt : this.#count === this.#failAt);
    if (fails) this.failed++;
    return fails;
  }

  /**
   * Calls `run`, and returns its result. Allocation number `failAt` of that call fails, counted from 1; with `forever`, all
   * later ones fail, too. A change of a block's size counts as an allocation.
   */
  during<T>(failAt: number, run: () => T, { forever = false } = {}): T {
    this.#count = 0;
    this.failed = 0;
    this.#failAt = failAt;
    this.#forever = forever;
    try {
      return run();
    } finally {
      this.#failAt = 0;
    }
  }
}
