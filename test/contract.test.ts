// Every allocator of a heap, tested against the contract.

import { type AllocatorFunctions, type AllocatorName, type DomainName, Heap } from "../src/index.js";
import { describeAllocatorContract } from "./contract.js";

const DOMAINS: readonly DomainName[] = ["raw", "mem", "object"];
const ALLOCATORS: readonly AllocatorName[] = ["default", "malloc", "debug", "malloc_debug"];

for (const allocator of ALLOCATORS) {
  for (const domain of DOMAINS) {
    describeAllocatorContract(`PYTHONMALLOC=${allocator}, ${domain}`, async () => {
      const heap = await Heap.create({ allocator });
      return { heap, allocator: heap[domain] };
    });
  }
}

for (const base of [0x8000_0000, 0xf000_0000]) {
  for (const domain of DOMAINS) {
    describeAllocatorContract(`a heap at 0x${base.toString(16)}, ${domain}`, async () => {
      const heap = await Heap.create({ base });
      return { heap, allocator: heap[domain] };
    });
  }
}

describeAllocatorContract("TypeScript functions that pass calls on", async () => {
  const heap = await Heap.create();
  const below = heap.getAllocator("mem");
  const above: AllocatorFunctions = {
    malloc: (n) => below.malloc(n),
    calloc: (count, size) => below.calloc(count, size),
    realloc: (block, n) => below.realloc(block, n),
    free: (block) => below.free(block),
  };
  heap.setAllocator("mem", above);
  return { heap, allocator: heap.mem };
});

describeAllocatorContract("the allocator of a domain as it was installed", async () => {
  const heap = await Heap.create();
  return { heap, allocator: heap.getAllocator("mem") };
});

describeAllocatorContract("debug hooks over TypeScript functions", async () => {
  const heap = await Heap.create();
  const below = heap.getAllocator("object");
  heap.setAllocator("object", {
    malloc: (n) => below.malloc(n),
    calloc: (count, size) => below.calloc(count, size),
    realloc: (block, n) => below.realloc(block, n),
    free: (block) => below.free(block),
  });
  heap.setupDebugHooks();
  return { heap, allocator: heap.object };
});

describeAllocatorContract("a memory and a table of somebody else", async () => {
  const memory = new WebAssembly.Memory({ initial: 40, maximum: 65536 });
  new Uint8Array(memory.buffer).fill(0xa5);
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 17 });
  const heap = await Heap.create({ memory, table, base: 39 * 65536 });
  return { heap, allocator: heap.object };
});
