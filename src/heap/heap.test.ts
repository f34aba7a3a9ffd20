// Heap, typed blocks, hooks, imports, walk and statistics, as a TypeScript program uses them.

import { describe, expect, it } from "vitest";
import {
  type Address,
  type AllocatorName,
  formatStats,
  Heap,
  type HeapItem,
  MemoryError,
  NULL,
  sumOfParts,
} from "../index.js";

describe("Heap.create", () => {
  it.each([
    [{ allocator: "best" as AllocatorName }, /Cannot use allocator "best": the names are default, pymalloc/],
    [{ limit: 0 }, /Cannot set the limit to 0/],
    [{ limit: 10 }, /Cannot make a heap within 10 bytes: its own state takes \d+/],
    [{ base: 100 }, /Cannot begin a heap at 100/],
  ])("refuses %j", async (options, message) => {
    await expect(Heap.create(options)).rejects.toThrow(message);
  });

  it("makes heaps that know nothing of each other", async () => {
    const [a, b] = [await Heap.create(), await Heap.create()];
    const block = a.malloc(100_000);
    expect(b.stats().account.live.mem).toBe(0);
    a.free(block);
    b.check();
  });
});

describe("TypedBlock", () => {
  it("has a view that is valid after the memory grew", async () => {
    const heap = await Heap.create();
    const block = heap.new("float64", 10);
    block.view.set([1.5, 2.5]);
    const buffer = block.view.buffer;
    heap.malloc(50_000_000);
    expect(block.view.buffer).not.toBe(buffer);
    expect([...block.view.subarray(0, 2)]).toEqual([1.5, 2.5]);
    block.resize(100_000);
    expect(block.view.length).toBe(100_000);
    expect(block.view[1]).toBe(2.5);
    block.delete();
    block.delete();
    expect(() => block.view).toThrow(/Cannot use this block of float64: it was deleted/);
    expect(() => block.address).toThrow(ReferenceError);
    heap.check();
  });

  it("throws where there is no memory, and is as it was", async () => {
    const heap = await Heap.create({ limit: 1 << 20 });
    const block = heap.new("uint8", 100);
    block.view.fill(7);
    expect(() => block.resize(1 << 21)).toThrow(MemoryError);
    expect(() => heap.new("float64", 2 ** 29)).toThrow(MemoryError);
    expect(() => heap.new("float64", 1.5)).toThrow(RangeError);
    expect(() => heap.new("text" as "uint8", 1)).toThrow(/Cannot make a block of text: the types are int8/);
    expect(() => heap.new("toString" as "uint8", 1)).toThrow(/Cannot make a block of toString: the types are int8/);
    expect(block.view.every((byte) => byte === 7)).toBe(true);
    block[Symbol.dispose]();
    expect(heap.stats().allocatedBlocks).toBe(0);
  });
});

describe("allocators of users", () => {
  it("count what passes through, hand on, and can be taken out again", async () => {
    const heap = await Heap.create();
    const below = heap.getAllocator("mem");
    const calls: string[] = [];
    const noted = <T>(call: string, answer: T): T => {
      calls.push(call);
      return answer;
    };
    heap.setAllocator("mem", {
      malloc: (n) => noted(`malloc ${n}`, below.malloc(n)),
      calloc: (count, size) => noted(`calloc ${count * size}`, below.calloc(count, size)),
      realloc: (block, n) => noted(`realloc ${n}`, below.realloc(block, n)),
      free: (block) => noted("free", below.free(block)),
    });
    heap.mem.free(heap.mem.realloc(heap.mem.calloc(2, 8), 40));
    heap.free(heap.malloc(9));
    expect(calls).toEqual(["calloc 16", "realloc 40", "free", "malloc 9", "free"]);
    heap.setAllocator("mem", below);
    heap.mem.free(heap.mem.malloc(3));
    expect(calls).toHaveLength(5);
    expect(heap.getAllocator("mem").words).toEqual(below.words);
    heap.check();
  });

  it("can be wasm functions with a context", async () => {
    const [heap, other] = [await Heap.create(), await Heap.create()];
    const { PyMem_RawMalloc } = other.imports;
    const [ctx = 0] = heap.getAllocator("object").words;
    const table = heap.imports.__indirect_function_table;
    const [malloc, calloc, realloc, free] = heap
      .getAllocator("object")
      .words.slice(1)
      .map((index) => table.get(index));
    heap.setAllocator("mem", { ctx, malloc, calloc, realloc, free });
    const block = heap.mem.malloc(24);
    expect(heap.stats().sizeClasses).toMatchObject([{ domain: "object", size: 24, used: 1 }]);
    heap.mem.free(block);
    const notWasm = { ctx, malloc: () => 0, calloc, realloc, free };
    expect(() => heap.setAllocator("mem", notWasm)).toThrow(TypeError);
    expect(PyMem_RawMalloc(8)).not.toBe(0);
  });

  it("can be a source of arenas, wherever they lie", async () => {
    const heap = await Heap.create();
    const arenas = new Map<Address, Address>();
    const first = heap.getArenaAllocator();
    let shift = 8;
    heap.setArenaAllocator({
      alloc: (bytes) => {
        const block = heap.raw.malloc(bytes + 2048);
        if (block === NULL) return NULL;
        shift = (shift + 328) % 2048;
        const arena = (block + shift) as Address;
        arenas.set(arena, block);
        return arena;
      },
      free: (arena) => {
        heap.raw.free(arenas.get(arena) ?? NULL);
        arenas.delete(arena);
      },
    });
    const blocks = Array.from({ length: 20_000 }, (_, k) => heap.object.malloc(1 + (k % 500)));
    expect(arenas.size).toBeGreaterThan(50);
    heap.check();
    const { account } = heap.stats();
    expect(sumOfParts(account)).toBe(account.platform);
    for (const block of blocks) heap.object.free(block);
    heap.release();
    expect(arenas.size).toBe(0);
    heap.setArenaAllocator(first);
    heap.check();
  });

  it("can't be a source of arenas that reach the end of the address space", async () => {
    const heap = await Heap.create();
    const returned: [Address, number][] = [];
    const first = heap.getArenaAllocator();
    for (const address of [0xffff_ff00, 0xfffe_f000] as Address[]) {
      heap.setArenaAllocator({ alloc: () => address, free: (...arena) => void returned.push(arena) });
      expect(heap.object.malloc(8)).toBe(NULL);
      expect(returned.pop()?.[0]).toBe(address);
      expect(returned).toEqual([]);
      heap.check();
    }
    heap.setArenaAllocator(first);
    expect(heap.object.malloc(8)).not.toBe(NULL);
  });
});

