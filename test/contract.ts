// The contract that every allocator and every domain keeps: the Python/C API manual, "Memory Management".

import { describe, expect, it } from "vitest";
import { type Address, type AllocatorFunctions, type CoreHeap, NULL } from "../src/index.js";

export interface Subject {
  readonly heap: CoreHeap;
  readonly allocator: AllocatorFunctions;
}

const SIZES = [0, 1, 7, 8, 9, 16, 100, 504, 511, 512, 513, 520, 1000, 4096, 70_000, 1 << 20];

function write(heap: CoreHeap, block: Address, n: number, value: number): void {
  new Uint8Array(heap.memory.buffer, block, n).fill(value);
}

function holds(heap: CoreHeap, block: Address, n: number, value: number): boolean {
  return new Uint8Array(heap.memory.buffer, block, n).every((byte) => byte === value);
}

/** Tests the allocator that `make` returns against the contract. */
export function describeAllocatorContract(name: string, make: () => Promise<Subject>): void {
  describe(name, () => {
    it("gives aligned blocks that do not overlap and keep their content", async () => {
      const { heap, allocator } = await make();
      const blocks = SIZES.flatMap((n) => [n, n, n]).map((n, k) => {
        const block = allocator.malloc(n);
        expect(block).not.toBe(NULL);
        expect(block % 8).toBe(0);
        write(heap, block, n, k + 1);
        return { block, n };
      });
      for (const [k, { block, n }] of blocks.entries()) expect(holds(heap, block, n, k + 1)).toBe(true);
      const spans = blocks.map(({ block, n }) => [block, block + Math.max(n, 1)] as const).sort((a, b) => a[0] - b[0]);
      for (const [k, [start]] of spans.entries()) expect(start).toBeGreaterThanOrEqual(spans[k - 1]?.[1] ?? 0);
      heap.check();
      for (const { block } of blocks) allocator.free(block);
      heap.check();
    });

    it("answers malloc(0) with a distinct block", async () => {
      const { heap, allocator } = await make();
      const [a, b] = [allocator.malloc(0), allocator.malloc(0)];
      expect(a).not.toBe(NULL);
      expect(b).not.toBe(NULL);
      expect(a).not.toBe(b);
      allocator.free(a);
      allocator.free(b);
      heap.check();
    });

    it("clears what calloc gives, and answers calloc(0, n) with a block", async () => {
      const { heap, allocator } = await make();
      for (const n of [24, 600, 100_000]) {
        const dirty = allocator.malloc(n);
        write(heap, dirty, n, 0xff);
        allocator.free(dirty);
        const block = allocator.calloc(n / 8, 8);
        expect(holds(heap, block, n, 0)).toBe(true);
        allocator.free(block);
      }
      const [a, b] = [allocator.calloc(0, 8), allocator.calloc(8, 0)];
      expect(a !== NULL && b !== NULL && a !== b).toBe(true);
      allocator.free(a);
      allocator.free(b);
      heap.check();
    });

    it("answers NULL to more than the largest signed size, and to a product that overflows", async () => {
      const { heap, allocator } = await make();
      const before = heap.stats().allocatedBlocks;
      expect(allocator.malloc(0x8000_0000)).toBe(NULL);
      expect(allocator.malloc(0xffff_ffff)).toBe(NULL);
      for (const n of [2 ** 32, 2 ** 32 + 8, 2 ** 53 - 8]) {
        expect([allocator.malloc(n), allocator.calloc(1, n), allocator.calloc(n, 1)]).toEqual([NULL, NULL, NULL]);
      }
      expect(allocator.calloc(0x10000, 0x10000)).toBe(NULL);
      expect(allocator.calloc(0x4000_0001, 4)).toBe(NULL);
      expect(allocator.calloc(3, 0x7fff_ffff)).toBe(NULL);
      const block = allocator.malloc(10);
      write(heap, block, 10, 9);
      expect(allocator.realloc(block, 0x8000_0000)).toBe(NULL);
      expect(allocator.realloc(block, 2 ** 32 + 8)).toBe(NULL);
      expect(holds(heap, block, 10, 9)).toBe(true);
      allocator.free(block);
      // Debug hooks hold back freed blocks until this call.
      heap.release();
      expect(heap.stats().allocatedBlocks).toBe(before);
      heap.check();
    });

    it("reallocates NULL as malloc, and to 0 without freeing", async () => {
      const { heap, allocator } = await make();
      const block = allocator.realloc(NULL, 100);
      expect(block).not.toBe(NULL);
      const empty = allocator.realloc(block, 0);
      expect(empty).not.toBe(NULL);
      const again = allocator.realloc(empty, 50);
      expect(again).not.toBe(NULL);
      allocator.free(again);
      allocator.free(NULL);
      heap.check();
    });

    it("keeps the content when a block grows and shrinks through all sizes", async () => {
      const { heap, allocator } = await make();
      let block = allocator.malloc(1);
      let size = 1;
      write(heap, block, 1, 0x5a);
      for (const n of [...SIZES.slice(1), ...SIZES.slice(1).reverse()]) {
        block = allocator.realloc(block, n);
        expect(block).not.toBe(NULL);
        expect(holds(heap, block, Math.min(size, n), 0x5a)).toBe(true);
        write(heap, block, n, 0x5a);
        size = n;
        heap.check();
      }
      allocator.free(block);
      heap.check();
    });

    it("leaves a block whole when it can't grow", async () => {
      const { heap, allocator } = await make();
      const small = allocator.malloc(40);
      const large = allocator.malloc(5000);
      write(heap, small, 40, 1);
      write(heap, large, 5000, 2);
      const limit = heap.limit;
      heap.limit = heap.reserved;
      expect(allocator.realloc(small, 200_000_000)).toBe(NULL);
      expect(allocator.realloc(large, 200_000_000)).toBe(NULL);
      expect(allocator.malloc(200_000_000)).toBe(NULL);
      heap.limit = limit;
      expect(holds(heap, small, 40, 1)).toBe(true);
      expect(holds(heap, large, 5000, 2)).toBe(true);
      allocator.free(small);
      allocator.free(large);
      heap.check();
    });
  });
}
