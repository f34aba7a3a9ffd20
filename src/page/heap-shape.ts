// The layout of a heap at one moment, for the heap map: arenas, pools, and the blocks in use. It is plain data that can
// be passed between threads.

import type { HeapItem, HeapStats, Walked } from "../alloc/stats.js";
import type { PageArenas, PageData, PagePools } from "./model.js";

export interface HeapLayout {
  readonly arenas: PageArenas;
  readonly pools: PagePools;
}

export interface HeapShape extends HeapLayout {
  readonly stats: HeapStats;
}

/** The numbers of the domains that pools serve. */
export const DOMAIN_NUMBERS = { mem: 1, object: 2, native: 3 } as const;

interface Pool {
  readonly item: Extract<HeapItem, { kind: "pool" | "freePool" }>;
  readonly bits: Uint8Array;
}

/** The layout of a heap, which it walks once. */
export function heapLayout(heap: Pick<Walked, "walk">): HeapLayout {
  const arenas: { address: number; size: number }[] = [];
  const pools: Pool[] = [];
  let block = 0;
  heap.walk((item) => {
    if (item.kind === "arena") arenas.push(item);
    else if (item.kind === "freePool") pools.push({ item, bits: new Uint8Array(0) });
    else if (item.kind === "pool") {
      pools.push({ item, bits: new Uint8Array(Math.ceil(item.size / item.blockSize / 8)) });
      block = 0;
    } else if (item.kind === "block") {
      const bits = pools.at(-1)?.bits;
      if (bits && item.used) bits[block >> 3] = (bits[block >> 3] ?? 0) | (1 << (block & 7));
      block++;
    }
  });
  arenas.sort((a, b) => a.address - b.address);
  pools.sort((a, b) => a.item.address - b.item.address);
  const bits = new Uint8Array(pools.reduce((sum, pool) => sum + pool.bits.length, 0));
  const bitsAt = new Uint32Array(pools.length);
  let at = 0;
  pools.forEach((pool, k) => {
    bitsAt[k] = at;
    bits.set(pool.bits, at);
    at += pool.bits.length;
  });
  const each = (of: (item: Pool["item"]) => number) => Uint32Array.from(pools, ({ item }) => of(item));
  return {
    arenas: {
      addresses: Float64Array.from(arenas, ({ address }) => address),
      sizes: Uint32Array.from(arenas, ({ size }) => size),
    },
    pools: {
      addresses: Float64Array.from(pools, ({ item }) => item.address),
      sizes: each(({ size }) => size),
      blockSizes: each((item) => (item.kind === "pool" ? item.blockSize : 0)),
      domains: each((item) => (item.kind === "pool" ? DOMAIN_NUMBERS[item.domain] : 0)),
      used: each((item) => (item.kind === "pool" ? item.used : 0)),
      bitsAt,
      bits,
    },
  };
}

export function heapShape(heap: Walked): HeapShape {
  return { stats: heap.stats(), ...heapLayout(heap) };
}

/** A page's data with the heap's shape. */
export function withShape(data: PageData, shape: HeapShape | undefined): PageData {
  if (!shape) return data;
  const { stats, arenas, pools } = shape;
  return { ...data, header: { ...data.header, stats }, arenas, pools };
}
