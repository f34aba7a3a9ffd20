// One heap for several workers: the contract, random programs with blocks that are handed over, and workers that are terminated.

import { describe, expect, it } from "vitest";
import { Heap, HeapFault, type HeapShare, MemoryError, NULL, type SharedHeap, sumOfParts } from "../src/index.js";
import { describeAllocatorContract } from "./contract.js";
import { isWhole, paint } from "./painted.js";
import { randomNumbers, SEED } from "./random.js";
import { Crew } from "./workers/crew.js";

const GIB = 2 ** 30;

function live({ account }: ReturnType<SharedHeap["stats"]>): number {
  return account.live.raw + account.live.mem + account.live.object;
}

/** Checks the heap while nobody else uses it, and that its account is whole. */
function checkAll(heap: SharedHeap): void {
  heap.check();
  const { account } = heap.stats();
  expect(sumOfParts(account)).toBe(account.platform);
}

for (const domain of ["raw", "mem", "object"] as const) {
  describeAllocatorContract(`a shared heap, ${domain}`, async () => {
    const heap = await Heap.create({ shared: true });
    return { heap, allocator: heap[domain] };
  });

  describeAllocatorContract(`a shared heap with the pools of a worker that has left it, ${domain}`, async () => {
    const first = await Heap.create({ shared: true });
    const second = await Heap.join(first.share());
    const blocks = Array.from({ length: 2000 }, (_, k) => second[domain].malloc(k % 600));
    for (const [k, block] of blocks.entries()) if (k % 3 !== 0) (k % 2 ? first : second)[domain].free(block);
    second.leave();
    return { heap: first, allocator: first[domain] };
  });
}

describe(`the contract with several workers at once`, () => {
  it.each([1, 2, 4])("%i", async (count) => {
    const heap = await Heap.create({ shared: true });
    const crew = await Crew.start(heap, count, { kind: "contract", rounds: 5 });
    await crew.paused();
    checkAll(heap);
    expect(live(heap.stats())).toBe(0);
    crew.goOn();
    await crew.ended();
    checkAll(heap);
  });
});

/** Runs random programs in workers. While they wait, the heap is checked. */
async function runPrograms(
  heap: SharedHeap,
  count: number,
  steps: number,
  rounds: number,
  mayFail = false,
): Promise<void> {
  const plan = { seed: SEED + count, steps, blocks: 3000, mayFail };
  const crew = await Crew.start(heap, count, { kind: "program", plan, rounds });
  for (let round = 0; round <= rounds; round++) {
    const pauses = await crew.paused();
    checkAll(heap);
    const pooled = pauses.reduce((sum, pause) => sum + pause.pooled, 0) + crew.mail.waiting((domain) => domain !== 0);
    expect(heap.stats().allocatedBlocks).toBe(pooled);
    crew.goOn();
  }
  await crew.ended();
  // What was sent to workers that had ended already.
  for (let box = 0; box < count; box++)
    for (let block = crew.mail.receive(box); block; block = crew.mail.receive(box))
      [heap.raw, heap.mem, heap.object][block.domain]?.free(block.address);
  heap.release();
  checkAll(heap);
  expect(live(heap.stats())).toBe(0);
}

describe(`random programs in workers (PYHEAP_SEED=${SEED})`, () => {
  it.each([1, 2, 4])("%i workers hand blocks over to each other", async (count) => {
    await runPrograms(await Heap.create({ shared: true }), count, 20_000, 5);
  });

  it("within a limit", async () => {
    await runPrograms(await Heap.create({ shared: true, limit: 2 ** 20 }), 2, 20_000, 3, true);
  });

  it("across 2 GiB, and up to the end of the addresses", async () => {
    await runPrograms(await Heap.create({ shared: true, base: 2 * GIB - 16 * 65536 }), 2, 20_000, 2);
    await runPrograms(await Heap.create({ shared: true, base: 2 ** 32 - 64 * 65536 }), 2, 5000, 2, true);
  });

  it("workers that come and go: each gets what an earlier one has left", async () => {
    const heap = await Heap.create({ shared: true });
    for (let k = 0; k < 3; k++) await runPrograms(heap, 3, 3000, 1);
    // One after the other: how much is live at a time does not depend on who runs when.
    const alone = await Heap.create({ shared: true });
    await runPrograms(alone, 1, 3000, 1);
    const first = alone.reserved;
    for (let k = 0; k < 5; k++) await runPrograms(alone, 1, 3000, 1);
    expect(alone.reserved).toBe(first);
  });
});

describe(`workers that are terminated (PYHEAP_SEED=${SEED})`, () => {
  it("leave what they had to the others, and never break the heap", async () => {
    const random = randomNumbers(SEED);
    const heap = await Heap.create({ shared: true });
    const own = Array.from({ length: 500 }, (_, k) => {
      const block = { domain: heap.mem, address: heap.malloc(1 + 3 * k), size: 1 + 3 * k, mark: 1 + (k % 255) };
      paint(heap, block);
      return block;
    });
    for (let round = 0; round < 10; round++) {
      const progress = new SharedArrayBuffer(8);
      const plan = { seed: SEED + 10 * round, steps: 1000, blocks: 1000 };
      const crew = await Crew.start(heap, 1, { kind: "endless", plan, progress });
      const { worker, share } = await crew.add(1, 2, { kind: "endless", plan, progress });
      const steps = new Int32Array(progress);
      const enough = Math.floor(random() * 50_000);
      while (Atomics.load(steps, 0) < enough) await new Promise(setImmediate);
      await worker.terminate();
      heap.ended(share);
      // The other one goes on: also with blocks of the one that is gone.
      const now = Atomics.load(steps, 0);
      while (Atomics.load(steps, 0) < now + 2000) await new Promise(setImmediate);
      await crew.end();
      checkAll(heap);
      for (const { address, size, mark } of own) expect(isWhole(heap, address, size, size, mark)).toBe(true);
      for (let block = crew.mail.receive(0); block; block = crew.mail.receive(0)) {
        expect(isWhole(heap, block.address, block.size, block.size, block.mark)).toBe(true);
        [heap.raw, heap.mem, heap.object][block.domain]?.free(block.address);
      }
      checkAll(heap);
    }
  });
});

