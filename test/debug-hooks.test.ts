// Debug hooks: the layout is CPython's, each misuse is reported, and the heap itself does not change.

import { describe, expect, it } from "vitest";
import { type Address, type Fault, Heap, HeapFault, NULL } from "../src/index.js";

async function makeHeap(): Promise<{ heap: Heap; faults: Fault[]; bytes: (at: number, n: number) => number[] }> {
  const faults: Fault[] = [];
  const heap = await Heap.create({ allocator: "debug", onFault: (fault) => void faults.push(fault) });
  const bytes = (at: number, n: number) => [...new Uint8Array(heap.memory.buffer, at, n)];
  return { heap, faults, bytes };
}

function poke(heap: Heap, at: number, value: number): void {
  new Uint8Array(heap.memory.buffer)[at] = value;
}

describe("layout", () => {
  it("has size, letter, guards, fill and serial number where CPython has them", async () => {
    const { heap, bytes } = await makeHeap();
    for (const [domain, letter] of [
      ["raw", "r"],
      ["mem", "m"],
      ["object", "o"],
    ] as const) {
      const block = heap[domain].malloc(10);
      expect(bytes(block - 8, 4)).toEqual([0, 0, 0, 10]);
      expect(bytes(block - 4, 4)).toEqual([letter.charCodeAt(0), 0xfd, 0xfd, 0xfd]);
      expect(bytes(block, 10)).toEqual(Array(10).fill(0xcd));
      expect(bytes(block + 10, 4)).toEqual([0xfd, 0xfd, 0xfd, 0xfd]);
      const serial = bytes(block + 14, 4);
      heap[domain].free(block);
      expect(bytes(block, 10)).toEqual(Array(10).fill(0xdd));
      const next = heap[domain].malloc(10);
      expect(next).not.toBe(block);
      expect(bytes(next + 14, 4)[3]).toBe((serial[3] ?? 0) + 1);
    }
  });
});

describe("faults", () => {
  const cases: Readonly<
    Record<string, (heap: Heap, block: Address) => { kind: Fault["kind"]; offset?: number; address?: Address }>
  > = {
    underflow: (heap, block) => {
      poke(heap, block - 1, 0);
      heap.mem.free(block);
      return { kind: "underflow", offset: -1 };
    },
    overflow: (heap, block) => {
      poke(heap, block + 20, 0);
      heap.mem.free(block);
      return { kind: "overflow", offset: 20 };
    },
    "overflow, found by realloc": (heap, block) => {
      poke(heap, block + 22, 0);
      expect(heap.mem.realloc(block, 100)).toBe(NULL);
      return { kind: "overflow", offset: 22 };
    },
    "wrong domain": (heap, block) => {
      heap.object.free(block);
      return { kind: "wrong domain" };
    },
    "an address inside a block": (heap, block) => {
      heap.mem.free((block + 8) as Address);
      return { kind: "not a block", address: (block + 8) as Address };
    },
  };

  for (const [name, misuse] of Object.entries(cases)) {
    it(`${name} is reported once, and the heap stays as it was`, async () => {
      const { heap, faults } = await makeHeap();
      const others = Array.from({ length: 50 }, (_, k) => heap.mem.malloc(k));
      const block = heap.mem.malloc(20);
      const before = heap.stats();
      const { kind, offset, address = block } = misuse(heap, block);
      expect(heap.stats()).toEqual(before);
      expect(faults).toHaveLength(1);
      const [fault] = faults;
      expect(fault).toMatchObject({ kind, address, ...(offset !== undefined && { offset }) });
      if (address === block) {
        expect(fault).toMatchObject({ domain: "mem", size: 20, serial: 51 });
        expect(fault?.allocatedAt).toMatch(/debug-hooks\.test\.ts:\d+/);
      }
      for (const other of others) heap.mem.free(other);
      expect(faults).toHaveLength(1);
    });
  }

  it("a double free says where the block was freed", async () => {
    const { heap, faults } = await makeHeap();
    const block = heap.object.malloc(33);
    heap.object.free(block);
    heap.object.free(block);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ kind: "double free", address: block, size: 33, domain: "object" });
    expect(faults[0]?.freedAt).toMatch(/debug-hooks\.test\.ts:\d+/);
    heap.check();
  });

  it("a realloc of a freed block", async () => {
    const { heap, faults } = await makeHeap();
    const block = heap.raw.malloc(33);
    heap.raw.free(block);
    expect(heap.raw.realloc(block, 50)).toBe(NULL);
    expect(faults.map(({ kind }) => kind)).toEqual(["realloc of freed block"]);
    heap.check();
  });

  it("a write after free is found by check, and when the block goes for good", async () => {
    const { heap, faults } = await makeHeap();
    const block = heap.mem.malloc(40);
    heap.mem.free(block);
    poke(heap, block + 5, 1);
    heap.check();
    expect(faults).toMatchObject([{ kind: "write after free", address: block, offset: 5, size: 40 }]);
    heap.release();
    expect(faults).toHaveLength(2);
    heap.check();
    expect(faults).toHaveLength(2);
  });

  it("an overflow of a live block is found by check", async () => {
    const { heap, faults } = await makeHeap();
    const block = heap.mem.malloc(1000);
    poke(heap, block + 1001, 1);
    heap.check();
    expect(faults).toMatchObject([{ kind: "overflow", address: block, offset: 1001 }]);
  });

  it("throws a HeapFault by default, and the heap stays as it was", async () => {
    const heap = await Heap.create({ allocator: "pymalloc_debug" });
    const block = heap.mem.malloc(12);
    heap.mem.free(block);
    expect(() => heap.mem.free(block)).toThrow(HeapFault);
    expect(() => heap.mem.free(block)).toThrow(/Cannot free 0x[0-9a-f]+: already freed[\s\S]*12 bytes, domain mem/);
    heap.check();
  });

  it("freed blocks come back in the end", async () => {
    const { heap, faults } = await makeHeap();
    for (let k = 0; k < 20_000; k++) heap.object.free(heap.object.malloc(64));
    heap.release();
    expect(heap.stats().account.live.object).toBe(0);
    expect(faults).toEqual([]);
  });
});
