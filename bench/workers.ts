// Measures a shared heap: how much two workers on it do in the time in which one worker does its part, and what such a heap costs when only
// one thread uses it.

import { Worker } from "node:worker_threads";
import { Heap, type SharedHeap } from "../src/index.js";
import { median, ratio } from "./measure.js";
import { nanoseconds, type Row, timeReplace } from "./micro.js";
import { ownHeapPeer, Peer } from "./peers.js";
import { clientOf, joinCore } from "./thread.js";
import type { Job, Start } from "./worker.js";

const [ROUNDS, WARMUPS] = [15, 3];
const SLOTS = 8192;
const REPLACEMENTS = 1_000_000;
const PAIRS = 1_000_000;
/** How many words the ring between producer and consumer has. */
const RING = 4096;
const NANOSECONDS = 1e6;

class Pair {
  readonly #workers: readonly Worker[];
  readonly #ring: number;
  /** How many jobs the workers were given, all together. */
  #begun = 0;

  /**
   * A worker on each of the heaps, which can be the same. The ring is on the first heap, so both workers can use it only if the heaps are the
   * same.
   */
  constructor(...heaps: readonly [SharedHeap, SharedHeap]) {
    const ready = new SharedArrayBuffer(4);
    this.#ring = heaps[0].raw.calloc(RING, 4);
    this.#workers = heaps.map((heap) => {
      const start: Start = { share: heap.share(), ready, slots: SLOTS };
      return new Worker(new URL("./worker.js", import.meta.url), { workerData: start });
    });
  }

  /**
   * Runs a job of each of these kinds at the same time: the first in the first worker, the second, if there is one, in the other. Each job
   * does its work `count` times. Returns the milliseconds that the slowest job took.
   */
  async time(count: number, ...kinds: readonly Job["kind"][]): Promise<number> {
    const earlier = this.#begun;
    this.#begun += kinds.length;
    const times = kinds.map(
      (kind, k) =>
        new Promise<number>((done) => {
          const worker = this.#workers[k] as Worker;
          worker.once("message", done);
          worker.postMessage({
            kind,
            workers: kinds.length,
            earlier,
            count,
            ring: this.#ring,
            length: RING,
          } satisfies Job);
        }),
    );
    return Math.max(...(await Promise.all(times)));
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** Times two ways to do the same, in turn. Returns the median time of each, and the median of the ratios of `one` to `two` in a round. */
async function inTurn(
  one: () => Promise<number>,
  two: () => Promise<number>,
): Promise<{ one: number; two: number; ratio: number }> {
  const times: [number, number][] = [];
  for (let round = 0; round < WARMUPS + ROUNDS; round++) {
    const pair: [number, number] = [await one(), await two()];
    if (round >= WARMUPS) times.push(pair);
  }
  return {
    one: median(times.map(([first]) => first)),
    two: median(times.map(([, second]) => second)),
    ratio: median(times.map(([first, second]) => first / second)),
  };
}

async function measurePair(): Promise<Row[]> {
  const heap = await Heap.create({ shared: true });
  const pair = new Pair(heap, heap);
  const replace = await inTurn(
    () => pair.time(REPLACEMENTS, "replace"),
    () => pair.time(REPLACEMENTS, "replace", "replace"),
  );
  const pairs = await inTurn(
    () => pair.time(PAIRS, "both"),
    () => pair.time(PAIRS, "produce", "consume"),
  );
  await pair.end();
  // What two workers can do on this machine if they share nothing.
  const apart = new Pair(await Heap.create({ shared: true }), await Heap.create({ shared: true }));
  const alone = await inTurn(
    () => apart.time(REPLACEMENTS, "replace"),
    () => apart.time(REPLACEMENTS, "replace", "replace"),
  );
  await apart.end();
  const each = (time: number, count: number) => (time / count) * NANOSECONDS;
  return [
    {
      what: "workers: random replace by 2, throughput / by 1",
      value: 2 * replace.ratio,
      unit: "x",
      goal: 1.8,
      atLeast: true,
      beside: {
        "1": each(replace.one, REPLACEMENTS),
        "2": each(replace.two, REPLACEMENTS),
        "on a heap each": 2 * alone.ratio,
      },
    },
    {
      what: "workers: 1 allocates and 1 frees, throughput / 1 does both",
      value: pairs.ratio,
      unit: "x",
      goal: 1,
      atLeast: true,
      beside: { both: each(pairs.one, PAIRS), "2": each(pairs.two, PAIRS) },
    },
  ];
}

/** A shared heap that only one thread uses, beside a heap that is not shared. */
async function measureAlone(): Promise<Row> {
  const heap = await Heap.create({ shared: true });
  const core = joinCore(heap.share());
  const threaded = new Peer(
    "for threads",
    clientOf(core, "bench-workers"),
    heap.memory,
    (count, size) => heap.raw.calloc(count, size),
    () => heap.stats().platformPeak,
  );
  const peers = [await ownHeapPeer(), threaded];
  for (const peer of peers) peer.state = peer.client.fill(peer.slots, SLOTS, 1, 256, peer.state);
  const { times, steps } = timeReplace(peers);
  return {
    what: "workers: random replace by 1, time / in a heap without threads",
    value: ratio(times, "for threads", "own memory"),
    unit: "x",
    goal: 1.1,
    beside: nanoseconds(times, steps),
  };
}

export async function measureWorkers(): Promise<Row[]> {
  return [...(await measurePair()), await measureAlone()];
}