describe("a shared heap", () => {
  async function two(): Promise<[SharedHeap, SharedHeap, HeapShare]> {
    const first = await Heap.create({ shared: true });
    const share = first.share();
    return [first, await Heap.join(share), share];
  }

  it("gives each worker its own pools, and a block back to the worker that allocated it", async () => {
    const [first, second] = await two();
    const mine = first.malloc(40);
    const others = second.malloc(40);
    expect(Math.abs(mine - others)).toBeGreaterThanOrEqual(4096);
    second.free(mine);
    expect(first.stats().allocatedBlocks).toBe(1);
    // It comes back when the second has sent it, and the first has looked into its inbox. flush() does both.
    second.flush();
    first.flush();
    expect(first.malloc(40)).toBe(mine);
    first.check();
  });

  it("has one limit and one account for all", async () => {
    const [first, second] = await two();
    first.limit = first.reserved + 300_000;
    expect(second.limit).toBe(first.limit);
    const block = first.malloc(200_000);
    expect(() => second.malloc(200_000)).toThrow(MemoryError);
    expect(() => second.malloc(200_000)).toThrow(
      /^Cannot allocate 200000 bytes: the limit is \d+ bytes, \d+ are reserved$/,
    );
    second.free(block);
    second.free(second.malloc(200_000));
    expect(second.stats().account.live).toEqual({ raw: 0, mem: 0, object: 0 });
  });

  it("has typed blocks, whose views follow when another worker makes the memory grow", async () => {
    const [first, second] = await two();
    const numbers = first.new("float64", 1000);
    numbers.view.fill(0.5);
    const large = second.new("uint8", 50_000_000);
    large.view.fill(7);
    expect(new Uint8Array(first.memory.buffer, large.address, large.length).at(-1)).toBe(7);
    expect(numbers.view[999]).toBe(0.5);
    numbers.resize(10_000_000);
    numbers.view.fill(1);
    expect(new Float64Array(second.memory.buffer, numbers.address, 10_000_000).at(-1)).toBe(1);
    first.check();
  });

  it("lets one worker join with a share, and no other", async () => {
    const [first, second, share] = await two();
    await expect(Heap.join(share)).rejects.toThrow("another worker has joined with this share");
    await expect(Heap.join({ ...first.share(), build: 1 })).rejects.toThrow("made by another build of pyheap");
    second.leave();
    await expect(Heap.join(share)).rejects.toThrow("another worker has joined with this share");
    // The next one gets the place of the one that has left.
    expect(first.share().thread).toBe(share.thread);
  });

  it("can't be used by a worker that has left it", async () => {
    const [first, second] = await two();
    const block = second.object.malloc(100);
    second.leave();
    for (const use of [
      () => second.malloc(1),
      () => second.object.free(block),
      () => second.stats(),
      () => second.check(),
      () => second.share(),
      () => second.leave(),
    ])
      expect(use).toThrow("Cannot use the heap: this worker has left it");
    first.object.free(block);
    first.check();
    expect(first.stats().account.live.object).toBe(0);
  });

  it("does not let a worker end itself, or a worker of another heap", async () => {
    const [first, second] = await two();
    const itself = { ...first.share(), thread: 65536 };
    expect(() => first.ended(itself)).toThrow("this worker itself");
    const [other] = await two();
    expect(() => first.ended(other.share())).toThrow("a worker of another heap");
    second.check();
  });

  it("reports the free of what is no block, and goes on", async () => {
    const [first, second] = await two();
    const block = first.malloc(100_000);
    expect(() => second.free((block + 64) as typeof block)).toThrow(HeapFault);
    // The lock is free again.
    first.free(block);
    expect(first.malloc(100_000)).not.toBe(NULL);
    second.check();
  });

  it("refuses what it has not, by name", async () => {
    const heap = (await Heap.create({ shared: true })) as unknown as Heap;
    for (const name of ["type", "load", "save", "trace", "setupDebugHooks", "compact", "walk", "graph"] as const)
      expect(() => (heap[name] as () => void)(), name).toThrow(
        `Cannot use heap.${name}: a shared heap does not have it yet`,
      );
    expect(() => {
      heap.softLimit = 100;
    }).toThrow("Cannot use heap.softLimit");
    for (const options of [{ allocator: "debug" }, { policy: false }, { memory: undefined }])
      await expect(Heap.create({ shared: true, ...options } as never)).rejects.toThrow(
        `Cannot make a shared heap with the option ${Object.keys(options)[0]}: a shared heap does not have it yet`,
      );
    await expect(Heap.create({ shared: true, limit: 1000 })).rejects.toThrow(/^Cannot make a heap within 1000 bytes/);
  });
});
