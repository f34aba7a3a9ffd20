// Random programs against a model: the heap does what a map from addresses to contents would do, and stays valid.

import { Heap, type HeapOptions, NULL, sumOfParts } from "../src/index.js";
import { type Block, isWhole, paint } from "./painted.js";
import { randomNumbers } from "./random.js";

export interface Plan {
  readonly seed: number;
  readonly steps: number;
  /** The most blocks at a time. */
  readonly blocks: number;
  /** The whole heap is checked after this many steps. */
  readonly checkEvery: number;
  readonly options?: HeapOptions;
}

/** A number of bytes, as programs ask for them: mostly small ones. */
export function randomSize(random: () => number): number {
  const kind = random();
  const below = (n: number) => Math.floor(random() * n);
  if (kind < 0.6) return below(130);
  if (kind < 0.9) return below(560);
  if (kind < 0.99) return below(5000);
  return below(200_000);
}

/** Runs a random program. Throws at the first difference from the model. */
export async function runAgainstModel({ seed, steps, blocks, checkEvery, options = {} }: Plan): Promise<void> {
  const random = randomNumbers(seed);
  const heap = await Heap.create(options);
  const fresh = heap.reserved;
  const domains = [heap.raw, heap.mem, heap.object];
  const live: Block[] = [];
  const below = (n: number) => Math.floor(random() * n);
  const fail = (what: string, step: number): never => {
    throw new Error(`${what} (seed ${seed}, step ${step})`);
  };

  const size = () => randomSize(random);
  const verify = (step: number) => {
    heap.check();
    const { account, allocatedBlocks } = heap.stats();
    if (sumOfParts(account) !== account.platform)
      fail(`the account's parts are ${sumOfParts(account)} bytes of ${account.platform}`, step);
    const counted = live.filter(({ domain }) => domain !== heap.raw).length;
    if (options.allocator === undefined && allocatedBlocks !== counted) {
      fail(`${allocatedBlocks} blocks are said to be in use, ${counted} are`, step);
    }
  };

  for (let step = 0; step < steps; step++) {
    const action = random();
    if (live.length === 0 || (action < 0.45 && live.length < blocks)) {
      const domain = domains[below(3)] ?? heap.mem;
      const n = size();
      const cleared = random() < 0.2;
      const address = cleared ? domain.calloc(n, 1) : domain.malloc(n);
      if (address === NULL) {
        if (options.limit === undefined) fail(`no memory for ${n} bytes`, step);
      } else {
        if (cleared && !isWhole(heap, address, n, n, 0)) fail("calloc gave bytes that are not 0", step);
        const block = { domain, address, size: n, mark: 1 + below(255) };
        paint(heap, block);
        live.push(block);
      }
    } else {
      const k = below(live.length);
      const block = live[k] as Block;
      if (!isWhole(heap, block.address, block.size, block.size, block.mark)) fail("a block lost its content", step);
      if (action < 0.7) {
        const n = random() < 0.5 ? size() : Math.floor(block.size * (0.5 + random()));
        const address = block.domain.realloc(block.address, n);
        if (address === NULL) {
          if (options.limit === undefined) fail(`no memory for ${n} bytes`, step);
          if (!isWhole(heap, block.address, block.size, block.size, block.mark))
            fail("a failed realloc touched the block", step);
        } else {
          if (!isWhole(heap, address, Math.min(n, block.size), block.size, block.mark))
            fail("realloc lost content", step);
          block.address = address;
          block.size = n;
          paint(heap, block);
        }
      } else {
        block.domain.free(block.address);
        live[k] = live[live.length - 1] as Block;
        live.pop();
      }
    }
    if (random() < 0.0005) heap.release();
    if (step % checkEvery === 0) verify(step);
  }

  for (const { domain, address } of live.splice(0)) domain.free(address);
  heap.release();
  verify(steps);
  const { account } = heap.stats();
  const left = account.live.raw + account.live.mem + account.live.object;
  if (left !== 0) fail(`${left} bytes are left`, steps);
  if (!options.allocator?.includes("debug") && account.platform > fresh + 4096)
    fail(`${account.platform} bytes were not given back`, steps);
}
