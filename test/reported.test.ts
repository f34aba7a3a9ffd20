// What people have reported as faults of other heaps in WebAssembly, on heaps of TypeScript programs.

import { describe, expect, it } from "vitest";
import { Heap, MemoryError, NULL, type PyInt } from "../src/index.js";
import { GIB, MIB } from "./big-blocks.js";
import { randomIntegers } from "./random.js";

describe("a memory that grows up to 4 GiB", () => {
  it("is given in pieces until there is none left, which is NULL (emscripten 3253, 4919, 5202, 24193)", async () => {
    const heap = await Heap.create({ policy: false });
    const blocks = Array.from({ length: 9 }, () => heap.raw.malloc(512 * MIB));
    expect(blocks.filter((block) => block !== NULL)).toHaveLength(7);
    expect(new Set(blocks.slice(0, 7)).size).toBe(7);
    for (const block of blocks) heap.raw.free(block);
    heap.check();
    expect(heap.raw.malloc(2 * GIB - 64)).not.toBe(NULL);
  });

  it("has room for one block of almost 2 GiB beside others; a larger one is refused (emscripten 17747, 23200)", async () => {
    const heap = await Heap.create({ policy: false });
    const sizes = [2 * GIB - 32, 2 * GIB - 32 * MIB, 8 * MIB];
    expect(sizes.map((size) => heap.raw.malloc(size) !== NULL)).toEqual([true, true, true]);
    for (const size of [2 * GIB, 3 * GIB, 2 ** 32, 2 ** 53]) expect(heap.raw.malloc(size)).toBe(NULL);
    expect(() => heap.malloc(3 * GIB)).toThrow(MemoryError);
    heap.check();
  });

  it("makes no view invalid (emscripten 6747, wasm-pack 700, quickjs-emscripten 240, wterm 92)", async () => {
    const heap = await Heap.create();
    const block = heap.new("float64", 1000);
    block.view.fill(0.5);
    const { buffer } = heap.memory;
    const texts = heap.from(Array.from({ length: 50_000 }, (_, k) => `text ${k}`));
    expect(heap.memory.buffer).not.toBe(buffer);
    expect(block.view.every((value) => value === 0.5)).toBe(true);
    expect(heap.toJS(texts)).toHaveLength(50_000);
  });
});

it("objects go when their last handle is released, also if JavaScript's collector never runs (wasm-bindgen 3917)", async () => {
  const heap = await Heap.create({ limit: 16 * MIB });
  for (let k = 0; k < 1000; k++) {
    heap.scope(() => {
      heap.from([new Uint8Array(100_000), { k }]);
    });
    heap.from([new Uint8Array(100_000), { k }]).release();
  }
  expect(heap.stats().account.live.object).toBeLessThan(MIB);
  heap.check();
});

it("a power that could never be computed is an error at once (cpython 135186, hive 2689)", async () => {
  const heap = await Heap.create({ limit: 64 * MIB });
  heap.scope(() => {
    const large = heap.binary(137, "<<", 241) as PyInt;
    for (const base of [137, large]) expect(() => heap.binary(base, "**", large)).toThrow(MemoryError);
    expect(() => heap.binary(10, "**", 10 ** 10)).toThrow(MemoryError);
    expect(() => heap.binary(1, "<<", 10 ** 10)).toThrow();
  });
  heap.check();
});

it("a document that is loaded, unloaded, and loaded again needs the memory once (WebAssembly design 1397, 1300, 1427)", async () => {
  const heap = await Heap.create({ policy: false });
  const load = () => [300, 700, 40].map((size) => heap.raw.malloc(size * MIB));
  const unload = (blocks: readonly (typeof NULL)[]) => {
    for (const block of blocks) heap.raw.free(block);
  };
  unload(load());
  const most = heap.memory.buffer.byteLength;
  for (let k = 0; k < 5; k++) unload(load());
  expect(heap.memory.buffer.byteLength).toBe(most);
  expect(heap.trim().after).toBeLessThan(MIB);
  heap.check();
});

it("arrays of numbers that come and go in any order leave room for one as large as all (emscripten 19470, wasm-bindgen 2241)", async () => {
  const heap = await Heap.create({ limit: 64 * MIB, policy: false });
  const random = randomIntegers(7);
  for (let round = 0; round < 10; round++) {
    const arrays = [];
    for (;;) {
      const size = 1 + random(400_000);
      const address = heap.raw.malloc(8 * size);
      if (address === NULL) break;
      arrays.push(address);
      if (arrays.length > 8 && random(3) === 0)
        heap.raw.free(arrays.splice(random(arrays.length), 1)[0] as typeof NULL);
    }
    for (const address of arrays) heap.raw.free(address);
    const whole = heap.raw.malloc(62 * MIB);
    expect(whole).not.toBe(NULL);
    heap.raw.free(whole);
  }
  heap.check();
});