describe("heap.imports", () => {
  it("serves another module, wasm to wasm", async () => {
    const heap = await Heap.create();
    // (module (import "env" "PyMem_Malloc" (func (param i32) (result i32))) (import "env" "memory" (memory 0))
    //   (func (export "make") (param i32) (result i32) (local i32)
    //     local.get 0  call 0  local.tee 1  i32.const 42  i32.store  local.get 1))
    const bytes = Uint8Array.from([
      ...[0, 97, 115, 109, 1, 0, 0, 0],
      ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
      ...[2, 34, 2, 3, ...Buffer.from("env"), 12, ...Buffer.from("PyMem_Malloc"), 0, 0],
      ...[3, ...Buffer.from("env"), 6, ...Buffer.from("memory"), 2, 0, 0],
      ...[3, 2, 1, 0],
      ...[7, 8, 1, 4, ...Buffer.from("make"), 0, 1],
      ...[10, 19, 1, 17, 1, 1, 0x7f, 0x20, 0, 0x10, 0, 0x22, 1, 0x41, 42, 0x36, 2, 0, 0x20, 1, 0x0b],
    ]);
    const { instance } = await WebAssembly.instantiate(bytes, { env: heap.imports });
    const block = (instance.exports.make as (n: number) => number)(100) as Address;
    expect(new Uint32Array(heap.memory.buffer, block, 1)[0]).toBe(42);
    expect(heap.stats().sizeClasses).toMatchObject([{ domain: "mem", size: 104, used: 1 }]);
    heap.mem.free(block);
    heap.check();
  });
});

describe("walk and stats", () => {
  it("tell of everything, once, in order", async () => {
    const heap = await Heap.create();
    const kept = new Set<Address>();
    for (let k = 0; k < 5000; k++) {
      const block = heap.object.malloc(1 + ((k * 37) % 900));
      if (k % 3 === 0) heap.object.free(block);
      else kept.add(block);
    }
    const items: HeapItem[] = [];
    heap.walk((item) => items.push(item));
    const of = <K extends HeapItem["kind"]>(kind: K) =>
      items.filter((item): item is Extract<HeapItem, { kind: K }> => item.kind === kind);
    const used = of("block").filter((block) => block.used);
    const large = of("chunk").filter((chunk) => chunk.domain === "object");
    expect(used.length + large.length).toBe(kept.size);
    for (const { address } of used) expect(kept.has(address)).toBe(true);
    const chunks = items.filter(({ kind }) => kind === "chunk" || kind === "freeChunk" || kind === "top");
    for (const [k, { address }] of chunks.entries()) {
      const before = chunks[k - 1];
      if (before) expect(address).toBe(before.address + before.size);
    }
    const stats = heap.stats();
    expect(stats.arenas.count).toBe(of("arena").length);
    expect(stats.arenas.pools).toBe(of("pool").length + of("freePool").length);
    expect(stats.allocatedBlocks).toBe(kept.size);
  });

  it("can be read as text", async () => {
    const heap = await Heap.create();
    for (let k = 0; k < 100; k++) heap.object.malloc(30);
    heap.mem.malloc(4000);
    const text = formatStats(heap.stats());
    expect(text).toMatch(/^ +32 +object +1 +100 +28$/m);
    expect(text).toMatch(/^ +mem +1 +4,004$/m);
    expect(text).toContain("Arenas: 1 (1 opened so far), 16 pools, 15 of them free");
    expect(text).toMatch(/platform, the sum +[\d,]+/);
  });
});
