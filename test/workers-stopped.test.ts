// A worker is stopped at a random step of a scenario, many times: others take over what it had, and the heap is whole.
// With PYHEAP_STOPS=0, it is stopped at each step.

import { describe, expect, it } from "vitest";
import * as C from "../src/core/constants.gen.js";
import { type Address, Heap, type SharedHeap, sumOfParts } from "../src/index.js";
import { isWhole, paint } from "./painted.js";
import { randomIntegers, SEED } from "./random.js";
import { SteppedThread } from "./workers/steps.js";

interface Held {
  readonly address: Address;
  readonly size: number;
  readonly mark: number;
  readonly domain: "raw" | "mem";
}

/** The blocks of a scenario, as others know of them: those that were allocated, and that nobody has begun to free. */
class Blocks {
  readonly held = new Map<number, Held>();
  readonly #heap: SharedHeap;

  constructor(heap: SharedHeap) {
    this.#heap = heap;
  }

  hold(address: number, size: number, domain: Held["domain"]): number {
    const held = { address: (address >>> 0) as Address, size, mark: 1 + (this.held.size % 255), domain };
    expect(held.address).not.toBe(0);
    paint(this.#heap, held);
    this.held.set(held.address, held);
    return held.address;
  }

  letGo(address: number): number {
    this.held.delete(address);
    return address;
  }

  check(): void {
    for (const { address, size, mark } of this.held.values())
      if (!isWhole(this.#heap, address, size, size, mark)) throw new Error(`the block ${address} lost its content`);
  }

  freeAll(): void {
    for (const { address, domain } of this.held.values()) this.#heap[domain].free(address);
    this.held.clear();
  }
}

interface Scene {
  readonly heap: SharedHeap;
  readonly thread: SteppedThread;
  readonly blocks: Blocks;
  /** Blocks that the first thread has allocated: small ones, and large ones. */
  readonly given: number[];
}

const SMALL = [8, 40, 200, 512];
const LARGE = [600, 3000, 40_000];

/** What the thread does that is stopped. */
const SCENARIOS: Readonly<Record<string, (scene: Scene) => void>> = {
  "small blocks": ({ thread: { functions: f }, blocks }) => {
    const own: number[] = [];
    for (const size of SMALL) for (let k = 0; k < 40; k++) own.push(blocks.hold(f.PyMem_Malloc(size), size, "mem"));
    for (const [k, address] of own.entries()) if (k % 3 !== 0) f.PyMem_Free(blocks.letGo(address));
    for (const address of own.filter((_, k) => k % 3 === 0)) f.PyMem_Free(blocks.letGo(address));
    f.relieve_heap();
  },
  "large blocks": ({ thread: { functions: f }, blocks }) => {
    const own = [...LARGE, ...LARGE, ...LARGE].map((size) => blocks.hold(f.PyMem_RawMalloc(size), size, "raw"));
    for (const k of [1, 3, 4, 8]) f.PyMem_RawFree(blocks.letGo(own[k] ?? 0));
    for (const k of [0, 2]) {
      const { size = 0 } = blocks.held.get(own[k] ?? 0) ?? {};
      blocks.letGo(own[k] ?? 0);
      for (const n of [size * 2, size / 2]) own[k] = f.PyMem_RawRealloc(own[k] ?? 0, n) >>> 0;
      f.PyMem_RawFree(own[k] ?? 0);
    }
    for (const k of [5, 6, 7]) f.PyMem_RawFree(blocks.letGo(own[k] ?? 0));
  },
  "blocks of another thread": ({ thread: { functions: f }, blocks, given }) => {
    for (const address of given) {
      const free = blocks.held.get(address)?.domain === "raw" ? f.PyMem_RawFree : f.PyMem_Free;
      free(blocks.letGo(address));
    }
    f.thread_flush();
  },
  "blocks that another thread sends back": ({ heap, thread: { functions: f }, blocks }) => {
    const own = Array.from({ length: 200 }, (_, k) => blocks.hold(f.PyMem_Malloc(8 * (k % 20)), 8 * (k % 20), "mem"));
    for (const address of own) heap.mem.free(blocks.letGo(address) as Address);
    heap.flush();
    for (let k = 0; k < 200; k++) blocks.hold(f.PyMem_Malloc(100), 100, "mem");
    f.thread_leave();
  },
  "what a third thread has left": ({ heap, thread: { functions: f }, blocks }) => {
    const third = heap.share();
    const left = new SteppedThread(heap.memory, third.base, third.thread).functions;
    left.thread_begin(1, third.turn);
    for (let k = 0; k < 100; k++) blocks.hold(left.PyMem_Malloc(200), 200, "mem");
    heap.ended(third);
    for (let k = 0; k < 60; k++) blocks.hold(f.PyMem_Malloc(200), 200, "mem");
    const fourth = f.thread_open();
    expect(fourth).not.toBe(0);
  },
};

async function stage(): Promise<Scene & { end(): void }> {
  const heap = await Heap.create({ shared: true });
  const share = heap.share();
  const thread = new SteppedThread(heap.memory, share.base, share.thread);
  expect(thread.functions.thread_begin(1, share.turn)).toBe(1);
  const blocks = new Blocks(heap);
  const given = [
    ...Array.from({ length: 150 }, (_, k) => blocks.hold(heap.mem.malloc(8 * (k % 12)), 8 * (k % 12), "mem")),
    ...LARGE.map((size) => blocks.hold(heap.raw.malloc(size), size, "raw")),
  ];
  return { heap, thread, blocks, given, end: () => heap.ended(share) };
}

/** How many stops are tried in each scenario; with 0, all of them. */
const STOPS = Number(process.env.PYHEAP_STOPS ?? 150);

/** Runs the scenario up to a step. Returns how many steps were made. */
async function stopAt(step: number, scenario: (scene: Scene) => void): Promise<number> {
  const scene = await stage();
  const { heap, thread, blocks } = scene;
  const before = thread.steps;
  thread.runFor(step, () => scenario(scene));
  const made = thread.steps - before;
  scene.end();
  heap.check();
  blocks.check();
  // What it had is used again, and can be freed.
  for (let k = 0; k < 130; k++) blocks.hold(heap.mem.malloc(4 * k), 4 * k, "mem");
  heap.check();
  blocks.check();
  blocks.freeAll();
  heap.release();
  heap.check();
  const { account } = heap.stats();
  expect(sumOfParts(account)).toBe(account.platform);
  return made;
}

describe(`a worker that is stopped at any step (PYHEAP_SEED=${SEED})`, () => {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    it(name, async () => {
      const random = randomIntegers(SEED);
      const all = await stopAt(Number.POSITIVE_INFINITY, scenario);
      expect(all).toBeGreaterThan(100);
      for (let k = 1; k <= (STOPS || all); k++) {
        const step = STOPS ? 1 + random(all) : k;
        await stopAt(step, scenario).catch((error) => {
          throw new Error(`stopped at step ${step} of ${all}: ${error}`, { cause: error });
        });
      }
    });
  }

  it("is reported if what it left can't be repaired, and nobody waits for the lock", async () => {
    const { heap, thread, end } = await stage();
    // A walk visits the chunks under the lock.
    expect(thread.runFor(10, () => thread.functions.walk_heap(C.DEPTH_POOLS))).toBe(false);
    const firstChunk = 65536 + C.SHARED_BYTES + C.CHUNK_OVERHEAD;
    new DataView(heap.memory.buffer).setUint32(firstChunk, 0, true);
    for (const use of [end, () => heap.raw.malloc(1000), () => heap.stats()])
      expect(use).toThrow("The heap is corrupt: what a terminated worker left at 0x10000 breaks its invariants");
  });
});
