// Small measurements: a WebAssembly client calls dlmalloc, mimalloc, a bare free list, and pyheap, in a host's memory
// and in its own. And the size of the core.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { interleave, median, ratio } from "./measure.js";
import { dlmallocPeer, freeListPeer, mimallocPeer, ownHeapPeer, type Peer, pyheapPeer } from "./peers.js";

/** One row of the results: a measured figure, and what it should be. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
  /** Whether the figure is to be at least the goal; by default, at most. */
  readonly atLeast?: boolean;
  /** Figures of the peers in the same run, for comparison. */
  readonly beside?: Readonly<Record<string, number>>;
}

const SLOTS = 8192;
const LOW = 1;
const HIGH = 256;
const ROUNDS = 21;
const WARMUPS = 5;
const NANOSECONDS = 1e6;

/** The median nanoseconds for a step, by name. */
export function nanoseconds(times: ReadonlyMap<string, readonly number[]>, steps: number): Record<string, number> {
  return Object.fromEntries([...times].map(([name, values]) => [name, (median(values) / steps) * NANOSECONDS]));
}

/**
 * The times of replacing blocks of 1 to 256 bytes in 8192 slots at random, and the number of replacements in each time.
 * Slots that are empty are filled during the warm-up. Frees all blocks at the end.
 */
export function timeReplace(peers: readonly Peer[]): { times: ReadonlyMap<string, readonly number[]>; steps: number } {
  const steps = 200_000;
  const candidates = peers.map((peer) => ({
    name: peer.name,
    run: () => {
      peer.state = peer.client.replace(peer.slots, SLOTS, LOW, HIGH, steps, peer.state);
    },
  }));
  const times = interleave(candidates, ROUNDS, WARMUPS);
  for (const peer of peers) peer.client.clear(peer.slots, SLOTS);
  return { times, steps };
}

/** Random replacement: first its memory, with fresh heaps, then its time. */
function replace(peers: readonly Peer[]): Row[] {
  const live = SLOTS * ((LOW + HIGH) / 2);
  const reserved: Record<string, number> = {};
  for (const peer of peers) {
    const before = peer.footprint;
    peer.state = peer.client.fill(peer.slots, SLOTS, LOW, HIGH, peer.state);
    peer.state = peer.client.replace(peer.slots, SLOTS, LOW, HIGH, 1_000_000, peer.state);
    reserved[peer.name] = (peer.footprint - before) / live;
  }
  const { times, steps } = timeReplace(peers);
  const beside = nanoseconds(times, steps);
  return [
    {
      what: "random replace, time / dlmalloc's",
      value: ratio(times, "pyheap", "dlmalloc"),
      unit: "x",
      goal: 0.6,
      beside,
    },
    { what: "random replace, time / mimalloc's", value: ratio(times, "pyheap", "mimalloc"), unit: "x", goal: 0.85 },
    {
      what: "random replace, reserved / live",
      value: reserved.pyheap ?? Number.NaN,
      unit: "x",
      goal: 1.06,
      beside: reserved,
    },
  ];
}

function lifo(peers: readonly Peer[]): Row[] {
  const [blocks, n, rounds] = [64, 48, 3000];
  const candidates = peers.map((peer) => ({
    name: peer.name,
    run: () => peer.client.lifo(peer.slots, blocks, n, rounds),
  }));
  const times = interleave(candidates, ROUNDS, WARMUPS);
  const beside = nanoseconds(times, blocks * rounds);
  const value = ratio(times, "pyheap", "free list");
  return [{ what: "last in first out, time / a bare free list's", value, unit: "x", goal: 2, beside }];
}

/** The bytes from one block to the next, in a series of blocks of `n` bytes: the median. */
function distance(peer: Peer, n: number): number {
  const words = () => new Uint32Array(peer.memory.buffer, peer.slots, 64);
  peer.client.fill(peer.slots, 64, n, n, 1);
  const apart = median([...words()].slice(1).map((at, k) => Math.abs(at - (words()[k] ?? 0))));
  peer.client.clear(peer.slots, 64);
  return apart;
}

function grow(peers: readonly Peer[]): Row[] {
  const [slots, low, high] = [512, 512, 65536];
  const reserved: Record<string, number> = {};
  const steps = 20_000;
  const run = (peer: Peer, count: number) => {
    peer.state = peer.client.grow(peer.slots, peer.sizes, slots, low, high, count, peer.state);
    if (peer.state === 0) throw new Error(`Cannot measure ${peer.name}: it ran out of memory`);
  };
  for (const peer of peers) {
    new Uint32Array(peer.memory.buffer, peer.slots, slots).fill(0);
    peer.state = 12345;
    const before = peer.footprint;
    run(peer, 300_000);
    reserved[peer.name] = (peer.footprint - before) / 2 ** 20;
  }
  const times = interleave(
    peers.map((peer) => ({ name: peer.name, run: () => run(peer, steps) })),
    ROUNDS,
    WARMUPS,
  );
  const larger = (reserved.pyheap ?? Number.NaN) / (reserved.dlmalloc ?? Number.NaN);
  const beside = nanoseconds(times, steps);
  return [
    {
      what: "realloc 512 B to 64 KiB, time / dlmalloc's",
      value: ratio(times, "pyheap", "dlmalloc"),
      unit: "x",
      goal: 1,
      beside,
    },
    {
      what: "the same in a memory of its own, time / dlmalloc's",
      value: ratio(times, "own memory", "dlmalloc"),
      unit: "x",
      goal: 1,
    },
    { what: "realloc 512 B to 64 KiB, memory / dlmalloc's", value: larger, unit: "x", goal: 1, beside: reserved },
  ];
}

function coreSize(): Row {
  const bytes = readFileSync(new URL("../../build/core.wasm", import.meta.url));
  return { what: "the core, gzipped", value: gzipSync(bytes, { level: 9 }).length / 1000, unit: "KB", goal: 12 };
}

export async function measureSmall(): Promise<Row[]> {
  const peers = [await dlmallocPeer(), await mimallocPeer(), await pyheapPeer(), await ownHeapPeer()];
  const mixed = replace(peers);
  const apart: Row = {
    what: "distance between 16-byte blocks",
    value: distance(await pyheapPeer(), 16),
    unit: "B",
    goal: 16,
    beside: { dlmalloc: distance(await dlmallocPeer(), 16) },
  };
  const lastIn = lifo([...peers, await freeListPeer(1000, 48)]);
  // Growth is also measured from fresh heaps.
  const growing = [await dlmallocPeer(), await pyheapPeer(), await ownHeapPeer()];
  return [...mixed, ...lastIn, apart, ...grow(growing), coreSize()];
}
