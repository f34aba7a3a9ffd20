// Makes single allocations of a heap fail.

import { type Heap, NULL } from "../../src/index.js";

/** Allocations of the mem and object domains, one of which can be made to fail. */
export class Failures {
  #count = 0;
  #failAt = 0;

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
    return ++this.#count === this.#failAt;
  }

  /** Runs with allocation number `failAt` failing. Returns whether there was one with that number. */
  during(failAt: number, run: () => void): boolean {
    this.#count = 0;
    this.#failAt = failAt;
    try {
      run();
    } finally {
      this.#failAt = 0;
    }
    return this.#count >= failAt;
  }
}
