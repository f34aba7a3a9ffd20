// The cases of the contract, for tests (contract.ts), and for workers, which have no test runner.

import assert from "node:assert/strict";
import { type Address, type AllocatorFunctions, type CoreHeap, NULL } from "../src/index.js";

type Heap = Pick<CoreHeap, "memory" | "check" | "stats" | "release" | "limit"> & { readonly reserved: number };

export interface Subject {
  readonly heap: Heap;
  readonly allocator: AllocatorFunctions;
}

export interface Case {
  readonly says: string;
  /** Whether it looks at figures of the whole heap, or changes its limit: nobody else may allocate meanwhile. */
  readonly isAlone?: boolean;
  run(subject: Subject): void;
}

const SIZES = [0, 1, 7, 8, 9, 16, 100, 504, 511, 512, 513, 520, 1000, 4096, 70_000, 1 << 20];

function write(heap: Heap, block: Address, n: number, value: number): void {
  new Uint8Array(heap.memory.buffer, block, n).fill(value);
}

function holds(heap: Heap, block: Address, n: number, value: number): boolean {
  return new Uint8Array(heap.memory.buffer, block, n).every((byte) => byte === value);
}

export const CONTRACT: readonly Case[] = [
  {
    says: "gives aligned blocks that do not overlap and keep their content",
    run({ heap, allocator }) {
      const blocks = SIZES.flatMap((n) => [n, n, n]).map((n, k) => {
        const block = allocator.malloc(n);
        assert.notEqual(block, NULL);
        assert.equal(block % 8, 0);
        write(heap, block, n, k + 1);
        return { block, n };
      });
      for (const [k, { block, n }] of blocks.entries()) assert.ok(holds(heap, block, n, k + 1));
      const spans = blocks.map(({ block, n }) => [block, block + Math.max(n, 1)] as const).sort((a, b) => a[0] - b[0]);
      for (const [k, [start]] of spans.entries()) assert.ok(start >= (spans[k - 1]?.[1] ?? 0));
      heap.check();
      for (const { block } of blocks) allocator.free(block);
      heap.check();
    },
  },
  {
    says: "answers malloc(0) with a distinct block",
    run({ heap, allocator }) {
      const [a, b] = [allocator.malloc(0), allocator.malloc(0)];
      assert.notEqual(a, NULL);
      assert.notEqual(b, NULL);
      assert.notEqual(a, b);
      allocator.free(a);
      allocator.free(b);
      heap.check();
    },
  },
  {
    says: "clears what calloc gives, and answers calloc(0, n) with a block",
    run({ heap, allocator }) {
      for (const n of [24, 600, 100_000]) {
        const dirty = allocator.malloc(n);
        write(heap, dirty, n, 0xff);
        allocator.free(dirty);
        const block = allocator.calloc(n / 8, 8);
        assert.ok(holds(heap, block, n, 0));
        allocator.free(block);
      }
      const [a, b] = [allocator.calloc(0, 8), allocator.calloc(8, 0)];
      assert.ok(a !== NULL && b !== NULL && a !== b);
      allocator.free(a);
      allocator.free(b);
      heap.check();
    },
  },
  {
    says: "answers NULL to more than the largest signed size, and to a product that overflows",
    isAlone: true,
    run({ heap, allocator }) {
      const before = heap.stats().allocatedBlocks;
      assert.equal(allocator.malloc(0x8000_0000), NULL);
      assert.equal(allocator.malloc(0xffff_ffff), NULL);
      for (const n of [2 ** 32, 2 ** 32 + 8, 2 ** 53 - 8]) {
        const answers = [allocator.malloc(n), allocator.calloc(1, n), allocator.calloc(n, 1)];
        assert.deepEqual(answers, [NULL, NULL, NULL]);
      }
      assert.equal(allocator.calloc(0x10000, 0x10000), NULL);
      assert.equal(allocator.calloc(0x4000_0001, 4), NULL);
      assert.equal(allocator.calloc(3, 0x7fff_ffff), NULL);
      const block = allocator.malloc(10);
      write(heap, block, 10, 9);
      assert.equal(allocator.realloc(block, 0x8000_0000), NULL);
      assert.equal(allocator.realloc(block, 2 ** 32 + 8), NULL);
      assert.ok(holds(heap, block, 10, 9));
      allocator.free(block);
      // Debug hooks hold back freed blocks until this call.
      heap.release();
      assert.equal(heap.stats().allocatedBlocks, before);
      heap.check();
    },
  },
  {
    says: "reallocates NULL as malloc, and to 0 without freeing",
    run({ heap, allocator }) {
      const block = allocator.realloc(NULL, 100);
      assert.notEqual(block, NULL);
      const empty = allocator.realloc(block, 0);
      assert.notEqual(empty, NULL);
      const again = allocator.realloc(empty, 50);
      assert.notEqual(again, NULL);
      allocator.free(again);
      allocator.free(NULL);
      heap.check();
    },
  },
  {
    says: "keeps the content when a block grows and shrinks through all sizes",
    run({ heap, allocator }) {
      let block = allocator.malloc(1);
      let size = 1;
      write(heap, block, 1, 0x5a);
      for (const n of [...SIZES.slice(1), ...SIZES.slice(1).reverse()]) {
        block = allocator.realloc(block, n);
        assert.notEqual(block, NULL);
        assert.ok(holds(heap, block, Math.min(size, n), 0x5a));
        write(heap, block, n, 0x5a);
        size = n;
        heap.check();
      }
      allocator.free(block);
      heap.check();
    },
  },
  {
    says: "leaves a block whole when it can't grow",
    isAlone: true,
    run({ heap, allocator }) {
      const small = allocator.malloc(40);
      const large = allocator.malloc(5000);
      write(heap, small, 40, 1);
      write(heap, large, 5000, 2);
      const limit = heap.limit;
      heap.limit = heap.reserved;
      assert.equal(allocator.realloc(small, 200_000_000), NULL);
      assert.equal(allocator.realloc(large, 200_000_000), NULL);
      assert.equal(allocator.malloc(200_000_000), NULL);
      heap.limit = limit;
      assert.ok(holds(heap, small, 40, 1));
      assert.ok(holds(heap, large, 5000, 2));
      allocator.free(small);
      allocator.free(large);
      heap.check();
    },
  },
];
