// Measures the objects of a shared heap: a dict that two workers use, beside @bnaya/objectbuffer; and how soon others go on when a worker is
// terminated while it has the lock.

import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { createObjectBuffer, getUnderlyingArrayBuffer } from "@bnaya/objectbuffer";
import { Heap, type HeapShare, type SharedHeap } from "../src/index.js";
import { median } from "./measure.js";
import type { Row } from "./micro.js";
import type { Job, Start } from "./object-worker.js";

const [ROUNDS, WARMUPS] = [9, 2];
const KEYS = 32;
const [OPERATIONS, PEER_OPERATIONS] = [100_000, 1000];
const PEER_BYTES = 16 * 2 ** 20;
const TERMINATED = 10;
const NANOSECONDS = 1e6;

interface Member {
  readonly worker: Worker;
  readonly share: HeapShare;
}

/** Workers that use the same dict. */
class Users {
  readonly #heap: SharedHeap;
  readonly #peer: SharedArrayBuffer;
  readonly #words = new SharedArrayBuffer(4 * 8);
  readonly #counts = new Int32Array(this.#words);
  #begun = 0;

  private constructor(heap: SharedHeap, peer: SharedArrayBuffer) {
    this.#heap = heap;
    this.#peer = peer;
  }

  static async of(): Promise<Users> {
    const heap = await Heap.create({ shared: true });
    const entries = Array.from({ length: KEYS }, (_, k) => [`key${k}`, k] as const);
    heap.roots.set("dict", heap.dict(entries));
    const codecs = { textEncoder: new TextEncoder(), textDecoder: new TextDecoder() };
    const record = createObjectBuffer(codecs, PEER_BYTES, Object.fromEntries(entries), { useSharedArrayBuffer: true });
    return new Users(heap, getUnderlyingArrayBuffer(record) as unknown as SharedArrayBuffer);
  }

  start(number: number): Member {
    const share = this.#heap.share();
    const start: Start = { share, peer: this.#peer, number, words: this.#words };
    return { share, worker: new Worker(new URL("./object-worker.js", import.meta.url), { workerData: start }) };
  }

  /** Gives all of them the same job, which they do at the same time. Returns the milliseconds that the slowest one took. */
  async time(members: readonly Member[], kind: Job["kind"], count: number): Promise<number> {
    const times = members.map(({ worker }) => new Promise<number>((done) => worker.once("message", done)));
    this.begin(members, kind, count);
    return Math.max(...(await Promise.all(times)));
  }

  begin(members: readonly Member[], kind: Job["kind"], count = 0): void {
    const job: Job = { kind, workers: members.length, earlier: this.#begun, count };
    this.#begun += members.length;
    for (const { worker } of members) worker.postMessage(job);
  }

  /** How much the worker has done that does its job for ever. */
  done(number: number): number {
    return Atomics.load(this.#counts, number);
  }

  async end({ worker, share }: Member): Promise<void> {
    await worker.terminate();
    this.#heap.ended(share);
  }
}

async function measureDict(): Promise<Row> {
  const users = await Users.of();
  const members = [users.start(1), users.start(2)];
  const each: { ours: number; peer: number }[] = [];
  for (let round = 0; round < WARMUPS + ROUNDS; round++) {
    const ours = (await users.time(members, "dict", OPERATIONS)) / OPERATIONS;
    const peer = (await users.time(members, "peer", PEER_OPERATIONS)) / PEER_OPERATIONS;
    if (round >= WARMUPS) each.push({ ours, peer });
  }
  for (const member of members) await users.end(member);
  return {
    what: "workers: shared dict, 90 % get, by 2: operations / @bnaya/objectbuffer",
    value: median(each.map(({ ours, peer }) => peer / ours)),
    unit: "x",
    goal: 50,
    atLeast: true,
    beside: {
      pyheap: median(each.map(({ ours }) => ours)) * NANOSECONDS,
      objectbuffer: median(each.map(({ peer }) => peer)) * NANOSECONDS,
    },
  };
}

/** How long another worker has to wait for the lock, from the moment at which the one that has it is terminated. */
async function measureTerminated(): Promise<Row> {
  const users = await Users.of();
  const other = users.start(1);
  users.begin([other], "endless");
  const times: number[] = [];
  for (let round = 0; round < TERMINATED; round++) {
    const holder = users.start(2);
    const before = users.done(2);
    users.begin([holder], "holding");
    while (users.done(2) === before) await setTimeout(1);
    const waiting = users.done(1);
    const start = performance.now();
    await users.end(holder);
    while (users.done(1) === waiting) await setTimeout(0);
    times.push(performance.now() - start);
  }
  await users.end(other);
  return {
    what: "workers: one is terminated under the lock, others go on after",
    value: median(times),
    unit: "ms",
    goal: 100,
    beside: { longest: Math.max(...times) },
  };
}

export async function measureSharedObjects(): Promise<Row[]> {
  return [await measureDict(), await measureTerminated()];
}
